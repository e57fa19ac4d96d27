"""The questionnaire asks what can still matter, never more, and always ends in a verdict."""

import json
import random
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pytest

from decision_tree import corpus, journey
from decision_tree.journey import (
    CHECK,
    TECHNOLOGY,
    VERDICT,
    CheckAnswers,
    Journey,
    Model,
    Question,
    VerdictPage,
    next_fact,
    relevant,
)
from decision_tree.model import LANGUAGES, Fact, Language
from decision_tree.situation import Line
from decision_tree.space import Space
from decision_tree.verdict import Judge
from tests.oracle import oracle
from tests.test_verdict import some_answer, usual

RULES = corpus.load()
SPACE = Space(RULES)
JUDGE = Judge(RULES, space=SPACE)
ENTRIES = [entry.id for entry in RULES.technologies]
TECHNOLOGIES = [*ENTRIES, "none", "unknown"]
COMMON = {fact.id for fact in (*RULES.transaction.fact, RULES.stage)}

State = dict[str, Any]


@pytest.fixture(params=LANGUAGES)
def run(request: pytest.FixtureRequest) -> Journey:
    return Journey(JUDGE, request.param)


def fields(dice: random.Random, question: Question, technology: str) -> dict[str, str]:
    """A way to fill in a page."""
    filled = {}
    for fact in question.facts:
        if fact.id == TECHNOLOGY:
            filled[fact.id] = technology
        elif dice.random() < 0.15:
            key = f"{fact.id}.unknown" if fact.kind == "quantity" else fact.id
            filled[key] = "unknown"
        elif dice.random() < 0.5:
            filled[fact.id] = usual(fact.id)
        else:
            filled[fact.id] = some_answer(dice, fact.id)
    return filled


def walk(run: Journey, dice: random.Random, technology: str) -> Iterator[tuple[State, Model]]:
    """Every state and page of a walk with random answers, to the verdict."""
    state = run.start()
    model = run.show(state)
    yield state, model
    while isinstance(model, Question):
        action = {"do": "answer", "fields": fields(dice, model, technology)}
        state, model = run.act(state, action)
        yield state, model
    yield run.act(state, {"do": "result"})


def line_of(state: State) -> Line:
    return Line(technology=state["lines"][0]["technology"], answers=state["lines"][0]["answers"])


def at(page: str, technology: str | None, answers: Mapping[str, str]) -> State:
    return {
        "lines": [{"technology": technology, "answers": dict(answers)}],
        "at": {"line": 0, "page": page},
    }


def complete(technology: str) -> dict[str, str]:
    """Answers to every fact of a line that is covered."""
    own = oracle().entries[technology].facts
    names = (*own, *(fact.id for fact in RULES.transaction.fact), "stage")
    return {name: usual(name) for name in names}


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_a_walk_ends_in_check_answers_and_then_the_verdict(run: Journey, technology: str) -> None:
    for seed in range(12):
        *questions, (checked, check), (_, last) = walk(run, random.Random(seed), technology)

        assert len(questions) <= 1 + len(SPACE.fact_ids)
        assert all(isinstance(page, Question) and not page.errors for _, page in questions)
        assert checked["at"]["page"] == CHECK
        assert isinstance(check, CheckAnswers)
        assert isinstance(last, VerdictPage)
        assert last.verdict["outcome"] == JUDGE.line(line_of(checked)).outcome
        assert check.rows == last.rows


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_no_page_asks_a_fact_that_cannot_change_the_outcome(run: Journey, technology: str) -> None:
    for seed in range(12):
        asked: set[str] = set()
        for state, page in walk(run, random.Random(seed), technology):
            if not isinstance(page, Question):
                continue
            missing = JUDGE.line(line_of(state)).missing
            ids = [fact.id for fact in page.facts]

            assert set(ids) <= set(missing)
            assert not set(ids) & asked
            asked |= set(ids)


@pytest.mark.parametrize("technology", ENTRIES)
def test_the_next_fact_changes_the_outcome_by_brute_force(technology: str) -> None:
    """Independently of the engine's own `missing`: two ways of answering it end differently."""
    for seed in range(6):
        for state, page in walk(Journey(JUDGE, "en"), random.Random(seed), technology):
            line = line_of(state)
            if not isinstance(page, Question) or line.technology is None:
                continue
            if oracle().size(technology, line.answers) > 3_000:
                continue

            assert page.facts[0].id in oracle().line(technology, line.answers).missing


