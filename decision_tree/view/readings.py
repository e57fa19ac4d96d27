"""The readings on which a line of a verdict rests, from the register of readings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from decision_tree.model import Rules, Text
from decision_tree.situation import Line
from decision_tree.space import UNKNOWN
from decision_tree.view.tables import FOLDER, read_table

READINGS_FILE = FOLDER / "readings.toml"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A published choice: what it is about, how it was taken, and the other way; `line` is of S0."""

    title: Text
    taken: Text
    other: Text
    line: int


def read_readings() -> list[dict[str, Any]]:
    """The register as it is written."""
    return list(_register())


def readings_used(rules: Rules, line: Line) -> Iterator[Reading]:
    """The readings without which the answers of the line could be judged otherwise.

    The reading of the table of divisions is shown with the division, and damage of the printed text with
    the definition.
    """
    given = {name: value for name, value in line.answers.items() if value != UNKNOWN}
    own = {
        fact.id
        for entry in rules.technologies
        if entry.id == line.technology
        for fact in entry.fact
    }
    for raw in _register():
        if raw["kind"] in ("division", "damage"):
            continue
        if raw.get("technology", line.technology) == line.technology and _bears(raw, given, own):
            yield Reading(
                title=Text(**raw["title"]),
                taken=Text(**raw["taken"]),
                other=Text(**raw["other"]),
                line=raw["line"],
            )


def _bears(raw: Mapping[str, Any], given: Mapping[str, str], own: set[str]) -> bool:
    flip = raw["flip"]
    if "acts" in raw:
        return any(given.get("act") == act for act in raw["acts"])
    if "options" in flip:
        return any(given.get(one["fact"]) == one["option"] for one in flip["options"])
    if "stage" in flip:
        return str(flip["stage"]["option"]) == given.get("stage")
    if "facts" in raw:
        return any(name in given for name in raw["facts"])
    return bool(own & set(given))


@cache
def _register() -> tuple[dict[str, Any], ...]:
    return tuple(read_table("readings")["reading"])
