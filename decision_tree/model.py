"""The one schema: frozen dataclasses with the shape of the TOML files in `data/`.

Every field of a data file is a field here and the reverse. `corpus.py` builds these objects
from what `tomllib` hands over; the build validates the same classes strictly and writes their
JSON Schema.

The engine's dataclasses have no slots: Python makes such a class twice, and fills its pickled
objects field by field, while a visitor waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")

OutcomeCode = Literal["late", "report", "ask", "consult", "reported", "not-covered"]
#: Most urgent first: the order in which several lines are combined.
URGENCY: tuple[OutcomeCode, ...] = ("late", "report", "ask", "consult", "reported", "not-covered")

Ground = Literal[
    "technology",
    "transaction",
    "licence-without-guidance",
    "destination",
    "published",
    "basic-research",
    "minimum-provision",
]


@dataclass(frozen=True, kw_only=True)
class Text:
    """One string in both languages. Japanese is authoritative."""

    ja: str
    en: str

    def of(self, language: Language) -> str:
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True, kw_only=True)
class Citation:
    """Where a statement comes from: a document of `sources.toml`, and its line where it has lines."""

    document: str
    line: int | None = None


@dataclass(frozen=True, kw_only=True)
class Option:
    """One answer of a choice.

    `may_be` makes it unsettled: for interpretation it is replaced by each of these values in
    turn. They are option ids or values that exist for interpretation only. One value alone
    settles the option. `outcome` is for contract stages only: what follows for a covered case.
    """

    id: str
    label: Text
    hint: Text | None = None
    may_be: tuple[str, ...] = ()
    reason: Text | None = None
    source: Citation | None = None
    outcome: OutcomeCode | None = None
    remark: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Band:
    """An unsettled stretch of a quantity: it is read as each value of `may_be` in turn."""

    range: str
    may_be: tuple[str, ...]
    reason: Text
    source: Citation


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing the user may know. A quantity has `unit` and `domain`, a choice has options.

    `options_from` names a shared list of `activities.toml`. Facts with the same `page` are
    asked together. `quote` stands so on the line of `source`.
    """

    id: str
    kind: Literal["choice", "quantity"]
    label: Text
    question: Text
    why: Text
    hint: Text | None = None
    plain: Text | None = None
    yes: Text | None = None
    no: Text | None = None
    unit: str | None = None
    domain: str | None = None
    options: tuple[Option, ...] = ()
    options_from: str | None = None
    bands: tuple[Band, ...] = ()
    page: str | None = None
    quote: Text | None = None
    source: Citation | None = None


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """A node of the wording as a tree: `all` or `any` over nodes, or a test of one fact.

    `ja` is the exact phrase of the source line it encodes, `en` the same phrase of our
    rendering. `line` is inherited from the parent where absent.
    """

    ja: str
    en: str
    line: int | None = None
    document: str | None = None
    all: tuple[Criterion, ...] = ()
    any: tuple[Criterion, ...] = ()
    fact: str | None = None
    one_of: tuple[str, ...] = ()
    at_least: str | None = None
    at_most: str | None = None
    above: str | None = None
    below: str | None = None
    equals: str | None = None


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A stretch of an entry's official wording, exact, with our English rendering."""

    line: int
    ja: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Erratum:
    """Damage in the recorded text: `printed` stays in the quotation, `read_as` is what it must mean."""

    printed: str
    read_as: str
    note: Text


@dataclass(frozen=True, kw_only=True)
class DivisionOf:
    """The division of an entry; `reading` where the office is not printed on the entry's own row."""

    id: str
    basis: Literal["printed", "reading"]


@dataclass(frozen=True, kw_only=True)
class Words:
    """Everyday words that lead to an entry, a list for each language."""

    ja: tuple[str, ...]
    en: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """Another entry that the same product may touch."""

    technology: str
    reason: Text


@dataclass(frozen=True, kw_only=True)
class Technology:
    """One of the 19 listed entries. `listed` is the first day the list is known to hold it."""

    id: str
    number: int
    listed: date
    division: DivisionOf
    name: Text
    summary: Text
    includes: Text
    excludes: Text
    definition: tuple[Passage, ...]
    criteria: Criterion
    words: Words
    fact: tuple[Fact, ...]
    erratum: tuple[Erratum, ...] = ()
    neighbour: tuple[Neighbour, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Gate:
    """One condition on the transaction; failing it is the `ground` of a "not covered".

    `covered_when` must hold, `excluded_when` must not: a gate has one of them, in the shape
    its source prints it.
    """

    ground: Ground
    title: Text
    covered_when: Criterion | None = None
    excluded_when: Criterion | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """Facts that are asked together, and the heading of that page."""

    id: str
    title: Text
    lead: Text


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """The transaction side of the decision: its facts in authored order, and its gates."""

    page: tuple[Page, ...]
    gate: tuple[Gate, ...]
    fact: tuple[Fact, ...]


@dataclass(frozen=True, kw_only=True)
class Activity:
    """A shared list of options: kinds of technology about a product."""

    id: str
    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class Division:
    """A METI office. `name.ja` is printed in the source; English names are unofficial."""

    id: str
    name: Text
    line: int


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to do now, with the source it rests on (none for plain practical advice)."""

    text: Text
    source: Citation | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a verdict is called, what it means and what to do."""

    code: OutcomeCode
    title: Text
    meaning: Text
    step: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class GroundText:
    """Why a case is outside the scheme, in words."""

    id: Ground
    text: Text


@dataclass(frozen=True, kw_only=True)
class Regime:
    """Another set of rules that a case outside this scheme can fall under; `article` is its place."""

    id: str
    name: Text
    text: Text
    article: Text
    source: Citation


@dataclass(frozen=True, kw_only=True)
class Document:
    """A source. `primary` ones are recorded with their SHA-256; a `secondary` one settles nothing.

    An `official` one is a ministry's page that is not recorded: no rule may rest on it. `date` is
    None where a page has none.
    """

    id: str
    kind: Literal["primary", "statute", "official", "secondary"]
    title: Text
    publisher: Text
    date: str | None = None
    address: str | None = None
    file: str | None = None
    sha256: str | None = None
    note: Text | None = None


@dataclass(frozen=True, kw_only=True)
class ListVersion:
    """The list as known from a date on."""

    date: date
    entries: int
    status: Literal["confirmed", "secondary"]
    note: Text
    source: Citation


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """Dates of the scheme: its start, and the versions of the list that are known."""

    begins: date
    technology_question: Fact
    version: tuple[ListVersion, ...]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """All the law the engine knows: one immutable object."""

    scheme: Scheme
    technologies: tuple[Technology, ...]
    transaction: Transaction
    stage: Fact
    divisions: tuple[Division, ...]
    outcomes: tuple[Outcome, ...]
    grounds: tuple[GroundText, ...]
    regimes: tuple[Regime, ...]
    documents: tuple[Document, ...]
    engine_sha256: str
    rules_sha256: str
