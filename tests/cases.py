"""The worked cases of `tests/cases/*.toml`: believable situations with the outcome the law gives.

Each file has one theme. Its table `[common]` is part of every line of its cases, unless the line
says otherwise. `each` holds the outcome of every line of a case with several lines.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "cases"
KEYS = frozenset(
    (
        *("id", "title", "story", "source", "as_of", "lines", "expect"),
        *("because", "missing", "possible", "each", "division"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One situation in the shape of the public contract, and what must come out of it."""

    id: str
    file: str
    title: dict[str, str]
    story: dict[str, str]
    source: list[dict[str, Any]]
    situation: dict[str, Any]
    expect: str
    as_of: date | None
    because: list[str] | None
    missing: list[str] | None
    possible: list[str] | None
    each: list[str] | None
    division: str | None


@cache
def load() -> tuple[Case, ...]:
    """Every case, in order of file and place."""
    return tuple(
        _case(raw, path.name, table.get("common", {}))
        for path in sorted(FOLDER.glob("*.toml"))
        for table in [tomllib.loads(path.read_text("utf-8"))]
        for raw in table["case"]
    )


def _case(raw: dict[str, Any], file: str, common: dict[str, str]) -> Case:
    if unknown := set(raw) - KEYS:
        raise ValueError(f"{file}: {raw['id']}: unknown key {min(unknown)!r}")
    lines = [{**line, "answers": {**common, **line["answers"]}} for line in raw["lines"]]
    return Case(
        id=raw["id"],
        file=file,
        title=raw["title"],
        story=raw["story"],
        source=raw["source"],
        situation={"lines": lines},
        expect=raw["expect"],
        as_of=raw.get("as_of"),
        because=raw.get("because"),
        missing=raw.get("missing"),
        possible=raw.get("possible"),
        each=raw.get("each"),
        division=raw.get("division"),
    )
