"""Dates, neighbours and open points: each is shown with what it rests on, and nothing open is left out."""

import html
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from build_scripts.guides import Source
from build_scripts.knowledge import SETTLING, Event, Knowledge, events, points, standing
from build_scripts.lint import knowledge, prose
from build_scripts.lint.corpus import Corpus, File
from build_scripts.lint.quotes import Quote, compared
from build_scripts.lint.shape import read
from build_scripts.lint.toml_lines import line_map
from build_scripts.pages import DOCS, Writer
from build_scripts.quotations import quotations
from build_scripts.record import read_record, record_of
from build_scripts.wording import TEMPLATES
from decision_tree import corpus
from decision_tree.corpus import FOLDER
from decision_tree.model import LANGUAGES, Language

RULES = corpus.load()
WRITERS = {language: Writer(RULES, language) for language in LANGUAGES}
PAGES = {
    (language, path): html.unescape(WRITERS[language].render(path, path))
    for language in LANGUAGES
    for path in (
        "background/index.md",
        "background/interim-report-2024.md",
        "background/approach-2019.md",
        "neighbours.md",
        "unknowns.md",
        "scheme.md",
        "sources.md",
    )
}
#: A link to the page of sources, or a badge.
EVIDENCE = re.compile(r'class="(?:source|source cite|status [\w-]+)"')


def items(text: str, start: str, end: str) -> list[str]:
    """The parts of a page between two marks."""
    found = re.findall(f"{re.escape(start)}.*?{re.escape(end)}", text, re.DOTALL)
    assert found
    return found


# ---- dates ----


@pytest.mark.parametrize(
    ("documents", "status"),
    [
        (["S0"], "confirmed"),
        (["FEFTA"], "confirmed"),
        (["METI-DEEMED", "NOT"], "confirmed"),
        (["TMI", "LI"], "secondary"),
        (["TMI", "TMI"], "single"),
        (["JR"], "single"),
    ],
)
def test_how_sure_a_date_is_follows_from_its_sources(documents: list[str], status: str) -> None:
    known = {document.id: document for document in RULES.documents}

    assert status == standing([Source(document=name) for name in documents], known)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_date_is_shown_in_order_with_its_source_and_status(language: Language) -> None:
    text = PAGES[language, "background/index.md"]
    shown = items(text, '<li class="event', "</li>")
    about = WRITERS[language].knowledge

    assert len(events()) == len(shown)
    for event, item in zip(events(), shown, strict=True):
        assert f'<time datetime="{event.date}">' in item
        assert 'class="source' in item
        assert f"status-{about.status(event)}" in item
        assert getattr(event, language) in re.sub(r"<[^>]+>", "", item)


def test_a_date_is_never_shown_as_surer_than_its_sources() -> None:
    known = {document.id: document for document in RULES.documents}
    for event in events():
        by_sources = standing(event.source, known)

        # A written status only takes certainty away.
        assert event.status is None or by_sources == "confirmed", event.id


def test_the_dates_of_the_scheme_are_those_of_the_data() -> None:
    dated = {event.id: event.date for event in events()}

    assert str(RULES.scheme.begins) == dated["scheme-begins"]
    assert str(RULES.scheme.version[-1].date) == dated["nineteen-technologies"]


def test_a_date_to_come_says_so() -> None:
    about = Knowledge(RULES, "en")
    past, coming = (
        replace(events()[0], date=date, last=None) for date in ("2026-11-23", "2027-01")
    )

    assert not about.to_come(past)
    assert about.to_come(coming)
    assert any(about.to_come(event) for event in events())
    for item in items(PAGES["en", "background/index.md"], '<li class="event', "</li>"):
        assert ("To come" in item) == ('datetime="2027' in item)


# ---- neighbours ----


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cell_of_the_comparison_has_its_source_or_status(language: Language) -> None:
    text = PAGES[language, "neighbours.md"]
    cells = items(text, '<td role="cell"', "</td>")

    assert len(WRITERS[language].knowledge.regimes) * 4 == len(cells)
    for cell in cells:
        assert EVIDENCE.search(cell), cell
        assert 'data-label="' in cell


