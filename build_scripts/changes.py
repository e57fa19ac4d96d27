"""What a new version of the list changes: the wording as a redline, and the answers judged otherwise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise, product
from typing import Literal

from decision_tree import quantity
from decision_tree.model import LANGUAGES, Fact, OutcomeCode, Rules, Technology, Text
from decision_tree.situation import Line
from decision_tree.space import Axis, Space
from decision_tree.verdict import TRUE, Judge, by_urgency

#: What a version says of answers: an outcome; the entry is not in its list; or it offers no such answer.
Said = OutcomeCode | Literal["not-listed", "not-offered"]
Kind = Literal["added", "removed", "changed", "reworded", "unchanged"]

#: Numbers, words of one script and single signs: a redline that breaks words apart cannot be read.
_TOKEN = re.compile(
    r"\d[\d.,]*|[A-Za-z]+|[〇一二三四五六七八九十百千万]+|[\u4e00-\u9fff々]+|[ァ-ヶー]+|[ぁ-ん]+|\s+|.",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of the wording: in both versions, only in the new one, or only in the old one."""

    kind: Literal["same", "inserted", "deleted"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redline:
    """The wording of an entry from one version to the next; its passages stand on lines."""

    ja: tuple[Stretch, ...]
    en: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedSet:
    """One complete set of answers to an entry's questions that the versions judge differently."""

    before: Said
    after: Said
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """How many answer sets go from one outcome to another, and the first of them in words."""

    before: Said
    after: Said
    sets: int
    example: Mapping[str, str]
    words: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """The answers to one fact that occur in changed sets, where those are not all of its answers."""

    fact: str
    answers: tuple[str, ...]
    words: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryEffect:
    """What a new version means for one entry.

    `compared` counts the complete answer sets to the entry's own questions, each in a covered
    transaction with no contract concluded; `changed` those of them that are judged differently.
    """

    technology: str
    number: int
    name: Text
    kind: Kind
    redline: Redline
    compared: int
    changed: int
    transitions: tuple[Transition, ...]
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sets:
    """How many answer sets have an outcome."""

    outcome: OutcomeCode
    sets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile:
    """The answer sets of the added entries, judged by the list as known on a day between the versions."""

    first: date
    last: date
    outcomes: tuple[Sets, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From one version of the list to the next.

    `kept` entries stand in both lists. Only one wording of them is on record, so nothing is said of
    whether it was another in the older list.
    """

    older: date
    newer: date
    effects: tuple[EntryEffect, ...]
    kept: tuple[str, ...]
    meanwhile: Meanwhile


@cache
def steps(rules: Rules) -> tuple[Step, ...]:
    """The steps between the versions of the list that are known, oldest first."""
    versions = sorted(version.date for version in rules.scheme.version)
    return tuple(_step(rules, older, newer) for older, newer in pairwise(versions))


def as_listed(rules: Rules, day: date) -> Rules:
    """The rules with the entries alone that the list is known to hold on a day."""
    listed = tuple(entry for entry in rules.technologies if entry.listed <= day)
    return replace(rules, technologies=listed)


def effect(old: Rules, new: Rules) -> tuple[EntryEffect, ...]:
    """The effect on every entry of either list, in order of number.

    Entries are compared by id; the transactions and the stages are taken to be the same.
    Raises ValueError if a fact that keeps its id changes its kind, unit or domain.
    """
    before = {entry.id: entry for entry in old.technologies}
    after = {entry.id: entry for entry in new.technologies}
    entries = sorted({**before, **after}.values(), key=lambda entry: entry.number)
    versions = Version(old), Version(new)
    return tuple(_effect(before.get(entry.id), after.get(entry.id), *versions) for entry in entries)


def changed_sets(old: Rules, new: Rules, technology: str) -> tuple[ChangedSet, ...]:
    """The complete answer sets of one entry that the versions judge differently."""
    return tuple(
        found
        for found in _compared(Version(old), Version(new), technology)
        if found.before != found.after
    )


def redline(old: str, new: str) -> tuple[Stretch, ...]:
    """The stretches of both texts in reading order, what goes before what comes."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    found = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for name, low, high, start, end in matcher.get_opcodes():
        if name == "equal":
            found.append(Stretch(kind="same", text="".join(before[low:high])))
            continue
        if low < high:
            found.append(Stretch(kind="deleted", text="".join(before[low:high])))
        if start < end:
            found.append(Stretch(kind="inserted", text="".join(after[start:end])))
    return tuple(found)


class Version:
    """One version of the rules as a judge, in a covered transaction with nothing concluded."""

    def __init__(self, rules: Rules, as_of: date | None = None) -> None:
        self.judge = Judge(rules, as_of)
        self.space: Space = self.judge.space
        self.entries = {entry.id: entry for entry in rules.technologies}
        self.covered = _covered(self.judge)

    def axes(self, technology: str) -> dict[str, Axis]:
        """The entry's own facts; none if the list does not hold it."""
        entry = self.entries.get(technology)
        return {fact.id: self.space.axis(fact.id) for fact in entry.fact} if entry else {}

    def says(self, technology: str, answers: Mapping[str, str]) -> Said:
        """The outcome of a complete answer set; answers to facts of another version are ignored."""
        if technology not in self.entries:
            return "not-listed"
        axes = self.axes(technology)
        own = {name: answer for name, answer in answers.items() if name in axes}
        for name, answer in own.items():
            if axes[name].fact.kind == "choice" and answer not in _ids(axes[name]):
                return "not-offered"
        return self.outcome(technology, own)

    def outcome(self, technology: str, answers: Mapping[str, str]) -> OutcomeCode:
        """The engine's outcome of answers to the entry's own facts."""
        return self.judge.outcome(Line(technology=technology, answers={**self.covered, **answers}))


def _covered(judge: Judge) -> dict[str, str]:
    """Answers that every gate lets through whatever the reading, and the stage that asks for a report."""
    answers: dict[str, str] = {}
    for gate in judge.gates:
        axes = [judge.space.axis(name) for name in gate.facts]
        cells = next(
            cells
            for cells in product(*(axis.everything for axis in axes))
            if gate.masks(cells)[0] == TRUE
        )
        answers |= {
            axis.fact.id: axis.cells[cell].id for axis, cell in zip(axes, cells, strict=True)
        }
    stage = next(option for option in judge.rules.stage.options if option.outcome == "report")
    return {**answers, judge.rules.stage.id: stage.id}


def _compared(old: Version, new: Version, technology: str) -> Iterator[ChangedSet]:
    before, after = old.axes(technology), new.axes(technology)
    names = [*after, *(name for name in before if name not in after)]
    for answers in product(*(_answers(before.get(name), after.get(name)) for name in names)):
        given = dict(zip(names, answers, strict=True))
        yield ChangedSet(
            before=_as_listed(old.says(technology, given), new, technology),
            after=_as_listed(new.says(technology, given), old, technology),
            answers=given,
        )


def _as_listed(said: Said, other: Version, technology: str) -> Said:
    """What is outside an entry is judged alike by a list without that entry."""
    return "not-listed" if said == "not-covered" and technology not in other.entries else said


def _answers(old: Axis | None, new: Axis | None) -> tuple[str, ...]:
    """Answers so narrow that each version treats all that lies in one of them alike."""
    if old is None or new is None:
        only = new or old
        return _ids(only) if only else ()
    if (old.fact.kind, old.fact.unit, old.domain) != (new.fact.kind, new.fact.unit, new.domain):
        raise ValueError(f"{new.fact.id}: kind, unit or domain changed; give the fact a new id")
    if new.fact.unit is None:
        return tuple(dict.fromkeys([*_ids(new), *_ids(old)]))
    pieces = [
        one.interval.meet(other.interval)
        for one in old.cells
        for other in new.cells
        if one.interval and other.interval
    ]
    return tuple(
        quantity.canonical(piece, new.fact.unit, new.domain) for piece in pieces if not piece.empty
    )


def _complete(axes: Mapping[str, Axis]) -> Iterator[dict[str, str]]:
    for answers in product(*(_ids(axis) for axis in axes.values())):
        yield dict(zip(axes, answers, strict=True))


def _ids(axis: Axis) -> tuple[str, ...]:
    return tuple(cell.id for cell in axis.cells)


def _effect(
    before: Technology | None, after: Technology | None, old: Version, new: Version
) -> EntryEffect:
    entry = after or before
    assert entry is not None
    compared = list(_compared(old, new, entry.id))
    changed = [found for found in compared if found.before != found.after]
    words = _Words(old, new, entry.id)
    wording = Redline(
        **{language: redline(_wording(before, language), _wording(after, language)) for language in LANGUAGES}
    )  # fmt: skip
    return EntryEffect(
        technology=entry.id,
        number=entry.number,
        name=entry.name,
        kind=_kind(before, after, wording, changed),
        redline=wording,
        compared=len(compared),
        changed=len(changed),
        transitions=tuple(_transitions(changed, words)),
        regions=tuple(_regions(compared, changed, words)),
    )


def _kind(
    before: Technology | None,
    after: Technology | None,
    wording: Redline,
    changed: list[ChangedSet],
) -> Kind:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    if changed:
        return "changed"
    same = all(stretch.kind == "same" for stretch in (*wording.ja, *wording.en))
    return "unchanged" if same else "reworded"


def _wording(entry: Technology | None, language: str) -> str:
    return "\n".join(getattr(passage, language) for passage in entry.definition) if entry else ""


class _Words:
    """Answers of one entry in both languages, in the words of the version that has them."""

    def __init__(self, old: Version, new: Version, technology: str) -> None:
        self.axes = {**old.axes(technology), **new.axes(technology)}
        self.options = {
            option.id: option
            for axes in (old.axes(technology), new.axes(technology))
            for axis in axes.values()
            for option in axis.fact.options
        }

    def answer(self, name: str, answer: str, language: str) -> str:
        axis = self.axes[name]
        if axis.fact.unit is None:
            return str(getattr(self.options[answer].label, language))
        return quantity.display(axis.interval(answer), axis.fact.unit, language, axis.domain)

    def put(self, answers: Mapping[str, Iterable[str]]) -> Text:
        """Facts with the answers to each."""
        return Text(ja=self._put(answers, "ja"), en=self._put(answers, "en"))

    def _put(self, answers: Mapping[str, Iterable[str]], language: str) -> str:
        colon, either, comma = ("：", "、又は", "／") if language == "ja" else (": ", " or ", "; ")
        return comma.join(
            _label(self.axes[name].fact, language)
            + colon
            + either.join(self.answer(name, answer, language) for answer in given)
            for name, given in answers.items()
        )


def _label(fact: Fact, language: str) -> str:
    return fact.label.ja if language == "ja" else fact.label.en


def _transitions(changed: list[ChangedSet], words: _Words) -> Iterator[Transition]:
    groups: dict[tuple[Said, Said], list[ChangedSet]] = {}
    for found in changed:
        groups.setdefault((found.before, found.after), []).append(found)
    for (before, after), sets in groups.items():
        first = sets[0].answers
        yield Transition(
            before=before,
            after=after,
            sets=len(sets),
            example=first,
            words=words.put({name: [answer] for name, answer in first.items()}),
        )


def _regions(
    compared: list[ChangedSet], changed: list[ChangedSet], words: _Words
) -> Iterator[Region]:
    if not changed:
        return
    for name in changed[0].answers:
        possible = dict.fromkeys(found.answers[name] for found in compared)
        touched = dict.fromkeys(found.answers[name] for found in changed)
        answers = tuple(answer for answer in possible if answer in touched)
        if len(answers) < len(possible):
            yield Region(fact=name, answers=answers, words=words.put({name: answers}))


def _step(rules: Rules, older: date, newer: date) -> Step:
    old, new = as_listed(rules, older), as_listed(rules, newer)
    effects = effect(old, new)
    kept = {entry.id for entry in old.technologies} & {entry.id for entry in new.technologies}
    now, between = Version(new), Version(new, as_of=older)
    outcomes = Counter(
        between.outcome(entry.id, answers)
        for entry in new.technologies
        if entry.id not in kept
        for answers in _complete(now.axes(entry.id))
        if now.outcome(entry.id, answers) != "not-covered"
    )
    return Step(
        older=older,
        newer=newer,
        effects=tuple(found for found in effects if found.technology not in kept),
        kept=tuple(entry.id for entry in new.technologies if entry.id in kept),
        meanwhile=Meanwhile(
            first=older,
            last=newer - timedelta(days=1),
            outcomes=tuple(
                Sets(outcome=code, sets=outcomes[code]) for code in by_urgency(outcomes)
            ),
        ),
    )
