"""The recorded measurement: what `make bench` found once, beside what is wanted of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from build_scripts.toolchain import BuildError
from build_scripts.wording import TEMPLATES, load_table

RECORD = TEMPLATES / "measured.json"

#: Whether the wanted value is a least or a most.
Better = Literal["more", "less"]
#: The aim is reached, or what must be is, or not even that; or nothing is wanted.
State = Literal["aim", "must", "missed", "none"]
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run: its day, machine, versions and build, rounds on each line, and every figure by name."""

    date: str
    machine: Mapping[str, Any]
    versions: Mapping[str, str]
    build: str
    runs: Mapping[str, int]
    figures: Mapping[str, float]

    def comparisons(self) -> Iterator[Comparison]:
        """Pyodide as it comes beside the site."""
        for name, what, where in _compared():
            stock, site = self.figures[f"{name}/stock"], self.figures[f"{name}/site"]
            ratio = self.figures[f"{name}/ratio"]
            unit = "seconds" if where else "mib" if name.startswith("memory/") else "bytes"
            yield Comparison(
                name=name, what=what, where=where, unit=unit, stock=stock, site=site, ratio=ratio
            )

    def targets(self) -> Iterator[Target]:
        """Every figure that something is wanted of, and those that are told beside them."""
        for raw in load_table("speed")["target"]:
            yield Target(value=self.figures[raw["figure"]], **raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The same thing with both: seconds to a verdict on a line, bytes, or memory."""

    name: str
    what: Words
    where: Words | None
    unit: str
    stock: float
    site: float
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A figure, and what is wanted of it."""

    figure: str
    what: Words
    unit: str
    value: float
    better: Better | None = None
    must: float | None = None
    aim: float | None = None

    @property
    def state(self) -> State:
        """How far the figure reaches."""
        if self.must is None:
            return "none"
        if not self._reaches(self.must):
            return "missed"
        return "aim" if self.aim is not None and self._reaches(self.aim) else "must"

    def _reaches(self, wanted: float) -> bool:
        return self.value >= wanted if self.better == "more" else self.value <= wanted


def read(path: Path | None = None) -> Measured:
    """The recorded run.

    Raises:
        BuildError: a key or a figure is missing, or one is there that no table shows.
    """
    path = path or RECORD
    raw = json.loads(path.read_text("utf-8"))
    _same(path, "key", set(raw), set(Measured.__dataclass_fields__))
    found = Measured(**raw)
    _same(path, "figure", set(found.figures), set(names()))
    return found


def write(found: Measured, path: Path) -> None:
    """Write a run as JSON."""
    text = json.dumps(asdict(found), indent=2, ensure_ascii=False) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def markdown(found: Measured) -> Iterator[str]:
    """The run as tables for a terminal; what is missed comes first."""
    words = load_table("speed")
    units = {name: text["en"] for name, text in words["units"].items()}
    yield "| what | measured | must | aim | reached |"
    yield "|---|---|---|---|---|"
    for one in sorted(found.targets(), key=lambda target: target.state != "missed"):
        wanted = [
            "" if x is None else units[one.unit].format(n=f"{x:,}") for x in (one.must, one.aim)
        ]
        value = units[one.unit].format(n=f"{one.value:,}")
        state = words["states"][one.state]["en"]
        yield f"| {one.what['en']} | {value} | {' | '.join(wanted)} | {state} |"
    yield ""
    yield "| what | line | stock | site | ratio |"
    yield "|---|---|---|---|---|"
    for pair in found.comparisons():
        where = pair.where["en"] if pair.where else ""
        sides = [units[pair.unit].format(n=f"{value:,}") for value in (pair.stock, pair.site)]
        yield f"| {pair.what['en']} | {where} | {' | '.join(sides)} | {pair.ratio:,} |"


def names() -> Iterator[str]:
    """The name of every figure that a table shows."""
    for name, _, _ in _compared():
        yield from (f"{name}/{part}" for part in ("stock", "site", "ratio"))
    yield from (target["figure"] for target in load_table("speed")["target"])


def _compared() -> Iterator[tuple[str, Words, Words | None]]:
    """What both are compared in: its name, what it is, and on which line."""
    words = load_table("speed")
    for line, where in words["lines"].items():
        for kind, what in words["kinds"].items():
            yield f"{kind}/{line}", what, where
    for kind, sizes in words["sizes"].items():
        for name, what in sizes.items():
            yield f"{kind}/{name}", what, None


def _same(path: Path, kind: str, there: set[str], wanted: set[str]) -> None:
    told = "run `python -m build_scripts bench --record`, or correct speed.toml"
    if missing := sorted(wanted - there):
        raise BuildError(f"{path.name}: {kind} {missing[0]!r} is missing; {told}")
    if unknown := sorted(there - wanted):
        raise BuildError(f"{path.name}: {kind} {unknown[0]!r} is in no table; {told}")
