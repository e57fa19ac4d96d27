"""A whole run as a screen reader is told it: names, roles, states, focus, announcements.

`python -m tests.browser.transcript` writes the stored transcripts anew; read the difference before
you keep it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, Route

from build_scripts.serve import serving
from build_scripts.site import SITE
from decision_tree.model import LANGUAGES
from tests.browser.keyboard import Keyboard
from tests.browser.visitor import chromium_running, end

STORED = Path(__file__).parent / "transcripts"
RENEW = "make transcripts"
WORDS = {"ja": "胃カメラ", "en": "gastroscope"}
ENDOSCOPE = "flexible-endoscope"
DIAMETER = f'input[name="{ENDOSCOPE}-diameter"]'

#: Remembers what a live region says, in order.
_LISTEN = """() => {
  const heard = (window.heard = []);
  const live = "[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]";
  new MutationObserver(changes => {
    const regions = new Set();
    for (const {target, addedNodes} of changes) {
      const element = target instanceof Element ? target : target.parentElement;
      regions.add(element?.closest(live));
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        for (const one of [node, ...node.querySelectorAll("*")]) {
          if (one.matches("[role=alert]")) regions.add(one);
        }
      }
    }
    for (const region of regions) {
      const words = region?.isConnected ? region.innerText.replace(/\\s+/g, " ").trim() : "";
      if (words) heard.push(`${region.getAttribute("role")}: ${words}`);
    }
  }).observe(document, {subtree: true, childList: true, characterData: true});
}"""

#: A role that says nothing by itself: what is inside is read in its place.
_SILENT = {"none", "generic", "RootWebArea", "GenericContainer", "DescriptionList"}
#: What is read with its name and not entered.
_WHOLE = {"link", "button", "radio", "checkbox", "textbox", "searchbox", "DisclosureTriangle"}
#: The name of a control, read with the control.
_SPOKEN_ELSEWHERE = {"LabelText", "InlineTextBox", "ListMarker", "LineBreak"}
_NAMES = {
    "StaticText": "text",
    "DisclosureTriangle": "disclosure",
    "DescriptionListTerm": "term",
    "DescriptionListDetail": "definition",
    "Section": "section",
    "ProgressIndicator": "progressbar",
}
_STATES = ("checked", "expanded", "invalid", "disabled", "required")


class Reader:
    """Reads a page as Chromium hands it to a screen reader."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("Accessibility.enable")

    def whole(self) -> Iterator[str]:
        """Every line of the page."""
        yield from self._read("RootWebArea")

    def main(self) -> Iterator[str]:
        """The lines of the main part."""
        yield from self._read("main")

    def focus(self) -> str:
        """What has the focus."""
        nodes = self._nodes()
        found = [node for node in nodes.values() if _property(node, "focused") is True]
        return _said(found[-1]) if found else "nothing"

    def heard(self) -> list[str]:
        """What live regions have said since they were last asked."""
        words: list[str] = self.page.evaluate("() => window.heard.splice(0)")
        return words

    def _nodes(self) -> dict[str, dict[str, Any]]:
        answer = self.session.send("Accessibility.getFullAXTree")
        return {node["nodeId"]: node for node in answer["nodes"]}

    def _read(self, role: str) -> Iterator[str]:
        nodes = self._nodes()
        start = next(node for node in nodes.values() if _role(node) == role)
        yield from _lines(start, nodes, 0)


def _lines(node: dict[str, Any], nodes: dict[str, dict[str, Any]], depth: int) -> Iterator[str]:
    role = _role(node)
    children = [nodes[child] for child in node.get("childIds", ()) if child in nodes]
    if not node["ignored"]:
        if role in _SPOKEN_ELSEWHERE:
            return
        if role in _WHOLE:
            yield "  " * depth + _said(node)
            return
        if role == "StaticText":
            if words := _text(node, "name"):
                yield "  " * depth + words
            return
        if role not in _SILENT:
            inner = [line for child in children for line in _lines(child, nodes, 0)]
            named = role == "heading" and len(inner) <= 1
            yield from _entered("  " * depth, _said(node), [] if named else inner)
            return
    for child in children:
        yield from _lines(child, nodes, depth)


def _entered(indent: str, said: str, inner: list[str]) -> Iterator[str]:
    """A thing and what is in it: on one line where that is a single text."""
    if len(inner) == 1 and not re.match(r"^ |^\w+ “", inner[0]) and "“" not in said:
        yield f"{indent}{said}: {inner[0]}"
        return
    yield indent + said
    yield from (f"{indent}  {line}" for line in inner)


