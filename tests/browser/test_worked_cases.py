"""A sample of the worked cases, answered on the real page in both languages."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from build_scripts import cases
from decision_tree import corpus
from decision_tree.model import LANGUAGES, URGENCY
from tests.browser.questionnaire import UNKNOWN, Questionnaire

RULES = corpus.load()
SIZE = 17
#: What a sample should show first.
WEIGHT = {"outcome": 8, "entry": 4, "act": 4, "stage": 1}
ACTS = {option.id for fact in RULES.transaction.fact if fact.id == "act" for option in fact.options}


def features(case: cases.Case) -> set[str]:
    """What a case shows of the whole: its entry, its act, its stage and its outcome."""
    line = case.situation["lines"][0]
    return {
        f"outcome {case.expect}",
        f"entry {line.get('technology', 'unknown')}",
        *(
            f"{name} {line['answers'][name]}"
            for name in ("act", "stage")
            if name in line["answers"]
        ),
    }


def worth(new: set[str]) -> int:
    return sum(WEIGHT[feature.split()[0]] for feature in new)


def samples() -> dict[str, list[cases.Case]]:
    """For each language the cases that show most of what none before them shows."""
    single = [case for case in cases.load() if len(case.situation["lines"]) == 1 and not case.as_of]
    shown: set[str] = set()
    chosen: dict[str, list[cases.Case]] = {}
    for language in LANGUAGES:
        # Each language shows every outcome; the entries and acts are shared out between them.
        shown -= {feature for feature in shown if feature.startswith("outcome")}
        chosen[language] = []
        for _ in range(SIZE):
            best = max(single, key=lambda case: worth(features(case) - shown))
            shown |= features(best)
            chosen[language].append(best)
    return chosen


SAMPLES = samples()


def seen(found: Iterator[cases.Case], kind: str) -> set[str]:
    return {
        feature.removeprefix(f"{kind} ")
        for case in found
        for feature in features(case)
        if feature.startswith(f"{kind} ")
    }


def test_the_samples_show_every_entry_act_and_outcome() -> None:
    both = [case for sample in SAMPLES.values() for case in sample]

    assert {entry.id for entry in RULES.technologies} <= seen(iter(both), "entry")
    assert seen(iter(both), "act") >= ACTS
    for language in LANGUAGES:
        assert set(URGENCY) == seen(iter(SAMPLES[language]), "outcome"), language


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_gives_the_outcome_of_the_case(
    open_page: Callable[..., Page], address: str, language: str
) -> None:
    page = open_page(address + ("" if language == "ja" else "en/") + "check/")
    run = Questionnaire(page)
    expected: dict[str, tuple[str, int | None]] = {}
    found: dict[str, tuple[str, int | None]] = {}
    for case in SAMPLES[language]:
        line = case.situation["lines"][0]
        if expected:
            run.press("[data-do=start]")
        run.to_verdict({"technology": UNKNOWN} | line | line["answers"])
        expected[case.id] = case.expect, None if case.missing is None else len(case.missing)
        found[case.id] = run.outcome, None if case.missing is None else run.missing

    assert len(expected) == SIZE
    assert expected == found
