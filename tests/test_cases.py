"""The worked cases: readable, complete, and judged as they say."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from build_scripts import cases
from decision_tree import corpus, explain, situation
from decision_tree.model import URGENCY
from decision_tree.space import Space
from decision_tree.verdict import Judge
from tests.oracle import oracle

RULES = corpus.load()
SPACE = Space(RULES)
CASES = cases.load()
LIMITS = sorted((name, text) for name, texts in oracle().limits.items() for text in texts)
CHOICES = sorted(name for name in SPACE.fact_ids if SPACE.axis(name).fact.kind == "choice")


@cache
def judge(as_of: date | None) -> Judge:
    return Judge(RULES, as_of, SPACE)


def verdict(case: cases.Case) -> dict[str, Any]:
    return explain.as_json(judge(case.as_of), situation.read(case.situation, SPACE))


def answers(name: str) -> set[str]:
    """Every answer that some case gives to a fact."""
    return {
        line["answers"][name]
        for case in CASES
        for line in case.situation["lines"]
        if name in line["answers"]
    }


def without_answers(case: cases.Case, text: str) -> str:
    """The text without the answers that it quotes as they were written."""
    given = {answer for line in case.situation["lines"] for answer in line["answers"].values()}
    for answer in sorted(given, key=len, reverse=True):
        text = text.replace(answer, "")
    return text


def test_there_are_files_for_every_entry_and_theme() -> None:
    files = {path.stem for path in cases.FOLDER.glob("*.toml")}
    entries = {f"entry-{entry.number:02}-{entry.id}" for entry in RULES.technologies}
    themes = {"acts", "dates", "exclusions", "several-lines", "stages", "unknowns"}

    assert len(entries) == 19
    assert entries | themes == files
    assert len(CASES) >= 110
    assert files == {case.file.removesuffix(".toml") for case in CASES}


def test_no_two_cases_have_one_id() -> None:
    ids = [case.id for case in CASES]

    assert sorted(set(ids)) == sorted(ids)


def test_no_two_cases_of_a_file_have_one_situation() -> None:
    seen: dict[str, str] = {}
    for case in CASES:
        lines = [
            (x.get("technology"), sorted(x["answers"].items())) for x in case.situation["lines"]
        ]
        key = repr((case.file, case.as_of, lines))

        assert key not in seen, f"{case.id} repeats {seen[key]}"
        seen[key] = case.id


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case_is_told_in_both_languages_with_its_source(case: cases.Case) -> None:
    documents = {document.id: document for document in RULES.documents}

    for text in (case.title, case.story):
        assert any("\u3040" <= char <= "\u9fff" for char in text.ja)
        assert not any("\u3040" <= char <= "\u9fff" for char in without_answers(case, text.en))
    assert case.story.ja.endswith("。")
    assert case.story.en.endswith((".", '."'))
    assert case.source
    for source in case.source:
        assert source.document in documents
        assert (source.line is not None) == (source.document in ("S0", "S4"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case_is_judged_as_it_says(case: cases.Case) -> None:
    found = verdict(case)

    assert case.expect == found["outcome"]
    assert (case.because or []) == found["because"]
    assert case.each is None or case.each == [line["outcome"] for line in found["lines"]]
    assert case.possible is None or case.possible == found["possible"]
    if case.expect == "ask" or case.missing is not None:
        assert case.missing == found["missing"]
    if case.division is not None:
        assert case.division == found["lines"][0]["division"]["id"]


def test_a_case_that_asks_names_what_is_missing_and_possible() -> None:
    for case in CASES:
        if case.expect == "ask":
            assert case.missing, case.id
            assert case.possible, case.id
        if case.expect == "not-covered":
            assert case.because, case.id


def test_every_outcome_and_entry_occurs_and_every_entry_shows_its_division() -> None:
    technologies = {line.get("technology") for case in CASES for line in case.situation["lines"]}
    with_division = {
        case.situation["lines"][0].get("technology") for case in CASES if case.division
    }
    entries = {entry.id for entry in RULES.technologies}

    assert set(URGENCY) == {case.expect for case in CASES}
    assert entries | {"none", "unknown", None} == technologies
    assert entries <= with_division


@pytest.mark.parametrize("entry", [entry.id for entry in RULES.technologies])
def test_every_entry_occurs_inside_and_outside_and_unsettled_and_unknown(entry: str) -> None:
    outcomes = {
        case.expect
        for case in CASES
        if case.file.startswith("entry-")
        and {line.get("technology") for line in case.situation["lines"]} == {entry}
    }

    assert {"report", "not-covered", "consult", "ask"} <= outcomes


@pytest.mark.parametrize("name", CHOICES)
def test_every_option_of_a_fact_is_chosen_in_some_case_and_not_known_in_another(name: str) -> None:
    options = {option.id for option in SPACE.axis(name).fact.options}

    assert options | {"unknown"} == answers(name)


@pytest.mark.parametrize(("name", "limit"), LIMITS, ids=[f"{n} {t}" for n, t in LIMITS])
def test_every_limit_has_a_case_below_at_and_above_it(name: str, limit: str) -> None:
    cut = oracle().number(limit, name)
    points = set()
    for answer in answers(name) - {"unknown"}:
        interval = SPACE.axis(name).interval(answer)
        if interval.low == interval.high and interval.low is not None:
            points.add(interval.low.compare(cut))

    assert {Decimal(-1), Decimal(0), Decimal(1)} == points


@pytest.mark.parametrize("name", sorted(oracle().limits))
def test_every_quantity_has_a_case_with_a_range_over_a_limit_and_one_unknown(name: str) -> None:
    open_cells = [len(SPACE.axis(name).read(answer)) for answer in answers(name) - {"unknown"}]

    assert max(open_cells) > 1
    assert "unknown" in answers(name)


def test_every_band_between_limits_has_a_case() -> None:
    bands = [(name, fact) for name, fact in oracle().facts.items() if fact.get("bands")]

    assert bands
    for name, fact in bands:
        for band in fact["bands"]:
            area = SPACE.axis(name).interval(band["range"])

            assert any(
                SPACE.axis(name).interval(answer).within(area)
                for answer in answers(name) - {"unknown"}
            )


def test_cases_are_dated_before_between_and_after_the_known_lists() -> None:
    days = {case.as_of for case in CASES if case.as_of}
    versions = [version.date for version in RULES.scheme.version]

    assert len(versions) > 1
    assert set(versions) <= days
    assert any(versions[0] < day < versions[1] for day in days)
    assert any(day > versions[-1] for day in days)
