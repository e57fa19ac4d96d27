"""Every kind of page and every state of the questionnaire: axe-core, narrow screens, the Tab key."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from build_scripts.toolchain import ROOT
from decision_tree.browser import handle
from decision_tree.model import LANGUAGES

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Width, colours, forced colours.
LOOKS: tuple[tuple[int, str, str], ...] = (
    (320, "light", "none"),
    (768, "light", "active"),
    (1280, "dark", "none"),
)
S = "sulfide-solid-electrolyte"
OWN = {
    f"{S}-activity": "manufacture",
    f"{S}-use": "lithium-ion-battery",
    f"{S}-state": "glass",
    f"{S}-conductivity": "0.3 mS/cm",
}
TRANSFER = {
    "act": "licence",
    "guidance": "yes",
    "destination": "elsewhere",
    "published": "no",
    "basic-research": "no",
    "minimum-provision": "no",
    "stage": "not-concluded",
}
FULL = OWN | TRANSFER
ACROSS = {f"{S}-conductivity": "0.05-0.5 mS/cm"}
#: Name: answers, page, and the fields sent from that page if it is to complain.
STATES: dict[str, tuple[dict[str, str], str, dict[str, str] | None]] = {
    "choice": (OWN, "act", None),
    "choice with a mistake": (OWN, "act", {}),
    "number": (OWN, f"{S}-conductivity", None),
    "number with a mistake": (OWN, f"{S}-conductivity", {f"{S}-conductivity": "約0.3"}),
    "several facts": (FULL, "exclusions", None),
    "several facts with a mistake": (FULL, "exclusions", {"published": "no"}),
    "stage": (FULL, "stage", None),
    "check-answers": (FULL | ACROSS, "check", None),
    "report": (FULL, "verdict", None),
    "late": (FULL | {"stage": "concluded-unreported"}, "verdict", None),
    "reported": (FULL | {"stage": "concluded-reported"}, "verdict", None),
    "ask": (FULL | ACROSS | {"stage": "unknown"}, "verdict", None),
    "consult": (FULL | {"destination": "group-a"}, "verdict", None),
    "not-covered": (OWN | {f"{S}-conductivity": "0.05 mS/cm"}, "verdict", None),
}
MESSAGES = ("loading", "slow", "wasm", "load", "timeout", "crash")
_SHOW = """([html, view, message]) => {
  const root = document.getElementById("check");
  if (html !== null) { root.innerHTML = html; root.dataset.view = view; }
  const template = document.querySelector(`template[data-message="${message}"]`);
  document.getElementById("check-status").replaceChildren(
    ...(template ? [template.content.cloneNode(true)] : []));
}"""
_AXE = """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"]}).then(found =>
  found.violations.map(one => `${one.id}: ${one.nodes[0].target} ${one.nodes[0].failureSummary}`))"""


@cache
def axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def state(language: str, name: str) -> tuple[str, str]:
    """The mark-up and the kind of a page, as the engine makes them."""
    answers, page, fields = STATES[name]
    lines = [{"technology": S, "answers": answers}]
    action = {"do": "show"} if fields is None else {"do": "answer", "fields": fields}
    request = {
        "language": language,
        "state": {"lines": lines, "at": {"line": 0, "page": page}},
        "action": action,
    }
    reply = json.loads(handle(json.dumps(request)))

    assert reply["state"]["at"]["page"] == page, name
    assert reply["errors"] is (fields is not None), name
    return str(reply["html"]), str(reply["view"])


def kinds(site: Path, language: str) -> list[str]:
    """A page of every kind, from the built site; of pages alike one or two."""
    root = site if language == "ja" else site / "en"
    pages = sorted(
        str(path.parent.relative_to(root)).removeprefix(".") + "/"
        for path in root.rglob("index.html")
        if language == "en" or path.relative_to(root).parts[0] != "en"
    )
    alike = ("technologies/", "t/", "check/sheet/")
    chosen = [
        page.lstrip("/")
        for page in pages
        if not any(page.startswith(start) and page != start for start in alike)
    ]
    return [*chosen, "technologies/flexible-endoscope/", "check/sheet/flexible-endoscope/"]


def looks(page: Page, look: tuple[int, str, str]) -> None:
    width, scheme, forced = look
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, forced_colors=forced)  # type: ignore[arg-type]


def violations(page: Page, name: str) -> Iterator[str]:
    """What axe finds, and a page that is wider than the screen."""
    for found in page.evaluate(_AXE, RULES):
        yield f"{name}: {found}"
    wide, screen = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    if wide > screen:
        yield f"{name}: {wide} pixels wide on a screen of {screen}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_kind_of_page_has_a_violation(
    open_page: Callable[..., Page], address: str, site: Path, language: str
) -> None:
    chosen = kinds(site, language)
    root = address + ("" if language == "ja" else "en/")
    # Colours fade when the look changes: axe must not measure them half-way.
    page = open_page(root, reduced_motion="reduce")
    found: list[str] = []
    for path in chosen:
        page.goto(root + path)
        page.evaluate(axe())
        for look in LOOKS:
            looks(page, look)
            found += violations(page, f"{path} {look}")

    assert len(chosen) >= 10
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_state_of_the_questionnaire_has_a_violation(
    open_page: Callable[..., Page], address: str, language: str
) -> None:
    url = address + ("" if language == "ja" else "en/") + "check/"
    page = open_page(url, reduced_motion="reduce")
    page.evaluate(axe())
    found: list[str] = []
    for look in LOOKS:
        looks(page, look)
        for name in STATES:
            page.evaluate(_SHOW, [*state(language, name), ""])
            found += violations(page, f"{name} {look}")
        for message in MESSAGES:
            page.evaluate(_SHOW, [None, None, message])

            assert page.locator(f"#check-status .message-{message}").count() == 1

            found += violations(page, f"{message} {look}")

    assert found == []


def test_axe_sees_a_violation_where_there_is_one(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(address + "check/")
    page.evaluate(axe())
    page.evaluate("() => { document.querySelector('#check input').id = 'nobody' }")

    assert [found for found in violations(page, "") if "label" in found]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_is_wider_than_a_small_phone(
    browser: Browser, address: str, site: Path, language: str
) -> None:
    root = site if language == "ja" else site / "en"
    paths = [
        str(path.parent.relative_to(site))
        for path in sorted(root.rglob("index.html"))
        if "t" not in path.relative_to(root).parts
        and (language == "en" or path.relative_to(root).parts[0] != "en")
    ]
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    wide = []
    for path in paths:
        page.goto(f"{address}{path}/", wait_until="domcontentloaded")
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(path)
    context.close()

    assert len(paths) >= 27
    assert wide == []


_FOCUS = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  // Some part of it must be seen: a long box may begin above the header, a link may run over two lines.
  const tops = [...element.getClientRects()].flatMap(({left, right, top, bottom}) => {
    const high = Math.max(top, 1);
    const low = Math.min(bottom, innerHeight - 1);
    return [0.1, 0.3, 0.5, 0.7, 0.9].map(part =>
      document.elementFromPoint((left + right) / 2, high + (low - high) * part));
  }).filter(top => top !== null);
  return {
    name: element.outerHTML.slice(0, 120),
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    shown: tops.some(top => element.contains(top)
      || [...(element.labels ?? [])].some(label => label.contains(top))),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
  };
}"""


