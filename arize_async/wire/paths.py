"""REST paths (wire contract 2); the templates are the server's routes and the client's URLs."""

from __future__ import annotations

from urllib.parse import quote

EXPERIMENTS = "/v2/experiments"
EXPERIMENT = "/v2/experiments/{experiment_id}"
EXPERIMENT_RUNS = "/v2/experiments/{experiment_id}/runs"
EXPERIMENT_RUNS_SEARCH = "/v2/experiments/{experiment_id}/runs/search"
EXPERIMENT_RUNS_ANNOTATE = "/v2/experiments/{experiment_id}/runs/annotate"
EXPERIMENT_TAGS = "/v2/experiments/{experiment_id}/tags"
DATASETS = "/v2/datasets"
DATASET = "/v2/datasets/{dataset_id}"
DATASET_EXAMPLES = "/v2/datasets/{dataset_id}/examples"
DATASET_EXAMPLES_SEARCH = "/v2/datasets/{dataset_id}/examples/search"
DATASET_EXAMPLES_ANNOTATE = "/v2/datasets/{dataset_id}/examples/annotate"
DATASET_TAGS = "/v2/datasets/{dataset_id}/tags"
SPACES = "/v2/spaces"
SPACE = "/v2/spaces/{space_id}"
SPACE_USERS = "/v2/spaces/{space_id}/users"
SPACE_USER = "/v2/spaces/{space_id}/users/{user_id}"
ANNOTATION_CONFIGS = "/v2/annotation-configs"
ANNOTATION_CONFIG = "/v2/annotation-configs/{annotation_config_id}"
ANNOTATION_CONFIG_TAGS = "/v2/annotation-configs/{annotation_config_id}/tags"
TAGS = "/v2/tags"
TAG = "/v2/tags/{tag_id}"


def fill(template: str, **ids: str) -> str:
    """Put ids into a template, percent-encoded with no safe character.

    >>> fill(EXPERIMENT, experiment_id="a/b=")
    '/v2/experiments/a%2Fb%3D'
    """
    return template.format_map({name: quote(value, safe="") for name, value in ids.items()})
