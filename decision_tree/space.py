"""The answer space: every fact cut into finitely many cells, and the criteria tested on them.

A cell is an option of a choice or a region of a quantity between two limits of the law. The values
of a cell are its interpretations: one for a settled cell, several for an unsettled one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property

from decision_tree import quantity
from decision_tree.model import Criterion, Fact, Rules, Technology
from decision_tree.quantity import Interval, QuantityError

Value = str | Decimal
UNKNOWN = "unknown"
NONE = "none"


class AnswerError(ValueError):
    """An answer that cannot be used; `ja` and `en` say what is wrong and how to mend it."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja = ja
        self.en = en


@dataclass(frozen=True)
class Cell:
    """One option or region: its id (an option id, or a range that reads back) and its values."""

    id: str
    values: tuple[Value, ...]
    interval: Interval | None = None

    @property
    def settled(self) -> bool:
        return len(self.values) == 1


@dataclass(frozen=True)
class Axis:
    """A fact and its cells, in authored order (quantities from low to high)."""

    fact: Fact
    cells: tuple[Cell, ...]
    domain: Interval | None = None

    @cached_property
    def everything(self) -> tuple[int, ...]:
        """The indexes of all cells: what an unknown answer leaves open."""
        return tuple(range(len(self.cells)))

    def read(self, answer: str | None) -> tuple[int, ...]:
        """The indexes of the cells that `answer` admits: one if it is known, several if open.

        Raises AnswerError if the answer is no option of the fact, or no quantity of its domain.
        """
        if answer is None or answer == UNKNOWN:
            return self.everything
        if answer not in self._known:
            self._known[answer] = self._read(answer)
        return self._known[answer]

    @cached_property
    def _known(self) -> dict[str, tuple[int, ...]]:
        if self.fact.kind == "choice":
            return {cell.id: (index,) for index, cell in enumerate(self.cells)}
        return {}

    def forget(self) -> None:
        """Drop the quantities that were read."""
        if self.fact.kind == "quantity":
            self._known.clear()

    def _read(self, answer: str) -> tuple[int, ...]:
        if self.fact.kind == "choice":
            options = ", ".join([*(cell.id for cell in self.cells), UNKNOWN])
            raise AnswerError(
                f"「{answer}」という選択肢はありません。選べるのは{options}です。",
                f"there is no option {answer!r}{_nearest(answer, self.cells)}; "
                f"the options are {options}",
            )
        interval = self.interval(answer)
        return tuple(
            index
            for index, cell in enumerate(self.cells)
            if cell.interval is not None and not cell.interval.meet(interval).empty
        )

    def interval(self, answer: str) -> Interval:
        """The interval that an answer to a quantity means; AnswerError if it cannot be read."""
        assert self.fact.unit is not None
        try:
            return quantity.read(answer, self.fact.unit, self.domain)
        except QuantityError as error:
            raise AnswerError(error.ja, error.en) from error


def leaves(node: Criterion) -> Iterator[Criterion]:
    """The tests at the tips of the tree, in printed order."""
    if node.fact is not None:
        yield node
    for child in (*node.all, *node.any):
        yield from leaves(child)


def facts_in(node: Criterion) -> tuple[str, ...]:
    """The ids of the facts that the tree tests, each once, in printed order."""
    return tuple(dict.fromkeys(leaf.fact for leaf in leaves(node) if leaf.fact))


def holds(node: Criterion, values: Mapping[str, Value], units: Mapping[str, str]) -> bool:
    """Whether the criterion holds for one value of every fact it tests."""
    if node.all:
        return all(holds(child, values, units) for child in node.all)
    if node.any:
        return any(holds(child, values, units) for child in node.any)
    assert node.fact is not None
    return leaf_holds(node, values[node.fact], units.get(node.fact))


def leaf_holds(leaf: Criterion, value: Value, unit: str | None) -> bool:
    """Whether one test holds for one value."""
    if leaf.one_of:
        return value in leaf.one_of
    assert isinstance(value, Decimal)
    assert unit is not None
    if leaf.at_least is not None:
        return value >= limit_of(leaf.at_least, unit)
    if leaf.at_most is not None:
        return value <= limit_of(leaf.at_most, unit)
    if leaf.above is not None:
        return value > limit_of(leaf.above, unit)
    if leaf.below is not None:
        return value < limit_of(leaf.below, unit)
    if leaf.equals is not None:
        return value == limit_of(leaf.equals, unit)
    raise ValueError(f"{leaf.ja}: a leaf without a test")


