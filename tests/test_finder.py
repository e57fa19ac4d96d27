"""Everyday words lead to their entry; what is not found is never called outside."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decision_tree import corpus
from decision_tree.finder import Finder, fold

RULES = corpus.load()
FINDER = Finder(RULES)
TABLE = tomllib.loads(Path(__file__).with_name("finder_terms.toml").read_text("utf-8"))
TERMS = [
    (term, entry)
    for kind in ("terms", "typos")
    for entry, terms in TABLE[kind].items()
    for term in terms
]
WORDS = [
    (word, entry.id)
    for entry in RULES.technologies
    for word in (entry.name.ja, entry.name.en, *entry.words.ja, *entry.words.en)
]


def first_three(query: str) -> list[str]:
    return [found.technology for found in FINDER.find(query, 3)]


def test_the_published_table_has_terms_for_every_entry() -> None:
    assert len(TERMS) >= 200
    assert {entry.id for entry in RULES.technologies} == set(TABLE["terms"])


@pytest.mark.parametrize(("term", "entry"), TERMS, ids=[term for term, _ in TERMS])
def test_an_everyday_term_finds_its_entry_among_the_first_three(term: str, entry: str) -> None:
    assert entry in first_three(term)


def test_every_word_of_the_data_finds_its_own_entry() -> None:
    lost = [(word, entry) for word, entry in WORDS if entry not in first_three(word)]

    assert lost == []


@pytest.mark.parametrize(("query", "entries"), TABLE["both"].items(), ids=TABLE["both"])
def test_a_product_that_touches_two_entries_finds_both(query: str, entries: list[str]) -> None:
    assert set(entries) <= set(first_three(query))


def test_a_suggestion_names_the_word_that_matched() -> None:
    [found] = FINDER.find("胃カメラ", 1)

    assert (found.technology, found.word, found.how) == ("flexible-endoscope", "胃カメラ", "same")


@pytest.mark.parametrize("query", ["", " ", "・", "ロボット", "xyz", "of"])
def test_what_leads_nowhere_gives_nothing(query: str) -> None:
    assert FINDER.find(query) == ()


@settings(derandomize=True, deadline=None, database=None)
@given(st.text(max_size=40))
def test_any_text_can_be_looked_for(text: str) -> None:
    found = FINDER.find(text)

    assert len(found) <= 5
    assert fold(text) or not found
