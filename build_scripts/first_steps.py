"""The first pages of the questionnaire, rendered at build time by the code that renders them in the browser.

One file a language, the same for every visitor: a file for each technology would tell the server what was
answered. It is an automaton: a page leads, answer by answer, to the next page, and pages from which the
same follows are one. What is not in it (a typed number, later questions, the verdict) the engine gives.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from decision_tree.journey import CHECK, TECHNOLOGY, CheckAnswers, Journey, Question, next_fact
from decision_tree.model import LANGUAGES, Fact, Language, Rules
from decision_tree.situation import Line
from decision_tree.space import NONE, UNKNOWN
from decision_tree.verdict import Judge
from decision_tree.view import View

#: Questions whose pages are in the file. The engine has this many readings of a question to start.
QUESTIONS = 5
#: After so many answers the list of all of them is in the file, where it comes next: each is a page.
LISTED = 2
#: Separates the answers of a page that asks several facts; no id holds it.
AND = "|"

State = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page with one of the states it is shown in, and the number of the page after each answer.

    `left` is the most question pages that can still come, this one among them; None where it is not said.
    """

    state: State
    facts: tuple[str, ...]
    left: int | None
    following: Mapping[str, int]


def write_first_steps(rules: Rules, folder: Path) -> None:
    """Write `folder/<language>.json` for each language."""
    folder.mkdir(parents=True)
    judge = Judge(rules)
    pages = FirstPages(judge).pages
    for language in LANGUAGES:
        steps = automaton(judge, language, pages)
        text = json.dumps(steps, ensure_ascii=False, separators=(",", ":"))
        (folder / f"{language}.json").write_text(text + "\n", "utf-8", newline="\n")


class FirstPages:
    """What follows the first answers, whatever the language; the first page is the last of `pages`."""

    def __init__(self, judge: Judge, questions: int = QUESTIONS) -> None:
        self.judge = judge
        self.journey = Journey(judge, "en")
        self._pages: dict[object, tuple[int, Page]] = {}
        self.questions = questions
        self._add(Line(technology=None, answers={}), 0)

    @property
    def pages(self) -> tuple[Page, ...]:
        """Every page once; a page comes after those that follow it."""
        return tuple(page for _, page in self._pages.values())

    def _add(self, line: Line, answered: int) -> int | None:
        """The number of the page that comes after the answers of a line; None if it is left out."""
        fact = next_fact(self.judge, line)
        name = CHECK if fact is None else self.journey.page_of(fact)
        lines = [{"technology": line.technology, "answers": dict(line.answers)}]
        state = {"lines": lines, "at": {"line": 0, "page": name}}
        if fact is None and answered > LISTED:
            return None
        if fact is None:
            return self._numbered(
                json.dumps(state), Page(state=state, facts=(), left=None, following={})
            )
        model = self.journey.show(state)
        assert isinstance(model, Question)
        following: dict[str, int] = {}
        if answered < self.questions - 1:
            for answers in product(*(self._answers(fact) for fact in model.facts)):
                number = self._add(_answered(line, model.facts, answers), answered + 1)
                if number is not None:
                    following[AND.join(answers)] = number
        left = None if name == TECHNOLOGY else self.journey.left(state)
        facts = tuple(fact.id for fact in model.facts)
        page = Page(state=state, facts=facts, left=left, following=following)
        key = (name, line.technology, len(line.answers), facts, left, tuple(following.items()))
        return self._numbered(key, page)

    def _numbered(self, key: object, page: Page) -> int:
        return self._pages.setdefault(key, (len(self._pages), page))[0]

    def _answers(self, fact: Fact) -> Iterator[str]:
        """What can be answered without typing."""
        if fact.id == TECHNOLOGY:
            yield from (entry.id for entry in self.judge.rules.technologies)
            yield NONE
        yield from (option.id for option in fact.options)
        yield UNKNOWN


def _answered(line: Line, facts: tuple[Fact, ...], answers: tuple[str, ...]) -> Line:
    given = {fact.id: answer for fact, answer in zip(facts, answers, strict=True)}
    technology = given.pop(TECHNOLOGY, line.technology)
    return replace(line, technology=technology, answers={**line.answers, **given})


def automaton(judge: Judge, language: Language, pages: tuple[Page, ...]) -> dict[str, Any]:
    """`pages` by number with the `first` one; HTML is a list of numbers of `lines`.

    `state` is that of a run just begun, and `common` names the answers that stay when another
    technology is chosen.
    """
    journey = Journey(judge, language)
    view = View(judge.rules, language)
    lines: dict[str, int] = {}

    def shown(model: Question | CheckAnswers) -> dict[str, Any]:
        if isinstance(model, Question):
            kind, html = "question", view.question(model)
        else:
            kind, html = "check", view.check(model)
        numbers = [lines.setdefault(line, len(lines)) for line in html.split("\n")]
        return {"view": kind, "title": view.title(model), "html": numbers}

    def rendered(page: Page) -> dict[str, Any]:
        """A page with nothing filled in, and the same when it was sent like that."""
        model = journey.show(page.state)
        assert isinstance(model, (Question, CheckAnswers))
        found = {"page": page.state["at"]["page"], "facts": page.facts, **shown(model)}
        if isinstance(model, Question):
            _, wrong = journey.act(page.state, {"do": "answer", "fields": {}})
            assert isinstance(wrong, Question)
            found["error"] = shown(wrong)
        return found

    kept: dict[tuple[object, ...], dict[str, Any]] = {}

    def once(page: Page) -> dict[str, Any]:
        """Questions look alike whatever was answered before, but for the technology."""
        technology = page.state["lines"][0]["technology"]
        key = (technology, page.state["at"]["page"], page.facts) if page.facts else (id(page),)
        if key not in kept:
            kept[key] = rendered(page)
        return kept[key]

    transaction = (*judge.rules.transaction.fact, judge.rules.stage)
    return {
        "state": Journey.start(),
        "common": [fact.id for fact in transaction],
        "first": len(pages) - 1,
        "pages": [
            {
                **once(page),
                "before": len(page.state["lines"][0]["answers"]),
                "left": page.left,
                "next": page.following,
            }
            for page in pages
        ],
        "lines": list(lines),
    }
