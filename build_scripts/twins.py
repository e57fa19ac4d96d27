"""The two languages of the built pages compared: the same places, links, blocks and numbers, page by page.

`lint/parity.py` compares what is written; here is what a visitor gets, templates and diagrams included.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path
from urllib.parse import urlsplit

from build_scripts.elements import VOID
from build_scripts.numerals import apart

#: Elements that hold a text of their own.
_BLOCKS = frozenset(
    "h1 h2 h3 h4 h5 h6 p li dt dd th td caption figcaption summary legend label option pre".split()
)
#: In the order of each language's letters, from one list that has both languages in each line.
_BY_LETTER = re.compile(r"en/glossary/index\.html")
#: What follows from the language: renderings of quotations, everyday words, terms marked at their first
#: use, and the lines of a drawing, whose text twin is compared.
_ASIDE = frozenset({"unofficial", "headerlink", "term-notes", "words"})


@dataclass(slots=True)
class Block:
    """A piece of a page with its text; `path` is what it stands in."""

    path: str
    line: int
    text: str = ""


@dataclass(slots=True)
class Content:
    """What is compared of a page."""

    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How much was compared; a twin is counted once."""

    pages: int
    ids: int
    links: int
    blocks: int


def twins(site: Path) -> Iterator[tuple[Path, Path]]:
    """Every page with its twin, Japanese first."""
    for english in sorted((site / "en").rglob("index.html")):
        japanese = site / english.relative_to(site / "en")
        if japanese.is_file():
            yield japanese, english


def compare(site: Path) -> tuple[list[str], Tally]:
    """Every difference of the languages as `path:line: what is wrong`, and how much was compared."""
    found: list[str] = []
    pages = ids = links = blocks = 0
    for japanese, english in twins(site):
        one, other = read_content(japanese, site), read_content(english, site)
        found += _differences(english.relative_to(site).as_posix(), one, other)
        pages, ids = pages + 1, ids + len(one.ids)
        links, blocks = links + len(one.links), blocks + len(one.blocks)
    return found, Tally(pages=pages, ids=ids, links=links, blocks=blocks)


def _differences(place: str, one: Content, other: Content) -> Iterator[str]:
    if _BY_LETTER.fullmatch(place):
        if set(one.ids) ^ set(other.ids):
            yield f"{place}: ids {sorted(set(one.ids) ^ set(other.ids))} in one language only"
        return
    for name, ja, en in (("id", one.ids, other.ids), ("link", one.links, other.links)):
        if alone := _alone(ja, en):
            yield f"{place}: {name} {alone[0]!r} only in {alone[1]}"
    yield from (f"{place}:{line}: {words}" for line, words in _blocks_apart(one, other))


def read_content(page: Path, site: Path) -> Content:
    """What the article of a page holds, its links as addresses below the root of its language."""
    reader = _Reader()
    reader.feed(page.read_text("utf-8"))
    reader.close()
    here = page.parent.relative_to(site).as_posix()
    reader.content.links = [_address(here, link) for link in reader.content.links]
    return reader.content


def _alone(ja: list[str], en: list[str]) -> tuple[str, str] | None:
    for one in ja:
        if ja.count(one) > en.count(one):
            return one, "ja"
    for other in en:
        if en.count(other) > ja.count(other):
            return other, "en"
    return None


def _blocks_apart(japanese: Content, english: Content) -> Iterator[tuple[int, str]]:
    for one, other in zip_longest(japanese.blocks, english.blocks):
        if one is None or other is None or one.path != other.path:
            here = f"{other.path} {other.text[:30]!r}" if other else "nothing more"
            there = f"{one.path} {one.text[:20]!r} (line {one.line})" if one else "nothing more"
            line = other.line if other else 1
            yield line, f"{here}, and in ja {there}"
            return
        only_ja, only_en = apart(one.text, other.text)
        if only_ja or only_en:
            numbers = ", ".join(f"{number.normalize():f}" for number in (*only_ja, *only_en))
            yield other.line, f"{numbers} in one language only: {other.text[:40]!r}"


def _address(here: str, link: str) -> str:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return link
    path = posixpath.normpath(posixpath.join(here, parts.path)) if parts.path else here
    # The switch of language and what both share lie outside the language's own folder.
    path = "." if path == "en" else path.removeprefix("en/")
    return f"{path}#{parts.fragment}" if parts.fragment else path


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.content = Content()
        self._open: list[tuple[str, bool]] = []
        self._holding: list[Block] = []

    @property
    def _inside(self) -> bool:
        return any(tag == "article" for tag, _ in self._open)

    @property
    def _apart(self) -> bool:
        return any(aside for _, aside in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        aside = tag == "svg" or bool(_ASIDE & set(values.get("class", "").split()))
        if tag not in VOID:
            self._open.append((tag, aside))
        if not self._inside or self._apart or aside:
            return
        if "id" in values:
            self.content.ids.append(values["id"])
        if tag == "a" and "href" in values and values.get("class") != "term":
            self.content.links.append(values["href"])
        if tag in _BLOCKS:
            block = Block(path=tag, line=self.getpos()[0])
            self.content.blocks.append(block)
            self._holding.append(block)

    def handle_endtag(self, tag: str) -> None:
        while any(tag == name for name, _ in self._open):
            closed, _ = self._open.pop()
            if closed in _BLOCKS and self._holding and self._holding[-1].path == closed:
                self._holding.pop()
            if closed == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._holding and not self._apart:
            self._holding[-1].text += f" {data}"
