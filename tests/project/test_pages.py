"""The Python blocks of the README and of every page of the documentation, executed in order."""

from __future__ import annotations

import ast
import asyncio
import doctest
import inspect
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```python\n(?P<code>.*?)^```\n(?:\n*^```output\n(?P<output>.*?)^```)?", re.MULTILINE | re.DOTALL)
SOLUTIONS = os.environ.get("ARIZE_GSM8K_SOLUTIONS")
"""The file that the tutorial has its readers download."""
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@frozen
class Block:
    """Code, the line where it starts, and what the page says that it prints."""

    code: str
    line: int
    output: str | None

    def run(self, page: Path, namespace: dict[str, object]) -> None:
        """Execute in a namespace; ``await`` is allowed outside of functions, as in a notebook."""
        source = "\n" * self.line + self.code
        compiled = compile(source, str(page), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        result = eval(compiled, namespace)  # noqa: S307 - the page is our own
        if compiled.co_flags & inspect.CO_COROUTINE:
            asyncio.run(result)


def blocks(page: Path) -> Iterator[Block]:
    """Yield the Python blocks of a page."""
    text = page.read_text("utf-8")
    for found in BLOCK.finditer(text):
        yield Block(found["code"], text.count("\n", 0, found.start("code")), found["output"])


def test_pages_have_code() -> None:
    """The README and the guide are found, and hold blocks that can be executed."""
    assert sum(1 for page in PAGES for _ in blocks(page)) > 20


@pytest.fixture
def reader_folder(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be in an empty folder, with the file in it that the page has its readers download."""
    monkeypatch.chdir(tmp_path)
    if page.name == "tutorial.md":
        if not SOLUTIONS:
            pytest.skip("set ARIZE_GSM8K_SOLUTIONS to the file of published solutions")
        (tmp_path / "example_model_solutions.jsonl").symlink_to(Path(SOLUTIONS).resolve())


@pytest.mark.usefixtures("nothing_announced", "reader_folder")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_page_runs_and_prints_what_it_says(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each block runs after those before it, and prints exactly what the output block below it shows."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(page):
        block.run(page, namespace)
        printed = capsys.readouterr().out
        if block.output is not None:
            example = doctest.Example(block.code, block.output)
            checker = doctest.OutputChecker()
            difference = checker.output_difference(example, printed, FLAGS)
            assert checker.check_output(block.output, printed, FLAGS), f"{page.name}:{block.line}\n{difference}"
