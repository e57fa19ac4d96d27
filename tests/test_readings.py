"""The register of readings: each flip changes exactly the answer sets the page states."""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from build_scripts import readings
from build_scripts.lint import fidelity
from build_scripts.pages import Writer
from build_scripts.readings import Tables
from decision_tree import corpus
from decision_tree.corpus import FOLDER
from decision_tree.model import LANGUAGES, Language, Rules
from decision_tree.situation import Line
from decision_tree.verdict import Judge
from tests.test_fidelity import corpus_of

RULES = corpus.load()
REGISTER = readings.register(RULES)
RAW = {raw["id"]: raw for raw in readings.load()}
READINGS = {reading.id: reading for reading in REGISTER.readings}

#: A transaction that every reading takes for covered, and a stage that asks for a report.
COVERED = {
    "act": "contract-manufacture",
    "enables-production": "yes",
    "guidance": "yes",
    "destination": "elsewhere",
    "published": "no",
    "basic-research": "no",
    "minimum-provision": "no",
    "stage": "not-concluded",
}


def outcomes(rules: Rules, technology: str) -> dict[tuple[str, ...], str]:
    """The engine's verdict on every complete answer set of an entry, one situation at a time."""
    judge = Judge(rules)
    entry = next(t for t in rules.technologies if t.id == technology)
    axes = [judge.space.axis(fact.id) for fact in entry.fact]
    found: dict[tuple[str, ...], str] = {}
    for cells in product(*(axis.cells for axis in axes)):
        answers = {axis.fact.id: cell.id for axis, cell in zip(axes, cells, strict=True)}
        line = Line(technology=technology, answers={**COVERED, **answers})
        found[tuple(cell.id for cell in cells)] = judge.line(line).outcome
    return found


def test_the_readings_of_the_issue_are_all_there() -> None:
    wanted = {"and-6", "and-7", "brackets-9", "brackets-11", "brackets-12", "material-14"}
    wanted |= {"combined-10", "stem-10", "band-8", "divisions", "and-others", "guidance-elsewhere"}

    assert wanted <= set(READINGS)
    assert {raw["kind"] for raw in RAW.values()} == {
        "grammar",
        "scope",
        "acts",
        "division",
        "damage",
    }


@pytest.mark.parametrize("name", [n for n, r in READINGS.items() if r.about == "outcome"])
def test_a_reading_that_matters_changes_some_sets_and_not_all(name: str) -> None:
    effect = READINGS[name].effect

    assert 0 < effect.changed < effect.compared
    assert effect.example is not None
    assert effect.example.before != effect.example.after


def test_and_in_entry_6_read_as_both_changes_the_sets_of_one_alone() -> None:
    """By hand: of six answers, one alone was covered (2) or open (1), and both cannot be answered."""
    before = outcomes(RULES, "carbon-fibre")
    by_hand = {"precursor-manufacture", "firing", "related"}

    changed = {
        one.answers["carbon-fibre-activity"]
        for one in readings.compared(Tables(RULES), readings.flipped(RULES, RAW["and-6"]["flip"]))
        if one.before != one.after
    }

    assert changed == by_hand
    assert (READINGS["and-6"].effect.changed, READINGS["and-6"].effect.compared) == (3, len(before))


def test_the_bracket_of_entry_9_read_narrowly_changes_what_a_second_reckoning_says() -> None:
    """The other reading written as a predicate: a covered metal and use, and ingot, or powder raised."""
    metal = {"non-ferrous": {True}, "non-ferrous-alloy": {True}, "doubtful": {True, False}}
    use = {"euv-interconnect": {True}}
    use |= {"interconnect-doubtful": {True, False}, "could-be-used": {True, False}}
    step = {"ingot": {"ingot"}, "powder": {"powder"}, "powder-part": {"powder", ""}}
    step |= {"raw-material": {"ingot", ""}, "related": {"ingot", ""}}
    raised = {"raises": {True}, "partly": {True, False}}

    def outcome(answers: tuple[str, ...], *, narrow: bool) -> str:
        truths = {
            m and u and (s == "ingot" or (s == "powder" and r) if narrow else bool(s) and r)
            for m in metal.get(answers[0], {False})
            for u in use.get(answers[1], {False})
            for s in step.get(answers[2], {""})
            for r in raised.get(answers[3], {False})
        }
        return "consult" if len(truths) > 1 else "report" if truths == {True} else "not-covered"

    before = outcomes(RULES, "sputtering-target")
    by_hand = {a for a in before if outcome(a, narrow=True) != outcome(a, narrow=False)}

    changed = {
        tuple(one.answers[fact.id] for fact in RULES.technologies[8].fact)
        for one in readings.compared(
            Tables(RULES), readings.flipped(RULES, RAW["brackets-9"]["flip"])
        )
        if one.before != one.after
    }

    assert all(before[answers] == outcome(answers, narrow=False) for answers in before)
    assert changed == by_hand
    assert READINGS["brackets-9"].effect.changed == len(by_hand)


