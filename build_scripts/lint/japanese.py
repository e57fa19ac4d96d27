"""Japanese as people read it: short sentences, one way to write a word, no damage of extraction."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from build_scripts.lint.corpus import Corpus, Problem
from build_scripts.lint.passages import Passage, passages

#: The longest sentence that a visitor meets, in characters; quotations are as long as they are.
LONGEST = 80
#: So many parts make a list, as of the 27 countries of Group A.
LIST = 12

# What text extraction leaves: glyphs of other standards, lost joins, doubled marks.
_DAMAGE = (
    (re.compile("[\u2e80-\u2fdf\uf900-\ufa10\ufa12-\ufaff]"), "is a glyph of compatibility"),
    (re.compile("[\u3099\u309a]"), "is a mark apart from its kana"),
    (re.compile("[\uff61-\uff9f]+"), "is half-width kana"),
    (re.compile("[霸碎冩萬國學會經濟澤櫻]"), "is a variant; write the common form"),
    (re.compile("[なかあわら]つ[たて](?![かきのみ])"), "has a large つ; write っ"),
    (re.compile("。。|、、|・・(?!・)"), "is doubled"),
    (
        re.compile("[\u3041-\u309f] [\u3041-\u9fff]|[\u3041-\u9fff] [\u3041-\u309f]"),
        "has a stray blank",
    ),
    (re.compile("\ufffd"), "is a sign that was lost"),
)

# One way to write a word, as the guide to official writing for the public has it (公用文作成の考え方).
_NOTATION = (
    (re.compile("下さい"), "ください"),
    (re.compile("出来(?=る|ます|ない|た|ません)"), "でき"),
    (re.compile("行な[いうわえっ]"), "行い, 行う …"),
    (re.compile("致します"), "いたします"),
    (re.compile("有り得"), "あり得"),
    (re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+"), "half-width letters and digits"),
    (
        re.compile("(?<=[\u3041-\u30ff\u4e00-\u9fff])\\((?!\\d\\d?\\))[^)]*\\)"),
        "full-width brackets （）",
    ),
    (
        re.compile("(?<=[\u3041-\u30ff\u4e00-\u9fff])[,.!?](?=\\s|$|[\u3041-\u30ff\u4e00-\u9fff])"),
        "、 and 。",
    ),
    (re.compile("\uff5e"), "〜"),
)
_KATAKANA = re.compile("[ァ-ヴー]{3,}")
_QUOTED = re.compile("「[^」]*」|『[^』]*』")


def sentences(text: str) -> list[str]:
    """The sentences of a text; a bracket that holds whole sentences does not join them."""
    return [
        part.strip() for part in re.split(r"(?<=[。！？])(?![」』）])|\n", text) if part.strip()
    ]


def sentences_are_short(corpus: Corpus) -> Iterator[Problem]:
    """A sentence of our own has at most 80 characters; a list of names is none."""
    for passage in _own(corpus):
        for sentence in sentences(passage.text):
            length = len(sentence.replace("…", ""))
            if length > LONGEST and sentence.count("、") < LIST:
                yield passage.problem(
                    f"a sentence of {length} characters, at most {LONGEST}: {sentence[:24]!r}…"
                )


def text_is_not_damaged(corpus: Corpus) -> Iterator[Problem]:
    """No text of our own has the traces of a PDF that was read by a machine."""
    for passage in _own(corpus):
        for pattern, what in _DAMAGE:
            for found in pattern.finditer(_QUOTED.sub("", passage.text)):
                yield passage.problem(f"{found[0]!r} {what}")


def words_are_written_one_way(corpus: Corpus) -> Iterator[Problem]:
    """A word of our own is written in one way: ください, half-width digits, full-width brackets."""
    for passage in _own(corpus):
        for pattern, wanted in _NOTATION:
            for found in pattern.finditer(_QUOTED.sub("", passage.text)):
                yield passage.problem(f"{found[0]!r}: write {wanted}")


def katakana_is_written_one_way(corpus: Corpus) -> Iterator[Problem]:
    """No katakana word stands both with and without a long vowel at its end (センサ, センサー)."""
    used = [
        (word, passage)
        for passage in _own(corpus)
        for word in _KATAKANA.findall(_QUOTED.sub("", passage.text))
    ]
    count = Counter(word for word, _ in used)
    for word, passage in used:
        twin = word.removesuffix("ー") if word.endswith("ー") else f"{word}ー"
        if count[twin] and (count[word], word) < (count[twin], twin):
            yield passage.problem(f"{word!r} is also written {twin!r} ({count[twin]} times)")


def _own(corpus: Corpus) -> Iterator[Passage]:
    for japanese, _ in passages(corpus):
        if japanese.own:
            yield japanese


RULES = (
    sentences_are_short,
    text_is_not_damaged,
    words_are_written_one_way,
    katakana_is_written_one_way,
)