def test_the_comparison_has_this_scheme_first_and_every_regime_of_the_verdicts() -> None:
    regimes = Knowledge(RULES, "ja").regimes

    assert regimes[0].id == "prior-report"
    shown = {regime.id: regime for regime in regimes}
    for rule in RULES.regimes:
        assert rule.text.ja == shown[rule.id].asks.ja
        assert rule.name == shown[rule.id].name
    assert {"compliance-standards", "inward-investment", "economic-security"} <= shown.keys()
    assert {"subsidy-conditions"} <= shown.keys()


def test_the_order_of_checking_leads_to_every_regime() -> None:
    about = Knowledge(RULES, "en")

    named = [name for step in about.steps for name in step.regime]
    assert sorted(named) == sorted(regime.id for regime in about.regimes)
    assert named.index("list-control") < named.index("catch-all-control")
    assert named.index("catch-all-control") < named.index("prior-report")


# ---- open points ----


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_open_point_says_whom_to_ask(language: Language) -> None:
    shown = items(PAGES[language, "unknowns.md"], '<section class="point"', "</section>")

    assert len(points()) == len(shown)
    for point, section in zip(points(), shown, strict=True):
        assert f'id="{point.id}"' in section
        assert 'href="https://www.meti.go.jp/policy/anpo/anpo08.html"' in section
        assert "status-unknown" in section
        for name in point.open:
            assert f"readings/#open-{name}" in section


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_that_the_sources_leave_open_is_on_the_page(language: Language) -> None:
    text = PAGES[language, "unknowns.md"]
    about = WRITERS[language].knowledge

    assert about.unsettled
    for name in about.unsettled:
        assert f"readings/#open-{name}" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_the_scheme_lists_the_same_points(language: Language) -> None:
    text = PAGES[language, "scheme.md"]

    assert [point.id for point in points()] == re.findall(r"unknowns/#([\w-]+)", text)


# ---- the reports and their quotations ----


