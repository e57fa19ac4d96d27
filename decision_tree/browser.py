"""The one Python door of the page: `handle(json) -> json`."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Any

from decision_tree import corpus, explain, situation
from decision_tree.finder import Finder
from decision_tree.journey import CheckAnswers, Journey, Question
from decision_tree.model import LANGUAGES, Language, Rules
from decision_tree.verdict import Judge
from decision_tree.view import View


@cache
def _rules() -> Rules:
    return corpus.load()


@cache
def _judge(as_of: date | None = None) -> Judge:
    return Judge(_rules()) if as_of is None else Judge(_rules(), as_of, _judge().space)


@cache
def _finder() -> Finder:
    return Finder(_rules())


@cache
def _view(language: Language) -> View:
    return View(_rules(), language)


def handle(text: str) -> str:
    """The reply to one request of the page, both as JSON.

    `{"language", "state", "action"}` gives `{"state", "html", "title", "view", "errors"}`. A request
    `{"evaluate": situation}` gives `{"verdict"}`, or `{"error"}` for a situation that cannot be read;
    `"as_of"` beside it is a day, "2025-06-01". `{"evaluate_all": [such requests]}` gives `{"verdicts"}`:
    for each what a worked case can expect, without reasons and changes, or `{"error"}`.
    `{"find": words, "language"}` gives `{"html"}`, the entries that everyday words may mean.
    A state that does not fit the rules (a tab left open over a change of the list) starts afresh.
    Raises ValueError or KeyError for a request that is none.
    """
    request = json.loads(text)
    if "evaluate_all" in request:
        reply: dict[str, Any] = {"verdicts": [_short(one) for one in request["evaluate_all"]]}
    elif "find" in request:
        query = " ".join(str(request["find"]).split())[:100]
        reply = {"html": _view(request["language"]).found(query, _finder().find(query))}
    else:
        reply = _evaluate(request) if "evaluate" in request else _page(request)
    return json.dumps(reply, ensure_ascii=False)


def _evaluate(request: dict[str, Any]) -> dict[str, Any]:
    try:
        judge, read = _read(request)
    except ValueError as error:
        return {"error": str(error)}
    return {"verdict": explain.as_json(judge, read)}


def _short(request: dict[str, Any]) -> dict[str, Any]:
    try:
        judge, read = _read(request)
    except ValueError as error:
        return {"error": str(error)}
    verdict = judge.judge(read)
    offices = [judge.division(line.technology) for line in read.lines]
    return {
        "outcome": verdict.outcome,
        "possible": list(verdict.possible),
        "because": list(verdict.because),
        "missing": list(verdict.missing),
        "lines": [line.outcome for line in verdict.lines],
        "divisions": [office and office[0].id for office in offices],
    }


def _read(request: dict[str, Any]) -> tuple[Judge, situation.Situation]:
    """The judge of the day and the situation; ValueError if either cannot be read."""
    day = request.get("as_of")
    judge = _judge(None if day is None else date.fromisoformat(day))
    return judge, situation.read(request["evaluate"], judge.space)


def _page(request: dict[str, Any]) -> dict[str, Any]:
    language = request["language"]
    if language not in LANGUAGES:
        raise ValueError(f"language: one of {', '.join(LANGUAGES)}, not {language!r}")
    journey = Journey(_judge(), language)
    state = request.get("state")
    action = request["action"]
    if not isinstance(state, dict) or not _fits(journey, state):
        state = journey.start()
        if action["do"] != "start" and not (
            action["do"] == "answer" and "technology" in action.get("fields", {})
        ):
            action = {"do": "start"}
    state, model = journey.act(state, action)
    view = _view(language)
    if isinstance(model, Question):
        kind, html = "question", view.question(model)
    elif isinstance(model, CheckAnswers):
        kind, html = "check", view.check(model)
    else:
        kind, html = "verdict", view.verdict(model)
    return {
        "state": state,
        "html": html,
        "title": view.title(model),
        "view": kind,
        "errors": "draft" in state,
    }


def _fits(journey: Journey, state: dict[str, Any]) -> bool:
    """Whether a stored state is one of these rules."""
    try:
        situation.read({"lines": state["lines"]}, journey.judge.space)
        at = state["at"]
        journey.show({"lines": state["lines"], "at": at})
        return isinstance(at["line"], int)
    except (KeyError, TypeError, ValueError, IndexError):
        return False
