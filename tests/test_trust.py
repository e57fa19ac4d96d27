"""The page of proofs: its counts are those of the build; the door judges the cases as published."""

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from build_scripts import cases, trust
from build_scripts.api import write_api
from build_scripts.pages import write_pages
from decision_tree import browser, corpus, verify
from decision_tree.model import LANGUAGES, Language
from decision_tree.verdict import Judge
from tests.oracle import oracle

RULES = corpus.load()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The cases of the API."""
    target = tmp_path_factory.mktemp("api")
    write_api(RULES, target)
    found: list[dict[str, Any]] = json.loads((target / "cases.json").read_text("utf-8"))["cases"]
    return found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("pages")
    write_pages(RULES, target)
    return target


def asked(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(browser.handle(json.dumps({"evaluate_all": items})))[
        "verdicts"
    ]
    return found


def test_the_door_judges_every_published_case_as_it_says(published: list[dict[str, Any]]) -> None:
    verdicts = asked([{"evaluate": c["situation"], "as_of": c["as_of"]} for c in published])

    assert len(cases.load()) == len(published) == len(verdicts)
    for case, verdict in zip(published, verdicts, strict=True):
        assert case["expect"] == verdict["outcome"], case["id"]
        assert (case["because"] or []) == verdict["because"], case["id"]
        assert case["each"] in (None, verdict["lines"]), case["id"]
        assert case["possible"] in (None, verdict["possible"]), case["id"]
        assert case["division"] in (None, verdict["divisions"][0]), case["id"]
        if case["expect"] == "ask" or case["missing"] is not None:
            assert case["missing"] == verdict["missing"], case["id"]


def test_what_is_published_is_what_stands_in_the_files(published: list[dict[str, Any]]) -> None:
    for case, told in zip(cases.load(), published, strict=True):
        assert case.id == told["id"]
        assert case.situation == told["situation"]
        assert case.as_of == (told["as_of"] and date.fromisoformat(told["as_of"]))


@pytest.mark.parametrize(
    ("day", "outcome"),
    [("2024-12-30", "consult"), ("2025-11-13", "consult"), ("2025-11-14", "report"), (None, "report")],
)  # fmt: skip
def test_the_door_judges_by_the_list_of_a_day(day: str | None, outcome: str) -> None:
    answers = {
        "quantum-dot-activity": "design",
        "act": "production-transfer",
        "destination": "elsewhere",
        "published": "no",
        "basic-research": "no",
        "minimum-provision": "no",
        "stage": "not-concluded",
    }
    situation = {"lines": [{"technology": "quantum-dot", "answers": answers}]}
    long = json.loads(browser.handle(json.dumps({"evaluate": situation, "as_of": day})))

    assert outcome == asked([{"evaluate": situation, "as_of": day}])[0]["outcome"]
    assert outcome == long["verdict"]["outcome"]


@pytest.mark.parametrize("day", ["2024-12-29", "yesterday", ""])
def test_a_day_without_a_list_is_an_error_and_no_verdict(day: str) -> None:
    item = {"evaluate": {"lines": [{"technology": "none"}]}, "as_of": day}
    short, good = asked([item, {"evaluate": item["evaluate"]}])

    assert set(short) == {"error"}
    assert set(json.loads(browser.handle(json.dumps(item)))) == {"error"}
    assert good["outcome"] == "not-covered"


def test_a_situation_that_cannot_be_read_spoils_only_its_own_place() -> None:
    bad, good = asked([{"evaluate": {}}, {"evaluate": {"lines": [{"technology": "none"}]}}])

    assert "lines" in bad["error"]
    assert good["outcome"] == "not-covered"


def test_the_counts_are_those_of_the_data() -> None:
    found = trust.counts(RULES)
    facts = oracle().facts
    choices = [fact for fact in facts.values() if fact["kind"] == "choice"]

    assert (found.entries, found.facts) == (19, len(facts))
    assert sum(len(fact["options"]) for fact in choices) == found.options
    assert len(cases.load()) == found.cases


def test_the_partial_answer_sets_are_as_many_as_verify_compares(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: Counter[str] = Counter()

    def compare(*_: Any) -> None:
        compared["lines"] += 1

    monkeypatch.setattr(verify._Proof, "compare", compare)
    proof = verify._Proof(RULES, full=False)
    for entry in RULES.technologies:
        for first in [None, *(option.id for option in entry.fact[0].options)]:
            proof.entry(entry, first)
    for act in [None, *(option.id for option in RULES.transaction.fact[0].options)]:
        proof.transaction(act)

    assert compared["lines"] == verify.count(RULES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_counts_hashes_and_every_case(pages: Path, language: Language) -> None:
    text = (pages / language / "trust.md").read_text("utf-8")
    places = re.findall(r'<li id="case-([^"]+)">', text)

    assert [case.id for theme in trust.themes(RULES) for case in theme.cases] == places
    assert {case.id for case in cases.load()} == set(places)
    assert f"{trust.counts(RULES).partial:,}" in text
    hashes = [RULES.engine_sha256, RULES.rules_sha256, *(d.sha256 for d in RULES.documents)]
    for found in filter(None, hashes):
        assert f"<code>{found}</code>" in text
    assert f'data-engine="{RULES.engine_sha256}" data-rules="{RULES.rules_sha256}"' in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entry_leads_to_its_cases(pages: Path, language: Language) -> None:
    text = (pages / language / "trust.md").read_text("utf-8")
    for entry in RULES.technologies:
        page = (pages / language / "technologies" / f"{entry.id}.md").read_text("utf-8")
        place = re.search(r'"\.\./\.\./trust/#([\w-]+)"', page)

        assert place
        assert f'id="{place[1]}"' in text


def test_the_words_of_the_button_are_templates_and_none_is_in_the_script(pages: Path) -> None:
    script = (Path(__file__).parents[1] / "docs" / "assets" / "trust.mjs").read_text("utf-8")
    used = set(re.findall(r'message\(\s*"([\w-]+)"', script)) | {"failed", "passed"}

    assert not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", script)
    for language in LANGUAGES:
        text = (pages / language / "trust.md").read_text("utf-8")
        assert used == set(re.findall(r'<template data-message="([\w-]+)"', text))


def test_a_day_is_judged_by_its_own_judge_and_others_by_today() -> None:
    assert browser._judge(date(2025, 6, 1)).as_of == date(2025, 6, 1)
    assert browser._judge().as_of is None
    assert isinstance(browser._judge(), Judge)
