"""What the verdict page shows, gathered from the verdict and the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from decision_tree.model import (
    Citation,
    Division,
    Document,
    Fact,
    Gate,
    Outcome,
    Technology,
    Text,
)
from decision_tree.situation import Line
from decision_tree.view.grounds import STATES, Marked, Marker, State, spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decision_tree.journey import Row, VerdictPage
    from decision_tree.view import View


@dataclass(frozen=True, kw_only=True)
class Unsettled:
    """A point the sources leave open: the answer given, the reason and its source."""

    label: str
    answer: str
    reason: Text
    source: Citation


@dataclass(frozen=True, kw_only=True)
class MarkedGate:
    """A gate with its marked wording."""

    gate: Gate
    tree: Marked


class LineParts:
    """One line of the verdict: a technology, and an act by which it goes abroad."""

    def __init__(self, view: View, number: int, line: Mapping[str, Any], page: VerdictPage) -> None:
        self.view = view
        self.index = number
        self.verdict = line
        self.answered: Line = page.situation.lines[number]
        self.technology: Technology | None = view.technologies.get(str(line["technology"]))
        self.marker = Marker(view.space, self.answered, line)

    @property
    def outcome(self) -> Outcome:
        return next(o for o in self.view.rules.outcomes if o.code == self.verdict["outcome"])

    @property
    def possible(self) -> list[str]:
        return [self.view.outcome_title(code) for code in self.verdict["possible"]]

    @property
    def missing(self) -> list[Fact]:
        return [self.view.facts[fact] for fact in self.verdict["missing"]]

    @property
    def because(self) -> list[Text]:
        texts = {ground.id: ground.text for ground in self.view.rules.grounds}
        return [texts[ground] for ground in self.verdict["because"]]

    @cached_property
    def definition(self) -> Marked | None:
        """The wording of the entry as a marked tree."""
        entry = self.technology
        return self.marker.tree(entry.id, entry.criteria) if entry else None

    @property
    def states(self) -> list[State]:
        """The marks that the definition shows, for its legend."""
        shown = {leaf.state for leaf in self.definition.leaves()} if self.definition else set()
        return [state for state in STATES if state in shown and state != "idle"]

    @cached_property
    def gates(self) -> list[MarkedGate]:
        """The gates that the answers say anything about."""
        found = []
        for gate in self.view.rules.transaction.gate:
            root = gate.covered_when or gate.excluded_when
            if root is None:
                continue
            tree = self.marker.tree(gate.ground, root)
            if tree.state != "idle":
                found.append(MarkedGate(gate=gate, tree=tree))
        return found

    def marked_passages(self, language: str) -> Iterator[tuple[tuple[str, Marked | None], ...]]:
        """The entry's sentence in pieces, each tested phrase with its mark."""
        if self.technology is None or self.definition is None:
            return
        leaves = [(getattr(leaf.criterion, language), leaf) for leaf in self.definition.leaves()]
        for passage in self.technology.definition:
            pieces = spans(getattr(passage, language), leaves)
            yield pieces
            used = {id(leaf) for _, leaf in pieces if leaf}
            leaves = [(phrase, leaf) for phrase, leaf in leaves if id(leaf) not in used]

    @property
    def unsettled(self) -> list[Unsettled]:
        """Each answer that the sources do not settle, with the reason given in the data."""
        points = []
        trees = [tree for tree in (self.definition, *(gate.tree for gate in self.gates)) if tree]
        doubtful = {
            leaf.fact for tree in trees for leaf in tree.leaves() if leaf.state == "unsettled"
        }
        for name, value in self.answered.answers.items():
            fact = self.view.facts[name]
            label, answer = self.view.text(fact.label), self.view.answer(fact, value)
            for option in fact.options:
                if option.id == value and len(option.may_be) > 1 and option.reason:
                    source = option.source or fact.source
                    if source:
                        points.append(
                            Unsettled(
                                label=label, answer=answer, reason=option.reason, source=source
                            )
                        )
            if fact.kind == "quantity" and name in doubtful:
                points += [
                    Unsettled(label=label, answer=answer, reason=band.reason, source=band.source)
                    for band in fact.bands
                ]
        return points

    @property
    def changes(self) -> list[tuple[list[tuple[str, list[str]]], str]]:
        """What would change the outcome: labels with values in words, and the outcome's name.

        Changes of one fact alone that lead to the same outcome are told together.
        """
        together: dict[tuple[tuple[str, ...], str], dict[str, list[str]]] = {}
        for number, change in enumerate(self.verdict["changes"]):
            names = tuple(change["set"])
            key = (names if len(names) == 1 else (*names, str(number)), change["outcome"])
            values = together.setdefault(key, {})
            for name, value in change["set"].items():
                answer = self.view.answer(self.view.facts[name], str(value))
                values.setdefault(name, []).append(answer)
        return [
            (
                [(self.view.text(self.view.facts[name].label), v) for name, v in values.items()],
                self.view.outcome_title(outcome),
            )
            for (_, outcome), values in together.items()
        ]

    @property
    def division(self) -> Division | None:
        given = self.verdict["division"]
        if given is None:
            return None
        return next(d for d in self.view.rules.divisions if d.id == given["id"])

    @property
    def remark(self) -> tuple[Text, Citation | None] | None:
        """What the chosen contract stage adds."""
        if self.outcome.code == "not-covered":
            return None
        given = self.answered.answers.get("stage")
        stage = next((o for o in self.view.rules.stage.options if o.id == given), None)
        return (stage.remark, stage.source) if stage and stage.remark else None


class VerdictParts:
    """The whole page: its lines, and what they have in common."""

    def __init__(self, view: View, page: VerdictPage) -> None:
        self.view = view
        self.verdict: Mapping[str, Any] = page.verdict
        self.rows: tuple[Row, ...] = page.rows
        self.lines = [
            LineParts(view, number, line, page) for number, line in enumerate(page.verdict["lines"])
        ]

    @property
    def outcome(self) -> Outcome:
        return next(o for o in self.view.rules.outcomes if o.code == self.verdict["outcome"])

    @property
    def cited(self) -> list[Document]:
        """The documents the page quotes, in the order of the register."""
        used = {step.source.document for step in self.outcome.step if step.source}
        for line in self.lines:
            used |= {point.source.document for point in line.unsettled}
            trees = [line.definition, *(gate.tree for gate in line.gates)]
            for tree in trees:
                if tree:
                    used |= {leaf.source.document for leaf in tree.leaves()}
            if line.remark and line.remark[1]:
                used.add(line.remark[1].document)
        return [d for d in self.view.rules.documents if d.id in used]
