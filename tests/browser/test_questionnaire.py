"""The questionnaire as a person uses it: by keyboard, back and forth, in either language."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from decision_tree import corpus
from decision_tree.model import LANGUAGES
from tests.browser.questionnaire import MANY, UNKNOWN, Questionnaire
from tests.browser.visitor import end

RULES = corpus.load()
ENDOSCOPE = "flexible-endoscope"
DIAMETER = "flexible-endoscope-diameter"
COVERED = {
    "technology": ENDOSCOPE,
    "flexible-endoscope-activity": "design",
    "flexible-endoscope-part": "insertion-part",
    DIAMETER: "16 mm",
    "flexible-endoscope-pixels": "200万1画素",
    "act": "contract-manufacture",
    "destination": "elsewhere",
    "published": "no",
    "basic-research": "no",
    "minimum-provision": "no",
    "stage": "not-concluded",
}
WIDE = {"viewport": {"width": 1280, "height": 900}}
PATHS = {"ja": "check/", "en": "en/check/"}

Open = Callable[..., Page]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, as somebody without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"the Tab key does not reach {selector}")


def press_for_a_page(page: Page, key: str) -> None:
    page.evaluate("() => { document.querySelector('#check').firstElementChild.dataset.seen = '' }")
    page.keyboard.press(key)
    page.wait_for_function(
        "() => { const root = document.querySelector('#check');"
        " return !root.querySelector('[data-seen]') && !root.hasAttribute('aria-busy') }"
    )


def test_a_whole_run_needs_the_keyboard_alone(open_page: Open, address: str, language: str) -> None:
    page = open_page(address + ("" if language == "ja" else "en/"), **WIDE)
    tab_to(page, ".md-content a.button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check/")
    run = Questionnaire(page)
    tab_to(page, "#check input[type=radio]")
    for _ in range(18):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")

    assert run.values() == {"technology": ENDOSCOPE}

    press_for_a_page(page, "Enter")
    for _ in range(MANY):
        if run.view != "question":
            break

        assert run.focused == "h1"

        for name, asked in run.fields().items():
            if asked["kind"] == "quantity":
                tab_to(page, f'[name="{name}"]')
                page.keyboard.type(COVERED[name])
                continue
            tab_to(page, f'[name="{name}"]')
            page.keyboard.press("Space")
            for _ in range(asked["options"].index(COVERED[name])):
                page.keyboard.press("ArrowDown")
        tab_to(page, "#check button[type=submit]")
        press_for_a_page(page, "Enter")

    assert (run.view, run.focused) == ("check", "h1")

    tab_to(page, "[data-do=result]")
    press_for_a_page(page, "Space")

    assert (run.outcome, run.focused) == ("report", "h1")

    tab_to(page, '[data-do=change][data-page="act"]')
    press_for_a_page(page, "Enter")

    assert run.values() == {"act": COVERED["act"]}

    tab_to(page, "[data-do=back]")
    press_for_a_page(page, "Enter")

    assert run.view == "verdict"

    tab_to(page, "[data-do=start]")
    press_for_a_page(page, "Enter")

    assert (run.view, run.values(), run.focused) == ("question", {}, "h1")


def test_back_forward_reload_and_change_keep_every_answer(open_page: Open, address: str) -> None:
    page = open_page(address + "check/", **WIDE)
    run = Questionnaire(page)
    seen: list[tuple[str, dict[str, str]]] = []
    while run.view == "question":
        run.fill(COVERED)
        seen.append((run.heading, run.values()))
        run.press("#check button[type=submit]")
    for heading, values in reversed(seen):
        run.history(-1)

        assert (run.heading, run.values()) == (heading, values)

    run.reload()

    assert (run.heading, run.values()) == seen[0]

    for heading, values in seen[1:]:
        run.history(1)

        assert (run.heading, run.values()) == (heading, values)

    run.reload()

    assert (run.heading, run.values()) == seen[-1]

    run.history(1)

    assert run.view == "check"

    run.change(DIAMETER)

    assert run.values() == {DIAMETER: "16 mm"}

    run.answer({DIAMETER: "16.1 mm"})
    if run.view == "check":
        run.press("[data-do=result]")

    assert (run.view, run.outcome) == ("verdict", "not-covered")

    run.change(DIAMETER)
    run.answer({DIAMETER: "16 mm"})
    run.to_verdict(COVERED)

    assert run.outcome == "report"

    run.press("[data-do=start]")

    assert (run.view, run.values()) == ("question", {})

    run.history(-1)

    assert (run.view, run.outcome) == ("verdict", "report")


def test_an_answer_of_another_entry_cannot_be_reached_by_going_back(
    open_page: Open, address: str
) -> None:
    page = open_page(address + "check/", **WIDE)
    run = Questionnaire(page)
    run.to_check(COVERED)
    run.change("technology")
    run.answer({"technology": "mlcc"})
    run.history(-2)
    for _ in range(4):
        run.history(-1)

        assert run.status == ""
        assert not [name for name in run.fields() if name.startswith(ENDOSCOPE)]


def test_the_switch_keeps_the_page_and_the_answers(open_page: Open, address: str) -> None:
    page = open_page(address + "check/", **WIDE)
    run = Questionnaire(page)
    for name in ("technology", "flexible-endoscope-activity", "flexible-endoscope-part"):
        run.answer({name: COVERED[name]})
    japanese = run.heading
    run.switch("en")

    assert page.url == address + "en/check/"
    assert list(run.fields()) == [DIAMETER]
    assert not re.search("[ぁ-んァ-ン]", run.heading)
    assert not re.search("[ぁ-んァ-ン]", page.locator(".md-header__title").inner_text())

    run.answer(COVERED)
    run.history(-1)

    assert run.values() == {DIAMETER: "16 mm"}

    run.reload()

    assert (page.url, run.values()) == (address + "en/check/", {DIAMETER: "16 mm"})

    run.switch("ja")

    assert (page.url, run.heading) == (address + "check/", japanese)
    assert run.values() == {DIAMETER: "16 mm"}

    run.to_verdict(COVERED)
    run.switch("en")

    assert run.outcome == "report"


def test_an_entry_s_page_starts_with_that_entry_chosen(
    open_page: Open, address: str, language: str
) -> None:
    root = address + ("" if language == "ja" else "en/")
    page = open_page(f"{root}technologies/{ENDOSCOPE}/", **WIDE)
    page.locator('.md-content a[href*="#technology="]').first.click()
    page.wait_for_function("() => document.querySelector('#check .check-context')")
    run = Questionnaire(page)

    assert page.url == f"{root}check/"
    assert list(run.fields()) == ["flexible-endoscope-activity"]

    run.press("[data-do=back]")

    assert run.values() == {"technology": ENDOSCOPE}


def test_a_page_of_every_kind_says_what_is_missing(
    open_page: Open, address: str, language: str
) -> None:
    page = open_page(address + PATHS[language], **WIDE)
    run = Questionnaire(page)
    kinds = set()
    for _ in range(MANY):
        if run.view != "question":
            break
        asked = run.fields()
        kinds.add((len(asked) > 1, {field["kind"] for field in asked.values()}.pop()))
        run.press("#check button[type=submit]")
        links = page.locator(".error-summary a")
        title = page.title()

        assert run.focused == "error-summary"
        assert title.startswith(("エラー", "Error"))
        assert links.count() == len(asked)
        for index, name in enumerate(asked):
            link = links.nth(index)
            link.click()

            assert page.evaluate("() => document.activeElement.name") == name
            assert link.inner_text() in page.locator(f'[id="{name}-error"]').inner_text()

        run.answer(COVERED)

    assert kinds == {(False, "choice"), (False, "quantity"), (True, "choice")}
    assert run.view == "check"


@pytest.mark.parametrize("typed", ["約16 mm", "16", "16,5 mm", "-3 mm", "16 mS/cm", "<b>16</b> mm"])
def test_an_unreadable_number_is_asked_back_as_it_was_typed(
    warm: Questionnaire, typed: str
) -> None:
    if warm.page.locator("[data-do=start]").count():
        warm.press("[data-do=start]")
    for name in ("technology", "flexible-endoscope-activity", "flexible-endoscope-part"):
        warm.answer({name: COVERED[name]})
    warm.answer({DIAMETER: typed})

    assert warm.values() == {DIAMETER: typed}
    assert warm.page.locator(f"#{DIAMETER}").get_attribute("aria-invalid") == "true"


@pytest.fixture(scope="module")
def warm(browser: Any, address: str) -> Any:
    """A questionnaire whose engine is ready, for tests that start it again by its own link."""
    context = browser.new_context(**WIDE)
    page = context.new_page()
    page.goto(address + "check/")
    yield Questionnaire(page)
    end(context)


def test_it_works_under_any_base_path(open_page: Open, any_base: str) -> None:
    page = open_page(any_base + "en/check/", **WIDE)
    run = Questionnaire(page)
    run.to_verdict({"technology": UNKNOWN, "act": "goods-only"})

    assert run.outcome == "not-covered"
    links = page.locator("#check a[href]").evaluate_all("all => all.map(one => one.href)")
    inside = {link.split("#")[0] for link in links if link.startswith(any_base)}
    outside = {link.split("/")[2] for link in links if not link.startswith(any_base)}

    assert outside == {"www.meti.go.jp"}
    assert dict.fromkeys(inside, 200) == {link: page.request.get(link).status for link in inside}


@dataclass
class Model:
    """What the page must show: the entries of the history, and the answers of the run."""

    places: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    at: int = 0
    answers: dict[str, str] = field(default_factory=dict)

    def gone(self, place: tuple[str, tuple[str, ...]]) -> None:
        """A new page: whatever lay ahead is no more."""
        self.places[self.at + 1 :] = [place]
        self.at += 1


@pytest.mark.parametrize("seed", [1, 2])
def test_a_wanderer_is_never_lost(open_page: Open, address: str, seed: int) -> None:
    dice = random.Random(seed)
    page = open_page(address + PATHS[LANGUAGES[seed % 2]], **WIDE)
    run = Questionnaire(page)

    def place() -> tuple[str, tuple[str, ...]]:
        return run.view, tuple(run.fields())

    model = Model([place()])
    shown = set()
    for step in range(150):
        choices = ["answer"] * 6 if run.view == "question" else ["change", "result"]
        choices += ["back"] * (2 if model.at else 0)
        choices += ["forward"] * (2 if model.at + 1 < len(model.places) else 0)
        do = "reload" if step % 40 == 20 else dice.choice(choices)
        if do == "answer":
            _answer(dice, run, model)
        elif do in {"back", "forward"}:
            steps = -1 if do == "back" else 1
            run.history(steps)
            model.at += steps
        elif do == "reload":
            run.reload()
        elif do == "result" and run.view == "check":
            run.press("[data-do=result]")
            model.gone(place())
        else:
            pages = page.locator(".summary [data-do=change]")
            run.press(pages.nth(dice.randrange(pages.count())))
            model.gone(place())
        view, _asked = place()
        shown.add(view)

        assert run.status == "", (step, do)
        assert page.locator("#check h1").count() == 1, (step, do)
        assert view == model.places[model.at][0] or view == "question", (step, do)
        for name, value in run.values().items():
            assert model.answers.get(name) == value, (step, do, name)

    assert shown == {"question", "check", "verdict"}

    if run.page.locator("[data-do=start]").count():
        run.press("[data-do=start]")
    run.to_verdict({})

    assert run.outcome == "ask"


def _answer(dice: random.Random, run: Questionnaire, model: Model) -> None:
    """Fill in the page at random; now and then badly, and then rightly."""
    if dice.random() < 0.1 and not run.values():
        run.press("#check button[type=submit]")
    answers = {}
    for name, asked in run.fields().items():
        kept = run.values().get(name)
        if name == "technology":
            options = [ENDOSCOPE, ENDOSCOPE, "sulfide-solid-electrolyte", "none", UNKNOWN]
            answers[name] = kept if kept and dice.random() < 0.6 else dice.choice(options)
        elif asked["kind"] == "choice":
            answers[name] = dice.choice(asked["options"])
        elif dice.random() < 0.2:
            answers[name] = UNKNOWN
        else:
            unit = next(
                fact.unit for entry in RULES.technologies for fact in entry.fact if fact.id == name
            )
            answers[name] = f"{dice.choice([1, 10, 16, 100, 150])} {unit}"
    if "technology" in answers and answers["technology"] != model.answers.get("technology"):
        own = {fact.id for entry in RULES.technologies for fact in entry.fact}
        model.answers = {n: a for n, a in model.answers.items() if n not in own}
    run.answer(answers)
    model.answers |= answers
    model.gone((run.view, tuple(run.fields())))


def test_the_start_link_of_the_home_page_is_seen_first(page: Page, address: str) -> None:
    link = page.locator(".md-content a.button").first

    expect(link).to_be_in_viewport()
    expect(link).to_have_js_property("href", address + "check/")