@pytest.mark.parametrize("technology", ENTRIES)
def test_facts_are_asked_in_authored_order(technology: str) -> None:
    order = [TECHNOLOGY, *SPACE.fact_ids]
    for seed in range(12):
        asked = [
            fact.id
            for _, page in walk(Journey(JUDGE, "ja"), random.Random(seed), technology)
            if isinstance(page, Question)
            for fact in page.facts
        ]

        assert asked == sorted(asked, key=order.index)


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_a_verdict_that_still_asks_has_only_unknowns_and_ranges_left(technology: str) -> None:
    seen = set()
    for seed in range(40):
        *_, (state, _), (_, last) = walk(Journey(JUDGE, "en"), random.Random(seed), technology)
        assert isinstance(last, VerdictPage)
        seen.add(last.verdict["outcome"])
        for name in last.verdict["missing"]:
            given = state["lines"][0]["answers"].get(name, "unknown")

            assert name == TECHNOLOGY or given == "unknown" or len(SPACE.axis(name).read(given)) > 1
            assert name == TECHNOLOGY or name in state["lines"][0]["answers"]

    assert "not-covered" in seen
    assert technology == "none" or "ask" in seen


def test_the_technology_is_asked_first_and_nothing_else_with_it(run: Journey) -> None:
    first = run.show(run.start())

    assert isinstance(first, Question)
    assert [fact.id for fact in first.facts] == [TECHNOLOGY]
    assert not first.back


def test_none_of_the_19_goes_straight_to_check_answers(run: Journey) -> None:
    state, model = run.act(run.start(), {"do": "answer", "fields": {TECHNOLOGY: "none"}})

    assert state["at"]["page"] == CHECK
    assert isinstance(model, CheckAnswers)
    assert [row.fact for row in model.rows] == [TECHNOLOGY]


@pytest.mark.parametrize("technology", ENTRIES)
def test_a_link_from_an_entry_starts_with_it_chosen(run: Journey, technology: str) -> None:
    state, model = run.act({}, {"do": "start", "technology": technology})

    assert state["lines"] == [{"technology": technology, "answers": {}}]
    assert isinstance(model, Question)
    assert model.facts[0].id == oracle().entries[technology].facts[0]


@pytest.mark.parametrize("technology", ["", "none", "unknown", "mlc", None])
def test_a_link_from_nowhere_starts_at_the_beginning(run: Journey, technology: str | None) -> None:
    state, _ = run.act({}, {"do": "start", "technology": technology})

    assert run.start() == state


@pytest.mark.parametrize("name", [TECHNOLOGY, *SPACE.fact_ids])
def test_every_question_can_be_reached(name: str) -> None:
    """With every other fact of the line answered so that this one decides, it is asked."""
    owner = SPACE.owner.get(name)
    technology = owner.id if owner else "mlcc"
    if name == TECHNOLOGY:
        assert next_fact(JUDGE, Line(technology=None, answers={})) == TECHNOLOGY
        return
    special = {
        "enables-production": {"act": "other"},
        "guidance": {"act": "licence"},
        "flexible-endoscope-pixels": {"flexible-endoscope-field-of-view": "90°"},
        "flexible-endoscope-ultrasound": {
            "flexible-endoscope-pixels": "1000000",
            "flexible-endoscope-view-direction": "30°",
        },
        "flexible-endoscope-view-direction": {
            "flexible-endoscope-pixels": "1000000",
            "flexible-endoscope-field-of-view": "110°",
        },
        "flexible-endoscope-field-of-view": {"flexible-endoscope-pixels": "1000000"},
        "sulfide-solid-electrolyte-state": {"sulfide-solid-electrolyte-conductivity": "0.3 mS/cm"},
    }
    answers = {**complete(technology), **special.get(name, {})}
    del answers[name]
    following = next_fact(JUDGE, Line(technology=technology, answers=answers))

    assert name == following


