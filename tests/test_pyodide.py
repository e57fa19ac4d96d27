"""The engine in the browser's Python is the engine on the command line, byte for byte."""

import json
from collections.abc import Callable
from typing import Any

from build_scripts import cases
from decision_tree import corpus, explain, situation
from decision_tree.browser import handle
from decision_tree.verdict import Judge

Handle = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]

JUDGE = Judge(corpus.load())


def as_text(reply: dict[str, Any]) -> str:
    return json.dumps(reply, ensure_ascii=False)


def test_every_worked_case_has_the_same_verdict_in_pyodide(pyodide_handle: Handle) -> None:
    # The page judges by the newest list alone, so cases of an earlier day are compared by it too.
    worked = cases.load()
    replies = pyodide_handle([{"evaluate": case.situation} for case in worked])
    differing = [
        case.id
        for case, reply in zip(worked, replies, strict=True)
        for read in [situation.read(case.situation, JUDGE.space)]
        if as_text({"verdict": explain.as_json(JUDGE, read)}) != as_text(reply)
    ]
    outcomes = {
        case.id: reply["verdict"]["outcome"]
        for case, reply in zip(worked, replies, strict=True)
        if case.as_of is None
    }

    assert len(outcomes) >= 80
    assert {case.id: case.expect for case in worked if case.as_of is None} == outcomes
    assert differing == []


def test_a_bad_situation_is_refused_in_the_same_words_in_pyodide(pyodide_handle: Handle) -> None:
    bad: list[Any] = [
        {"lines": [{"technology": "no-such-thing", "answers": {}}]},
        {"lines": [{"technology": "mlcc", "answers": {"act": "lending"}}]},
        {"lines": [{"technology": "flexible-endoscope", "answers": {NUMBER: "約16 mm"}}]},
        {"lines": "none"},
        [],
    ]
    requests = [{"evaluate": raw} for raw in bad]
    replies = pyodide_handle(requests)

    assert all(reply.keys() == {"error"} for reply in replies)
    assert [json.loads(handle(json.dumps(request))) for request in requests] == replies


def test_brackets_in_brackets_do_not_end_the_python_of_a_browser(pyodide_handle: Handle) -> None:
    deep = ["[" * 100_000, '{"a":' * 20_000, '"\\"[' + "[" * 9_000, '["a' + "[" * 9_000]
    replies = pyodide_handle([{"open": {"text": one}, "language": "en"} for one in deep])

    assert all("not a record saved on this site" in reply["refused"] for reply in replies[:1])
    assert all(reply.keys() == {"refused"} for reply in replies)


NUMBER = "flexible-endoscope-diameter"
