"""What stands in the form is asked for before it is sent; what is sent is what is answered."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from build_scripts.serve import serving
from tests.browser.questionnaire import Questionnaire
from tests.browser.visitor import end

#: Notes what the engine is asked; the next request is spoiled on its way when `spoil` says so, and
#: `refused` when the page has heard of it.
NOTED = """globalThis.sent = [];
for (const kind of [MessagePort, Worker]) {
  const post = kind.prototype.postMessage;
  kind.prototype.postMessage = function (message, ...rest) {
    const { action } = message?.request ?? {};
    if (action) globalThis.sent.push(action);
    if (action && globalThis.spoil) {
      globalThis.spoil = false;
      message = { ...message, request: { ...message.request, language: "none" } };
    }
    return post.call(this, message, ...rest);
  };
  const listen = kind.prototype.addEventListener;
  kind.prototype.addEventListener = function (type, heard, ...rest) {
    return listen.call(this, type, (event) => {
      heard(event);
      if (event.data?.error) globalThis.refused = true;
    }, ...rest);
  };
}"""
ASKED = """fields => globalThis.sent.some(
  ({ do: what, fields: sent }) => what === "answer" && JSON.stringify(sent) === JSON.stringify(fields)
)"""
FIELD = "flexible-endoscope-ultrasound"
NUMBER = "flexible-endoscope-diameter"


@pytest.fixture
def page(browser: Browser, site: Path) -> Iterator[Page]:
    """The page of a number, which the engine has shown."""
    context = browser.new_context()
    context.add_init_script(NOTED)
    with serving(site) as address:
        made = context.new_page()
        made.goto(f"{address}en/check/#technology=flexible-endoscope")
        run = Questionnaire(made)
        made.wait_for_selector("#check[data-engine=ready]")
        while NUMBER not in run.fields():
            run.answer({name: field["options"][0] for name, field in run.fields().items()})
        yield made
        end(context)


def answered(page: Page, name: str) -> Any:
    return page.evaluate("name => history.state.state.lines[0].answers[name]", name)


def sent(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("() => globalThis.sent")
    return found


def test_what_is_chosen_or_written_is_asked_for_once(page: Page) -> None:
    run = Questionnaire(page)
    for name, answer in ((NUMBER, "12 mm"), ("flexible-endoscope-pixels", "2 MP"), (FIELD, "no")):
        assert name in run.fields()

        run.fill({name: answer})
        page.wait_for_function(ASKED, arg={name: answer})
        before = len(sent(page))
        run.press("#check button[type=submit]")

        assert name not in run.fields()
        assert len(sent(page)) == before
        assert answered(page, name) == answer


def test_the_result_is_asked_for_while_the_answers_are_checked(page: Page) -> None:
    run = Questionnaire(page)
    while run.view != "check":
        run.answer({})
    page.wait_for_function("() => globalThis.sent.at(-1).do === 'result'")
    before = len(sent(page))
    run.press("[data-do=result]")

    assert (run.view, run.outcome, len(sent(page))) == ("verdict", "ask", before)


def test_another_choice_is_what_counts(page: Page) -> None:
    run = Questionnaire(page)
    run.answer({NUMBER: "12 mm"})
    run.answer({})
    run.fill({FIELD: "no"})
    page.wait_for_function(ASKED, arg={FIELD: "no"})
    # At once, before anything of it can have been asked for.
    page.evaluate(
        """name => {
          const other = document.querySelector(`#check input[name="${name}"][value="yes"]`);
          other.click();
          document.querySelector("#check button[type=submit]").click();
        }""",
        FIELD,
    )
    page.wait_for_function(
        "name => !document.querySelector(`#check input[name='${name}']`)", arg=FIELD
    )

    assert answered(page, FIELD) == "yes"


def test_what_could_not_be_foreseen_is_asked_again(page: Page) -> None:
    run = Questionnaire(page)
    page.evaluate("() => { globalThis.spoil = true; }")
    run.fill({NUMBER: "12 mm"})
    page.wait_for_function(ASKED, arg={NUMBER: "12 mm"})
    page.wait_for_function("() => globalThis.refused")
    before = len(sent(page))
    run.press("#check button[type=submit]")

    assert len(sent(page)) == before + 1
    assert (run.status, answered(page, NUMBER)) == ("", "12 mm")
