"""Why: each criterion with what the answers say of it, and the smallest changes of the outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, Literal

from decision_tree.model import Criterion, OutcomeCode, Technology
from decision_tree.situation import Line, Situation
from decision_tree.space import UNKNOWN, Space, facts_in, holds, leaf_holds
from decision_tree.verdict import Judge, LineVerdict

Holds = bool | Literal["open", "unsettled"]

#: Changes shown in a verdict.
MOST_CHANGES = 5


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One test of the wording and what the answers say of it.

    `quote` is the exact Japanese phrase; None where only a secondary source is named.
    """

    criterion: str
    holds: Holds
    fact: str
    answer: str | None
    quote: str | None
    document: str
    line: int | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """Answers that, set in place of the given ones, lead to another outcome."""

    answers: Mapping[str, str]
    outcome: OutcomeCode


def reasons(judge: Judge, line: Line) -> Iterator[Reason]:
    """Every test that bears on the line: of the entry first, then of each gate."""
    entry = next((e for e in judge.rules.technologies if e.id == line.technology), None)
    trees: list[tuple[str, Criterion]] = [(entry.id, entry.criteria)] if entry else []
    for gate in judge.rules.transaction.gate:
        tree = gate.covered_when or gate.excluded_when
        assert tree is not None
        trees.append((gate.ground, tree))
    primary = {doc.id for doc in judge.rules.documents if doc.kind in ("primary", "statute")}
    for name, tree in trees:
        for place, leaf, document, number in _placed(tree, name, "S0", None):
            assert leaf.fact is not None
            yield Reason(
                criterion=place,
                holds=leaf_state(judge.space, leaf, line),
                fact=leaf.fact,
                answer=line.answers.get(leaf.fact),
                quote=leaf.ja if document in primary else None,
                document=document,
                line=number,
            )


def leaf_state(space: Space, leaf: Criterion, line: Line) -> Holds:
    """Whether one test holds: settled, open (the answer leaves it open) or unsettled (the law does)."""
    assert leaf.fact is not None
    axis = space.axis(leaf.fact)
    cells = [axis.cells[index] for index in axis.read(line.answers.get(leaf.fact))]
    truths = [{leaf_holds(leaf, value, axis.fact.unit) for value in cell.values} for cell in cells]
    together = set().union(*truths)
    if len(together) == 1:
        return together.pop()
    return "unsettled" if len(cells) == 1 else "open"


def node_state(space: Space, node: Criterion, line: Line) -> Holds:
    """Whether a whole node holds, exactly: over every completion and interpretation of its facts."""
    names = facts_in(node)
    axes = [space.axis(name) for name in names]
    opened = [axis.read(line.answers.get(axis.fact.id)) for axis in axes]
    sets: set[frozenset[bool]] = set()
    for cells in product(*opened):
        choices = [axis.cells[i].values for axis, i in zip(axes, cells, strict=True)]
        sets.add(
            frozenset(
                holds(node, dict(zip(names, values, strict=True)), space.units)
                for values in product(*choices)
            )
        )
    if len(sets) > 1:
        return "open"
    only = next(iter(sets))
    return next(iter(only)) if len(only) == 1 else "unsettled"


def _placed(
    node: Criterion, place: str, document: str, number: int | None
) -> Iterator[tuple[str, Criterion, str, int | None]]:
    """The leaves with their place in the tree and the source inherited from above."""
    document = node.document or document
    number = node.line if node.line is not None else number
    if node.document and node.line is None:
        number = None
    if node.fact is not None:
        yield place, node, document, number
    for index, child in enumerate((*node.all, *node.any), 1):
        yield from _placed(child, f"{place}.{index}", document, number)


def changes(judge: Judge, line: Line, most: int | None = MOST_CHANGES) -> tuple[Change, ...]:
    """The changes of the fewest given answers that lead to another outcome, in authored order.

    A given answer is any but `unknown`; it can be changed to another option, to another region, or,
    if it is a range across a limit, be narrowed to one region. `most` None gives all of them.

    A smallest change alters, in each factor it touches, as few answers as that factor's new truth
    sets need: so it is enough to combine the smallest changes of each factor.
    """
    now = judge.outcome(line)
    given = _given(judge.space, line)
    factors = [_Alternatives(judge, line, given, names) for names in judge.factors(line)]
    for size in range(1, len(given) + 1):
        found = [
            Change(answers=_in_order(judge.space, answers), outcome=outcome)
            for answers in _combined(factors, size)
            if (outcome := judge.outcome(_changed(line, answers))) != now
        ]
        if found:
            order = {name: index for index, name in enumerate(judge.space.fact_ids)}
            found.sort(
                key=lambda change: [
                    (order[name], judge.space.axis(name).read(value))
                    for name, value in change.answers.items()
                ]
            )
            return tuple(found[:most])
    return ()


