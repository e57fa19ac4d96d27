"""A person who answers the questionnaire in a real browser as a worked case does, with a stopwatch."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from playwright.sync_api import Page

from build_scripts import cases
from build_scripts.toolchain import BuildError
from decision_tree.space import UNKNOWN

#: More pages than any run has.
MANY = 40
#: Seconds in which a hand goes from the last choice to the button.
HAND = 0.25
#: Seconds after which a started engine is left to itself.
SETTLED = 10

_READY = """() => {
  const root = document.getElementById("check");
  return "ready" in root.dataset && !root.hidden;
}"""
_ENGINE = "() => document.getElementById('check').dataset.engine === 'ready'"
# Fills in the page, as a hand does.
_CHOOSE = """answers => {
  const root = document.getElementById("check");
  for (const box of root.querySelectorAll("fieldset")) {
    const input = box.querySelector("input[name]");
    const answer = answers[input.name] ?? "unknown";
    if (input.type === "radio") {
      box.querySelector(`input[name="${input.name}"][value="${answer}"]`).click();
    } else if (answer === "unknown") {
      const unknown = box.querySelector("input[type=checkbox]");
      if (!unknown.checked) unknown.click();
    } else {
      input.value = answer;
      input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
  }
}"""
# Presses the button of the page, and gives the milliseconds until the next page stands there.
_PRESS = """() => new Promise(done => {
  const root = document.getElementById("check");
  const button = root.querySelector("button[type=submit], [data-do=result]");
  new MutationObserver((_, observer) => {
    observer.disconnect();
    done(performance.now() - began);
  }).observe(root, { childList: true });
  const began = performance.now();
  button.click();
})"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One answer: the page it was given on, and the milliseconds until the next page stood there."""

    view: str
    page: str
    waited: float


def journeys(most: int) -> list[dict[str, str]]:
    """Answers of worked cases with one line, evenly taken over all of them."""
    found = [
        {"technology": line.get("technology") or UNKNOWN, **line["answers"]}
        for case in cases.load()
        for line in case.situation["lines"][:1]
        if len(case.situation["lines"]) == 1
    ]
    return [found[index * len(found) // most] for index in range(min(most, len(found)))]


def opened(page: Page, address: str) -> None:
    """Go to the questionnaire and wait until question 1 hears a press."""
    page.goto(address)
    page.wait_for_function(_READY)


def engine_started(page: Page) -> None:
    """Wait until the engine runs."""
    page.wait_for_function(_ENGINE)


def walk(page: Page, answers: Mapping[str, str], reading: float = 0) -> Iterator[Step]:
    """Go from question 1 to the verdict, with `reading` seconds before each answer.

    When the engine has run for a while, one second will do: nothing changes any more.
    """
    shown = time.monotonic()
    began: float | None = None
    for _ in range(MANY):
        view = page.locator("#check").get_attribute("data-view") or ""
        if view == "verdict":
            return
        name = page.locator("#check fieldset input[name]").first
        asked = name.get_attribute("name") if view == "question" else view
        if began is None and page.evaluate(_ENGINE):
            began = time.monotonic()
        settled = began is not None and time.monotonic() - began > SETTLED
        pause = min(reading, 1) if settled else reading
        page.wait_for_timeout(max(0, shown + pause - HAND - time.monotonic()) * 1000)
        page.evaluate(_CHOOSE, dict(answers))
        page.wait_for_timeout(HAND * 1000)
        yield Step(view=view, page=asked or "", waited=page.evaluate(_PRESS))
        shown = time.monotonic()
    raise BuildError(f"no verdict after {MANY} pages")


def begin_again(page: Page) -> None:
    """From the verdict to question 1 of a new run."""
    page.click("[data-do=start]")
    page.wait_for_selector("#check[data-view=question]")
