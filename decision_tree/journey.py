"""From the answers given so far to the next question, and from one page of the questionnaire to the next.

The state of a run is rebuilt by folding the answers from the first question, so that going back and
changing an answer cost nothing: an answer that no longer matters stays stored, but is neither shown nor used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from decision_tree import explain, progress, quantity
from decision_tree.model import Fact, Language, Technology, Text
from decision_tree.situation import Line, Situation
from decision_tree.space import NONE, UNKNOWN, AnswerError
from decision_tree.verdict import Judge

TECHNOLOGY, CHECK, VERDICT, NOTE = "technology", "check", "verdict", "note"
#: Technologies or acts that one run of the questionnaire takes; a longer list is for `batch`.
MOST_LINES = 10


@dataclass(frozen=True, kw_only=True)
class Question:
    """A page that asks one fact, or the facts of one `[[page]]`."""

    page: str
    line: int
    facts: tuple[Fact, ...]
    heading: Text
    lead: Text | None
    technology: Technology | None
    values: Mapping[str, str]
    errors: Mapping[str, str]
    listed: date
    back: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """One answer on the check-answers page, in words and as it was `given`."""

    line: int
    page: str
    fact: str
    label: Text
    answer: str
    given: str


@dataclass(frozen=True, kw_only=True)
class CheckAnswers:
    """All the answers that were asked for, before the result is shown."""

    rows: tuple[Row, ...]
    more: bool


@dataclass(frozen=True, kw_only=True)
class VerdictPage:
    """The verdict with everything its page tells. `situation` holds only the answers asked for."""

    verdict: dict[str, Any]
    situation: Situation
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class NotePage(VerdictPage):
    """The verdict as a note for the first call to the division."""


Model = Question | CheckAnswers | VerdictPage


def next_fact(judge: Judge, line: Line) -> str | None:
    """The first missing fact that has not been answered, in authored order; None when none is left.

    `unknown` and a range across a limit are answers: such a fact stays missing but is not asked again.
    """
    return first_unanswered(line, judge.line(line).missing)


def first_unanswered(line: Line, missing: Iterable[str]) -> str | None:
    """The first of the missing facts that the line does not answer; None if it answers all."""
    answered = set(line.answers) if line.technology is None else {TECHNOLOGY, *line.answers}
    return next((name for name in missing if name not in answered), None)


def asked(judge: Judge, line: Line) -> Iterator[str]:
    """The facts asked on the way through the given answers, in order."""
    for name, _ in _walk(judge, line):
        if name is not None:
            yield name


def relevant(judge: Judge, line: Line) -> Line:
    """The line with those answers alone that were asked for on its way."""
    *_, (_, kept) = _walk(judge, line)
    return kept


def _walk(judge: Judge, line: Line) -> Iterator[tuple[str | None, Line]]:
    kept = Line(technology=None, answers={})
    yield None, kept
    while (name := next_fact(judge, kept)) is not None:
        if name == TECHNOLOGY:
            if line.technology is None:
                return
            kept = replace(kept, technology=line.technology)
        elif name in line.answers:
            kept = replace(kept, answers={**kept.answers, name: line.answers[name]})
        else:
            return
        yield name, kept


class Journey:
    """The pages of a run: plain state in, page and state out. Bad input changes nothing but `draft`."""

    def __init__(self, judge: Judge, language: Language) -> None:
        self.judge = judge
        self.language = language
        self.rules = judge.rules

    @staticmethod
    def start() -> dict[str, Any]:
        """The state of a run in which nothing has been answered."""
        return {
            "lines": [{"technology": None, "answers": {}}],
            "at": {"line": 0, "page": TECHNOLOGY},
        }

    def act(self, state: dict[str, Any], action: Mapping[str, Any]) -> tuple[dict[str, Any], Model]:
        """The state after an action of the page, and the page to show.

        Raises KeyError or ValueError if the state or the action is not one of ours.
        """
        do = action["do"]
        state = {key: value for key, value in state.items() if key != "draft" or do == "show"}
        if do == "start":
            state = self.start()
            technology = action.get("technology")
            if technology in {entry.id for entry in self.rules.technologies}:
                state = self._answered(state, {TECHNOLOGY: technology})
        elif do == "answer":
            return self._answer(state, action["fields"])
        elif do == "change":
            page = str(action["page"])
            self._page(page)
            state = {**state, "at": {"line": int(action.get("line", 0)), "page": page}}
        elif do == "add":
            lines = [*state["lines"], *self.start()["lines"]][:MOST_LINES]
            state = {**state, "lines": lines, "at": {"line": len(lines) - 1, "page": TECHNOLOGY}}
        elif do == "remove":
            index = int(action["line"])
            lines = [line for i, line in enumerate(state["lines"]) if i != index]
            state = {"lines": lines, "at": {"line": 0, "page": CHECK}} if lines else self.start()
        elif do in ("result", "note"):
            place = self._next_place(state)
            end = {"line": 0, "page": NOTE if do == "note" else VERDICT}
            state = {**state, "at": end if place["page"] == CHECK else place}
        elif do != "show":
            raise ValueError(f"unknown action {do!r}")
        return state, self.show(state)

    def show(self, state: dict[str, Any], errors: Mapping[str, str] | None = None) -> Model:
        """The page that a state stands on."""
        page = state["at"]["page"]
        if page == CHECK:
            more = len(state["lines"]) < MOST_LINES
            return CheckAnswers(rows=tuple(self._rows(state)), more=more)
        if page in (VERDICT, NOTE):
            situation = Situation(
                lines=tuple(relevant(self.judge, line) for line in self._lines(state))
            )
            return (NotePage if page == NOTE else VerdictPage)(
                verdict=explain.as_json(self.judge, situation),
                situation=situation,
                rows=tuple(self._rows(state)),
            )
        return self._question(state, errors or {})

    def _answer(
        self, state: dict[str, Any], fields: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Model]:
        line = self._line(state)
        facts = self._facts_on(state)
        answers: dict[str, str] = {}
        errors: dict[str, str] = {}
        for fact in facts:
            try:
                answers[fact.id] = self._read_field(fact, fields)
            except AnswerError as error:
                errors[fact.id] = error.ja if self.language == "ja" else error.en
        if errors:
            draft = {str(key): str(value) for key, value in fields.items()}
            state = {**state, "draft": draft}
            return state, self.show(state, errors)
        if TECHNOLOGY in answers and answers[TECHNOLOGY] != line.technology:
            # Another entry: its own facts are other facts; the transaction stays as answered.
            common = {fact.id for fact in (*self.rules.transaction.fact, self.rules.stage)}
            kept = {name: value for name, value in line.answers.items() if name in common}
            state = self._with_line(state, replace(line, answers=kept))
        state = self._answered(state, answers)
        return state, self.show(state)

    def _answered(self, state: dict[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
        """The state with the answers stored, standing on the next page that is to be asked."""
        line = self._line(state)
        technology = answers.get(TECHNOLOGY, line.technology)
        rest = {name: value for name, value in answers.items() if name != TECHNOLOGY}
        line = Line(technology=technology, answers={**line.answers, **rest})
        state = self._with_line(state, line)
        return {**state, "at": self._next_place(state)}

    def _next_place(self, state: dict[str, Any]) -> dict[str, Any]:
        """Where the next question stands: on this line, or on another; else check-answers."""
        here, lines = state["at"]["line"], self._lines(state)
        for index in (here, *(i for i in range(len(lines)) if i != here)):
            following = next_fact(self.judge, relevant(self.judge, lines[index]))
            if following is not None:
                return {"line": index, "page": self.page_of(following)}
        return {"line": here, "page": CHECK}

    def _read_field(self, fact: Fact, fields: Mapping[str, Any]) -> str:
        """The answer in a form's fields. Raises AnswerError saying what to do."""
        text = str(fields.get(fact.id) or "").strip()
        unknown = str(fields.get(f"{fact.id}.{UNKNOWN}") or "") == UNKNOWN
        if fact.id == TECHNOLOGY:
            ids = {entry.id for entry in self.rules.technologies}
            if text in ids | {NONE, UNKNOWN}:
                return text
            raise AnswerError("どれか1つを選んでください。", "Choose one of the options.")
        if fact.kind == "quantity":
            if text and unknown:
                raise AnswerError(
                    "数値を書くか、「わからない」を選ぶか、どちらか1つにしてください。",
                    'Either write a number or choose "I don\'t know", not both.',
                )
            if not text and not unknown:
                raise AnswerError(
                    "数値を単位と一緒に書くか、「わからない」を選んでください。",
                    'Write a number with its unit, or choose "I don\'t know".',
                )
        elif not text:
            raise AnswerError("どれか1つを選んでください。", "Choose one of the options.")
        answer = UNKNOWN if unknown else text
        self.judge.space.axis(fact.id).read(answer)
        return answer

    def _question(self, state: dict[str, Any], errors: Mapping[str, str]) -> Question:
        page = state["at"]["page"]
        line = self._line(state)
        facts = self._facts_on(state)
        shared = next((p for p in self.rules.transaction.page if p.id == page), None)
        values = {fact.id: line.answers[fact.id] for fact in facts if fact.id in line.answers}
        if page == TECHNOLOGY and line.technology is not None:
            values = {TECHNOLOGY: line.technology}
        entry = explain.entry_of(self.judge, line.technology)
        return Question(
            page=page,
            line=state["at"]["line"],
            facts=facts,
            heading=shared.title if shared else facts[0].question,
            lead=shared.lead if shared else None,
            technology=None if page == TECHNOLOGY else entry,
            values=state.get("draft", values),
            errors=errors,
            listed=entry.listed if entry else self.rules.scheme.begins,
            back=page != TECHNOLOGY or state["at"]["line"] > 0,
        )

    def left(self, state: dict[str, Any]) -> int:
        """The most question pages from the one the state stands on to check-answers, over all lines."""
        here, lines = state["at"]["line"], self._lines(state)
        others = (line for index, line in enumerate(lines) if index != here)
        return (
            1
            + progress.most_pages(self.judge, lines[here], self._facts_on(state))
            + sum(progress.most_pages(self.judge, line) for line in others)
        )

    def _facts_on(self, state: dict[str, Any]) -> tuple[Fact, ...]:
        """The facts that the page asks; of a shared page those that are needed or were answered."""
        page = state["at"]["page"]
        facts = self._page(page)
        if len(facts) == 1:
            return facts
        line = self._line(state)
        needed = set(self.judge.line(self._before(line, facts)).missing)
        return tuple(fact for fact in facts if fact.id in needed) or facts

    def _before(self, line: Line, facts: tuple[Fact, ...]) -> Line:
        """The line as it was before these facts were answered."""
        names = {fact.id for fact in facts}
        kept = relevant(self.judge, line)
        return replace(kept, answers={n: a for n, a in kept.answers.items() if n not in names})

    def _page(self, page: str) -> tuple[Fact, ...]:
        """The facts of a page, shared or of one fact. Raises KeyError if there is no such page."""
        if page == TECHNOLOGY:
            return (self.rules.scheme.technology_question,)
        shared = tuple(fact for fact in self.rules.transaction.fact if fact.page == page)
        return shared or (self.judge.space.axis(page).fact,)

    def page_of(self, fact_id: str) -> str:
        """The page that asks a fact."""
        if fact_id == TECHNOLOGY:
            return TECHNOLOGY
        return self.judge.space.axis(fact_id).fact.page or fact_id

    def label(self, fact_id: str) -> Text:
        """The short name of a fact."""
        if fact_id == TECHNOLOGY:
            return self.rules.scheme.technology_question.label
        return self.judge.space.axis(fact_id).fact.label

    def _rows(self, state: dict[str, Any]) -> Iterator[Row]:
        for index, line in enumerate(self._lines(state)):
            for name in asked(self.judge, line):
                if name == TECHNOLOGY:
                    answer = self._technology_in_words(line.technology)
                else:
                    fact = self.judge.space.axis(name).fact
                    answer = answer_in_words(self.judge, line, fact, self.language)
                yield Row(
                    line=index,
                    page=self.page_of(name),
                    fact=name,
                    label=self.label(name),
                    answer=answer,
                    given=str(line.technology if name == TECHNOLOGY else line.answers[name]),
                )

    def _technology_in_words(self, technology: str | None) -> str:
        entry = explain.entry_of(self.judge, technology)
        if entry:
            return entry.name.of(self.language)
        if technology == NONE:
            return NONE_OF_THEM.of(self.language)
        return UNKNOWN_ANSWER.of(self.language)

    def _lines(self, state: dict[str, Any]) -> list[Line]:
        return [Line(technology=x["technology"], answers=x["answers"]) for x in state["lines"]]

    def _line(self, state: dict[str, Any]) -> Line:
        index: int = state["at"]["line"]
        return self._lines(state)[index]

    def _with_line(self, state: dict[str, Any], line: Line) -> dict[str, Any]:
        lines = list(state["lines"])
        lines[state["at"]["line"]] = {
            "technology": line.technology,
            "answers": dict(line.answers),
        }
        return {**state, "lines": lines}


NONE_OF_THEM = Text(ja="19のどれにも関わらない", en="None of the 19")
UNKNOWN_ANSWER = Text(ja="わからない", en="I don't know")


def answer_in_words(judge: Judge, line: Line, fact: Fact, language: Language) -> str:
    """A given answer as people read it: the option's label, or the quantity as it was read."""
    answer = line.answers.get(fact.id)
    if answer is None or answer == UNKNOWN:
        return UNKNOWN_ANSWER.of(language)
    axis = judge.space.axis(fact.id)
    if fact.kind == "choice":
        label = next(option.label for option in fact.options if option.id == answer).of(language)
        entry = explain.entry_of(judge, line.technology)
        listed = entry.listed if entry else judge.rules.scheme.begins
        return label.replace("{listed}", day_in_words(listed, language))
    assert fact.unit is not None
    return quantity.display(axis.interval(answer), fact.unit, language, axis.domain)


MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day_in_words(day: date, language: Language) -> str:
    """2024年12月30日, or 30 December 2024."""
    if language == "ja":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
