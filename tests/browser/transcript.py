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

from build_scripts import chromium
from build_scripts.serve import serving
from build_scripts.site import SITE
from decision_tree.model import LANGUAGES
from tests.browser.keyboard import Keyboard
from tests.browser.visitor import end

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
      if (element?.closest("[aria-hidden=true]")) continue;
      regions.add(element?.closest(live));
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        for (const one of [node, ...node.querySelectorAll("*")]) {
          if (one.matches("[role=alert]")) regions.add(one);
        }
      }
    }
    for (const region of regions) {
      const hidden = [...(region?.querySelectorAll("[aria-hidden=true]") ?? [])];
      for (const part of hidden) part.hidden = true;
      const words = region?.isConnected ? region.innerText.replace(/\\s+/g, " ").trim() : "";
      for (const part of hidden) part.hidden = false;
      if (words) heard.push(`${region.getAttribute("role")}: ${words}`);
    }
  }).observe(document, {subtree: true, childList: true, characterData: true});
}"""

#: Read within the line that it stands in.
_INLINE = {"StaticText", "link", "emphasis", "mark", "deletion", "insertion"}
#: Signs that stand close to what follows, and to what precedes.
_OPENING = "(（「“"
_CLOSING = ")）」”：:、,。."
#: What changes with every build.
_HASH = re.compile(r"\b[0-9a-f]{12}\b")
#: What every page has, and what comes and goes as the page is scrolled.
_FRAME = ".page-foot"
_SCROLL = ".md-top"

#: A role that says nothing by itself: what is inside is read in its place.
_SILENT = {"none", "generic", "RootWebArea", "DescriptionList", "Legend", "strong", "code"}
#: What is read with its name and not entered.
_WHOLE = {
    "link",
    "button",
    "radio",
    "checkbox",
    "textbox",
    "searchbox",
    "progressbar",
    "DisclosureTriangle",
    "term",
}
#: The name of a control, read with the control.
_SPOKEN_ELSEWHERE = {"LabelText", "InlineTextBox", "ListMarker", "LineBreak"}
_NAMES = {
    "StaticText": "text",
    "DisclosureTriangle": "disclosure",
    "Section": "section",
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
        yield from self._read("RootWebArea", _SCROLL)

    def main(self) -> Iterator[str]:
        """The lines of the main part, without the foot that every page has."""
        yield from self._read("main", _SCROLL, _FRAME)

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

    def _read(self, role: str, *without: str) -> Iterator[str]:
        nodes = self._nodes()
        left_out = {self._backend(css) for css in without} - {None}
        nodes = {
            i: node for i, node in nodes.items() if node.get("backendDOMNodeId") not in left_out
        }
        start = next(node for node in nodes.values() if _role(node) == role)
        yield from _lines(start, nodes)

    def _backend(self, css: str) -> int | None:
        """The number of an element, if there is such an element."""
        found = self.session.send(
            "Runtime.evaluate", {"expression": f"document.querySelector({css!r})"}
        )
        if "objectId" not in found["result"]:
            return None
        node = self.session.send("DOM.describeNode", {"objectId": found["result"]["objectId"]})
        return int(node["node"]["backendNodeId"])


def _lines(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> Iterator[str]:
    """A thing and what is in it; words and links that follow each other are one line."""
    role = _role(node)
    if not node["ignored"] and role in _SPOKEN_ELSEWHERE:
        return
    if not node["ignored"] and role in _WHOLE:
        yield _said(node)
        return
    inner = list(_joined(_children(node, nodes), nodes))
    if node["ignored"] or role in _SILENT:
        yield from inner
    elif role == "heading":
        yield _said(node)
    elif len(inner) == 1 and not _text(node, "name"):
        yield f"{_said(node)}: {inner[0]}"
    else:
        yield _said(node)
        yield from (f"  {line}" for line in inner)


def _joined(children: list[dict[str, Any]], nodes: dict[str, dict[str, Any]]) -> Iterator[str]:
    words = ""
    for child in children:
        if _role(child) in ("StaticText", "link"):
            piece = f"[{_said(child)}]" if _role(child) == "link" else _text(child, "name")
            close = not words or words[-1] in _OPENING or piece[:1] in _CLOSING
            words += piece if close else f" {piece}"
            continue
        if words:
            yield words
        words = ""
        yield from _lines(child, nodes)
    if words:
        yield words


def _children(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """What is in a thing, with what stands in a box that says nothing drawn out where it is inline."""
    found = []
    for child in (nodes[i] for i in node.get("childIds", ()) if i in nodes):
        inner = _children(child, nodes)
        inline = all(_role(one) in _INLINE for one in inner)
        if (child["ignored"] or _role(child) in _SILENT) and inline:
            found += inner
        else:
            found.append(child)
    return found


def _said(node: dict[str, Any]) -> str:
    """Role, name, states and description, in the order in which they are spoken."""
    role = _role(node)
    parts = [_NAMES.get(role, role)]
    if role == "heading" and (level := _property(node, "level")):
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
    if role != "progressbar" and (value := _text(node, "value")):
        parts.append(f"= “{value}”")
    if description := _text(node, "description"):
        parts.append(f"({description})")
    return " ".join(parts)


def _role(node: dict[str, Any]) -> str:
    return str(node.get("role", {}).get("value", ""))


def _text(node: dict[str, Any], key: str) -> str:
    return _HASH.sub("(hash)", " ".join(str(node.get(key, {}).get("value", "")).split()))


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
    # What a shared worker fetches cannot be held.
    context.add_init_script("delete globalThis.SharedWorker")
    page = context.new_page()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    # Which messages come must not depend on the machine: the program waits, and so does the clock.
    page.route("**/*.wasm", hold)
    page.clock.install(time=0)
    page.clock.pause_at(1_000)
    page.goto(url)
    hands = Keyboard(page)
    said = Transcript(page)
    said.frame()
    hands.write("input[data-find]", WORDS[language])
    page.keyboard.press("Enter")
    page.clock.run_for(5_000)
    page.wait_for_selector(".message-loading")
    said.note("Looked up a word while the program is still loading", read=True)
    page.route("**/*.wasm", lambda route: route.continue_())
    for route in held:
        route.continue_()
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
    hands.write(f'input[name="{ENDOSCOPE}-pixels"]', "200万1画素")
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
    with serving(SITE) as root, chromium.running() as browser:
        for language in LANGUAGES:
            text = transcript(browser, address_of(root, language), language)
            (STORED / f"{language}.txt").write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()
