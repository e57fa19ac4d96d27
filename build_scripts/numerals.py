"""The numbers that a sentence states, however they are written: 三十日, 30 days, 二、〇〇〇, 5％, 令和6年.

Two texts say the same numbers if every number that one writes in digits is somewhere in the other, in
digits or in words. A number in words alone ("one of them", 一部) need not have a twin.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from decision_tree.journey import MONTHS
from decision_tree.model import Language

_DIGITS = {sign: str(value) for value, sign in enumerate("〇一二三四五六七八九")} | {"零": "0"}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "億": 10**8, "兆": 10**12}
_LARGE = {
    "hundred": 10**2,
    "thousand": 10**3,
    **dict.fromkeys(("million", "megapixel", "megapixels", "mp"), 10**6),
    "billion": 10**9,
    "trillion": 10**12,
}
_ERAS = {"昭和": 1925, "平成": 1988, "令和": 2018}

_WORDS = {
    word: value
    for value, words in enumerate(
        "zero/no|one/once/first/single/a/an|two/twice/second/both/half/pair|three/third|four/fourth|five/fifth|six/sixth|"
        "seven/seventh|eight/eighth|nine/ninth|ten/tenth|eleven/eleventh|twelve/twelfth|thirteen|"
        "fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty".split("|")
    )
    for word in words.split("/")
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100}
_WORDS |= {"wholly": 100, "entirely": 100}
_PHRASES = {"quarter": (1, 4), "either": (1, 2), "both": (1, 2), "millionth": (1, 10**6)}
_ROMAN = {
    word: value
    for value, word in enumerate("i ii iii iv v vi vii viii ix x xi xii xiii".split(), 1)
}

_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
# Digits within a name are no statement: S0, H2O, CD-SEM3.
_WRITTEN = re.compile(
    rf"(?<![A-Za-z\d.])(?P<number>{_NUMBER})(?:\s?(?P<unit>[万億兆]|(?:{'|'.join(_LARGE)})\b))?",
    re.IGNORECASE,
)
# Marks of a list, which the languages set in their own ways.
_MARKS = re.compile("[①-⑳]")
_SPACED = re.compile(r"(?<=\b\d) (?=\d\b)")
_ERA = re.compile(r"(昭和|平成|令和)(元|\d+)年")
_KANJI = re.compile(
    r"[〇零一二三四五六七八九十百千][〇零一二三四五六七八九十百千万億兆・、,]*(?<![・、,])(?!年代)"
)
_POSITIONAL = re.compile(r"(?=.*〇|.{2,})[〇零一二三四五六七八九]+(?:・[〇零一二三四五六七八九]+)?")
_MONTH = re.compile(
    rf"\b(?P<month>{'|'.join(MONTHS)})\b(?=,? \d)|(?<=\d )\b(?P<after>{'|'.join(MONTHS)})\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The numbers of a text: `stated` in digits, `worded` in words, which may be mere phrasing."""

    stated: frozenset[Decimal]
    worded: frozenset[Decimal]


@cache
def numbers(text: str, language: Language) -> Numbers:
    """Every number of a text, once."""
    stated = set[Decimal]()
    worded = {Decimal(ord(mark) - ord("①") + 1) for mark in _MARKS.findall(text)}
    text = unicodedata.normalize("NFKC", _MARKS.sub(" ", text))
    text = _SPACED.sub("", re.sub(r"(?<=[〇-九]) ?\. ?(?=[〇-九])", "・", text))
    for found in _ERA.finditer(text):
        stated.add(Decimal(_ERAS[found[1]] + (1 if found[2] == "元" else int(found[2]))))
    text = _ERA.sub(" ", text)
    if language == "en":
        for found in _MONTH.finditer(text):
            stated.add(Decimal(MONTHS.index(found["month"] or found["after"]) + 1))
        for month in MONTHS:
            if re.search(rf"\b{month}\b", text):
                worded.add(Decimal(MONTHS.index(month) + 1))
        for word in re.findall(r"[a-z]+", text.lower()):
            if word in _WORDS:
                worded.add(Decimal(_WORDS[word]))
            if word in _ROMAN:
                worded.add(Decimal(_ROMAN[word]))
            worded.update(map(Decimal, _PHRASES.get(word, ())))
    # An English text may quote Japanese numbers.
    for found in _KANJI.finditer(text):
        values, certain = _kanji(found[0])
        (stated if certain else worded).update(values)
    for found in _WRITTEN.finditer(text):
        value = Decimal(found["number"].replace(",", ""))
        unit = (found["unit"] or "").lower()
        stated.add((value * (_MYRIADS.get(unit) or _LARGE.get(unit) or 1)).normalize())
    return Numbers(stated=frozenset(stated), worded=frozenset(worded))


def apart(ja: str, en: str) -> tuple[list[Decimal], list[Decimal]]:
    """The numbers that only the Japanese text states, and those that only the English one does."""
    one, other = numbers(ja, "ja"), numbers(en, "en")
    return (
        sorted(one.stated - other.stated - other.worded),
        sorted(other.stated - one.stated - one.worded),
    )


def _kanji(text: str) -> tuple[set[Decimal], bool]:
    """The numbers that kanji may mean, and whether they can be nothing else."""
    plain = text.replace("、", "").replace(",", "")
    if _POSITIONAL.fullmatch(plain):
        digits = "".join(_DIGITS.get(sign, ".") for sign in plain)
        return {Decimal(digits).normalize()}, "〇" in plain or "・" in plain
    total = part = digit = Decimal(0)
    for sign in plain.replace("・", ""):
        if sign in _DIGITS:
            digit = Decimal(_DIGITS[sign])
        elif sign in _TENS:
            part += (digit or 1) * _TENS[sign]
            digit = Decimal(0)
        else:
            total += ((part + digit) or 1) * _MYRIADS[sign]
            part = digit = Decimal(0)
    return {total + part + digit}, False
