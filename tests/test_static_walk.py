"""The decision sheets, walked as a visitor walks them: by the links and the words of the built pages.

The walker knows the facts and their words, as a reader of the page does, but not how the sheets
are made. It tells its answers to the engine too, and compares.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from itertools import islice, product
from pathlib import Path

import pytest

from decision_tree import corpus, quantity
from decision_tree.model import LANGUAGES, Fact, Language, Technology
from decision_tree.quantity import Interval
from decision_tree.situation import Line
from decision_tree.space import NONE, UNKNOWN, Axis
from decision_tree.verdict import Judge

RULES = corpus.load()
JUDGE = Judge(RULES)
TRANSACTION = (*RULES.transaction.fact, RULES.stage)
OR = re.compile("、又は |; or ")

#: A covered act, each kind of act that is not, a stage of each kind, and things not known.
COVERED = {
    "act": "production-transfer",
    "destination": "elsewhere",
    "published": "no",
    "basic-research": "no",
    "minimum-provision": "no",
}
FULL = {**COVERED, "enables-production": "yes", "guidance": "yes"}
COMPLETE = (
    {**FULL, "stage": "not-concluded"},
    {**FULL, "stage": "concluded-unreported"},
    {**FULL, "act": "licence", "guidance": "no", "stage": "not-concluded"},
    {**FULL, "act": "licence", "guidance": "questions-only", "stage": "not-concluded"},
    {**FULL, "stage": "before-listing"},
)
WITH_UNKNOWNS = (
    {**FULL, "stage": "not-concluded"},
    {**FULL, "act": UNKNOWN, "stage": "not-concluded"},
    {**FULL, "act": "goods-only", "stage": UNKNOWN},
    {**FULL, "stage": "none-planned"},
)


@dataclass
class Section:
    """A step or an end, as it stands on a page."""

    heading: str = ""
    text: str = ""
    answers: list[tuple[str, str]] = field(default_factory=list)
    onward: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    """Reads the sections of a page, their answers and where they lead."""

    def __init__(self) -> None:
        super().__init__()
        self.sections: dict[str, Section] = {"": Section()}
        self._here = self.sections[""]
        self._open: list[tuple[str, str]] = []
        self._link: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in {"input", "meta", "link", "br", "path", "img", "hr"}:
            return
        kind = values.get("class", "")
        if tag == "section":
            self._here = self.sections[values["id"]] = Section()
        if tag == "a" and self._within("sheet-answers") and not self._within("sheet-note"):
            self._link = ["", values["href"]]
        elif tag == "a" and self._within("sheet-next"):
            self._here.onward.append(values["href"])
        self._open.append((tag, kind))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag == "a" and self._link is not None:
            self._here.answers.append((" ".join(self._link[0].split()), self._link[1]))
            self._link = None
        if tag == "section":
            self._here = self.sections[""]

    def handle_data(self, data: str) -> None:
        self._here.text += data
        if any(tag == "h2" for tag, _ in self._open):
            self._here.heading += data
        if self._link is not None and self._within("sheet-label"):
            self._link[0] += data

    def _within(self, kind: str) -> bool:
        return any(kind in kinds.split() for _, kinds in self._open)


class Sheets:
    """All the sheets of one language, found by following links from the index."""

    def __init__(self, site: Path, language: Language) -> None:
        self.language = language
        self.site = site
        self.root = "check/sheet/" if language == "ja" else "en/check/sheet/"
        self.pages: dict[str, dict[str, Section]] = {}
        self.dead: list[str] = []
        waiting = [self.root]
        while waiting:
            page = waiting.pop()
            if page in self.pages:
                continue
            self.pages[page] = self._read(page)
            for section in self.pages[page].values():
                for href in (*(href for _, href in section.answers), *section.onward):
                    goal, _ = self.follow(page, href)
                    if goal.startswith(self.root):
                        waiting.append(goal)
        self.facts = {fact.question.of(language): fact for fact in _facts()}
        self.outcomes = {outcome.title.of(language): outcome.code for outcome in RULES.outcomes}

    def follow(self, page: str, href: str) -> tuple[str, str]:
        """The page and the place on it that a link leads to."""
        path, _, place = href.partition("#")
        goal = posixpath.normpath(posixpath.join(page, path)) + "/" if path else page
        return goal, place

    def _read(self, page: str) -> dict[str, Section]:
        file = self.site / page / "index.html"
        if not file.is_file():
            self.dead.append(page)
            return {}
        reader = Reader()
        reader.feed(file.read_text("utf-8"))
        return reader.sections

    def section(self, place: tuple[str, str]) -> Section:
        return self.pages[place[0]][place[1]]

    @cache  # noqa: B019 (one object a language, for the whole run)
    def choices(self, place: tuple[str, str]) -> tuple[Fact, tuple[tuple[str, str], ...]]:
        """The fact that a step asks, and for each cell and "unknown" the place it leads to."""
        section = self.section(place)
        fact = self.facts[section.heading.strip()]
        axis = JUDGE.space.axis(fact.id)
        *rows, (_, unknown) = section.answers
        found = [self.follow(place[0], row) for row in _rows(axis, rows, self.language)]
        return fact, (*found, self.follow(place[0], unknown))

    def walk(self, answers: Mapping[str, str], place: tuple[str, str]) -> tuple[str, str]:
        """Where somebody with these answers ends: the page and the place on it."""
        for _ in range(100):
            section = self.section(place)
            if section.answers:
                fact, goals = self.choices(place)
                axis = JUDGE.space.axis(fact.id)
                leads = {goals[cell] for cell in axis.read(answers.get(fact.id))}
                whole = answers.get(fact.id, UNKNOWN) == UNKNOWN or len(leads) > 1
                place = goals[-1] if whole else leads.pop()
            elif any("#" in href for href in section.onward):
                onward = next(href for href in section.onward if "#" in href)
                place = self.follow(place[0], onward)
            else:
                return place
        pytest.fail(f"{place}: the walk does not end")

    @cache  # noqa: B019
    def outcome(self, place: tuple[str, str]) -> str:
        """The outcome that an end tells."""
        text = self.section(place).text
        told = {code for title, code in self.outcomes.items() if title in text}
        assert len(told) == 1, place
        return told.pop()

    def start(self, technology: str) -> tuple[str, str]:
        """Where the index leads for a technology, "none" or "unknown"."""
        ids = [entry.id for entry in RULES.technologies]
        links = [href for _, href in self.pages[self.root][""].answers]
        href = links[[*ids, UNKNOWN, NONE].index(technology)]
        page, place = self.follow(self.root, href)
        return page, place or "step-1"


def _facts() -> Iterator[Fact]:
    yield from TRANSACTION
    for entry in RULES.technologies:
        yield from entry.fact


def _rows(axis: Axis, rows: list[tuple[str, str]], language: Language) -> Iterator[str]:
    """For each cell the link of the one row whose words fit it."""
    for index, cell in enumerate(axis.cells):
        if cell.interval is None:
            label = axis.fact.options[index].label.of(language)
            words = re.escape(" ".join(label.split())).replace(re.escape("{listed}"), ".+")
            fit = [href for text, href in rows if re.fullmatch(words, text)]
        else:
            fit = [
                href
                for text, href in rows
                for stretch in _read(text, axis)
                if cell.interval.within(stretch)
            ]
        assert len(fit) == 1, (axis.fact.id, cell.id, rows)
        yield fit[0]


def _read(text: str, axis: Axis) -> list[Interval]:
    assert axis.fact.unit
    return [quantity.read(part, axis.fact.unit, axis.domain) for part in OR.split(text)]


def complete(facts: tuple[Fact, ...]) -> Iterator[dict[str, str]]:
    """Every complete answer set."""
    names = [fact.id for fact in facts]
    cells = [[cell.id for cell in JUDGE.space.axis(name).cells] for name in names]
    for values in product(*cells):
        yield dict(zip(names, values, strict=True))


def with_unknowns(facts: tuple[Fact, ...]) -> Iterator[dict[str, str]]:
    """Every answer set with options, regions, ranges across regions, and "unknown"."""
    names = [fact.id for fact in facts]
    for values in product(*(_open_answers(JUDGE.space.axis(name)) for name in names)):
        yield dict(zip(names, values, strict=True))


def _open_answers(axis: Axis) -> list[str]:
    answers = [*(cell.id for cell in axis.cells), UNKNOWN]
    regions = [cell.interval for cell in axis.cells if cell.interval]
    for low, first in enumerate(regions):
        for last in regions[low + 1 :]:
            across = Interval(first.low, last.high, first.low_closed, last.high_closed)
            if across != axis.domain:
                answers.append(quantity.canonical(across, axis.fact.unit or "", axis.domain))
    return answers


@pytest.fixture(scope="module")
def sheets(site: Path) -> Sheets:
    return Sheets(site, "ja")


def disagreement(sheets: Sheets, line: Line, *, strict: bool) -> str | None:
    """What is wrong with where the line ends; None if all is well.

    Where facts are unknown the sheet may be more careful than the engine, and never less.
    """
    told = sheets.outcome(sheets.walk(line.answers, sheets.start(line.technology or UNKNOWN)))
    due = JUDGE.outcome(line)
    if told == due or (not strict and told == "ask"):
        return None
    return f"{line}: the sheet says {told}, the engine {due}"


@pytest.mark.parametrize("entry", RULES.technologies, ids=lambda entry: entry.id)
def test_an_entry_and_any_complete_answers_end_as_the_engine_says(
    sheets: Sheets, entry: Technology, capsys: pytest.CaptureFixture[str]
) -> None:
    walks = 0
    for answers in complete(entry.fact):
        for transaction in COMPLETE:
            line = Line(technology=entry.id, answers={**answers, **transaction})

            assert disagreement(sheets, line, strict=True) is None
            walks += 1
    with capsys.disabled():
        print(f" {walks} walks")


@pytest.mark.parametrize("entry", RULES.technologies, ids=lambda entry: entry.id)
def test_an_entry_with_unknowns_and_ranges_is_never_judged_less_carefully(
    sheets: Sheets, entry: Technology, capsys: pytest.CaptureFixture[str]
) -> None:
    walks = more_careful = 0
    for answers in with_unknowns(entry.fact):
        for transaction in WITH_UNKNOWNS:
            line = Line(technology=entry.id, answers={**answers, **transaction})

            assert disagreement(sheets, line, strict=False) is None
            walks += 1
            more_careful += disagreement(sheets, line, strict=True) is not None
    with capsys.disabled():
        print(f" {walks} walks, {more_careful} of them more careful than the engine")


def example(letter: str, sheets: Sheets) -> tuple[str, dict[str, str]]:
    """An entry and answers for which its sheet ends in a letter; D is an unknown technology."""
    for entry in RULES.technologies:
        for answers in complete(entry.fact):
            page, place = sheets.start(entry.id)
            while not place.startswith("end-"):
                fact, goals = sheets.choices((page, place))
                page, place = goals[JUDGE.space.axis(fact.id).read(answers[fact.id])[0]]
            if place == f"end-{letter}":
                return entry.id, answers
    pytest.fail(f"no entry's sheet ends in {letter}")


@pytest.mark.parametrize("letter", ["a", "b", "c", "d", "none"])
def test_any_complete_transaction_ends_as_the_engine_says_from_every_letter(
    sheets: Sheets, letter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """D is a technology that is not known, "none" is none of the 19."""
    technology, known = {"d": (UNKNOWN, {}), "none": (NONE, {})}.get(letter) or example(
        letter, sheets
    )
    seen: dict[str, int] = {}
    for answers in complete(TRANSACTION):
        line = Line(technology=technology, answers={**known, **answers})

        assert disagreement(sheets, line, strict=True) is None
        outcome = JUDGE.outcome(line)
        seen[outcome] = seen.get(outcome, 0) + 1
    with capsys.disabled():
        print(f" {sum(seen.values())} walks: {seen}")


@pytest.mark.parametrize(("letter", "stride"), [("a", 1), ("c", 11), ("d", 11)])
def test_a_transaction_with_unknowns_is_never_judged_less_carefully(
    sheets: Sheets, letter: str, stride: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """From C and D only three facts are asked, so every eleventh answer set is enough."""
    technology, known = (UNKNOWN, {}) if letter == "d" else example(letter, sheets)
    walks = more_careful = 0
    for answers in islice(with_unknowns(TRANSACTION), 0, None, stride):
        line = Line(technology=technology, answers={**known, **answers})

        assert disagreement(sheets, line, strict=False) is None
        walks += 1
        more_careful += disagreement(sheets, line, strict=True) is not None
    with capsys.disabled():
        print(f" {walks} walks, {more_careful} of them more careful than the engine")


def test_not_covered_is_told_with_grounds_that_the_engine_gives(sheets: Sheets) -> None:
    technology, known = example("a", sheets)
    texts = {ground.id: ground.text.ja for ground in RULES.grounds}
    told = set()
    for answers in complete(TRANSACTION[:-1]):
        line = Line(technology=technology, answers={**known, **answers, "stage": "not-concluded"})
        verdict = JUDGE.line(line)
        if verdict.outcome == "not-covered":
            end = sheets.section(sheets.walk(line.answers, sheets.start(technology)))
            grounds = {ground for ground, text in texts.items() if text in end.text}

            assert grounds == set(verdict.because)
            told |= grounds

    assert told == {"transaction", "licence-without-guidance"}


def test_an_entry_that_does_not_apply_says_that_only_this_one_was_checked(sheets: Sheets) -> None:
    for entry in RULES.technologies:
        page, _ = sheets.start(entry.id)
        end = sheets.pages[page]["end-b"]

        assert "この対象技術だけ" in end.text
        assert [sheets.follow(page, href)[0] for href in end.onward] == [sheets.root]


def test_every_outcome_is_reached(sheets: Sheets) -> None:
    reached = {
        sheets.outcome((page, place))
        for page, sections in sheets.pages.items()
        for place, section in sections.items()
        if place.startswith("end-") and not any("#" in href for href in section.onward)
    }

    assert reached == {outcome.code for outcome in RULES.outcomes}


def test_no_link_is_dead_and_no_step_out_of_reach(sheets: Sheets) -> None:
    assert not sheets.dead
    assert len(sheets.pages) == len(RULES.technologies) + 2
    goals = {
        sheets.follow(page, href)
        for page, sections in sheets.pages.items()
        for section in sections.values()
        for href in (*(href for _, href in section.answers), *section.onward)
    }
    places = {(page, place) for page, sections in sheets.pages.items() for place in sections}
    started = {sheets.start(entry.id) for entry in RULES.technologies}

    assert {(page, place or "") for page, place in goals} <= places
    assert {(page, place) for page, place in places if place} <= goals | started


def test_no_walk_is_endless(sheets: Sheets) -> None:
    for page, sections in sheets.pages.items():
        order = list(sections)
        for place, section in sections.items():
            for _, href in section.answers:
                goal_page, goal = sheets.follow(page, href)

                if goal_page == page and place:
                    assert order.index(goal) > order.index(place)


def test_a_sheet_has_few_steps(sheets: Sheets) -> None:
    steps = {
        page: sum(place.startswith("step-") for place in sections)
        for page, sections in sheets.pages.items()
    }

    assert max(steps.values()) <= 25, steps


def test_both_languages_have_the_same_graph(site: Path, sheets: Sheets) -> None:
    english = Sheets(site, "en")

    def graph(found: Sheets) -> dict[str, dict[str, list[str]]]:
        return {
            page.removeprefix(found.root): {
                place: [*(href for _, href in section.answers), *section.onward]
                for place, section in sections.items()
            }
            for page, sections in found.pages.items()
        }

    assert graph(sheets) == graph(english)


def test_english_words_fit_the_same_cells(site: Path, sheets: Sheets) -> None:
    english = Sheets(site, "en")
    steps = 0
    for page, sections in sheets.pages.items():
        for place in sections:
            if place.startswith("step-"):
                fact, goals = sheets.choices((page, place))
                other, twins = english.choices((f"en/{page}", place))

                assert fact == other
                assert [goal[1] for goal in goals] == [goal[1] for goal in twins]
                steps += 1
    assert steps > len(RULES.technologies)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_questionnaire_and_every_entry_lead_to_the_sheets(
    site: Path, language: Language
) -> None:
    root = site if language == "ja" else site / "en"
    page = (root / "check" / "index.html").read_text("utf-8")
    ways = re.findall(r"<noscript>.*?</noscript>|<template.*?</template>", page, re.DOTALL)

    assert len(ways) > 5
    for way in ways:
        first = re.search(r'<a [^>]*href="([^"]+)"', way)
        assert first
        assert first[1] == "sheet/"
    for entry in RULES.technologies:
        text = (root / "technologies" / entry.id / "index.html").read_text("utf-8")

        assert f'href="../../check/sheet/{entry.id}/"' in text
