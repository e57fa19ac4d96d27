"""Quotes: the wording is that of the source, and both languages have the same numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from build_scripts.lint.corpus import Corpus, File, Problem, nodes
from build_scripts.lint.toml_lines import TomlPath
from decision_tree.model import LANGUAGES

#: What a criterion quotes where it names no document.
SCHEME = "S0"


def quotes_are_exact(corpus: Corpus) -> Iterator[Problem]:
    """Every Japanese passage, criterion and quotation stands so on its recorded source line."""
    for file in corpus.entries:
        for number, passage in enumerate(file.raw["definition"]):
            path: TomlPath = ("definition", number, "ja")
            yield from quoted(corpus, file, path, SCHEME, passage["line"], passage["ja"])
    for file, path, tree in corpus.trees():
        yield from _quoted_tree(corpus, file, path, tree, SCHEME, None)
    for file, path, fact in corpus.facts():
        if quote := fact.get("quote"):
            source = fact.get("source", {})
            if source.get("line") is None:
                yield file.problem((*path, "quote"), "a quotation needs the line of its source")
            else:
                place: TomlPath = (*path, "quote", "ja")
                yield from quoted(
                    corpus, file, place, source["document"], source["line"], quote["ja"]
                )


def _quoted_tree(
    corpus: Corpus,
    file: File,
    path: TomlPath,
    node: dict[str, Any],
    document: str,
    line: int | None,
) -> Iterator[Problem]:
    line = node.get("line", None if "document" in node else line)
    document = node.get("document", document)
    if line is not None:
        yield from quoted(corpus, file, (*path, "ja"), document, line, node["ja"])
    for key in ("all", "any"):
        for number, branch in enumerate(node.get(key, [])):
            place = (*path, key, number)
            yield from _quoted_tree(corpus, file, place, branch, document, line)


def quoted(
    corpus: Corpus, file: File, path: TomlPath, document: str, line: int, text: str
) -> Iterator[Problem]:
    """The problem, if any, that a text does not stand on a line of a recorded document."""
    recorded = corpus.sources.get(document)
    if recorded is None:
        return
    if not 1 <= line <= len(recorded):
        yield file.problem(path, f"{document} has no line {line}")
    elif text not in recorded[line - 1]:
        yield file.problem(path, f"「{text}」 is not on line {line} of {document}; copy it exactly")


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


def numbers_agree(corpus: Corpus) -> Iterator[Problem]:
    """The numbers of a Japanese passage, kanji included, are those of its English rendering."""
    for file in corpus.entries:
        for number, passage in enumerate(file.raw["definition"]):
            japanese, english = _numbers_ja(passage["ja"]), _numbers_en(passage["en"])
            if japanese != english:
                message = f"numbers differ: ja {japanese}, en {english}; make them agree"
                yield file.problem(("definition", number, "en"), message)


_UNIT_WORDS = "ミリ|ナノ|マイクロ|センチ|メートル|度|画素|を超え|以上|以下|未満|パーセント"
_KANJI = re.compile(rf"[〇一二三四五六七八九、・.]*[〇一二三四五六七八九](?={_UNIT_WORDS})")
_SPACED = re.compile(r"(?<=[0-9A-Z-]) (?=[0-9A-Z-](?![0-9A-Z]))")
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")


def _numbers_ja(text: str) -> list[str]:
    kanji = [
        part.lstrip("、・.").translate(_TO_DIGITS).replace("、", "").replace("・", ".")
        for part in _KANJI.findall(text)
    ]
    return sorted(kanji + _DIGITS.findall(_SPACED.sub("", text)))


def _numbers_en(text: str) -> list[str]:
    return sorted(part.rstrip(",").replace(",", "") for part in _DIGITS.findall(text))


_TO_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")


RULES = (
    quotes_are_exact,
    criteria_quote_their_definition,
    errata_are_printed,
    numbers_agree,
)
