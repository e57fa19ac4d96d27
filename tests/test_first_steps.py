"""The pages rendered at build time are those of the engine, looked up by the page's own script."""

import gzip
import json
import re
from collections import deque
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from build_scripts.first_steps import LISTED, QUESTIONS
from build_scripts.toolchain import ROOT, node, run
from decision_tree import corpus
from decision_tree.browser import handle
from decision_tree.journey import CHECK, TECHNOLOGY, Journey, Question
from decision_tree.model import LANGUAGES, Fact, Language
from decision_tree.space import NONE, UNKNOWN
from decision_tree.verdict import Judge

State = dict[str, Any]
Request = dict[str, Any]

RULES = corpus.load()
JUDGE = Judge(RULES)
TECHNOLOGIES = [*(entry.id for entry in RULES.technologies), NONE, UNKNOWN]
SCRIPT = """
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
const [script, requests] = process.argv.slice(1);
globalThis.fetch = async url => ({ ok: true, json: async () => JSON.parse(await readFile(url, "utf-8")) });
const { FirstSteps } = await import(pathToFileURL(script).href);
const steps = new FirstSteps();
const replies = [];
for (const { language, action, state } of JSON.parse(await readFile(requests, "utf-8"))) {
  replies.push(await steps.reply(language, action, state));
}
process.stdout.write(JSON.stringify(replies));
"""


def looked_up(site: Path, requests: list[Request], folder: Path) -> list[Any]:
    """What the script of the built site finds for each request, without any engine."""
    asked = folder / "requests.json"
    asked.write_text(json.dumps(requests), "utf-8")
    script = site / "assets" / "first-steps.mjs"
    found: list[Any] = json.loads(
        run([node(), "--input-type=module", "--eval", SCRIPT, script, asked])
    )

    assert len(found) == len(requests)
    return found


def told(request: Request) -> Any:
    return json.loads(handle(json.dumps(request)))


def answers(fact: Fact) -> Iterator[dict[str, str]]:
    """The fields of every answer without typing."""
    if fact.kind == "quantity":
        yield {fact.id: "", f"{fact.id}.{UNKNOWN}": UNKNOWN}
        return
    options = TECHNOLOGIES if fact.id == TECHNOLOGY else [o.id for o in fact.options]
    yield from ({fact.id: answer} for answer in dict.fromkeys([*options, UNKNOWN]))


def runs(language: Language) -> Iterator[Request]:
    """Every way to answer the first two questions, and every answer of each page after them."""
    journey = Journey(JUDGE, language)
    waiting: deque[tuple[State, int]] = deque([(Journey.start(), 1)])
    seen: set[str] = set()
    while waiting:
        state, number = waiting.popleft()
        model = journey.show(state)
        if number >= QUESTIONS or not isinstance(model, Question):
            continue
        for given in product(*(answers(fact) for fact in model.facts)):
            fields = {name: value for part in given for name, value in part.items()}
            action = {"do": "answer", "fields": fields}
            key = json.dumps([state["lines"][0]["technology"], model.page, fields])
            if number > LISTED and key in seen:
                continue
            seen.add(key)
            yield {"language": language, "action": action, "state": state}
            waiting.append((journey.act(state, action)[0], number + 1))


def left_out(reply: Any) -> bool:
    """Whether it is a list of more answers than the files hold."""
    line = reply["state"]["lines"][0]
    return reply["view"] == "check" and 1 + len(line["answers"]) > LISTED


@pytest.fixture(scope="module")
def first(site: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Request, Any, Any]]:
    """Every request of the first questions, with the page that was built and the engine's."""
    requests = [request for language in LANGUAGES for request in runs(language)]
    found = looked_up(site, requests, tmp_path_factory.mktemp("steps"))
    return [(request, built, told(request)) for request, built in zip(requests, found, strict=True)]


def test_what_follows_each_of_the_first_answers_is_what_the_engine_says(
    first: list[tuple[Request, Any, Any]],
) -> None:
    listed = [(built, reply) for _, built, reply in first if not left_out(reply)]

    assert len(listed) > 2 * 400
    assert [reply["state"] for built, reply in listed if built != reply][:1] == []
    assert all(built is None for _, built, reply in first if left_out(reply))