class _Alternatives:
    """The smallest changes of one factor's given answers to each of its possible truth sets."""

    def __init__(
        self,
        judge: Judge,
        line: Line,
        given: Mapping[str, tuple[str, ...]],
        names: tuple[str, ...],
    ) -> None:
        self.judge = judge
        self.line = line
        self.given = {name: given[name] for name in names if name in given}
        self.seen = {judge.contribution(line, names)}
        self.names = names
        self.sizes: list[list[dict[str, str]]] = [[{}]]

    def of(self, size: int) -> list[dict[str, str]]:
        """The changes of exactly this many answers that reach truth sets no smaller one reaches."""
        while len(self.sizes) <= size:
            fresh: list[dict[str, str]] = []
            reached = set()
            for chosen in combinations(self.given, len(self.sizes)):
                for values in product(*(self.given[name] for name in chosen)):
                    answers = dict(zip(chosen, values, strict=True))
                    kind = self.judge.contribution(_changed(self.line, answers), self.names)
                    if kind not in self.seen:
                        fresh.append(answers)
                        reached.add(kind)
            self.seen |= reached
            self.sizes.append(fresh)
        return self.sizes[size]


def _combined(factors: list[_Alternatives], size: int) -> Iterator[dict[str, str]]:
    """Changes of `size` answers in all, put together from each factor's smallest ones."""
    if not factors:
        if size == 0:
            yield {}
        return
    first, *others = factors
    for here in range(min(size, len(first.given)) + 1):
        alternatives = first.of(here)
        if alternatives:
            for rest in _combined(others, size - here):
                for answers in alternatives:
                    yield {**answers, **rest}


def _changed(line: Line, answers: Mapping[str, str]) -> Line:
    return Line(technology=line.technology, answers={**line.answers, **answers})


def _in_order(space: Space, answers: Mapping[str, str]) -> dict[str, str]:
    return {name: answers[name] for name in space.fact_ids if name in answers}


def _given(space: Space, line: Line) -> dict[str, tuple[str, ...]]:
    """The facts that are answered, in authored order, each with the answers it could change to."""
    given = {}
    for name in space.fact_ids:
        answer = line.answers.get(name)
        if answer is None or answer == UNKNOWN:
            continue
        axis = space.axis(name)
        present = axis.read(answer)
        given[name] = tuple(
            cell.id
            for index, cell in enumerate(axis.cells)
            if len(present) > 1 or index not in present
        )
    return given


def as_json(judge: Judge, situation: Situation) -> dict[str, Any]:
    """The verdict with its explanation, as the plain values of the public contract."""
    verdict = judge.judge(situation)
    return {
        "outcome": verdict.outcome,
        "possible": list(verdict.possible),
        "because": list(verdict.because),
        "missing": list(verdict.missing),
        "lines": [
            _line_as_json(judge, line, result)
            for line, result in zip(situation.lines, verdict.lines, strict=True)
        ],
        "list_version": judge.list_version.isoformat(),
        "engine": judge.rules.engine_sha256,
        "rules": judge.rules.rules_sha256,
    }


def _line_as_json(judge: Judge, line: Line, result: LineVerdict) -> dict[str, Any]:
    office = judge.division(line.technology)
    return {
        "technology": line.technology,
        "outcome": result.outcome,
        "possible": list(result.possible),
        "because": list(result.because),
        "missing": list(result.missing),
        "division": office
        and {
            "id": office[0].id,
            "name": {"ja": office[0].name.ja, "en": office[0].name.en},
            "basis": office[1],
        },
        "reasons": [
            {
                "criterion": reason.criterion,
                "fact": reason.fact,
                "holds": reason.holds,
                "answer": reason.answer,
                "quote": reason.quote,
                "source": {"document": reason.document, "line": reason.line},
            }
            for reason in reasons(judge, line)
        ],
        "changes": [
            {"set": dict(change.answers), "outcome": change.outcome}
            for change in changes(judge, line)
        ],
    }


def entry_of(judge: Judge, technology: str | None) -> Technology | None:
    """The listed entry with this id; None for `none`, `unknown` and no answer."""
    return next((e for e in judge.rules.technologies if e.id == technology), None)
