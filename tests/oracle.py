"""The decision of design.md section 3 by brute force: a second, slow and plain reading of the same data.

Nothing is factored: a completion gives every open fact of the line one option or piece of its number line, an
interpretation replaces every unsettled one by what it may be, and the outcome is read off one by one.
Only the reading of numbers is the engine's (`test_quantity.py` judges that).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import combinations, pairwise, product
from math import prod
from pathlib import Path
from typing import Any

from decision_tree import quantity
from decision_tree.quantity import Interval

DATA = Path(__file__).parents[1] / "decision_tree" / "data"
URGENCY = ("late", "report", "ask", "consult", "reported", "not-covered")
REAL_LINE = Interval(None, None)

Raw = dict[str, Any]
Value = str | Decimal
Test = Callable[[Mapping[str, Value]], bool]


@dataclass(frozen=True, slots=True)
class Piece:
    """An option, or a point or open stretch of a quantity between neighbouring limits."""

    values: tuple[Value, ...]
    option: str | None = None
    area: Interval | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one line, as the engine has to give it."""

    outcome: str
    possible: tuple[str, ...]
    because: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    facts: tuple[str, ...]
    covered: Test
    listed: date


class TooLargeError(ValueError):
    """The line leaves more completions open than one cares to enumerate."""


def _toml(name: str) -> Raw:
    return tomllib.loads((DATA / name).read_text("utf-8"))


def _quantity_text(leaf: Raw) -> str | None:
    names = ("at_least", "at_most", "above", "below", "equals")
    return next((str(leaf[name]) for name in names if name in leaf), None)


def _leaves(node: Raw) -> Iterator[Raw]:
    if "fact" in node:
        yield node
    for child in (*node.get("all", ()), *node.get("any", ())):
        yield from _leaves(child)


