"""When the program cannot run, the page says so plainly, keeps the answer and shows ways on."""

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from build_scripts.first_steps import QUESTIONS
from build_scripts.serve import HOST, SiteHandler, SiteServer
from decision_tree.model import LANGUAGES
from tests.browser.visitor import end

FIRST_OPTIONS = """() => {
  const form = document.querySelector("#check form[data-check]");
  form.dataset.seen = "";
  for (const box of form.querySelectorAll("fieldset")) box.querySelector("input[type=radio]").checked = true;
}"""
ENDINGS = ".message:not(.message-loading, .message-slow)"
#: What goes wrong, and the message that says it.
WAYS_TO_FAIL = {
    "policy": "wasm",
    "no-manifest": "load",
    "no-wasm": "load",
    "no-worker": "load",
    "no-wheel": "load",
    "damaged-wheel": "load",
    "damaged-manifest": "load",
}
MISSING = {
    "no-manifest": "runtime.json",
    "no-wasm": ".asm.wasm",
    "no-worker": "engine-worker.mjs",
    "no-wheel": ".whl",
}
DAMAGED = {"damaged-wheel": ".whl", "damaged-manifest": "runtime.json"}


class BrokenHandler(SiteHandler):
    """The site with one thing wrong, named by the first folder of the address."""

    release = threading.Event()
    mended = threading.Event()

    def do_GET(self) -> None:  # noqa: N802 (the name that the standard library calls)
        """Serve the file, or what is wrong with it."""
        self.fault = self.path.split("/")[1]
        self.base = f"/{self.fault}/"
        file = self.path.partition("?")[0]
        if self.fault in MISSING and file.endswith(MISSING[self.fault]):
            self.send_error(404)
        elif self.fault in DAMAGED and self.path.endswith(DAMAGED[self.fault]):
            self.send_response(200)
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")
        elif (
            self.fault == "for-a-while"
            and self.path.endswith("runtime.json")
            and not self.mended.is_set()
        ):
            self.send_error(503)
        elif self.fault == "stalled" and self.path.endswith(".asm.wasm"):
            self.release.wait(300)
            self.close_connection = True
        else:
            super().do_GET()

    def end_headers(self) -> None:
        """Add the policy of an office that refuses WebAssembly."""
        if getattr(self, "fault", "") == "policy":
            self.send_header("Content-Security-Policy", "script-src 'self'")
        super().end_headers()


@pytest.fixture(scope="module")
def broken(site: Path) -> Iterator[str]:
    """Where the broken sites are: a folder for each way to fail."""
    server = SiteServer((HOST, 0), partial(BrokenHandler, directory=str(site), base="/"))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://{HOST}:{server.server_port}/"
    BrokenHandler.release.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an address whose console may complain."""
    contexts = []

    def opened(url: str, **options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        end(context)


def answer(page: Page) -> None:
    """Answer the questions that were rendered at build time, and one more, which wants the program."""
    page.wait_for_selector("#check[data-ready]")
    for _ in range(QUESTIONS):
        page.wait_for_selector("#check form[data-check]:not([data-seen])")
        page.evaluate(FIRST_OPTIONS)
        page.click("#check button[type=submit]")


def expect_ways_on(page: Page, kind: str) -> None:
    """The message has the focus, the answer is kept, and each way on leads somewhere."""
    message = page.locator(f"#check-status {ENDINGS}")

    expect(message).to_have_class(re.compile(rf"message-{kind}\b"))
    expect(message.locator("h2")).to_be_focused()
    expect(message.locator("progress")).to_have_count(0)
    expect(page.locator("#check")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#check [data-seen] input:checked")).not_to_have_count(0)
    expect(message.locator("[data-do=retry]")).to_be_visible()
    ways = message.locator("a").evaluate_all("all => all.map(one => one.href)")
    inside = [way for way in ways if way.startswith("http://")]

    assert len(inside) >= 3
    assert [page.request.get(way).status for way in inside] == [200] * len(inside)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fault", WAYS_TO_FAIL)
def test_a_failure_ends_in_a_message_with_ways_on(
    visit: Callable[..., Page], broken: str, fault: str, language: str
) -> None:
    page = visit(f"{broken}{fault}/{'' if language == 'ja' else 'en/'}check/")
    answer(page)

    expect_ways_on(page, WAYS_TO_FAIL[fault])


def test_a_browser_without_webassembly_is_told(browser: Browser, address: str) -> None:
    context = browser.new_context()
    context.add_init_script("delete globalThis.WebAssembly")
    page = context.new_page()
    page.goto(address + "check/")
    answer(page)

    expect_ways_on(page, "wasm")
    end(context)


def test_a_download_that_stalls_does_not_spin_for_ever(browser: Browser, broken: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    page.goto(f"{broken}stalled/en/check/")
    answer(page)
    page.clock.run_for(1_000)

    expect(page.locator("#check-status .message-loading progress")).to_be_visible()

    # The last sign of life before the download that stalls.
    page.wait_for_selector("#check[data-engine=loader]", state="attached")
    page.clock.run_for(20_000)

    expect(page.locator("#check-status .message-slow")).to_be_visible()
    assert page.locator("#check-status .message-slow a").count() >= 3

    page.clock.run_for(46_000)

    expect_ways_on(page, "timeout")
    end(context)


def test_trying_again_goes_on_with_the_answer(visit: Callable[..., Page], broken: str) -> None:
    BrokenHandler.mended.clear()
    page = visit(f"{broken}for-a-while/check/")
    answer(page)

    expect_ways_on(page, "load")

    BrokenHandler.mended.set()
    page.click("#check-status [data-do=retry]")

    # The form that was sent has gone: the answer led on.
    expect(page.locator("#check [data-seen]")).to_have_count(0, timeout=60_000)
    expect(page.locator("#check .check-context")).to_be_visible()
    expect(page.locator("#check-status .message")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_scripts_the_page_says_so_and_leads_on(
    open_page: Callable[..., Page], address: str, language: str
) -> None:
    root = address + ("" if language == "ja" else "en/")
    page = open_page(root + "check/", java_script_enabled=False)
    message = page.locator(".message-noscript")

    expect(message).to_be_visible()
    expect(message).to_contain_text("JavaScript")
    ways = [way.get_attribute("href") or "" for way in message.locator("a").all()]
    inside = [way for way in ways if way.startswith("../")]

    assert len(inside) >= 3
    for way in inside:
        reply = page.request.get(f"{root}check/{way}")

        assert reply.status == 200, way


@pytest.mark.parametrize(
    "path",
    [
        "",
        "technologies/",
        "technologies/flexible-endoscope/",
        "transactions/",
        "divisions/",
        "scheme/",
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_content_pages_say_the_same_without_scripts(
    open_page: Callable[..., Page], address: str, path: str, language: str
) -> None:
    url = address + ("" if language == "ja" else "en/") + path
    bare = open_page(url, java_script_enabled=False).locator(".md-content").inner_text()

    page = open_page(url)
    # What it shows from a certain day on is no part of what is written.
    page.evaluate("() => document.querySelector('.overdue')?.remove()")

    assert len(bare) > 200
    assert page.locator(".md-content").inner_text() == bare
