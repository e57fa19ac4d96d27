"""The pages around the questionnaire: quiet, in two languages, under any base path."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visitor import end


def test_the_switch_leads_to_the_same_page_in_the_other_language(
    open_page: Callable[..., Page], any_base: str
) -> None:
    page = open_page(any_base + "check/")
    page.get_by_role("link", name="English", exact=True).click()

    expect(page).to_have_url(any_base + "en/check/")
    expect(page.locator("html")).to_have_attribute("lang", "en")

    page.get_by_role("link", name="日本語", exact=True).click()

    expect(page).to_have_url(any_base + "check/")
    expect(page.locator("html")).to_have_attribute("lang", "ja")


@pytest.mark.parametrize("path", ["", "en/"])
def test_a_visit_leaves_nothing_behind(
    open_page: Callable[..., Page], address: str, path: str
) -> None:
    page = open_page(address + path)
    page.wait_for_load_state("networkidle")

    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert page.evaluate("indexedDB.databases().then(found => found.length)") == 0


def test_the_policy_blocks_a_script_from_elsewhere(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    blocked = page.evaluate(
        """() => new Promise(done => {
          document.addEventListener("securitypolicyviolation", event => done(event.effectiveDirective));
          document.head.append(Object.assign(document.createElement("script"), {textContent: "1"}));
        })"""
    )
    end(context)

    assert blocked == "script-src-elem"


@pytest.mark.parametrize("missing", ["nowhere", "en/technologies/no/such/page/"])
def test_a_missing_page_leads_home_from_any_depth(
    browser: Browser, any_base: str, missing: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    answer = page.goto(any_base + missing)

    assert answer is not None
    assert answer.status == 404
    for name, goal in (("ホーム", ""), ("Home", "en/")):
        link = page.get_by_role("link", name=name, exact=True)

        expect(link).to_have_js_property("href", any_base + goal)
    expect(page.locator("h1")).to_have_text(re.compile("ページが見つかりません"))
    end(context)
