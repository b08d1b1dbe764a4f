"""What kills cost, and what is wrong after them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from attrs import define, field

if TYPE_CHECKING:
    from pathlib import Path

EVALUATORS = ("first", "second")


@define
class Tally:
    """What all kills together came to.

    Attributes:
        kills: Processes, or cells, that a signal ended.
        uploading: How many of them had made every call.
        calls: Calls of tasks and evaluators.
        repeated: How many of them were made again later.
        in_flight: Calls that had begun and not ended when their process was.
        most: The most calls of one stage that one kill made necessary again.
        wrong: What is lost, doubled, or repeated without need.
    """

    kills: int = 0
    uploading: int = 0
    calls: int = 0
    repeated: int = 0
    in_flight: int = 0
    most: int = 0
    wrong: list[str] = field(factory=list)

    def __str__(self) -> str:
        """Say it in a line."""
        return (
            f"kill {self.kills} ({self.uploading} during the upload): {self.calls} calls, {self.repeated} repeated"
            f" ({self.most} of a stage after one kill at most), {self.in_flight} in flight, {len(self.wrong)} wrong"
        )

    def count(self, name: str, notes: Path, examples: int, concurrency: int) -> None:
        """Count the calls of one experiment that ended; a kill costs no more of a stage than it has in flight."""
        begun: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        ended = 0
        for start, what, number, event in (line.split() for line in notes.read_text().splitlines()):
            if event == "begins":
                begun[what, number].append(start)
            else:
                ended += 1
        calls = sum(map(len, begun.values()))
        lost = Counter(
            (start, "task" if what == "task" else "evaluators")
            for (what, _), starts in begun.items()
            for start in starts[:-1]
        )
        self.calls += calls
        self.repeated += lost.total()
        self.in_flight += calls - ended
        self.most = max(self.most, *lost.values(), 0)
        if len(begun) != examples * (1 + len(EVALUATORS)):
            self.wrong.append(f"{name}: {len(begun)} calls were made, some were not")
        for (start, stage), number in lost.items():
            if number > concurrency:
                self.wrong.append(f"{name}: {number} calls of the {stage} that start {start} began were repeated")
        if any(len(set(starts)) != len(starts) for starts in begun.values()):
            self.wrong.append(f"{name}: a call was made twice in one run")
