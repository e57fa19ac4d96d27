"""The two registers as their pages show them: how the source was read, and what of it is encoded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from build_scripts import coverage
from build_scripts.readings import Reading, Unsettled, offices_apart, register
from build_scripts.record import Record, read_record
from build_scripts.wording import load_words
from decision_tree.model import Fact, Language, Rules, Text

#: The kinds of readings, in the order of the page.
KINDS = ("grammar", "scope", "acts", "division", "damage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A stretch of a line: its words, what stands for it, and the question that asks it."""

    words: str
    limiting: bool
    by: str
    reason: Text | None
    fact: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A limiting line and its stretches, particles and marks left out."""

    number: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many limiting words the lines hold, and what stands for them."""

    words: int
    encoded: int
    reasoned: int
    orphans: int


class Registers:
    """What the pages `/readings/` and `/coverage/` ask for, in one language."""

    def __init__(self, rules: Rules, language: Language) -> None:
        self.rules = rules
        self.words = load_words(language, "registers")

    @cached_property
    def register(self) -> coverage.Register:
        """The reasons for what is not encoded."""
        return coverage.load_register()

    @cached_property
    def record(self) -> Record:
        """The record of the document that is accounted for."""
        return read_record()[coverage.DOCUMENT]

    def readings(self, kind: str) -> list[Reading]:
        """The readings of one kind, as written."""
        return [r for r in register(self.rules).readings if r.kind == kind]

    @cached_property
    def unsettled(self) -> tuple[Unsettled, ...]:
        """Every unsettled option and stretch of the data."""
        return register(self.rules).unsettled

    @cached_property
    def outcomes(self) -> dict[str, Text]:
        """The titles of the outcomes."""
        return {outcome.code: outcome.title for outcome in self.rules.outcomes}

    @cached_property
    def offices_apart(self) -> str:
        """The numbers of the entries whose division depends on how empty cells are read."""
        comma: str = self.words["reading"]["comma"]
        return comma.join(str(t.number) for t in offices_apart(self.rules))

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every limiting line that has text."""
        found = coverage.claims(self.rules, self.record, self.register)
        return tuple(
            Line(number=number, rows=tuple(self._rows(number, found)))
            for number in coverage.LIMITING
            if self.record.text.get(number, "").strip()
        )

    @cached_property
    def parts(self) -> tuple[coverage.Part, ...]:
        """The other lines, in groups."""
        return self.register.parts

    @cached_property
    def count(self) -> Count:
        """The limiting words by what stands for them."""
        tally = {"encoded": 0, "reasoned": 0, "orphans": 0}
        for line in self.lines:
            for row in line.rows:
                times = len(coverage.LIMITING_WORDS.findall(row.words))
                coded = row.by in ("leaf", "join", "division")
                name = "orphans" if row.by == "orphan" else "encoded" if coded else "reasoned"
                tally[name] += times
        return Count(words=sum(tally.values()), **tally)

    def _rows(self, number: int, found: list[coverage.Claim]) -> list[Row]:
        reasons = self.register.reasons
        labels = {fact.id: fact.label for fact in self._facts()}
        rows = []
        for stretch in coverage.stretches(number, self.record, found):
            claim = stretch.claim
            if claim is None and not stretch.orphan:
                continue
            by = claim.by if claim else "orphan"
            rows.append(
                Row(
                    words=stretch.text.replace("**", ""),
                    limiting=bool(coverage.LIMITING_WORDS.search(stretch.text)),
                    by=by if by in ("leaf", "join", "division", "orphan") else "reason",
                    reason=reasons[by].text if by in reasons else None,
                    fact=labels.get(claim.fact or "") if claim else None,
                )
            )
        return rows

    def _facts(self) -> list[Fact]:
        own = [fact for entry in self.rules.technologies for fact in entry.fact]
        scheme = self.rules.scheme.technology_question
        return [*own, *self.rules.transaction.fact, self.rules.stage, scheme]
