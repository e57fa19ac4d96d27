"""What the page of proofs tells of this build: its counts, its hashes and its worked cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from math import prod

from build_scripts import cases
from build_scripts.cases import Case
from decision_tree import verify
from decision_tree.model import Fact, Rules, Technology
from decision_tree.space import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much there is to be right or wrong about.

    `completions` are complete answer sets of the entries' own questions, added up over the entries;
    `transactions` those of the questions about the transaction and the stage of the contract. Every
    one of the former can meet every one of the latter. `partial` are the answer sets, unanswered and
    uncertain ones included, that `verify` judges and compares with the definitions.
    """

    entries: int
    facts: int
    options: int
    regions: int
    unsettled: int
    completions: int
    transactions: int
    partial: int
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The cases of one file: of an entry, or of a theme that has words of its own."""

    id: str
    technology: Technology | None
    cases: tuple[Case, ...]


@cache
def counts(rules: Rules) -> Counts:
    """The counts of these rules; nothing is judged."""
    space = Space(rules)
    own = [fact for entry in rules.technologies for fact in entry.fact]
    common = [*rules.transaction.fact, rules.stage]
    cells = [(fact, cell) for fact in (*own, *common) for cell in space.axis(fact.id).cells]
    return Counts(
        entries=len(rules.technologies),
        facts=len(own) + len(common),
        options=sum(fact.kind == "choice" for fact, _ in cells),
        regions=sum(fact.kind == "quantity" for fact, _ in cells),
        unsettled=sum(not cell.settled for _, cell in cells),
        completions=sum(_completions(space, entry.fact) for entry in rules.technologies),
        transactions=_completions(space, common),
        partial=verify.count(rules),
        cases=len(cases.load()),
    )


def themes(rules: Rules) -> tuple[Theme, ...]:
    """The cases by file: the entries in list order, then the other themes."""
    entries = {f"entry-{entry.number:02}-{entry.id}": entry for entry in rules.technologies}
    found = [
        Theme(id=f"cases-{name}", technology=entries.get(name), cases=tuple(group))
        for name, group in groupby(cases.load(), lambda case: case.theme)
    ]
    return tuple(sorted(found, key=lambda theme: theme.technology is None))


def _completions(space: Space, facts: Iterable[Fact]) -> int:
    return prod(len(space.axis(fact.id).cells) for fact in facts)
