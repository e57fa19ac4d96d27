"""The cases notice every fault that can be noticed, and only the others are called equivalent."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import pytest

from build_scripts import cases
from build_scripts.mutants import KINDS, Hunt, Mutant, mutants, mutation_report, passes
from decision_tree import corpus, situation
from decision_tree.model import Criterion
from decision_tree.situation import Line
from decision_tree.space import UNKNOWN, facts_in
from decision_tree.verdict import Judge, LineVerdict

RULES = corpus.load()
CASES = cases.load()


@cache
def report() -> dict[str, Any]:
    return mutation_report(RULES, CASES)


def names(mutant: Mutant) -> tuple[str, str, str]:
    return mutant.part, mutant.place, mutant.change


@cache
def by_name() -> dict[tuple[str, str, str], Mutant]:
    return {names(mutant): mutant for mutant in mutants(RULES)}


def rows(result: str) -> list[dict[str, Any]]:
    return [row for row in report()["list"] if row["result"] == result]


def mutant_of(row: dict[str, Any]) -> Mutant:
    return by_name()[row["part"], row["place"], row["change"]]


def nodes(tree: Criterion) -> Iterator[Criterion]:
    yield tree
    for child in (*tree.all, *tree.any):
        yield from nodes(child)


def trees() -> list[Criterion]:
    gates = [gate.covered_when or gate.excluded_when for gate in RULES.transaction.gate]
    return [*(entry.criteria for entry in RULES.technologies), *(gate for gate in gates if gate)]


def test_every_mutant_is_noticed_by_a_published_case_or_proven_equivalent() -> None:
    kinds = {kind["id"]: (kind["mutants"], kind["killed"]) for kind in report()["kinds"]}
    print(f"{report()['mutants']} mutants, {report()['killed']} killed, "
          f"{report()['equivalent']} equivalent: {kinds}")  # fmt: skip

    assert rows("survived") == []
    assert report()["score"] == 100.0
    assert report()["killed"] + report()["equivalent"] == report()["mutants"]
    assert set(KINDS) == set(kinds)
    assert all(killed > 0 for _, killed in kinds.values())


def test_no_two_mutants_have_one_name() -> None:
    assert len(by_name()) == report()["mutants"] == sum(1 for _ in mutants(RULES))


def test_there_is_a_mutant_for_every_part_of_the_law() -> None:
    every = [node for tree in trees() for node in nodes(tree)]
    limits = [n for n in every if n.at_least or n.at_most or n.above or n.below or n.equals]
    joints = [n for n in every if len((*n.all, *n.any)) > 1]
    alone = [tree for tree in trees() if len((*tree.all, *tree.any)) < 2]
    facts = [
        *(fact for entry in RULES.technologies for fact in entry.fact),
        *RULES.transaction.fact,
    ]
    options = [option for fact in facts for option in fact.options]
    made = Counter(mutant.kind for mutant in mutants(RULES))

    assert (made["entry"], len(RULES.stage.options)) == (19, 7)
    assert made["stage"] == 4 * 7
    assert 2 * len(RULES.transaction.gate) == made["gate"]
    assert 2 * len(limits) == made["limit"]
    assert len(joints) == made["connective"]
    # `equals` has four other comparisons, each of the others three.
    assert 3 * len(limits) + sum(1 for n in limits if n.equals) == made["comparison"]
    assert sum(len((*n.all, *n.any)) for n in joints) + len(alone) == made["condition"]
    assert sum(len(option.may_be) for option in options) == made["unsettled"]
    assert sum(1 for option in options if not option.may_be) <= made["settled"]
    accepted = sum(len(n.one_of) for n in every)
    assert accepted == sum(
        1 for m in mutants(RULES) if m.kind == "option" and " without " in m.change
    )


def test_a_mutant_differs_from_the_rules_in_one_part_only() -> None:
    for mutant in mutants(RULES):
        entries = {entry.id: entry for entry in mutant.rules.technologies}
        changed = {e.id for e in RULES.technologies if entries.get(e.id) != e}
        others = (mutant.rules.transaction != RULES.transaction, mutant.rules.stage != RULES.stage)

        assert ({mutant.part} - {"transaction", "stage"}, others) == (
            changed,
            (mutant.part == "transaction", mutant.part == "stage"),
        ), mutant.id


def test_the_case_named_for_a_mutant_fails_under_it_and_holds_under_the_rules() -> None:
    published = {case.id: case for case in CASES}
    now = {day: Judge(RULES, day) for day in {case.as_of for case in CASES}}

    for row in rows("killed"):
        case, mutant = published[row["case"]], mutant_of(row)
        given = situation.read(case.situation, now[case.as_of].space)
        others = {line.technology for line in given.lines}
        mutated = replace(
            mutant.rules,
            technologies=tuple(e for e in mutant.rules.technologies if e.id in others),
        )

        assert passes(case, now[case.as_of].judge(given))
        if row["kind"] == "entry":
            assert mutant.part in others
        else:
            assert not passes(case, Judge(mutated, case.as_of).judge(given)), row


def test_an_equivalent_mutant_judges_every_partial_answer_set_alike() -> None:
    seen = 0
    own = Judge(RULES)
    judged: dict[str, LineVerdict] = {}
    covered = next(case for case in CASES if case.id == "mlcc-design").situation["lines"][0][
        "answers"
    ]
    common = {name: answer for name, answer in covered.items() if name != "mlcc-activity"}

    for row in rows("equivalent"):
        mutant = mutant_of(row)
        other = Judge(mutant.rules)
        if mutant.part == "transaction":
            technology, start = "mlcc", {"mlcc-activity": "design"}
            facts = next(factor.facts for factor in own.gates if "act" in factor.facts)
            start = {**common, **start}
        else:
            entry = next(e for e in RULES.technologies if e.id == mutant.part)
            technology, start, facts = entry.id, common, facts_in(entry.criteria)
        answers = [[*(c.id for c in own.space.axis(name).cells), UNKNOWN] for name in facts]
        for chosen in product(*answers):
            line = Line(
                technology=technology, answers={**start, **dict(zip(facts, chosen, strict=True))}
            )
            seen += 1
            key = repr((technology, chosen))
            if key not in judged:
                judged[key] = own.line(line)

            assert judged[key] == other.line(line), (row, line)
    print(f"{len(rows('equivalent'))} equivalent mutants, {seen} partial answer sets")

    assert rows("equivalent")
    assert all(row["completions"] > 1 and row["reason"]["ja"] for row in rows("equivalent"))


@pytest.mark.parametrize(
    ("case", "survivor"),
    [
        ("flexible-endoscope-below-forward", "equals 0 deg -> at_most"),
        ("saw-baw-filter-resonator", "saw-baw-filter-kind resonator: settled as filter"),
    ],
)
def test_without_the_case_that_notices_a_mutant_it_survives(case: str, survivor: str) -> None:
    hunt = Hunt(RULES, [other for other in CASES if other.id != case])
    mutant = next(mutant for mutant in mutants(RULES) if survivor in mutant.id)

    assert hunt.nearby(mutant) is None
    assert hunt.anywhere(mutant) is None
    assert hunt.equivalent(mutant) is None


def test_a_case_that_the_rules_themselves_fail_is_named_and_proves_nothing() -> None:
    first = replace(CASES[0], expect="not-covered")
    hunt = Hunt(RULES, [first, *CASES[1:]])

    assert hunt.failing == (first.id,)
    assert (
        hunt.anywhere(Mutant(kind="gate", part="stage", place="", change="", rules=RULES)) is None
    )
    assert report()["failing"] == []
