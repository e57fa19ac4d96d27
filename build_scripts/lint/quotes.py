"""Quotes: every quotation is the source's own words, on the line it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from build_scripts.coverage import occurrences
from build_scripts.lint.corpus import Corpus, File, Problem, nodes
from build_scripts.lint.toml_lines import TomlPath
from decision_tree.model import LANGUAGES

#: What a criterion quotes where it names no document.
SCHEME = "S0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A text of the data, and the line of the document on which it must stand.

    It begins on `line` and, where a printed sentence goes on, ends on `last`.
    """

    file: File
    path: TomlPath
    document: str
    line: int
    text: str
    last: int | None = None

    @property
    def lines(self) -> range:
        """The numbers of its lines."""
        return range(self.line, (self.last or self.line) + 1)


def quotes_of_data(corpus: Corpus) -> Iterator[Quote]:
    """Definitions, criteria, errata and names of divisions, with the lines they quote."""
    for file in corpus.entries:
        passages = file.raw["definition"]
        for number, passage in enumerate(passages):
            path: TomlPath = ("definition", number, "ja")
            yield _quote(file, path, SCHEME, passage["line"], passage["ja"])
        for number, erratum in enumerate(file.raw.get("erratum", [])):
            printed = erratum["printed"]
            line = next((p["line"] for p in passages if printed in p["ja"]), passages[0]["line"])
            yield _quote(file, ("erratum", number, "printed"), SCHEME, line, printed)
    for file, path, tree in corpus.trees():
        yield from _quotes_of_tree(file, path, tree, SCHEME, None)
    for file, path, division in corpus.table("divisions.toml", "division"):
        place = (*path, "name", "ja")
        yield _quote(file, place, SCHEME, division["line"], division["name"]["ja"])


def _quotes_of_tree(
    file: File, path: TomlPath, node: dict[str, Any], document: str, line: int | None
) -> Iterator[Quote]:
    line = node.get("line", None if "document" in node else line)
    document = node.get("document", document)
    if line is not None:
        yield _quote(file, (*path, "ja"), document, line, node["ja"])
    for key in ("all", "any"):
        for number, branch in enumerate(node.get(key, [])):
            yield from _quotes_of_tree(file, (*path, key, number), branch, document, line)


def _quote(file: File, path: TomlPath, document: str, line: int, text: str) -> Quote:
    return Quote(file=file, path=path, document=document, line=line, text=text)


def quotes_are_exact(corpus: Corpus) -> Iterator[Problem]:
    """Every definition, criterion, erratum and name of a division stands so on its source line."""
    for quote in quotes_of_data(corpus):
        yield from compared(corpus, quote)


def compared(corpus: Corpus, quote: Quote) -> Iterator[Problem]:
    """The problem, if any, that a quotation does not stand on its line of a recorded document.

    The line is that of the document at hand, else the one recorded with its SHA-256. A number is not
    part of a longer number.
    """
    document, line = quote.document, quote.line
    if document not in corpus.sources and document not in corpus.record:
        return
    record, texts = corpus.record.get(document), []
    for number in quote.lines:
        text = corpus.line(document, number)
        if document in corpus.sources and text is None:
            yield quote.file.problem(quote.path, f"{document} has no line {number}")
            return
        if text is None or (record and number not in record.text):
            # Else the quotation could not be compared where the document is not at hand.
            message = (
                f"{document} line {number} is not recorded; run python -m build_scripts record"
            )
            yield quote.file.problem(quote.path, message)
            return
        texts.append(text)
    # A sentence that goes on has blanks and blank lines where the page was printed, and no words.
    whole = texts[0] if len(texts) == 1 else "".join(text.strip() for text in texts)
    if not occurrences(quote.text, whole):
        message = f"「{quote.text}」 is not on line {line} of {document}; copy it exactly"
        yield quote.file.problem(quote.path, message)


def criteria_quote_their_definition(corpus: Corpus) -> Iterator[Problem]:
    """Each phrase of a criterion stands in the entry's definition, in Japanese and in English."""
    for file in corpus.entries:
        for language in LANGUAGES:
            passages = [passage[language] for passage in file.raw["definition"]]
            for place, node in nodes(file.raw["criteria"], ("criteria",)):
                if not any(node[language] in passage for passage in passages):
                    message = f"{node[language]!r} is not in definition.{language}; use its words"
                    yield file.problem((*place, language), message)


def errata_are_printed(corpus: Corpus) -> Iterator[Problem]:
    """A damaged word stands in the definition as printed."""
    for file in corpus.entries:
        text = "\n".join(passage["ja"] for passage in file.raw["definition"])
        for number, erratum in enumerate(file.raw.get("erratum", [])):
            if erratum["printed"] not in text:
                message = f"printed {erratum['printed']!r} is not in the definition"
                yield file.problem(("erratum", number, "printed"), message)


RULES = (
    quotes_are_exact,
    criteria_quote_their_definition,
    errata_are_printed,
)
