"""How often a person waits, over worked cases on lines of several speeds, with five seconds a question."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from build_scripts import chromium
from build_scripts.bench import person
from build_scripts.bench.shaped import Line, lines, shaped
from build_scripts.site import SITE
from decision_tree.model import LANGUAGES

#: Seconds that a person reads a question.
READING = 5.0
#: Milliseconds that nobody notices.
NOTICED = 100
JOURNEYS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """The steps of all journeys on one line, and those after which somebody waited."""

    line: str
    journeys: int
    steps: int
    waited: int
    longest_ms: float
    where: dict[str, int]

    @property
    def share(self) -> float:
        """The share of steps after which a person waited."""
        return self.waited / self.steps


def measure(site: Path = SITE, most: int = JOURNEYS) -> Iterator[Waits]:
    """Every line in turn; each journey is a first visit."""
    for line in lines():
        yield _over(line, site, most)


def _over(line: Line, site: Path, most: int) -> Waits:
    steps: list[tuple[int, person.Step]] = []
    journeys = person.journeys(most)
    with shaped(site, line) as address, chromium.running() as browser:
        for index, answers in enumerate(journeys):
            language = LANGUAGES[index % len(LANGUAGES)]
            context = browser.new_context()
            url = address + ("check/" if language == "ja" else f"{language}/check/")
            page = context.new_page()
            person.opened(page, url)
            steps += enumerate(person.walk(page, answers, READING), 1)
            context.close()
    late = [(number, step) for number, step in steps if step.waited > NOTICED]
    places = [f"{number} ({step.view})" for number, step in late]
    return Waits(
        line=line.name,
        journeys=len(journeys),
        steps=len(steps),
        waited=len(late),
        longest_ms=round(max(step.waited for _, step in steps), 1),
        where={place: places.count(place) for place in sorted(set(places))},
    )


if __name__ == "__main__":
    for found in measure(most=int(sys.argv[1]) if len(sys.argv) > 1 else JOURNEYS):
        print(asdict(found), f"share {found.share:.3f}", flush=True)
