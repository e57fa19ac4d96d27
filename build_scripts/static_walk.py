"""The questionnaire as sheets of numbered steps, for people without scripts and for paper.

A sheet is a small machine over one side of the decision. Its state is what may still follow from
the answers so far; states from which the same follows are one step, and a step that changes
nothing is left out. So the steps grow with the number of questions, not with their combinations,
and the end of a walk is exact: an answer "I don't know" keeps every possibility open.

The sheet of an entry ends in a letter. The sheet of the transaction has an entrance for each
letter but B and ends in an outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Literal

from decision_tree.model import Fact, Ground, OutcomeCode, Technology
from decision_tree.space import Axis
from decision_tree.verdict import BOTH, FALSE, TRUE, Judge, both, outcome_of

#: How an entry's sheet ends: the definition is met, not met, not settled by the published words,
#: or facts are missing.
Letter = Literal["A", "B", "C", "D"]
LETTERS: Mapping[frozenset[int], Letter] = {
    frozenset({TRUE}): "A",
    frozenset({FALSE}): "B",
    frozenset({BOTH}): "C",
}
#: The entrances of the transaction's sheet: what each says of the technology. With B nothing is
#: left to ask. D may be anything, so it never decides more than the engine does.
ENTRANCES: Mapping[Letter, frozenset[int]] = {
    "A": frozenset({TRUE}),
    "C": frozenset({BOTH}),
    "D": frozenset({TRUE, FALSE, BOTH}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where a walk ends: in a letter, or in an outcome with its grounds if it is "not covered"."""

    code: Letter | OutcomeCode
    grounds: tuple[Ground, ...] = ()

    @property
    def id(self) -> str:
        """The anchor of this end on its page."""
        return "-".join(["end", self.code.lower(), *self.grounds])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Cells of a fact from which the walk goes on in the same way."""

    cells: tuple[int, ...]
    goal: Step | End


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """One question in one state. `again` names the first step that asks the same."""

    name: str
    axis: Axis
    answers: tuple[Answer, ...]
    unknown: Step | End
    again: str | None

    @property
    def id(self) -> str:
        """The anchor of this step on its page."""
        return f"step-{self.name.lower()}"

    @property
    def fact(self) -> Fact:
        return self.axis.fact

    def goals(self) -> Iterator[Step | End]:
        """Where the answers lead, in their order."""
        yield from (answer.goal for answer in self.answers)
        yield self.unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A chain of steps from its first one to its ends."""

    steps: tuple[Step, ...]

    @property
    def ends(self) -> tuple[End, ...]:
        """Every end that is reached, each once."""
        goals = (goal for step in self.steps for goal in step.goals())
        return tuple(dict.fromkeys(goal for goal in goals if isinstance(goal, End)))

    @property
    def longest(self) -> int:
        """The most steps that anybody passes through."""
        lengths: dict[str, int] = {}
        for step in reversed(self.steps):
            after = [lengths[goal.name] for goal in step.goals() if isinstance(goal, Step)]
            lengths[step.name] = 1 + max(after, default=0)
        return lengths[self.steps[0].name]

    def before(self, goal: Step | End) -> tuple[str, ...]:
        """The names of the steps from which one comes here."""
        return tuple(step.name for step in self.steps if any(g == goal for g in step.goals()))


def entry_walk(judge: Judge, technology: Technology) -> Walk:
    """Through the facts of an entry to a letter."""
    factor = judge.entries[technology.id]
    axes = [judge.space.axis(name) for name in factor.facts]

    def finish(masks: frozenset[Hashable]) -> End:
        return End(code=LETTERS.get(frozenset(m for m in masks if isinstance(m, int)), "D"))

    return _walk(axes, _Tables(axes, lambda cells: factor.masks(cells)[0]), finish)


def transaction_walks(judge: Judge) -> dict[Letter, Walk]:
    """Through the facts of the transaction and the stage to an outcome, from each entrance."""
    names = [*(fact.id for fact in judge.rules.transaction.fact), judge.rules.stage.id]
    axes = [judge.space.axis(name) for name in names]
    # The entrances ask the same; they differ in where the answers end.
    tables = _Tables(axes, _results(judge, names))
    return {letter: _walk(axes, tables, _end_from(judge, letter), letter) for letter in ENTRANCES}


@dataclass(frozen=True, slots=True)
class _Result:
    """What a complete walk through the transaction amounts to."""

    total: int
    after: OutcomeCode
    grounds: tuple[Ground, ...]


