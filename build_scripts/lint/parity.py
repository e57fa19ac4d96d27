"""Parity: the two languages say the same things in the same order, with the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from build_scripts.lint.corpus import Corpus, Problem
from build_scripts.lint.passages import pages, passages
from build_scripts.numerals import apart


def pages_have_the_same_blocks(corpus: Corpus) -> Iterator[Problem]:
    """Headings, paragraphs, list items and rows follow each other alike in both languages."""
    for japanese, english in pages(corpus):
        for one, other in zip_longest(japanese, english):
            if one is None or other is None or one.kind != other.kind:
                shown = other or english[-1]
                here = f"{other.kind} {other.text[:30]!r}" if other else "nothing more"
                there = f"{one.kind} {one.text[:20]!r} (line {one.line})" if one else "nothing more"
                yield shown.problem(f"{here}, and in ja {there}; write the same blocks in both")
                break


def numbers_agree(corpus: Corpus) -> Iterator[Problem]:
    """Every number that one language writes in digits is in the other, in digits or in words."""
    for japanese, english in passages(corpus):
        only_ja, only_en = apart(japanese.text, english.text)
        if only_ja or only_en:
            shown = [
                f"{', '.join(f'{number.normalize():f}' for number in numbers)} only in {language}"
                for language, numbers in (("ja", only_ja), ("en", only_en))
                if numbers
            ]
            yield english.problem(f"numbers differ: {'; '.join(shown)} ({english.text[:40]!r})")


RULES = (pages_have_the_same_blocks, numbers_agree)
