"""Proofs by a solver, over every real number and not over samples.

The criteria of the data are translated into formulas: a choice is a finite sort of its options, a quantity
a real number (a whole one for a count), and each interpretation of the unsettled options and bands is one
formula. The second reading gives its formulas itself. A proof is a question whether a counterexample exists,
answered "unsat"; that the solver finds one where there is one is shown on mutants of the criteria.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache, cached_property
from itertools import combinations, product
from typing import Any

import pytest
import z3  # type: ignore[import-untyped]

from build_scripts.mutants import mutants
from decision_tree import corpus
from decision_tree.model import Criterion, Fact, Rules
from decision_tree.quantity import Interval
from decision_tree.space import facts_in
from decision_tree.verdict import BOTH, FALSE, TRUE, Judge
from tests.second_reading import ENTRIES, NUMBERS, TRANSACTION, Condition, domain, every

RULES = corpus.load()
JUDGE = Judge(RULES)
COMPARISONS = {
    "at_least": lambda value, limit: value >= limit,
    "at_most": lambda value, limit: value <= limit,
    "above": lambda value, limit: value > limit,
    "below": lambda value, limit: value < limit,
    "equals": lambda value, limit: value == limit,
}


@cache
def _sort(fact: str, *options: str) -> tuple[Any, Any]:
    """The sort of a choice and its values; the solver takes each name once."""
    sort: tuple[Any, Any] = z3.EnumSort(fact, [f"{fact}={name}" for name in options])
    return sort


class Terms:
    """The facts of one part as unknowns: a point that stands for every completion at once."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = {fact.id: fact for fact in facts}
        self.unknown: dict[str, Any] = {}
        self._options: dict[tuple[str, str], Any] = {}
        for fact in facts:
            if fact.unit:
                kind = z3.Int if fact.unit == "pixels" else z3.Real
                self.unknown[fact.id] = kind(fact.id)
            else:
                ids = [option.id for option in fact.options]
                sort, values = _sort(fact.id, *ids)
                self.unknown[fact.id] = z3.Const(f"{fact.id}?", sort)
                self._options |= {
                    (fact.id, name): value for name, value in zip(ids, values, strict=True)
                }

    def chosen(self, fact: str, *options: str) -> Any:
        return z3.Or([self.unknown[fact] == self._options[fact, name] for name in options])

    def number(self, fact: str) -> Any:
        return self.unknown[fact]

    @cached_property
    def possible(self) -> Any:
        """The numbers lie in their domains."""
        return z3.And(
            [domain(name, self.unknown[name]) for name, f in self.facts.items() if f.unit]
        )

    @cached_property
    def settled(self) -> Any:
        """No unsettled option is chosen, and no number lies in an unsettled band."""
        return z3.And(
            [
                z3.Not(self.chosen(fact.id, option.id))
                for fact in self.facts.values()
                for option in fact.options
                if option.may_be
            ]
            + [
                z3.Not(self.within(fact, band.range))
                for fact in self.facts.values()
                for band in fact.bands
            ]
        )

    # ---- the criteria of the data ----

    def within(self, fact: Fact, text: str) -> Any:
        """A stretch as the data write it: `> 248 nm < 249 nm`."""
        found = re.fullmatch(rf"> (\S+) {fact.unit} < (\S+) {fact.unit}", text)
        assert found, text
        value = self.unknown[fact.id]
        return z3.And(value > Decimal(found[1]), value < Decimal(found[2]))

    def holds(self, node: Criterion, alternative: Mapping[str, int]) -> Any:
        """A criterion in the interpretation that takes, of each fact, the alternative of this number."""
        if node.all:
            return z3.And([self.holds(child, alternative) for child in node.all])
        if node.any:
            return z3.Or([self.holds(child, alternative) for child in node.any])
        assert node.fact is not None
        fact, which = self.facts[node.fact], alternative[node.fact]
        if node.one_of:
            meant = {o.id: (o.may_be or (o.id,)) for o in fact.options}
            return self.chosen(
                fact.id,
                *(
                    name
                    for name, may in meant.items()
                    if may[min(which, len(may) - 1)] in node.one_of
                ),
            )
        value = self.unknown[fact.id]
        for band in fact.bands:
            other = limit(band.may_be[min(which, len(band.may_be) - 1)], fact)
            value = z3.If(self.within(fact, band.range), z3.RealVal(other), value)
        (name,) = (name for name in COMPARISONS if getattr(node, name) is not None)
        return COMPARISONS[name](value, limit(getattr(node, name), fact))

    def interpretations(self, trees: Sequence[tuple[Criterion, bool]]) -> list[Any]:
        """All conditions at once, in each interpretation."""
        names = [name for name in self.facts if any(name in facts_in(tree) for tree, _ in trees)]
        ways = [range(alternatives(self.facts[name])) for name in names]
        return [
            z3.And(
                [
                    held if wanted else z3.Not(held)
                    for tree, wanted in trees
                    for held in [self.holds(tree, dict(zip(names, chosen, strict=True)))]
                ]
            )
            for chosen in product(*ways)
        ]

    # ---- the regions of the engine ----

    def inside(self, fact: str, area: Interval) -> Any:
        value, parts = self.unknown[fact], [z3.BoolVal(val=True)]
        if area.low is not None:
            parts.append(value >= area.low if area.low_closed else value > area.low)
        if area.high is not None:
            parts.append(value <= area.high if area.high_closed else value < area.high)
        return z3.And(parts)

    def in_cell(self, fact: str, index: int) -> Any:
        cell = JUDGE.space.axis(fact).cells[index]
        return self.inside(fact, cell.interval) if cell.interval else self.chosen(fact, cell.id)


