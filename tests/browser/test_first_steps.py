"""Nobody waits for Python: the first questions come at once, and the engine takes over with the answers."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from build_scripts.first_steps import QUESTIONS
from build_scripts.serve import SiteHandler, serving
from decision_tree.model import LANGUAGES
from tests.browser.questionnaire import Questionnaire
from tests.browser.visitor import end


class HeldHandler(SiteHandler):
    """The site whose engine arrives when it is let go."""

    let_go = threading.Event()
    asked: list[str] = []  # noqa: RUF012 (one server in one test)

    def do_GET(self) -> None:  # noqa: N802 (the name that the standard library calls)
        """Serve the file; one of the engine's waits."""
        self.asked.append(self.path)
        if self.path.endswith(".asm.wasm"):
            self.let_go.wait(120)
        super().do_GET()


@pytest.fixture
def held(site: Path) -> Iterator[str]:
    """Where the site is whose engine is held back."""
    HeldHandler.let_go.clear()
    HeldHandler.asked.clear()
    with serving(site, handler=HeldHandler) as address:
        yield address
        HeldHandler.let_go.set()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh profile."""
    context = browser.new_context()
    yield context.new_page()
    end(context)


def first_options(run: Questionnaire) -> dict[str, str]:
    """The first option of each choice; a number is not known."""
    return {name: (asked["options"] or ["unknown"])[0] for name, asked in run.fields().items()}


def entry(page: Page) -> Any:
    return page.evaluate("() => history.state")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_questions_need_no_engine_and_it_agrees_when_it_comes(
    page: Page, held: str, language: str
) -> None:
    page.goto(held + ("" if language == "ja" else "en/") + "check/")
    run = Questionnaire(page)

    # Nothing chosen: the same page says so.
    run.press("#check button[type=submit]")

    assert (run.focused, run.view) == ("error-summary", "question")

    seen = []
    for number in range(1, QUESTIONS):
        answers = first_options(run)
        seen.append((run.heading, answers))
        run.answer(answers)

        assert (run.focused, entry(page)["depth"]) == ("h1", number)
        assert page.title().startswith(run.heading)

    for heading, answers in reversed(seen):
        run.history(-1)

        assert (run.heading, run.values()) == (heading, answers)

    for _ in seen:
        run.history(1)
    here, shown = run.heading, page.locator("#check").inner_html()
    run.fill(first_options(run))
    page.click("#check button[type=submit]")
    waiting = page.locator("#check-status .message-loading")
    technology = seen[0][1]["technology"]

    expect(waiting.locator("progress")).to_be_visible()
    expect(waiting.locator("a[data-sheets]")).to_have_attribute("href", f"sheet/{technology}/")
    # Gone back while waiting: the answer is taken back, and the engine finds the same page.
    run.history(-1)
    run.history(1)

    assert run.heading == here

    state = entry(page)["state"]
    HeldHandler.let_go.set()
    page.wait_for_selector("#check[data-engine=ready]", timeout=60_000)
    expect(page.locator("#check [data-left]")).not_to_be_empty()

    assert page.locator("#check").inner_html() == shown
    assert entry(page)["state"] == state

    run.answer(first_options(run))

    assert run.heading != here


def test_an_answer_that_waits_is_given_when_the_engine_has_come(page: Page, held: str) -> None:
    page.goto(held + "en/check/#technology=flexible-endoscope")
    run = Questionnaire(page)
    for _ in range(2):
        run.answer(first_options(run))
    number = next(iter(run.fields()))
    page.fill(f"#check input[name='{number}']", "about 16 mm")
    page.click("#check button[type=submit]")
    left = page.locator("#check-status .progress-left")

    expect(left).to_have_text(re.compile(r"^[\d.]+ MB left of [\d.]+ MB$"))

    page.fill(f"#check input[name='{number}']", "16 mm")
    page.click("#check button[type=submit]")
    HeldHandler.let_go.set()
    expect(page.locator("#check-status .message")).to_have_count(0, timeout=60_000)

    assert number not in run.fields()
    assert entry(page)["state"]["lines"][0]["answers"][number] == "16 mm"
