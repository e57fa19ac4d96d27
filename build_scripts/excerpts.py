"""What the pages show of the rules: limits in digits, the answers that meet a phrase, the acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from build_scripts.readings import filled_down
from build_scripts.wording import load_table
from decision_tree import quantity
from decision_tree.model import (
    Band,
    Citation,
    Criterion,
    Division,
    Fact,
    Gate,
    Language,
    Option,
    Rules,
    Technology,
)
from decision_tree.view import View
from decision_tree.view.phrases import LIST_DOCUMENT, Phrase, compared, phrases


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit of an entry: its phrase, the same in digits, and what it is a limit of."""

    phrase: Phrase
    digits: str
    fact: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers that meet a leaf, and the options that may or may not."""

    meets: tuple[Option, ...]
    open: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedRow:
    """A row of the published table of divisions: what its cell prints, and two ways to read it."""

    entry: Technology
    printed: Division | None
    filled_down: Division
    reading: Division

    @property
    def apart(self) -> bool:
        """Whether the two ways give different offices."""
        return self.filled_down != self.reading


class Excerpts:
    """The rules as the templates of one language ask for them."""

    def __init__(self, rules: Rules, language: Language) -> None:
        self.rules = rules
        self.language = language
        self.view = View(rules, language)
        self.examples: dict[str, Any] = load_table("acts")
        self.divisions = {division.id: division for division in rules.divisions}
        self.technologies = {technology.id: technology for technology in rules.technologies}

    def facts(self, technology: Technology) -> dict[str, Fact]:
        """The facts of an entry by id."""
        return {fact.id: fact for fact in technology.fact}

    def limits(self, technology: Technology) -> list[Limit]:
        """Every numeric limit of an entry, by fact in authored order."""
        return [
            Limit(phrase=phrase, digits=self.view.limit(fact, phrase), fact=fact)
            for fact in technology.fact
            for phrase in phrases(self.rules, technology, fact)
            if phrase.limits
        ]

    def digits(self, node: Criterion, facts: Mapping[str, Fact]) -> str:
        """What a phrase about a number asks, in digits; empty if it is about something else.

        "Not 0 degrees" is printed once and stored as two limits.
        """
        limits = node.any or (node,)
        if any(limit.ja != node.ja or not compared(limit) for limit in limits):
            return ""
        phrase = Phrase(
            ja=node.ja, en=node.en, source=Citation(document=LIST_DOCUMENT), limits=limits
        )
        return self.view.limit(facts[limits[0].fact or ""], phrase)

    def stretch(self, fact: Fact, band: Band) -> str:
        """An unsettled stretch of a quantity, in words."""
        unit = fact.unit or ""
        stretch = quantity.read(band.range, unit, quantity.Interval(None, None))
        return quantity.display(stretch, unit, self.language)

    def answers(self, leaf: Criterion, facts: Mapping[str, Fact]) -> Answers:
        """The options that meet a leaf of choices, and those the sources do not settle."""
        options = facts[leaf.fact or ""].options
        values = set(leaf.one_of)
        read_as = {option.id: set(option.may_be) or {option.id} for option in options}
        return Answers(
            meets=tuple(o for o in options if read_as[o.id] <= values),
            open=tuple(o for o in options if read_as[o.id] & values and read_as[o.id] - values),
        )

    def transaction_facts(self) -> dict[str, Fact]:
        """The facts of the transaction by id."""
        return {fact.id: fact for fact in self.rules.transaction.fact}

    def acts(self) -> dict[str, list[Option]]:
        """The acts by what the gate of transactions says of them alone."""
        gate = next(g for g in self.rules.transaction.gate if g.covered_when)
        groups: dict[str, list[Option]] = {"named": [], "dependent": [], "outside": [], "open": []}
        for option in self.transaction_facts()["act"].options:
            result = holds(gate.covered_when, "act", option.id) if gate.covered_when else None
            name = {True: "named", None: "dependent", False: "outside"}[result]
            groups["open" if option.may_be else name].append(option)
        return groups

    def primary(self, gate: Gate) -> bool:
        """Whether a gate that excludes stands in the published material itself."""
        root = gate.excluded_when
        return bool(root and root.line and not root.document)

    def effect(self, option: Option, leaf: Criterion) -> str:
        """What an answer does at a gate that excludes: "outside", "goes_on" or "open"."""
        read_as = set(option.may_be) or {option.id}
        if read_as <= set(leaf.one_of):
            return "outside"
        return "open" if read_as & set(leaf.one_of) or len(read_as) > 1 else "goes_on"

    def technologies_of(self, division: str) -> list[Technology]:
        """The entries in the charge of a division."""
        return [t for t in self.rules.technologies if t.division.id == division]

    def printed_rows(self) -> list[PrintedRow]:
        """The table of divisions row by row, as it is printed and as it is read."""
        above = filled_down(self.rules)
        return [
            PrintedRow(
                entry=t,
                printed=self.divisions[t.division.id] if t.division.basis == "printed" else None,
                filled_down=self.divisions[above[t.id]],
                reading=self.divisions[t.division.id],
            )
            for t in self.rules.technologies
        ]

    def used_by(self, line: int) -> list[Technology]:
        """The entries whose wording stands on a line."""
        return [t for t in self.rules.technologies if any(p.line == line for p in t.definition)]


def holds(criterion: Criterion, fact: str, value: str) -> bool | None:
    """Whether a tree holds when only one fact is known; None if that depends on others."""
    if criterion.fact:
        return value in criterion.one_of if criterion.fact == fact else None
    results = [holds(branch, fact, value) for branch in criterion.all + criterion.any]
    decisive = bool(criterion.any)
    if decisive in results:
        return decisive
    return None if None in results else not decisive