def _results(judge: Judge, names: Sequence[str]) -> Callable[[tuple[int, ...]], _Result]:
    """What the cells of the named facts amount to."""
    place = {name: index for index, name in enumerate(names)}
    gates = [(gate, tuple(place[name] for name in gate.facts)) for gate in judge.gates]

    @cache
    def failing(number: int, cells: tuple[int, ...]) -> tuple[int, tuple[Ground, ...]]:
        gate, _ = gates[number]
        whole, *each = gate.masks(cells)
        pairs = zip(gate.conditions, each, strict=True)
        return whole, tuple(ground for (ground, _, _), mask in pairs if mask == FALSE)

    def result(cells: tuple[int, ...]) -> _Result:
        total = TRUE
        grounds: tuple[Ground, ...] = ()
        for number, (_, places) in enumerate(gates):
            whole, failed = failing(number, tuple([cells[index] for index in places]))
            total, grounds = both(total, whole), grounds + failed
        return _Result(total, judge.stage_outcomes[cells[-1]], grounds)

    return result


def _end_from(judge: Judge, letter: Letter) -> Callable[[frozenset[Hashable]], End]:
    """Where results end for one who came through an entrance."""
    order = [gate.ground for gate in judge.rules.transaction.gate]

    def finish(found: frozenset[Hashable]) -> End:
        results = [one for one in found if isinstance(one, _Result)]
        codes = {
            outcome_of(both(one.total, technology), one.after)
            for one in results
            for technology in ENTRANCES[letter]
        }
        code: OutcomeCode = codes.pop() if len(codes) == 1 else "ask"
        if code != "not-covered":
            return End(code=code)
        every = set.intersection(*(set(one.grounds) for one in results))
        return End(code=code, grounds=tuple(sorted(every, key=order.index)))

    return finish


#: A sheet of more steps than this is too long to be read.
LONGEST = 25

#: A state: its place among the facts, and where each cell and then "unknown" lead.
_State = tuple[int, tuple["int | End", ...]]
#: The tables that the answers so far leave open.
_Open = frozenset[int]


def _walk(
    axes: Sequence[Axis],
    tables: _Tables,
    finish: Callable[[frozenset[Hashable]], End],
    prefix: str = "",
) -> Walk:
    """The smallest machine that asks the axes in order and ends where `finish` says.

    `tables` say what complete answer sets amount to, `finish` where a set of such values ends.
    If that takes more than `LONGEST` steps, states with unknown facts are joined, those first whose
    joining leaves the fewest answers undecided. A joined state keeps the possibilities of both.
    """
    machine = _Machine(tables, finish)
    while len(machine.numbers) > LONGEST and (joined := machine.joined()):
        machine = joined
    if isinstance(machine.first, End):
        raise ValueError(f"nothing to ask: every answer ends in {machine.first.code}")
    states = {number: state for state, number in machine.numbers.items()}
    return Walk(steps=_named(states, machine.first, axes, prefix))


class _Machine:
    """The states of a walk: which tables are still open at which depth."""

    def __init__(
        self,
        tables: _Tables,
        finish: Callable[[frozenset[Hashable]], End],
        joins: tuple[tuple[int, _Open], ...] = (),
    ) -> None:
        self.tables = tables
        self.finish = finish
        self.joins = joins
        self.numbers: dict[_State, int] = {}
        self._known: dict[tuple[int, _Open], int | End] = {}
        self.first = self._state(0, frozenset({tables.root}))

    def joined(self) -> _Machine | None:
        """The machine with the two states joined that cost the least; None if none can be."""
        several = [place for place in self._asked() if len(place[1]) > 1]
        pairs = [
            (depth, one, other)
            for index, (depth, one) in enumerate(several)
            for place, other in several[index + 1 :]
            if place == depth
        ]
        pairs.sort(key=lambda pair: (self._lost(*pair), pair[0], sorted(pair[1] | pair[2])))
        for depth, one, other in pairs:
            machine = _Machine(self.tables, self.finish, (*self.joins, (depth, one | other)))
            if len(machine.numbers) < len(self.numbers):
                return machine
        return None

    def _asked(self) -> list[tuple[int, _Open]]:
        """One set of tables for each step."""
        steps = {n: place for place, n in self._known.items() if isinstance(n, int)}
        return sorted(steps.values(), key=lambda place: (place[0], sorted(place[1])))

    def _lost(self, depth: int, one: _Open, other: _Open) -> Fraction:
        """How many of the answers that follow are decided now, and not if the two are joined."""
        both = self._decided(depth, one | other)
        return self._decided(depth, one) + self._decided(depth, other) - 2 * both

    def _decided(self, depth: int, open_: _Open) -> Fraction:
        if depth == self.tables.depth:
            return Fraction(len(self.tables.values(open_)) == 1)
        after = self.tables.after(open_)
        return sum((self._decided(depth + 1, left) for left in after), Fraction()) / len(after)

    def _state(self, depth: int, open_: _Open) -> int | End:
        open_ = self._wider(depth, open_)
        if (depth, open_) not in self._known:
            last = depth == self.tables.depth
            found = self.finish(self.tables.values(open_)) if last else self._ask(depth, open_)
            self._known[depth, open_] = found
        return self._known[depth, open_]

    def _ask(self, depth: int, open_: _Open) -> int | End:
        left = self.tables.after(open_)
        goals = [self._state(depth + 1, after) for after in (*left, frozenset().union(*left))]
        if all(goal == goals[0] for goal in goals):
            return goals[0]
        return self.numbers.setdefault((depth, tuple(goals)), len(self.numbers))

    def _wider(self, depth: int, open_: _Open) -> _Open:
        """The state that this one was joined to. One table alone is certain, and stays so."""
        for place, union in self.joins:
            if place == depth and len(open_) > 1 and open_ < union:
                open_ = union
        return open_


