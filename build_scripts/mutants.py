"""The rules with one fault each, and the worked case that notices it.

A fault that no case notices is either equivalent, which is proven over every completion of the part
it stands in, or a gap in the cases.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

from build_scripts import cases
from build_scripts.cases import Case
from decision_tree import situation
from decision_tree.model import (
    URGENCY,
    Band,
    Citation,
    Criterion,
    Fact,
    Gate,
    Rules,
    Technology,
    Text,
)
from decision_tree.situation import Situation, SituationError
from decision_tree.space import NONE, UNKNOWN, Space, Value, facts_in, holds, leaf_holds, leaves
from decision_tree.verdict import Judge, Verdict

KINDS = {
    "limit": Text(ja="限度を最小の桁で1つ動かす", en="A limit moved by one unit in the last place"),
    "comparison": Text(ja="以上・超える・以下・未満を取り替える", en="A comparison exchanged"),
    "connective": Text(ja="「すべて」と「いずれか」を取り替える", en="All exchanged with any"),
    "condition": Text(ja="条件を1つ除く", en="A condition dropped"),
    "option": Text(
        ja="認める選択肢を1つ除く、又は加える", en="An accepted option dropped or added"
    ),
    "unsettled": Text(ja="未確定の選択肢を決めてしまう", en="An unsettled option settled"),
    "settled": Text(
        ja="決まっている選択肢や範囲を未確定にする", en="A settled option or region made unsettled"
    ),
    "band": Text(ja="未確定の幅を除く、又は動かす", en="An unsettled band dropped or moved"),
    "gate": Text(
        ja="取引の条件を除く、又は裏返す",
        en="A condition on the transaction dropped or turned over",
    ),
    "entry": Text(ja="対象技術を1つ除く", en="An entry dropped"),
    "stage": Text(ja="契約の段階の結果を取り替える", en="A stage of the contract led elsewhere"),
}

COMPARISONS = ("at_least", "at_most", "above", "below", "equals")
#: A value that no option has.
NO_OPTION = "none of the options"

_SAME_OPTION = Text(
    ja="同じ「いずれか」の別の枝が、この選択肢をもう認めています。",
    en='Another branch of the same "any of" accepts this option already.',
)
_SAME_READING = Text(
    ja="どちらの読み方でも、規定に当たるかどうかは同じです。",
    en="Both readings have the same effect on the definition.",
)
_IMPLIED = Text(
    ja="残りの条件だけで、すべての場合に同じ結果になります。",
    en="The other conditions alone give the same result in every case.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """The rules with one fault. `part` is an entry's id, `transaction` or `stage`."""

    kind: str
    part: str
    place: str
    change: str
    rules: Rules

    @property
    def id(self) -> str:
        return f"{self.part}: {self.place}: {self.change}"


@dataclass(frozen=True, slots=True)
class _Change:
    kind: str
    place: str
    change: str
    node: Criterion


def mutants(rules: Rules) -> Iterator[Mutant]:
    """Every mutant, in the order of the data."""
    space = Space(rules)
    for index, entry in enumerate(rules.technologies):
        others = rules.technologies[:index], rules.technologies[index + 1 :]
        yield Mutant(
            kind="entry",
            part=entry.id,
            place=entry.name.ja,
            change="dropped",
            rules=replace(rules, technologies=(*others[0], *others[1])),
        )
        for kind, place, change, changed in _of_entry(entry, space):
            technologies = (*others[0], changed, *others[1])
            yield Mutant(
                kind=kind,
                part=entry.id,
                place=place,
                change=change,
                rules=replace(rules, technologies=technologies),
            )
    yield from _of_transaction(rules, space)
    yield from _of_stage(rules)


def _of_entry(entry: Technology, space: Space) -> Iterator[tuple[str, str, str, Technology]]:
    for one in _of_tree(entry.criteria, space):
        yield one.kind, one.place, one.change, replace(entry, criteria=one.node)
    for kind, place, change, facts in _of_facts(entry.fact, [entry.criteria], space):
        yield kind, place, change, replace(entry, fact=facts)


