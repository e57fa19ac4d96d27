"""The one Python door of the page: `handle(json) -> json`."""

from __future__ import annotations

import base64
import gc
import json
from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from decision_tree import corpus, explain, record, situation
from decision_tree.finder import Finder
from decision_tree.journey import (
    CHECK,
    NOTE,
    TECHNOLOGY,
    VERDICT,
    CheckAnswers,
    Journey,
    NotePage,
    Question,
)
from decision_tree.model import LANGUAGES, Language, Rules
from decision_tree.packed import read_packed
from decision_tree.verdict import Judge
from decision_tree.view import View, load_templates
from decision_tree.view.readings import read_readings

#: What the judge would work out at every start, worked out by the build.
TABLES = Path(__file__).with_name("judge.json")


@cache
def _rules() -> Rules:
    return corpus.load()


@cache
def _judge(as_of: date | None = None) -> Judge:
    if as_of is not None:
        return Judge(_rules(), as_of, _judge().space)
    built = read_packed(TABLES)
    return Judge(_rules(), known=json.loads(built) if built else None)


@cache
def _finder() -> Finder:
    return Finder(_rules())


@cache
def _view(language: Language) -> View:
    view = View(_rules(), language)
    view.space = _judge().space
    return view


def prepare(language: Language = "ja") -> None:
    """Build what every request needs, and verdicts in this language: from here on no file is read."""
    load_templates()
    read_readings()
    _judge()
    _finder()
    _show(language, VERDICT)


def rehearse() -> None:
    """Answer made-up requests for every kind of page, while nobody waits: their tables are built then."""
    entry = _rules().technologies[0]
    for language in LANGUAGES:
        for page in (TECHNOLOGY, *(fact.id for fact in entry.fact), CHECK, VERDICT, NOTE):
            _show(language, page)
        _view(language).found("", _finder().find(entry.name.ja))
    # What is there now stays: to look through it for garbage again and again is time of the person who waits.
    gc.freeze()
    gc.enable()


def _show(language: Language, page: str) -> None:
    lines = [{"technology": _rules().technologies[0].id, "answers": {}}]
    state = {"lines": lines, "at": {"line": 0, "page": page}}
    _page({"language": language, "state": state, "action": {"do": "show"}})


def handle(text: str) -> str:
    """The reply to one request of the page, both as JSON.

    `{"language", "state", "action"}` gives `{"state", "html", "title", "view", "errors", "left"}`. A request
    `{"evaluate": situation}` gives `{"verdict"}`, or `{"error"}` for a situation that cannot be read;
    `"as_of"` beside it is a day, "2025-06-01". `{"evaluate_all": [such requests]}` gives `{"verdicts"}`:
    for each what a worked case can expect, without reasons and changes, or `{"error"}`.
    `{"find": words, "language"}` gives `{"html"}`, the entries that everyday words may mean.
    `{"save": "json"|"docx"|"link", "state", "language"}` gives the file as `{"name", "type", "base64"}`, or
    `{"fragment"}`. `{"open": {"text"}|{"link"}, "language"}` gives the page of the verdict, or `{"refused"}`,
    which says what is wrong with the record.
    A state that does not fit the rules (a tab left open over a change of the list) starts afresh.
    Raises ValueError or KeyError for a request that is none.
    """
    try:
        return json.dumps(_reply(json.loads(text)), ensure_ascii=False)
    finally:
        # An engine that serves several pages outlives them; what was written in one does not.
        _judge().space.forget()


def _reply(request: dict[str, Any]) -> dict[str, Any]:
    if "evaluate_all" in request:
        reply: dict[str, Any] = {"verdicts": [_short(one) for one in request["evaluate_all"]]}
    elif "find" in request:
        query = " ".join(str(request["find"]).split())[:100]
        reply = {"html": _view(request["language"]).found(query, _finder().find(query))}
    elif "save" in request:
        reply = _save(request["save"], request["state"], request["language"])
    elif "open" in request:
        reply = _open(request["open"], request["language"])
    else:
        reply = _evaluate(request) if "evaluate" in request else _page(request)
    return reply


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
    judge = _judge() if day is None else _judge(date.fromisoformat(day))
    return judge, situation.read(request["evaluate"], judge.space)


def _page(request: dict[str, Any]) -> dict[str, Any]:
    language = request["language"]
    if language not in LANGUAGES:
        raise ValueError(f"language: one of {', '.join(LANGUAGES)}, not {language!r}")
    journey = Journey(_judge().remembering(), language)
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
    left = None
    if isinstance(model, Question):
        kind, html = "question", view.question(model)
        # Before a technology is chosen the number would be that of the longest entry.
        left = None if model.page == TECHNOLOGY else journey.left(state)
    elif isinstance(model, CheckAnswers):
        kind, html = "check", view.check(model)
    elif isinstance(model, NotePage):
        kind, html = "note", view.note(model)
    else:
        kind, html = "verdict", view.verdict(model, _comparison(state))
    return {
        "state": state,
        "html": html,
        "title": view.title(model),
        "view": kind,
        "errors": "draft" in state,
        "left": left,
    }


def _save(what: str, state: dict[str, Any], language: Language) -> dict[str, Any]:
    """A file or link that holds the answers of the state and the verdict on them."""
    journey = Journey(_judge(), language)
    page = journey.show({**state, "at": {"line": 0, "page": NOTE}})
    assert isinstance(page, NotePage)
    if what == "link":
        return {"fragment": record.fragment(_judge(), page.situation)}
    if what == "json":
        name, kind = "fefta-55-8-record.json", "application/json"
        content = record.write(_judge(), page.situation, language).encode()
    elif what == "docx":
        name = f"fefta-55-8-note-{language}.docx"
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        content = _view(language).note_as_docx(page)
    else:
        raise ValueError(f"save: json, docx or link, not {what!r}")
    return {"name": name, "type": kind, "base64": base64.b64encode(content).decode("ascii")}


def _open(what: dict[str, str], language: Language) -> dict[str, Any]:
    """The verdict page of a record, with what changed since; or why it cannot be read."""
    try:
        if "link" in what:
            opened = record.read_fragment(_judge(), what["link"])
        else:
            opened = record.read(_judge(), what["text"])
    except record.RecordError as error:
        return {"refused": _view(language).refused(error.ja if language == "ja" else error.en)}
    lines = [{"technology": x.technology, "answers": dict(x.answers)} for x in opened.lines]
    kept = {"lines": lines, "then": opened.then, "dropped": [asdict(x) for x in opened.dropped]}
    state = {"lines": lines, "at": {"line": 0, "page": VERDICT}, "record": kept}
    return _page({"language": language, "state": state, "action": {"do": "show"}})


def _comparison(state: dict[str, Any]) -> dict[str, Any] | None:
    """What the record said from which these very answers come; None if there is none."""
    kept = state.get("record")
    return kept if kept and kept["lines"] == state["lines"] else None


def _fits(journey: Journey, state: dict[str, Any]) -> bool:
    """Whether a stored state is one of these rules."""
    try:
        situation.read({"lines": state["lines"]}, journey.judge.space)
        at = state["at"]
        journey.show({"lines": state["lines"], "at": at})
        return isinstance(at["line"], int)
    except (KeyError, TypeError, ValueError, IndexError):
        return False