class _Tables:
    """What complete answer sets amount to, as nested tables of which equal ones are one."""

    def __init__(self, axes: Sequence[Axis], value: Callable[[tuple[int, ...]], Hashable]) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._after: dict[int, tuple[int, ...]] = {}
        self._values: dict[int, Hashable] = {}
        self._value = value
        self.depth = len(axes)
        self.root = self._table((), [range(len(axis.cells)) for axis in axes])

    def after(self, tables: Iterable[int]) -> list[frozenset[int]]:
        """For each cell of the next fact the tables that are left."""
        rows = [self._after[table] for table in tables]
        return [frozenset(column) for column in zip(*rows, strict=True)]

    def values(self, tables: Iterable[int]) -> frozenset[Hashable]:
        """The values that tables without a further fact hold."""
        return frozenset(self._values[table] for table in tables)

    def _table(self, cells: tuple[int, ...], axes: Sequence[range]) -> int:
        if not axes:
            found = self._value(cells)
            number = self._numbers.setdefault((-1, found), len(self._numbers))
            self._values[number] = found
            return number
        row = tuple([self._table((*cells, cell), axes[1:]) for cell in axes[0]])
        number = self._numbers.setdefault((len(cells), row), len(self._numbers))
        self._after[number] = row
        return number


def _named(
    states: Mapping[int, _State], first: int, axes: Sequence[Axis], prefix: str
) -> tuple[Step, ...]:
    """The states as steps, numbered in the order of the facts and then of the way there."""
    reached = [first]
    for number in reached:
        further = (goal for goal in states[number][1] if isinstance(goal, int))
        reached += dict.fromkeys(goal for goal in further if goal not in reached)
    reached.sort(key=lambda number: states[number][0])
    asked: dict[int, str] = {}
    names = {number: f"{prefix}{index}" for index, number in enumerate(reached, 1)}
    for number in reached:
        asked.setdefault(states[number][0], names[number])
    steps: dict[int, Step] = {}
    for number in reversed(reached):
        depth, goals = states[number]
        *sure, unknown = (goal if isinstance(goal, End) else steps[goal] for goal in goals)
        steps[number] = Step(
            name=names[number],
            axis=axes[depth],
            answers=tuple(_answers(axes[depth], sure)),
            unknown=unknown,
            again=None if asked[depth] == names[number] else asked[depth],
        )
    return tuple(steps[number] for number in reached)


def _answers(axis: Axis, goals: Sequence[Step | End]) -> Iterator[Answer]:
    """One answer an option; regions of a quantity that lead on alike are one answer."""
    if axis.fact.kind == "choice":
        yield from (Answer(cells=(i,), goal=goal) for i, goal in enumerate(goals))
        return
    places: list[tuple[Step | End, list[int]]] = []
    for index, goal in enumerate(goals):
        same = next((cells for other, cells in places if other == goal), None)
        if same is None:
            places.append((goal, [index]))
        else:
            same.append(index)
    yield from (Answer(cells=tuple(cells), goal=goal) for goal, cells in places)
