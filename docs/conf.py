"""Settings of the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx.addnodes import pending_xref
from sphinx.util.nodes import make_refnode

from arize_async import __version__

if TYPE_CHECKING:
    from docutils.nodes import Element, document
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

project = "arize-async"
author = "The arize-async developers"
copyright = author  # noqa: A001 - Sphinx's name
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3
add_module_names = False

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_format = "short"
autodoc_typehints_description_target = "documented_params"
napoleon_use_ivar = True

ELSEWHERE = (
    "(builtins|collections|datetime|os|pa|pathlib|pl|polars|pyarrow"
    "|types|typing)"
)
UNWRITTEN = (
    "(~?[A-Z](_co)?|AbstractContextManager|PairedScores|Path|Unset|Value)"
)
nitpick_ignore_regex = [
    # types of other projects have no pages here
    (r"py:.*", rf"{ELSEWHERE}\b.*"),
    # type variables, and types that nobody writes
    (r"py:.*", rf"(.*\.)?{UNWRITTEN}"),
]

SERVICES = {
    "AnnotationConfigsClient": "resources.annotation_configs",
    "DatasetsClient": "resources.datasets",
    "ExperimentsClient": "experiments.client",
    "RunStream": "runs.stream",
    "SpacesClient": "resources.spaces",
}

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["output.css"]
html_title = f"arize-async {version}"


def choose_package(app: Sphinx, doctree: document) -> None:
    """Link the class of the page's own package where both have one."""
    sync = app.env.docname == "reference/arize-sync"
    for node in doctree.findall(pending_xref):
        place = SERVICES.get(node.get("reftarget", ""))
        if place and node.get("refdomain") == "py":
            package = "arize_sync" if sync else "arize_async"
            node["reftarget"] = f"{package}.{place}.{node['reftarget']}"


def link_bare_name(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: Element
) -> Element | None:
    """Link a class that only type checkers import: signatures name it bare."""
    target = node["reftarget"].rpartition(".")[2]
    kinds = {"class", "exception", "data"}
    matches = [
        found
        for name, found in env.domains.python_domain.objects.items()
        if name.rpartition(".")[2] == target and found.objtype in kinds
    ]
    if node.get("refdomain") != "py" or len(matches) != 1:
        return None
    place = matches[0].docname, matches[0].node_id
    return make_refnode(app.builder, node["refdoc"], *place, content)


def shorten_defaults(
    app: Sphinx,  # noqa: ARG001
    what: str,  # noqa: ARG001
    name: str,  # noqa: ARG001
    obj: object,  # noqa: ARG001
    options: object,  # noqa: ARG001
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    """Show that a value is made anew, instead of the mark that attrs uses."""
    return signature and signature.replace("=NOTHING", "=..."), returns


def setup(app: Sphinx) -> None:
    """Register the hooks."""
    app.connect("autodoc-process-signature", shorten_defaults)
    app.connect("doctree-read", choose_package)
    app.connect("missing-reference", link_bare_name)
