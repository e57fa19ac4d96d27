"""`make bench`: everything in one run, with the files of Pyodide as they come as the yardstick."""

from __future__ import annotations

import json
import os
import platform
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from build_scripts import chromium, measured
from build_scripts.bench import build_speed, lighthouse, steps, visits, waits
from build_scripts.bench.shaped import Line, ShapedHandler, lines
from build_scripts.bench.stock import write_stock
from build_scripts.measured import Measured
from build_scripts.runtime import RUNTIME_LOCK
from build_scripts.toolchain import CACHE, BuildError

RUNS = 5
JOURNEYS = 4
SIZES = (19, 190, 1900)
PROGRESS = CACHE / "bench.json"

Figures = Iterator[tuple[str, float]]


def parts(runs: int) -> Mapping[str, Callable[[Path, visits.Variants], Figures]]:
    """What is measured, each part on its own; slow lines first, which a busy machine disturbs least."""
    named = dict(zip(("loopback", "usual", "train"), lines(), strict=True))
    return {
        "question": partial(_question, line=named["train"], runs=runs),
        **{
            name: partial(_visits, name=name, line=line, runs=runs)
            for name, line in reversed(named.items())
        },
        "bytes": _bytes,
        "waits": partial(_waits, names=tuple(named)),
        "steps": _steps,
        "lighthouse": _lighthouse,
        "build": _build,
    }


def run(site: Path, runs: int, chosen: tuple[str, ...]) -> Measured:
    """Measure the chosen parts, or all.

    What is found is kept part by part in `.cache/`; parts left out are those of the last run.

    Raises:
        BuildError: the site is not built, or something that is measured does not work.
    """
    available = parts(runs)
    if unknown := set(chosen) - set(available):
        raise BuildError(f"no part {min(unknown)!r}; there are {', '.join(available)}")
    load = os.getloadavg()[0]
    figures: dict[str, float] = {}
    if chosen and PROGRESS.is_file():
        figures = json.loads(PROGRESS.read_text("utf-8"))["figures"]
    with tempfile.TemporaryDirectory() as folder:
        stock = Path(folder) / "stock"
        write_stock(site, stock)
        for name in chosen or tuple(available):
            began = time.monotonic()
            figures |= available[name](site, {"stock": stock, "site": site})
            measured.write(_measured(site, runs, load, figures), PROGRESS)
            took = time.monotonic() - began
            print(f"{name}: {took:.0f} s, load {os.getloadavg()[0]:.1f}", flush=True)
    return measured.read(PROGRESS)


def _measured(site: Path, runs: int, load: float, figures: Mapping[str, float]) -> Measured:
    return Measured(
        date=datetime.now(UTC).date().isoformat(),
        machine={"cores": os.cpu_count() or 1, "system": platform.system(), "load": round(load, 1)},
        versions={"chromium": _chromium(), "pyodide": _pyodide(), "python": _python()},
        build=json.loads((site / "assets" / "runtime.json").read_text("utf-8"))["id"],
        runs=dict.fromkeys(("loopback", "usual", "train"), runs),
        figures=figures,
    )


def _visits(_: Path, variants: visits.Variants, *, name: str, line: Line, runs: int) -> Figures:
    found, memory = visits.rounds(variants, line, runs)
    for kind in visits.KINDS:
        for variant in variants:
            yield f"{kind}/{name}/{variant}", round(found.median(kind, variant), 2)
        yield f"{kind}/{name}/ratio", round(found.times(kind), 2)
    if name == "loopback":
        for kind, sizes in memory.items():
            yield from _compared(
                f"memory/{kind}", {one: round(size) for one, size in sizes.items()}
            )


def _bytes(_: Path, variants: visits.Variants) -> Figures:
    for encoding, handler in (("br", ShapedHandler), ("gzip", visits.GzipHandler)):
        found = {name: visits.first_visit(folder, handler) for name, folder in variants.items()}
        if len({sent.headings for sent in found.values()}) > 1:
            raise BuildError("the site and the yardstick do not come to the same verdict")
        yield from _compared(
            f"bytes/{encoding}", {name: sent.bytes for name, sent in found.items()}
        )


def _compared(name: str, sizes: Mapping[str, int]) -> Figures:
    for variant, size in sizes.items():
        yield f"{name}/{variant}", size
    yield f"{name}/ratio", round(sizes["site"] / sizes["stock"], 3)


def _question(site: Path, _: visits.Variants, *, line: Line, runs: int) -> Figures:
    found = visits.question(site, line, runs)
    yield "question/seconds", round(found.seconds, 2)
    yield "question/wasm", found.wasm
    yield "question/before", found.before
    yield "sheet/seconds", round(visits.sheet(site, line, runs), 2)


def _waits(site: Path, _: visits.Variants, *, names: tuple[str, ...]) -> Figures:
    for name, found in zip(names, waits.measure(site, JOURNEYS), strict=True):
        print(f"  {name}: {found.waited} of {found.steps} steps: {found.where}", flush=True)
        yield f"waits/{name}/percent", round(100 * found.share, 1)
        if name == "train":
            yield f"waits/{name}/longest", round(found.longest_ms / 1000, 2)


def _steps(site: Path, _: visits.Variants) -> Figures:
    for times in steps.measure(site):
        yield f"steps/{times.kind}/p95", times.p95


def _lighthouse(site: Path, _: visits.Variants) -> Figures:
    found = list(lighthouse.measure(site))
    for one in found:
        print(f"  {one.page}: {dict(one.scores)} {'; '.join(one.short)}", flush=True)
    for category in lighthouse.WANTED:
        yield f"lighthouse/{category}", min(one.scores[category] for one in found)


def _build(*_: object) -> Figures:
    yield "build/scratch", round(build_speed.from_scratch(), 1)
    yield "build/edit", round(build_speed.after_an_edit(), 1)
    for found in build_speed.growth(SIZES):
        yield f"growth/{found.entries}/ratio", round(found.ratio, 2)
        yield f"growth/{found.entries}/page", round(found.page_ms, 1)


def _chromium() -> str:
    with chromium.running() as browser:
        return browser.version


def _pyodide() -> str:
    return str(tomllib.loads(RUNTIME_LOCK.read_text("utf-8"))["version"])


def _python() -> str:
    return platform.python_version()