@pytest.mark.parametrize("name", ["brackets-11", "band-8", "stem-10", "solids-13"])
def test_the_counts_are_those_of_judging_every_situation(name: str) -> None:
    technology = RAW[name]["technology"]
    before = outcomes(RULES, technology)
    after = outcomes(readings.flipped(RULES, RAW[name]["flip"]), technology)

    changed = sum(before[answers] != after[answers] for answers in before)

    effect = READINGS[name].effect
    assert (effect.changed, effect.compared) == (changed, len(before))


def test_the_flip_of_other_acts_changes_the_acts_without_a_name() -> None:
    changed = [
        one
        for one in readings.compared(
            Tables(RULES), readings.flipped(RULES, RAW["and-others"]["flip"])
        )
        if one.before != one.after
    ]

    assert changed
    for one in changed:
        assert one.answers["act"] in {
            "product-development",
            "business-sale",
            "basic-joint-research",
            "other",
        }
        assert one.after == "not-covered"


def test_a_licence_with_guidance_elsewhere_is_the_only_set_of_that_reading() -> None:
    flip = RAW["guidance-elsewhere"]["flip"]
    changed = [
        one.answers
        for one in readings.compared(Tables(RULES), readings.flipped(RULES, flip))
        if one.before != one.after
    ]

    assert {(a["act"], a["guidance"]) for a in changed} == {("licence", "separate-agreement")}


def test_filling_down_changes_the_divisions_that_the_design_names() -> None:
    """Design, section 3: filling down gives wrong offices for entries 4, 13 and 16."""
    assert [entry.number for entry in readings.offices_apart(RULES)] == [4, 13, 16]


def test_every_unsettled_option_of_the_data_is_in_the_register_once() -> None:
    options = {
        (fact.options_from or fact.id, option.id)
        for facts in (*(t.fact for t in RULES.technologies), RULES.transaction.fact)
        for fact in facts
        for option in fact.options
        if len(option.may_be) > 1
    }
    bands = sum(len(fact.bands) for entry in RULES.technologies for fact in entry.fact)

    assert options
    assert len(REGISTER.unsettled) == len(options) + bands
    assert {f"{fact}-{option}" for fact, option in options} <= {o.id for o in REGISTER.unsettled}


def test_a_shared_option_counts_the_sets_of_all_its_entries() -> None:
    shared = next(o for o in REGISTER.unsettled if o.id == "design-or-manufacture-related")
    by_hand = 0
    for entry in shared.technologies:
        before = outcomes(RULES, entry.id)
        facts = tuple(
            replace(
                fact,
                options=tuple(
                    replace(o, may_be=("use",)) if o.id == "related" else o for o in fact.options
                ),
            )
            for fact in entry.fact
        )
        other = replace(RULES, technologies=(replace(entry, fact=facts),))
        after = outcomes(other, entry.id)
        by_hand += sum(before[answers] != after[answers] for answers in before)

    assert shared.settled[1].effect.changed == by_hand


def test_a_flip_that_changes_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="changes no rule"):
        readings.flipped(RULES, {"drop": "ない言葉"})
    with pytest.raises(ValueError, match="has no option"):
        readings.flipped(
            RULES, {"options": [{"fact": "guidance", "option": "none", "may_be": ["no"]}]}
        )


def test_a_marked_reading_that_is_not_registered_is_told(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for path in FOLDER.glob("*.toml"):
        text = path.read_text("utf-8")
        if path.name.startswith("18-"):
            text = re.sub(
                r'^why\.ja = "', 'why.ja = "当サイトの読み方です。', text, flags=re.MULTILINE
            )
        (data / path.name).write_text(text, "utf-8")

    told = list(fidelity.readings_are_registered(corpus_of(data)))

    assert [problem.file for problem in told] == ["18-retardation-film.toml"]
    assert "add it to view/readings.toml" in told[0].message


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_every_reading_with_its_numbers(language: Language) -> None:
    page = Writer(RULES, language).render("readings.md", "readings.md")

    for reading in REGISTER.readings:
        section = page.split(f'id="{reading.id}"')[1].split("</details>")[0]
        if reading.about != "none":
            assert str(reading.effect.changed) in section
            assert str(reading.effect.compared) in section
        if reading.effect.example:
            assert "“" in section or "「" in section
    for unsettled in REGISTER.unsettled:
        assert f'id="open-{unsettled.id}"' in page
