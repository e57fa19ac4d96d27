"""Of every built page: its language is marked, its title and its ids are its own, as /accessibility/ says."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

from build_scripts.elements import VOID
from decision_tree.model import LANGUAGES

KANA_OR_KANJI = re.compile("[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]")
UNREAD = {"script", "style"}


@dataclass
class Found:
    title: str = ""
    ids: Counter[str] = field(default_factory=Counter)
    unmarked: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = Found()
        self.open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        language = values.get("lang") or (self.open[-1][1] if self.open else "")
        if tag not in VOID:
            self.open.append((tag, language))
        if values.get("id"):
            self.found.ids[str(values["id"])] += 1

    def handle_endtag(self, tag: str) -> None:
        while self.open and tag in (name for name, _ in self.open):
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        tag, language = self.open[-1] if self.open else ("", "")
        if tag == "title":
            self.found.title += data.strip()
        elif tag not in UNREAD and language != "ja" and KANA_OR_KANJI.search(data):
            self.found.unmarked.append(data.strip())


def read(path: Path) -> Found:
    reader = Reader()
    reader.feed(path.read_text("utf-8"))
    reader.close()
    return reader.found


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, dict[str, Found]]:
    """Every page of each language but the short links, which are no pages to stay on."""
    found: dict[str, dict[str, Found]] = {language: {} for language in LANGUAGES}
    for path in sorted(site.rglob("index.html")):
        place = path.relative_to(site).parts
        if "t" not in place:
            language = "en" if place[0] == "en" else "ja"
            found[language]["/".join(place)] = read(path)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_has_a_title_of_its_own(
    pages: dict[str, dict[str, Found]], language: str
) -> None:
    titles = Counter(page.title for page in pages[language].values())

    assert len(pages[language]) > 40
    assert [title for title, count in titles.items() if count > 1 or not title] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_id_stands_twice_on_a_page(pages: dict[str, dict[str, Found]], language: str) -> None:
    twice = {
        place: [name for name, count in page.ids.items() if count > 1]
        for place, page in pages[language].items()
    }

    assert {place: names for place, names in twice.items() if names} == {}


def test_japanese_on_an_english_page_is_marked_as_japanese(
    pages: dict[str, dict[str, Found]],
) -> None:
    unmarked = {place: page.unmarked[:3] for place, page in pages["en"].items() if page.unmarked}

    assert unmarked == {}
