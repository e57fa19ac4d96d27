"""From everyday words to listed entries: "FBAR", "胃カメラ" or "KrF resist" find their technology.

A search suggests and never excludes: what is not found here may still be listed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from decision_tree.model import Rules, Technology

How = Literal["same", "within", "contains", "similar", "definition"]

#: Best first. A word that is the same beats one that is part of the query, and so on.
_ORDER: tuple[How, ...] = ("same", "within", "contains", "similar", "definition")

_SPELLINGS = (
    ("fibre", "fiber"), ("sulph", "sulf"), ("aluminium", "aluminum"), ("colour", "color"),
    ("centre", "center"), ("isation", "ization"), ("ise", "ize"), ("yse", "yze"),
    ("meter", "metre"), ("grey", "gray"),
)  # fmt: skip
# Sounds that Japanese writes in two ways, after katakana became hiragana.
_SOUNDS = (
    ("ー", ""), ("ゔぁ", "ば"), ("ゔぃ", "び"), ("ゔぇ", "べ"), ("ゔぉ", "ぼ"), ("ゔ", "ぶ"),
    ("ふぃ", "ふい"), ("ふぁ", "ふあ"), ("ふぇ", "ふえ"), ("てぃ", "てい"), ("でぃ", "でい"),
    ("けい素", "けいそ"), ("珪素", "けいそ"), ("ケイ素", "けいそ"),
)  # fmt: skip
_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_FILLERS = re.compile(r"の?(?:技術|製造|設計|工程|開発|材料|製品|用|の)+$")


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """An entry that a query may mean, and the word that led to it."""

    technology: str
    word: str
    how: How


@dataclass(frozen=True)
class _Term:
    entry: Technology
    word: str
    folded: str


def fold(text: str) -> str:
    """The text without what people write in different ways: width, case, kana, hyphens, spelling."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_HIRAGANA)
    for written, one in _SOUNDS:
        folded = folded.replace(written, one)
    for british, american in _SPELLINGS:
        folded = folded.replace(british, american)
    folded = re.sub(r"[\s\-‐‑–—・･/／,、。.()（）「」']", "", folded)
    return re.sub(r"(?<=[a-z]{3})s$", "", folded)


# Latin words of the definitions that lead nowhere.
_COMMON = frozenset(
    fold(word)
    for word in (
        *("a", "an", "and", "any", "are", "as", "at", "be", "by", "can", "for", "from", "have"),
        *("in", "is", "it", "limited", "manufacture", "material", "of", "on", "or", "part", "that"),
        *("technology", "than", "the", "those", "to", "under", "used", "use", "using", "where"),
        *("which", "with", "design", "process", "more", "less", "least", "most", "not", "one"),
    )
)


class Finder:
    """Finds entries by name, everyday word and definition."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    @cached_property
    def _terms(self) -> tuple[_Term, ...]:
        return tuple(
            _Term(entry, word, fold(word))
            for entry in self.rules.technologies
            for word in dict.fromkeys(
                (entry.name.ja, entry.name.en, *entry.words.ja, *entry.words.en)
            )
        )

    @cached_property
    def _definitions(self) -> tuple[tuple[Technology, str, frozenset[str]], ...]:
        return tuple(
            (
                entry,
                fold("".join(passage.ja for passage in entry.definition)),
                frozenset(_parts(" ".join(passage.en for passage in entry.definition))) - _COMMON,
            )
            for entry in self.rules.technologies
        )

    def find(self, query: str, most: int = 5) -> tuple[Suggestion, ...]:
        """The entries that the query may mean, best first, each with the word that matched.

        An empty result says nothing about the law.
        """
        folded = fold(query)
        if not folded:
            return ()
        best: dict[str, tuple[tuple[float, ...], Suggestion]] = {}
        for rank, found in self._matches(query, folded):
            held = best.get(found.technology)
            if held is None or rank < held[0]:
                best[found.technology] = (rank, found)
        number = {entry.id: entry.number for entry in self.rules.technologies}
        ranked = sorted(best.values(), key=lambda item: (item[0], number[item[1].technology]))
        return tuple(found for _, found in ranked[:most])

    def _matches(self, query: str, folded: str) -> Iterator[tuple[tuple[float, ...], Suggestion]]:
        bare = _FILLERS.sub("", folded) or folded
        parts = _parts(query)
        for term in self._terms:
            how, closeness = _compare(term.folded, folded, bare, parts)
            if how is not None:
                suggestion = Suggestion(technology=term.entry.id, word=term.word, how=how)
                yield (float(_ORDER.index(how)), closeness), suggestion
        for entry, japanese, english in self._definitions:
            if bare in english if bare.isascii() else len(bare) > 1 and bare in japanese:
                suggestion = Suggestion(technology=entry.id, word=query.strip(), how="definition")
                yield (float(_ORDER.index("definition")), 0.0), suggestion


def _compare(term: str, folded: str, bare: str, parts: set[str]) -> tuple[How | None, float]:
    """How a folded term meets the query, and a rank within that: less is closer."""
    if term in (folded, bare):
        return "same", 0.0
    if len(term) > 1 and (term in parts if term.isascii() else term in folded):
        return "within", -float(len(term))
    if len(bare) > (2 if bare.isascii() else 1) and bare in term:
        return "contains", float(len(term) - len(bare))
    inside = [word for word in parts if len(word) > 2 and word in term]
    if inside and len(parts) > 1:
        return "contains", 100.0 + len(term) - max(map(len, inside))
    allowed = 1 if len(term) > (3 if term.isascii() else 2) else 0
    close = [
        word for word in {bare, *parts} if len(word) > 2 and allowed and _one_apart(word, term)
    ]
    if close:
        return "similar", 0.0
    return None, 0.0


def _parts(text: str) -> set[str]:
    """The words of a text, and neighbouring Latin words joined: "electron", "electronmicroscope"."""
    spaced = re.sub(r"(?<=[!-~])(?=[^ -~])|(?<=[^ -~])(?=[!-~])", " ", text)
    words = [fold(word) for word in re.split(r"[\s\-・/／,、]+", spaced)]
    joined = {
        "".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(start + 4, len(words)) + 1)
    }
    return joined - {""}


def _one_apart(one: str, other: str) -> bool:
    """Whether one letter added, left out, changed or exchanged with its neighbour makes them equal."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return one == other
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (len(a) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:])
    return a[1:] == b if len(a) > len(b) else a == b[1:]
