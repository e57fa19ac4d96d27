"""Grounds quote the source and say what the answers mean; changes are the smallest that matter."""

import random
from itertools import pairwise
from typing import Any

import pytest

from build_scripts import cases
from decision_tree import corpus, explain, situation
from decision_tree.quantity import Interval
from decision_tree.situation import Line, Situation
from decision_tree.space import Space
from decision_tree.verdict import Judge
from tests.oracle import oracle
from tests.test_verdict import lines

RULES = corpus.load()
SPACE = Space(RULES)
JUDGE = Judge(RULES, space=SPACE)
ENTRIES = [entry.id for entry in RULES.technologies]
ORDER = {name: place for place, name in enumerate(SPACE.fact_ids)}
KEYS = ["outcome", "possible", "because", "missing", "lines", "list_version", "engine", "rules"]
LINE_KEYS = {
    *("technology", "outcome", "possible", "because", "missing", "division", "reasons", "changes"),
}


def regions(fact: str) -> list[tuple[str, Interval | None]]:
    return [(cell.id, cell.interval) for cell in SPACE.axis(fact).cells]


def in_order(changes: list[tuple[dict[str, str], str]]) -> list[tuple[dict[str, str], str]]:
    """By the place of each fact and of its option, fact by fact."""

    def place(change: tuple[dict[str, str], str]) -> list[tuple[int, int]]:
        return [
            (ORDER[name], [region for region, _ in regions(name)].index(value))
            for name, value in change[0].items()
        ]

    return sorted(changes, key=place)


def explained(technology: str, **answers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): answer for name, answer in answers.items()}
    raw = {"lines": [{"technology": technology, "answers": named}]}
    return explain.as_json(JUDGE, situation.read(raw, SPACE))


def reason(verdict: dict[str, Any], quote: str) -> dict[str, Any]:
    (found,) = [r for r in verdict["lines"][0]["reasons"] if r["quote"] == quote]
    return dict(found)


@pytest.mark.parametrize("technology", ENTRIES)
def test_changes_are_the_smallest_and_complete_up_to_five(technology: str) -> None:
    for line in lines(technology, 12, 12):
        expected = in_order(oracle().changes(technology, line.answers, regions))
        everything = [(dict(c.answers), c.outcome) for c in explain.changes(JUDGE, line, None)]
        shown = [(dict(c.answers), c.outcome) for c in explain.changes(JUDGE, line)]

        assert expected == everything, line
        assert expected[:5] == shown, line


@pytest.mark.parametrize("technology", ENTRIES)
def test_every_change_leads_to_the_outcome_it_names(technology: str) -> None:
    for line in lines(technology, 40, 10**9):
        now = JUDGE.line(line).outcome
        for change in explain.changes(JUDGE, line):
            after = Line(technology=technology, answers={**line.answers, **change.answers})

            assert set(change.answers) <= {n for n, a in line.answers.items() if a != "unknown"}
            assert now != change.outcome
            assert change.outcome == JUDGE.line(after).outcome


def test_with_nothing_answered_there_is_nothing_to_change() -> None:
    assert explain.changes(JUDGE, Line(technology=None, answers={})) == ()
    assert explain.changes(JUDGE, Line(technology="mlcc", answers={"act": "unknown"})) == ()


@pytest.mark.parametrize("case", cases.load(), ids=lambda case: case.id)
def test_a_verdict_has_the_shape_of_the_contract(case: cases.Case) -> None:
    judge = JUDGE if case.as_of is None else Judge(RULES, case.as_of, SPACE)
    verdict = explain.as_json(judge, situation.read(case.situation, SPACE))

    assert list(verdict) == KEYS
    assert len(verdict["engine"]) == len(verdict["rules"]) == 64
    assert len(case.situation["lines"]) == len(verdict["lines"])
    for given, line in zip(case.situation["lines"], verdict["lines"], strict=True):
        assert set(line) == LINE_KEYS
        assert given.get("technology") == line["technology"]
        assert len(line["changes"]) <= 5
        assert (line["division"] is None) == (given.get("technology") in (None, "none", "unknown"))
        for item in line["reasons"]:
            assert {"criterion", "holds", "answer", "quote", "source"} <= set(item)
            assert item["holds"] in (True, False, "open", "unsettled")
            assert {"document", "line"} == set(item["source"])
        for change in line["changes"]:
            assert {"set", "outcome"} == set(change)


