"""The register of readings: where the source can be read in two ways, and what the other way would change.

`decision_tree/view/readings.toml` says what was read how; each `flip` there is an edit of the rules, and
the answer sets are judged by both. The unsettled options of the data follow by themselves. An answer set is a
complete set of answers to the questions of one entry, in a covered transaction with nothing concluded,
or to those of the transaction, with a covered technology and nothing concluded, or to the stage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any

from decision_tree import quantity
from decision_tree.model import (
    LANGUAGES,
    Citation,
    Criterion,
    Fact,
    Gate,
    Language,
    Option,
    OutcomeCode,
    Rules,
    Technology,
    Text,
)
from decision_tree.space import Axis, leaves
from decision_tree.verdict import FALSE, TRUE, Judge, outcome_of
from decision_tree.view.readings import read_readings

Answers = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One answer set in words, and its outcome by either reading."""

    answers: Text
    before: OutcomeCode
    after: OutcomeCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """How many answer sets a reading changes, of how many compared, and one of them."""

    compared: int
    changed: int
    example: Example | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A published choice: what the source leaves open, how we read it, and how one could."""

    id: str
    kind: str
    title: Text
    line: int
    taken: Text
    other: Text
    technology: Technology | None
    facts: tuple[str, ...]
    effect: Effect
    #: "outcome"; "value" if the reading is about what to enter; "office"; "none" for damage alone.
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An unsettled option or stretch read as one of the things it may be, and what follows."""

    read_as: Text
    effect: Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """An option or stretch that the sources do not settle: the reading taken is `consult`."""

    id: str
    technologies: tuple[Technology, ...]
    fact: Fact
    label: Text
    reason: Text
    source: Citation
    settled: tuple[Settled, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """All readings, written and generated."""

    readings: tuple[Reading, ...]
    unsettled: tuple[Unsettled, ...]


def load() -> list[dict[str, Any]]:
    """The readings as they are written."""
    return read_readings()


@cache
def register(rules: Rules) -> Register:
    """Every reading with its effect on these rules."""
    taken = Tables(rules)
    return Register(
        readings=tuple(_reading(taken, raw) for raw in load()),
        unsettled=tuple(_unsettled(taken)),
    )


def flipped(rules: Rules, flip: Mapping[str, Any]) -> Rules:
    """The rules by the other reading.

    Raises:
        ValueError: the flip names what is not in the rules, so that it would change nothing.
    """
    other = rules
    for option in flip.get("options", ()):
        other = _with_option(other, option["fact"], option["option"], tuple(option["may_be"]))
    if band := flip.get("band"):
        other = _with_bands(other, band["fact"], tuple(band["may_be"]))
    if stage := flip.get("stage"):
        options = tuple(
            replace(o, outcome=stage["outcome"]) if o.id == stage["option"] else o
            for o in other.stage.options
        )
        other = replace(other, stage=replace(other.stage, options=options))
    if tree := flip.get("tree"):
        other = _with_trees(other, lambda node: _replaced(node, tree))
    if dropped := flip.get("drop"):
        other = _with_trees(other, lambda node: _without(node, dropped))
    if other == rules:
        raise ValueError(f"the flip {dict(flip)} changes no rule")
    return other


class Tables:
    """The outcomes of all answer sets by one set of rules, worked out where they are asked for."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.judge = Judge(rules)
        self.space = self.judge.space
        self._entries: dict[str, Table] = {}
        self._transaction: Table | None = None

    def entry(self, technology: str) -> Table:
        """The outcome of every complete answer set of an entry."""
        if technology not in self._entries:
            factor = self.judge.entries[technology]
            self._entries[technology] = self._table(
                factor.facts, lambda cells: factor.masks(cells)[0]
            )
        return self._entries[technology]

    @property
    def transaction(self) -> Table:
        """The outcome of every complete answer set of the transaction."""
        if self._transaction is None:
            gates = self.judge.gates
            self._transaction = self._table([name for g in gates for name in g.facts], self._gates)
        return self._transaction

    def _gates(self, cells: tuple[int, ...]) -> int:
        given = iter(cells)
        masks = [gate.masks(tuple(next(given) for _ in gate.facts))[0] for gate in self.judge.gates]
        every = TRUE if all(mask & TRUE for mask in masks) else 0
        return every | (FALSE if any(mask & FALSE for mask in masks) else 0)

    def _table(self, names: Sequence[str], mask: Callable[[tuple[int, ...]], int]) -> Table:
        axes = tuple(self.space.axis(name) for name in names)
        outcomes = {
            tuple(axis.cells[i].id for axis, i in zip(axes, cells, strict=True)): outcome_of(
                mask(cells), "report"
            )
            for cells in product(*(axis.everything for axis in axes))
        }
        return Table(facts=tuple(names), outcomes=outcomes)

    def in_words(self, answers: Mapping[str, str]) -> Text:
        """An answer set as labels of facts and answers."""

        def put(language: Language) -> str:
            colon, comma = ("：", "／") if language == "ja" else (": ", "; ")
            return comma.join(
                f"{self.space.axis(name).fact.label.of(language)}{colon}"
                f"{_answer(self.space.axis(name), answer, language)}"
                for name, answer in answers.items()
            )

        return Text(ja=put("ja"), en=put("en"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The outcome of each answer set; answers stand in the order of the facts."""

    facts: tuple[str, ...]
    outcomes: Mapping[Answers, OutcomeCode]

    def named(self, answers: Answers) -> dict[str, str]:
        return dict(zip(self.facts, answers, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One answer set of a part (an entry, "transaction", "stage") and its outcome by either reading."""

    part: str
    answers: Mapping[str, str]
    before: OutcomeCode
    after: OutcomeCode


def compared(taken: Tables, other: Rules) -> Iterator[Compared]:
    """Each answer set of every part in which the rules differ. Answers are options or ranges."""
    rules = taken.rules
    apart = tuple(
        two for one, two in zip(rules.technologies, other.technologies, strict=True) if one != two
    )
    # Judged by the entries that differ alone: the others cost time and change nothing.
    tables = Tables(replace(other, technologies=apart))
    for entry in apart:
        yield from _paired(entry.id, taken.entry(entry.id), tables.entry(entry.id))
    if rules.transaction != other.transaction:
        yield from _paired("transaction", taken.transaction, tables.transaction)
    if rules.stage != other.stage:
        for option, otherwise in zip(rules.stage.options, other.stage.options, strict=True):
            yield Compared(
                part="stage",
                answers={rules.stage.id: option.id},
                before=option.outcome or "consult",
                after=otherwise.outcome or "consult",
            )


def _paired(part: str, before: Table, after: Table) -> Iterator[Compared]:
    for answers, outcome in before.outcomes.items():
        named = before.named(answers)
        # A branch left out may leave a fact untested.
        then = after.outcomes[tuple(named[fact] for fact in after.facts)]
        yield Compared(part=part, answers=named, before=outcome, after=then)


def effect(taken: Tables, other: Rules) -> Effect:
    """What the other rules change, counted and with the first changed answer set in words."""
    sets = list(compared(taken, other))
    changed = [one for one in sets if one.before != one.after]
    example = None
    if changed:
        words = taken.in_words(changed[0].answers)
        example = Example(answers=words, before=changed[0].before, after=changed[0].after)
    return Effect(compared=len(sets), changed=len(changed), example=example)


def _answer(axis: Axis, answer: str, language: Language) -> str:
    if axis.fact.unit is None:
        return next(o for o in axis.fact.options if o.id == answer).label.of(language)
    return quantity.display(axis.interval(answer), axis.fact.unit, language, axis.domain)


def _reading(taken: Tables, raw: Mapping[str, Any]) -> Reading:
    rules, flip = taken.rules, raw.get("flip", {})
    if "value" in flip:
        about, found = "value", _effect_of_value(taken, flip["value"])
    elif "offices" in flip:
        about, found = "office", _effect_on_offices(taken)
    elif flip:
        about, found = "outcome", effect(taken, flipped(rules, flip))
    else:
        about, found = "none", Effect(compared=0, changed=0, example=None)
    return Reading(
        id=raw["id"],
        kind=raw["kind"],
        title=Text(**raw["title"]),
        line=raw["line"],
        taken=Text(**raw["taken"]),
        other=Text(**raw["other"]),
        technology=next((t for t in rules.technologies if t.id == raw.get("technology")), None),
        facts=tuple(raw.get("facts", ())),
        effect=found,
        about=about,
    )


def _effect_of_value(taken: Tables, fact: str) -> Effect:
    """The answer sets in which another value of this fact alone leads to another outcome."""
    table = taken.entry(taken.space.owner[fact].id)
    at = table.facts.index(fact)
    groups: dict[Answers, dict[Answers, OutcomeCode]] = {}
    for answers, outcome in table.outcomes.items():
        groups.setdefault(answers[:at] + answers[at + 1 :], {})[answers] = outcome
    decided = [group for group in groups.values() if len(set(group.values())) > 1]
    example = None
    if decided:
        (first, was), *rest = decided[0].items()
        now = next(outcome for _, outcome in rest if outcome != was)
        words = taken.in_words(table.named(first))
        example = Example(answers=words, before=was, after=now)
    changed = sum(len(group) for group in decided)
    return Effect(compared=len(table.outcomes), changed=changed, example=example)


def filled_down(rules: Rules) -> dict[str, str]:
    """The division of each entry if an empty cell of the table meant "as above"."""
    printed: dict[str, str] = {}
    last = ""
    for entry in rules.technologies:
        last = entry.division.id if entry.division.basis == "printed" else last
        printed[entry.id] = last
    return printed


def offices_apart(rules: Rules) -> tuple[Technology, ...]:
    """The entries whose division depends on how the empty cells are read."""
    printed = filled_down(rules)
    return tuple(t for t in rules.technologies if printed[t.id] != t.division.id)


def _effect_on_offices(taken: Tables) -> Effect:
    """The answer sets that are shown another office; no outcome changes."""
    sets = {t.id: len(taken.entry(t.id).outcomes) for t in taken.rules.technologies}
    apart = offices_apart(taken.rules)
    changed = sum(sets[entry.id] for entry in apart)
    return Effect(compared=sum(sets.values()), changed=changed, example=None)


def _unsettled(taken: Tables) -> Iterator[Unsettled]:
    """Every unsettled option and stretch of the data; a shared option once for all its entries."""
    rules = taken.rules
    groups: dict[tuple[str, str], list[tuple[Technology | None, Fact, Option]]] = {}
    owned: list[tuple[Technology | None, Fact]] = [
        (entry, fact) for entry in rules.technologies for fact in entry.fact
    ]
    owned += [(None, fact) for fact in (*rules.transaction.fact, rules.stage)]
    for entry, fact in owned:
        for option in fact.options:
            if len(option.may_be) > 1:
                shared = fact.options_from or fact.id
                groups.setdefault((shared, option.id), []).append((entry, fact, option))
        for number, band in enumerate(fact.bands):
            assert entry is not None
            yield Unsettled(
                id=f"{fact.id}-band-{number + 1}",
                technologies=(entry,),
                fact=fact,
                label=_stretch(fact, band.range),
                reason=band.reason,
                source=band.source,
                settled=tuple(
                    Settled(
                        read_as=_stretch(fact, value),
                        effect=effect(taken, _with_bands(rules, fact.id, (value,))),
                    )
                    for value in band.may_be
                ),
            )
    for (shared, name), members in groups.items():
        _, fact, option = members[0]
        assert option.reason is not None
        assert option.source is not None
        yield Unsettled(
            id=f"{shared}-{name}",
            technologies=tuple(entry for entry, _, _ in members if entry),
            fact=fact,
            label=option.label,
            reason=option.reason,
            source=option.source,
            settled=tuple(
                Settled(
                    read_as=_meaning(rules, fact, value),
                    effect=effect(taken, _all_with(rules, members, name, value)),
                )
                for value in option.may_be
            ),
        )


def _all_with(
    rules: Rules,
    members: list[tuple[Technology | None, Fact, Option]],
    option: str,
    value: str,
) -> Rules:
    for _, fact, _ in members:
        rules = _with_option(rules, fact.id, option, (value,))
    return rules


def _stretch(fact: Fact, text: str) -> Text:
    assert fact.unit is not None
    stretch = quantity.read(text, fact.unit, quantity.Interval(None, None))
    words = {language: quantity.display(stretch, fact.unit, language) for language in LANGUAGES}
    return Text(ja=words["ja"], en=words["en"])


def _meaning(rules: Rules, fact: Fact, value: str) -> Text:
    """What a value means: the option of that name, else the phrase that tests it."""
    for option in fact.options:
        if option.id == value:
            return option.label
    for tree in _trees(rules):
        for leaf in leaves(tree):
            if leaf.fact == fact.id and value in leaf.one_of:
                return Text(ja=leaf.ja, en=leaf.en)
    return Text(ja=value, en=value)


# ---- edits of the rules ----


def _with_option(rules: Rules, fact: str, option: str, may_be: tuple[str, ...]) -> Rules:
    def edit(one: Fact) -> Fact:
        if one.id != fact:
            return one
        if option not in {o.id for o in one.options}:
            raise ValueError(f"{fact} has no option {option!r}")
        options = (replace(o, may_be=may_be) if o.id == option else o for o in one.options)
        return replace(one, options=tuple(options))

    return _with_facts(rules, edit)


def _with_bands(rules: Rules, fact: str, may_be: tuple[str, ...]) -> Rules:
    def edit(one: Fact) -> Fact:
        bands = tuple(replace(band, may_be=may_be) for band in one.bands)
        return replace(one, bands=bands) if one.id == fact else one

    return _with_facts(rules, edit)


def _with_facts(rules: Rules, edit: Callable[[Fact], Fact]) -> Rules:
    return replace(
        rules,
        technologies=tuple(
            replace(entry, fact=tuple(map(edit, entry.fact))) for entry in rules.technologies
        ),
        transaction=replace(rules.transaction, fact=tuple(map(edit, rules.transaction.fact))),
        stage=edit(rules.stage),
    )


def _with_trees(rules: Rules, edit: Callable[[Criterion], Criterion]) -> Rules:
    def gate(one: Gate) -> Gate:
        return replace(
            one,
            covered_when=edit(one.covered_when) if one.covered_when else None,
            excluded_when=edit(one.excluded_when) if one.excluded_when else None,
        )

    return replace(
        rules,
        technologies=tuple(replace(t, criteria=edit(t.criteria)) for t in rules.technologies),
        transaction=replace(rules.transaction, gate=tuple(map(gate, rules.transaction.gate))),
    )


def _replaced(node: Criterion, tree: Mapping[str, Any]) -> Criterion:
    """The tree with the node of the phrase `at` put as `criteria` has it."""
    if node.ja == tree["at"] and not node.fact:
        return replace(criterion(tree["criteria"]), line=node.line)
    return _branches(node, lambda branch: _replaced(branch, tree))


def _without(node: Criterion, phrase: str) -> Criterion:
    """The tree without the branch of this phrase."""
    kept = replace(
        node,
        all=tuple(branch for branch in node.all if branch.ja != phrase),
        any=tuple(branch for branch in node.any if branch.ja != phrase),
    )
    return _branches(kept, lambda branch: _without(branch, phrase))


def _branches(node: Criterion, edit: Callable[[Criterion], Criterion]) -> Criterion:
    return replace(node, all=tuple(map(edit, node.all)), any=tuple(map(edit, node.any)))


def criterion(raw: Mapping[str, Any]) -> Criterion:
    """A criterion written as in the data."""
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key in ("all", "any"):
            values[key] = tuple(criterion(branch) for branch in value)
        else:
            values[key] = tuple(value) if isinstance(value, list) else value
    return Criterion(**values)


def _trees(rules: Rules) -> Iterator[Criterion]:
    for technology in rules.technologies:
        yield technology.criteria
    for gate in rules.transaction.gate:
        yield from (tree for tree in (gate.covered_when, gate.excluded_when) if tree)
