"""Three whole journeys by keyboard alone, as pictures to look at.

`python -m tests.browser.journeys FOLDER` writes one PNG a step, for each journey, language and width.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser

from build_scripts import chromium
from build_scripts.serve import serving
from build_scripts.site import SITE
from decision_tree.model import LANGUAGES
from tests.browser.keyboard import Keyboard
from tests.browser.questionnaire import MANY, UNKNOWN
from tests.browser.transcript import address_of
from tests.browser.visitor import end

WIDTHS = (360, 1280)
S = "sulfide-solid-electrolyte"
Q = "quantum-dot"
CONDUCTIVITY = f"input[name='{S}-conductivity']"

#: A step that is worth a picture, by its name.
Steps = Iterator[str]


def number_at_the_limit(hands: Keyboard, language: str) -> Steps:
    """A small maker of electrolytes: a measured range over the limit, then the one exact value."""
    yield "start"
    yield from _look_up(hands, {"ja": "硫化物 固体電解質", "en": "sulphide electrolyte"}[language])
    hands.choose(f"{S}-activity", "manufacture")
    hands.go_on()
    yield "use"
    hands.choose(f"{S}-use", "lithium-ion-battery")
    hands.go_on()
    hands.choose(f"{S}-state", "glass")
    hands.go_on()
    yield "number"
    hands.write(CONDUCTIVITY, "0.1")
    hands.go_on()
    yield "number without unit"
    hands.write(CONDUCTIVITY, "0.1±0.02 mS/cm")
    yield "range"
    hands.go_on()
    hands.choose("act", "contract-manufacture")
    yield "act"
    hands.go_on()
    hands.choose("destination", "elsewhere")
    hands.go_on()
    yield "exclusions"
    for fact in ("published", "basic-research", "minimum-provision"):
        hands.choose(fact, "no")
    hands.go_on()
    hands.choose("stage", "not-concluded")
    yield "stage"
    hands.go_on()
    yield "check"
    hands.enter("[data-do=result]")
    yield "verdict of the range"
    hands.enter(f".summary [data-page='{S}-conductivity']")
    yield "change"
    hands.write(CONDUCTIVITY, "0.1 mS/cm")
    hands.go_on()
    yield "check again"
    hands.enter("[data-do=result]")
    yield "verdict of the limit"


def licence_without_guidance(hands: Keyboard, _: str) -> Steps:
    """A university licenses its patent and does not teach."""
    hands.choose("technology", Q)
    yield "technology"
    hands.go_on()
    yield from _through(
        hands,
        {
            f"{Q}-activity": "manufacture",
            "act": "licence",
            "guidance": "no",
            "destination": "elsewhere",
            "stage": "not-concluded",
        },
    )


def knows_nothing(hands: Keyboard, _: str) -> Steps:
    """Somebody who was told to ask and knows no answer."""
    hands.choose("technology", UNKNOWN)
    yield "technology"
    hands.go_on()
    yield from _through(hands, {})


JOURNEYS: tuple[Callable[[Keyboard, str], Steps], ...] = (
    number_at_the_limit,
    licence_without_guidance,
    knows_nothing,
)


def _look_up(hands: Keyboard, words: str) -> Steps:
    hands.write("input[data-find]", words)
    hands.page.keyboard.press("Enter")
    hands.page.wait_for_selector("#find-result button")
    yield "found"
    hands.reach("#find-result button")
    hands.page.keyboard.press("Enter")
    yield "taken"
    hands.go_on()
    yield "activity"


def _through(hands: Keyboard, answers: dict[str, str]) -> Steps:
    """Every question that comes; what has no answer is not known."""
    for _ in range(MANY):
        if hands.run.view != "question":
            break
        for name, field in hands.run.fields().items():
            if field["kind"] == "choice":
                hands.choose(name, answers.get(name, UNKNOWN))
            elif name in answers:
                hands.write(f"input[name='{name}']", answers[name])
            else:
                hands.reach(f"input[name='{name}.unknown']")
                hands.page.keyboard.press("Space")
        yield next(iter(hands.run.fields()))
        hands.go_on()
    yield "check"
    hands.enter("[data-do=result]")
    yield "verdict"


def photograph(browser: Browser, root: str, folder: Path) -> Iterator[Path]:
    """Walk every journey and write its pictures, the whole page each."""
    for journey in JOURNEYS:
        for language in LANGUAGES:
            for width in WIDTHS:
                size = {"width": width, "height": 800}
                context = browser.new_context(viewport=size, reduced_motion="reduce")  # type: ignore[arg-type]
                page = context.new_page()
                page.goto(address_of(root, language))
                steps = journey(Keyboard(page), language)
                for number, step in enumerate(steps, 1):
                    name = f"{journey.__name__}-{language}-{width}-{number:02}-{step}.png"
                    place = folder / name.replace("_", "-").replace(" ", "-")
                    page.evaluate("() => scrollTo(0, 0)")
                    page.screenshot(path=place, full_page=True)
                    yield place
                end(context)


def main() -> None:
    """Write the pictures into the folder named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.journeys", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--site", type=Path, default=SITE)
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with serving(chosen.site) as root, chromium.running() as browser:
        count = sum(1 for _ in photograph(browser, root, chosen.folder))
    print(f"{count} pictures in {chosen.folder}")


if __name__ == "__main__":
    main()