def limit(text: str, fact: Fact) -> Decimal:
    number, _, unit = text.partition(" ")
    assert unit == fact.unit, text
    return Decimal(number)


def alternatives(fact: Fact) -> int:
    """In how many ways the unsettled options and bands of a fact can be read, each at once."""
    options = [len(option.may_be) for option in fact.options]
    return max([1, *options, *(len(band.may_be) for band in fact.bands)])


def model(*claims: Any) -> Any:
    """Values for which all claims hold; None if the solver proves that there are none."""
    solver = z3.Solver()
    solver.add(*claims)
    answer = solver.check()
    assert answer != z3.unknown
    return solver.model() if answer == z3.sat else None


def occurs(*claims: Any) -> bool:
    """Whether there are values for which all claims hold."""
    return model(*claims) is not None


Prove = Callable[..., None]


@pytest.fixture(scope="module")
def prove() -> Iterator[Prove]:
    """Proves that no values make all claims hold at once; prints at the end what was proven."""
    proven: Counter[str] = Counter()

    def no_values(name: str, *claims: Any) -> None:
        found = model(*claims)
        proven[name] += 1

        assert found is None, f"{name}: {found}"

    yield no_values
    print(f"\n{proven.total()} proofs that there are no values such that:")
    for name, count in proven.items():
        print(f"{count:6} {name}")


def conditions(rules: Rules, part: str) -> list[tuple[Criterion, bool]]:
    if part != "transaction":
        return [(entry.criteria, True) for entry in rules.technologies if entry.id == part]
    found = []
    for gate in rules.transaction.gate:
        tree = gate.covered_when or gate.excluded_when
        assert tree is not None
        found.append((tree, gate.covered_when is not None))
    return found


def facts(rules: Rules, part: str) -> tuple[Fact, ...]:
    if part == "transaction":
        return rules.transaction.fact
    return next(entry.fact for entry in rules.technologies if entry.id == part)


def reading(part: str, terms: Terms) -> Condition:
    parts = (
        [condition(terms) for condition in TRANSACTION.values()]
        if part == "transaction"
        else ENTRIES[part](terms)
    )
    return every(parts)


PARTS = [*ENTRIES, "transaction"]