def test_going_back_changing_and_starting_again_is_what_the_engine_says(
    first: list[tuple[Request, Any, Any]], site: Path, tmp_path: Path
) -> None:
    requests: list[Request] = []
    for language in LANGUAGES:
        requests.append({"language": language, "action": {"do": "start"}, "state": None})
        for technology in TECHNOLOGIES[:-2]:
            action = {"do": "start", "technology": technology}
            requests.append({"language": language, "action": action, "state": None})
    for request, built, reply in first:
        answered = len(reply["state"]["lines"][0]["answers"])
        if built is None or answered > LISTED or request["language"] == "ja":
            continue
        at_page = request["state"]["at"]["page"]
        for state in (request["state"], reply["state"]):
            requests += [
                {**request, "action": {"do": "show"}, "state": state},
                {**request, "action": {"do": "start"}, "state": state},
            ]
            if state["at"]["page"] != CHECK:
                nothing = {"do": "answer", "fields": {}}
                requests.append({**request, "action": nothing, "state": state})
        # Gone back, and the same, nothing or another technology chosen.
        back = {**reply["state"], "at": request["state"]["at"]}
        requests += [
            {**request, "action": {"do": "change", "line": 0, "page": at_page}, "state": back},
            {**request, "action": {"do": "show"}, "state": back},
            {**request, "state": back},
            {**request, "action": {"do": "answer", "fields": {}}, "state": back},
            {
                "language": request["language"],
                "action": {"do": "answer", "fields": {TECHNOLOGY: "photoresist"}},
                "state": {**back, "at": {"line": 0, "page": TECHNOLOGY}},
            },
        ]
    unique = list({json.dumps(request): request for request in requests}.values())
    found = looked_up(site, unique, tmp_path)
    # How many questions are left is not said where a later one was answered before.
    differing = (
        request
        for request, built in zip(unique, found, strict=True)
        if built is None or {**told(request), **built} != told(request) or len(built) < 5
    )

    assert len(unique) > 5 * len(TECHNOLOGIES)
    assert next(differing, None) is None


def test_what_only_the_engine_can_tell_is_left_to_it(site: Path, tmp_path: Path) -> None:
    numbers = next(
        (entry.id, fact.id)
        for entry in RULES.technologies
        for fact in entry.fact
        if fact.kind == "quantity"
    )
    begun = told({"language": "en", "state": None, "action": {"do": "start"}})["state"]
    at_number = {
        "lines": [{"technology": numbers[0], "answers": {}}],
        "at": {"line": 0, "page": numbers[1]},
    }
    typed = {numbers[1]: "16 mm"}
    requests: list[Request] = [
        {"action": {"do": "answer", "fields": typed}, "state": at_number},
        {"action": {"do": "answer", "fields": {TECHNOLOGY: "no-such-thing"}}, "state": begun},
        {"action": {"do": "result"}, "state": begun},
        {"action": {"do": "add"}, "state": begun},
        {"action": {"do": "remove", "line": 0}, "state": begun},
        {"action": {"do": "show"}, "state": {**begun, "at": {"line": 0, "page": "check"}}},
        {"action": {"do": "show"}, "state": {**begun, "lines": [*begun["lines"]] * 2}},
    ]
    found = looked_up(site, [{"language": "en", **one} for one in requests], tmp_path)

    assert found == [None] * len(requests)


def test_what_comes_before_the_engine_weighs_little(site: Path) -> None:
    loaded = re.compile(r'<(?:link rel="stylesheet" href|script src)="([^"]*)"')
    page = site / "check" / "index.html"
    files = [(page.parent / address).resolve() for address in loaded.findall(page.read_text())]
    scripts = site / "assets"
    named = ("check", "draft", "engine", "first-steps", "record")
    files += [page, scripts / "first-steps" / "ja.json", *(scripts / f"{n}.mjs" for n in named)]
    weights = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in files}

    assert len(weights) >= 9
    assert sum(weights.values()) <= 100_000, weights


def test_the_file_is_one_for_everybody(site: Path) -> None:
    folder = site / "assets" / "first-steps"

    assert sorted(path.name for path in folder.glob("*.json")) == ["en.json", "ja.json"]
    assert (ROOT / "docs" / "assets" / "first-steps.mjs").is_file()
