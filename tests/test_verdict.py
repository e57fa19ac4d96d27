"""The engine judges as the definition in design.md section 3 says, completion by completion."""

import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest

from build_scripts import cases
from decision_tree import corpus, situation
from decision_tree.situation import Line
from decision_tree.space import Space
from decision_tree.verdict import DateError, Judge
from tests.oracle import Answer, TooLargeError, oracle

RULES = corpus.load()
SPACE = Space(RULES)
ENTRIES = [entry.id for entry in RULES.technologies]
TRANSACTION = [fact.id for fact in RULES.transaction.fact]
#: Cases that leave more completions open than can be enumerated in a second or two.
LARGEST = 150_000
SAMPLES = 1000


@cache
def judge(as_of: date | None = None) -> Judge:
    return Judge(RULES, as_of, SPACE)


def test_a_judge_with_tables_works_out_what_one_without_does() -> None:
    tables = json.loads(json.dumps(judge().tables()))
    other = Judge(RULES, space=Space(RULES), known=tables)
    pairs = [(judge().entries[name], factor) for name, factor in other.entries.items()]
    pairs += zip(judge().gates, other.gates, strict=True)
    fresh = Judge(RULES)

    assert sum(len(table["masks"]) for table in tables.values()) > 1500
    for (own, known), factor in zip(pairs, [*fresh.entries.values(), *fresh.gates], strict=True):
        for cells in itertools.product(*own.open_cells({})):
            assert known.masks(cells) == factor.masks(cells)


def verdict(line: Line, as_of: date | None = None) -> Answer:
    found = judge(as_of).line(line)
    return Answer(found.outcome, found.possible, tuple(found.because), found.missing)


def some_answer(dice: random.Random, name: str) -> str:
    """An answer to a fact: any option, or a point, range or half-line about the limits."""
    fact = SPACE.axis(name).fact
    if fact.kind == "choice":
        return dice.choice([option.id for option in fact.options])
    assert fact.unit is not None
    limits = [oracle().number(text, name) for text in sorted(oracle().limits[name])]
    steps = {
        "nm": ("0.4", "1", "60"),
        "mm": ("0.1", "0.2", "4"),
        "mS/cm": ("0.01", "0.05", "0.6"),
        "pixels": ("1", "100000", "900000"),
        "deg": ("0.5", "1", "30"),
    }[fact.unit]
    step = oracle().number(f"{dice.choice(steps)} {fact.unit}", name)
    limit = dice.choice(limits)
    low, high = limit - step, limit + step
    if low not in oracle().domain(name):
        low = limit
    texts = [
        *(f"{value} {fact.unit}" for value in (low, limit, high)),
        *(f"{a}-{b} {fact.unit}" for a, b in ((low, limit), (limit, high), (low, high)) if a >= 0),
        *(f"{sign}{limit} {fact.unit}" for sign in ("≥", ">", "≤")),
        *([f"<{limit} {fact.unit}"] if limit > 0 else []),
    ]
    return dice.choice(texts)


def partial_line(dice: random.Random, technology: str) -> Line:
    """A line with some answers given, some unknown and some left out, few completions open."""
    known, unknown = dice.choice(((0.95, 0.05), (0.8, 0.1), (0.6, 0.3)))
    own = oracle().entries[technology].facts if technology in ENTRIES else ()
    answers = {}
    for name in (*own, *TRANSACTION, "stage"):
        throw = dice.random()
        if throw < known:
            # Answers that settle nothing would hide the others too often.
            plain = dice.random() < 0.6
            answers[name] = usual(name) if plain else some_answer(dice, name)
        elif throw < known + unknown:
            answers[name] = "unknown"
    return Line(technology=technology, answers=answers)


def usual(name: str) -> str:
    """An answer that does not take the line out of the scheme."""
    common = {
        "enables-production": "yes",
        "guidance": "yes",
        "destination": "elsewhere",
        "published": "no",
        "basic-research": "no",
        "minimum-provision": "no",
    }
    if name in common:
        return common[name]
    fact = SPACE.axis(name).fact
    if fact.kind == "choice":
        return fact.options[0].id
    return {"nm": "193 nm", "mm": "12 mm", "mS/cm": "3 mS/cm", "pixels": "2100000", "deg": "130°"}[
        fact.unit or ""
    ]


def lines(technology: str, count: int, most: int) -> Iterator[Line]:
    """Partial lines that leave at most `most` completions open."""
    dice = random.Random(technology)
    while count:
        line = partial_line(dice, technology)
        if oracle().size(technology, line.answers) <= most:
            count -= 1
            yield line


@pytest.mark.parametrize("case", cases.load(), ids=lambda case: case.id)
def test_a_worked_case_is_judged_as_by_brute_force(case: cases.Case) -> None:
    for line in situation.read(case.situation, SPACE).lines:
        try:
            expected = oracle().line(line.technology, line.answers, case.as_of, LARGEST)
        except TooLargeError:
            assert case.file == "unknowns.toml"
            continue

        assert expected == verdict(line, case.as_of)


@pytest.mark.parametrize("technology", [*ENTRIES, "none"])
def test_partial_answers_are_judged_as_by_brute_force(technology: str) -> None:
    seen: Counter[str] = Counter()
    for line in lines(technology, SAMPLES, 400):
        expected = oracle().line(technology, line.answers)
        seen[expected.outcome] += 1

        assert expected == verdict(line), line
    assert seen["not-covered"]
    assert technology == "none" or {"ask", "consult", "report"} <= set(seen)