def _of_transaction(rules: Rules, space: Space) -> Iterator[Mutant]:
    transaction = rules.transaction

    def with_tree(gate: Gate, **parts: Any) -> Gate:
        return replace(gate, **parts)

    def mutant(kind: str, place: str, change: str, **parts: Any) -> Mutant:
        changed = replace(rules, transaction=replace(transaction, **parts))
        return Mutant(kind=kind, part="transaction", place=place, change=change, rules=changed)

    def with_gate(index: int, *gates: Gate) -> tuple[Gate, ...]:
        return (*transaction.gate[:index], *gates, *transaction.gate[index + 1 :])

    for index, gate in enumerate(transaction.gate):
        yield mutant("gate", gate.title.ja, "dropped", gate=with_gate(index))
        over = replace(gate, covered_when=gate.excluded_when, excluded_when=gate.covered_when)
        yield mutant("gate", gate.title.ja, "turned over", gate=with_gate(index, over))
        for side in ("covered_when", "excluded_when"):
            if tree := getattr(gate, side):
                for one in _of_tree(tree, space):
                    gates = with_gate(index, with_tree(gate, **{side: one.node}))
                    yield mutant(one.kind, f"{gate.ground}: {one.place}", one.change, gate=gates)
    trees = [_tree(gate) for gate in transaction.gate]
    for kind, place, change, facts in _of_facts(transaction.fact, trees, space):
        yield mutant(kind, place, change, fact=facts)


def _of_stage(rules: Rules) -> Iterator[Mutant]:
    for index, option in enumerate(rules.stage.options):
        for code in URGENCY:
            # Asking is no outcome of a stage: it is what open facts lead to.
            if code not in (option.outcome, "ask"):
                changed = replace(option, outcome=code)
                options = (*rules.stage.options[:index], changed, *rules.stage.options[index + 1 :])
                yield Mutant(
                    kind="stage",
                    part="stage",
                    place=option.id,
                    change=f"{option.outcome} -> {code}",
                    rules=replace(rules, stage=replace(rules.stage, options=options)),
                )


def _of_tree(node: Criterion, space: Space, *, root: bool = True) -> Iterator[_Change]:
    if node.fact is not None:
        yield from _of_leaf(node, space)
    for kind, other in (("all", "any"), ("any", "all")):
        children: tuple[Criterion, ...] = getattr(node, kind)
        if len(children) > 1:
            exchanged = _with(node, **{kind: (), other: children})
            yield _Change("connective", node.ja, f"{kind} -> {other}", exchanged)
        for index, child in enumerate(children):
            rest = (*children[:index], *children[index + 1 :])
            if rest:
                changed = _with(node, **{kind: rest})
                yield _Change("condition", child.ja, f"{_said(child)} dropped", changed)
            for one in _of_tree(child, space, root=False):
                changed = _with(
                    node, **{kind: (*children[:index], one.node, *children[index + 1 :])}
                )
                yield replace(one, node=changed)
    if root and len((*node.all, *node.any)) < 2:
        always = next(leaves(node))
        assert always.fact is not None
        everything = replace(always, one_of=tuple(map(str, _values(space, always.fact))))
        yield _Change("condition", always.ja, f"{_said(always)} dropped", everything)


def _said(node: Criterion) -> str:
    """A node in a few words; its phrase alone may stand at two places."""
    if node.fact is None:
        return "all" if node.all else "any"
    if node.one_of:
        return f"{node.fact}: {', '.join(node.one_of)}"
    word = next(name for name in COMPARISONS if getattr(node, name) is not None)
    return f"{node.fact}: {word} {getattr(node, word)}"


def _with(node: Criterion, **parts: Any) -> Criterion:
    return replace(node, **parts)


def _of_leaf(leaf: Criterion, space: Space) -> Iterator[_Change]:
    assert leaf.fact is not None
    if leaf.one_of:
        for value in map(str, _values(space, leaf.fact)):
            if value in leaf.one_of:
                fewer = tuple(other for other in leaf.one_of if other != value)
                changed = replace(leaf, one_of=fewer or (NO_OPTION,))
                yield _Change("option", leaf.ja, f"{_said(leaf)} without {value}", changed)
            else:
                changed = replace(leaf, one_of=(*leaf.one_of, value))
                yield _Change("option", leaf.ja, f"{_said(leaf)} with {value}", changed)
        return
    word = next(name for name in COMPARISONS if getattr(leaf, name) is not None)
    limit = getattr(leaf, word)
    for moved in _moved(limit):
        yield _Change("limit", leaf.ja, f"{_said(leaf)} -> {moved}", _with(leaf, **{word: moved}))
    for other in COMPARISONS[:4]:
        if other != word:
            changed = _with(leaf, **{word: None, other: limit})
            yield _Change("comparison", leaf.ja, f"{_said(leaf)} -> {other}", changed)


