"""Take the pictures of ``docs/web-page.md``: ``python -m tools.screenshots SOLUTIONS``, with Chromium installed.

SOLUTIONS is ``example_model_solutions.jsonl`` of openai/grade-school-math: the answers that four language models gave
to the questions of GSM8K.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from arize_sync import ArizeClient
from arize_sync.server import LocalServer
from examples.gsm8k import MODELS, is_correct

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

TARGET = Path(__file__).parents[2] / "docs" / "_static"
WIDTH, HEIGHT, LOW = 1180, 800, 600


def steps(output: str) -> float:
    """Count the calculations that a solution marks."""
    return float(output.count("<<"))


def solver(model: str, rows: list[dict[str, Any]]) -> Callable[[str], str]:
    """Return a task that looks up what a model wrote, after some milliseconds."""
    solutions: dict[str, str] = {row["question"]: row[model]["solution"] for row in rows}
    chance = random.Random(model)  # noqa: S311 - latencies are no secret

    def solve(input: str) -> str:  # noqa: A002 - a task asks for the question by this name
        time.sleep(min(chance.lognormvariate(-4.5, 0.6), 0.3))
        return solutions[input]

    return solve


def fill(client: Any, rows: list[dict[str, Any]]) -> None:
    """Run one experiment a model."""
    examples = [
        {"attributes.input.value": row["question"], "attributes.output.value": row["ground_truth"]} for row in rows
    ]
    dataset = client.datasets.create(name="gsm8k", space="default", examples=examples)
    client.annotation_configs.create_categorical(
        name="reasoning", space="default", values=[{"label": "sound"}, {"label": "lucky"}, {"label": "wrong"}]
    )
    client.annotation_configs.create_freeform(name="remark", space="default")
    for model in MODELS:
        client.experiments.run(
            name=model,
            dataset=dataset.id,
            task=solver(model, rows),
            evaluators=[is_correct, steps],
            concurrency=50,
            progress=False,
        )


def picture(page: Page, name: str, height: int = HEIGHT) -> None:
    """Save what the window shows, when everything is there."""
    for part in page.locator("[data-src]").all():
        part.wait_for(state="detached")
    page.screenshot(path=TARGET / f"web-{name}.png", clip={"x": 0, "y": 0, "width": WIDTH, "height": height})


def visit(page: Page) -> None:
    """Walk through the pages."""
    page.get_by_role("link", name="gsm8k").click()
    picture(page, "dataset")
    dataset = page.url
    page.get_by_role("link", name="175b_verification").click()
    picture(page, "experiment")
    page.get_by_label("Filter").fill("eval.is_correct.score = 0 AND eval.stps.score > 5")
    page.get_by_role("button", name="Apply").click()
    picture(page, "filter")
    page.get_by_label("Filter").fill("eval.is_correct.score = 0 AND eval.steps.score > 5")
    page.get_by_role("button", name="Apply").click()
    page.locator("[data-row]").nth(2).click()
    page.get_by_label("wrong").check()
    page.get_by_role("button", name="Save reasoning").click()
    page.evaluate("scrollTo(0, 0)")
    picture(page, "run")
    page.goto(dataset)
    for name in ("175b_finetuning", "175b_verification"):
        page.get_by_label(f"Compare {name}").check()
    page.get_by_role("button", name="Compare").click()
    picture(page, "comparison")
    page.emulate_media(color_scheme="dark")
    page.get_by_role("link", name="Lower").click()
    picture(page, "comparison-dark", LOW)


def main() -> None:
    """Fill a server and look at it."""
    parser = argparse.ArgumentParser(description="Take the pictures of the page on the web page.")
    parser.add_argument("solutions", type=Path, help="the file of solutions, one question a line")
    rows = [json.loads(line) for line in parser.parse_args().solutions.read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder, LocalServer(folder) as server, sync_playwright() as playwright:
        with ArizeClient(**server.client_options) as client:
            fill(client, rows)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce")
        page.goto(server.page)
        page.wait_for_url("**/ui/")
        visit(page)
        browser.close()


if __name__ == "__main__":
    main()