def _said(node: dict[str, Any]) -> str:
    """Role, name, states and description, in the order in which they are spoken."""
    role = _role(node)
    parts = [_NAMES.get(role, role)]
    if level := _property(node, "level"):
        parts[0] += f" {level}"
    if name := _text(node, "name"):
        parts.append(f"“{name}”")
    for state in _STATES:
        value = _property(node, state)
        if state == "checked" and value in ("true", "false"):
            parts.append("checked" if value == "true" else "not checked")
        elif state == "expanded" and value is not None:
            parts.append("expanded" if value else "collapsed")
        elif value not in (None, False, "false"):
            parts.append(state)
    if value := _text(node, "value"):
        parts.append(f"= “{value}”")
    if description := _text(node, "description"):
        parts.append(f"({description})")
    return " ".join(parts)


def _role(node: dict[str, Any]) -> str:
    return str(node.get("role", {}).get("value", ""))


def _text(node: dict[str, Any], key: str) -> str:
    return " ".join(str(node.get(key, {}).get("value", "")).split())


def _property(node: dict[str, Any], name: str) -> Any:
    found = [one["value"].get("value") for one in node.get("properties", ()) if one["name"] == name]
    return found[0] if found else None


class Transcript:
    """The lines of a run, page by page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.reader = Reader(page)
        self.lines: list[str] = []

    def note(self, step: str, *, read: bool) -> None:
        """Write down what a step led to."""
        if self.lines:
            self.lines.append("")
        self.lines += [f"# {step}", f"title: {self.page.title()}", f"focus: {self.reader.focus()}"]
        self.lines += [f"heard: {words}" for words in self.reader.heard()]
        if read:
            self.lines += self.reader.main()

    def frame(self) -> None:
        """Write down the whole page, with what stands around the main part."""
        self.lines += ["# The page as delivered", f"title: {self.page.title()}"]
        self.lines += self.reader.whole()


def transcript(browser: Browser, url: str, language: str) -> str:
    """A run from question 1 to the verdict by keyboard alone, with mistakes on the way."""
    context = browser.new_context(base_url=url, reduced_motion="reduce")
    context.add_init_script(f"({_LISTEN})()")
    page = context.new_page()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    # Whether the loading message comes must not depend on the machine: here it always does.
    page.route("**/*.wasm", hold)
    page.goto(url)
    said = Transcript(page)
    said.frame()
    hands = Keyboard(page)
    hands.write("input[data-find]", WORDS[language])
    page.keyboard.press("Enter")
    page.wait_for_selector(".message-loading")
    said.note("Looked up a word while the program is still loading", read=True)
    for route in held:
        route.continue_()
    page.unroute("**/*.wasm")
    for step, read in steps(hands):
        said.note(step, read=read)
    end(context)
    return "\n".join(said.lines) + "\n"


def steps(hands: Keyboard) -> Iterator[tuple[str, bool]]:
    """What is done and then noted, and whether the page is read to the end there."""
    page = hands.page
    page.wait_for_selector("#find-result button")
    page.wait_for_selector("#check-status:empty", state="attached")
    yield "The search has found something", False
    hands.reach("#find-result button")
    page.keyboard.press("Enter")
    yield "Took what was found", False
    hands.go_on()
    yield "Question: a choice", True
    hands.go_on()
    yield "Continued without an answer", True
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    yield "Followed the link of the error summary", False
    hands.choose(f"{ENDOSCOPE}-activity", "design")
    hands.go_on()
    hands.choose(f"{ENDOSCOPE}-part", "insertion-part")
    hands.go_on()
    yield "Question: a number", True
    hands.write(DIAMETER, "約16 mm")
    hands.go_on()
    yield "Sent a number that cannot be read", True
    hands.write(DIAMETER, "15.8-16.2 mm")
    hands.go_on()
    hands.reach(f'input[name="{ENDOSCOPE}-pixels.unknown"]')
    page.keyboard.press("Space")
    yield "Question: a number that is not known", False
    hands.go_on()
    hands.choose("act", "contract-manufacture")
    hands.go_on()
    hands.choose("destination", "elsewhere")
    hands.go_on()
    yield "Question: several facts on one page", True
    hands.choose("published", "no")
    hands.go_on()
    yield "Continued with two answers missing", False
    hands.choose("basic-research", "no")
    hands.choose("minimum-provision", "no")
    hands.go_on()
    yield "Question: the stage", True
    hands.choose("stage", "not-concluded")
    hands.go_on()
    yield "Check your answers", True
    hands.enter("[data-do=result]")
    yield "The result", True
    page.keyboard.press("Tab")
    yield "Tab on the result", False


def address_of(root: str, language: str) -> str:
    """The questionnaire in a language, below the root of the site."""
    return root + ("" if language == "ja" else "en/") + "check/"


def main() -> None:
    """Write the stored transcripts anew."""
    STORED.mkdir(exist_ok=True)
    with serving(SITE) as root, chromium_running() as browser:
        for language in LANGUAGES:
            text = transcript(browser, address_of(root, language), language)
            (STORED / f"{language}.txt").write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