def test_walks_reach_every_page(run: Journey) -> None:
    reached = {
        state["at"]["page"]
        for technology, seed in product(TECHNOLOGIES, range(25))
        for state, _ in walk(run, random.Random(seed), technology)
    }
    pages = {fact.page or fact.id for fact in (*RULES.transaction.fact, RULES.stage)}
    pages |= {fact.id for entry in RULES.technologies for fact in entry.fact}

    assert {TECHNOLOGY, CHECK, VERDICT} | pages == reached


def test_changing_one_answer_keeps_the_others(run: Journey) -> None:
    state = at(CHECK, "mlcc", complete("mlcc"))
    state, model = run.act(state, {"do": "change", "page": "destination"})
    assert isinstance(model, Question)
    assert dict(model.values) == {"destination": "elsewhere"}
    after, _ = run.act(state, {"do": "answer", "fields": {"destination": "group-a"}})

    assert {**complete("mlcc"), "destination": "group-a"} == after["lines"][0]["answers"]
    assert after["at"]["page"] == CHECK


def test_an_answer_that_no_longer_matters_is_kept_but_neither_shown_nor_used(run: Journey) -> None:
    state = at("act", "mlcc", complete("mlcc"))
    state, model = run.act(state, {"do": "answer", "fields": {"act": "goods-only"}})
    assert isinstance(model, CheckAnswers)

    assert {**complete("mlcc"), "act": "goods-only"} == state["lines"][0]["answers"]
    assert "destination" not in {row.fact for row in model.rows}
    assert "destination" not in relevant(JUDGE, line_of(state)).answers

    state, _ = run.act(state, {"do": "change", "page": "act"})
    state, model = run.act(state, {"do": "answer", "fields": {"act": "contract-manufacture"}})
    assert isinstance(model, CheckAnswers)

    assert "destination" in {row.fact for row in model.rows}


@pytest.mark.parametrize("technology", [*ENTRIES[1:], "none", "unknown"])
def test_another_technology_drops_the_facts_of_the_entry_alone(
    run: Journey, technology: str
) -> None:
    state = at(CHECK, "mlcc", complete("mlcc"))
    state, _ = run.act(state, {"do": "change", "page": TECHNOLOGY})
    state, _ = run.act(state, {"do": "answer", "fields": {TECHNOLOGY: technology}})

    assert technology == state["lines"][0]["technology"]
    assert {n: a for n, a in complete("mlcc").items() if n in COMMON} == state["lines"][0][
        "answers"
    ]


def test_the_same_technology_again_drops_nothing(run: Journey) -> None:
    state = at(TECHNOLOGY, "mlcc", complete("mlcc"))
    state, _ = run.act(state, {"do": "answer", "fields": {TECHNOLOGY: "mlcc"}})

    assert complete("mlcc") == state["lines"][0]["answers"]
    assert state["at"]["page"] == CHECK


BAD = {
    "nothing": {},
    "only spaces": {"flexible-endoscope-diameter": "  "},
    "no unit": {"flexible-endoscope-diameter": "16"},
    "about": {"flexible-endoscope-diameter": "約16 mm"},
    "words": {"flexible-endoscope-diameter": "<b>thin</b>"},
    "out of the domain": {"flexible-endoscope-diameter": "0 mm"},
    "a number and unknown": {
        "flexible-endoscope-diameter": "16 mm",
        "flexible-endoscope-diameter.unknown": "unknown",
    },
}


@pytest.mark.parametrize("typed", BAD.values(), ids=BAD)
def test_bad_input_keeps_what_was_typed_and_changes_nothing_else(
    run: Journey, typed: dict[str, str]
) -> None:
    page = "flexible-endoscope-diameter"
    before = at(page, "flexible-endoscope", {"flexible-endoscope-activity": "design"})
    after, model = run.act(before, {"do": "answer", "fields": typed})
    assert isinstance(model, Question)

    assert before == {key: value for key, value in after.items() if key != "draft"}
    assert typed == after["draft"]
    assert typed == dict(model.values)
    assert [page] == list(model.errors)
    assert model.errors[page]
    japanese = any("\u3040" <= char <= "\u30ff" for char in model.errors[page])
    assert japanese == (run.language == "ja")


