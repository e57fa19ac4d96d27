"""Every limiting word of the source is encoded or has a reason, and taking a condition away shows."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from build_scripts import coverage
from build_scripts.record import read_record
from build_scripts.registers import Registers
from decision_tree import corpus
from decision_tree.model import LANGUAGES, Criterion, Gate, Rules
from decision_tree.space import leaves

RULES = corpus.load()
RECORDS = read_record()
RECORD = RECORDS["S0"]
REGISTER = coverage.load_register()

#: The words the law limits by, as the issue lists them.
WORDS = (
    "に限る 以下 以上 を超える 又は 若しくは 及び かつ でない いずれか 場合にあっては 用いることができる "
    "最適化 に用いられる 使用される の材料として 主成分とする 対象外 契約前"
).split()

#: Leaves whose words another leaf of the same line claims as well: "not 0 degrees" is stored as above and
#: below, "optimised for use with light" for light and for beams. Without one, the other still claims them.
SHARED = {
    ("photoresist-exposure", "光で使用するように最適化された"),
    ("flexible-endoscope-view-direction", "光学レンズの視野方向が〇度でない"),
}


def trees(rules: Rules) -> Iterator[tuple[str, Criterion]]:
    """The trees that quote the scheme's own paper, by entry or ground."""
    for technology in rules.technologies:
        yield technology.id, technology.criteria
    for gate in rules.transaction.gate:
        tree = gate.covered_when or gate.excluded_when
        if tree and (tree.document or "S0") == "S0":
            yield gate.ground, tree


def without(node: Criterion, path: tuple[int, ...]) -> Criterion:
    """The tree without the branch at a path of positions among all branches."""
    first, *rest = path
    branches = [*node.all, *node.any]
    if rest:
        branches[first] = without(branches[first], tuple(rest))
    else:
        del branches[first]
    return (
        replace(node, all=tuple(branches), any=())
        if node.all
        else replace(node, any=tuple(branches))
    )


