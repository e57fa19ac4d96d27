"""Agreement: both languages say the same numbers, units, limits, negations and connectives.

Words are counted, not understood: each row of `WORDS` is one meaning with the words for it in either
language, and a Japanese text and its English rendering must have each meaning equally often.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from build_scripts.lint.corpus import Corpus, Problem, nodes
from build_scripts.lint.toml_lines import TomlPath
from decision_tree import quantity

_KANJI_NUMBER = "[〇一二三四五六七八九0-9]"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning: its name in messages, and the words for it in each language."""

    name: str
    ja: str
    en: str


#: Comparisons come first, since "16 mm or less" holds an "or" that joins nothing.
WORDS = (
    Meaning("以上 (at least)", r"以上", r"\bat least\b|\bor more\b"),
    Meaning("以下 (at most)", r"以下", r"\bat most\b|\bor less\b"),
    Meaning("を超える (more than)", r"を超える|超の", r"\bexceed\w*|\bmore than\b|\babove\b"),
    Meaning("未満 (less than)", r"未満", r"\bless than\b|\bbelow\b|(?<!fall )\bunder\b"),
    Meaning("limitation", r"に限る|に限定", r"\blimited to\b"),
    Meaning(
        "negation", r"でない|伴わない|対象外|除く", r"\bnot\b|\bwithout\b|\boutside\b|\bexcept\b"
    ),
    Meaning("any of", r"いずれか", r"\bany of\b"),
    Meaning(
        "and others", r"など|等(?!又|しく)(?=を|、|$)", r"\band other\b|\betc\b\.?|\band the like\b"
    ),
    # Line 45 joins manufacture and product development by a comma, companies by a dot.
    Meaning("又は (or)", r"又は|若しくは|・(?=[一-鿿])|(?<=製造)、(?=製品開発)", r"\bor\b"),
    # 破碎し梱包する: a verb that goes on in the next.
    Meaning("及び (and)", r"及び|かつ|(?<=[一-鿿])し(?=[一-鿿])", r"\band\b"),
    Meaning("mm", r"(?<!ナノ)ミリメートル", r"\bmillimetres?\b"),
    Meaning("nm", r"ナノメートル", r"\bnanometres?\b"),
    Meaning("mS/cm", r"ミリジーメンス每センチメートル", r"\bmillisiemens per centimetre\b"),
    Meaning("degrees", rf"(?<={_KANJI_NUMBER})度", r"\bdegrees?\b"),
    Meaning("pixels", r"画素数", r"\bnumber of pixels\b"),
)

_COMPARED = {
    "at_least": "以上 (at least)",
    "at_most": "以下 (at most)",
    "above": "を超える (more than)",
    "below": "未満 (less than)",
}


def numbers_agree(corpus: Corpus) -> Iterator[Problem]:
    """The numbers of a Japanese passage or phrase, kanji included, are those of its English."""
    for file, path, text in _texts(corpus):
        japanese, english = numbers_ja(text["ja"]), numbers_en(text["en"])
        if japanese != english:
            message = f"numbers differ: ja {japanese}, en {english}; make them agree"
            yield file.problem((*path, "en"), message)


def words_of_limits_agree(corpus: Corpus) -> Iterator[Problem]:
    """Units, limits, negations and connectives are as many in English as in Japanese."""
    for file, path, text in _texts(corpus):
        japanese, english = meanings(text["ja"], "ja"), meanings(text["en"], "en")
        for name in dict.fromkeys([*japanese, *english]):
            if japanese[name] != english[name]:
                message = (
                    f"{name}: {japanese[name]} in ja, {english[name]} in en; "
                    f"「{text['ja']}」 and {text['en']!r} must agree"
                )
                yield file.problem((*path, "en"), message)


def limits_are_those_of_their_phrase(corpus: Corpus) -> Iterator[Problem]:
    """A leaf compares as its phrase says, with the number and the unit of its phrase."""
    for file, path, tree in corpus.trees():
        for place, node in nodes(tree, path):
            for key in (*_COMPARED, "equals"):
                if key in node:
                    yield from (
                        file.problem((*place, key), message)
                        for message in _apart_from_phrase(key, node)
                    )


def _apart_from_phrase(key: str, node: dict[str, Any]) -> Iterator[str]:
    phrase = node["ja"]
    said = meanings(phrase, "ja")
    comparisons = {name for name in _COMPARED.values() if said[name]}
    # "Not 0 degrees" is printed once and stored as above and below.
    wanted = set() if key == "equals" or said["negation"] else {_COMPARED[key]}
    if comparisons != wanted:
        had = ", ".join(sorted(comparisons)) or "no comparison"
        yield f"{key} {node[key]!r} encodes 「{phrase}」, which has {had}"
    number, _, unit = node[key].partition(" ")
    if numbers_ja(phrase) != [number]:
        yield f"{key} {node[key]!r} encodes 「{phrase}」, whose numbers are {numbers_ja(phrase)}"
    named = {"deg": "degrees"}.get(unit, unit)
    if unit in quantity.UNITS and not said[named]:
        yield f"{key} {node[key]!r} encodes 「{phrase}」, which does not name {named}"


def _texts(corpus: Corpus) -> Iterator[tuple[Any, TomlPath, dict[str, Any]]]:
    """Every passage of a definition and every phrase of a criterion."""
    for file in corpus.entries:
        for number, passage in enumerate(file.raw["definition"]):
            yield file, ("definition", number), passage
    for file, path, tree in corpus.trees():
        for place, node in nodes(tree, path):
            yield file, place, node


def meanings(text: str, language: str) -> Counter[str]:
    """How often each meaning of `WORDS` is said in a text."""
    found: Counter[str] = Counter()
    for meaning in WORDS:
        pattern = meaning.ja if language == "ja" else meaning.en
        text, times = re.subn(pattern, "\0", text, flags=re.IGNORECASE)
        found[meaning.name] = times
    return found


_UNIT_WORDS = "ミリ|ナノ|マイクロ|センチ|メートル|度|画素|を超え|以上|以下|未満|パーセント"
_KANJI = re.compile(rf"[〇一二三四五六七八九、・.]*[〇一二三四五六七八九](?={_UNIT_WORDS})")
_SPACED = re.compile(r"(?<=[0-9A-Z-]) (?=[0-9A-Z-](?![0-9A-Z]))")
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
_TO_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")


def numbers_ja(text: str) -> list[str]:
    """The numbers of a Japanese text in digits, sorted."""
    kanji = [
        part.lstrip("、・.").translate(_TO_DIGITS).replace("、", "").replace("・", ".")
        for part in _KANJI.findall(text)
    ]
    return sorted(kanji + _DIGITS.findall(_SPACED.sub("", text)))


def numbers_en(text: str) -> list[str]:
    """The numbers of an English text, sorted."""
    return sorted(part.rstrip(",").replace(",", "") for part in _DIGITS.findall(text))


RULES = (
    numbers_agree,
    words_of_limits_agree,
    limits_are_those_of_their_phrase,
)
