"""What of the source is encoded, and why the rest is not: every stretch of every line that limits.

A stretch is claimed by the leaf of a criterion that quotes it, by the node that joins two of them (又は,
かつ), by the division printed there, or by a reason of `templates/coverage.toml`. What nobody claims is an
orphan: a condition of the source that no question asks. Particles, marks and list numbers claim nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from build_scripts.record import Record
from build_scripts.wording import load_table
from decision_tree.model import Criterion, Rules, Text
from decision_tree.space import leaves

DOCUMENT = "S0"

#: The lines that say who has to report what and when; every stretch of them is accounted for.
LIMITING = (*range(29, 59), *range(61, 85), *range(86, 92), 131)

#: Words that limit, widen or join.
LIMITING_WORDS = re.compile(
    "に限る|限定する|以下|以上|を超える|未満|を除く|又は|若しくは|及び|かつ|でない|伴わない|いずれか|場合にあっては|"
    "用いることができる|最適化|に用いられる|を用い|使用される|使用する|の材料として|主成分とする|対象外|契約前|"
    "に係る技術|必要な技術|を利用する|における|のうち|目的で|用に供|を含む|可能とする|など|当面|原則|当該|と同等"
)

#: What a node joins its branches by. 及び is left to a reason: entries 6 and 7 read it as either.
_ANY = re.compile("又は|若しくは|いずれか")
_ALL = re.compile("かつ|であって|ものであり")

#: Particles, marks, list numbers: they carry no condition of their own.
_GLUE = re.compile(r"(?:[\s、。（）()・※*①-⑲-]|</?p>|\d |もの|次の|[のをがはにでと])*")
_BARE = re.compile(rf"{_GLUE.pattern}(.*?){_GLUE.pattern}", re.DOTALL)
_NUMERAL = re.compile(r"[〇一二三四五六七八九十0-9.,、]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A stretch of a line, and what stands for it.

    `by` is "leaf", "join", "division" or the id of a reason; `what` the phrase that claims; `fact` the
    question that asks it, if any.
    """

    line: int
    start: int
    end: int
    by: str
    what: str
    fact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a line as the page shows it: claimed, glue (no claim needed), or an orphan."""

    text: str
    claim: Claim | None
    orphan: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why words of the source are no condition of their own."""

    id: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Lines of a document that are not encoded, and why."""

    document: str
    first: int
    last: int
    title: Text
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """`coverage.toml`: reasons, the stretches they cover, and the other lines in groups."""

    reasons: dict[str, Reason]
    stretches: tuple[dict[str, Any], ...]
    parts: tuple[Part, ...]


def load_register() -> Register:
    """The reasons as they are written."""
    raw = load_table("coverage")
    return Register(
        reasons={r["id"]: Reason(id=r["id"], text=Text(**r["text"])) for r in raw["reason"]},
        stretches=tuple(raw["stretch"]),
        parts=tuple(
            Part(
                document=part["document"],
                first=part["first"],
                last=part["last"],
                title=Text(**part["title"]),
                reason=Text(**part["reason"]),
            )
            for part in raw["part"]
        ),
    )


def occurrences(phrase: str, text: str, start: int = 0, end: int | None = None) -> list[int]:
    """Where a phrase stands in a text; a number at its head is not the tail of a longer number."""
    found = []
    at = text.find(phrase, start, end)
    while at >= 0:
        within = at and _NUMERAL.match(phrase) and _NUMERAL.match(text[at - 1])
        if not within or text[at - 1] == "、":
            found.append(at)
        at = text.find(phrase, at + 1, end)
    return found


def claims(rules: Rules, record: Record, register: Register) -> list[Claim]:
    """Every claim on the limiting lines, in order of line and place."""
    found: list[Claim] = []
    for technology in rules.technologies:
        found += _of_tree(technology.criteria, record, None, None)
    for gate in rules.transaction.gate:
        tree = gate.covered_when or gate.excluded_when
        if tree and (tree.document or DOCUMENT) == DOCUMENT:
            found += _of_tree(tree, record, None, None)
    for division in rules.divisions:
        for line, text in record.text.items():
            if line in LIMITING:
                # The office stands in the last column.
                found += [
                    Claim(line=line, start=at, end=len(text), by="division", what=division.name.ja)
                    for at in occurrences(division.name.ja, text)
                ]
    for raw in register.stretches:
        text = record.text.get(raw["line"], "")
        found += [
            Claim(
                line=raw["line"],
                start=at,
                end=at + len(raw["words"]),
                by=raw["why"],
                what=raw["words"],
                fact=raw.get("fact"),
            )
            for at in occurrences(raw["words"], text)
        ]
    return sorted(set(found), key=lambda claim: (claim.line, claim.start, -claim.end, claim.by))


def _of_tree(
    node: Criterion, record: Record, line: int | None, within: tuple[int, int] | None
) -> Iterator[Claim]:
    """The claims of a node and those below it; `within` is where the node above it stands."""
    line = node.line or line
    text = record.text.get(line, "") if line else ""
    if not line or not text:
        return
    places = occurrences(node.ja, text, *within) if within else []
    places = places or occurrences(node.ja, text)
    for at in places:
        place = (at, at + len(node.ja))
        if node.fact:
            yield Claim(line=line, start=at, end=place[1], by="leaf", what=node.ja, fact=node.fact)
        below = [
            claim
            for branch in (*node.all, *node.any)
            for claim in _of_tree(branch, record, line, place if branch.ja in node.ja else within)
        ]
        yield from below
        if node.any:
            # 12 joins its branches outside the phrase of the node: 技術又は当該チタン.
            leaf_ends = [end for claim in below for end in (claim.start, claim.end)]
            place = (min([at, *leaf_ends]), max([place[1], *leaf_ends]))
        for joint in (_ANY if node.any else _ALL).finditer(text, *place):
            if not node.fact:
                yield Claim(
                    line=line, start=joint.start(), end=joint.end(), by="join", what=node.ja
                )


def stretches(line: int, record: Record, found: list[Claim]) -> list[Stretch]:
    """A line cut where claims begin and end; a leaf is preferred where claims overlap."""
    text = record.text[line]
    here = [claim for claim in found if claim.line == line]
    cuts = sorted({0, len(text), *(c.start for c in here), *(c.end for c in here)})
    cut: list[Stretch] = []
    for start, end in pairwise(cuts):
        over = [claim for claim in here if claim.start <= start and end <= claim.end]
        # The narrowest claim says most; a leaf says more than a join.
        claim = min(over, key=lambda c: (c.by == "join", c.end - c.start), default=None)
        words = text[start:end]
        orphan = claim is None and not _GLUE.fullmatch(words)
        if cut and claim is not None and cut[-1].claim == claim:
            cut[-1] = Stretch(text=cut[-1].text + words, claim=claim, orphan=False)
        else:
            cut.append(Stretch(text=words, claim=claim, orphan=orphan))
    return cut


def orphans(rules: Rules, record: Record, register: Register) -> list[tuple[int, str]]:
    """The stretches of limiting lines that nothing claims, with their lines."""
    found = claims(rules, record, register)
    return [
        (line, _bare(stretch.text))
        for line in LIMITING
        if record.text.get(line, "").strip()
        for stretch in stretches(line, record, found)
        if stretch.orphan
    ]


def _bare(words: str) -> str:
    """The words without particles and marks around them, limiting words kept whole."""
    found = _BARE.fullmatch(words)
    if not found or not found[1]:
        return words
    limiting = [match.span() for match in LIMITING_WORDS.finditer(words)]
    start = min([found.start(1), *(start for start, _ in limiting)])
    return words[start : max([found.end(1), *(end for _, end in limiting)])]


def needless(rules: Rules, record: Record, register: Register) -> Iterator[tuple[int, str]]:
    """Reasons that no longer stand for anything, by their place in `coverage.toml` and why."""
    found = claims(rules, record, register)
    coded = [claim for claim in found if claim.by in ("leaf", "division")]
    facts = {leaf.fact for tree in _trees(rules) for leaf in leaves(tree)}
    facts |= {rules.stage.id, rules.scheme.technology_question.id}
    for number, raw in enumerate(register.stretches):
        places = occurrences(raw["words"], record.text.get(raw["line"], ""))
        if len(places) != raw.get("times", 1):
            yield number, f"stands {len(places)} times on line {raw['line']}; quote more of it"
        if raw["why"] not in register.reasons:
            yield number, f"has no reason {raw['why']!r}; add it"
        if "fact" in raw and raw["fact"] not in facts:
            yield number, f"is said to be asked by {raw['fact']!r}, which no criterion tests"
        for at in places:
            over = [
                claim
                for claim in coded
                if claim.line == raw["line"]
                and claim.start < at + len(raw["words"])
                and at < claim.end
            ]
            if over:
                yield number, f"overlaps 「{over[0].what}」, which is encoded; shorten it"


def unaccounted(records: dict[str, Record], register: Register) -> list[tuple[str, int]]:
    """The lines with text that are neither limiting nor in exactly one group."""
    blank = _blank_hashes()
    found = []
    for document, record in records.items():
        for number, digest in enumerate(record.lines, 1):
            groups = [
                part
                for part in register.parts
                if part.document == document and part.first <= number <= part.last
            ]
            limiting = document == DOCUMENT and number in LIMITING
            if digest not in blank and len(groups) != (0 if limiting else 1):
                found.append((document, number))
    return found


@cache
def _blank_hashes() -> frozenset[str]:
    from build_scripts.record import sha256

    return frozenset(sha256(text) for text in ("", " ", "  ", "\t"))


def _trees(rules: Rules) -> Iterator[Criterion]:
    for technology in rules.technologies:
        yield technology.criteria
    for gate in rules.transaction.gate:
        yield from (tree for tree in (gate.covered_when, gate.excluded_when) if tree)
