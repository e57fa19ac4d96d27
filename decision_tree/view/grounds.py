"""The wording of an entry or gate with each phrase marked by the verdict's reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from decision_tree.model import Citation, Criterion
from decision_tree.view.phrases import LIST_DOCUMENT

State = Literal["met", "not_met", "open", "unsettled", "idle"]
Reason = Mapping[str, Any]

_STATE: dict[object, State] = {
    True: "met",
    False: "not_met",
    "open": "open",
    "unsettled": "unsettled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A node of the wording with its state, and the answer it rests on if it tests a fact."""

    criterion: Criterion
    source: Citation
    state: State
    answer: str | None = None
    children: tuple[Marked, ...] = ()

    @property
    def joint(self) -> str:
        return "any" if self.criterion.any else "all"

    def leaves(self) -> Iterator[Marked]:
        """The nodes that test a fact."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


def marked(root: Criterion, reasons: Sequence[Reason]) -> Marked:
    """The tree under `root`, each leaf with the reason that quotes its phrase."""
    by_quote: dict[str, list[Reason]] = {}
    for reason in reasons:
        by_quote.setdefault(str(reason["quote"]), []).append(reason)
    return _marked(root, Citation(document=LIST_DOCUMENT), by_quote)


def spans(text: str, leaves: Sequence[tuple[str, Marked]]) -> tuple[tuple[str, Marked | None], ...]:
    """`text` cut into pieces: those that are the phrase of a leaf, and those between."""
    taken: list[tuple[int, int, Marked]] = []
    for phrase, leaf in sorted(leaves, key=lambda pair: -len(pair[0])):
        start = text.find(phrase) if phrase else -1
        end = start + len(phrase)
        if start >= 0 and all(end <= left or start >= right for left, right, _ in taken):
            taken.append((start, end, leaf))
    pieces: list[tuple[str, Marked | None]] = []
    at = 0
    for start, end, leaf in sorted(taken, key=lambda piece: piece[0]):
        pieces += [(text[at:start], None), (text[start:end], leaf)]
        at = end
    return tuple(piece for piece in (*pieces, (text[at:], None)) if piece[0])


def _marked(node: Criterion, above: Citation, by_quote: dict[str, list[Reason]]) -> Marked:
    source = Citation(document=node.document or above.document, line=node.line or above.line)
    children = tuple(_marked(child, source, by_quote) for child in (*node.all, *node.any))
    if children and all(child.criterion.ja == node.ja for child in children):
        # One phrase encoded by several comparisons is one phrase to the reader.
        state = _joined([child.state for child in children], any_of=bool(node.any))
        return Marked(criterion=node, source=source, state=state, answer=children[0].answer)
    if children:
        state = _joined([child.state for child in children], any_of=bool(node.any))
        return Marked(criterion=node, source=source, state=state, children=children)
    waiting = by_quote.get(node.ja, [])
    reason = waiting.pop(0) if len(waiting) > 1 else next(iter(waiting), None)
    if reason is None:
        return Marked(criterion=node, source=source, state="idle")
    answer = reason.get("answer")
    return Marked(
        criterion=node,
        source=source,
        state=_STATE[reason["holds"]],
        answer=None if answer is None else str(answer),
    )


def _joined(states: Sequence[State], *, any_of: bool) -> State:
    """The state of a group. Weaker than the engine, which also sees facts that occur twice."""
    decided: State = "met" if any_of else "not_met"
    if decided in states:
        return decided
    for weak in ("open", "unsettled"):
        if weak in states:
            return weak
    if "idle" in states:
        return "idle"
    return "not_met" if any_of else "met"
