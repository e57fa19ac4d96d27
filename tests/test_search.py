"""The index holds every page that somebody may look for, and nothing that nobody asks for."""

import json
import re
import shutil
from pathlib import Path

import pytest

from build_scripts import search, search_ranks
from build_scripts.search import INDEX
from build_scripts.toolchain import BuildError
from decision_tree import corpus
from decision_tree.model import LANGUAGES, Language

RULES = corpus.load()


def test_the_index_covers_every_page_but_short_links_printed_questions_and_the_search(
    site: Path,
) -> None:
    pages = {p.parent.relative_to(site).as_posix() + "/" for p in site.rglob("index.html")}
    covered = {address or "./" for address in search.found_pages(site)}
    left = pages - covered

    assert len(covered) > 60
    assert covered <= pages
    assert {re.sub(r"(?:^en/)|[^/]+/$", "", page) for page in left} == {"t/", "check/sheet/", ""}
    assert {page for page in left if page.endswith("search/")} == {"search/", "en/search/"}


def test_the_index_counts_as_many_pages_as_were_covered(site: Path) -> None:
    entry = json.loads((site / INDEX / "pagefind-entry.json").read_text("utf-8"))
    covered = search.found_pages(site)

    assert {name: language["page_count"] for name, language in entry["languages"].items()} == {
        "ja": sum(not address.startswith("en/") for address in covered),
        "en": sum(address.startswith("en/") for address in covered),
    }


def test_no_part_of_the_search_is_published_that_no_page_loads_but_its_licence(site: Path) -> None:
    files = {path.name for path in (site / INDEX).iterdir() if path.is_file()}
    files = {name for name in files if not name.endswith((".br", ".gz"))}
    plain = {re.sub(r"\.(?:ja|en)_\w+", "", name) for name in files}

    assert plain == {
        "LICENSE.txt",
        "pagefind.js",
        "pagefind-worker.js",
        "pagefind-entry.json",
        "pagefind.pf_meta",
        "wasm.en.pagefind",
        "wasm.unknown.pagefind",
        "words-ja.json",
        "words-en.json",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_published_words_lead_to_pages_that_are_there(site: Path, language: Language) -> None:
    published = json.loads((site / INDEX / f"words-{language}.json").read_text("utf-8"))

    assert len(published) > 45
    for entry, told in zip(RULES.technologies, published, strict=False):
        assert {*entry.words.ja, *entry.words.en} <= set(told["words"])
    for told in published:
        assert told["title"]
        assert told["summary"]
        assert (site / told["page"] / "index.html").is_file()


def test_the_pages_themselves_hold_no_marks_for_the_index(site: Path) -> None:
    assert "data-pagefind" not in (site / "technologies" / "mlcc" / "index.html").read_text("utf-8")


def test_the_table_has_terms_for_every_entry_in_both_languages() -> None:
    for language in LANGUAGES:
        terms = [term for term in search_ranks.terms(RULES) if term[0] == language]
        pages = {page for _, _, page in terms}

        assert len(terms) >= 400
        assert {f"technologies/{entry.id}/" for entry in RULES.technologies} <= pages


def test_a_page_without_an_article_stops_the_build(tmp_path: Path) -> None:
    for address in ("", *(f"technologies/{entry.id}/" for entry in RULES.technologies)):
        (tmp_path / "site" / address).mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / address / "index.html").write_text("<p>", "utf-8")

    with pytest.raises(BuildError):
        search.write_index(RULES, tmp_path / "site", tmp_path / "work")


def test_without_pagefind_for_this_system_the_names_are_still_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Path
) -> None:
    shutil.copytree(site, tmp_path / "site", ignore=shutil.ignore_patterns("pyodide"))
    shutil.rmtree(tmp_path / "site" / INDEX)
    monkeypatch.setattr(search, "_program", lambda: None)
    search.write_index(RULES, tmp_path / "site", tmp_path / "work")
    index = tmp_path / "site" / INDEX

    assert "results: []" in (index / "pagefind.js").read_text("utf-8")
    assert json.loads((index / "words-ja.json").read_text("utf-8"))
