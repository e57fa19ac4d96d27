"""How hard the texts of the site are to read: the lengths of their sentences, the share of kanji.

Counted are our own sentences in the prose and the data, without quotations. Japanese is measured in
characters, English in words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import median

from build_scripts.lint.corpus import Corpus
from build_scripts.lint.japanese import LIST, sentences
from build_scripts.lint.passages import passages
from decision_tree.model import Language

_KANJI = re.compile("[々〇\u3400-\u9fff]")
_JAPANESE = re.compile("[々〇\u3041-\u30ff\u3400-\u9fff]")
_ENGLISH_END = re.compile(r"(?<=[.!?])[”\")]*\s+(?=[A-Z“\"(])|\n")
_WORD = re.compile(r"[\w'’%./-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readability:
    """The figures of one language; `kanji` is their share of the Japanese characters, 0 to 1."""

    sentences: int
    median: float
    longest: int
    unit: str
    kanji: float | None


def readability(corpus: Corpus) -> dict[Language, Readability]:
    """The figures of both languages."""
    own = [(ja, en) for ja, en in passages(corpus) if ja.own]
    characters = [
        len(sentence.replace("…", ""))
        for ja, _ in own
        for sentence in sentences(ja.text)
        if sentence.endswith("。") and sentence.count("、") < LIST
    ]
    words = [
        len(_WORD.findall(sentence))
        for _, en in own
        for sentence in _ENGLISH_END.split(en.text)
        if sentence.rstrip('”")').endswith((".", "?", "!")) and sentence.count(",") < LIST
    ]
    text = "".join(ja.text for ja, _ in own)
    return {
        "ja": Readability(
            sentences=len(characters),
            median=median(characters),
            longest=max(characters),
            unit="characters",
            kanji=len(_KANJI.findall(text)) / len(_JAPANESE.findall(text)),
        ),
        "en": Readability(
            sentences=len(words),
            median=median(words),
            longest=max(words),
            unit="words",
            kanji=None,
        ),
    }
