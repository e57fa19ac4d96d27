"""The search finds what people call things, from every page, and tells no server what was typed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from build_scripts import search_ranks
from decision_tree import corpus
from decision_tree.model import LANGUAGES
from tests.browser.visitor import end

RULES = corpus.load()
WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 360, "height": 740}


def test_every_term_finds_its_page_among_the_first_three(browser: Browser, address: str) -> None:
    ranks = search_ranks.ranks(browser, address, RULES)

    assert len(ranks) >= 800
    assert [rank for rank in ranks if rank.rank is None or rank.rank > 3] == []


@pytest.mark.parametrize(
    ("path", "typed", "first"),
    [
        ("scheme/", "胃カメラ", "軟性内視鏡の挿入部"),
        ("en/scheme/", "gastroscope", "Insertion part of flexible endoscopes"),
    ],
)
def test_the_field_in_the_header_leads_to_the_results(
    open_page: Callable[..., Page], any_base: str, path: str, typed: str, first: str
) -> None:
    page = open_page(any_base + path, viewport=WIDE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator(".site-search input").focus()
    page.keyboard.type(typed)
    page.keyboard.press("Enter")

    expect(page.locator("#search-results a").first).to_have_text(first)
    expect(page.locator("#search-status")).to_contain_text(typed)
    assert asked
    for url in asked:
        assert url.startswith(any_base)
        # The fragment stays in the browser; nothing else holds what was typed.
        assert typed not in page.evaluate("decodeURIComponent", url.partition("#")[0])

    page.keyboard.press("Tab")
    page.locator("#search-results a").first.press("Enter")

    expect(page.locator("h1")).to_contain_text(first)
    page.go_back()
    expect(page.locator("#search-query")).to_have_value(typed)
    expect(page.locator("#search-results a").first).to_have_text(first)


def test_no_byte_of_the_search_is_loaded_before_it_is_used(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(address)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("", "scheme/", "technologies/mlcc/"):
        page.goto(address + path)
        page.wait_for_load_state("networkidle")

    assert len(asked) > 10
    assert [url for url in asked if "search" in url] == []


@pytest.mark.parametrize(("path", "link"), [("", "検索"), ("en/", "Search")])
def test_a_narrow_header_has_a_link_instead_of_the_field(
    open_page: Callable[..., Page], address: str, path: str, link: str
) -> None:
    page = open_page(address + path, viewport=NARROW)

    expect(page.locator(".site-search")).to_be_hidden()
    page.locator(".md-header").get_by_role("link", name=link, exact=True).click()
    expect(page.locator("#search-query")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_scripts_the_link_leads_to_a_list_of_all_pages(
    browser: Browser, address: str, language: str
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=WIDE)
    page = context.new_page()
    page.goto(address + ("" if language == "ja" else "en/"))

    expect(page.locator(".site-search")).to_be_hidden()
    page.locator(".search-link").click()
    expect(page.locator("#search-form")).to_have_count(1)
    expect(page.locator("#search-form")).to_be_hidden()
    expect(page.locator(".site-map a").nth(60)).to_be_attached()
    end(context)


def test_what_is_not_found_is_not_called_outside_the_scheme(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(address + "search/#q=ほげほげ")
    expect(page.locator("#search-status")).to_contain_text("対象外とは限りません")

    page.goto(address + "en/search/#q=xyzzyx")
    expect(page.locator("#search-status")).to_contain_text("does not mean")
    assert page.locator("#search-results li").count() == 0


def test_a_search_leaves_nothing_behind(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(address + "search/#q=MLCC")
    expect(page.locator("#search-results a").first).to_be_visible()
    left = page.evaluate(
        "async () => [document.cookie, localStorage.length, sessionStorage.length,"
        " (await indexedDB.databases()).length, (await caches.keys()).length]"
    )

    assert left == ["", 0, 0, 0, 0]


def test_an_index_that_does_not_load_is_told_with_a_way_on(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.route("**/assets/search/*", lambda route: route.abort())
    page.goto(address + "search/#q=MLCC")

    expect(page.locator("#search-status")).to_contain_text("読み込めませんでした")
    expect(page.locator(".site-map")).to_be_visible()
    end(context)
