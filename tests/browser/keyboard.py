"""Hands that use nothing but a keyboard."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.questionnaire import Questionnaire

#: More controls than any page of the questionnaire has.
FAR = 120


class Keyboard:
    """The questionnaire by Tab, arrows, space and Enter."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.run = Questionnaire(page)

    def reach(self, css: str) -> None:
        """Press Tab until the control has the focus.

        Raises:
            AssertionError: it is never reached.
        """
        for _ in range(FAR):
            if self._focused(css):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {css}")

    def choose(self, name: str, value: str) -> None:
        """Choose one of a group of radios."""
        wanted = f'input[name="{name}"][value="{value}"]'
        self.reach(f'input[name="{name}"]')
        self.page.keyboard.press("Space")
        for _ in range(FAR):
            if self._focused(wanted):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows do not reach {wanted}")

    def write(self, css: str, text: str) -> None:
        """Type into a field, over what is in it."""
        self.reach(css)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def enter(self, css: str) -> None:
        """Press Enter on a control that leads to another page."""
        self.reach(css)
        self.run.leave("Enter")

    def go_on(self) -> None:
        """Press Continue."""
        self.enter("button[type=submit]")

    def _focused(self, css: str) -> bool:
        return bool(self.page.evaluate("css => document.activeElement.matches(css)", css))
