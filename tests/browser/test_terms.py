"""A term in the text tells what it means on hover, on focus and on a tap, and is a link without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

PAGE = "scheme/"


@pytest.fixture
def scheme(open_page: Callable[..., Page], address: str) -> Page:
    return open_page(address + PAGE, viewport={"width": 1280, "height": 900})


def meaning(page: Page) -> str:
    """What the glossary says of the first term of the page, hidden for screen readers."""
    note = page.locator("a.term").first.get_attribute("aria-describedby")
    return page.locator(f"#{note}").text_content() or ""


def test_the_pointer_shows_the_meaning_and_may_move_into_it(scheme: Page) -> None:
    tip = scheme.get_by_role("tooltip")
    scheme.locator("a.term").first.hover()

    expect(tip).to_have_text(meaning(scheme))
    tip.hover()
    # Timers run in their order: after this one, that of leaving the term would have run.
    scheme.evaluate("() => new Promise((done) => setTimeout(done, 400))")

    expect(tip).to_be_visible()
    scheme.mouse.move(640, 890)
    expect(tip).to_be_hidden()


def test_the_focus_shows_the_meaning_and_escape_takes_it_away(scheme: Page) -> None:
    tip = scheme.get_by_role("tooltip")
    term = scheme.locator("a.term").first
    # The Tab key, since the focus of a script is not that of a keyboard.
    scheme.evaluate(
        """() => {
          const term = document.querySelector("a.term");
          const before = document.createElement("button");
          term.before(before);
          before.focus();
        }"""
    )
    scheme.keyboard.press("Tab")

    expect(term).to_be_focused()
    expect(tip).to_have_text(meaning(scheme))
    scheme.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    expect(term).to_be_focused()
    expect(term).to_have_accessible_description(meaning(scheme))


def test_the_first_tap_tells_and_the_second_opens_the_glossary(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(address + "en/" + PAGE, viewport={"width": 360, "height": 800}, has_touch=True)
    term = page.locator("a.term").first
    tip = page.get_by_role("tooltip")
    term.tap()

    expect(tip).to_contain_text(meaning(page))
    box = tip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.locator("h1").tap()
    expect(tip).to_be_hidden()
    term.tap()
    expect(tip).to_be_visible()
    term.tap()
    page.wait_for_url("**/en/glossary/#g-*")


def test_without_scripts_a_term_is_a_link_to_its_place_in_the_glossary(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(address + PAGE, java_script_enabled=False)
    term = page.locator("a.term").first
    place = (term.get_attribute("href") or "").partition("#")[2]
    term.click()

    expect(page.locator(f"#{place}")).to_be_in_viewport()


def test_on_paper_a_term_is_plain_text(scheme: Page) -> None:
    scheme.emulate_media(media="print")
    looks = scheme.locator("a.term").first.evaluate(
        "term => [getComputedStyle(term).textDecorationLine, getComputedStyle(term, '::after').content]"
    )

    assert looks == ["none", "none"]