@pytest.mark.parametrize("part", PARTS)
def test_no_value_tells_the_criteria_from_the_second_reading(part: str, prove: Prove) -> None:
    terms = Terms(facts(RULES, part))
    met, unmet = reading(part, terms)
    ways = terms.interpretations(conditions(RULES, part))
    at = terms.possible

    prove("the reading contradicts itself", at, met, unmet)
    prove("settled: undecided", at, terms.settled, z3.Not(met), z3.Not(unmet))
    for way in ways:
        prove("settled: criteria differ from the reading", at, terms.settled, way != met)
        prove("covered, but an interpretation is not", at, met, z3.Not(way))
        prove("not covered, but an interpretation is", at, unmet, way)
    prove("every interpretation covered, the reading not", at, *ways, z3.Not(met))
    prove("no interpretation covered, the reading is", at, *map(z3.Not, ways), z3.Not(unmet))

    # None of this is empty talk: covered, not covered and undecided all occur.
    assert all(occurs(at, claim) for claim in (met, unmet, z3.Not(z3.Or(met, unmet))))
    assert len(ways) > 1


@pytest.mark.parametrize("fact", list(NUMBERS))
def test_the_regions_of_a_quantity_leave_no_gap_and_do_not_overlap(fact: str, prove: Prove) -> None:
    axis = JUDGE.space.axis(fact)
    terms = Terms([axis.fact])
    cells = [terms.in_cell(fact, index) for index in range(len(axis.cells))]

    prove("a gap between regions", terms.possible, *map(z3.Not, cells))
    for one, other in combinations(cells, 2):
        prove("two regions overlap", one, other)
    for cell in cells:
        prove("a region beyond what is possible", cell, z3.Not(terms.possible))

        assert occurs(cell)
    assert len(cells) > 1


@pytest.mark.parametrize("part", PARTS)
def test_no_completion_of_a_covered_set_is_not_covered(part: str, prove: Prove) -> None:
    """What the engine holds of a completion is true of every value in it."""
    terms = Terms(facts(RULES, part))
    met, unmet = reading(part, terms)
    factors = [JUDGE.entries[part]] if part in JUDGE.entries else list(JUDGE.gates)
    sets: dict[int, list[Any]] = {TRUE: [], FALSE: [], BOTH: []}
    own = conditions(RULES, part)
    for factor in factors:
        trees = [(tree, wanted) for tree, wanted in own if set(facts_in(tree)) <= set(factor.facts)]
        ways = terms.interpretations(trees)
        found: dict[int, list[Any]] = {TRUE: [], FALSE: [], BOTH: []}
        for cells in product(*(JUDGE.space.axis(name).everything for name in factor.facts)):
            within = zip(factor.facts, cells, strict=True)
            found[factor.masks(cells)[0]].append(z3.And([terms.in_cell(n, i) for n, i in within]))
        table = {mask: z3.Or(areas) for mask, areas in found.items()}
        for mask, area in table.items():
            sets[mask].append(area)
        prove("no completion holds a value", terms.possible, *map(z3.Not, table.values()))
        for way in ways:
            prove("a covered completion not covered", terms.possible, table[TRUE], z3.Not(way))
            prove("a completion outside covered", terms.possible, table[FALSE], way)
        prove("an unsettled completion covered", terms.possible, table[BOTH], *ways)
        prove("an unsettled completion outside", terms.possible, table[BOTH], *map(z3.Not, ways))
    covered = z3.And(sets[TRUE])
    prove("a covered set, by the reading not covered", terms.possible, covered, z3.Not(met))
    prove("a covered set, by the reading outside", terms.possible, covered, unmet)
    prove("outside, by the reading not", terms.possible, z3.Or(sets[FALSE]), z3.Not(unmet))

    assert occurs(terms.possible, covered)
    assert occurs(terms.possible, z3.Or(sets[FALSE]))


def test_the_solver_finds_values_that_betray_every_mutant_of_limit_comparison_or_connective() -> (
    None
):
    kinds = ("limit", "comparison", "connective")
    betrayed = 0

    for mutant in (mutant for mutant in mutants(RULES) if mutant.kind in kinds):
        terms = Terms(facts(mutant.rules, mutant.part))
        met, unmet = reading(mutant.part, terms)
        ways = terms.interpretations(conditions(mutant.rules, mutant.part))
        differs = z3.Or(z3.And(ways) != met, z3.And([z3.Not(way) for way in ways]) != unmet)
        betrayed += 1

        assert occurs(terms.possible, differs), mutant.id
    print(f"{betrayed} mutants betrayed")

    assert betrayed > 60
