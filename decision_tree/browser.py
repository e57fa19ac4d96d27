"""The one Python door of the page: `handle(json) -> json`."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from decision_tree import corpus, explain, situation
from decision_tree.journey import CheckAnswers, Journey, Question
from decision_tree.model import LANGUAGES, Language, Rules
from decision_tree.verdict import Judge
from decision_tree.view import View


@cache
def _rules() -> Rules:
    return corpus.load()


@cache
def _judge() -> Judge:
    return Judge(_rules())


@cache
def _view(language: Language) -> View:
    return View(_rules(), language)


def handle(text: str) -> str:
    """The reply to one request of the page, both as JSON.

    `{"language", "state", "action"}` gives `{"state", "html", "title", "view", "errors"}`. A request
    `{"evaluate": situation}` gives `{"verdict"}`, or `{"error"}` for a situation that cannot be read.
    A state that does not fit the rules (a tab left open over a change of the list) starts afresh.
    Raises ValueError or KeyError for a request that is none.
    """
    request = json.loads(text)
    reply = _evaluate(request["evaluate"]) if "evaluate" in request else _page(request)
    return json.dumps(reply, ensure_ascii=False)


def _evaluate(raw: Any) -> dict[str, Any]:
    try:
        read = situation.read(raw, _judge().space)
    except situation.SituationError as error:
        return {"error": str(error)}
    return {"verdict": explain.as_json(_judge(), read)}


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
