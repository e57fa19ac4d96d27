"""Prose: the words, quotations and pages that are not rules."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from build_scripts.lint.corpus import Corpus, File, Problem, unknown, walk
from build_scripts.lint.quotes import SCHEME, Quote, compared
from build_scripts.lint.toml_lines import line_map
from build_scripts.wording import TEMPLATES
from decision_tree.model import LANGUAGES, Language


def page_file(name: str, folder: Path = TEMPLATES) -> File:
    """A data file of `templates/`, or of another folder, with its lines."""
    return _page_file(f"{folder.name}/{name}", (folder / name).read_text("utf-8"))


@cache
def _page_file(name: str, text: str) -> File:
    return File(name=name, raw=tomllib.loads(text), lines=line_map(text))


def page_words_are_complete(_: Corpus) -> Iterator[Problem]:
    """The words of the pages have both languages too."""
    for path in sorted(TEMPLATES.glob("*.toml")):
        file = page_file(path.name)
        for place, value in walk(file.raw):
            if isinstance(value, dict) and set(value) & set(LANGUAGES):
                for language in LANGUAGES:
                    if not str(value.get(language, "")).strip():
                        name = ".".join(map(str, (*place, language)))
                        yield file.problem(place, f"{name} is empty; every text needs ja and en")


def quotes_of_pages() -> Iterator[Quote]:
    """The short quotations of the page of sources, with the lines they quote."""
    file = page_file("quotes.toml")
    for number, raw in enumerate(file.raw["quote"]):
        yield Quote(
            file=file,
            path=("quote", number, "ja"),
            document=raw.get("document", SCHEME),
            line=raw["line"],
            last=raw.get("last"),
            text=raw["ja"],
        )


def page_quotes_are_exact(corpus: Corpus) -> Iterator[Problem]:
    """The short quotations of the page of sources stand so in the source."""
    for quote in quotes_of_pages():
        yield from compared(corpus, quote)


def acts_have_examples(corpus: Corpus) -> Iterator[Problem]:
    """Every act has an example of yes and of no on the page of transactions, and nothing else has."""
    file = page_file("acts.toml")
    acts = {
        option["id"]
        for _, _, fact in corpus.table("transaction.toml", "fact")
        if fact["id"] == "act"
        for option in fact["options"]
    }
    for name in sorted(acts - set(file.raw)):
        yield file.problem((), f"act {name!r} has no example; add [{name}]")
    for name in sorted(set(file.raw) - acts if acts else ()):
        yield file.problem((name,), unknown("act", name, acts))


_HEADING = re.compile(r"^(#{1,4}) .*?(?:\{ *(#[\w-]+) *\})?$")
#: A line with its document; a document without the name of its place, which is translated; a badge.
_CITE = re.compile(r"\b(?:cite|quote)\([^)]*\)|\b(?:cite_document|status)\([^,)]*")


def prose_is_in_both_languages(corpus: Corpus) -> Iterator[Problem]:
    """Both languages have the same pages, headings with the same ids, and the same sources."""
    pages = {
        language: {
            path.relative_to(corpus.docs / language).as_posix()
            for path in (corpus.docs / language).rglob("*.md")
        }
        for language in LANGUAGES
    }
    pairs: tuple[tuple[Language, Language], ...] = (("ja", "en"), ("en", "ja"))
    for one, other in pairs:
        for page in sorted(pages[one] - pages[other]):
            message = f"docs/{other}/{page} is missing; write it or take this one out"
            yield Problem(file=f"docs/{one}/{page}", line=1, entry=page, message=message)
    for page in sorted(pages["ja"] & pages["en"]):
        yield from _twins(corpus.docs, page)


def _twins(docs: Path, page: str) -> Iterator[Problem]:
    texts = {language: (docs / language / page).read_text("utf-8") for language in LANGUAGES}
    for name, read in (("headings", _headings), ("sources and badges", _citations)):
        japanese, english = read(texts["ja"]), read(texts["en"])
        for (line, one), (_, other) in zip(japanese, english, strict=False):
            if one != other:
                message = (
                    f"{name} differ from docs/ja/{page}: {other!r}, there {one!r} (line {line})"
                )
                where = next(at for at, found in english if found == other)
                yield Problem(file=f"docs/en/{page}", line=where, entry=page, message=message)
                break
        else:
            if len(japanese) != len(english):
                message = f"{name}: {len(japanese)} in ja, {len(english)} in en; make them agree"
                yield Problem(file=f"docs/en/{page}", line=1, entry=page, message=message)


def _headings(text: str) -> list[tuple[int, str]]:
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if heading := _HEADING.match(line):
            found.append((number, f"{heading[1]} {heading[2] or ''}".strip()))
    return found


def _citations(text: str) -> list[tuple[int, str]]:
    """What each paragraph cites, in any order: the languages build their sentences differently."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if cited := sorted(_CITE.findall(line)):
            found.append((number, " ".join(cited)))
    return found


def prose_has_a_head(corpus: Corpus) -> Iterator[Problem]:
    """A page begins with its title and description, and has exactly one heading of the first rank."""
    for language in LANGUAGES:
        for path in sorted((corpus.docs / language).rglob("*.md")):
            text = path.read_text("utf-8")
            name = path.relative_to(corpus.docs.parent).as_posix()
            head = text.split("---\n")[1] if text.startswith("---\n") else ""
            for key in ("title", "description"):
                if not re.search(rf"^{key}: \S", head, re.MULTILINE):
                    message = f"the head has no {key}; begin with ---, title, description, ---"
                    yield Problem(file=name, line=1, entry=path.stem, message=message)
                if re.search(rf"^{key}: [^\"'].*(?:: | #)", head, re.MULTILINE):
                    message = f"the {key} has a colon or a hash, which YAML misreads; quote it"
                    yield Problem(file=name, line=1, entry=path.stem, message=message)
                # The theme writes it into an attribute as it is.
                if re.search(rf'^{key}: (?:"[^"\n]*\\?"[^"\n]+"|[^"\n]+".*)$', head, re.MULTILINE):
                    message = f"the {key} has a straight quote within; write “ ” or 「 」"
                    yield Problem(file=name, line=1, entry=path.stem, message=message)
            ranks = [line for line, heading in _headings(text) if heading.split()[0] == "#"]
            if len(ranks) != 1:
                message = f"{len(ranks)} headings of the first rank; a page has one"
                line = ranks[1] if len(ranks) > 1 else 1
                yield Problem(file=name, line=line, entry=path.stem, message=message)


RULES = (
    page_words_are_complete,
    page_quotes_are_exact,
    acts_have_examples,
    prose_is_in_both_languages,
    prose_has_a_head,
)
