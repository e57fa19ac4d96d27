"""The number of questions left is an upper bound on every way on, and some way on reaches it."""

import random
from typing import Any

import pytest

from decision_tree import corpus
from decision_tree.journey import CHECK, Journey, Model, Question
from decision_tree.space import NONE, UNKNOWN, Space
from decision_tree.verdict import Judge
from tests.test_verdict import some_answer, usual

RULES = corpus.load()
JUDGE = Judge(RULES, space=Space(RULES))
RUN = Journey(JUDGE, "en")
TECHNOLOGIES = [*(entry.id for entry in RULES.technologies), NONE, UNKNOWN]

State = dict[str, Any]


def fields(question: Question, dice: random.Random | None, technology: str) -> dict[str, str]:
    """The page filled in at random, or with "I don't know" everywhere without dice."""
    filled = {}
    for fact in question.facts:
        if fact.id == "technology":
            filled[fact.id] = technology
        elif dice is None or dice.random() < 0.2:
            filled[fact.id if fact.kind == "choice" else f"{fact.id}.unknown"] = UNKNOWN
        else:
            filled[fact.id] = usual(fact.id) if dice.random() < 0.5 else some_answer(dice, fact.id)
    return filled


def on(state: State, dice: random.Random | None, technology: str) -> tuple[list[int], State]:
    """The numbers shown on each question page from here to check-answers, and the state there."""
    shown = []
    model: Model = RUN.show(state)
    while isinstance(model, Question):
        shown.append(RUN.left(state))
        filled = fields(model, dice, technology)
        state, model = RUN.act(state, {"do": "answer", "fields": filled})
    return shown, state


def bounded(shown: list[int]) -> bool:
    """Whether each number is at least the pages that came, its own among them."""
    return all(left >= len(shown) - place for place, left in enumerate(shown))


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_no_way_on_has_more_questions_than_were_announced(technology: str) -> None:
    for seed in range(6):
        shown, end = on(RUN.start(), random.Random(seed), technology)

        assert end["at"]["page"] == CHECK
        assert bounded(shown), (seed, shown)
        assert shown == sorted(set(shown), reverse=True), (seed, shown)


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_some_way_on_has_as_many_questions_as_were_announced(technology: str) -> None:
    for seed in range(3):
        dice = random.Random(seed)
        state, model = RUN.start(), RUN.show(RUN.start())
        while isinstance(model, Question):
            if model.page != "technology":
                shown, _ = on(state, None, technology)

                assert RUN.left(state) == len(shown), (seed, model.page)
            filled = fields(model, dice, technology)
            state, model = RUN.act(state, {"do": "answer", "fields": filled})


def test_the_first_question_announces_the_longest_run_of_all() -> None:
    longest = max(len(on(RUN.start(), None, technology)[0]) for technology in TECHNOLOGIES)

    assert RUN.left(RUN.start()) == longest


@pytest.mark.parametrize(
    "technology", ["saw-baw-filter", "photoresist", "flexible-endoscope", UNKNOWN]
)
def test_the_number_is_true_after_a_change_and_with_several_lines(technology: str) -> None:
    for seed in range(6):
        dice = random.Random(seed)
        _, state = on(RUN.start(), dice, technology)
        if dice.random() < 0.5:
            state, _ = RUN.act(state, {"do": "add"})
            state, _ = RUN.act(
                state, {"do": "answer", "fields": {"technology": dice.choice(TECHNOLOGIES)}}
            )
        pages = [row.page for row in RUN.show({**state, "at": {"line": 0, "page": CHECK}}).rows]  # type: ignore[union-attr]
        state, _ = RUN.act(state, {"do": "change", "line": 0, "page": dice.choice(pages)})
        other = dice.choice(TECHNOLOGIES)
        if state["at"]["page"] != "technology":
            for way in (dice, None):
                shown, _ = on(state, way, other)

                assert bounded(shown), (seed, shown)
            assert RUN.left(state) == len(shown), seed
        else:
            assert bounded(on(state, dice, other)[0]), seed
