"""The official wording with its numbers in digits and its slips mended beside the words, as ruby.

The words themselves stay as printed; what is beside them is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from markupsafe import Markup, escape

from build_scripts.toolchain import BuildError
from decision_tree import quantity
from decision_tree.model import Passage, Technology
from decision_tree.quantity import Interval, QuantityError
from decision_tree.space import leaves, limit_of
from decision_tree.view.phrases import compared

#: Numbers as the Notice prints them, with their unit; a bare one only with its separators.
_NUMBER = re.compile(
    "([〇一二三四五六七八九][〇一二三四五六七八九.・]*)"
    "(?:ナノメートル|ミリメートル|ミリジーメンス[毎每]センチメートル|度)"
    "|([一二三四五六七八九](?:、〇〇〇)+)"
)


def readable(passage: Passage, technology: Technology) -> Markup:
    """The passage with a reading over each number and each slip.

    Raises:
        BuildError: a number of the passage is no limit of the entry.
    """
    notes = sorted([*_numbers(passage, technology), *_slips(passage, technology)])
    text, at = Markup(), 0
    for start, end, reading in notes:
        if start < at:
            raise BuildError(f"{technology.id}: two readings of the same words: {reading}")
        text += escape(passage.ja[at:start])
        text += Markup("<ruby>{}<rp>［</rp><rt>{}</rt><rp>］</rp></ruby>").format(
            passage.ja[start:end], reading
        )
        at = end
    return text + escape(passage.ja[at:])


def _numbers(passage: Passage, technology: Technology) -> Iterator[tuple[int, int, str]]:
    for found in _NUMBER.finditer(passage.ja):
        value, unit = _limit(found[0], technology)
        reading = quantity.display(Interval(value, value), unit, "ja")
        start, end = found.span(found.lastindex or 0)
        yield start, end, reading.removesuffix("画素")


def _limit(words: str, technology: Technology) -> tuple[Decimal, str]:
    for fact in technology.fact:
        if not fact.unit:
            continue
        limits = {
            limit_of(compared(leaf) or "", fact.unit)
            for leaf in leaves(technology.criteria)
            if leaf.fact == fact.id
        }
        try:
            read = quantity.read(words, fact.unit, Interval(None, None))
        except QuantityError:
            continue
        if read.low in limits:
            return read.sample(), fact.unit
    raise BuildError(f"{technology.id}: {words} is no limit of this entry; mend the criteria")


def _slips(passage: Passage, technology: Technology) -> Iterator[tuple[int, int, str]]:
    for erratum in technology.erratum:
        start = passage.ja.find(erratum.printed)
        if start >= 0:
            yield start, start + len(erratum.printed), erratum.read_as
