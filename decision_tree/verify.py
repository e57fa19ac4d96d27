"""The proofs: every partial answer set is judged and compared with what the definitions say.

What is walked: for every entry, every partial answer set of its own facts (each option, each region,
each span of regions, open) in representative transactions; every partial answer set of the transaction
and the stage beside representative entries. Both sides share no fact, so together they stand for the
product.

`full` leaves no representative out: beside every partial answer set of the transaction it sets one line
for each kind of contribution (truth sets, and pairs that differ in one fact) that any answers of any
entry make; every act and every stage beside every answer set of an entry; and for the entries of one
fact it walks the literal product. The product of the other entries, some 7 * 10^9 lines, is covered by
substitution, and both halves of that are checked: the engine's contribution of every answer set of every
entry is the one its definition gives; and an engine that is handed nothing but a contribution, the
entry's answers sealed away, judges every line of that walk as before. What it did not read it cannot
have used: so each line of the product is judged as the one that was walked for its kind.

What is not proven here: that the criteria are the law. For that stand the fidelity of the quotations,
the second reading in the tests, and the worked cases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property
from itertools import permutations, product
from math import prod
from typing import Any

from decision_tree import corpus
from decision_tree.definitions import (
    Answers,
    Side,
    Truths,
    alike_beyond_the_options,
    outcome_by_definition,
    spans,
    without_one_node,
)
from decision_tree.journey import TECHNOLOGY, Journey, first_unanswered, next_fact, relevant
from decision_tree.model import LANGUAGES, URGENCY, Criterion, OutcomeCode, Rules, Technology, Text
from decision_tree.situation import Line, Situation
from decision_tree.space import NONE, UNKNOWN, Axis, Value, holds
from decision_tree.verdict import FALSE, TRUE, Judge, LineVerdict

PROPERTIES = (
    "false all-clears",
    "wrong outcomes",
    "wrong missing facts",
    "needless questions",
    "contributions that differ",
    "answers read past their factor",
    "order dependence",
    "dead ends",
    "unreachable questions",
    "unreachable outcomes",
    "ja/en differences",
    "rules whose removal changes nothing",
)


@dataclass
class Tally:
    """Answer sets visited and violations found, by property; the first violations in words."""

    visited: Counter[str] = field(default_factory=Counter)
    violations: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def see(self, name: str, good: bool, what: object) -> None:
        """Counts one answer set for a property, and a violation if it is not good."""
        self.visited[name] += 1
        if not good:
            self.violations[name] += 1
            if len(self.examples) < 20:
                self.examples.append(f"{name}: {what}")

    def add(self, other: Tally) -> None:
        self.visited.update(other.visited)
        self.violations.update(other.violations)
        self.examples = [*self.examples, *other.examples][:20]
        self.notes += other.notes


def verify(rules: Rules, *, full: bool = False, processes: int = 2) -> Tally:
    """All properties over the whole space; the tally of what was visited and violated."""
    jobs: list[tuple[str, Any]] = [
        ("entry", (entry.id, first))
        for entry in sorted(rules.technologies, key=lambda entry: -len(entry.fact))
        for first in [None, *(option.id for option in entry.fact[0].options)]
    ]
    acts = [None, *(option.id for option in rules.transaction.fact[0].options)]
    jobs += [("transaction", act) for act in acts]
    jobs += [("journey", None), ("lines", None), ("rules", None), ("texts", None)]
    tally = Tally()
    if full:
        short = [entry.id for entry in rules.technologies if len(entry.fact) == 1]
        jobs = [*(("product", technology) for technology in short), *jobs]
        size = _Proof(rules, full=True).size_of_product()
        tally.notes.append(f"by substitution this is every one of {size:,} answer sets of a line")
    work = [(rules, kind, item, full) for kind, item in jobs]
    if processes == 1:
        for job in work:
            tally.add(_job(job))
        return tally
    with ProcessPoolExecutor(processes) as pool:
        for part in pool.map(_job, work):
            tally.add(part)
    return tally


def count(rules: Rules) -> int:
    """How many partial answer sets of one line are compared with the definitions; none is judged."""
    proof = _Proof(rules, full=False)
    entries = sum(
        proof.size(fact.id for fact in entry.fact)
        * (len(proof.contexts) + (entry.listed > rules.scheme.begins))
        for entry in rules.technologies
    )
    return entries + proof.size_of_transaction * sum(1 for _ in proof.representatives())


def report(tally: Tally) -> str:
    """The tally as a table for people."""
    rows = [f"{'property':38}{'answer sets':>14}{'violations':>12}"]
    rows += [
        f"{name:38}{tally.visited[name]:>14,}{tally.violations[name]:>12,}" for name in PROPERTIES
    ]
    unproven = [name for name in PROPERTIES if not tally.visited[name]]
    rows += [f"not visited at all: {name}" for name in unproven]
    rows += [f"violation: {example}" for example in tally.examples]
    rows += [f"note: {note}" for note in tally.notes]
    return "\n".join(rows)


def _job(job: tuple[Rules, str, Any, bool]) -> Tally:
    rules, kind, item, full = job
    return _Proof(rules, full=full).run(kind, item)


class _Proof:
    def __init__(self, rules: Rules, *, full: bool) -> None:
        self.rules = rules
        self.full = full
        self.judge = Judge(rules)
        self.space = self.judge.space
        self.tally = Tally()
        self.transaction_facts = [fact.id for fact in rules.transaction.fact]
        self.stage = self.space.axis(rules.stage.id)
        self.after: list[OutcomeCode] = [o.outcome or "consult" for o in rules.stage.options]

    def run(self, kind: str, item: Any) -> Tally:
        if kind == "entry":
            technology, first = item
            self.entry(next(e for e in self.rules.technologies if e.id == technology), first)
        elif kind == "product":
            self.product(next(e for e in self.rules.technologies if e.id == item))
        elif kind == "transaction":
            self.transaction(item)
        else:
            {
                "journey": self.journey,
                "lines": self.lines,
                "rules": self.removals,
                "texts": self.texts,
            }[kind]()
        return self.tally

    # ---- the space ----

    def size(self, names: Iterable[str]) -> int:
        """How many partial answer sets these facts have."""
        return prod(len(self.partial(self.space.axis(name))) for name in names)

    @property
    def size_of_transaction(self) -> int:
        """How many partial answer sets transaction and stage have."""
        return self.size([*self.transaction_facts, self.stage.fact.id])

    def size_of_product(self) -> int:
        """How many partial answer sets one line has, over all entries, unknown and none."""
        entries = sum(self.size(fact.id for fact in e.fact) for e in self.rules.technologies)
        return (entries + 2) * self.size_of_transaction

    def answers(self, names: Iterable[str]) -> Iterator[Answers]:
        """Every partial answer set of these facts."""
        choices = [
            [(name, answer) for answer in self.partial(self.space.axis(name))] for name in names
        ]
        for chosen in product(*choices):
            yield {name: answer for name, answer in chosen if answer is not None}

    def partial(self, axis: Axis) -> list[str | None]:
        """What can be said of one fact: nothing, each cell, each span of regions."""
        said: list[str | None] = [None, *(cell.id for cell in axis.cells)]
        if axis.read(UNKNOWN) != axis.read(None):
            raise AssertionError(f"{axis.fact.id}: unknown is not read like an open answer")
        return [*said, *spans(axis)]

    def side_of_entry(self, entry: Technology, criteria: Criterion | None = None) -> Side:
        tree = criteria or entry.criteria
        names = [fact.id for fact in entry.fact]
        return Side(self.space, names, lambda values: holds(tree, values, self.space.units))

    @cached_property
    def side_of_transaction(self) -> Side:
        def true(values: Mapping[str, Value]) -> bool:
            return all(
                (not gate.covered_when or holds(gate.covered_when, values, self.space.units))
                and not (gate.excluded_when and holds(gate.excluded_when, values, self.space.units))
                for gate in self.rules.transaction.gate
            )

        return Side(self.space, self.transaction_facts, true)

    # ---- one line against the definitions ----

    def compare(
        self,
        line: Line,
        entry_sets: frozenset[Truths],
        entry_pairs: Mapping[str, Iterable[tuple[Truths, Truths]]],
        side: Side,
        judge: Judge | None = None,
    ) -> LineVerdict:
        """Judges a line and counts it for the properties that hold of every single answer set."""
        verdict = (judge or self.judge).line(line)
        cells = side.cells(line.answers)
        stage = self.stage.read(line.answers.get(self.stage.fact.id))
        after = {self.after[index] for index in stage}
        transaction = side.sets(cells)
        outcomes = {
            outcome_by_definition(one, other, code)
            for one in entry_sets
            for other in transaction
            for code in after
        }
        expected = outcomes.copy().pop() if len(outcomes) == 1 else "ask"
        coverable = any(True in one for one in entry_sets) and any(
            True in one for one in transaction
        )
        self.tally.see(
            "false all-clears", not (coverable and verdict.outcome == "not-covered"), line
        )
        self.tally.see(
            "wrong outcomes",
            verdict.outcome == expected
            and verdict.possible == tuple(code for code in URGENCY if code in outcomes),
            line,
        )
        missing = set()
        if len(outcomes) > 1:
            missing |= {
                name
                for name, pairs in entry_pairs.items()
                if any(
                    outcome_by_definition(one, rest, code)
                    != outcome_by_definition(other, rest, code)
                    for one, other in pairs
                    for rest in transaction
                    for code in after
                )
            }
            missing |= {
                name
                for name, position in side.index.items()
                if len(cells[position]) > 1
                and any(
                    outcome_by_definition(rest, one, code)
                    != outcome_by_definition(rest, other, code)
                    for one, other in side.pairs(cells, position)
                    for rest in entry_sets
                    for code in after
                )
            }
            if any(
                len({outcome_by_definition(one, other, code) for code in after}) > 1
                for one in entry_sets
                for other in transaction
            ):
                missing.add(self.stage.fact.id)
        self.tally.see("wrong missing facts", set(verdict.missing) == missing, line)
        following = first_unanswered(line, verdict.missing)
        self.tally.see("needless questions", following is None or following in missing, line)
        answered = {TECHNOLOGY, *line.answers}
        self.tally.see("dead ends", following is not None or missing <= answered, line)
        return verdict

    # ---- the walks ----

    def entry(self, entry: Technology, first: str | None) -> None:
        """Every partial answer set of an entry's own facts, in representative transactions.

        `first` is the answer to the entry's first fact: its sets are walked job by job.
        """
        own = self.side_of_entry(entry)
        side = self.side_of_transaction
        between = [self.rules.scheme.begins, entry.listed]
        earlier = Judge(self.rules, between[0], self.space) if between[0] < between[1] else None
        name, *others = own.index
        kinds: set[object] = set()
        for rest in self.answers(others):
            answers = {name: first, **rest} if first else rest
            cells = own.cells(answers)
            sets = own.sets(cells)
            pairs = own.pairs_by_fact(cells)
            kinds.add(self.substitute(entry, answers, sets, pairs, kinds))
            for context in self.contexts:
                line = Line(technology=entry.id, answers={**answers, **context})
                self.compare(line, sets, pairs, side)
            if earlier:
                line = Line(technology=entry.id, answers={**answers, **self.covered})
                unlisted = {
                    name: [(one | {False}, other | {False}) for one, other in found]
                    for name, found in pairs.items()
                }
                self.compare(
                    line, frozenset(one | {False} for one in sets), unlisted, side, earlier
                )

    def substitute(
        self,
        entry: Technology,
        answers: Answers,
        sets: frozenset[Truths],
        pairs: Mapping[str, frozenset[tuple[Truths, Truths]]],
        seen: set[object],
    ) -> object:
        """Compares the engine's contribution of these answers with the definition's; returns its kind.

        For a kind not `seen` the lines of all contexts are judged with the answers sealed as well.
        """
        factor = self.judge.entries[entry.id]
        part = factor.part(factor.open_cells(answers))
        expected = {
            name: frozenset(tuple(sorted((_mask(one), _mask(other)))) for one, other in found)
            for name, found in pairs.items()
            if found
        }
        found = {name: pair for name, pair in part.pairs.items() if pair}
        same = part.masks == {_mask(one) for one in sets} and found == expected
        self.tally.see("contributions that differ", same, (entry.id, answers))
        kind = (part.masks, frozenset(found.items()))
        if kind in seen:
            return kind
        sealed = self.sealed(entry.id, answers)
        for context in self.contexts:
            line = Line(technology=entry.id, answers={**answers, **context})
            self.judge_sealed(sealed, line, self.judge.line(line))
        return kind

    def sealed(self, technology: str, answers: Answers) -> Judge:
        """An engine that is handed what these answers contribute, and nothing else of the entry."""
        factor = self.judge.entries[technology]
        return self.judge.with_contribution(technology, factor.part(factor.open_cells(answers)))

    def judge_sealed(self, sealed: Judge, line: Line, expected: LineVerdict) -> None:
        """Judges a line whose answers of the entry cannot be read."""
        hidden = _Sealed(line.answers, sealed.entries[str(line.technology)].facts)
        try:
            alike = sealed.line(replace(line, answers=hidden)) == expected
        except _Sealed.OpenedError:
            alike = False
        self.tally.see("answers read past their factor", alike, line)

    def transaction(self, act: str | None) -> None:
        """Every partial answer set of transaction and stage with this act, beside representative entries."""
        side = self.side_of_transaction
        others = [name for name in self.transaction_facts if name != "act"]
        beside = [
            (*kind, self.sealed(kind[0], kind[1]) if kind[0] in self.judge.entries else None)
            for kind in self.representatives()
        ]
        for answers in self.answers([*others, self.stage.fact.id]):
            given = {"act": act, **answers} if act else answers
            for technology, own, sets, pairs, sealed in beside:
                line = Line(technology=technology, answers={**own, **given})
                verdict = self.compare(line, sets, pairs, side)
                if self.full and sealed:
                    self.judge_sealed(sealed, line, verdict)

    def product(self, entry: Technology) -> None:
        """The literal product of both sides for an entry of one fact."""
        own, side = self.side_of_entry(entry), self.side_of_transaction
        for mine in self.answers(own.index):
            cells = own.cells(mine)
            pairs = own.pairs_by_fact(cells)
            for theirs in self.answers([*self.transaction_facts, self.stage.fact.id]):
                line = Line(technology=entry.id, answers={**mine, **theirs})
                self.compare(line, own.sets(cells), pairs, side)

    @cached_property
    def covered(self) -> dict[str, str]:
        """A transaction that is in, and nothing concluded."""
        side = self.side_of_transaction
        cells = next(cells for cells, truths in side.truths.items() if truths == {True})
        given = {a.fact.id: a.cells[i].id for a, i in zip(side.axes, cells, strict=True)}
        return {**given, self.stage.fact.id: self.stage.cells[self.after.index("report")].id}

    @cached_property
    def contexts(self) -> list[dict[str, str]]:
        """Transactions in, at a stage that asks for consultation, unsettled, and quite open."""
        inside, stage = self.covered, self.stage.fact.id
        consult = self.stage.cells[self.after.index("consult")].id
        contexts = [inside, {**inside, stage: consult}, {**inside, "destination": "group-a"}, {}]
        if self.full:
            contexts += [{**inside, stage: cell.id} for cell in self.stage.cells]
            contexts += [{**inside, "act": cell.id} for cell in self.space.axis("act").cells]
        return contexts

    def representatives(
        self,
    ) -> Iterator[
        tuple[str, Answers, frozenset[Truths], dict[str, frozenset[tuple[Truths, Truths]]]]
    ]:
        """A line for each kind of contribution that an entry's answers can make; and no entry.

        Without `full` the first four kinds that differ in their truth sets.
        """
        seen: set[object] = set()
        every: set[Truths] = {frozenset({False})}
        for entry in sorted(self.rules.technologies, key=lambda e: len(e.fact)):
            side = self.side_of_entry(entry)
            every |= set(side.truths.values())
            for answers in self.answers(side.index) if self.full or len(seen) < 4 else ():
                cells = side.cells(answers)
                sets, pairs = side.sets(cells), side.pairs_by_fact(cells)
                kind = (sets, frozenset(pairs.values())) if self.full else sets
                if kind not in seen and (self.full or len(seen) < 4):
                    seen.add(kind)
                    yield entry.id, answers, sets, pairs
        differing = frozenset((a, b) for a in every for b in every if a != b)
        yield UNKNOWN, {}, frozenset(every), {TECHNOLOGY: differing}
        yield NONE, {}, frozenset({frozenset({False})}), {}

    def journey(self) -> None:
        """Every way through the questionnaire: of each entry in a covered transaction, of one in all."""
        asked: set[str] = set()
        outcomes: set[str] = set()
        for technology in [*(e.id for e in self.rules.technologies), NONE, UNKNOWN]:
            asked.add(TECHNOLOGY)
            entry = next((e for e in self.rules.technologies if e.id == technology), None)
            whole = entry is None or entry.number == 1
            start = Line(technology=technology, answers={} if whole else self.covered)
            for number, line in enumerate(self._ways(start, asked)):
                verdict = self.judge.line(line)
                outcomes |= {verdict.outcome}
                for fuller in self._with_answers_nobody_asked_for(line):
                    same = self.judge.line(fuller).outcome == verdict.outcome
                    self.tally.see("order dependence", same, fuller)
                    if number % 16 == 0 or self.full:
                        found = relevant(self.judge, fuller).answers.items()
                        self.tally.see("order dependence", found <= line.answers.items(), fuller)
        for name in [TECHNOLOGY, *self.space.fact_ids]:
            self.tally.see("unreachable questions", name in asked, name)
        for code in URGENCY:
            self.tally.see("unreachable outcomes", code in outcomes, code)

    def _ways(self, line: Line, asked: set[str]) -> Iterator[Line]:
        name = next_fact(self.judge, line)
        if name is None:
            yield line
            return
        asked.add(name)
        axis = self.space.axis(name)
        for answer in [*(cell.id for cell in axis.cells), UNKNOWN]:
            yield from self._ways(replace(line, answers={**line.answers, name: answer}), asked)

    def _with_answers_nobody_asked_for(self, line: Line) -> Iterator[Line]:
        facts = [fact.id for fact in corpus.facts_of(self.rules, line.technology)]
        for end in (0, -1):
            others = {name: self.space.axis(name).cells[end].id for name in reversed(facts)}
            yield replace(line, answers={**others, **line.answers})

    def lines(self) -> None:
        """Two lines of every kind of verdict, in both orders."""
        kinds: dict[LineVerdict, Line] = {}
        inside = self.covered
        for stage in self.stage.cells:
            for extra in ({}, {"act": "goods-only"}, {"destination": UNKNOWN}):
                for technology in (self.rules.technologies[0].id, NONE, UNKNOWN):
                    own = {}
                    if technology == self.rules.technologies[0].id:
                        fact = self.rules.technologies[0].fact[0]
                        own = {fact.id: fact.options[0].id}
                    answers = {**own, **inside, self.stage.fact.id: stage.id, **extra}
                    line = Line(technology=technology, answers=answers)
                    kinds.setdefault(self.judge.line(line), line)
        for chosen in product(kinds.items(), repeat=2):
            verdicts = [verdict for verdict, _ in chosen]
            whole = self.judge.judge(Situation(lines=tuple(line for _, line in chosen)))
            first = min(URGENCY.index(v.outcome) for v in verdicts)
            possible = {code for v in verdicts for code in v.possible}
            right = (
                whole.outcome == URGENCY[first]
                and set(whole.possible) == possible
                and set(whole.because)
                == {g for v in verdicts if v.outcome == URGENCY[first] for g in v.because}
                and set(whole.missing) == {f for v in verdicts for f in v.missing}
            )
            self.tally.see("wrong outcomes", right, chosen)
            self.tally.see(
                "false all-clears",
                whole.outcome != "not-covered" or {v.outcome for v in verdicts} == {"not-covered"},
                chosen,
            )
            for order in permutations([line for _, line in chosen]):
                again = self.judge.judge(Situation(lines=order))
                same = (again.outcome, again.possible) == (whole.outcome, whole.possible)
                self.tally.see("order dependence", same, order)

    def removals(self) -> None:
        """Every node of the criteria and every gate: without it, some completion turns out otherwise."""
        name = "rules whose removal changes nothing"
        for entry in self.rules.technologies:
            before = self.side_of_entry(entry).truths
            for place, smaller in without_one_node(entry.criteria):
                if self.side_of_entry(entry, smaller).truths == before:
                    # Implied by the rest for every answer that is offered; it must still bear on
                    # a value that is none of them, or it is no rule at all.
                    implied = not alike_beyond_the_options(self.space, entry.criteria, smaller)
                    self.tally.notes.append(f"implied by the rest: {entry.id}: {place}")
                else:
                    implied = True
                self.tally.see(name, implied, f"{entry.id}: {place}")
        gates = self.rules.transaction.gate
        whole = self.side_of_transaction.truths
        for index, gate in enumerate(gates):
            fewer = replace(
                self.rules,
                transaction=replace(
                    self.rules.transaction, gate=gates[:index] + gates[index + 1 :]
                ),
            )
            after = _Proof(fewer, full=False).side_of_transaction.truths
            self.tally.see(name, whole != after, gate.ground)

    def texts(self) -> None:
        """Each text in both languages; the same answers lead to the same pages in both."""
        name = "ja/en differences"
        for place, text in _texts(self.rules, "rules"):
            self.tally.see(name, bool(text.ja.strip()) and bool(text.en.strip()), place)
        journeys = [Journey(self.judge, language) for language in LANGUAGES]
        for entry in self.rules.technologies:
            for fact in corpus.facts_of(self.rules, entry.id):
                page = fact.page or fact.id
                state = {
                    "lines": [{"technology": entry.id, "answers": {}}],
                    "at": {"line": 0, "page": page},
                }
                for cell in [*self.space.axis(fact.id).cells, None]:
                    fields = {f.id: UNKNOWN for f in corpus.facts_of(self.rules, entry.id)}
                    fields[fact.id] = cell.id if cell else UNKNOWN
                    if fact.kind == "quantity" and cell is None:
                        fields = {f"{fact.id}.{UNKNOWN}": UNKNOWN}
                    ends = [
                        journey.act(state, {"do": "answer", "fields": fields})[0]
                        for journey in journeys
                    ]
                    self.tally.see(name, ends[0] == ends[1], (entry.id, fields))
                    self.tally.see("dead ends", "draft" not in ends[0], (entry.id, fields))


class _Sealed(dict[str, str]):
    """Answers of which some may not be read, nor all at once."""

    class OpenedError(Exception):
        """Somebody read a sealed answer."""

    def __init__(self, answers: Mapping[str, str], sealed: Iterable[str]) -> None:
        super().__init__(answers)
        self.sealed = frozenset(sealed)

    def __getitem__(self, name: str) -> str:
        if name in self.sealed:
            raise self.OpenedError(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """One answer, unless it is sealed."""
        return self[name] if name in self or name in self.sealed else default

    def _refused(self, *_: object) -> Any:
        raise self.OpenedError("all answers")

    __iter__ = keys = values = items = _refused


def _mask(truths: Truths) -> int:
    """A set of truth values as the engine writes it."""
    return (TRUE if True in truths else 0) | (FALSE if False in truths else 0)


def _texts(value: Any, place: str) -> Iterator[tuple[str, Text]]:
    if isinstance(value, Text):
        yield place, value
    elif is_dataclass(value):
        for part in fields(value):
            yield from _texts(getattr(value, part.name), f"{place}.{part.name}")
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _texts(item, f"{place}[{index}]")