def _of_facts(
    facts: tuple[Fact, ...], trees: Sequence[Criterion], space: Space
) -> Iterator[tuple[str, str, str, tuple[Fact, ...]]]:
    for place, fact in enumerate(facts):
        tests = [leaf for tree in trees for leaf in leaves(tree) if leaf.fact == fact.id]
        for kind, name, change, changed in (
            *_of_options(fact, tests, _values(space, fact.id)),
            *_of_bands(fact),
            *_of_regions(fact, space),
        ):
            yield kind, f"{fact.id} {name}", change, (*facts[:place], changed, *facts[place + 1 :])


def _of_regions(fact: Fact, space: Space) -> Iterator[tuple[str, str, str, Fact]]:
    if fact.unit is None:
        return
    values = _values(space, fact.id)
    for cell in space.axis(fact.id).cells:
        for other in values:
            if cell.settled and other not in cell.values:
                band = Band(
                    range=cell.id,
                    may_be=tuple(f"{value} {fact.unit}" for value in (*cell.values, other)),
                    reason=fact.label,
                    source=Citation(document="S0"),
                )
                changed = replace(fact, bands=(*fact.bands, band))
                yield "settled", cell.id, f"or {other} {fact.unit}", changed


def _distance(
    tests: Sequence[Criterion], one: Value, other: Value, unit: str | None
) -> tuple[bool, int]:
    """First whether some test holds for one of the two values only, then how many tests do so."""
    effects = [[leaf_holds(test, value, unit) for test in tests] for value in (one, other)]
    return any(effects[0]) != any(effects[1]), sum(a != b for a, b in zip(*effects, strict=True))


def _of_options(
    fact: Fact, tests: Sequence[Criterion], values: Iterable[Value]
) -> Iterator[tuple[str, str, str, Fact]]:
    def with_values(index: int, *may_be: str) -> Fact:
        option = replace(fact.options[index], may_be=may_be)
        return replace(fact, options=(*fact.options[:index], option, *fact.options[index + 1 :]))

    for index, option in enumerate(fact.options):
        for value in option.may_be:
            yield "unsettled", option.id, f"settled as {value}", with_values(index, value)
        if not option.may_be:
            other = max(values, key=lambda value: _distance(tests, value, option.id, None))
            yield "settled", option.id, f"or {other}", with_values(index, option.id, str(other))


def _of_bands(fact: Fact) -> Iterator[tuple[str, str, str, Fact]]:
    for index, band in enumerate(fact.bands):
        rest = (*fact.bands[:index], *fact.bands[index + 1 :])
        yield "band", band.range, "dropped", replace(fact, bands=rest)
        low, high = re.split(r"(?= <)", band.range)
        moved = [
            *(f"{end}{high}" for end in _moved(low)),
            *(f"{low}{end}" for end in _moved(high)),
            *(a + b for a, b in zip(_moved(low), _moved(high), strict=True)),
        ]
        # An empty range is no range: dropping the band stands for it.
        for text in moved:
            if Decimal(_number(text.split("<")[0])) < Decimal(_number(text.split("<")[1])):
                bands = (*rest, replace(band, range=text))
                yield "band", band.range, f"-> {text}", replace(fact, bands=bands)
        for value in band.may_be:
            bands = (*rest, replace(band, may_be=(value,)))
            yield "band", band.range, f"settled as {value}", replace(fact, bands=bands)


def _moved(text: str) -> tuple[str, str]:
    """The text with its number one unit in the last place down, and up."""
    number = _number(text)
    unit = Decimal(1).scaleb(int(Decimal(number).as_tuple().exponent))
    return (
        text.replace(number, str(Decimal(number) - unit)),
        text.replace(number, str(Decimal(number) + unit)),
    )


