"""Dates, neighbouring regimes and open points, read strictly from the lists in `templates/`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

from build_scripts.guides import Group, Source, Statement, Status, read_table, unique
from build_scripts.quotations import SCHEME
from build_scripts.readings import Unsettled, register
from build_scripts.toolchain import BuildError
from build_scripts.wording import load_site, load_words
from decision_tree.model import Document, Language, Option, Rules, Text

#: A document that settles what it says, as far as it goes.
SETTLING = ("primary", "statute", "official")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A date and what happened on it, or will.

    `date` and `last` may lack day or month; `between` says that the day is somewhere in the span.
    """

    id: str
    date: str
    last: str | None = None
    between: bool = False
    kind: Literal["scheme", "review", "neighbour"]
    regime: str | None = None
    ja: str
    en: str
    source: tuple[Source, ...]
    status: Status | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """What a regime asks of whom, when, and how it differs from the prior report.

    Name, what it asks and its article are those of `outcomes.toml` where it stands there.
    """

    id: str
    name: Text | None = None
    asks: Statement | None = None
    article: Text | None = None
    who: Statement
    when: Statement
    differs: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the order of checking, and the regimes it is about."""

    regime: tuple[str, ...]
    ja: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What the sources leave open, what they do say of it, and the answers that lead there.

    `open` are ids of the register of readings, `stages` stages of the contract.
    """

    id: str
    group: str
    title: Text
    known: Statement
    open: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Events:
    event: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Neighbours:
    regime: tuple[Neighbour, ...]
    step: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unknowns:
    group: tuple[Group, ...]
    point: tuple[Point, ...]


@cache
def events() -> tuple[Event, ...]:
    """The dates in their order."""
    found: tuple[Event, ...] = unique("events.toml", read_table("events.toml", _Events).event)
    return found


@cache
def neighbours() -> tuple[Neighbour, ...]:
    """The regimes as written, this scheme first."""
    read = read_table("neighbours.toml", _Neighbours)
    found: tuple[Neighbour, ...] = unique("neighbours.toml", read.regime)
    return found


@cache
def steps() -> tuple[Step, ...]:
    """The order of checking."""
    found: tuple[Step, ...] = read_table("neighbours.toml", _Neighbours).step
    return found


@cache
def groups() -> tuple[Group, ...]:
    """The headings over the open points."""
    found: tuple[Group, ...] = unique("unknowns.toml", read_table("unknowns.toml", _Unknowns).group)
    return found


@cache
def points() -> tuple[Point, ...]:
    """The open points in their order."""
    found: tuple[Point, ...] = unique("unknowns.toml", read_table("unknowns.toml", _Unknowns).point)
    return found


def standing(source: Iterable[Source], documents: Mapping[str, Document]) -> Status:
    """How sure a statement is by its sources alone: `secondary` ones settle nothing, one less so."""
    names = {one.document or SCHEME for one in source}
    if any(documents[name].kind in SETTLING for name in names):
        return "confirmed"
    return "secondary" if len(names) > 1 else "single"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """A neighbouring regime as the page shows it; `article` where what it asks does not cite it."""

    id: str
    name: Text
    asks: Statement
    article: Text | None
    who: Statement
    when: Statement
    differs: Statement
    events: tuple[Event, ...]


class Knowledge:
    """What the pages of dates, neighbours and open points ask for, in one language."""

    def __init__(self, rules: Rules, language: Language) -> None:
        self.rules = rules
        self.words = load_words(language, "knowledge")
        self.documents = {document.id: document for document in rules.documents}

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The dates in their order."""
        return events()

    def status(self, said: Statement | Event) -> Status:
        """How sure a statement or a date is."""
        return said.status or standing(said.source, self.documents)

    def to_come(self, event: Event) -> bool:
        """Whether the date lay ahead when the sources were last compared."""
        return event.date > str(load_site()["compared"])

    @cached_property
    def regimes(self) -> tuple[Regime, ...]:
        """The regimes in their order, this scheme first."""
        return tuple(self._regimes())

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The order of checking."""
        return steps()

    def regime(self, name: str) -> Regime:
        """A regime by id."""
        found = next((regime for regime in self.regimes if regime.id == name), None)
        if found is None:
            raise BuildError(f"templates/neighbours.toml: there is no regime {name!r}")
        return found

    def _regimes(self) -> Iterator[Regime]:
        known = {regime.id: regime for regime in self.rules.regimes}
        for one in neighbours():
            rule = known.get(one.id)
            name = rule.name if rule else one.name
            article = rule.article if rule else one.article
            source = Source(document=rule.source.document, place=article) if rule else None
            asks = (
                Statement(ja=rule.text.ja, en=rule.text.en, source=(source,))
                if rule and source
                else one.asks
            )
            if name is None or asks is None or (rule and (one.name or one.asks or one.article)):
                raise BuildError(
                    f"templates/neighbours.toml: {one.id}: name, asks and article stand here or in "
                    "outcomes.toml, and once"
                )
            yield Regime(
                id=one.id,
                name=name,
                asks=asks,
                article=None if rule else article,
                who=one.who,
                when=one.when,
                differs=one.differs,
                events=tuple(event for event in events() if event.regime == one.id),
            )

    @cached_property
    def groups(self) -> tuple[tuple[Group, tuple[Point, ...]], ...]:
        """The open points by group."""
        return tuple(
            (group, tuple(p for p in points() if p.group == group.id)) for group in groups()
        )

    @cached_property
    def unsettled(self) -> dict[str, Unsettled]:
        """Every answer that the sources do not settle, by its id in the register of readings."""
        return {one.id: one for one in register(self.rules).unsettled}

    @cached_property
    def others(self) -> tuple[Unsettled, ...]:
        """The answers that lead to consultation for a reason of their own, named by no point."""
        named = {name for point in points() for name in point.open}
        return tuple(one for name, one in self.unsettled.items() if name not in named)

    def stage(self, name: str) -> Option:
        """A stage of the contract by id."""
        return next(option for option in self.rules.stage.options if option.id == name)
