"""The definitions of a verdict, applied literally: what `verify` holds the engine against.

An open fact is split into its cells until a completion is left; the truth values of its
interpretations are gathered. Nothing of how `verdict.py` does it (factors, pairs, caches) is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from decision_tree import quantity
from decision_tree.model import Criterion, OutcomeCode
from decision_tree.quantity import Interval
from decision_tree.space import Axis, Space, Value, facts_in, holds

#: Answers of one side, by fact id; a fact that is absent is unanswered.
Answers = Mapping[str, str]
#: The truth values that the interpretations of one completion have.
Truths = frozenset[bool]


class Side:
    """One side of the decision by definition: its facts, and its truth in every completion."""

    def __init__(
        self, space: Space, names: Sequence[str], true: Callable[[Mapping[str, Value]], bool]
    ) -> None:
        self.axes = [space.axis(name) for name in names]
        self.index = {name: position for position, name in enumerate(names)}
        self.truths: dict[tuple[int, ...], Truths] = {}
        for cells in product(*(axis.everything for axis in self.axes)):
            readings = product(
                *(axis.cells[i].values for axis, i in zip(self.axes, cells, strict=True))
            )
            self.truths[cells] = frozenset(
                true(dict(zip(names, values, strict=True))) for values in readings
            )
        self._sets: dict[tuple[tuple[int, ...], ...], frozenset[Truths]] = {}
        self._pairs: dict[object, frozenset[tuple[Truths, Truths]]] = {}

    def cells(self, answers: Answers) -> tuple[tuple[int, ...], ...]:
        """For each fact the cells that the answers leave open."""
        return tuple(axis.read(answers.get(axis.fact.id)) for axis in self.axes)

    def sets(self, cells: tuple[tuple[int, ...], ...]) -> frozenset[Truths]:
        """The truth sets of all completions: an open fact is split until none is open."""
        if cells not in self._sets:
            split = next((i for i, opened in enumerate(cells) if len(opened) > 1), None)
            if split is None:
                found = frozenset({self.truths[tuple(opened[0] for opened in cells)]})
            else:
                found = frozenset().union(
                    *(self.sets((*cells[:split], (i,), *cells[split + 1 :])) for i in cells[split])
                )
            self._sets[cells] = found
        return self._sets[cells]

    def pairs(
        self, cells: tuple[tuple[int, ...], ...], fact: int
    ) -> frozenset[tuple[Truths, Truths]]:
        """Truth sets of two completions that differ in this fact alone."""
        key = (cells, fact)
        if key not in self._pairs:
            split = next(
                (i for i, opened in enumerate(cells) if len(opened) > 1 and i != fact), None
            )
            if split is None:
                ends = [
                    self.truths[
                        tuple(i if k == fact else opened[0] for k, opened in enumerate(cells))
                    ]
                    for i in cells[fact]
                ]
                found = frozenset((one, other) for one in ends for other in ends if one != other)
            else:
                found = frozenset().union(
                    *(
                        self.pairs((*cells[:split], (i,), *cells[split + 1 :]), fact)
                        for i in cells[split]
                    )
                )
            self._pairs[key] = found
        return self._pairs[key]

    def pairs_by_fact(
        self, cells: tuple[tuple[int, ...], ...]
    ) -> dict[str, frozenset[tuple[Truths, Truths]]]:
        """The pairs of every fact that these cells leave open."""
        return {
            name: self.pairs(cells, position)
            for name, position in self.index.items()
            if len(cells[position]) > 1
        }


def outcome_by_definition(entry: Truths, transaction: Truths, after: OutcomeCode) -> OutcomeCode:
    """The outcome of a completion, by definition: its interpretations agree, or it is `consult`."""
    outcomes: set[OutcomeCode] = {
        after if one and other else "not-covered" for one in entry for other in transaction
    }
    return outcomes.pop() if len(outcomes) == 1 else "consult"


def spans(axis: Axis) -> list[str]:
    """Ranges over two or more neighbouring regions, but not over all."""
    if axis.fact.unit is None:
        return []
    spans = []
    for low in range(len(axis.cells)):
        for high in range(low + 1, len(axis.cells)):
            if high - low + 1 == len(axis.cells):
                continue
            first, last = axis.cells[low].interval, axis.cells[high].interval
            assert first is not None
            assert last is not None
            whole = Interval(first.low, last.high, first.low_closed, last.high_closed)
            text = quantity.canonical(whole, axis.fact.unit, axis.domain)
            if axis.read(text) != tuple(range(low, high + 1)):
                raise AssertionError(f"{axis.fact.id}: {text} is not read as its span")
            spans.append(text)
    return spans


def without_one_node(node: Criterion) -> Iterator[tuple[str, Criterion]]:
    """The tree less one node, for every node that stands among others."""
    children = node.all or node.any

    def with_children(changed: tuple[Criterion, ...]) -> Criterion:
        return replace(node, all=changed) if node.all else replace(node, any=changed)

    for index, child in enumerate(children):
        before, after = children[:index], children[index + 1 :]
        if len(children) > 1:
            yield child.ja, with_children((*before, *after))
        for place, smaller in without_one_node(child):
            yield place, with_children((*before, smaller, *after))


def alike_beyond_the_options(space: Space, one: Criterion, other: Criterion) -> bool:
    """Whether two trees agree also where a choice has a value that is none of its options."""
    names = facts_in(one)
    values = [
        [value for cell in space.axis(name).cells for value in cell.values]
        + (["none of the options"] if space.axis(name).fact.kind == "choice" else [])
        for name in names
    ]
    return all(
        holds(one, reading, space.units) == holds(other, reading, space.units)
        for chosen in product(*values)
        for reading in [dict(zip(names, chosen, strict=True))]
    )