class Oracle:
    def __init__(self) -> None:
        shared = {a["id"]: a["options"] for a in _toml("activities.toml")["activity"]}
        transaction = _toml("transaction.toml")
        stage = _toml("stages.toml")
        raw_entries = sorted(
            (_toml(path.name) for path in DATA.glob("[0-9][0-9]-*.toml")),
            key=lambda raw: int(raw["number"]),
        )
        assert len(raw_entries) == 19

        self.facts: dict[str, Raw] = {}
        for raw in (*raw_entries, transaction):
            for fact in raw["fact"]:
                options = shared.get(fact.get("options_from"), fact.get("options", []))
                self.facts[fact["id"]] = {**fact, "options": options}
        self.facts["stage"] = stage
        self.after = {option["id"]: str(option["outcome"]) for option in stage["options"]}

        trees = [raw["criteria"] for raw in raw_entries]
        gates = transaction["gate"]
        trees += [gate.get("covered_when") or gate["excluded_when"] for gate in gates]
        limits: dict[str, set[str]] = {}
        for tree in trees:
            for leaf in _leaves(tree):
                if text := _quantity_text(leaf):
                    limits.setdefault(leaf["fact"], set()).add(text)
        self.limits = limits
        self.pieces = {name: self._pieces(fact) for name, fact in self.facts.items()}

        self.transaction = tuple(fact["id"] for fact in transaction["fact"])
        self.gates: list[tuple[str, Test]] = [
            (gate["ground"], self._passes(gate)) for gate in gates
        ]
        self.entries = {
            raw["id"]: Entry(
                tuple(fact["id"] for fact in raw["fact"]),
                self._test(raw["criteria"]),
                raw["listed"],
            )
            for raw in raw_entries
        }

    def number(self, text: str, fact: str) -> Decimal:
        value = quantity.read(text, self.facts[fact]["unit"], REAL_LINE).low
        assert value is not None
        return value

    def domain(self, fact: str) -> Interval:
        unit = self.facts[fact]["unit"]
        written = self.facts[fact].get("domain")
        if written:
            return quantity.read(written, unit, REAL_LINE)
        return Interval(Decimal(0), None, low_closed=False)

    def _pieces(self, fact: Raw) -> tuple[Piece, ...]:
        name = fact["id"]
        if fact["kind"] == "choice":
            return tuple(
                Piece(tuple(option.get("may_be") or [option["id"]]), option=option["id"])
                for option in fact["options"]
            )
        unit, domain = fact["unit"], self.domain(name)
        bands = [
            (
                quantity.read(band["range"], unit, REAL_LINE),
                tuple(self.number(value, name) for value in band["may_be"]),
            )
            for band in fact.get("bands", [])
        ]
        cuts = {self.number(text, name) for text in self.limits.get(name, ())}
        cuts |= {end for area, _ in bands for end in (area.low, area.high) if end is not None}
        pieces = []
        ends: list[Decimal | None] = [None, *sorted(cuts), None]
        for low, high in pairwise(ends):
            for area in (
                Interval(low, low) if low is not None else None,
                Interval(low, high, low_closed=False, high_closed=False),
            ):
                if area is None or area.meet(domain).empty:
                    continue
                inside = area.meet(domain)
                point = self._point(inside)
                if unit == "pixels" and inside.whole().empty:
                    continue
                values: tuple[Value, ...] = (point,)
                for band, may_be in bands:
                    if point in band:
                        values = may_be
                pieces.append(Piece(values, area=inside))
        return tuple(pieces)

    @staticmethod
    def _point(area: Interval) -> Decimal:
        if area.low is not None and area.high is not None:
            return (area.low + area.high) / 2
        if area.low is not None:
            return area.low + 1
        assert area.high is not None
        return area.high - 1

    def _passes(self, gate: Raw) -> Test:
        if "covered_when" in gate:
            return self._test(gate["covered_when"])
        excluded = self._test(gate["excluded_when"])
        return lambda values: not excluded(values)

    def _test(self, node: Raw) -> Test:
        if "all" in node:
            everything = [self._test(child) for child in node["all"]]
            return lambda values: all(test(values) for test in everything)
        if "any" in node:
            alternatives = [self._test(child) for child in node["any"]]
            return lambda values: any(test(values) for test in alternatives)
        fact = node["fact"]
        if "one_of" in node:
            options = set(node["one_of"])
            return lambda values: values[fact] in options
        text = _quantity_text(node)
        assert text is not None
        limit = self.number(text, fact)
        compare: dict[str, Callable[[Any], bool]] = {
            "at_least": lambda value: value >= limit,
            "at_most": lambda value: value <= limit,
            "above": lambda value: value > limit,
            "below": lambda value: value < limit,
            "equals": lambda value: value == limit,
        }
        (comparison,) = set(node) & set(compare)
        return lambda values: compare[comparison](values[fact])

    def open_pieces(self, fact: str, answer: str | None) -> tuple[Piece, ...]:
        """The pieces that an answer leaves open."""
        pieces = self.pieces[fact]
        if answer is None or answer == "unknown":
            return pieces
        if self.facts[fact]["kind"] == "choice":
            return tuple(piece for piece in pieces if piece.option == answer)
        written = quantity.read(answer, self.facts[fact]["unit"], self.domain(fact))
        if self.facts[fact]["unit"] == "pixels":
            written = written.whole()
        return tuple(piece for piece in pieces if piece.area and not piece.area.meet(written).empty)

    def size(self, technology: str | None, answers: Mapping[str, str]) -> int:
        """How many completions the line leaves open."""
        common = prod(
            len(self.open_pieces(name, answers.get(name))) for name in (*self.transaction, "stage")
        )
        return common * sum(
            prod(len(self.open_pieces(name, answers.get(name))) for name in facts)
            for _, facts in self._technologies(technology)
        )

    def _technologies(self, technology: str | None) -> list[tuple[str | None, tuple[str, ...]]]:
        if technology == "none":
            return [(None, ())]
        if technology is None or technology == "unknown":
            return [*((name, entry.facts) for name, entry in self.entries.items()), (None, ())]
        return [(technology, self.entries[technology].facts)]

    def line(
        self,
        technology: str | None,
        answers: Mapping[str, str],
        as_of: date | None = None,
        most: int = 60_000,
    ) -> Answer:
        """The outcome of a line. Raises TooLargeError if more than `most` completions are open."""
        if (size := self.size(technology, answers)) > most:
            raise TooLargeError(size)
        asked = technology is None or technology == "unknown"
        common = (*self.transaction, "stage")
        outcomes: dict[tuple[object, ...], str] = {}
        always: dict[str, bool] = {"technology": True, **dict.fromkeys(dict(self.gates), True)}
        open_of: dict[str, int] = {}
        # What was once worked out for the same values is remembered; nothing else is shared.
        passes: dict[tuple[Value, ...], list[tuple[str, bool]]] = {}
        for name, facts in self._technologies(technology):
            everything = (*facts, *common)
            truths: dict[tuple[Value, ...], bool] = {}
            choices = [self.open_pieces(fact, answers.get(fact)) for fact in everything]
            numbered = [tuple(enumerate(pieces)) for pieces in choices]
            open_of |= {f: len(p) for f, p in zip(everything, choices, strict=True)}
            for completion in product(*numbered):
                found = set()
                for chosen in product(*(piece.values for _, piece in completion)):
                    own_values, shared_values = chosen[: len(facts)], chosen[len(facts) :]
                    if own_values not in truths:
                        values = dict(zip(facts, own_values, strict=True))
                        truths[own_values] = name is not None and self.entries[name].covered(values)
                    if shared_values not in passes:
                        values = dict(zip(common, shared_values, strict=True))
                        passes[shared_values] = [(g, test(values)) for g, test in self.gates]
                    for listed in self._listed(name, as_of):
                        covered = listed and truths[own_values]
                        always["technology"] &= not covered
                        for ground, truth in passes[shared_values]:
                            always[ground] &= not truth
                        if covered and all(truth for _, truth in passes[shared_values]):
                            found.add(self.after[str(shared_values[-1])])
                        else:
                            found.add("not-covered")
                # The technology with all its own facts is one thing that the user may not know.
                indexes = tuple(index for index, _ in completion)
                own, shared = indexes[: len(facts)], indexes[len(facts) :]
                key = ((name, own), *shared) if asked else indexes
                outcomes[key] = found.pop() if len(found) == 1 else "consult"
        names = ("technology", *common) if asked else everything
        possible = tuple(code for code in URGENCY if code in set(outcomes.values()))
        outcome = possible[0] if len(possible) == 1 else "ask"
        missing = tuple(
            fact
            for place, fact in enumerate(names)
            if (fact == "technology" or open_of[fact] > 1) and self._decides(outcomes, place)
        )
        grounds = tuple(ground for ground, holds in always.items() if holds)
        return Answer(outcome, possible, grounds if outcome == "not-covered" else (), missing)

    def _listed(self, name: str | None, as_of: date | None) -> tuple[bool, ...]:
        if name is not None and as_of is not None and as_of < self.entries[name].listed:
            return (True, False)
        return (True,)

    @staticmethod
    def _decides(outcomes: Mapping[tuple[object, ...], str], place: int) -> bool:
        """Whether two completions that differ at `place` alone have different outcomes."""
        groups: dict[tuple[object, ...], str] = {}
        for key, outcome in outcomes.items():
            rest = key[:place] + key[place + 1 :]
            if groups.setdefault(rest, outcome) != outcome:
                return True
        return False

    def changes(
        self,
        technology: str | None,
        answers: Mapping[str, str],
        regions: Callable[[str], list[tuple[str, Interval | None]]],
    ) -> list[tuple[dict[str, str], str]]:
        """Every change of the fewest given answers that leads to another outcome, in authored order.

        `regions` names the options or regions of a fact as they are shown to the user.
        """
        now = self.line(technology, answers).outcome
        own = self.entries[technology].facts if technology in self.entries else ()
        alternatives: dict[str, list[str]] = {}
        for fact in (*own, *self.transaction, "stage"):
            if (answer := answers.get(fact)) not in (None, "unknown"):
                assert answer is not None
                alternatives[fact] = list(self._others(fact, answer, regions(fact)))
        for size in range(1, len(alternatives) + 1):
            found = []
            for names in combinations(alternatives, size):
                for values in product(*(alternatives[name] for name in names)):
                    change = dict(zip(names, values, strict=True))
                    outcome = self.line(technology, {**answers, **change}).outcome
                    if outcome != now:
                        found.append((change, outcome))
            if found:
                return found
        return []

    def _others(
        self, fact: str, answer: str, regions: list[tuple[str, Interval | None]]
    ) -> Iterator[str]:
        if self.facts[fact]["kind"] == "choice":
            yield from (name for name, _ in regions if name != answer)
            return
        written = quantity.read(answer, self.facts[fact]["unit"], self.domain(fact))
        met = [name for name, area in regions if area and not area.meet(written).empty]
        yield from (name for name, _ in regions if len(met) > 1 or name not in met)


@cache
def oracle() -> Oracle:
    return Oracle()