@pytest.mark.parametrize(
    ("path", "document", "lines"),
    [
        # Every line of the summary that says something, its headings left out.
        (
            "background/interim-report-2024.md",
            "s0",
            (
                "95 99 100 104 106 107 108 112 114 118 119 123 127 128 130 131 132 133 134 138 139 141"
                " 142 143 144 148 150 152 154 156 158 162 163"
            ),
        ),
        # The five points on investment, the four on export control, and what stands around them.
        (
            "background/approach-2019.md",
            "s4",
            (
                "7 43 60 70 74 80 84 86 104 147 149 161 165 171 177 183 193 195 196 202 208 218 228 236"
                " 258 262 267 273 277 281 303 315 327 333 339 343 347 349 357 359 371 387 395 401"
            ),
        ),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_is_told_whole_with_its_lines(
    language: Language, path: str, document: str, lines: str
) -> None:
    text = PAGES[language, path]
    cited = {int(line) for line in re.findall(rf"sources/#{document}-l(\d+)", text)}

    assert {int(line) for line in lines.split()} <= cited
    assert cited <= {line for name, line in quotations(RULES) if name == document.upper()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_sources_quotes_both_documents(language: Language) -> None:
    text = PAGES[language, "sources.md"]

    for document, line in quotations(RULES):
        assert f'<section class="line" id="{document.lower()}-l{line}">' in text


def quote_of(line: int, last: int | None, text: str) -> Quote:
    file = File(name="quotes.toml", raw={}, lines={})
    return Quote(file=file, path=(), document="S4", line=line, last=last, text=text)


def corpus_with(lines: list[str], recorded: list[int]) -> Corpus:
    record = record_of("S4", lines, recorded)
    given: dict[str, Any] = {"files": {}, "rules": None, "docs": DOCS}
    return Corpus(**given, sources={"S4": lines}, record={"S4": record})


@pytest.mark.parametrize(
    ("last", "recorded", "text", "says"),
    [
        (3, [1, 2, 3], "投資に限り、免除す", None),
        (3, [1, 2, 3], "投資に限り 免除す", "is not on line 1 of S4"),
        (None, [1, 2, 3], "投資に限り、免除す", "is not on line 1 of S4"),
        (3, [1], "投資に限り、免除す", "S4 line 2 is not recorded"),
        (5, [1, 2, 3], "投資に限り、免除す", "S4 has no line 4"),
    ],
)
def test_a_quotation_may_run_on_to_its_last_line_and_no_further(
    last: int | None, recorded: list[int], text: str, says: str | None
) -> None:
    told = list(
        compared(
            corpus_with(["小さい投資に", " ", "限り、免除する "], recorded), quote_of(1, last, text)
        )
    )

    assert [says in problem.message for problem in told if says] == ([True] if says else [])
    assert bool(told) == bool(says)


def test_no_rule_rests_on_a_page_that_was_not_recorded() -> None:
    kinds = {document.id: document.kind for document in RULES.documents}
    official = {name for name, kind in kinds.items() if kind == "official"}
    text = "".join(
        path.read_text("utf-8")
        for path in FOLDER.glob("*.toml")
        if path.name not in ("sources.toml", "outcomes.toml")
    )

    assert official
    assert set(SETTLING) > {"official"}
    assert not {name for name in official if f'"{name}"' in text}


# ---- the lint of these lists ----


def spoilt(name: str, old: str, new: str) -> Callable[..., File]:
    """`page_file` with one place of one list changed."""
    text = (TEMPLATES / name).read_text("utf-8")
    assert old in text, "the fault can no longer be planted"

    def read_spoilt(wanted: str, folder: Path = TEMPLATES) -> File:
        if wanted != name:
            return prose.page_file(wanted, folder)
        changed = text.replace(old, new, 1)
        return File(name=f"templates/{name}", raw=tomllib.loads(changed), lines=line_map(changed))

    return read_spoilt


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("events.toml", 'document = "ASAMI"', 'document = "ASAHI"', "did you mean ASAMI?"),
        ("events.toml", "line = 95", "line = 96", "S0 line 96 is cited, but quotes.toml"),
        ("events.toml", 'date = "2019-10-18"', 'date = "2019-01-18"', "sort the dates"),
        ("events.toml", 'last = "2019-09-25"', 'last = "2019-06-25"', "ends before it begins"),
        (
            "events.toml",
            'regime = "deemed-export"',
            'regime = "deemed"',
            "regime 'deemed' does not",
        ),
        (
            "events.toml",
            'date = "2025-11-14"',
            'date = "2025-11-13"',
            "has no event of kind scheme",
        ),
        ("neighbours.toml", 'id = "deemed-export"', 'id = "deemed"', "of outcomes.toml has no row"),
        (
            "neighbours.toml",
            '["catch-all-control"]',
            '["catch-all"]',
            "did you mean catch-all-control?",
        ),
        (
            "unknowns.toml",
            '["destination-group-a"]',
            '["group-a"]',
            "open 'group-a' does not exist",
        ),
        ("unknowns.toml", '["none-planned"]', '["preliminary"]', "stages 'preliminary' does not"),
        ("unknowns.toml", '["none-planned"]', "[]", "'none-planned' leads to consultation, and no"),
        ("unknowns.toml", 'group = "rules"', 'group = "rule"', "did you mean rules?"),
    ],
)
def test_a_fault_in_a_list_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, old: str, new: str, says: str
) -> None:
    files, _ = read(FOLDER)
    whole = Corpus(files=files, rules=RULES, docs=DOCS, sources={}, record=read_record())
    assert [str(problem) for rule in knowledge.RULES for problem in rule(whole)] == []
    monkeypatch.setattr(knowledge, "page_file", spoilt(name, old, new))

    told = [problem for rule in knowledge.RULES for problem in rule(whole)]

    fitting = [problem for problem in told if says in problem.message]
    assert fitting, told
    assert {problem.file for problem in fitting} == {f"templates/{name}"}
    assert all(problem.line > 1 for problem in fitting)


def test_an_event_needs_its_sources() -> None:
    with pytest.raises(TypeError):
        Event(id="x", date="2024", kind="scheme", ja="あ", en="a")  # type: ignore[call-arg]
