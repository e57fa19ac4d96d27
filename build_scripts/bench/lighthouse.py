"""Lighthouse, mobile preset, on the pages that people land on, in both languages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from build_scripts import chromium
from build_scripts.serve import serving
from build_scripts.site import SITE
from build_scripts.toolchain import ROOT, BuildError, node

PROGRAM = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"
PAGES = ("", "technologies/flexible-endoscope/", "check/", "search/")
#: What each category must reach, of 100.
WANTED: Mapping[str, int] = {
    "performance": 100,
    "accessibility": 100,
    "best-practices": 100,
    "seo": 95,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The scores of one page, of 100, and the audits that cost something."""

    page: str
    scores: Mapping[str, int]
    short: tuple[str, ...]

    @property
    def reached(self) -> bool:
        """Whether every category has what is wanted of it."""
        return all(self.scores[name] >= wanted for name, wanted in WANTED.items())


def measure(site: Path = SITE, pages: tuple[str, ...] = PAGES) -> Iterator[Scores]:
    """Every page in Japanese and in English."""
    with serving(site) as address:
        for page in pages:
            for root in ("", "en/"):
                yield _scores(f"/{root}{page}", address + root + page)


def _scores(page: str, url: str) -> Scores:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        flags = "--headless=new --no-sandbox --disable-dev-shm-usage"
        finished = subprocess.run(
            [
                *(str(node()), str(PROGRAM), url, "--quiet", f"--chrome-flags={flags}"),
                *("--output=json", f"--output-path={report}"),
                f"--only-categories={','.join(WANTED)}",
            ],
            capture_output=True,
            encoding="utf-8",
            check=False,
            env={**os.environ, "CHROME_PATH": str(chromium.find())},
        )
        if finished.returncode or not report.is_file():
            raise BuildError(f"Lighthouse failed on {page}:\n{finished.stderr.strip()}")
        read: dict[str, Any] = json.loads(report.read_text("utf-8"))
    found = read["categories"]
    costs = {
        audit["id"]
        for name in WANTED
        for audit in found[name]["auditRefs"]
        if audit["weight"] and (read["audits"][audit["id"]]["score"] or 0) < 1
        if read["audits"][audit["id"]]["scoreDisplayMode"] not in {"notApplicable", "manual"}
    }
    return Scores(
        page=page,
        scores={name: round(100 * (found[name]["score"] or 0)) for name in WANTED},
        short=tuple(
            f"{name}: {read['audits'][name].get('displayValue', '')}" for name in sorted(costs)
        ),
    )


if __name__ == "__main__":
    results = list(measure(pages=tuple(sys.argv[1:]) or PAGES))
    for one in results:
        print(one.page, dict(one.scores), *one.short, sep="  ")
    sys.exit(not all(one.reached for one in results))
