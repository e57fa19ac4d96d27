"""A situation is read strictly: what does not fit the rules is refused with its place."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from build_scripts import cases
from decision_tree import corpus, situation
from decision_tree.situation import SituationError
from decision_tree.space import Space

SPACE = Space(corpus.load())


def one_line(technology: object = "mlcc", **answers: object) -> dict[str, Any]:
    named = {name.replace("_", "-"): answer for name, answer in answers.items()}
    return {"lines": [{"technology": technology, "answers": named}]}


@pytest.mark.parametrize("case", cases.load(), ids=lambda case: case.id)
def test_a_worked_case_is_read_with_every_line_and_answer(case: cases.Case) -> None:
    read = situation.parse(json.dumps(case.situation, ensure_ascii=False), SPACE)

    assert [line.get("technology") for line in case.situation["lines"]] == [
        line.technology for line in read.lines
    ]
    assert [line["answers"] for line in case.situation["lines"]] == [
        dict(line.answers) for line in read.lines
    ]


def test_technology_and_answers_may_be_left_out() -> None:
    (line,) = situation.read({"lines": [{}]}, SPACE).lines

    assert line.technology is None
    assert dict(line.answers) == {}


REFUSED: dict[str, tuple[object, str]] = {
    "no object": ([], "the situation"),
    "a number": (1, "the situation"),
    "null": (None, "the situation"),
    "no lines": ({}, "lines"),
    "lines that are no list": ({"lines": {}}, "lines"),
    "an empty list of lines": ({"lines": []}, "lines"),
    "an unknown key beside lines": ({"lines": [{}], "as_of": "2025-06-01"}, "as_of"),
    "a line that is no object": ({"lines": [{}, "mlcc"]}, "lines[1]"),
    "an unknown key of a line": ({"lines": [{"tecnology": "mlcc"}]}, "tecnology"),
    "a technology that is no text": (one_line(1), "lines[0].technology"),
    "an unknown technology": (one_line("mlc"), "lines[0].technology"),
    "a technology by its number": (one_line("1"), "lines[0].technology"),
    "an empty technology": (one_line(""), "lines[0].technology"),
    "answers that are no object": ({"lines": [{"answers": []}]}, "lines[0].answers"),
    "an unknown fact": (one_line(colour="red"), "lines[0].answers.colour"),
    "technology as an answer": (
        {"lines": [{"technology": "mlcc", "answers": {"technology": "mlcc"}}]},
        "lines[0].answers.technology",
    ),
    "an unknown option": (one_line(act="licnce"), "lines[0].answers.act"),
    "an option in capitals": (one_line(act="Licence"), "lines[0].answers.act"),
    "an empty option": (one_line(act=""), "lines[0].answers.act"),
    "an answer that is true": (one_line(guidance=True), "lines[0].answers.guidance"),
    "an answer that is null": (one_line(guidance=None), "lines[0].answers.guidance"),
    "an answer that is a list": (one_line(act=["licence"]), "lines[0].answers.act"),
    "a value for interpretation only": (
        one_line(destination="outside-the-scheme"),
        "lines[0].answers.destination",
    ),
    "a beam read as light": (
        one_line("photoresist", photoresist_exposure="beam-as-light"),
        "lines[0].answers.photoresist-exposure",
    ),
    "a fact of another entry": (
        one_line("mlcc", quantum_dot_activity="design"),
        "lines[0].answers.quantum-dot-activity",
    ),
    "an entry's fact beside none": (
        one_line("none", mlcc_activity="design"),
        "lines[0].answers.mlcc-activity",
    ),
    "an entry's fact beside unknown": (
        one_line("unknown", mlcc_activity="design"),
        "lines[0].answers.mlcc-activity",
    ),
    "an entry's fact without a technology": (
        one_line(None, mlcc_activity="design"),
        "lines[0].answers.mlcc-activity",
    ),
    "a number without a unit": (
        one_line("flexible-endoscope", flexible_endoscope_diameter="12"),
        "lines[0].answers.flexible-endoscope-diameter",
    ),
    "a number that is no text": (
        one_line("flexible-endoscope", flexible_endoscope_pixels=2000000),
        "lines[0].answers.flexible-endoscope-pixels",
    ),
    "an approximate number": (
        one_line("flexible-endoscope", flexible_endoscope_diameter="約16 mm"),
        "lines[0].answers.flexible-endoscope-diameter",
    ),
    "a field of view above 360 degrees": (
        one_line("flexible-endoscope", flexible_endoscope_field_of_view="361°"),
        "lines[0].answers.flexible-endoscope-field-of-view",
    ),
    "a field of view of 0 degrees": (
        one_line("flexible-endoscope", flexible_endoscope_field_of_view="0°"),
        "lines[0].answers.flexible-endoscope-field-of-view",
    ),
    "a direction beyond 180 degrees": (
        one_line("flexible-endoscope", flexible_endoscope_view_direction="-181°"),
        "lines[0].answers.flexible-endoscope-view-direction",
    ),
}


@pytest.mark.parametrize(("raw", "place"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_situation_is_refused_with_its_place(raw: object, place: str) -> None:
    with pytest.raises(SituationError) as refused:
        situation.parse(json.dumps(raw), SPACE)

    assert place in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "{", "[", "mlcc", "{'lines': []}", '{"lines": [{}]} x', '{"lines": [{}],}'),
        *('{"lines": [{}], "lines": [{}]}', '{"lines": [{"answers": {"act": "licence", "act": "other"}}]}'),
        *("NaN", "Infinity", "[" * 100_000, '{"lines": [' * 5_000),
    ],
    ids=lambda text: repr(text[:24]),
)  # fmt: skip
def test_text_that_is_no_situation_is_refused(text: str) -> None:
    with pytest.raises(SituationError):
        situation.parse(text, SPACE)


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        (one_line("photoresit"), "photoresist"),
        (one_line(act="licnce"), "licence"),
        (one_line(stag="unknown"), "stage"),
        ({"lines": [{"answer": {}}]}, "answers"),
    ],
    ids=["technology", "option", "fact", "key"],
)
def test_a_slip_of_the_pen_is_met_with_the_nearest_name(raw: object, meant: str) -> None:
    with pytest.raises(SituationError, match=meant):
        situation.read(raw, SPACE)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["lines", "technology", "answers", "act", "stage", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@settings(derandomize=True, deadline=None, database=None, max_examples=300)
@given(JSON)
def test_any_json_is_read_or_refused(raw: object) -> None:
    try:
        situation.read(raw, SPACE)
    except SituationError as refused:
        assert str(refused)
