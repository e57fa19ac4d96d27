"""The worked cases of `tests/cases/*.toml`: believable situations with the outcome the law gives.

Each file has one theme. Its table `[common]` is part of every line of its cases, unless the line
says otherwise. `each` holds the outcome of every line of a case with several lines.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from build_scripts.toolchain import ROOT
from decision_tree.model import Citation, OutcomeCode, Text

FOLDER = ROOT / "tests" / "cases"
KEYS = frozenset(
    (
        *("id", "title", "story", "source", "as_of", "lines", "expect"),
        *("because", "missing", "possible", "each", "division"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One situation in the shape of the public contract, and what must come out of it.

    What is None is not looked at; but `because` None means none, and `ask` always names what is missing.
    """

    id: str
    file: str
    title: Text
    story: Text
    source: tuple[Citation, ...]
    situation: dict[str, Any]
    expect: OutcomeCode
    as_of: date | None
    because: list[str] | None
    missing: list[str] | None
    possible: list[str] | None
    each: list[str] | None
    division: str | None

    @property
    def theme(self) -> str:
        """The name of its file: `entry-01-mlcc`, `stages`."""
        return self.file.removesuffix(".toml")


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
        title=Text(**raw["title"]),
        story=Text(**raw["story"]),
        source=tuple(Citation(**source) for source in raw["source"]),
        situation={"lines": lines},
        expect=raw["expect"],
        as_of=raw.get("as_of"),
        because=raw.get("because"),
        missing=raw.get("missing"),
        possible=raw.get("possible"),
        each=raw.get("each"),
        division=raw.get("division"),
    )
