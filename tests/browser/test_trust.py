"""The button on the page of proofs: it runs every case here, and tells when something is not as published."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from build_scripts import cases
from tests.browser.visitor import end

RUN = {
    "": "すべての事例をこのブラウザーで実行する",
    "en/": "Re-run all cases in this browser",
}
PATIENCE = 60_000


@pytest.fixture
def tampered(browser: Browser) -> Iterator[Page]:
    """A page whose traffic a test may change; what the browser says of that on its console is expected."""
    context = browser.new_context()
    yield context.new_page()
    end(context)


def run(page: Page, path: str) -> None:
    """Presses the button by keyboard and waits for the end."""
    button = page.get_by_role("button", name=RUN[path])
    button.focus()
    page.keyboard.press("Enter")

    expect(page.locator("#run-cases h3")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#run-cases h3")).to_be_focused()
    expect(page.locator("#run-cases progress")).to_be_hidden()


def slot(page: Page, name: str) -> str:
    return page.locator(f'#run-cases [role=status] [data-slot="{name}"]').inner_text()


def test_every_case_passes_in_this_browser(open_page: Callable[..., Page], any_base: str) -> None:
    path = "en/" if "ministry" in any_base else ""
    page = open_page(f"{any_base}{path}trust/")
    run(page, path)

    assert str(len(cases.load())) == slot(page, "passed")
    assert slot(page, "failed") == "0"
    assert float(slot(page, "seconds")) > 0
    assert int(slot(page, "files")) >= 5
    assert page.locator("#run-cases [role=status] li").count() == 0


@pytest.mark.parametrize("path", ["", "en/"])
def test_one_byte_of_the_engine_and_rules_that_differs_is_told_and_no_case_is_run(
    tampered: Page, address: str, path: str
) -> None:
    def with_one_byte_changed(route: Route) -> None:
        content = bytearray(route.fetch().body())
        content[len(content) // 2] ^= 1
        route.fulfill(body=bytes(content), content_type="application/octet-stream")

    tampered.route("**/decision_tree-*.whl", with_one_byte_changed)
    tampered.goto(f"{address}{path}trust/")
    run(tampered, path)
    told = tampered.locator("#run-cases [role=status] li")

    expect(told).to_have_count(1)
    assert told.inner_text().startswith("decision_tree-")
    expect(tampered.locator("#run-cases [data-slot]")).to_have_count(0)


def test_a_manifest_of_other_rules_than_the_page_names_is_told(
    tampered: Page, address: str
) -> None:
    def with_other_rules(route: Route) -> None:
        manifest = route.fetch().json()
        route.fulfill(json={**manifest, "rules": "0" * 64})

    tampered.route("**/runtime.json", with_other_rules)
    tampered.goto(f"{address}trust/")
    run(tampered, "")

    expect(tampered.locator("#run-cases [role=status] li")).to_have_text(["runtime.json"])


def test_a_case_that_comes_out_otherwise_is_named_and_files_are_not_called_compared_unread(
    tampered: Page, address: str
) -> None:
    first = cases.load()[0]

    def with_another_expectation(route: Route) -> None:
        content = route.fetch().json()
        content["cases"][0]["expect"] = "not-covered"
        route.fulfill(body=json.dumps(content), content_type="application/json")

    tampered.route("**/cases.json", with_another_expectation)
    # As on a plain http address of another machine.
    tampered.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined})")
    tampered.goto(f"{address}en/trust/")
    run(tampered, "en/")
    named = tampered.locator("#run-cases [role=status] li")

    expect(named).to_have_count(1)
    expect(named.get_by_role("link", name=first.title.en)).to_be_visible()
    expect(named.locator("code")).to_have_text(f"not-covered → {first.expect}")
    assert str(len(cases.load()) - 1) == slot(tampered, "passed")
    assert slot(tampered, "failed") == "1"
    expect(tampered.locator("#run-cases [role=status]")).to_contain_text("were not compared")

    named.get_by_role("link").click()

    expect(tampered.locator(f"#case-{first.id}")).to_be_visible()


def test_a_link_to_the_cases_of_an_entry_opens_them(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(f"{address}technologies/mlcc/")
    page.locator('a[href*="trust/#cases"]').click()

    expect(page.locator("#case-mlcc-design")).to_be_visible()


def test_an_engine_that_does_not_start_is_told(tampered: Page, address: str) -> None:
    tampered.route("**/engine-worker.mjs?*", lambda route: route.abort())
    tampered.goto(f"{address}trust/")
    run(tampered, "")

    expect(tampered.locator("#run-cases h3")).to_have_text("事例を実行できませんでした")
