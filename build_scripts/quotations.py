"""What the pages quote, and the links to it: `#s0-l64` on the page of sources is line 64 of S0."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass

from markupsafe import Markup

from build_scripts.toolchain import BuildError
from build_scripts.wording import TEMPLATES
from decision_tree.model import Citation, Language, Rules, Text

#: The document whose lines the pages cite.
SCHEME = "S0"


def quotations(rules: Rules) -> dict[int, list[Text]]:
    """The short quotations of S0 by line: the wording of entries, gates and facts, then `quotes.toml`."""
    quotes: dict[int, list[Text]] = {}
    for technology in rules.technologies:
        for passage in technology.definition:
            quotes.setdefault(passage.line, []).append(Text(ja=passage.ja, en=passage.en))
    for gate in rules.transaction.gate:
        root = gate.covered_when or gate.excluded_when
        if root and root.line and (root.document or SCHEME) == SCHEME:
            quotes.setdefault(root.line, []).append(Text(ja=root.ja, en=root.en))
    for fact in (*rules.transaction.fact, rules.stage):
        if fact.quote and fact.source and fact.source.line and fact.source.document == SCHEME:
            quotes.setdefault(fact.source.line, []).append(fact.quote)
    for quote in tomllib.loads((TEMPLATES / "quotes.toml").read_text("utf-8"))["quote"]:
        quotes.setdefault(quote["line"], []).append(Text(ja=quote["ja"], en=quote["en"]))
    return {line: _widest(quotes[line]) for line in sorted(quotes)}


def cited_lines(value: object, document: str = SCHEME) -> Iterator[int]:
    """Every line of a document that the rules cite, wherever it stands in them."""
    if isinstance(value, Citation):
        if value.document == document and value.line:
            yield value.line
    elif isinstance(value, tuple):
        for item in value:
            yield from cited_lines(item, document)
    elif is_dataclass(value):
        for field in fields(value):
            yield from cited_lines(getattr(value, field.name), document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citations:
    """The citations of one page; `root` leads from it to the root of its language.

    A citation without a quotation or a document to lead to is a BuildError.
    """

    rules: Rules
    language: Language
    root: str
    quotes: Mapping[int, Sequence[Text]]
    #: How a cited line is written, "{document} {line}行".
    line_words: str

    def line(self, line: int) -> Markup:
        """A link to a line of S0, quoted on the page of sources."""
        if line not in self.quotes:
            raise BuildError(
                f"{SCHEME} line {line} is cited, but templates/quotes.toml does not quote it"
            )
        label = self.line_words.format(document=SCHEME, line=line)
        return self._link(f"{SCHEME}-l{line}", label, "source cite")

    def document(self, name: str, place: str = "") -> Markup:
        """A link to a document on the page of sources; `place` is an article of a statute."""
        found = next((document for document in self.rules.documents if document.id == name), None)
        if found is None:
            raise BuildError(f"{name} is cited, but sources.toml has no such document")
        return self._link(name, place or found.publisher.of(self.language))

    def source(self, source: Citation) -> Markup:
        """A citation of the data, with its line where it has one."""
        if source.line and source.document == SCHEME:
            return self.line(source.line)
        return self.document(source.document)

    def quote(self, line: int) -> Markup:
        """The short quotations of a line, marked as Japanese, with their source."""
        texts = self.quotes.get(line, ())
        block = Markup('<blockquote class="official" lang="ja">{}</blockquote>').format(
            Markup("").join(Markup("<p>{}</p>").format(text.ja) for text in texts)
        )
        if self.language == "en":
            rendering = " ".join(text.en for text in texts)
            block += Markup('<p class="unofficial">{}</p>').format(rendering)
        link = self.line(line)
        return Markup('<div class="quotation">{}<p class="source">{}</p></div>').format(block, link)

    def _link(self, place: str, label: str, kind: str = "source") -> Markup:
        address = f"{self.root}sources/#{place.lower()}"
        return Markup('<a class="{}" href="{}">{}</a>').format(kind, address, label)


def _widest(texts: list[Text]) -> list[Text]:
    """The quotations of a line without those that stand within another."""
    return [one for one in texts if not any(one.ja in other.ja for other in texts if other != one)]
