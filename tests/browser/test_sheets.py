"""Without scripts a visitor gets from the questionnaire to a result by links and keys alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

#: The sheet's first option at each step: design, insertion part, at most 16 mm, more than
#: 2,000,000 pixels; then moved production to a country outside Group A, nothing concluded.
ENDOSCOPE = (0, 0, 0, 1)
TRANSACTION = (0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(("language", "result"), [("", "報告が必要"), ("en/", "Report before")])
def test_links_and_keys_lead_to_a_result_with_one_step_in_view(
    open_page: Callable[..., Page], any_base: str, language: str, result: str
) -> None:
    page = open_page(f"{any_base}{language}check/", java_script_enabled=False)
    page.locator("noscript a, .message-noscript a").first.press("Enter")
    page.locator('a[href="flexible-endoscope/"]').first.press("Enter")
    page.locator("a.button[href='#step-1']").press("Enter")
    for answer in ENDOSCOPE:
        choose(page, answer)
    page.locator(".sheet-step:target a.button").press("Enter")
    for answer in TRANSACTION:
        choose(page, answer)

    expect(page.locator(".sheet-step:target h2")).to_contain_text(result)
    expect(page.locator(".sheet-step:visible")).to_have_count(1)


def choose(page: Page, answer: int) -> None:
    """Take an answer of the one step in view, by keyboard."""
    expect(page.locator(".sheet-step:visible")).to_have_count(1)
    here = page.url
    page.locator(".sheet-step:target .sheet-answers > li > a").nth(answer).press("Enter")
    # The next press must not meet this step once more.
    expect(page).not_to_have_url(here)
