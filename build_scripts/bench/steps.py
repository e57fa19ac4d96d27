"""How long an answer takes once the engine runs: to the next question, and to the explained verdict."""

from __future__ import annotations

import statistics
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from build_scripts import chromium
from build_scripts.bench import person
from build_scripts.serve import serving
from build_scripts.site import SITE

JOURNEYS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Milliseconds from pressing the button to the next page in place."""

    kind: str
    count: int
    median: float
    p95: float
    longest: float


def measure(site: Path = SITE, most: int = JOURNEYS) -> list[Times]:
    """Steps of worked cases in one browser, the engine having started; the first of each counts too."""
    found: dict[str, list[float]] = {"question": [], "verdict": []}
    with serving(site) as address, chromium.running() as browser:
        page = browser.new_context().new_page()
        person.opened(page, address + "check/")
        person.engine_started(page)
        for answers in person.journeys(most):
            for step in person.walk(page, answers):
                found["verdict" if step.view == "check" else "question"].append(step.waited)
            person.begin_again(page)
    return [_times(kind, values) for kind, values in found.items()]


def _times(kind: str, values: list[float]) -> Times:
    return Times(
        kind=kind,
        count=len(values),
        median=round(statistics.median(values), 1),
        p95=round(statistics.quantiles(values, n=20)[-1], 1),
        longest=round(max(values), 1),
    )


if __name__ == "__main__":
    for times in measure(most=int(sys.argv[1]) if len(sys.argv) > 1 else JOURNEYS):
        print(asdict(times))
