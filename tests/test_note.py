"""The consultation note says what the user said, what is missing and what to ask, and opens in Word."""

import base64
import io
import json
import re
import zipfile
from typing import Any

import docx
import pytest

from build_scripts.cases import load
from decision_tree import browser, corpus, situation
from decision_tree.journey import Journey, NotePage
from decision_tree.model import LANGUAGES, Language
from decision_tree.situation import Line
from decision_tree.verdict import Judge
from decision_tree.view import View
from decision_tree.view.note import Note, Pairs, Points, note_of
from decision_tree.view.readings import read_readings, readings_used
from decision_tree.view.verdict_page import VerdictParts

RULES = corpus.load()
JUDGE = Judge(RULES)
VIEWS = {language: View(RULES, language) for language in LANGUAGES}
CASES = [case for case in load() if not case.as_of]
SECTIONS = {"known", "missing", "questions", "division"}


def page_of(lines: list[dict[str, Any]], language: Language) -> NotePage:
    state = {"lines": lines, "at": {"line": 0, "page": "note"}}
    page = Journey(JUDGE, language).show(state)
    assert isinstance(page, NotePage)
    return page


def note_from(lines: list[dict[str, Any]], language: Language) -> Note:
    view = VIEWS[language]
    return note_of(view, VerdictParts(view, page_of(lines, language)))


def lines_of(case: Any) -> list[dict[str, Any]]:
    read = situation.read(case.situation, JUDGE.space)
    return [{"technology": line.technology, "answers": dict(line.answers)} for line in read.lines]


def texts(note: Note) -> list[str]:
    found = [note.title, note.subject, *note.lead, note.running]
    for section in note.sections:
        found.append(section.title)
        for block in section.blocks:
            if isinstance(block, Pairs):
                found += [text for row in block.rows for text in row]
            elif isinstance(block, Points):
                found += block.items
            else:
                found.append(block.text)
    return found


def section(note: Note, language: Language, key: str) -> list[str]:
    title = VIEWS[language].words["note"][key]
    blocks = [b for s in note.sections if s.title == title for b in s.blocks]
    return [
        text
        for block in blocks
        for text in (
            [cell for row in block.rows for cell in row]
            if isinstance(block, Pairs)
            else list(block.items)
            if isinstance(block, Points)
            else [block.text]
        )
    ]


def document(lines: list[dict[str, Any]], language: Language) -> bytes:
    state = {"lines": lines, "at": {"line": 0, "page": "verdict"}}
    reply = json.loads(
        browser.handle(json.dumps({"save": "docx", "state": state, "language": language}))
    )
    return base64.b64decode(reply["base64"])


