"""The consultation note: what to have at hand for the first call to the division, as plain blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from decision_tree.model import Citation
from decision_tree.view.phrases import LIST_DOCUMENT
from decision_tree.view.readings import readings_used

if TYPE_CHECKING:
    from decision_tree.journey import Row
    from decision_tree.view import View
    from decision_tree.view.verdict_page import LineParts, VerdictParts


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A paragraph; a `strong` one is what the reader should see first."""

    text: str
    strong: bool = False


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Names with values."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Points:
    """A list; a `numbered` one is gone through one by one."""

    items: tuple[str, ...]
    numbered: bool = False


Block = Paragraph | Pairs | Points


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading with what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Note:
    """The whole note. `running` is repeated on every page of paper."""

    title: str
    subject: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]
    running: str


def note_of(view: View, parts: VerdictParts) -> Note:
    """The note of a verdict, in the view's language."""
    w = view.words["note"]
    many = len(parts.lines) > 1
    sections = [Section(title=w["result"], blocks=tuple(_result(view, parts)))]
    for line in parts.lines:
        title = _fill(view.words["check"]["line"], number=line.index + 1) if many else None
        sections += _line(view, parts, line, title)
    sections.append(Section(title=w["about"], blocks=tuple(_about(view, parts))))
    return Note(
        title=w["title"],
        subject=w["subject"],
        lead=(w["lead"], w["only"]),
        sections=tuple(sections),
        running=running(view, parts),
    )


def running(view: View, parts: VerdictParts) -> str:
    """What stands on every printed page: what it is, the date of the list, and the hashes."""
    w = view.words["printed"]
    gap = "　" if view.language == "ja" else " · "
    return gap.join(
        (
            w["head"],
            _fill(w["list"], date=view.day(parts.verdict["list_version"])),
            _fill(w["engine"], hash=parts.verdict["engine"][:12]),
            _fill(w["rules"], hash=parts.verdict["rules"][:12]),
        )
    )


def _result(view: View, parts: VerdictParts) -> Iterator[Block]:
    yield Paragraph(text=view.text(parts.outcome.title), strong=True)
    yield Paragraph(text=view.text(parts.outcome.meaning))
    if len(parts.lines) > 1:
        yield Points(
            items=tuple(
                _fill(
                    view.words["verdict"]["line"],
                    number=line.index + 1,
                    title=view.text(line.outcome.title),
                )
                for line in parts.lines
            )
        )


def _line(view: View, parts: VerdictParts, line: LineParts, name: str | None) -> Iterator[Section]:
    w = view.words["note"]

    def titled(key: str) -> str:
        return f"{name}{view.words['common']['colon']}{w[key]}" if name else str(w[key])

    rows = [row for row in parts.rows if row.line == line.index]
    missing = line.verdict["missing"]
    known = tuple(
        (view.text(row.label), _as_given(view, row)) for row in rows if row.given != "unknown"
    )
    if known:
        yield Section(title=titled("known"), blocks=(Pairs(rows=known),))
    unknown = [row for row in rows if row.given == "unknown" and row.fact not in missing]
    if missing or unknown:
        blocks: list[Block] = []
        if missing:
            outcomes = view.words["common"]["comma"].join(line.possible)
            blocks.append(Paragraph(text=_fill(w["missing_lead"], outcomes=outcomes)))
        names = [*(view.text(fact.label) for fact in line.missing)]
        names += [view.text(row.label) for row in unknown]
        blocks.append(Points(items=tuple(names)))
        yield Section(title=titled("missing"), blocks=tuple(blocks))
    questions = tuple(_questions(view, line))
    if questions:
        yield Section(title=titled("questions"), blocks=(Points(items=questions, numbered=True),))
    if line.division:
        office = line.division
        reading = line.verdict["division"]["basis"] == "reading"
        names_of = (
            office.name.ja if view.language == "ja" else f"{office.name.en} ({office.name.ja})"
        )
        source = view.source(Citation(document=LIST_DOCUMENT, line=office.line))
        yield Section(
            title=titled("division"),
            blocks=(
                Paragraph(text=names_of, strong=True),
                Paragraph(text=f"{w['reading' if reading else 'printed']} ({source})"),
            ),
        )


def _questions(view: View, line: LineParts) -> Iterator[str]:
    w = view.words["note"]
    listed = line.technology.listed if line.technology else view.rules.scheme.begins
    for fact in line.missing:
        yield _fill(
            w["ask_missing"],
            label=view.text(fact.label),
            question=view.text(fact.question, listed),
        )
    if line.outcome.code == "not-covered":
        return
    for point in line.unsettled:
        yield _fill(
            w["ask_unsettled"],
            label=point.label,
            answer=point.answer,
            reason=view.text(point.reason),
            source=view.source(point.source),
        )
    if line.remark:
        stage = view.rules.stage
        answer = view.answer(stage, line.answered.answers[stage.id])
        yield _fill(
            w["ask_stage"],
            answer=answer.replace("{listed}", view.day(listed)),
            remark=view.text(line.remark[0]),
        )
    for reading in readings_used(view.rules, line.answered):
        yield _fill(
            w["ask_reading"],
            title=view.text(reading.title),
            taken=view.text(reading.taken),
            other=view.text(reading.other),
            source=view.source(Citation(document=LIST_DOCUMENT, line=reading.line)),
        )
    if line.division and line.verdict["division"]["basis"] == "reading":
        yield _fill(
            w["ask_division"],
            name=view.text(line.division.name),
            source=view.source(Citation(document=LIST_DOCUMENT, line=line.division.line)),
        )


def _about(view: View, parts: VerdictParts) -> Iterator[Block]:
    v = view.words["verdict"]
    yield Paragraph(text=f"{v['self_check']} {v['authority']}")
    yield Pairs(
        rows=(
            (
                v["list_version"],
                _fill(v["list_version_value"], date=view.day(parts.verdict["list_version"])),
            ),
            (v["engine"], parts.verdict["engine"]),
            (v["rules"], parts.verdict["rules"]),
        )
    )
    comma = view.words["common"]["comma"]
    used = {d.id for d in parts.cited} | {LIST_DOCUMENT}
    yield Points(
        items=tuple(
            f"{d.id}{view.words['common']['colon']}"
            + comma.join(filter(None, (view.text(d.title), view.text(d.publisher), d.date)))
            for d in view.rules.documents
            if d.id in used
        )
    )
    yield Paragraph(text=_fill(view.words["note"]["reach"], address=view.official))


def _as_given(view: View, row: Row) -> str:
    """An answer in words; a number as it was typed, with how it was read beside its limits."""
    reading = view.reading(row)
    return f"{row.given} ({reading})" if reading else row.answer


def _fill(pattern: object, **values: object) -> str:
    return str(pattern).format(**values)
