"""The rules as static JSON files with their schema, and as CSV tables, under `/api/v1/`.

Within version 1 fields are only added.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from build_scripts import cases, changes
from build_scripts.cases import Case
from build_scripts.changes import Step
from build_scripts.schema import adapter as adapter_of
from build_scripts.wording import load_site
from decision_tree.model import (
    Division,
    Document,
    Fact,
    Gate,
    GroundText,
    ListVersion,
    Outcome,
    Page,
    Rules,
    Technology,
    Text,
)
from decision_tree.record import Record
from decision_tree.view.phrases import official_page

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# Excel reads a CSV file as UTF-8 only if it begins with this mark.
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What must be known wherever the data goes."""

    about: Text
    credit: Text
    list_date: date
    compared: date
    official: str
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnologiesFile:
    """`technologies.json`."""

    notice: Notice
    technologies: tuple[Technology, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnologyFile:
    """`technologies/<id>.json`."""

    notice: Notice
    technology: Technology


@dataclass(frozen=True, slots=True, kw_only=True)
class DivisionsFile:
    """`divisions.json`; which entries a division has is in the entries."""

    notice: Notice
    divisions: tuple[Division, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactOf:
    """A fact and the entry it belongs to; none for facts of the transaction."""

    technology: str | None
    fact: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsFile:
    """`facts.json`: every fact, in the order in which it is asked."""

    notice: Notice
    facts: tuple[FactOf, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesFile:
    """`rules.json`: what is common to all entries."""

    notice: Notice
    engine_sha256: str
    rules_sha256: str
    begins: date
    versions: tuple[ListVersion, ...]
    gates: tuple[Gate, ...]
    pages: tuple[Page, ...]
    outcomes: tuple[Outcome, ...]
    grounds: tuple[GroundText, ...]
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one secondary source says about the list; never a version of it."""

    entries: int
    period: Text
    note: Text
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesFile:
    """`changes.json`: the versions of the list, what only secondary sources say, and the effects."""

    notice: Notice
    versions: tuple[ListVersion, ...]
    evidence: tuple[Evidence, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesFile:
    """`cases.json`: the worked cases, each a situation and the outcome the law gives."""

    notice: Notice
    cases: tuple[Case, ...]


#: The name of each file's schema, `schema/<name>.json`.
SCHEMAS: dict[str, type] = {
    "technologies": TechnologiesFile,
    "technology": TechnologyFile,
    "divisions": DivisionsFile,
    "facts": FactsFile,
    "rules": RulesFile,
    "changes": ChangesFile,
    "cases": CasesFile,
}

#: Files that visitors make: only their schema is published.
MADE_BY_VISITORS: dict[str, type] = {"record": Record}


def write_api(rules: Rules, target: Path) -> None:
    """Write the folder of the API, all at once and the same for the same rules."""
    notice = _notice(rules)
    facts = tuple(_facts(rules))
    versions = ChangesFile(
        notice=notice,
        versions=rules.scheme.version,
        evidence=tuple(_evidence()),
        steps=changes.steps(rules),
    )
    common = RulesFile(
        notice=notice,
        engine_sha256=rules.engine_sha256,
        rules_sha256=rules.rules_sha256,
        begins=rules.scheme.begins,
        versions=rules.scheme.version,
        gates=rules.transaction.gate,
        pages=rules.transaction.page,
        outcomes=rules.outcomes,
        grounds=rules.grounds,
        documents=rules.documents,
    )
    files: dict[str, object] = {
        "technologies": TechnologiesFile(notice=notice, technologies=rules.technologies),
        "divisions": DivisionsFile(notice=notice, divisions=rules.divisions),
        "facts": FactsFile(notice=notice, facts=facts),
        "rules": common,
        "changes": versions,
        "cases": CasesFile(notice=notice, cases=cases.load()),
    }
    for technology in rules.technologies:
        one = TechnologyFile(notice=notice, technology=technology)
        files[f"technologies/{technology.id}"] = one
    for name, content in files.items():
        dump = adapter_of(type(content))
        _write(target / f"{name}.json", _json(dump.dump_python(content, mode="json")))
    for name, kind in (SCHEMAS | MADE_BY_VISITORS).items():
        schema = {"$schema": _DIALECT, **adapter_of(kind).json_schema(mode="serialization")}
        _write(target / "schema" / f"{name}.json", _json(schema))
    _write(target / "technologies.csv", _csv(_technology_rows(rules)))
    _write(target / "divisions.csv", _csv(_division_rows(rules)))
    _write(target / "facts.csv", _csv(_fact_rows(facts)))
    _write(target / "changes.csv", _csv(_change_rows(versions)))


def _notice(rules: Rules) -> Notice:
    site = load_site()
    source = next(document for document in rules.documents if document.id == "S0")
    return Notice(
        about=Text(
            ja="政府のサイトではありません。法的な助言ではありません。日本語を正とし、英語は非公式です。",
            en="Not a government site and not legal advice. The Japanese text is authoritative; "
            "the English is unofficial.",
        ),
        credit=Text(
            ja=f"出典：{source.publisher.ja}「{source.title.ja}」（{source.date}）。当サイトが編集。",
            en=f"Source: {source.publisher.en}, {source.title.en} ({source.date}); edited by us.",
        ),
        list_date=max(version.date for version in rules.scheme.version),
        compared=site["compared"],
        official=official_page(rules),
        licence=site["licence"],
    )


def _facts(rules: Rules) -> Iterable[FactOf]:
    yield FactOf(technology=None, fact=rules.scheme.technology_question)
    for technology in rules.technologies:
        for fact in technology.fact:
            yield FactOf(technology=technology.id, fact=fact)
    for fact in (*rules.transaction.fact, rules.stage):
        yield FactOf(technology=None, fact=fact)


def _evidence() -> Iterable[Evidence]:
    for raw in load_site()["evidence"]:
        yield Evidence(
            entries=raw["entries"],
            period=Text(**raw["period"]),
            note=Text(**raw["note"]),
            document=raw["document"],
        )


Row = Sequence[object]


def _technology_rows(rules: Rules) -> Iterable[Row]:
    yield (
        "number", "id", "name_ja", "name_en_unofficial", "listed", "division", "division_ja",
        "division_basis", "line", "definition_ja", "definition_en_unofficial",
    )  # fmt: skip
    offices = {division.id: division.name.ja for division in rules.divisions}
    for t in rules.technologies:
        yield (
            t.number, t.id, t.name.ja, t.name.en, t.listed, t.division.id, offices[t.division.id],
            t.division.basis, t.definition[0].line,
            "\n".join(p.ja for p in t.definition), "\n".join(p.en for p in t.definition),
        )  # fmt: skip


def _division_rows(rules: Rules) -> Iterable[Row]:
    yield "id", "name_ja", "name_en_unofficial", "line", "technologies"
    for d in rules.divisions:
        entries = [str(t.number) for t in rules.technologies if t.division.id == d.id]
        yield d.id, d.name.ja, d.name.en, d.line, " ".join(entries)


def _fact_rows(facts: Iterable[FactOf]) -> Iterable[Row]:
    yield (
        "technology", "id", "kind", "unit", "label_ja", "label_en", "question_ja", "question_en",
        "options",
    )  # fmt: skip
    for item in facts:
        f = item.fact
        yield (
            item.technology or "", f.id, f.kind, f.unit or "", f.label.ja, f.label.en,
            f.question.ja, f.question.en, " ".join(option.id for option in f.options),
        )  # fmt: skip


def _change_rows(file: ChangesFile) -> Iterable[Row]:
    yield (
        "date",
        "period_ja",
        "period_en",
        "entries",
        "status",
        "document",
        "line",
        "note_ja",
        "note_en",
    )
    for v in file.versions:
        yield (
            v.date, "", "", v.entries, v.status, v.source.document, v.source.line or "",
            v.note.ja, v.note.en,
        )  # fmt: skip
    for e in file.evidence:
        yield (
            "", e.period.ja, e.period.en, e.entries, "secondary", e.document, "",
            e.note.ja, e.note.en,
        )  # fmt: skip


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _csv(rows: Iterable[Row]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return _BOM + text.getvalue()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