@cache
def limit_of(text: str, unit: str) -> Decimal:
    """The number of a limit such as "0.1 mS/cm", in `unit`."""
    interval = quantity.read(text, unit, Interval(None, None))
    if interval.low is None or interval.low != interval.high:
        raise ValueError(f"{text}: a limit is one number with its unit")
    return interval.low


class Space:
    """The axes of every fact of the rules, by id."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        trees: list[Criterion] = []
        facts: list[Fact] = []
        for entry in rules.technologies:
            trees.append(entry.criteria)
            facts += entry.fact
        for gate in rules.transaction.gate:
            trees += [tree for tree in (gate.covered_when, gate.excluded_when) if tree]
        facts += [*rules.transaction.fact, rules.stage]
        self.units = {fact.id: fact.unit for fact in facts if fact.unit}
        self._facts = {fact.id: fact for fact in facts}
        self._tests: dict[str, list[Criterion]] = {fact.id: [] for fact in facts}
        for tree in trees:
            for leaf in leaves(tree):
                assert leaf.fact is not None
                self._tests[leaf.fact].append(leaf)
        self._axes: dict[str, Axis] = {}
        self.owner: dict[str, Technology] = {
            fact.id: entry for entry in rules.technologies for fact in entry.fact
        }

    def axis(self, fact_id: str) -> Axis:
        """The axis of a fact; KeyError if there is none with this id."""
        if fact_id not in self._axes:
            fact = self._facts[fact_id]
            self._axes[fact_id] = (
                self._choice(fact) if fact.kind == "choice" else self._quantity(fact)
            )
        return self._axes[fact_id]

    def forget(self) -> None:
        """Drop what was written in answers; choices are the rules' own words."""
        for axis in self._axes.values():
            axis.forget()

    @property
    def fact_ids(self) -> tuple[str, ...]:
        return tuple(self._facts)

    @staticmethod
    def _choice(fact: Fact) -> Axis:
        return Axis(
            fact,
            tuple(Cell(option.id, option.may_be or (option.id,)) for option in fact.options),
        )

    def _quantity(self, fact: Fact) -> Axis:
        """The line cut at every limit and at the ends of unsettled bands; equal neighbours joined."""
        unit = fact.unit
        assert unit is not None
        domain = (
            quantity.read(fact.domain, unit, Interval(None, None))
            if fact.domain
            else quantity.default_domain(unit)
        )
        whole = quantity.is_whole(unit)
        tests = self._tests[fact.id]
        bands = [
            (
                quantity.read(band.range, unit, domain),
                tuple(limit_of(value, unit) for value in band.may_be),
            )
            for band in fact.bands
        ]
        cuts = {limit_of(_limit_text(test), unit) for test in tests}
        cuts |= {end for band, _ in bands for end in (band.low, band.high) if end is not None}
        pieces: list[tuple[tuple[object, ...], Interval, tuple[Value, ...]]] = []
        for found in _pieces(domain, sorted(cuts), whole=whole):
            piece, sample = found, found.sample()
            band = next((values for area, values in bands if sample in area), None)
            values: tuple[Value, ...] = band or (sample,)
            kind = (*(leaf_holds(test, sample, unit) for test in tests), band)
            if pieces and pieces[-1][0] == kind:
                before = pieces.pop()[1]
                piece = Interval(before.low, piece.high, before.low_closed, piece.high_closed)
                values = band or (piece.sample(),)
            pieces.append((kind, piece, values))
        return Axis(
            fact,
            tuple(
                Cell(quantity.canonical(piece, unit, domain), values, piece)
                for _, piece, values in pieces
            ),
            domain,
        )


def _limit_text(leaf: Criterion) -> str:
    text = leaf.at_least or leaf.at_most or leaf.above or leaf.below or leaf.equals
    if text is None:
        raise ValueError(f"{leaf.ja}: a quantity is compared with a limit")
    return text


def _pieces(domain: Interval, cuts: list[Decimal], *, whole: bool) -> Iterator[Interval]:
    """The domain as points at the cuts and open stretches between them."""
    low, low_closed = domain.low, domain.low_closed
    for cut in cuts:
        between = Interval(low, cut, low_closed, high_closed=False)
        point = Interval(cut, cut)
        for piece in (between, point):
            kept = (piece.whole() if whole else piece).meet(domain)
            if not kept.empty:
                yield kept
        low, low_closed = cut, False
    rest = Interval(low, domain.high, low_closed, domain.high_closed)
    rest = rest.whole() if whole else rest
    if not rest.empty:
        yield rest


def _nearest(word: str, cells: tuple[Cell, ...]) -> str:
    from difflib import get_close_matches  # only needed when something is wrong

    close = get_close_matches(word, [cell.id for cell in cells], 1)
    return f" (did you mean {close[0]!r}?)" if close else ""
