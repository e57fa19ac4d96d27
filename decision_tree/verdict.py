"""Completions to outcome: what follows from the answers, whatever the open facts turn out to be.

A completion gives every open fact one cell; an interpretation of it reads every unsettled cell one
way. The outcome of a completion is that of its interpretations if they agree, else `consult`; the
verdict is the outcome of all completions if they agree, else `ask`.

The decision is a conjunction of factors that share no fact (the entry's criteria, groups of gates,
the contract stage). A factor contributes, for each of its completions, the set of truth values over
the interpretations; sets are combined, never collapsed codes, so the result is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, partial, reduce
from itertools import product
from typing import TypedDict, TypeVar

from decision_tree.model import URGENCY, Criterion, Division, Gate, Ground, OutcomeCode, Rules
from decision_tree.situation import Line, Situation
from decision_tree.space import NONE, UNKNOWN, Space, Value, facts_in, holds, leaf_holds, leaves

#: Sets of truth values as bits.
FALSE, TRUE, BOTH = 1, 2, 3

_T = TypeVar("_T")
Cells = tuple[int, ...]
Pair = tuple[int, int]


class DateError(ValueError):
    """A day for which no list is known."""


@dataclass(frozen=True, kw_only=True)
class LineVerdict:
    """The verdict on one line."""

    technology: str | None
    outcome: OutcomeCode
    possible: tuple[OutcomeCode, ...]
    because: tuple[Ground, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The verdict on a situation: the most urgent of its lines."""

    outcome: OutcomeCode
    possible: tuple[OutcomeCode, ...]
    because: tuple[Ground, ...]
    missing: tuple[str, ...]
    lines: tuple[LineVerdict, ...]


@dataclass(frozen=True)
class Part:
    """What a factor can contribute: truth sets, and for each open fact the pairs it alone decides.

    The pairs are worked out when they are asked for: trying changes of an answer needs none.
    """

    masks: frozenset[int]
    find_pairs: Callable[[], Mapping[str, frozenset[Pair]]]

    @cached_property
    def pairs(self) -> Mapping[str, frozenset[Pair]]:
        """Fact -> pairs."""
        return self.find_pairs()


class Table(TypedDict):
    """A factor worked out, as JSON: see `Factor.table`."""

    alike: list[list[int]]
    masks: list[list[int]]


class Factor:
    """Conditions that share facts. `grounds` fail one by one; the factor holds if none fails."""

    def __init__(
        self,
        space: Space,
        conditions: Iterable[tuple[Ground, Criterion, bool]],
        known: Table | None = None,
    ) -> None:
        """`known` is what `table` gave for a factor of the same rules."""
        self.space = space
        self.conditions = tuple(conditions)
        names = dict.fromkeys(name for _, tree, _ in self.conditions for name in facts_in(tree))
        order = {name: index for index, name in enumerate(space.fact_ids)}
        self.facts = tuple(sorted(names, key=order.__getitem__))
        self._masks: dict[Cells, tuple[int, ...]] = {}
        self._parts: dict[tuple[Cells, ...], Part] = {}
        if known is None:
            self._alike = [self._representatives(name) for name in self.facts]
        else:
            self._alike = [tuple(alike) for alike in known["alike"]]
            self._masks.update(zip(self._completions(), map(tuple, known["masks"]), strict=True))

    def table(self) -> Table:
        """For each fact the first cell that is treated like each; truth sets of every completion."""
        return {
            "alike": [list(alike) for alike in self._alike],
            "masks": [list(self.masks(cells)) for cells in self._completions()],
        }

    def _completions(self) -> Iterator[Cells]:
        return product(*self.open_cells({}))

    def open_cells(self, answers: Mapping[str, str]) -> tuple[Cells, ...]:
        """For each fact the cells that the answers leave open, one for all that are alike."""
        return tuple(
            _grouped(self.space.axis(name).read(answers.get(name)), alike)
            for name, alike in zip(self.facts, self._alike, strict=True)
        )

    def _representatives(self, name: str) -> Cells:
        """For each cell the first one that every test of this factor treats in the same way."""
        axis = self.space.axis(name)
        tests = [
            leaf for _, tree, _ in self.conditions for leaf in leaves(tree) if leaf.fact == name
        ]
        first: dict[frozenset[tuple[bool, ...]], int] = {}
        return tuple(
            first.setdefault(
                frozenset(
                    tuple(leaf_holds(test, value, axis.fact.unit) for test in tests)
                    for value in cell.values
                ),
                index,
            )
            for index, cell in enumerate(axis.cells)
        )

    def masks(self, cells: Cells) -> tuple[int, ...]:
        """Truth sets of one completion: of the whole factor first, then of each condition."""
        if cells not in self._masks:
            choices = [
                self.space.axis(name).cells[index].values
                for name, index in zip(self.facts, cells, strict=True)
            ]
            found = [0] * (1 + len(self.conditions))
            for interpretation in product(*choices):
                values: dict[str, Value] = dict(zip(self.facts, interpretation, strict=True))
                truths = [
                    holds(tree, values, self.space.units) is wanted
                    for _, tree, wanted in self.conditions
                ]
                found[0] |= TRUE if all(truths) else FALSE
                for index, truth in enumerate(truths, 1):
                    found[index] |= TRUE if truth else FALSE
            self._masks[cells] = tuple(found)
        return self._masks[cells]

    def part(self, open_cells: tuple[Cells, ...]) -> Part:
        """What the completions of the open cells contribute."""
        if open_cells not in self._parts:
            masks = frozenset(self.masks(cells)[0] for cells in product(*open_cells))
            self._parts[open_cells] = Part(masks, partial(self._pairs, open_cells))
        return self._parts[open_cells]

    def _pairs(self, open_cells: tuple[Cells, ...]) -> Mapping[str, frozenset[Pair]]:
        masks = {cells: self.masks(cells)[0] for cells in product(*open_cells)}
        return {
            name: frozenset(_pairs(masks, index))
            for index, name in enumerate(self.facts)
            if len(open_cells[index]) > 1
        }

    def grounds(self, open_cells: tuple[Cells, ...]) -> Iterator[Ground]:
        """The grounds of the conditions that fail in every completion and interpretation."""
        completions = [self.masks(cells) for cells in product(*open_cells)]
        for index, (ground, _, _) in enumerate(self.conditions, 1):
            if all(masks[index] == FALSE for masks in completions):
                yield ground