def test_a_mended_answer_clears_the_draft(run: Journey) -> None:
    page = "flexible-endoscope-diameter"
    state = at(page, "flexible-endoscope", {})
    state, _ = run.act(state, {"do": "answer", "fields": {page: "16"}})
    state, _ = run.act(state, {"do": "answer", "fields": {page: "16 mm"}})

    assert "draft" not in state
    assert state["lines"][0]["answers"] == {page: "16 mm"}


@pytest.mark.parametrize("page", [TECHNOLOGY, "act", "stage"])
@pytest.mark.parametrize("value", ["", "no such option", "outside-the-scheme"])
def test_a_choice_that_is_none_is_asked_back(run: Journey, page: str, value: str) -> None:
    before = at(page, "mlcc", {"mlcc-activity": "design"})
    after, model = run.act(before, {"do": "answer", "fields": {page: value}})
    assert isinstance(model, Question)

    assert before["lines"] == after["lines"]
    assert before["at"] == after["at"]
    assert [page] == list(model.errors)


def shared_facts(page: str) -> list[Fact]:
    return [fact for fact in RULES.transaction.fact if fact.page == page]


@pytest.mark.parametrize("page", [page.id for page in RULES.transaction.page])
def test_a_shared_page_asks_all_its_facts_if_any_is_needed(run: Journey, page: str) -> None:
    names = [fact.id for fact in shared_facts(page)]
    answers = {name: a for name, a in complete("mlcc").items() if name not in names}
    model = run.show(at(page, "mlcc", answers))
    assert isinstance(model, Question)

    assert len(names) > 1
    assert names == [fact.id for fact in model.facts]
    assert model.lead


@pytest.mark.parametrize("page", [page.id for page in RULES.transaction.page])
def test_a_shared_page_is_passed_over_when_none_of_its_facts_is_needed(page: str) -> None:
    for name, value in (("act", "goods-only"), ("destination", "group-a"), ("act", "not-decided")):
        answers = {"mlcc-activity": "design", "destination": "elsewhere", name: value}
        answers |= {"act": "production-transfer"} if name != "act" else {}
        following = next_fact(JUDGE, Line(technology="mlcc", answers=answers))

        assert following not in {fact.id for fact in shared_facts(page)}


@pytest.mark.parametrize("page", [page.id for page in RULES.transaction.page])
def test_a_shared_page_with_one_bad_field_stores_none(run: Journey, page: str) -> None:
    first, *others = [fact.id for fact in shared_facts(page)]
    names = {first, *others}
    answers = {name: a for name, a in complete("mlcc").items() if name not in names}
    before = at(page, "mlcc", answers)
    after, model = run.act(before, {"do": "answer", "fields": {first: "no"}})
    assert isinstance(model, Question)

    assert before["lines"] == after["lines"]
    assert others == list(model.errors)
    assert dict(model.values) == {first: "no"}


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_the_state_survives_a_journey_through_json(run: Journey, technology: str) -> None:
    for seed in range(8):
        for state, model in walk(run, random.Random(seed), technology):
            again = json.loads(json.dumps(state, ensure_ascii=False))

            assert state == again
            assert model == run.show(again)


@pytest.mark.parametrize("language", LANGUAGES)
def test_switching_the_language_changes_words_alone(language: Language) -> None:
    other: Language = "en" if language == "ja" else "ja"
    for seed in range(20):
        for state, model in walk(Journey(JUDGE, language), random.Random(seed), ENTRIES[seed % 19]):
            shown = Journey(JUDGE, other).show(state)

            assert type(model) is type(shown)
            if isinstance(model, Question) and isinstance(shown, Question):
                assert model.facts == shown.facts
            if isinstance(model, VerdictPage) and isinstance(shown, VerdictPage):
                assert model.verdict == shown.verdict


def test_an_action_does_not_touch_the_state_it_was_given(run: Journey) -> None:
    state = at("stage", "mlcc", complete("mlcc"))
    kept = json.dumps(state)
    run.act(state, {"do": "answer", "fields": {"stage": "preliminary"}})
    run.act(state, {"do": "change", "page": TECHNOLOGY})

    assert kept == json.dumps(state)


