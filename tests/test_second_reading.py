"""The engine agrees with the second reading in every completion of every entry and of the transaction."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise, product

import pytest

from decision_tree import corpus
from decision_tree.model import Technology
from decision_tree.situation import Line
from decision_tree.space import Axis
from decision_tree.verdict import BOTH, FALSE, TRUE, Judge
from tests.second_reading import (
    ENTRIES,
    NUMBERS,
    STAGES,
    TRANSACTION,
    Completion,
    domain,
    every,
    outcome,
    transaction,
    truth,
)

RULES = corpus.load()
JUDGE = Judge(RULES)
SPACE = JUDGE.space
SETS = {True: TRUE, False: FALSE, None: BOTH}
#: A transaction that is covered, nothing concluded: the technology alone decides.
COVERED = {
    "act": "production-transfer",
    "destination": "elsewhere",
    "published": "no",
    "basic-research": "no",
    "minimum-provision": "no",
    "stage": "not-concluded",
}


def numbers(fact: str) -> list[Decimal]:
    """Points at, next to and between the numbers of the law, and at the ends of what is possible."""
    cuts = [Decimal(text) for text in NUMBERS[fact]]
    whole = fact.endswith("-pixels")
    points = set(cuts) | {(low + high) / 2 for low, high in pairwise(cuts)}
    for cut in cuts:
        unit = Decimal(1).scaleb(int(cut.as_tuple().exponent))
        for step in (unit, *(() if whole else (Decimal("1e-9"),))):
            points |= {cut - step, cut + step}
    points |= {Decimal(end) for end in (1, -180, 180, 360) if not (whole and end > 1)}
    if whole:
        points = {point for point in points if point == point.to_integral_value()}
    return sorted(point for point in points if domain(fact, point))


def points(fact: str) -> list[tuple[str | Decimal, int]]:
    """Every option, or every point, with the cell in which the engine puts that answer."""
    axis = SPACE.axis(fact)
    if axis.fact.unit is None:
        return [(cell.id, index) for index, cell in enumerate(axis.cells)]
    return [(number, cell_of(axis, number)) for number in numbers(fact)]


def cell_of(axis: Axis, number: Decimal) -> int:
    (cell,) = axis.read(written(axis, number))
    return cell


def written(axis: Axis, value: str | Decimal) -> str:
    return value if isinstance(value, str) else f"{value:f} {axis.fact.unit}"


def completions(entry: Technology) -> Iterator[tuple[Completion, tuple[int, ...]]]:
    facts = [fact.id for fact in entry.fact]
    for chosen in product(*(points(fact) for fact in facts)):
        yield (
            Completion(dict(zip(facts, (answer for answer, _ in chosen), strict=True))),
            tuple(cell for _, cell in chosen),
        )


def test_the_second_reading_has_every_entry_ground_stage_and_quantity() -> None:
    quantities = {
        fact.id for entry in RULES.technologies for fact in entry.fact if fact.kind == "quantity"
    }

    assert len(ENTRIES) == 19
    assert [entry.id for entry in RULES.technologies] == list(ENTRIES)
    assert [gate.ground for gate in RULES.transaction.gate] == list(TRANSACTION)
    assert [option.id for option in RULES.stage.options] == list(STAGES)
    assert quantities == set(NUMBERS)


@pytest.mark.parametrize("fact", list(NUMBERS))
def test_the_engine_cuts_a_quantity_at_the_numbers_of_the_text_and_the_points_meet_every_region(
    fact: str,
) -> None:
    cells = SPACE.axis(fact).cells
    ends = {
        end for cell in cells if cell.interval for end in (cell.interval.low, cell.interval.high)
    }
    inner = ends - {None, Decimal(0), Decimal(1), Decimal(-180), Decimal(180), Decimal(360)}
    named = {Decimal(text) for text in NUMBERS[fact]} - {Decimal(0), Decimal(1)}

    assert {index for _, index in points(fact)} == set(range(len(cells)))
    assert named <= inner
    assert all(end in named or end - 1 in named for end in inner if end is not None)


@pytest.mark.parametrize("entry", RULES.technologies, ids=lambda entry: entry.id)
def test_engine_and_second_reading_agree_in_every_completion_of_an_entry(entry: Technology) -> None:
    factor = JUDGE.entries[entry.id]
    order = [[fact.id for fact in entry.fact].index(name) for name in factor.facts]
    seen = {True: 0, False: 0, None: 0}

    for completion, cells in completions(entry):
        expected = truth(every(ENTRIES[entry.id](completion)))
        seen[expected] += 1

        assert SETS[expected] == factor.masks(tuple(cells[i] for i in order))[0], completion.answers
    print(f"{entry.id}: {sum(seen.values())} completions: {seen}")

    assert len(factor.facts) == len(entry.fact)
    assert all(seen.values())


@pytest.mark.parametrize("entry", RULES.technologies, ids=lambda entry: entry.id)
def test_the_verdict_on_every_region_of_an_entry_is_that_of_the_second_reading(
    entry: Technology,
) -> None:
    axes = [SPACE.axis(fact.id) for fact in entry.fact]
    regions = [
        list({index: answer for answer, index in points(axis.fact.id)}.values()) for axis in axes
    ]
    judged = 0

    for chosen in product(*regions):
        given = {axis.fact.id: answer for axis, answer in zip(axes, chosen, strict=True)}
        expected = outcome(
            truth(every(ENTRIES[entry.id](Completion(given)))), act=True, stage="not-concluded"
        )
        answers = {axis.fact.id: written(axis, given[axis.fact.id]) for axis in axes}
        verdict = JUDGE.line(Line(technology=entry.id, answers={**COVERED, **answers}))
        judged += 1

        assert (expected, ()) == (verdict.outcome, verdict.missing), answers
        assert (("technology",) if expected == "not-covered" else ()) == verdict.because
    print(f"{entry.id}: {judged} verdicts")

    assert judged >= len(entry.fact[0].options)


@pytest.mark.parametrize(
    ("activity", "technology"), [("design", True), ("related", None), ("use", False)]
)
def test_engine_and_second_reading_agree_in_every_completion_of_the_transaction(
    activity: str, technology: bool | None
) -> None:
    facts = [fact.id for fact in RULES.transaction.fact]
    options = [[option.id for option in SPACE.axis(fact).fact.options] for fact in facts]
    seen: dict[str, int] = {}

    for chosen in product(*options):
        answers = dict(zip(facts, chosen, strict=True))
        completion = Completion(answers)
        act = truth(transaction(completion))
        grounds = {
            ground for ground, read in TRANSACTION.items() if truth(read(completion)) is False
        }
        grounds |= {"technology"} if technology is False else set()
        for stage in STAGES:
            expected = outcome(technology, act, stage)
            given = {**answers, "mlcc-activity": activity, "stage": stage}
            verdict = JUDGE.line(Line(technology="mlcc", answers=given))
            seen[expected] = seen.get(expected, 0) + 1

            assert expected == verdict.outcome, given
            assert (grounds if expected == "not-covered" else set()) == set(verdict.because)
            assert verdict.missing == ()
    print(f"technology {technology}: {sum(seen.values())} completions: {seen}")

    assert ("report" in seen) is (technology is True)
    assert "not-covered" in seen


def test_the_second_reading_reads_nothing_of_the_criteria_or_the_unsettled_options() -> None:
    text = (corpus.FOLDER.parents[1] / "tests" / "second_reading.py").read_text("utf-8")

    assert not re.search(
        r"\b(decision_tree|tomllib|open|may_be|criteria)\b.*import|import.*decision_tree", text
    )
    assert "may_be" not in text
