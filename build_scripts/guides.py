"""Roles, questions and glossary: `templates/{roles,questions,glossary}.toml`, read strictly."""

from __future__ import annotations

import json
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal, Protocol, TypeVar

from build_scripts import cases
from build_scripts.cases import Case
from build_scripts.schema import strict_model
from build_scripts.toolchain import BuildError
from build_scripts.wording import TEMPLATES, load_words
from decision_tree.model import Language, Rules, Text

Status = Literal["confirmed", "reading", "single", "secondary", "unknown", "plan"]

Table = TypeVar("Table")


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Named = TypeVar("Named", bound=_Named)

#: The first kana of each row of the syllabary, the letters of the Japanese index.
ROWS = "あかさたなはまやらわ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A line, of S0 if no document is named, or a document with the place in it."""

    line: int | None = None
    document: str | None = None
    place: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence or two in both languages, how sure it is, and where it comes from."""

    ja: str
    en: str
    status: Status | None = None
    source: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A page on a path, what to look at there, and how many minutes it takes."""

    page: str
    minutes: int
    look: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What one kind of reader asks first, reads, ticks off and must keep apart."""

    id: str
    who: Text
    ask: Text
    answer: tuple[Statement, ...]
    path: tuple[Stop, ...]
    checklist: tuple[Statement, ...]
    apart: tuple[Statement, ...]
    case: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A heading over questions, or over open points."""

    id: str
    ja: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A first question: the short answer, the details, and what to ask METI where it is open.

    `see` are addresses of pages below the root of the language; `case` are ids of worked cases.
    """

    id: str
    group: str
    ask: Text
    short: Statement
    detail: tuple[Statement, ...] = ()
    confirm: Text | None = None
    see: tuple[str, ...] = ()
    case: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """Who uses the English name officially, and where that can be seen."""

    ja: str
    en: str
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """How a term is written in running text, other than by its name; an empty list marks nothing."""

    ja: tuple[str, ...]
    en: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term with its reading in hiragana and its English name; `official` says whose name it is.

    A technical term is a word of its trade: no law defines it.
    """

    id: str
    ja: str
    reading: str
    en: str
    define: Text
    technical: bool = False
    official: Official | None = None
    source: tuple[Source, ...] = ()
    page: str | None = None
    match: Forms | None = None

    def forms(self, language: Language) -> tuple[str, ...]:
        """How the term is written in running text."""
        return getattr(self.match, language) if self.match else (getattr(self, language),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The terms under one letter of the index."""

    name: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Questions:
    group: tuple[Group, ...]
    question: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Roles:
    role: tuple[Role, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Glossary:
    term: tuple[Term, ...]


@cache
def roles() -> tuple[Role, ...]:
    """The roles in their order."""
    return unique("roles.toml", read_table("roles.toml", _Roles).role)


@cache
def groups() -> tuple[Group, ...]:
    """The headings of the page of questions."""
    return unique("questions.toml", read_table("questions.toml", _Questions).group)


@cache
def questions() -> tuple[Question, ...]:
    """The questions in their order; each belongs to a group."""
    found = unique("questions.toml", read_table("questions.toml", _Questions).question)
    known = {group.id for group in groups()}
    for question in found:
        if question.group not in known:
            raise BuildError(f"templates/questions.toml: {question.id}: no group {question.group}")
    return found


@cache
def glossary() -> tuple[Term, ...]:
    """The terms as written."""
    return unique("glossary.toml", read_table("glossary.toml", _Glossary).term)


class Guides:
    """What the pages of roles, questions and terms ask for, in one language.

    `names` are the names of pages by their address.
    """

    def __init__(self, rules: Rules, language: Language, names: Mapping[str, str]) -> None:
        self.rules = rules
        self.language = language
        self.names = names
        self.words = load_words(language, "guides")

    def role(self, name: str) -> Role:
        """A role by id."""
        return next(role for role in roles() if role.id == name)

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """The roles in their order."""
        return roles()

    @cached_property
    def groups(self) -> tuple[tuple[Group, tuple[Question, ...]], ...]:
        """The questions by group."""
        return tuple(
            (group, tuple(q for q in questions() if q.group == group.id)) for group in groups()
        )

    def name(self, page: str) -> str:
        """The name of the page at an address, its place on the page left aside."""
        address = page.partition("#")[0]
        if address not in self.names:
            raise BuildError(f"{page} is linked, but navigation.toml has no such page")
        return self.names[address]

    def case(self, name: str) -> Case:
        """A worked case by id."""
        found = next((case for case in cases.load() if case.id == name), None)
        if found is None:
            raise BuildError(f"{name} is linked, but tests/cases has no such case")
        return found

    @cached_property
    def letters(self) -> tuple[Letter, ...]:
        """The terms of the glossary, sorted and by first letter."""
        key = _kana if self.language == "ja" else _latin
        found: dict[str, list[Term]] = {}
        for term in sorted(glossary(), key=key):
            found.setdefault(_letter(term, self.language), []).append(term)
        return tuple(Letter(name=name, terms=tuple(terms)) for name, terms in found.items())


def _kana(term: Term) -> tuple[str, str]:
    """Sorts by the syllabary: marks of voice and the length of vowels count only between equals."""
    plain = unicodedata.normalize("NFD", term.reading).replace("\u3099", "").replace("\u309a", "")
    small = str.maketrans("ぁぃぅぇぉっゃゅょ", "あいうえおつやゆよ")
    return plain.translate(small).replace("ー", ""), term.reading


def _latin(term: Term) -> tuple[str, str]:
    return term.en.casefold(), term.id


def _letter(term: Term, language: Language) -> str:
    if language == "en":
        return term.en[0].upper()
    first = _kana(term)[0][0]
    return max(row for row in ROWS if row <= first)


def read_table(name: str, kind: type[Table]) -> Table:
    """A file of `templates/`, read strictly as a dataclass.

    Raises:
        BuildError: it has another shape.
    """
    raw = tomllib.loads((TEMPLATES / name).read_text("utf-8"))
    try:
        # Through JSON, whose arrays are tuples to a strict reader.
        read: Any = strict_model(kind).model_validate_json(json.dumps({"content": raw}))
    except ValueError as problem:
        raise BuildError(f"templates/{name}: {problem}") from problem
    content: Table = read.content
    return content


def unique(name: str, found: tuple[Named, ...]) -> tuple[Named, ...]:
    """The things of a file, whose ids are permanent places and so differ.

    Raises:
        BuildError: two have the same.
    """
    ids = [one.id for one in found]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise BuildError(f"templates/{name}: more than one {', '.join(twice)}")
    return found
