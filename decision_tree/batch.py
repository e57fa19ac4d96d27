"""Many transfers at once: one row each, in CSV, with the verdict added to the row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from decision_tree.journey import TECHNOLOGY
from decision_tree.situation import Line, SituationError, check
from decision_tree.verdict import Judge

#: Columns added to each row. `error` says why a row has no verdict.
ADDED = ("outcome", "possible", "because", "missing", "division", "division_basis", "error")
#: A column that is carried along and not read: the user's own name for the row.
NOTE = "note"


class BatchError(ValueError):
    """A table that cannot be read at all; the message says where and why."""


def decode(data: bytes) -> str:
    """The text of a CSV file as Excel writes it: UTF-8 with or without a mark, else Shift_JIS."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp932")
    except UnicodeDecodeError:
        raise BatchError("the file is neither UTF-8 nor Shift_JIS text") from None


def judge_table(judge: Judge, text: str) -> Iterator[list[str]]:
    """The rows of the answered table, heading first.

    Columns are `technology`, fact ids and any whose name begins with `note`. An empty cell is an
    unanswered fact. A row that cannot be read gets its reason in `error`, and the rest goes on.
    Raises BatchError if the heading is unusable.
    """
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heading = [name.strip() for name in next(rows)]
    except StopIteration:
        raise BatchError(
            "the table is empty: a heading with technology and fact ids is wanted"
        ) from None
    except csv.Error as error:
        raise BatchError(f"line {rows.line_num}: {error}") from error
    _check_heading(judge, heading)
    yield [*heading, *ADDED]
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield [*([""] * len(heading)), *_failed(f"line {rows.line_num}: {error}")]
            continue
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield [*_padded(row, heading), *_judged(judge, heading, row, rows.line_num)]


def _judged(judge: Judge, heading: list[str], row: list[str], number: int) -> list[str]:
    if len(row) > len(heading):
        return _failed(f"line {number}: {len(row)} cells, but the heading has {len(heading)}")
    cells = {
        name: cell.strip()
        for name, cell in zip(heading, row, strict=False)
        if cell.strip() and not name.startswith(NOTE)
    }
    technology = cells.pop(TECHNOLOGY, None)
    line = Line(technology=technology, answers=cells)
    try:
        check(line, f"line {number}", judge.space)
    except SituationError as error:
        return _failed(str(error))
    verdict = judge.line(line)
    office = judge.division(technology)
    return [
        verdict.outcome,
        " ".join(verdict.possible),
        " ".join(verdict.because),
        " ".join(verdict.missing),
        office[0].name.ja if office else "",
        office[1] if office else "",
        "",
    ]


def _failed(why: str) -> list[str]:
    return [*([""] * (len(ADDED) - 1)), why]


def _padded(row: list[str], heading: list[str]) -> list[str]:
    return [*row, *([""] * len(heading))][: len(heading)]


def _check_heading(judge: Judge, heading: list[str]) -> None:
    known = {TECHNOLOGY, *judge.space.fact_ids}
    for name in heading:
        if name in ADDED:
            raise BatchError(f"line 1: the column {name!r} is one that the answer adds: rename it")
        if name not in known and not name.startswith(NOTE):
            raise BatchError(
                f"line 1: unknown column {name!r}: use technology, a fact id "
                f"(python -m decision_tree facts) or a name that begins with {NOTE!r}"
            )
        if heading.count(name) > 1:
            raise BatchError(f"line 1: the column {name!r} stands twice")
    if TECHNOLOGY not in heading:
        raise BatchError("line 1: there is no column 'technology'")
