"""Links the first use of a term on a page to the glossary, with its definition as a tooltip.

The finished page is read and only added to: what was there stays as it was, byte for byte. Without
scripts a term is a link whose description a screen reader speaks; `terms.mjs` shows that description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from html.parser import HTMLParser
from itertools import accumulate

from build_scripts.elements import VOID
from build_scripts.guides import Term, glossary
from build_scripts.wording import Wording, load_words
from decision_tree.model import Language

#: No more terms than these are marked, so that a page of links does not hide its own.
ON_A_PAGE = 20
IN_A_BLOCK = 2

_ARTICLE = "md-content__inner"
_BLOCKS = frozenset({"p", "li", "dd"})
_LEFT_OUT = frozenset(
    "a abbr blockquote button code dfn figure form h1 h2 h3 h4 h5 h6 ins kbd label legend nav"
    " pre q script style summary svg table template del".split()
)
#: Quotations, names of sources, what is counted or compared, and the pages' own foot.
_CLASSES = frozenset(
    "official quotation unofficial status source cite citation phrase words page-foot criteria"
    " entry-list role-list page-path gloss sheet check note ask".split()
)
#: Pages of short links, of the questionnaire and of its sheets have no prose; the glossary is the goal.
_PAGES_LEFT_OUT = re.compile(r"(?:en/)?(?:t/|check/|glossary/|search/|trust/|sources/|404)")

_KINDS = ("一-鿿々〆", "ァ-ヺー", "A-Za-z0-9-")


def marked(html: str, path: str) -> str:
    """The page at `path` below the root of the site, with its terms marked."""
    if _PAGES_LEFT_OUT.match(path):
        return html
    language: Language = "en" if path.startswith("en/") else "ja"
    reader = _Reader(html, language)
    reader.feed(html)
    reader.close()
    if not reader.found:
        return html
    return _with(html, reader, "../" * (path.count("/") - (language == "en")), language)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """Where a term stands in the text of a page."""

    start: int
    end: int
    term: Term


class _Reader(HTMLParser):
    """Finds the first use of each term in the prose of an article, and where the article ends."""

    def __init__(self, html: str, language: Language) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[_Use] = []
        self.article_end = 0
        self._language = language
        self._lines = [0, *accumulate(len(line) + 1 for line in html.split("\n"))]
        self._open: list[tuple[str, bool]] = []
        self._left_out = 0
        self._in_article = False
        self._in_block: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        classes = set((values.get("class") or "").split())
        if tag == "article" and _ARTICLE in classes:
            self._in_article = True
            self._open.clear()
            return
        if not self._in_article or tag in VOID:
            return
        lang = values.get("lang") or self._language
        out = tag in _LEFT_OUT or bool(classes & _CLASSES) or lang != self._language
        self._open.append((tag, out))
        self._left_out += out
        if tag in _BLOCKS:
            self._in_block.append(0)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing is within `<path/>`."""

    def handle_endtag(self, tag: str) -> None:
        if not self._in_article:
            return
        if tag == "article":
            self._in_article = False
            self.article_end = self._place()
            return
        if all(tag != name for name, _ in self._open):
            return
        name = ""
        while name != tag:
            name, out = self._open.pop()
            self._left_out -= out
            if name in _BLOCKS:
                self._in_block.pop()

    def handle_data(self, data: str) -> None:
        if not self._in_article or self._left_out or not self._in_block:
            return
        place = self._place()
        known = {use.term.id for use in self.found}
        for start, end, term in uses(data, self._language):
            if len(self.found) == ON_A_PAGE or self._in_block[-1] == IN_A_BLOCK:
                return
            if term.id not in known:
                known.add(term.id)
                self._in_block[-1] += 1
                self.found.append(_Use(start=place + start, end=place + end, term=term))

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column


def uses(text: str, language: Language) -> Iterator[tuple[int, int, Term]]:
    """Every use of a term in a stretch of text: the longest that fits, never part of a longer word."""
    pattern, terms = _patterns(language)
    for match in pattern.finditer(text):
        yield match.start(), match.end(), terms[match[0]]


@cache
def _patterns(language: Language) -> tuple[re.Pattern[str], dict[str, Term]]:
    terms: dict[str, Term] = {}
    for term in glossary():
        for form in term.forms(language):
            terms.setdefault(form, term)
            # A common noun may begin a sentence.
            if language == "en" and form[0].islower():
                terms.setdefault(form[0].upper() + form[1:], term)
    forms = sorted(terms, key=lambda form: (-len(form), form))
    return re.compile("|".join(map(_form, forms))), terms


def _form(form: str) -> str:
    """A form with its edges: kanji beside kanji is one word, and so are katakana and letters.

    It begins with its first letter, which is what a search looks for.
    """
    before, after = (
        next((kind for kind in _KINDS if re.match(f"[{kind}]", edge)), "")
        for edge in (form[0], form[-1])
    )
    first = re.escape(form[0])
    words = first + (f"(?<![{before}]{first})" if before else "") + re.escape(form[1:])
    return words + (f"(?![{after}])" if after else "")


def _with(html: str, reader: _Reader, root: str, language: Language) -> str:
    parts, at = [], 0
    for use in reader.found:
        link = f'<a class="term" href="{root}glossary/#g-{use.term.id}" '
        link += f'aria-describedby="term-{use.term.id}">{html[use.start : use.end]}</a>'
        parts += [html[at : use.start], link]
        at = use.end
    wording = Wording(language=language)
    more = escape(load_words(language, "guides")["glossary"]["more"])
    notes = "".join(
        f'<p id="term-{use.term.id}">{_text(wording, use.term)}</p>\n' for use in reader.found
    )
    box = f'<div class="term-notes" data-more="{more}" hidden>\n{notes}</div>\n'
    return "".join([*parts, html[at : reader.article_end], box, html[reader.article_end :]])


def _text(wording: Wording, term: Term) -> str:
    text = wording.here(term.define)
    return text if hasattr(text, "__html__") else escape(text)
