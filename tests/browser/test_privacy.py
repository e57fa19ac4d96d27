"""Answers stay in the tab: nothing that is asked of the server or left behind depends on them."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from decision_tree.model import LANGUAGES
from tests.browser.questionnaire import UNKNOWN, Questionnaire
from tests.browser.visitor import end, wait_until_kept

WAYS: tuple[dict[str, str], ...] = (
    {
        "technology": "sulfide-solid-electrolyte",
        "sulfide-solid-electrolyte-activity": "manufacture",
        "sulfide-solid-electrolyte-use": "lithium-ion-battery",
        "sulfide-solid-electrolyte-state": "glass",
        "sulfide-solid-electrolyte-conductivity": "0.4142 mS/cm",
        "act": "contract-manufacture",
        "destination": "elsewhere",
        "published": "no",
        "basic-research": "no",
        "minimum-provision": "no",
        "stage": "concluded-unreported",
    },
    {"technology": UNKNOWN, "act": "goods-only"},
)

Request = tuple[str, str, str | None]

#: An answer that only a person could have written, and an id of the rules, which shows that the search finds.
MARKS = ("0.4142", "sulfide-solid-electrolyte")
_KEEPING = """async (marks) => {
  const names = await caches.keys();
  const found = Object.fromEntries(marks.map((mark) => [mark, false]));
  const addresses = [];
  for (const name of names) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      addresses.push(request.url);
      const kept = await cache.match(request);
      const text = new TextDecoder("latin1").decode(await kept.arrayBuffer());
      // As bytes, and as Python keeps text with Japanese in it.
      for (const mark of marks) {
        found[mark] ||= text.includes(mark) || text.includes([...mark].join("\0"));
      }
    }
  }
  return [names, addresses, found];
}"""


def walk(browser: Browser, url: str, answers: Mapping[str, str]) -> tuple[list[Request], set[str]]:
    """The requests of a whole run, sorted, and everything a bystander could read meanwhile."""
    context = browser.new_context()
    page = context.new_page()
    asked: list[Request] = []
    page.on("request", lambda one: asked.append((one.method, one.url, one.post_data)))
    page.goto(url)
    run = Questionnaire(page)
    public = set()
    while run.view == "question":
        run.answer(answers)
        public |= {page.url, page.title()}
    run.press("[data-do=result]")
    run.reload()
    page.wait_for_selector("#check[data-engine=ready]", state="attached", timeout=120_000)
    page.wait_for_load_state("networkidle", timeout=120_000)
    public |= {page.url, page.title(), page.evaluate("document.referrer")}
    left: Any = page.evaluate(
        "async () => [document.cookie, localStorage.length, sessionStorage.length,"
        " (await indexedDB.databases()).length,"
        " (await navigator.serviceWorker.getRegistrations()).length]"
    )

    assert left == ["", 0, 0, 0, 0]
    # The program keeps its own memory, as it was before any answer reached it.
    wait_until_kept(page)
    names, addresses, answers_found = page.evaluate(_KEEPING, list(MARKS))

    assert [name.rpartition("-")[0] for name in names] == ["fefta-55-8-engine"]
    assert [urlsplit(one).path.split("/")[-3] for one in addresses] == ["pyodide"]
    assert answers_found == {**dict.fromkeys(MARKS, False), "sulfide-solid-electrolyte": True}
    assert context.cookies() == []

    end(context)
    return sorted(asked, key=str), public


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_requests_are_the_same_whatever_is_answered(
    browser: Browser, address: str, language: str
) -> None:
    url = address + ("" if language == "ja" else "en/") + "check/"
    runs = [walk(browser, url, answers) for answers in WAYS]
    requests = [asked for asked, _ in runs]

    assert len(requests[0]) > 10
    assert requests[0] == requests[1]
    assert {(method, body) for method, _, body in requests[0]} == {("GET", None)}
    for answers, (_, public) in zip(WAYS, runs, strict=True):
        assert {urlsplit(text)[2:] for text in public if text.startswith("http")} <= {
            (urlsplit(url).path, "", "")
        }
        for text in public:
            assert not [answer for answer in answers.values() if answer in text and answer != "no"]
            assert "0.4142" not in text


def test_a_link_away_tells_nothing_of_the_answers(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(address + "en/check/")
    run = Questionnaire(page)
    run.to_verdict(WAYS[1])
    with page.expect_request("**/divisions/") as leaving:
        page.evaluate("() => location.assign('../divisions/')")
    page.wait_for_url("**/divisions/")

    assert leaving.value.headers.get("referer", "") in ("", address, address + "en/check/")