@pytest.mark.parametrize(
    ("technology", "office", "basis"),
    [
        ("mlcc", "商務情報政策局情報産業課", "printed"),
        ("saw-baw-filter", "商務情報政策局情報産業課", "reading"),
        ("electrolytic-copper-foil", "製造産業局金属課", "printed"),
        ("dielectric-film", "製造産業局素材産業課", "reading"),
        ("barium-titanate-powder", "製造産業局素材産業課", "printed"),
        ("carbon-fibre", "製造産業局素材産業課", "reading"),
        ("silicon-carbide-fibre", "製造産業局素材産業課", "reading"),
        ("photoresist", "商務情報政策局情報産業課", "printed"),
        ("sputtering-target", "製造産業局金属課", "printed"),
        ("electron-microscope", "製造産業局産業機械課", "printed"),
        ("magnetoresistive-sensor", "商務情報政策局情報産業課", "printed"),
        ("titanium-sponge", "製造産業局金属課", "printed"),
        ("battery-binder", "商務情報政策局電池産業課", "reading"),
        ("sulfide-solid-electrolyte", "商務情報政策局電池産業課", "printed"),
        ("separator-extruder-screw", "商務情報政策局電池産業課", "reading"),
        ("quantum-dot", "製造産業局素材産業課", "reading"),
        ("tadf-material", "製造産業局素材産業課", "printed"),
        ("retardation-film", "製造産業局素材産業課", "reading"),
        (
            "flexible-endoscope",
            "商務・サービスGヘルスケア産業課 医療・福祉機器産業室",
            "printed",
        ),
    ],
)
def test_an_entry_has_the_division_of_the_centred_reading(
    technology: str, office: str, basis: str
) -> None:
    division = explained(technology)["lines"][0]["division"]

    assert office == division["name"]["ja"]
    assert division["name"]["en"]
    assert basis == division["basis"]


def test_a_reason_holds_or_not_as_answered() -> None:
    verdict = explained(
        "flexible-endoscope",
        flexible_endoscope_diameter="12 mm",
        flexible_endoscope_pixels="2000000",
        flexible_endoscope_ultrasound="with-probe",
        flexible_endoscope_field_of_view="90-110°",
    )
    tip = reason(verdict, "先端硬性部の直径が一六ミリメートル以下のもに限る")

    assert tip["holds"] is True
    assert tip["answer"] == "12 mm"
    assert tip["source"] == {"document": "S0", "line": 84}
    assert (
        reason(verdict, "イメージセンサーの総画素数が二、〇〇〇、〇〇〇を超えるもの")["holds"]
        is False
    )
    assert reason(verdict, "超音波内視鏡")["holds"] == "unsettled"
    assert reason(verdict, "視野角が一〇〇度以上のもの")["holds"] == "open"
    assert reason(verdict, "視野角が一二〇度を超えるもの")["holds"] is False
    assert reason(verdict, "挿入部")["holds"] == "open"
    assert reason(verdict, "挿入部")["answer"] is None


def test_a_secondary_source_is_named_and_not_quoted() -> None:
    verdict = explained("mlcc", destination="group-a")
    secondary = [r for r in verdict["lines"][0]["reasons"] if r["source"]["document"] != "S0"]

    assert [r["criterion"] for r in secondary] == [
        "destination",
        "published",
        "basic-research",
        "minimum-provision",
    ]
    assert all(r["quote"] is None for r in secondary)
    assert secondary[0]["holds"] == "unsettled"


def test_a_range_over_a_limit_can_be_narrowed_to_one_region() -> None:
    line = Line(
        technology="flexible-endoscope",
        answers={
            "flexible-endoscope-activity": "design",
            "flexible-endoscope-part": "insertion-part",
            "flexible-endoscope-diameter": "16±0.2 mm",
            "flexible-endoscope-pixels": "2100000",
            "act": "production-transfer",
            "destination": "elsewhere",
            "published": "no",
            "basic-research": "no",
            "minimum-provision": "no",
            "stage": "not-concluded",
        },
    )
    changes = explain.changes(JUDGE, line, None)

    assert JUDGE.line(line).outcome == "ask"
    assert [
        (dict(c.answers), c.outcome)
        for c in changes
        if set(c.answers) == {"flexible-endoscope-diameter"}
    ] == [
        ({"flexible-endoscope-diameter": "≤16 mm"}, "report"),
        ({"flexible-endoscope-diameter": ">16 mm"}, "not-covered"),
    ]


def test_the_explanation_does_not_depend_on_the_order_of_answers() -> None:
    dice = random.Random("order of answers")
    for technology in ENTRIES:
        for line in lines(technology, 5, 10**9):
            shuffled = Line(
                technology=technology,
                answers=dict(dice.sample(list(line.answers.items()), len(line.answers))),
            )
            one, other = (
                explain.as_json(JUDGE, Situation(lines=(each,))) for each in (line, shuffled)
            )

            assert one == other


def test_reasons_of_an_entry_come_in_printed_order() -> None:
    for technology in ENTRIES:
        places = [
            [int(step) for step in r["criterion"].split(".")[1:]]
            for r in explained(technology)["lines"][0]["reasons"]
            if r["criterion"].startswith(technology)
        ]

        assert places
        assert all(earlier < later for earlier, later in pairwise(places))
