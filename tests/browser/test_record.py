"""What a visitor keeps of a result: paper, Word, a record and a link, each opened again in a real browser."""

import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from decision_tree import corpus
from decision_tree.model import LANGUAGES
from tests.browser.questionnaire import UNKNOWN, Questionnaire
from tests.browser.test_questionnaire import COVERED, DIAMETER, PATHS, WIDE
from tests.browser.visitor import end

RULES = corpus.load()
LICENCE = {
    "technology": "quantum-dot",
    "quantum-dot-activity": "manufacture",
    "act": "licence",
    "guidance": "separate-agreement",
    "destination": "group-a",
    "stage": "decided-internally",
}
SIMPLE: dict[str, dict[str, str]] = {
    "report": COVERED,
    "consult": LICENCE,
    "ask": {"technology": "mlcc", "act": "licence"},
    "nobody knows": {"technology": UNKNOWN},
    "not-covered": {"technology": "mlcc", "act": "goods-only"},
}
Open = Callable[..., Page]


@pytest.fixture(scope="module", params=LANGUAGES)
def run(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Questionnaire]:
    """A questionnaire whose engine is ready, in one language."""
    context = browser.new_context(**WIDE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address + PATHS[request.param])
    yield Questionnaire(page)
    end(context)


def to_verdict(run: Questionnaire, answers: dict[str, str]) -> None:
    if run.view == "note":
        run.history(-1)
    if run.page.locator("[data-do=start]").count():
        run.press("[data-do=start]")
    run.to_verdict(answers)


def language_of(page: Page) -> str:
    return str(page.evaluate("() => document.documentElement.lang"))


def pdf(page: Page) -> PdfReader:
    return PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))


def text_of(reader: PdfReader) -> str:
    """The text of all pages, see `squeezed`."""
    return squeezed("".join(page.extract_text() for page in reader.pages))


def squeezed(text: str) -> str:
    """Without spaces, which the layout puts anywhere, and with one code for each sign."""
    # Fonts have one glyph for some signs that look alike; the file names any of them.
    text = unicodedata.normalize("NFKC", text).translate({0x2027: "・", 0x2EA0: "民"})
    return re.sub(r"\s", "", text)


def hashes(page: Page) -> list[str]:
    """The beginnings of the hashes of engine and rules, as the page tells them."""
    return [text[:12] for text in page.locator(".hashes code").all_text_contents()]


def save(page: Page, what: str) -> bytes:
    with page.expect_download() as waiting:
        page.click(f"#check [data-do=save][data-what={what}]")
    return Path(waiting.value.path()).read_bytes()


def verdict_of(page: Page) -> str:
    """The verdict as shown, without what is said about the record it came from."""
    return str(
        page.evaluate(
            "() => { const copy = document.querySelector('.verdict').cloneNode(true);"
            " copy.querySelector('.opened')?.remove(); return copy.textContent.replace(/\\s+/g, ' ') }"
        )
    )


def open_file(run: Questionnaire, content: bytes, name: str = "record.json") -> None:
    run.page.evaluate(
        "() => { document.querySelector('#check').firstElementChild.dataset.seen = '' }"
    )
    run.page.set_input_files(
        "#record-file", {"name": name, "mimeType": "application/json", "buffer": content}
    )


def test_a_simple_case_is_one_side_of_paper_and_says_what_it_rests_on(run: Questionnaire) -> None:
    page = run.page
    sides = {}
    for name, answers in SIMPLE.items():
        to_verdict(run, answers)
        printed = pdf(page)
        text = text_of(printed)
        sides[name] = len(printed.pages)
        listed = {"ja": "2025年11月14日", "en": "14November2025"}[language_of(page)]

        assert listed in text
        assert len([one for one in hashes(page) if one in text]) == 2
        assert "https://www.meti.go.jp/policy/anpo/anpo08.html" in text
        assert page.url.replace("check/", "sources/") in text
        assert "1/1" in text
        for control in ("[data-do=back]", "[data-do=save] >> nth=0", "a.language-switch"):
            assert squeezed(page.locator(control).first.inner_text()) not in text
        assert squeezed(run.heading) in text

    assert dict.fromkeys(SIMPLE, 1) == sides


