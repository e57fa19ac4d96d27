"""Drives the questionnaire as a person does: reads the page, fills it in, presses Continue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, Page

UNKNOWN = "unknown"

#: More pages than any run can have.
MANY = 40

# A page that was shown before carries a mark; the next one has replaced it.
_MARK = "() => { document.querySelector('#check').firstElementChild.dataset.seen = ''; }"
_SETTLED = """() => {
  const root = document.querySelector("#check");
  return !root.hidden && "ready" in root.dataset && !root.hasAttribute("aria-busy")
    && !root.querySelector("[data-seen]");
}"""
_IDLE = """() => {
  const root = document.querySelector("#check");
  return !root.hidden && "ready" in root.dataset && !root.hasAttribute("aria-busy");
}"""
_FIELDS = """() => Object.fromEntries(
  [...document.querySelectorAll("#check fieldset")].map(box => {
    const input = box.querySelector("input[name]");
    return [input.name, input.type === "radio"
      ? {kind: "choice", options: [...box.querySelectorAll("input[name]")].map(one => one.value)}
      : {kind: "quantity", options: []}];
  })
)"""
_VALUES = """() => Object.fromEntries(
  [...document.querySelectorAll("#check input")]
    .filter(input => input.checked || (input.type === "text" && input.value))
    .map(input => [input.name.replace(/[.]unknown$/, ""), input.value])
)"""


class Questionnaire:
    """The questionnaire on an open page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.wait_for_function(_IDLE)

    @property
    def view(self) -> str:
        return self.page.locator("#check").get_attribute("data-view") or ""

    @property
    def heading(self) -> str:
        return self.page.locator("#check h1").inner_text()

    @property
    def outcome(self) -> str:
        """The code of the outcome on the verdict page."""
        names = (self.page.locator(".verdict > .panel").get_attribute("class") or "").split()
        return next(name for name in names if name != "panel").removeprefix("panel-")

    @property
    def missing(self) -> int:
        """How many facts the verdict page names as missing."""
        return self.page.locator(".missing-list li").count()

    @property
    def status(self) -> str:
        """Any message about the program itself: empty while all is well."""
        return self.page.locator("#check-status").inner_text()

    @property
    def focused(self) -> str:
        """The element that has the focus: its tag, or `error-summary`."""
        found = self.page.evaluate(
            "() => document.activeElement.matches('.error-summary') ? 'error-summary'"
            " : document.activeElement.tagName.toLowerCase()"
        )
        return str(found)

    def fields(self) -> dict[str, dict[str, Any]]:
        """The facts that the page asks, with their kind and options."""
        found: dict[str, dict[str, Any]] = self.page.evaluate(_FIELDS)
        return found

    def values(self) -> dict[str, str]:
        """What is filled in now."""
        found: dict[str, str] = self.page.evaluate(_VALUES)
        return found

    def fill(self, answers: Mapping[str, Any]) -> None:
        """Fill in every field of the page; what has no answer is not known."""
        for name, field in self.fields().items():
            answer = answers.get(name, UNKNOWN)
            if field["kind"] == "choice":
                self.page.check(f'input[name="{name}"][value="{answer}"]')
                continue
            unknown = f'input[name="{name}.unknown"]'
            self.page.set_checked(unknown, answer == UNKNOWN)
            self.page.fill(f'input[type=text][name="{name}"]', "" if answer == UNKNOWN else answer)

    def answer(self, answers: Mapping[str, Any]) -> None:
        """Fill in the page and go on."""
        self.fill(answers)
        self.press("#check button[type=submit]")

    def press(self, control: str | Locator) -> None:
        """Click a control that leads to another page, and wait for that page."""
        self.page.evaluate(_MARK)
        (self.page.locator(control) if isinstance(control, str) else control).click()
        self.page.wait_for_function(_SETTLED)

    def leave(self, key: str) -> None:
        """Press a key that leads to another page, and wait for that page."""
        self.page.evaluate(_MARK)
        self.page.keyboard.press(key)
        self.page.wait_for_function(_SETTLED)

    def change(self, page: str) -> None:
        """Follow the Change link of a question."""
        self.press(self.page.locator(f'.summary [data-do=change][data-page="{page}"]').first)

    def history(self, steps: int) -> None:
        """The browser's own Back (-1) or Forward (1)."""
        self.page.evaluate(_MARK)
        self.page.evaluate("steps => history.go(steps)", steps)
        self.page.wait_for_function(_SETTLED)

    def reload(self) -> None:
        """Reload the page; it comes back as it was."""
        self.page.reload()
        self.page.wait_for_function(_IDLE)

    def switch(self, language: str) -> None:
        """Follow the link to the other language."""
        self.page.evaluate(_MARK)
        self.page.click("a.language-switch")
        self.page.wait_for_function(_SETTLED)
        self.page.wait_for_function(f"() => document.documentElement.lang === '{language}'")

    def to_check(self, answers: Mapping[str, Any]) -> None:
        """Answer every question up to check-answers."""
        for _ in range(MANY):
            if self.view != "question":
                break
            self.answer(answers)

        assert self.view == "check", self.heading

    def to_verdict(self, answers: Mapping[str, Any]) -> None:
        """Answer every question, look at the answers, and see the result."""
        self.to_check(answers)
        self.press("[data-do=result]")

        assert self.view == "verdict"