def _number(text: str) -> str:
    found = re.search(r"-?\d+(\.\d+)?", text)
    assert found, text
    return found.group()


def _values(space: Space, fact: str) -> tuple[Value, ...]:
    """Every value that an option may be, each once."""
    return tuple(dict.fromkeys(value for cell in space.axis(fact).cells for value in cell.values))


def _tree(gate: Gate) -> Criterion:
    tree = gate.covered_when or gate.excluded_when
    assert tree is not None
    return tree


# ---- which case notices ----


class Hunt:
    """Looks for the worked case that tells a mutant from the rules.

    A case that the rules themselves fail tells nothing: it is put into `failing` and left out.
    """

    def __init__(self, rules: Rules, published: Sequence[Case]) -> None:
        self.rules = rules
        space = Space(rules)
        read = [(case, given) for case in published if (given := _read(case, space))]
        passed = (
            [pair for pair in read if not _noticed(rules, [pair])]
            if _noticed(rules, read)
            else read
        )
        self._all = passed
        ids = {case.id for case, _ in passed}
        self.failing = tuple(case.id for case in published if case.id not in ids)
        self._near = {entry.id: self._about(entry.id) for entry in rules.technologies}
        self._truths: dict[tuple[str, ...], Truths] = {}

    def nearby(self, mutant: Mutant) -> str | None:
        """The id of the first case about the mutated part alone that the mutant fails, if any."""
        # A line is judged by its own entry and the transaction: the other entries may be left out.
        part = mutant.part if mutant.part in self._near else self.rules.technologies[0].id
        return _noticed(_only(mutant.rules, part), self._near[part])

    def anywhere(self, mutant: Mutant) -> str | None:
        """The id of the first of all cases that the mutant fails, if any."""
        return _noticed(mutant.rules, self._all)

    def equivalent(self, mutant: Mutant) -> int | None:
        """How many completions prove that the mutant judges all answers alike; None if it does not.

        Compared are, for each completion of the part, the truth values of its conditions in every
        interpretation. Outcomes, grounds and missing facts of any answers follow from these alone.
        """
        facts = _facts_that_matter(self.rules, mutant)
        if not facts:
            return None
        if facts not in self._truths:
            self._truths[facts] = _truths(self.rules, mutant.part, facts)
        before, after = self._truths[facts], _truths(mutant.rules, mutant.part, facts)
        return len(before) if before == after else None

    def _about(self, technology: str) -> list[tuple[Case, Situation]]:
        """The cases about this entry alone; those with open questions last."""
        return sorted(
            (
                (case, given)
                for case, given in self._all
                if {line.technology for line in given.lines} == {technology}
            ),
            key=lambda pair: pair[0].expect == "ask",
        )


def _read(case: Case, space: Space) -> Situation | None:
    try:
        return situation.read(case.situation, space)
    except SituationError:
        return None


def _only(rules: Rules, technology: str) -> Rules:
    kept = tuple(entry for entry in rules.technologies if entry.id == technology)
    return replace(rules, technologies=kept)


def _noticed(rules: Rules, published: Iterable[tuple[Case, Situation]]) -> str | None:
    space = Space(rules)
    known = {entry.id for entry in rules.technologies} | {NONE, UNKNOWN, None}
    judges: dict[date | None, Judge] = {}
    for case, given in published:
        if not {line.technology for line in given.lines} <= known:
            return case.id
        if case.as_of not in judges:
            judges[case.as_of] = Judge(rules, case.as_of, space)
        if not passes(case, judges[case.as_of].judge(given)):
            return case.id
    return None


def passes(case: Case, verdict: Verdict) -> bool:
    """Whether a verdict is the one that the case states."""
    return (
        verdict.outcome == case.expect
        and list(verdict.because) == (case.because or [])
        and case.each in (None, [line.outcome for line in verdict.lines])
        and (
            (case.missing is None and case.expect != "ask") or case.missing == list(verdict.missing)
        )
        and case.possible in (None, list(verdict.possible))
    )


# ---- which mutants no case can notice ----

#: The truth values of conditions in every interpretation, by completion.
Truths = Mapping[tuple[str, ...], frozenset[tuple[bool, ...]]]


