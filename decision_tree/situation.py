"""The situation a user describes: lines of a technology and answers, read strictly from JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from decision_tree.space import NONE, UNKNOWN, AnswerError, Space


class SituationError(ValueError):
    """Input that is not a situation; the message names the place, what is wrong and the mend."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One technology in one transaction: answers by fact id, as they were written."""

    technology: str | None
    answers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Situation:
    """One contract: its lines are judged one by one."""

    lines: tuple[Line, ...]


def parse(text: str, space: Space) -> Situation:
    """The situation in a JSON text. Raises SituationError naming the place of the first fault."""
    try:
        raw = json.loads(text, object_pairs_hook=_no_duplicates, parse_int=_number)
    except json.JSONDecodeError as error:
        raise SituationError(
            f"line {error.lineno}, column {error.colno}: not JSON: {error.msg}"
        ) from error
    except RecursionError as error:
        raise SituationError("not a situation: nested too deeply") from error
    return read(raw, space)


def read(raw: Any, space: Space) -> Situation:
    """The situation in plain JSON values. Raises SituationError naming the place of the fault."""
    _only_keys(raw, ("lines",), "the situation")
    lines = raw.get("lines")
    if not isinstance(lines, list) or not lines:
        raise SituationError('lines: a list of at least one {"technology", "answers"} is wanted')
    return Situation(lines=tuple(_line(line, f"lines[{i}]", space) for i, line in enumerate(lines)))


def _line(raw: Any, place: str, space: Space) -> Line:
    _only_keys(raw, ("technology", "answers"), place)
    technology = raw.get("technology")
    answers = raw.get("answers", {})
    if technology is not None and not isinstance(technology, str):
        raise SituationError(f"{place}.technology: a text is wanted, not {technology!r}")
    if not isinstance(answers, dict):
        raise SituationError(f"{place}.answers: an object of fact ids and answers is wanted")
    line = Line(technology=technology, answers=answers)
    check(line, place, space)
    return line


def check(line: Line, place: str, space: Space) -> None:
    """Raises SituationError unless technology, facts and answers of the line fit the rules."""
    ids = [entry.id for entry in space.rules.technologies]
    if line.technology is not None and line.technology not in (*ids, NONE, UNKNOWN):
        raise SituationError(
            f"{place}.technology: there is no technology {line.technology!r}"
            f"{_nearest(line.technology, [*ids, NONE, UNKNOWN])}"
        )
    for fact_id, answer in line.answers.items():
        here = f"{place}.answers.{_printable(fact_id)}"
        if fact_id not in space.fact_ids:
            raise SituationError(f"{here}: no such fact{_nearest(fact_id, list(space.fact_ids))}")
        owner = space.owner.get(fact_id)
        if owner is not None and owner.id != line.technology:
            raise SituationError(
                f"{here}: a fact of {owner.id}, but the technology of this line is "
                f"{line.technology or 'not given'}"
            )
        if not isinstance(answer, str):
            raise SituationError(
                f"{here}: write the answer as text, such as an option, a number with its unit, "
                f'or "unknown"; not {answer!r}'
            )
        try:
            space.axis(fact_id).read(answer)
        except AnswerError as error:
            raise SituationError(f"{here}: {error.en}") from error


def _number(digits: str) -> float:
    """A number of JSON: none is an answer, so a very long one need not be exact."""
    return int(digits) if len(digits) < 20 else float(digits)


def _printable(name: str) -> str:
    """The name, with what cannot be printed (half of a surrogate pair) written as an escape."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _only_keys(raw: Any, keys: tuple[str, ...], place: str) -> None:
    if not isinstance(raw, dict):
        raise SituationError(f"{place}: an object with {' and '.join(keys)} is wanted")
    for key in raw:
        if key not in keys:
            raise SituationError(f"{place}: unknown key {key!r}{_nearest(key, list(keys))}")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            raise SituationError(f"the key {key!r} stands twice in one object")
        table[key] = value
    return table


def _nearest(word: str, known: list[str]) -> str:
    close = get_close_matches(word, known, 1)
    return f" (did you mean {close[0]!r}?)" if close else ""
