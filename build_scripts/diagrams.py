"""The pictures of the pages: the flow of the scheme, one case in time, limits on a line, criteria as a tree.

Each has its twin in words on the same page; both are made from the same data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from markupsafe import Markup

from build_scripts.drawing import SIZES, WIDTH, Sheet, em, height, lines
from build_scripts.excerpts import Excerpts, Limit
from build_scripts.wording import fill, load_words
from decision_tree import quantity
from decision_tree.model import Criterion, Fact, Technology
from decision_tree.quantity import Interval
from decision_tree.space import leaf_holds, leaves, limit_of
from decision_tree.view.phrases import compared

State = Literal["in", "out", "open"]

_PAD = 9
_INDENT = 22
_GAP = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A number at which a line is cut, and whether that number itself meets the condition."""

    value: Decimal
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The line of a quantity cut at `cuts`; `stretches` lie between and outside them."""

    cuts: tuple[Cut, ...]
    stretches: tuple[State, ...]


class Diagrams:
    """The pictures in one language."""

    def __init__(self, law: Excerpts) -> None:
        self.law = law
        self.language = law.language
        self.words = load_words(law.language, "diagrams")
        self.steps = _in_order(self.words["flow"]["step"])
        self.events = _in_order(self.words["timeline"]["event"])

    def flow(self) -> Markup:
        """The scheme from early consultation to its two ends."""
        *way, settled, inform = self.steps
        sheet = Sheet()
        y = 1.0
        for step in way:
            if step is not way[0]:
                sheet.arrow((WIDTH / 2, y), (WIDTH / 2, y + _GAP))
                y += _GAP
            y = self._card(sheet, 1, y, WIDTH - 2, step)
        half = (WIDTH - 14) / 2
        ends = ((1.0, settled), (half + 13, inform))
        labels = [lines(step["when"], half - 16, "small") for _, step in ends]
        below = y + 30 + max(height(len(label), "small") for label in labels)
        tall = max(self._tall(step, half) for _, step in ends)
        for (x, step), label in zip(ends, labels, strict=True):
            middle = x + half / 2
            sheet.path("way", (WIDTH / 2, y), (WIDTH / 2, y + 8), (middle, y + 8))
            sheet.text(middle, y + 11, label, "small", anchor="middle")
            sheet.arrow((middle, below - 16), (middle, below))
            self._card(sheet, x, below, half, step, tall)
        return sheet.svg("flow", self.words["flow"]["title"], self.words["flow"]["description"])

    def timeline(self) -> Markup:
        """One case from the first thought to the contract, from top to bottom."""
        words = self.words["timeline"]
        sheet = Sheet()
        rail, left = 12, 34
        y = 4.0
        dots: list[float] = []
        for event in self.events:
            if event["span"]:
                rows = lines(event["span"], WIDTH - left - 8, "strong")
                y = sheet.text(left + 8, y + 4, rows, "strong", kind="span") + 14
            dots.append(y + 10)
            y = sheet.text(left, y, lines(event["name"], WIDTH - left, "strong"), "strong")
            y = sheet.text(left, y, lines(event["text"], WIDTH - left, "small"), "small") + 16
        for one, other, event in zip(dots, dots[1:], self.events[1:], strict=False):
            sheet.path("rail", (rail, one), (rail, other))
            if event["within"]:
                sheet.path("yardstick", (rail, one), (rail, other))
        for at, event in zip(dots, self.events, strict=True):
            sheet.dot(rail, at, f"event {event['kind']}", 8)
        return sheet.svg("timeline", words["title"], words["description"])

    def limit(self, limit: Limit, number: int) -> Markup:
        """A limit on the line of its quantity: what meets it, what does not, what is not settled."""
        words = self.words["limit"]
        scale = scale_of(limit)
        sheet = Sheet()
        first, last = 8.0, WIDTH - 8.0
        count = len(scale.cuts)
        step = (WIDTH - 168) / max(count - 1, 1)
        at = [WIDTH / 2] if count == 1 else [84 + step * place for place in range(count)]
        y = 38.0
        for low, high, state in zip([first, *at], [*at, last], scale.stretches, strict=True):
            sheet.text((low + high) / 2, 4, [words[state]], "small", anchor="middle", kind=state)
            if state == "out":
                sheet.path("line-out", (low, y), (high, y))
            else:
                sheet.box(low, y - 6, high - low, 12, f"line-{state}")
        for x, cut in zip(at, scale.cuts, strict=True):
            sheet.dot(x, y, f"point {cut.state}", 7)
            sheet.text(x, y + 12, [self._shown(limit, cut.value)], "strong", anchor="middle")
            exactly = words["exactly"][cut.state]
            sheet.text(x, y + 32, [exactly], "small", anchor="middle")
        title = fill(words["title"], fact=limit.fact.label.of(self.language), digits=limit.digits)
        return sheet.svg(f"limit-{number}", title, self._in_words(limit, scale))

    def tree(self, technology: Technology) -> Markup:
        """The criteria of an entry as boxes joined by "and" and "or"."""
        words = self.words["tree"]
        sheet = Sheet()
        facts = self.law.facts(technology)
        self._node(sheet, technology.criteria, facts, 1, 1)
        return sheet.svg(
            "tree",
            fill(words["title"], name=technology.name.of(self.language)),
            words["description"],
        )

    def _card(
        self,
        sheet: Sheet,
        x: float,
        y: float,
        width: float,
        step: Mapping[str, Any],
        tall: float | None = None,
    ) -> float:
        """A step as a box; returns where it ends."""
        tall = tall or self._tall(step, width)
        sheet.box(x, y, width, tall, f"step {step['kind']}")
        inner = width - 2 * _PAD
        below = sheet.text(x + _PAD, y + 7, lines(_title(step), inner, "strong"), "strong")
        sheet.text(x + _PAD, below + 1, lines(step["text"], inner, "small"), "small")
        return y + tall

    @staticmethod
    def _tall(step: Mapping[str, Any], width: float) -> float:
        inner = width - 2 * _PAD
        return (
            height(len(lines(_title(step), inner, "strong")), "strong")
            + height(len(lines(step["text"], inner, "small")), "small")
            + 17
        )

    def _node(
        self, sheet: Sheet, node: Criterion, facts: Mapping[str, Fact], x: float, y: float
    ) -> float:
        """A criterion and what is below it; returns where it ends."""
        branches = node.all + node.any
        text, kind = self._leaf(node, facts)
        if text or len(branches) == 1:
            if not text:
                text, kind = self._leaf(branches[0], facts)
            rows = lines(text, WIDTH - x - 1 - 2 * _PAD)
            tall = height(len(rows)) + 10
            sheet.box(x, y, WIDTH - x - 1, tall, f"leaf {kind}")
            sheet.text(x + _PAD, y + 4, rows)
            return y + tall
        joined = "all" if node.all else "any"
        words = self.words["tree"]
        y = sheet.text(x, y, lines(node_text(node, self.language), WIDTH - x), "small") + 3
        pill = em(words[joined]) * SIZES["strong"] + 2 * _PAD
        sheet.box(x, y, pill, 24, f"join {joined}")
        sheet.text(x + pill / 2, y + 1.5, [words[joined]], "strong", anchor="middle")
        y += 24
        start, elbow = y, y
        for branch in branches:
            if branch is branches[0]:
                y += 8
            else:
                between = [words[f"{joined}_between"]]
                sheet.text(x + _INDENT, y + 1, between, "small", kind="between")
                y += 21
            elbow = y + 12
            sheet.path(f"rail {joined}", (x + 9, elbow), (x + _INDENT, elbow))
            y = self._node(sheet, branch, facts, x + _INDENT, y)
        sheet.path(f"rail {joined}", (x + 9, start), (x + 9, elbow))
        return y

    def _leaf(self, node: Criterion, facts: Mapping[str, Fact]) -> tuple[str, str]:
        """What stands in the box of a test, and its kind; empty for a node that only joins."""
        colon = self.words["tree"]["colon"]
        if digits := self.law.digits(node, facts):
            fact = facts[next(leaves(node)).fact or ""]
            return f"{fact.label.of(self.language)}{colon}{digits}", "met"
        if not node.fact:
            return "", ""
        answers = self.law.answers(node, facts)
        if answers.meets:
            return node_text(node, self.language), "met"
        either = self.words["tree"]["either"]
        open_ = either.join(option.label.of(self.language) for option in answers.open)
        return f"{open_}{colon}{self.words['limit']['open']}", "open"

    def _shown(self, limit: Limit, value: Decimal) -> str:
        return quantity.display(Interval(value, value), limit.fact.unit or "", self.language)

    def _in_words(self, limit: Limit, scale: Scale) -> str:
        """The line from its low end to its high end, in words."""
        words = self.words["limit"]
        unit = limit.fact.unit or ""
        ends = [None, *(cut.value for cut in scale.cuts), None]
        found = []
        for index, state in enumerate(scale.stretches):
            stretch = Interval(ends[index], ends[index + 1], False, False)
            shown = quantity.display(stretch, unit, self.language)
            found.append(fill(words["said"], what=shown, state=words[state]))
            if index < len(scale.cuts):
                cut = scale.cuts[index]
                shown = self._shown(limit, cut.value)
                found.append(fill(words["said"], what=shown, state=words[cut.state]))
        return str(words["stop"]).join(found) + str(words["stop"]).strip()


def scale_of(limit: Limit) -> Scale:
    """Where the numbers of a limit meet it, from low to high, unsettled stretches included."""
    unit = limit.fact.unit or ""
    bands = [
        (
            quantity.read(band.range, unit, Interval(None, None)),
            [limit_of(value, unit) for value in band.may_be],
        )
        for band in limit.fact.bands
    ]
    tests = limit.phrase.limits
    values = {limit_of(compared(test) or "", unit) for test in tests}
    values |= {end for band, _ in bands for end in (band.low, band.high) if end is not None}
    cuts = sorted(values)

    def state(value: Decimal) -> State:
        read_as = next((may_be for band, may_be in bands if value in band), [value])
        met = {any(leaf_holds(test, one, unit) for test in tests) for one in read_as}
        return "open" if len(met) > 1 else "in" if met == {True} else "out"

    ends = zip([None, *cuts], [*cuts, None], strict=True)
    between = [Interval(low, high, False, False) for low, high in ends]
    return Scale(
        cuts=tuple(Cut(value=value, state=state(value)) for value in cuts),
        stretches=tuple(state(stretch.sample()) for stretch in between),
    )


def node_text(node: Criterion, language: str) -> str:
    """The phrase a node encodes."""
    return node.ja if language == "ja" else node.en


def _title(step: Mapping[str, Any]) -> str:
    return f"{step['mark']} {step['name']}" if step["mark"] else str(step["name"])


def _in_order(table: Mapping[str, Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    blanks = {"mark": "", "when": "", "span": "", "within": False}
    return tuple({"id": name, **blanks, **step} for name, step in table.items())