def _conditions(rules: Rules, part: str) -> list[tuple[Criterion, bool]]:
    if part == "transaction":
        return [(_tree(gate), gate.covered_when is not None) for gate in rules.transaction.gate]
    return [(entry.criteria, True) for entry in rules.technologies if entry.id == part]


def _facts_that_matter(rules: Rules, mutant: Mutant) -> tuple[str, ...]:
    """The facts of the changed conditions and of all that share a fact with them.

    The rest of the part is the same before and after, and what it contributes is independent.
    Empty if there is nothing to compare: a stage, or a condition or entry that is gone.
    """
    before, after = _conditions(rules, mutant.part), _conditions(mutant.rules, mutant.part)
    if not before or len(before) != len(after):
        return ()
    axes, moved = Space(rules), Space(mutant.rules)
    every = dict.fromkeys(name for tree, _ in before for name in facts_in(tree))
    names = {name for name in every if axes.axis(name).cells != moved.axis(name).cells}
    trees = [
        {*facts_in(old), *facts_in(new)} for (old, _), (new, _) in zip(before, after, strict=True)
    ]
    changed = [one != other for one, other in zip(before, after, strict=True)]
    names |= {
        name for facts, is_new in zip(trees, changed, strict=True) if is_new for name in facts
    }
    while more := {name for facts in trees if facts & names for name in facts} - names:
        names |= more
    return tuple(name for name in every if name in names)


def _truths(rules: Rules, part: str, facts: tuple[str, ...]) -> Truths:
    space = Space(rules)
    tests = [
        (tree, wanted)
        for tree, wanted in _conditions(rules, part)
        if set(facts_in(tree)) <= set(facts)
    ]
    return {
        tuple(cell.id for cell in cells): frozenset(
            tuple(holds(tree, values, space.units) is wanted for tree, wanted in tests)
            for reading in product(*(cell.values for cell in cells))
            for values in [dict(zip(facts, reading, strict=True))]
        )
        for cells in product(*(space.axis(fact).cells for fact in facts))
    }


def _reason(mutant: Mutant) -> Text:
    if mutant.kind == "option":
        return _SAME_OPTION
    return _SAME_READING if mutant.kind in ("unsettled", "settled") else _IMPLIED


# ---- the report ----


def mutation_report(rules: Rules, published: Sequence[Case]) -> dict[str, Any]:
    """Every mutant with the case that notices it, or the proof that none can; JSON.

    `score` is the share of the other than equivalent mutants that a case notices, in per cent.
    """
    hunt = Hunt(rules, published)
    rows = []
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for mutant in mutants(rules):
        case = hunt.nearby(mutant)
        completions = None if case else hunt.equivalent(mutant)
        if not case and not completions:
            case = hunt.anywhere(mutant)
        result = "killed" if case else "equivalent" if completions else "survived"
        counts[mutant.kind].update((result, "mutants"))
        row: dict[str, Any] = {
            "kind": mutant.kind,
            "part": mutant.part,
            "place": mutant.place,
            "change": mutant.change,
            "result": result,
        }
        if case:
            row["case"] = case
        if completions:
            reason = _reason(mutant)
            row |= {"reason": {"ja": reason.ja, "en": reason.en}, "completions": completions}
        rows.append(row)
    total = sum(counts.values(), Counter[str]())
    return {
        "engine": rules.engine_sha256,
        "rules": rules.rules_sha256,
        "failing": list(hunt.failing),
        "score": 100 * total["killed"] / ((total["killed"] + total["survived"]) or 1),
        **_figures(total),
        "kinds": [
            {"id": kind, "name": {"ja": name.ja, "en": name.en}, **_figures(counts[kind])}
            for kind, name in KINDS.items()
        ],
        "list": rows,
    }


def _figures(count: Counter[str]) -> dict[str, int]:
    return {name: count[name] for name in ("mutants", "killed", "equivalent", "survived")}


def write_report(rules: Rules, target: Path) -> None:
    """Write `mutants.json` into the folder `target`."""
    report = json.dumps(mutation_report(rules, cases.load()), ensure_ascii=False, indent=2)
    target.mkdir(parents=True, exist_ok=True)
    (target / "mutants.json").write_text(report + "\n", "utf-8", newline="\n")
