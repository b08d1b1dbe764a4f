"""The manifest of this project."""

from __future__ import annotations

from tools.facade.manifest import Manifest, Role, Service

MANIFEST = Manifest(
    source="arize_async",
    target="arize_sync",
    by_hand=("_portal", "_loop"),
    titles={"": "Run and record LLM experiments from blocking code: scripts, notebooks, threads."},
    shared=("evaluators.protocol.Evaluator",),
    exports=(
        "",
        "config",
        "errors",
        "evaluators",
        "experiments",
        "experiments.types",
        "resources",
        "responses",
        "runs",
        "server",
    ),
    services=(
        Service(
            module="client",
            name="ArizeClient",
            role=Role.OWNER,
            makes=("local",),
            services=("annotation_configs", "datasets", "experiments", "spaces"),
            values=("config",),
        ),
        Service(
            module="experiments.client",
            name="ExperimentsClient",
            calls=(
                "annotate_runs",
                "append_runs",
                "create",
                "delete",
                "export_to_parquet",
                "get",
                "run",
            ),
            pages=("list", "list_runs"),
            enters=("stream",),
        ),
        Service(
            module="resources.datasets",
            name="DatasetsClient",
            calls=(
                "annotate_examples",
                "append_examples",
                "create",
                "delete",
                "delete_examples",
                "export_to_parquet",
                "get",
                "update",
                "update_examples",
            ),
            pages=("list", "list_examples"),
        ),
        Service(
            module="resources.spaces",
            name="SpacesClient",
            calls=("create", "delete", "get", "update"),
            pages=("list",),
        ),
        Service(
            module="resources.annotation_configs",
            name="AnnotationConfigsClient",
            calls=(
                "create_categorical",
                "create_continuous",
                "create_freeform",
                "delete",
                "get",
                "update_categorical",
                "update_continuous",
                "update_freeform",
            ),
            pages=("list",),
        ),
        Service(
            module="runs.stream",
            name="RunStream",
            role=Role.STREAM,
            values=("complete", "experiment", "name", "result", "statistics"),
            hidden=("stop",),
        ),
        Service(
            module="server.embedded",
            name="LocalServer",
            role=Role.OWNER,
            calls=("start",),
            values=("api_key", "client_options", "url"),
        ),
    ),
)