def leaf_paths(node: Criterion, path: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    for number, branch in enumerate((*node.all, *node.any)):
        if branch.fact:
            yield (*path, number)
        yield from leaf_paths(branch, (*path, number))


def leaf_at(node: Criterion, path: tuple[int, ...]) -> Criterion:
    for number in path:
        node = [*node.all, *node.any][number]
    return node


def with_tree(rules: Rules, name: str, tree: Criterion) -> Rules:
    def gate(one: Gate) -> Gate:
        if one.ground != name:
            return one
        return (
            replace(one, covered_when=tree)
            if one.covered_when
            else replace(one, excluded_when=tree)
        )

    return replace(
        rules,
        technologies=tuple(
            replace(t, criteria=tree) if t.id == name else t for t in rules.technologies
        ),
        transaction=replace(
            rules.transaction, gate=tuple(gate(one) for one in rules.transaction.gate)
        ),
    )


LEAVES = [
    pytest.param(name, path, id=f"{name}-{'.'.join(map(str, path))}")
    for name, tree in trees(RULES)
    for path in leaf_paths(tree)
]


def test_nothing_of_the_source_is_left_unaccounted_for() -> None:
    assert coverage.orphans(RULES, RECORD, REGISTER) == []
    assert list(coverage.needless(RULES, RECORD, REGISTER)) == []
    assert coverage.unaccounted(RECORDS, REGISTER) == []


def test_every_line_of_the_issue_is_accounted_for() -> None:
    wanted = {*range(64, 74), *range(76, 85), *range(29, 59), *range(86, 92), 131}

    assert wanted <= set(coverage.LIMITING)
    shown = {line.number for line in Registers(RULES, "ja").lines}
    assert {line for line in wanted if RECORD.text[line].strip()} <= shown


@pytest.mark.parametrize("word", WORDS)
def test_every_limiting_word_stands_in_a_claimed_stretch(word: str) -> None:
    found = coverage.claims(RULES, RECORD, REGISTER)
    places = [
        (line, match.start(), match.end())
        for line in coverage.LIMITING
        for match in re.finditer(word, RECORD.text.get(line, ""))
    ]

    assert places, "the source no longer has this word"
    for line, start, end in places:
        claimed = {
            at for claim in found if claim.line == line for at in range(claim.start, claim.end)
        }
        assert claimed >= set(range(start, end)), (line, word)


def test_the_stretches_of_a_line_are_the_line() -> None:
    found = coverage.claims(RULES, RECORD, REGISTER)
    for line in coverage.LIMITING:
        text = RECORD.text[line]
        assert "".join(s.text for s in coverage.stretches(line, RECORD, found)) == text


@pytest.mark.parametrize(("name", "path"), LEAVES)
def test_without_a_condition_the_report_names_the_orphan(name: str, path: tuple[int, ...]) -> None:
    tree = dict(trees(RULES))[name]
    leaf = leaf_at(tree, path)
    spoilt = with_tree(RULES, name, without(tree, path))

    orphans = coverage.orphans(spoilt, RECORD, REGISTER)

    if (leaf.fact, leaf.ja) in SHARED:
        assert orphans == []
        return
    assert tree.line is not None
    assert orphans, leaf.ja
    for line, words in orphans:
        assert line == tree.line
        # 又は that joined the lost branch goes with it.
        assert words in leaf.ja or leaf.ja in words


def test_the_shared_words_are_those_that_two_leaves_quote() -> None:
    twice = set()
    for _, tree in trees(RULES):
        quoted = [(leaf.fact, leaf.ja) for leaf in leaves(tree)]
        twice |= {pair for pair in quoted if quoted.count(pair) > 1}

    assert twice == SHARED


def test_without_any_leaf_of_shared_words_they_are_orphans() -> None:
    tree = dict(trees(RULES))["flexible-endoscope"]
    paths = [
        p for p in leaf_paths(tree) if leaf_at(tree, p).ja == "光学レンズの視野方向が〇度でない"
    ]
    for path in sorted(paths, reverse=True):
        tree = without(tree, path)
    orphans = coverage.orphans(with_tree(RULES, "flexible-endoscope", tree), RECORD, REGISTER)

    assert orphans == [(84, "光学レンズの視野方向が〇度でない")]


@pytest.mark.parametrize("number", range(len(REGISTER.stretches)))
def test_without_a_reason_its_words_are_an_orphan(number: int) -> None:
    raw = REGISTER.stretches[number]
    fewer = replace(
        REGISTER, stretches=REGISTER.stretches[:number] + REGISTER.stretches[number + 1 :]
    )

    orphans = coverage.orphans(RULES, RECORD, fewer)

    assert orphans
    assert {line for line, _ in orphans} == {raw["line"]}


def test_an_any_that_became_an_all_leaves_its_connective_unclaimed() -> None:
    tree = dict(trees(RULES))["electron-microscope"]
    either = tree.all[1]
    spoilt = replace(tree, all=(tree.all[0], replace(either, all=either.any, any=())))
    orphans = coverage.orphans(with_tree(RULES, "electron-microscope", spoilt), RECORD, REGISTER)

    assert orphans == [(73, "又は")]


def test_a_reason_for_what_is_encoded_is_needless() -> None:
    more = replace(
        REGISTER,
        stretches=(*REGISTER.stretches, {"line": 68, "words": "合成に係る技術", "why": "subject"}),
    )

    told = list(coverage.needless(RULES, RECORD, more))

    assert [number for number, _ in told] == [len(REGISTER.stretches)]
    assert "which is encoded" in told[0][1]


def test_a_line_that_no_group_explains_is_told() -> None:
    fewer = replace(REGISTER, parts=REGISTER.parts[1:])

    assert ("S0", 4) in coverage.unaccounted(RECORDS, fewer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_counts_what_it_lists(language: str) -> None:
    registers = Registers(RULES, "ja" if language == "ja" else "en")

    assert registers.count.orphans == 0
    assert registers.count.words == registers.count.encoded + registers.count.reasoned
    assert registers.count.words > 80
