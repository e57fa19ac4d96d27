"""Every kind of page and every state of the questionnaire: axe-core, narrow screens, the Tab key."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from build_scripts.site import WORK
from build_scripts.toolchain import ROOT
from build_scripts.wording import load_table
from decision_tree.browser import handle
from decision_tree.model import LANGUAGES
from tests.browser.visitor import arrive, end

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Width, colours, forced colours.
Look = tuple[int, str, str]
LOOKS: tuple[Look, ...] = (
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
#: The search, the other language and the menu's first link.
CONTROLS_OF_HEADER = 3
#: More controls than any page has.
MANY_TABS = 400
MESSAGES = ("loading", "slow", "wasm", "load", "timeout", "crash")
#: One page of each kind that has many.
EXAMPLES = (
    "technologies/flexible-endoscope/",
    "check/sheet/flexible-endoscope/",
    "check/sheet/transaction/",
    "roles/university-researcher/",
)
_SHOW = """([html, view, message]) => {
  const root = document.getElementById("check");
  if (html !== null) { root.innerHTML = html; root.dataset.view = view; }
  const template = document.querySelector(`template[data-message="${message}"]`);
  document.getElementById("check-status").replaceChildren(
    ...(template ? [template.content.cloneNode(true)] : []));
}"""
#: What watches a box's size is told at the end of a frame: with the second one the page has followed.
_DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
_AXE = """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations", "incomplete"]}).then(
  ({passes, violations, incomplete, inapplicable}) => ({
    run: [passes, violations, incomplete, inapplicable].flat().map(one => one.id),
    passed: passes.map(one => one.id),
    violations: violations.map(one =>
      `${one.id}: ${one.nodes[0].target} ${one.nodes[0].failureSummary}`),
    incomplete: incomplete.map(one => `${one.id}: ${one.nodes[0].target}`),
  }))"""

#: What axe said, a row a page and look: `build/axe.json` after the tests.
Row = dict[str, Any]


@cache
def table_of_tests() -> dict[str, Any]:
    """What `/accessibility/` says."""
    return load_table("accessibility")


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
    alike = ("technologies/", "t/", "check/sheet/", "roles/")
    chosen = [
        page.lstrip("/")
        for page in pages
        if not any(page.startswith(start) and page != start for start in alike)
    ]
    return [*chosen, *EXAMPLES]


def looks(page: Page, look: Look) -> None:
    width, scheme, forced = look
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, forced_colors=forced)  # type: ignore[arg-type]
    page.wait_for_function("width => innerWidth === width", arg=width)
    page.evaluate(_DRAWN)


def violations(
    page: Page, name: str, look: Look | None = None, record: list[Row] | None = None
) -> Iterator[str]:
    """What axe finds, and a page that is wider than the screen."""
    found = page.evaluate(_AXE, RULES)
    if record is not None:
        record.append({"page": name, "look": look} | found)
    place = f"{name} {look or ''}"
    for violation in found["violations"]:
        yield f"{place}: {violation}"
    wide, screen = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    if wide > screen:
        yield f"{place}: {wide} pixels wide on a screen of {screen}"


@pytest.fixture(scope="module")
def record() -> Iterator[list[Row]]:
    """What axe says of each page and look, written to `build/axe.json` at the end."""
    rows: list[Row] = []
    yield rows
    run = {rule for row in rows for rule in row["run"]}
    figures = {
        "axe": table_of_tests()["axe"],
        "tags": RULES,
        "looks": LOOKS,
        "pages": len({row["page"] for row in rows}),
        "pages x looks": len(rows),
        "rules run": len(run),
        "rules that applied": len({rule for row in rows for rule in row["passed"]}),
        "checks passed": sum(len(row["passed"]) for row in rows),
        "violations": sum(len(row["violations"]) for row in rows),
        "not decided by axe": Counter(
            one.partition(":")[0] for row in rows for one in row["incomplete"]
        ),
        "rows": [row | {"run": len(row["run"]), "passed": len(row["passed"])} for row in rows],
    }
    WORK.mkdir(exist_ok=True)
    text = json.dumps(figures, ensure_ascii=False, indent=1)
    (WORK / "axe.json").write_text(text + "\n", "utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_kind_of_page_has_a_violation(
    open_page: Callable[..., Page], address: str, site: Path, language: str, record: list[Row]
) -> None:
    chosen = kinds(site, language)
    root = address + ("" if language == "ja" else "en/")
    # Colours fade when the look changes: axe must not measure them half-way.
    page = open_page(root, reduced_motion="reduce")
    found: list[str] = []
    for path in chosen:
        arrive(page, root + path)
        page.evaluate(axe())
        for look in LOOKS:
            looks(page, look)
            found += violations(page, f"{language}/{path}", look, record)

    assert len(chosen) >= 10
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_state_of_the_questionnaire_has_a_violation(
    open_page: Callable[..., Page], address: str, language: str, record: list[Row]
) -> None:
    url = address + ("" if language == "ja" else "en/") + "check/"
    page = open_page(url, reduced_motion="reduce")
    page.evaluate(axe())
    found: list[str] = []
    for look in LOOKS:
        looks(page, look)
        for name in STATES:
            page.evaluate(_SHOW, [*state(language, name), ""])
            found += violations(page, f"{language}: {name}", look, record)
        for message in MESSAGES:
            page.evaluate(_SHOW, [None, None, message])

            assert page.locator(f"#check-status .message-{message}").count() == 1

            found += violations(page, f"{language}: {message}", look, record)

    assert found == []


def test_the_page_of_results_names_the_axe_that_was_run(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(address + "accessibility/")
    page.evaluate(axe())

    assert page.evaluate("() => axe.version") == table_of_tests()["axe"]
    assert page.locator(".results tbody tr").count() == len(table_of_tests()["criterion"])


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
        arrive(page, f"{address}{path}/")
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(path)
    end(context)

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


TABBED = (
    "",
    "check/",
    "en/check/",
    "check/sheet/",
    "search/",
    "questions/",
    "trust/",
    "accessibility/",
    "en/technologies/flexible-endoscope/",
)


@pytest.mark.parametrize("path", TABBED)
def test_tab_goes_through_a_small_phone_and_the_focus_is_always_seen(
    open_page: Callable[..., Page], address: str, path: str
) -> None:
    page = open_page(address + path, viewport={"width": 320, "height": 640})
    page.wait_for_selector(".drawer-button")
    places: list[dict[str, Any]] = []
    focus = None
    for _ in range(MANY_TABS):
        page.keyboard.press("Tab")
        focus = page.evaluate(_FOCUS)
        if focus is None:
            break
        places.append(focus)

    # After the last control comes the browser itself: nothing has held the focus.
    assert focus is None
    assert len(places) >= 5
    assert [p["name"] for p in places if not (p["inside"] and p["shown"] and p["ring"])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_focus_is_seen_in_every_state_of_the_questionnaire(
    open_page: Callable[..., Page], address: str, language: str
) -> None:
    url = address + ("" if language == "ja" else "en/") + "check/"
    page = open_page(url, viewport={"width": 320, "height": 640}, forced_colors="active")
    lost = []
    for name in STATES:
        page.evaluate(_SHOW, [*state(language, name), ""])
        page.locator("#check h1").focus()
        for _ in range(MANY_TABS):
            page.keyboard.press("Tab")
            focus = page.evaluate(_FOCUS)
            if focus is None or not page.evaluate(
                "() => document.activeElement.closest('#check') !== null"
            ):
                break
            if not (focus["inside"] and focus["shown"] and focus["ring"]):
                lost.append(f"{name}: {focus['name']}")

    assert lost == []


# A sheet that a script builds is not inline: the policy lets it be.
_ADJUST = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""
#: Text cut off: a box that hides what runs over, and has something that does.
_CUT = """() => [...document.querySelectorAll("body *")].filter(box => {
  const style = getComputedStyle(box);
  const hides = ["hidden", "clip"].some(how => [style.overflowX, style.overflowY].includes(how));
  const over = box.scrollWidth > box.clientWidth + 2 || box.scrollHeight > box.clientHeight + 2;
  return hides && over && box.checkVisibility({visibilityProperty: true}) && box.innerText?.trim()
    && box.clientHeight > 2 && style.clipPath === "none";
}).map(box => `${box.tagName} ${box.className}: ${box.innerText.trim().slice(0, 40)}`)"""
#: Name: style sheet and width.
ADJUSTED = {
    "text at 200 %": ("html { font-size: 250% }", 1280),  # the theme's own is 125 %
    "wide text spacing": (
        (
            "* { line-height: 1.5 !important; letter-spacing: 0.12em !important;"
            " word-spacing: 0.16em !important } p { margin-bottom: 2em !important }"
        ),
        320,
    ),
    "a phone held sideways": ("", 568),
}


@pytest.mark.parametrize("adjusted", ADJUSTED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_lost_when_the_reader_adjusts_the_text(
    open_page: Callable[..., Page], address: str, site: Path, language: str, adjusted: str
) -> None:
    css, width = ADJUSTED[adjusted]
    root = address + ("" if language == "ja" else "en/")
    page = open_page(root, viewport={"width": width, "height": 320}, reduced_motion="reduce")
    lost: list[str] = []

    def look(name: str) -> None:
        page.evaluate(_ADJUST, css)
        lost.extend(f"{name}: {cut}" for cut in page.evaluate(_CUT))
        if page.evaluate("() => document.documentElement.scrollWidth") > width:
            lost.append(f"{name}: wider than {width}")

    for path in kinds(site, language):
        arrive(page, root + path)
        look(path)
    arrive(page, root + "check/")
    for name in STATES:
        page.evaluate(_SHOW, [*state(language, name), ""])
        look(name)

    assert lost == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_borders_and_focus_stand_out_from_the_ground(
    open_page: Callable[..., Page], address: str, scheme: str
) -> None:
    page = open_page(address + "check/", color_scheme=scheme)
    contrast = page.evaluate(_CONTRAST, ["--rule", "--action", "--focus-line", "--error", "--link"])

    assert {name: ratio for name, ratio in contrast.items() if ratio < 3} == {}


# A canvas turns any colour into numbers.
_CONTRAST = """names => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const light = name => {
    canvas.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name);
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(value => value / 255).map(
      value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = light("--ground");
  return Object.fromEntries(names.map(name => {
    const [low, high] = [light(name), ground].sort((one, other) => one - other);
    return [name, (high + 0.05) / (low + 0.05)];
  }));
}"""


@pytest.mark.parametrize("path", ["scheme/", "en/check/"])
def test_no_single_letter_does_anything(
    open_page: Callable[..., Page], address: str, path: str
) -> None:
    page = open_page(address + path)
    page.wait_for_selector(".drawer-button", state="attached")
    for key in ("n", ".", "p", ",", "f", "s", "/"):
        page.keyboard.press(key)
    # A key that led elsewhere would have begun by now what this request comes after.
    page.evaluate("() => fetch('./').then(answer => answer.text())")

    assert page.url == address + path
    assert page.evaluate("() => document.activeElement === document.body")


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

    # Past what else the header has.
    for _ in range(CONTROLS_OF_HEADER):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.closest('.md-sidebar--primary') !== null"):
            break

    assert page.evaluate("() => document.activeElement.closest('.md-sidebar--primary') !== null")

    page.keyboard.press("Escape")

    assert button.get_attribute("aria-expanded") == "false"
    assert page.evaluate("() => document.activeElement.matches('.drawer-button')")