def test_an_unknown_technology_is_judged_as_by_brute_force() -> None:
    for line in lines("unknown", 8, 20_000):
        assert oracle().line("unknown", line.answers) == verdict(line), line


@pytest.mark.parametrize("technology", ENTRIES)
def test_partial_answers_in_the_meantime_are_judged_as_by_brute_force(technology: str) -> None:
    day = date(2025, 6, 1)
    for line in lines(technology, 60, 200):
        assert oracle().line(technology, line.answers, day) == verdict(line, day), line


@pytest.mark.parametrize(
    "case",
    [case for case in cases.load() if case.file == "unknowns.toml"],
    ids=lambda case: case.id,
)
def test_answering_an_open_line_only_narrows_what_is_possible(case: cases.Case) -> None:
    """The lines too large to enumerate: each random way of answering them stays within the verdict."""
    dice = random.Random(case.id)
    (line,) = situation.read(case.situation, SPACE).lines
    first = judge().line(line)
    reached = set()
    for _ in range(300):
        asked = line.technology in (None, "unknown")
        technology = dice.choice([*ENTRIES, "none"]) if asked else str(line.technology)
        own = oracle().entries[technology].facts if technology in ENTRIES else ()
        answers = {}
        for name in (*own, *TRANSACTION, "stage"):
            given = line.answers.get(name, "unknown")
            open_options = [piece for piece in oracle().pieces[name] if piece.option]
            if given != "unknown":
                answers[name] = given
            elif dice.random() < 0.5 or not open_options:
                answers[name] = usual(name)
            else:
                answers[name] = str(dice.choice(open_options).option)
        reached.add(oracle().line(technology, answers).outcome)

    assert set(first.possible) >= reached
    assert first.outcome == ("ask" if len(first.possible) > 1 else first.possible[0])
    assert reached - {"late", "reported"}


def test_the_verdict_on_several_lines_is_the_most_urgent_one() -> None:
    dice = random.Random("several lines")
    urgency = ("late", "report", "ask", "consult", "reported", "not-covered")
    for _ in range(300):
        chosen = tuple(partial_line(dice, dice.choice(ENTRIES)) for _ in range(dice.randint(1, 4)))
        each = [judge().line(line) for line in chosen]
        whole = judge().judge(situation.Situation(lines=chosen))
        most_urgent = min((line.outcome for line in each), key=urgency.index)
        possible = {code for line in each for code in line.possible}

        assert most_urgent == whole.outcome
        assert tuple(code for code in urgency if code in possible) == whole.possible
        assert {g for v in each if v.outcome == most_urgent for g in v.because} == set(
            whole.because
        )
        assert {f for v in each if v.outcome == "ask" for f in v.missing} == set(whole.missing)
        assert len(set(whole.missing)) == len(whole.missing)


def test_a_verdict_has_grounds_only_if_not_covered_and_missing_facts_only_if_it_asks() -> None:
    for technology in ENTRIES:
        for line in lines(technology, 60, 10**9):
            found = judge().line(line)

            assert bool(found.because) == (found.outcome == "not-covered")
            assert bool(found.missing) == (found.outcome == "ask")
            assert bool(found.missing) == (len(found.possible) > 1)


def test_the_order_of_answers_does_not_matter() -> None:
    dice = random.Random("order")
    for technology in ENTRIES:
        for line in lines(technology, 30, 10**9):
            shuffled = dict(dice.sample(list(line.answers.items()), len(line.answers)))

            assert judge().line(line) == judge().line(Line(technology=technology, answers=shuffled))


def test_leaving_a_fact_out_means_the_same_as_not_knowing_it() -> None:
    for technology in (*ENTRIES, "unknown"):
        for line in lines(technology, 30, 10**9):
            said = {name: answer for name, answer in line.answers.items() if answer != "unknown"}

            assert judge().line(line) == judge().line(Line(technology=technology, answers=said))


def test_more_knowledge_never_widens_what_is_possible() -> None:
    dice = random.Random("knowledge")
    for technology in ENTRIES:
        for line in lines(technology, 40, 10**9):
            open_facts = [name for name in judge().line(line).missing if name not in line.answers]
            if not open_facts:
                continue
            name = dice.choice(open_facts)
            more = {**line.answers, name: some_answer(dice, name)}
            narrowed = judge().line(Line(technology=technology, answers=more))

            assert set(narrowed.possible) <= set(judge().line(line).possible)


@pytest.mark.parametrize("day", [date(2024, 12, 29), date(2020, 1, 1)], ids=str)
def test_a_day_before_the_scheme_is_refused(day: date) -> None:
    with pytest.raises(DateError, match="2024-12-30"):
        Judge(RULES, day)


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2024, 12, 30), date(2024, 12, 30)),
        (date(2025, 11, 13), date(2024, 12, 30)),
        (date(2025, 11, 14), date(2025, 11, 14)),
        (date(2026, 11, 23), date(2025, 11, 14)),
        (None, date(2025, 11, 14)),
    ],
    ids=str,
)
def test_the_list_version_is_the_one_known_on_the_day(day: date | None, version: date) -> None:
    assert version == judge(day).list_version
