"""The proofs of `python -m decision_tree verify` hold: nothing visited violates a property."""

import pytest

from decision_tree import corpus, verify

RULES = corpus.load()


@pytest.fixture(scope="module")
def tally() -> verify.Tally:
    return verify.verify(RULES)


@pytest.mark.parametrize("name", verify.PROPERTIES)
def test_a_property_holds_over_the_whole_space(tally: verify.Tally, name: str) -> None:
    assert tally.visited[name] > 0
    assert tally.violations[name] == 0, tally.examples


def test_the_walk_compares_as_many_answer_sets_as_it_says(tally: verify.Tally) -> None:
    lines = tally.visited["wrong missing facts"]

    assert lines == verify.count(RULES)


def test_a_violation_is_counted_and_told() -> None:
    tally = verify.Tally()
    tally.see("dead ends", False, "here")

    assert "dead ends" in verify.report(tally)
    assert "violation: dead ends: here" in verify.report(tally)
    assert "not visited at all: false all-clears" in verify.report(tally)
