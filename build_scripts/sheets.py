"""The words of the decision sheets: steps, answers and ends as the templates of one language ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from build_scripts.static_walk import Answer, End, Step, Walk
from build_scripts.wording import Wording, fill, load_words
from decision_tree import quantity
from decision_tree.model import (
    URGENCY,
    Citation,
    Fact,
    GroundText,
    Language,
    Option,
    Outcome,
    Rules,
    Text,
)
from decision_tree.quantity import Interval
from decision_tree.space import Axis, Space
from decision_tree.view.phrases import Phrase, phrases

#: What follows where the technology is not within an entry, or is none of the 19.
NOT_THIS_TECHNOLOGY = End(code="not-covered", grounds=("technology",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A remark under an answer, with its source."""

    head: str
    text: Text
    source: Citation | None


class Sheet:
    """The sheets of one language."""

    def __init__(self, rules: Rules, language: Language, space: Space) -> None:
        self.rules = rules
        self.language = language
        self.words: dict[str, Any] = load_words(language, "sheet")
        self.wording = Wording(language=language)
        self.colon = "：" if language == "ja" else ": "
        self.comma = "、" if language == "ja" else ", "
        self._owner = space.owner
        self._documents = {document.id: document for document in rules.documents}
        self._listed = self._listed_words()

    def text(self, text: Text) -> str:
        """A text of the data; the day since when the list holds an entry is written out."""
        return text.of(self.language).replace("{listed}", self._listed)

    def numbers(self, names: Iterable[str]) -> str:
        """The names of steps in a row."""
        numbers = [fill(self.words["step"]["place"], name=name) for name in names]
        return self.comma.join(numbers)

    def goal(self, to: Step | End) -> str:
        """Where an answer leads, in words."""
        if isinstance(to, Step):
            return fill(self.words["step"]["goal"], name=to.name)
        if to.code in {"A", "B", "C", "D"}:
            return str(self.words["end"][f"{to.code.lower()}_short"])
        return f"{self.words['end']['result']}{self.colon}{self.short(to)}"

    def short(self, end: End) -> str:
        """An outcome in a few words."""
        titles = {gate.ground: gate.title for gate in self.rules.transaction.gate}
        grounds = [
            titles.get(ground, self.rules.scheme.technology_question.label).of(self.language)
            for ground in end.grounds
        ]
        return fill(self.words["outcome"][end.code], ground=self.comma.join(grounds))

    def label(self, step: Step, answer: Answer) -> str:
        """An option as it stands in the questionnaire, or regions of a quantity in words."""
        if option := self.option(step, answer):
            return self.text(option.label)
        unit = step.fact.unit or ""
        shown = (
            quantity.display(stretch, unit, self.language, step.axis.domain)
            for stretch in stretches(step.axis, answer.cells)
        )
        return str(self.words["step"]["or"]).join(shown)

    def option(self, step: Step, answer: Answer) -> Option | None:
        """The option that an answer is; None for a quantity."""
        return step.fact.options[answer.cells[0]] if step.fact.kind == "choice" else None

    def notes(self, step: Step, answer: Answer) -> Iterator[Note]:
        """Why an answer is not settled, and what to bear in mind with it."""
        unsettled = str(self.words["step"]["reason"])
        if option := self.option(step, answer):
            if option.reason:
                yield Note(head=unsettled, text=option.reason, source=option.source)
            if option.remark:
                yield Note(head="", text=option.remark, source=option.source)
            return
        unit = step.fact.unit or ""
        for band in step.fact.bands:
            stretch = quantity.read(band.range, unit, step.axis.domain)
            if any(not s.meet(stretch).empty for s in stretches(step.axis, answer.cells)):
                yield Note(head=unsettled, text=band.reason, source=band.source)

    def phrases(self, fact: Fact) -> tuple[Phrase, ...]:
        """The official phrases that a fact decides."""
        return phrases(self.rules, self._owner.get(fact.id), fact)

    def secondary(self, source: Citation) -> bool:
        """Whether a citation settles nothing."""
        return self._documents[source.document].kind == "secondary"

    def quantities(self, walk: Walk) -> bool:
        """Whether a sheet asks for a number."""
        return any(step.fact.kind == "quantity" for step in walk.steps)

    def outcome(self, end: End) -> Outcome:
        """What an end says and what to do then."""
        return next(outcome for outcome in self.rules.outcomes if outcome.code == end.code)

    def grounds(self, end: End) -> list[GroundText]:
        """Why an end is "not covered"."""
        texts = {ground.id: ground for ground in self.rules.grounds}
        return [texts[ground] for ground in end.grounds]

    @staticmethod
    def ordered(ends: Iterable[End]) -> list[End]:
        """Ends in the order of their letters, or the most urgent outcome first."""
        order: tuple[str, ...] = ("A", "B", "C", "D", *URGENCY)
        return sorted(ends, key=lambda end: (order.index(end.code), end.grounds))

    def _listed_words(self) -> str:
        """The first day on which the list is known to hold an entry: "A (B for 11 to 19)"."""
        words = self.words["transaction"]
        days: dict[Any, list[int]] = {}
        for entry in self.rules.technologies:
            days.setdefault(entry.listed, []).append(entry.number)
        first, *others = sorted(days)
        shown = [
            fill(
                words["listed_other"],
                numbers=self.comma.join(_runs(days[day], words["numbers"])),
                date=self.wording.day(day),
            )
            for day in others
        ]
        if not shown:
            return self.wording.day(first)
        return fill(words["listed"], first=self.wording.day(first), others=self.comma.join(shown))


def stretches(axis: Axis, cells: Iterable[int]) -> list[Interval]:
    """The regions of a quantity, neighbours joined."""
    joined: list[Interval] = []
    last = None
    for cell in cells:
        region = axis.cells[cell].interval
        assert region is not None
        if last is not None and cell == last + 1:
            before = joined.pop()
            region = Interval(before.low, region.high, before.low_closed, region.high_closed)
        joined.append(region)
        last = cell
    return joined


def _runs(numbers: list[int], words: str) -> Iterator[str]:
    """Numbers that follow on each other as "11 to 19"."""
    breaks = [i for i, (a, b) in enumerate(pairwise(numbers), 1) if b != a + 1]
    for start, end in pairwise([0, *breaks, len(numbers)]):
        run = numbers[start:end]
        yield str(run[0]) if len(run) == 1 else fill(words, first=run[0], last=run[-1])
