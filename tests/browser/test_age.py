"""A page that was not compared with its sources for too long says so itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from build_scripts.wording import Wording, load_site
from tests.browser.visitor import end

SITE = load_site()
DUE = SITE["due"]


def test_the_next_comparison_is_due_after_180_days() -> None:
    assert timedelta(days=180) == DUE - SITE["compared"]


@pytest.mark.parametrize("path", ["", "check/", "scheme/", "en/technologies/mlcc/", "en/search/"])
def test_the_warning_shows_from_the_day_after_it_was_due(
    browser: Browser, address: str, path: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, timezone_id="Asia/Tokyo")
    page = context.new_page()
    shown = {}
    for days in (-180, 0, 1, 400):
        page.clock.set_fixed_time(f"{DUE + timedelta(days=days)}T12:00:00+09:00")
        page.goto(address + path)
        page.wait_for_function("document.querySelector('.site-search:not([hidden])')")
        shown[days] = page.locator(".overdue").is_visible()

    assert shown == {-180: False, 0: False, 1: True, 400: True}
    expect(page.locator(".overdue")).to_be_in_viewport()
    expect(page.locator(".overdue")).to_contain_text(str(DUE.year))
    end(context)


def test_every_page_names_its_source_its_comparison_and_the_next_one(
    open_page: Callable[..., Page], address: str
) -> None:
    foot = open_page(address + "scheme/").locator(".page-foot")

    day = Wording(language="ja").day

    expect(foot).to_contain_text("資料の日付：2025年11月")
    expect(foot).to_contain_text(f"最終照合：{day(SITE['compared'])}")
    expect(foot).to_contain_text(f"次の照合の期限：{day(DUE)}")
