"""Everyday words on the page: what is found is chosen by one press, what is not is never "not covered"."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from decision_tree.model import LANGUAGES
from tests.browser.questionnaire import UNKNOWN, Questionnaire
from tests.browser.test_accessibility import axe, violations

WORDS = {"ja": ("胃カメラ", "flexible-endoscope"), "en": ("fbar", "saw-baw-filter")}


def check_page(address: str, language: str) -> str:
    return address + ("" if language == "ja" else "en/") + "check/"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_marks_its_entry_and_the_run_goes_on_with_it(
    open_page: Callable[..., Page], address: str, language: str
) -> None:
    word, entry = WORDS[language]
    page = open_page(check_page(address, language), reduced_motion="reduce")
    run = Questionnaire(page)
    page.fill("#find", word)
    page.press("#find", "Enter")

    expect(page.locator("#find-result [data-do=choose]").first).to_be_visible()
    assert run.view == "question"

    page.evaluate(axe())
    assert list(violations(page, "found")) == []

    page.locator("#find-result [data-do=choose]").first.click()
    assert run.values() == {"technology": entry}

    run.press("#check button[type=submit]")
    assert all(name.startswith(entry) for name in run.fields())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_that_is_not_found_leads_to_the_list_and_to_not_knowing(
    open_page: Callable[..., Page], address: str, language: str
) -> None:
    page = open_page(check_page(address, language))
    run = Questionnaire(page)
    page.fill("#find", "<b>zzz")
    page.click("[data-do=find]")

    expect(page.locator("#find-result p")).to_contain_text("<b>zzz")
    assert page.locator("#find-result [data-do=choose]").count() == 0
    assert len(run.fields()["technology"]["options"]) == 21

    run.answer({"technology": UNKNOWN})
    assert "act" in run.fields()


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_technologies_of_one_contract_are_judged_together(
    open_page: Callable[..., Page], address: str, language: str
) -> None:
    page = open_page(check_page(address, language))
    run = Questionnaire(page)
    run.to_check({"technology": "none"})
    run.press("[data-do=add]")
    covered = {
        "technology": "mlcc",
        "mlcc-activity": "design",
        "act": "production-transfer",
        "destination": "elsewhere",
        "published": "no",
        "basic-research": "no",
        "minimum-provision": "no",
        "stage": "not-concluded",
    }
    run.to_check(covered)
    assert page.locator("[data-do=remove]").count() == 2

    run.press("[data-do=result]")
    assert run.outcome == "report"

    run.history(-1)
    run.press(page.locator("[data-do=remove]").nth(1))
    run.press("[data-do=result]")
    assert run.outcome == "not-covered"