def test_paper_needs_no_colour(run: Questionnaire) -> None:
    page = run.page
    to_verdict(run, LICENCE)
    page.emulate_media(media="print")
    marks = page.locator(".mark:visible, .badge:visible").all_inner_texts()
    page.emulate_media(media="null")

    assert marks
    assert all(re.search(r"\w{2}", mark) for mark in marks)


def test_several_lines_print_with_the_head_on_every_side(run: Questionnaire) -> None:
    page = run.page
    to_verdict(run, COVERED)
    for technology in ("mlcc", "photoresist", "sulfide-solid-electrolyte"):
        run.history(-1)
        run.press("[data-do=add]")
        run.to_verdict({"technology": technology})
    printed = pdf(page)

    assert len(printed.pages) > 1
    for side in printed.pages:
        assert hashes(page)[1] in squeezed(side.extract_text())


def test_the_note_is_on_screen_on_paper_and_in_word(run: Questionnaire) -> None:
    page = run.page
    to_verdict(run, LICENCE)
    run.press("[data-do=note]")

    assert (run.view, run.focused) == ("note", "h1")

    shown = page.locator(".note").inner_text()
    opened = docx.Document(io.BytesIO(save(page, "docx")))
    printed = text_of(pdf(page))
    items = page.locator(".note-points li, .note-pairs dd").all_inner_texts()

    assert len(items) > 8
    in_word = [p.text for p in opened.paragraphs]
    in_word += [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    for item in items:
        assert item in shown
        assert item in in_word
        assert squeezed(item)[:40] in printed

    run.reload()
    run.press("[data-do=back]")

    assert run.view == "verdict"


def test_a_saved_record_opens_again_with_the_same_verdict(run: Questionnaire) -> None:
    page = run.page
    to_verdict(run, COVERED)
    before = verdict_of(page)
    record = save(page, "json")
    run.press("[data-do=start]")
    page.click(".record-open summary")
    open_file(run, record)
    page.wait_for_function("() => document.querySelector('#check').dataset.view === 'verdict'")

    assert json.loads(record)["verdict"]["outcome"] == "report"
    assert verdict_of(page) == before
    assert page.locator(".opened").count() == 1
    assert run.focused == "h1"

    run.history(-1)

    assert (run.view, run.values()) == ("question", {})


@pytest.mark.parametrize("damage", ["cut", "edited", "foreign", "word"])
def test_a_damaged_record_is_refused_and_the_answers_stay(run: Questionnaire, damage: str) -> None:
    page = run.page
    to_verdict(run, LICENCE)
    before = verdict_of(page)
    record = save(page, "json")
    content = {
        "cut": record[:400],
        "edited": record.replace(b"separate-agreement", b"no"),
        "foreign": b'{"lines": []}',
        "word": save(page, "docx"),
    }[damage]
    page.click(".record-open summary")
    open_file(run, content)
    error = page.locator("[data-refused] .error-summary")
    expect(error).to_be_visible()

    assert run.focused == "error-summary"
    assert verdict_of(page) == before

    open_file(run, record)
    page.wait_for_selector(".opened")

    assert verdict_of(page) == before


def test_a_record_can_be_dropped_on_its_box(run: Questionnaire) -> None:
    page = run.page
    to_verdict(run, LICENCE)
    record = save(page, "json").decode()
    run.press("[data-do=start]")
    page.click(".record-open summary")
    transfer = page.evaluate_handle(
        "text => { const data = new DataTransfer();"
        " data.items.add(new File([text], 'record.json')); return data }",
        record,
    )
    page.dispatch_event(".record-drop", "dragover", {"dataTransfer": transfer})
    page.dispatch_event(".record-drop", "drop", {"dataTransfer": transfer})
    page.wait_for_selector(".opened")

    assert run.outcome == "consult"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_made_on_request_opens_and_leaves_no_trace(
    open_page: Open, address: str, language: str
) -> None:
    page = open_page(address + PATHS[language], **WIDE)
    run = Questionnaire(page)
    run.to_verdict(LICENCE)
    before = verdict_of(page)

    assert "#" not in page.url
    assert page.locator("#link-text").is_hidden()

    page.click("[data-do=link]")
    expect(page.locator("#link-text")).to_be_focused()
    link = page.input_value("#link-text")

    assert link.startswith(address + PATHS[language] + "#record=1.")
    assert "#" not in page.url

    other = open_page(link, **WIDE)
    other.wait_for_selector(".opened")

    assert verdict_of(other) == before
    assert other.url == address + PATHS[language]
    assert other.evaluate("() => document.referrer") == ""
    other.reload()
    Questionnaire(other)

    assert verdict_of(other) == before

    other.evaluate("link => { location.href = link }", link[:-30])
    # The engine starts again after a reload.
    expect(other.locator("[data-refused] .error-summary")).to_be_visible(timeout=60_000)

    assert "#" not in other.url
    assert verdict_of(other) == before


def test_a_broken_link_says_so_beside_the_first_question(open_page: Open, address: str) -> None:
    page = open_page(address + "en/check/#record=1.abc", **WIDE)
    expect(page.locator("[data-refused] .error-summary")).to_contain_text(
        "cut off or changed", timeout=60_000
    )

    assert page.url == address + "en/check/"

    run = Questionnaire(page)
    run.to_verdict({"technology": "mlcc", "act": "goods-only"})

    assert run.outcome == "not-covered"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_filled_in_and_not_sent_survives_reload_and_language(
    open_page: Open, address: str, language: str
) -> None:
    page = open_page(address + PATHS[language], **WIDE)
    other = next(one for one in LANGUAGES if one != language)
    run = Questionnaire(page)
    page.fill("#find", "gastroscope")
    page.check('input[name="technology"][value="flexible-endoscope"]')
    run.reload()

    assert run.values() == {"technology": "flexible-endoscope"}
    assert page.input_value("#find") == "gastroscope"

    run.switch(other)

    assert run.values() == {"technology": "flexible-endoscope"}
    assert page.input_value("#find") == "gastroscope"

    for name in ("technology", "flexible-endoscope-activity", "flexible-endoscope-part"):
        run.answer({name: COVERED[name]})
    page.fill(f'input[type=text][name="{DIAMETER}"]', "15.8-16")
    run.reload()

    assert run.values() == {DIAMETER: "15.8-16"}

    run.switch(language)

    assert run.values() == {DIAMETER: "15.8-16"}

    page.fill(f'input[type=text][name="{DIAMETER}"]', "")
    page.check(f'input[name="{DIAMETER}.unknown"]')
    run.history(-1)
    run.history(1)

    assert run.values() == {DIAMETER: UNKNOWN}

    run.answer({DIAMETER: "15 mm"})
    run.history(-1)

    assert run.values() == {DIAMETER: "15 mm"}


def test_the_number_of_questions_left_is_never_less_than_what_comes(run: Questionnaire) -> None:
    run.press("[data-do=start]")
    numbers: list[int | None] = []
    while run.view == "question":
        shown = run.page.locator(".progress")
        text = shown.inner_text() if shown.is_visible() else ""
        found = re.search(r"\d+", text)
        numbers.append(int(found[0]) if found else (1 if text else None))
        run.answer(COVERED)

    assert numbers[0] is None
    assert None not in numbers[1:]
    told: list[Any] = numbers[1:]
    assert all(left >= len(told) - place for place, left in enumerate(told))
    assert told[-1] == 1
    assert told == sorted(told, reverse=True)


@pytest.mark.parametrize(
    ("query", "near"),
    [
        ("チタン酸バリウム", "mlcc"),
        ("QD", "tadf-material"),
        ("binder", "sulfide-solid-electrolyte"),
    ],
)
def test_a_product_that_touches_two_entries_names_the_other(
    run: Questionnaire, query: str, near: str
) -> None:
    page = run.page
    other = next(entry for entry in RULES.technologies if entry.id == near)
    name = other.name.ja if language_of(page) == "ja" else other.name.en
    if page.locator("[data-do=start]").count():
        run.press("[data-do=start]")
    page.fill("#find", query)
    page.click("[data-do=find]")
    expect(page.locator("#find-result .found-neighbours").first).to_contain_text(name)
    page.locator("#find-result [data-do=choose]").first.click()
    run.press("#check button[type=submit]")

    expect(page.locator(".neighbour-note")).to_contain_text(name)
    run.to_check({})
    expect(page.locator(".neighbour-note")).to_contain_text(name)
