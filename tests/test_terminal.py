"""The questionnaire in a terminal is the same journey as the page."""

from collections.abc import Iterable

import pytest

from decision_tree import corpus, terminal
from decision_tree.journey import Journey
from decision_tree.model import LANGUAGES, Language
from decision_tree.space import Space
from decision_tree.verdict import Judge

RULES = corpus.load()
JUDGE = Judge(RULES, space=Space(RULES))


def converse(language: Language, replies: Iterable[str]) -> tuple[str, list[str]]:
    """All that is told, and the replies that were not asked for."""
    left = list(replies)
    told: list[str] = []

    def ask(prompt: str) -> str:
        told.append(prompt)
        if not left:
            raise EOFError
        return left.pop(0)

    terminal.run(Journey(JUDGE, language), ask, told.append)
    return "\n".join(told), left


def number(technology: str) -> str:
    return str(1 + [entry.id for entry in RULES.technologies].index(technology))


#: From the act on: production transfer, elsewhere, three times no, nothing concluded.
USUAL = ("1", "1", "1", "1", "1", "1")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_covered_transfer_ends_in_the_report_with_its_division(language: Language) -> None:
    told, left = converse(language, (number("mlcc"), "1", *USUAL))

    assert left == []
    assert "[report]" in told
    assert {"ja": "商務情報政策局情報産業課", "en": "IT Industry Division"}[language] in told
    assert {"ja": "経済産業省の判断ではありません", "en": "not a ruling of METI"}[language] in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_division_that_is_our_reading_says_so(language: Language) -> None:
    told, _ = converse(language, (number("quantum-dot"), "1", *USUAL))

    assert {"ja": "当サイトの読み方", "en": "our reading"}[language] in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_none_of_the_19_ends_at_once(language: Language) -> None:
    told, left = converse(language, ("20",))

    assert left == []
    assert "[not-covered]" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_unknown_names_what_is_missing(language: Language) -> None:
    told, left = converse(language, ("21", "12", "4", "5", "3", "3", "3", "3", "8"))
    missing = ("act", "stage", "technology")

    assert left == []
    assert "[ask]" in told
    for name in missing:
        assert f"- {Journey(JUDGE, language).label(name).of(language)}" in told


@pytest.mark.parametrize("reply", ["0", "22", "-1", "x", "", "1.0", "２２", "mlcc"])
def test_a_number_that_is_none_is_asked_again(reply: str) -> None:
    told, left = converse("en", (reply, "20"))

    assert left == []
    assert "! There is no such number." in told
    assert "[not-covered]" in told


def test_a_bad_quantity_is_asked_again_with_the_reason() -> None:
    start = (number("flexible-endoscope"), "1", "1")
    told, left = converse("en", (*start, "16", "20 mm"))

    assert left == []
    assert "! Add the unit" in told
    assert "[not-covered]" in told


@pytest.mark.parametrize("reply", ["?", "？"])
def test_a_question_mark_is_a_quantity_that_is_not_known(reply: str) -> None:
    start = (number("flexible-endoscope"), "1", "1", reply)
    told, left = converse("ja", (*start, "2100000", *USUAL))

    assert left == []
    assert "[ask]" in told


def test_back_returns_to_the_question_before() -> None:
    told, left = converse("en", (number("mlcc"), "b", "20"))

    assert left == []
    assert "[not-covered]" in told
    assert told.count("-- Which of these does the technology") == 2


def test_back_on_the_first_question_stays_there() -> None:
    told, left = converse("en", ("b", "20"))

    assert left == []
    assert "[not-covered]" in told


def test_quitting_gives_no_verdict() -> None:
    told, left = converse("en", (number("mlcc"), "q"))

    assert left == []
    assert not any(f"[{outcome.code}]" in told for outcome in RULES.outcomes)


def test_an_input_that_ends_early_is_not_taken_for_an_answer() -> None:
    with pytest.raises(EOFError):
        converse("en", (number("mlcc"),))