@cache
def _grouped(cells: Cells, alike: Cells) -> Cells:
    """Of cells that are treated alike the first."""
    return tuple(sorted({alike[cell] for cell in cells}))


class _Fixed(Factor):
    """A factor that contributes one part and looks at no answer."""

    def __init__(self, facts: tuple[str, ...], part: Part) -> None:
        self.facts = facts
        self._part = part

    def open_cells(self, _: Mapping[str, str]) -> tuple[Cells, ...]:
        """No cells."""
        return ()

    def part(self, _: tuple[Cells, ...]) -> Part:
        """The part."""
        return self._part


def _pairs(masks: Mapping[Cells, int], index: int) -> Iterator[Pair]:
    """Truth sets of completions that differ in the fact at `index` alone."""
    groups: dict[Cells, set[int]] = {}
    for cells, mask in masks.items():
        groups.setdefault(cells[:index] + cells[index + 1 :], set()).add(mask)
    for group in groups.values():
        yield from _all_pairs(group)


def _all_pairs(masks: Iterable[int]) -> Iterator[Pair]:
    ordered = sorted(masks)
    for position, one in enumerate(ordered):
        for other in ordered[position + 1 :]:
            yield one, other


def both(one: int, other: int) -> int:
    """The truth set of two independent conditions together."""
    return (TRUE if one & other & TRUE else 0) | (FALSE if (one | other) & FALSE else 0)


