"""The wording of an entry or gate with each phrase marked by what the verdict says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from decision_tree.explain import Holds, node_state
from decision_tree.model import Citation, Criterion
from decision_tree.situation import Line
from decision_tree.space import Space
from decision_tree.view.phrases import LIST_DOCUMENT, source_of

State = Literal["met", "not_met", "open", "unsettled", "idle"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A node of the wording with its state, and the answer it rests on if it tests a fact."""

    criterion: Criterion
    source: Citation
    state: State
    fact: str | None = None
    answer: str | None = None
    children: tuple[Marked, ...] = ()

    def leaves(self) -> Iterator[Marked]:
        """The nodes that test a fact."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


class Marker:
    """Marks trees by the reasons of one line of a verdict."""

    def __init__(self, space: Space, line: Line, verdict: Mapping[str, Any]) -> None:
        self.space = space
        self.line = line
        self.missing = frozenset(verdict["missing"])
        self.reasons = {str(reason["criterion"]): reason for reason in verdict["reasons"]}

    def tree(self, name: str, root: Criterion) -> Marked:
        """The tree under `root`; `name` is the entry or the ground the reasons name it by."""
        return self._node(name, root, Citation(document=LIST_DOCUMENT))

    def _node(self, place: str, node: Criterion, above: Citation) -> Marked:
        source = source_of(node, above)
        if node.fact is not None:
            reason = self.reasons[place]
            return Marked(
                criterion=node,
                source=source,
                state=self._state(reason["holds"], [node.fact]),
                fact=node.fact,
                answer=reason["answer"],
            )
        children = tuple(
            self._node(f"{place}.{index}", child, source)
            for index, child in enumerate((*node.all, *node.any), 1)
            if not self._nobody_s_answer(f"{place}.{index}", child)
        )
        if len(children) == 1:
            return children[0]
        facts = [leaf.fact for child in children for leaf in child.leaves() if leaf.fact]
        state = self._state(node_state(self.space, node, self.line), facts)
        if all(child.criterion.ja == node.ja for child in children):
            # One phrase encoded by several comparisons is one phrase to the reader.
            first = children[0]
            return Marked(
                criterion=node, source=source, state=state, fact=first.fact, answer=first.answer
            )
        return Marked(criterion=node, source=source, state=state, children=children)

    def _nobody_s_answer(self, place: str, node: Criterion) -> bool:
        """Whether a test only serves to read an unsettled answer that was not given."""
        if node.fact is None or not node.one_of or self.reasons[place]["holds"] is not False:
            return False
        offered = {cell.id for cell in self.space.axis(node.fact).cells}
        return not offered & set(node.one_of)

    def _state(self, holds: Holds, facts: Sequence[str]) -> State:
        """What is open without being missing does not matter to the result."""
        if holds == "open":
            return "open" if self.missing & set(facts) else "idle"
        if holds == "unsettled":
            return "unsettled"
        return "met" if holds else "not_met"


def spans(text: str, leaves: Sequence[tuple[str, Marked]]) -> tuple[tuple[str, Marked | None], ...]:
    """`text` cut into pieces: those that are the phrase of a leaf, and those between."""
    taken: list[tuple[int, int, Marked]] = []
    for phrase, leaf in sorted(leaves, key=lambda pair: -len(pair[0])):
        start = text.find(phrase) if phrase else -1
        while start >= 0 and any(
            start < right and start + len(phrase) > left for left, right, _ in taken
        ):
            start = text.find(phrase, start + 1)
        if start >= 0:
            taken.append((start, start + len(phrase), leaf))
    pieces: list[tuple[str, Marked | None]] = []
    at = 0
    for start, end, leaf in sorted(taken, key=lambda piece: piece[0]):
        pieces += [(text[at:start], None), (text[start:end], leaf)]
        at = end
    return tuple(piece for piece in (*pieces, (text[at:], None)) if piece[0])
