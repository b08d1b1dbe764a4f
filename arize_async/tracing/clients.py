"""LLM clients and frameworks, and the packages that make their calls visible."""

from __future__ import annotations

import sys

PREFIX = "openinference-instrumentation-"

MODULES = {
    "openai": "openai",
    "anthropic": "anthropic",
    "mistralai": "mistralai",
    "groq": "groq",
    "litellm": "litellm",
    "google-genai": "google.genai",
    "vertexai": "vertexai",
    "langchain": "langchain_core",
    "llama-index": "llama_index.core",
    "dspy": "dspy",
    "crewai": "crewai",
    "haystack": "haystack",
    "instructor": "instructor",
    "smolagents": "smolagents",
    "ollama": "ollama",
    "cohere": "cohere",
    "together": "together",
}
"""The part of the package's name after the prefix, and the module that the package instruments."""


def imported() -> dict[str, str]:
    """Return the modules of LLM clients that the process has imported, and the packages that instrument them."""
    return {module: PREFIX + name for name, module in MODULES.items() if module in sys.modules}


def module_of(package: str) -> str | None:
    """Return the module that a package instruments, where it is known."""
    return MODULES.get(package.lower().replace("_", "-").removeprefix(PREFIX))