class Judge:
    """Judges situations by one set of rules, as the list was known on `as_of` (or is known now).

    Its factors are worked out as they are needed; `known` is what `tables` gave for the same rules.
    Raises DateError for a day before the scheme began.
    """

    def __init__(
        self,
        rules: Rules,
        as_of: date | None = None,
        space: Space | None = None,
        known: Mapping[str, Table] | None = None,
    ) -> None:
        if as_of is not None and as_of < rules.scheme.begins:
            raise DateError(
                f"{as_of}: the scheme began on {rules.scheme.begins}; no list is known before it"
            )
        self.rules = rules
        self.as_of = as_of
        self.space = space or Space(rules)
        known = known or {}
        self.entries: dict[str, Factor] = {
            entry.id: Factor(
                self.space, [("technology", entry.criteria, True)], known.get(entry.id)
            )
            for entry in rules.technologies
        }
        self.listed = {entry.id: entry.listed for entry in rules.technologies}
        self.gates = tuple(
            Factor(self.space, (_condition(gate) for gate in group), known.get(group[0].ground))
            for group in _groups(rules.transaction.gate)
        )
        self.stage_outcomes: tuple[OutcomeCode, ...] = tuple(
            option.outcome or "consult" for option in rules.stage.options
        )
        self._unknown_technology: Part | None = None
        self._lines: dict[object, LineVerdict] | None = None

    def tables(self) -> dict[str, Table]:
        """Every factor worked out: by the id of its entry, or by the ground of its first gate."""
        entries = {name: factor.table() for name, factor in self.entries.items()}
        return entries | {gate.conditions[0][0]: gate.table() for gate in self.gates}

    @property
    def list_version(self) -> date:
        """The date of the list in force as far as it is known."""
        known = [version.date for version in self.rules.scheme.version]
        return max(day for day in known if self.as_of is None or day <= self.as_of)

    def judge(self, situation: Situation) -> Verdict:
        """The verdict on every line and on the whole."""
        lines = tuple(self.line(line) for line in situation.lines)
        outcome = most_urgent(line.outcome for line in lines)
        return Verdict(
            outcome=outcome,
            possible=by_urgency(code for line in lines for code in line.possible),
            because=_once(g for line in lines if line.outcome == outcome for g in line.because),
            missing=_once(f for line in lines if line.outcome == "ask" for f in line.missing),
            lines=lines,
        )

    def remembering(self) -> Judge:
        """A judge that judges no line twice. It holds what was answered: it is for one request alone."""
        self._any_technology()
        other = copy(self)
        other._lines = {}
        return other

    def line(self, line: Line) -> LineVerdict:
        """The verdict on one line, whose answers fit the rules (`situation.check`)."""
        if self._lines is None:
            return self._line(line)
        key = (line.technology, tuple(line.answers.items()))
        if key not in self._lines:
            self._lines[key] = self._line(line)
        return self._lines[key]

    def _line(self, line: Line) -> LineVerdict:
        parts = self._parts(line)
        stage = self.space.axis(self.rules.stage.id).read(line.answers.get(self.rules.stage.id))
        stages = frozenset(self.stage_outcomes[index] for index in stage)
        totals = _conjunction(tuple(part.masks for part in parts))
        possible = _possible(totals, stages)
        missing = tuple(self._missing(parts, totals, stages)) if len(possible) > 1 else ()
        outcome: OutcomeCode = possible[0] if len(possible) == 1 else "ask"
        return LineVerdict(
            technology=line.technology,
            outcome=outcome,
            possible=possible,
            because=tuple(self._because(line)) if outcome == "not-covered" else (),
            missing=missing,
        )

    def outcome(self, line: Line) -> OutcomeCode:
        """The outcome alone, for trying many changes of one line."""
        totals = _conjunction(tuple(part.masks for part in self._parts(line)))
        stage = self.space.axis(self.rules.stage.id).read(line.answers.get(self.rules.stage.id))
        codes = {
            outcome_of(total, self.stage_outcomes[index]) for total in totals for index in stage
        }
        return codes.pop() if len(codes) == 1 else "ask"

    def factors(self, line: Line) -> list[tuple[str, ...]]:
        """The facts that bear on the line, grouped into factors that share none."""
        entry = self.entries.get(line.technology or UNKNOWN)
        gates = [gate.facts for gate in self.gates]
        return [*([entry.facts] if entry else []), *gates, (self.rules.stage.id,)]

    def contribution(self, line: Line, names: tuple[str, ...]) -> object:
        """What the factor of these facts contributes; lines that agree in it are judged alike."""
        if names == (self.rules.stage.id,):
            stage = self.space.axis(self.rules.stage.id).read(line.answers.get(names[0]))
            return frozenset(self.stage_outcomes[index] for index in stage)
        for gate in self.gates:
            if gate.facts == names:
                return gate.part(gate.open_cells(line.answers)).masks
        return self._technology(line).masks

    def with_contribution(self, technology: str, part: Part) -> Judge:
        """A judge for whom this entry contributes `part`, whatever is answered: for the proofs."""
        other = copy(self)
        other.entries = {**self.entries, technology: _Fixed(self.entries[technology].facts, part)}
        other._lines = None
        return other

    def listing_unsettled(self, technology: str) -> bool:
        """True if the list known on `as_of` does not show whether it held this entry."""
        return self.as_of is not None and self.as_of < self.listed[technology]

    def _parts(self, line: Line) -> list[Part]:
        gates = [gate.part(gate.open_cells(line.answers)) for gate in self.gates]
        return [self._technology(line), *gates]

    def _technology(self, line: Line) -> Part:
        if line.technology == NONE:
            return Part(frozenset({FALSE}), dict)
        if line.technology is None or line.technology == UNKNOWN:
            return self._any_technology()
        factor = self.entries[line.technology]
        part = factor.part(factor.open_cells(line.answers))
        return _unlisted(part) if self.listing_unsettled(line.technology) else part

    def _any_technology(self) -> Part:
        """Every entry with every fact open, and none of them; entries' own facts are not missing."""
        if self._unknown_technology is None:
            masks = {FALSE}
            for entry in self.rules.technologies:
                nothing = Line(technology=entry.id, answers={})
                masks |= self._technology(nothing).masks
            pairs = frozenset(_all_pairs(masks))
            technology = self.rules.scheme.technology_question.id
            self._unknown_technology = Part(frozenset(masks), lambda: {technology: pairs})
        return self._unknown_technology

    def _missing(
        self, parts: list[Part], totals: frozenset[int], stages: frozenset[OutcomeCode]
    ) -> Iterator[str]:
        """Open facts for which two completions that differ in nothing else differ in outcome."""
        for index, part in enumerate(parts):
            if not part.pairs:
                continue
            rest = _conjunction(tuple(p.masks for i, p in enumerate(parts) if i != index))
            for name, pairs in part.pairs.items():
                if _decides(pairs, rest, stages):
                    yield name
        if any(len({outcome_of(total, after) for after in stages}) > 1 for total in totals):
            yield self.rules.stage.id

    def _because(self, line: Line) -> Iterator[Ground]:
        if self._technology(line).masks == {FALSE}:
            yield "technology"
        for gate in self.gates:
            yield from gate.grounds(gate.open_cells(line.answers))

    def division(self, technology: str | None) -> tuple[Division, str] | None:
        """The division of an entry and whether that is `printed` or a `reading`; None without one."""
        for entry in self.rules.technologies:
            if entry.id == technology:
                office = next(d for d in self.rules.divisions if d.id == entry.division.id)
                return office, entry.division.basis
        return None