@pytest.mark.parametrize("path", ["", "check/", "en/check/", "en/technologies/flexible-endoscope/"])
def test_the_focus_is_always_seen_on_a_small_phone(
    open_page: Callable[..., Page], address: str, path: str
) -> None:
    page = open_page(address + path, viewport={"width": 320, "height": 640})
    page.wait_for_selector(".drawer-button")
    places: list[dict[str, Any]] = []
    for _ in range(200):
        page.keyboard.press("Tab")
        focus = page.evaluate(_FOCUS)
        if focus is None or (places and focus["name"] == places[0]["name"] and len(places) > 3):
            break
        places.append(focus)

    assert len(places) >= 5
    assert [p["name"] for p in places if not (p["inside"] and p["shown"] and p["ring"])] == []


@pytest.mark.parametrize("path", ["", "en/"])
def test_the_menu_opens_and_closes_by_keyboard(
    open_page: Callable[..., Page], address: str, path: str
) -> None:
    page = open_page(address + path, viewport={"width": 320, "height": 640})
    button = page.locator(".drawer-button")
    button.focus()

    assert button.get_attribute("aria-expanded") == "false"

    page.keyboard.press("Enter")

    assert button.get_attribute("aria-expanded") == "true"

    # Past the link to the other language, the only control between.
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")

    assert page.evaluate("() => document.activeElement.closest('.md-sidebar--primary') !== null")

    page.keyboard.press("Escape")

    assert button.get_attribute("aria-expanded") == "false"
    assert page.evaluate("() => document.activeElement.matches('.drawer-button')")