LICENCE = [
    {
        "technology": "quantum-dot",
        "answers": {
            "quantum-dot-activity": "unknown",
            "act": "licence",
            "guidance": "separate-agreement",
            "destination": "group-a",
            "published": "no",
            "basic-research": "no",
            "minimum-provision": "unknown",
            "stage": "decided-internally",
        },
    }
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_worked_case_has_a_note_with_what_is_known_and_missing(language: Language) -> None:
    view = VIEWS[language]
    for case in CASES:
        lines = lines_of(case)
        page = page_of(lines, language)
        note = note_of(view, VerdictParts(view, page))
        said = texts(note)

        assert all(text.strip() for text in said), case.id
        assert not [text for text in said if "{" in text or text == "None"], case.id
        for row in page.rows:
            assert row.label.of(language) in said, case.id
        for name in page.verdict["missing"]:
            assert view.text(view.facts[name].label) in said, case.id
        for line in page.verdict["lines"]:
            if line["division"]:
                assert any(line["division"]["name"]["ja"] in text for text in said), case.id
        assert page.verdict["rules"] in said and page.verdict["engine"] in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_that_was_not_answered(language: Language) -> None:
    view = VIEWS[language]
    for case in CASES:
        page = page_of(lines_of(case), language)
        note = note_of(view, VerdictParts(view, page))
        if len(page.verdict["lines"]) > 1:
            continue
        pairs = [
            row[0]
            for s in note.sections
            if s.title == view.words["note"]["known"]
            for block in s.blocks
            if isinstance(block, Pairs)
            for row in block.rows
        ]
        known = [row.label.of(language) for row in page.rows if row.given != "unknown"]

        assert known == pairs, case.id
        stage = view.text(RULES.stage.label)
        assert (stage in pairs) == (
            "stage" in page.situation.lines[0].answers
            and page.situation.lines[0].answers["stage"] != "unknown"
        ), case.id


def test_the_questions_come_from_what_is_missing_unsettled_and_read() -> None:
    asked = section(note_from(LICENCE, "en"), "en", "questions")
    text = "\n".join(asked)

    assert "Group A countries only" in text
    assert "separate agreement" in text
    assert re.search(r"\(S0, line 57\)", text)
    assert len(asked) == len(set(asked)) >= 3


def test_a_reading_is_named_only_where_the_answers_rest_on_it() -> None:
    def used(technology: str | None, **answers: str) -> set[str]:
        given = {name.replace("_", "-"): value for name, value in answers.items()}
        line = Line(technology=technology, answers=given)
        return {reading.title.en for reading in readings_used(RULES, line)}

    titles = {raw["id"]: raw["title"]["en"] for raw in read_readings()}
    assert used("mlcc", act="goods-only") == set()
    assert used("mlcc", act="contract-manufacture") == {titles["named-acts"]}
    assert used("mlcc", act="other") == {titles["and-others"]}
    assert titles["guidance-elsewhere"] in used(
        "mlcc", act="licence", guidance="separate-agreement"
    )
    assert titles["guidance-elsewhere"] not in used("mlcc", act="licence", guidance="yes")
    assert used("mlcc", stage="preliminary") == {titles["preliminary"]}
    assert used("mlcc", stage="unknown") == set()
    every = {
        title
        for case in CASES
        for line in situation.read(case.situation, JUDGE.space).lines
        for title in used(line.technology, **dict(line.answers))
    }
    shown = {
        raw["title"]["en"] for raw in read_readings() if raw["kind"] not in ("division", "damage")
    }
    assert shown == every


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_s_own_format_reads_back_what_the_note_says(language: Language) -> None:
    for lines in (LICENCE, *(lines_of(case) for case in CASES[::60])):
        note = note_from(lines, language)
        opened = docx.Document(io.BytesIO(document(lines, language)))
        said = [p.text for p in opened.paragraphs if p.text]
        tables = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
        header = [p.text for p in opened.sections[0].header.paragraphs]

        assert sorted([*said, *tables, *header]) == sorted(texts(note))
        styles = {p.style.name for p in opened.paragraphs if p.style}
        assert {"Title", "Heading 1"} <= styles
        headings = [p.text for p in opened.paragraphs if p.style and p.style.name == "Heading 1"]
        assert headings == [s.title for s in note.sections]
        assert opened.core_properties.language == {"ja": "ja-JP", "en": "en-GB"}[language]
        assert opened.core_properties.title == note.title
        assert opened.core_properties.author == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_names_fonts_and_languages_and_embeds_nothing(language: Language) -> None:
    with zipfile.ZipFile(io.BytesIO(document(LICENCE, language))) as package:
        assert package.testzip() is None
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = package.namelist()
        styles = package.read("word/styles.xml").decode()
        body = package.read("word/document.xml").decode()

    assert names[0] == "[Content_Types].xml"
    assert not [name for name in names if "font" in name or "media" in name or "vba" in name]
    assert (
        'w:eastAsia="ja-JP"' in styles
        and f'w:val="{"ja-JP" if language == "ja" else "en-GB"}"' in styles
    )
    assert re.search(r'w:eastAsia="[^a-zA-Z"]+"', styles)
    assert "<w:tbl>" in body and "<w:numPr>" in body
    assert document(LICENCE, language) == document(LICENCE, language)
