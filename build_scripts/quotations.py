"""What the pages quote, and the links to it: `#s4-l60` on the page of sources is line 60 of S4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass

from markupsafe import Markup

from build_scripts.toolchain import BuildError
from build_scripts.wording import load_table
from decision_tree.model import Citation, Document, Language, Rules, Text

#: The document whose lines the pages cite where they name no other.
SCHEME = "S0"

#: A document and a line of it, on which a quotation begins.
Place = tuple[str, int]


def quotations(rules: Rules) -> dict[Place, list[Text]]:
    """The short quotations by place: the wording of entries, gates and facts, then `quotes.toml`."""
    quotes: dict[Place, list[Text]] = {}

    def add(document: str | None, line: int, text: Text) -> None:
        quotes.setdefault((document or SCHEME, line), []).append(text)

    for technology in rules.technologies:
        for passage in technology.definition:
            add(SCHEME, passage.line, Text(ja=passage.ja, en=passage.en))
    for gate in rules.transaction.gate:
        root = gate.covered_when or gate.excluded_when
        if root and root.line:
            add(root.document, root.line, Text(ja=root.ja, en=root.en))
    for fact in (*rules.transaction.fact, rules.stage):
        if fact.quote and fact.source and fact.source.line:
            add(fact.source.document, fact.source.line, fact.quote)
    for quote in load_table("quotes")["quote"]:
        add(quote.get("document"), quote["line"], Text(ja=quote["ja"], en=quote["en"]))
    return {place: _widest(quotes[place]) for place in sorted(quotes)}


def cited_lines(value: object) -> Iterator[Place]:
    """Every line that the rules cite, wherever it stands in them."""
    if isinstance(value, Citation):
        if value.line:
            yield value.document, value.line
    elif isinstance(value, tuple):
        for item in value:
            yield from cited_lines(item)
    elif is_dataclass(value):
        for one in fields(value):
            yield from cited_lines(getattr(value, one.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Citations:
    """The citations of one page; `root` leads from it to the root of its language.

    A citation without a quotation or a document to lead to is a BuildError.
    """

    rules: Rules
    language: Language
    root: str
    quotes: Mapping[Place, Sequence[Text]]
    #: How a cited line is written, "{document} {line}行".
    line_words: str
    #: The documents that the page has cited so far.
    cited: set[str] = field(default_factory=lambda: {SCHEME})

    def line(self, line: int, document: str = SCHEME) -> Markup:
        """A link to a line of a document, quoted on the page of sources."""
        if (document, line) not in self.quotes:
            raise BuildError(
                f"{document} line {line} is cited, but templates/quotes.toml does not quote it"
            )
        self.cited.add(document)
        label = self.line_words.format(document=document, line=line)
        return self._link(f"{document}-l{line}", label, "source cite")

    def document(self, name: str, place: str = "") -> Markup:
        """A link to a document on the page of sources; `place` is an article of a statute."""
        found = next((document for document in self.rules.documents if document.id == name), None)
        if found is None:
            raise BuildError(f"{name} is cited, but sources.toml has no such document")
        self.cited.add(name)
        return self._link(name, place or found.publisher.of(self.language))

    def ministry(self) -> tuple[Document, ...]:
        """The cited documents of the ministry, which its terms of use want credited on the page."""
        documents = self.rules.documents
        return tuple(d for d in documents if d.kind == "primary" and d.id in self.cited)

    def source(self, source: Citation) -> Markup:
        """A citation of the data, with its line where it has one."""
        if source.line:
            return self.line(source.line, source.document)
        return self.document(source.document)

    def quote(self, line: int, document: str = SCHEME) -> Markup:
        """The short quotations of a line, marked as Japanese, with their source."""
        texts = self.quotes.get((document, line), ())
        block = Markup('<blockquote class="official" lang="ja">{}</blockquote>').format(
            Markup("").join(Markup("<p>{}</p>").format(text.ja) for text in texts)
        )
        if self.language == "en":
            rendering = " ".join(text.en for text in texts)
            block += Markup('<p class="unofficial">{}</p>').format(rendering)
        link = self.line(line, document)
        return Markup('<div class="quotation">{}<p class="source">{}</p></div>').format(block, link)

    def _link(self, place: str, label: str, kind: str = "source") -> Markup:
        address = f"{self.root}sources/#{place.lower()}"
        return Markup('<a class="{}" href="{}">{}</a>').format(kind, address, label)


def _widest(texts: list[Text]) -> list[Text]:
    """The quotations of a line without those that stand within another."""
    return [one for one in texts if not any(one.ja in other.ja for other in texts if other != one)]