@pytest.mark.parametrize(
    "action",
    [{"do": "fly"}, {}, {"do": "change"}, {"do": "change", "page": "no-such-page"}],
    ids=str,
)
def test_an_action_that_is_none_is_refused(run: Journey, action: dict[str, Any]) -> None:
    with pytest.raises((KeyError, ValueError)):
        run.act(run.start(), action)


def test_the_first_day_of_the_list_stands_in_the_words_of_the_stage(run: Journey) -> None:
    early = run.show(at("stage", "mlcc", {}))
    late = run.show(at("stage", "quantum-dot", {}))
    none = run.show(at("stage", "unknown", {}))
    assert isinstance(early, Question)
    assert isinstance(late, Question)
    assert isinstance(none, Question)

    assert (2024, 12, 30) == early.listed.timetuple()[:3] == none.listed.timetuple()[:3]
    assert late.listed.timetuple()[:3] == (2025, 11, 14)
    assert {"ja": "2025年11月14日", "en": "14 November 2025"}[run.language] == (
        journey.day_in_words(late.listed, run.language)
    )


def test_check_answers_are_in_words_of_the_language(run: Journey) -> None:
    answers = {**complete("flexible-endoscope"), "flexible-endoscope-diameter": "１６ミリ以下"}
    answers |= {"stage": "before-listing", "destination": "unknown"}
    model = run.show(at(CHECK, "flexible-endoscope", answers))
    assert isinstance(model, CheckAnswers)
    shown = {row.fact: row.answer for row in model.rows}

    expected = {"ja": ("16 mm以下", "わからない"), "en": ("at most 16 mm", "I don't know")}
    assert expected[run.language] == (shown["flexible-endoscope-diameter"], shown["destination"])
    assert ("2025年11月14日" if run.language == "ja" else "14 November 2025") in shown["stage"]
    assert "{" not in "".join(shown.values())


def test_two_lines_are_both_asked_and_judged(run: Journey) -> None:
    state = {
        "lines": [
            {"technology": "none", "answers": {}},
            {"technology": "mlcc", "answers": complete("mlcc")},
        ],
        "at": {"line": 0, "page": VERDICT},
    }
    model = run.show(state)
    assert isinstance(model, VerdictPage)

    assert model.verdict["outcome"] == "report"
    assert {0, 1} == {row.line for row in model.rows}


def test_a_second_technology_is_asked_like_the_first_and_can_be_taken_out(run: Journey) -> None:
    lines = [{"technology": "mlcc", "answers": complete("mlcc")}]
    state, model = run.act({"lines": lines, "at": {"line": 0, "page": CHECK}}, {"do": "add"})
    assert isinstance(model, Question)
    assert (model.page, model.line, model.back) == (TECHNOLOGY, 1, True)

    state, model = run.act(state, {"do": "answer", "fields": {TECHNOLOGY: "none"}})
    assert isinstance(model, CheckAnswers)
    assert {0, 1} == {row.line for row in model.rows}

    state, model = run.act(state, {"do": "remove", "line": 0})
    assert isinstance(model, CheckAnswers)
    assert [row.fact for row in model.rows] == [TECHNOLOGY]

    state, model = run.act(state, {"do": "remove", "line": 0})
    assert state == run.start()
    assert isinstance(model, Question)


def test_no_result_is_shown_while_a_line_has_a_question_left(run: Journey) -> None:
    lines = [{"technology": None, "answers": {}}, {"technology": "none", "answers": {}}]
    state, model = run.act({"lines": lines, "at": {"line": 1, "page": CHECK}}, {"do": "result"})

    assert isinstance(model, Question)
    assert state["at"] == {"line": 0, "page": TECHNOLOGY}


def test_a_run_takes_ten_lines_and_says_when_it_is_full(run: Journey) -> None:
    lines = [{"technology": "none", "answers": {}}] * 10
    state, model = run.act({"lines": lines, "at": {"line": 0, "page": CHECK}}, {"do": "show"})
    assert isinstance(model, CheckAnswers)
    assert not model.more

    state, _ = run.act(state, {"do": "add"})
    assert len(state["lines"]) == 10