def outcome_of(total: int, after: OutcomeCode) -> OutcomeCode:
    """The outcome of a completion: its truth set over interpretations, and what its stage entails."""
    if total == FALSE:
        return "not-covered"
    return after if total == TRUE else "consult"


def by_urgency(codes: Iterable[OutcomeCode]) -> tuple[OutcomeCode, ...]:
    """Each outcome once, most urgent first."""
    present = set(codes)
    return tuple(code for code in URGENCY if code in present)


def most_urgent(codes: Iterable[OutcomeCode]) -> OutcomeCode:
    """The outcome that comes first in `URGENCY`."""
    return by_urgency(codes)[0]


def _unlisted(part: Part) -> Part:
    """The part when it is unsettled whether the entry was listed: every truth may also be false."""
    return Part(
        frozenset(mask | FALSE for mask in part.masks),
        lambda: {
            name: frozenset(
                (one | FALSE, other | FALSE) for one, other in pairs if one | FALSE != other | FALSE
            )
            for name, pairs in part.pairs.items()
        },
    )


# There are but a few truth sets, so each of these is worked out once.
@cache
def _possible(totals: frozenset[int], stages: frozenset[OutcomeCode]) -> tuple[OutcomeCode, ...]:
    """The outcomes of any of these truth sets at any of these stages, most urgent first."""
    return by_urgency(outcome_of(total, after) for total in totals for after in stages)


@cache
def _conjunction(sets: tuple[frozenset[int], ...]) -> frozenset[int]:
    """The truth sets of a conjunction of independent conditions with these truth sets."""
    return reduce(_together, sets, frozenset({TRUE}))


@cache
def _together(some: frozenset[int], others: frozenset[int]) -> frozenset[int]:
    """The truth sets of a conjunction of two independent conditions with these truth sets."""
    return frozenset(both(one, other) for one in some for other in others)


@cache
def _decides(pairs: frozenset[Pair], rest: frozenset[int], stages: frozenset[OutcomeCode]) -> bool:
    """Whether the outcome differs within a pair, for any truth set of the rest and any stage."""
    return any(
        outcome_of(both(one, others), after) != outcome_of(both(other, others), after)
        for one, other in pairs
        for others in rest
        for after in stages
    )


def _condition(gate: Gate) -> tuple[Ground, Criterion, bool]:
    if gate.covered_when is not None:
        return gate.ground, gate.covered_when, True
    assert gate.excluded_when is not None
    return gate.ground, gate.excluded_when, False


def _groups(gates: tuple[Gate, ...]) -> list[list[Gate]]:
    """Gates that share a fact, directly or through others, together; in authored order."""
    groups: list[tuple[set[str], list[Gate]]] = []
    for gate in gates:
        facts = set(facts_in(_condition(gate)[1]))
        together = [group for group in groups if group[0] & facts]
        members = [member for _, group in together for member in group]
        for group in together:
            facts |= group[0]
            groups.remove(group)
        groups.append((facts, [*members, gate]))
    return [group for _, group in groups]


def _once(items: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(items))
