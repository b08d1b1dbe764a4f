"""Settings of the documentation."""

from importlib.metadata import version as version_of

project = "arize-async"
author = "The arize-async developers"
copyright = author  # noqa: A001 - Sphinx's name
version = release = version_of("arize-async")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
napoleon_use_ivar = True

# Types of other projects have no pages here.
ELSEWHERE = ("polars", "pyarrow", "pl", "pa", "collections", "typing", "datetime", "pathlib")
nitpick_ignore_regex = [(r"py:.*", rf"({'|'.join(ELSEWHERE)})\b.*")]

html_theme = "furo"
html_title = f"arize-async {version}"
html_theme_options = {"sidebar_hide_name": False}
