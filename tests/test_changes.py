"""A new version of the list: the wording as a redline, and exactly the answers it judges otherwise."""

import html
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from build_scripts import changes
from build_scripts.api import write_api
from build_scripts.pages import Writer
from build_scripts.wording import load_words
from decision_tree import corpus
from decision_tree.model import LANGUAGES, Criterion, Language, Rules, Technology, Text
from decision_tree.quantity import Interval, read
from tests.oracle import oracle

RULES = corpus.load()
STEPS = changes.steps(RULES)
ENDOSCOPE = RULES.technologies[18]
DIAMETER = "flexible-endoscope-diameter"


def changed(technology: str, change: Callable[[Technology], Technology]) -> Rules:
    """The rules with one entry put otherwise."""
    return replace(
        RULES,
        technologies=tuple(
            change(entry) if entry.id == technology else entry for entry in RULES.technologies
        ),
    )


def with_limit(entry: Technology, old: str, new: str) -> Technology:
    """The entry with a limit moved in its criteria."""

    def moved(node: Criterion) -> Criterion:
        return replace(
            node,
            at_most=new if node.at_most == old else node.at_most,
            all=tuple(map(moved, node.all)),
            any=tuple(map(moved, node.any)),
        )

    return replace(entry, criteria=moved(entry.criteria))


def with_wording(entry: Technology, ja: tuple[str, str], en: tuple[str, str]) -> Technology:
    first, *rest = entry.definition

    assert first.ja.count(ja[0]) == 1
    assert first.en.count(en[0]) == 1
    first = replace(first, ja=first.ja.replace(*ja), en=first.en.replace(*en))
    return replace(entry, definition=(first, *rest))


NARROWER = changed(
    ENDOSCOPE.id,
    lambda entry: with_wording(
        with_limit(entry, "16 mm", "15 mm"), ("一六", "一五"), ("16 millimetres", "15 millimetres")
    ),
)


def by_brute_force(entry: Technology) -> Counter[str]:
    """The outcomes of every complete answer set of an entry, by the oracle of the tests."""
    settled = {
        "act": "production-transfer",
        "destination": "elsewhere",
        "published": "no",
        "basic-research": "no",
        "minimum-provision": "no",
        "stage": "not-concluded",
    }
    axes = [changes.Version(RULES).axes(entry.id)[fact.id] for fact in entry.fact]
    outcomes: Counter[str] = Counter()
    for cells in product(*([cell.id for cell in axis.cells] for axis in axes)):
        answers = dict(zip([fact.id for fact in entry.fact], cells, strict=True))
        found = oracle().line(entry.id, {**answers, **settled}, None, 10**6)
        assert found is not None
        outcomes[found.outcome] += 1
    return outcomes


# ---- a list that does not exist yet ----


def test_a_limit_moved_from_16_to_15_mm_changes_what_lies_between_and_nothing_else() -> None:
    between = Interval(read("15 mm", "mm").low, read("16 mm", "mm").low, False, True)

    sets = changes.changed_sets(RULES, NARROWER, ENDOSCOPE.id)

    assert sets
    assert {between} == {read(found.answers[DIAMETER], "mm") for found in sets}
    assert {"not-covered"} == {found.after for found in sets}
    assert {"report", "consult"} == {found.before for found in sets}
    for found in sets:
        narrow = {**found.answers, DIAMETER: "≤15 mm"}
        assert found.before == changes.Version(NARROWER).says(ENDOSCOPE.id, narrow)


def test_every_covered_answer_set_is_among_the_changed_ones_at_the_diameter_that_moved() -> None:
    covered = by_brute_force(ENDOSCOPE)
    effect = next(e for e in changes.effect(RULES, NARROWER) if e.technology == ENDOSCOPE.id)

    assert covered["report"] + covered["consult"] == effect.changed
    assert {("report", "not-covered", covered["report"]), ("consult", "not-covered", covered["consult"])} == {
        (t.before, t.after, t.sets) for t in effect.transitions
    }  # fmt: skip
    assert (effect.kind, effect.compared) == ("changed", 2268 // 2 * 3)


def test_the_region_that_changed_is_named_in_both_languages() -> None:
    effect = next(e for e in changes.effect(RULES, NARROWER) if e.technology == ENDOSCOPE.id)
    region = next(region for region in effect.regions if region.fact == DIAMETER)

    assert region.answers == (">15 mm ≤16 mm",)
    assert (
        Text(
            ja="先端硬性部の直径：15 mm超、16 mm以下",
            en="Diameter of the rigid distal end part: more than 15 mm and at most 16 mm",
        )
        == region.words
    )
    for transition in effect.transitions:
        assert "15 mm超、16 mm以下" in transition.words.ja
        assert "more than 15 mm and at most 16 mm" in transition.words.en


def test_no_other_entry_is_touched() -> None:
    others = [e for e in changes.effect(RULES, NARROWER) if e.technology != ENDOSCOPE.id]

    assert len(RULES.technologies) - 1 == len(others)
    assert {("unchanged", 0)} == {(e.kind, e.changed) for e in others}


def test_the_redline_shows_the_number_that_moved_and_no_more() -> None:
    effect = next(e for e in changes.effect(RULES, NARROWER) if e.technology == ENDOSCOPE.id)

    for language, numbers in (("ja", ["一六", "一五"]), ("en", ["16", "15"])):
        stretches = getattr(effect.redline, language)
        assert numbers == [s.text for s in stretches if s.kind != "same"]
        assert [s.kind for s in stretches if s.kind != "same"] == ["deleted", "inserted"]


def test_words_that_change_without_the_law_give_a_redline_and_no_changed_set() -> None:
    reworded = changed(
        ENDOSCOPE.id,
        lambda entry: with_wording(entry, ("軟性内視鏡", "軟性鏡"), ("flexible ", "bending ")),
    )
    effect = next(e for e in changes.effect(RULES, reworded) if e.technology == ENDOSCOPE.id)

    assert (effect.kind, effect.changed, effect.transitions) == ("reworded", 0, ())
    assert {"same", "inserted", "deleted"} == {s.kind for s in effect.redline.ja}
    assert [s.text for s in effect.redline.en if s.kind != "same"] == ["flexible", "bending"]


@pytest.mark.parametrize("number", [1, 8, 12, 17])
def test_an_added_entry_changes_exactly_the_sets_it_covers(number: int) -> None:
    entry = RULES.technologies[number - 1]
    without = replace(RULES, technologies=tuple(e for e in RULES.technologies if e.id != entry.id))
    covered = by_brute_force(entry)

    added = next(e for e in changes.effect(without, RULES) if e.technology == entry.id)
    removed = next(e for e in changes.effect(RULES, without) if e.technology == entry.id)

    assert (added.kind, removed.kind) == ("added", "removed")
    assert {code: n for code, n in covered.items() if code != "not-covered"} == {
        t.after: t.sets for t in added.transitions
    }
    assert {(t.before, t.after, t.sets) for t in added.transitions} == {
        (t.after, t.before, t.sets) for t in removed.transitions
    }
    assert {"not-listed"} == {t.before for t in added.transitions}
    assert {"inserted"} == {s.kind for s in added.redline.ja}
    assert {"deleted"} == {s.kind for s in removed.redline.en}


def test_an_option_that_only_one_version_offers_is_not_taken_for_an_outcome() -> None:
    def fewer(entry: Technology) -> Technology:
        fact = entry.fact[0]
        return replace(entry, fact=(replace(fact, options=fact.options[:-1]), *entry.fact[1:]))

    last = RULES.technologies[0].fact[0].options[-1].id
    sets = changes.changed_sets(RULES, changed("mlcc", fewer), "mlcc")

    assert [("not-covered", "not-offered", last)] == [
        (found.before, found.after, found.answers["mlcc-activity"]) for found in sets
    ]


def test_a_fact_that_changes_its_unit_is_refused() -> None:
    def in_nanometres(entry: Technology) -> Technology:
        facts = [replace(f, unit="nm") if f.id == DIAMETER else f for f in entry.fact]
        return replace(entry, fact=tuple(facts))

    with pytest.raises(ValueError, match=f"{DIAMETER}: kind, unit or domain changed"):
        changes.effect(RULES, changed(ENDOSCOPE.id, in_nanometres))


# ---- the versions that are known ----


def test_the_known_step_adds_entries_11_to_19_and_keeps_the_first_ten() -> None:
    assert [(date(2024, 12, 30), date(2025, 11, 14))] == [(s.older, s.newer) for s in STEPS]
    step = STEPS[0]

    assert list(range(11, 20)) == [e.number for e in step.effects]
    assert {"added"} == {e.kind for e in step.effects}
    assert tuple(entry.id for entry in RULES.technologies[:10]) == step.kept


def test_on_the_days_between_an_entry_whose_start_is_not_known_is_for_consultation() -> None:
    meanwhile = STEPS[0].meanwhile

    assert (date(2024, 12, 30), date(2025, 11, 13)) == (meanwhile.first, meanwhile.last)
    assert [found.outcome for found in meanwhile.outcomes] == ["consult"]
    assert sum(e.changed for e in STEPS[0].effects) == meanwhile.outcomes[0].sets


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_every_added_entry_with_its_numbers(language: Language) -> None:
    text = Writer(RULES, language).render("changes.md", "changes.md")

    for effect in STEPS[0].effects:
        part = text.partition(f'id="effect-{effect.technology}"')[2].partition("</section>")[0]

        assert f"{effect.compared:,}" in part
        assert f"{effect.changed:,}" in part
        assert part.count("<li>") == len(effect.transitions)
        assert "<ins>" in part
        assert "<del>" not in part
        for passage in RULES.technologies[effect.number - 1].definition:
            assert passage.ja in part
            assert passage.en in html.unescape(part)
    assert 'id="between-2025-11-14"' in text
    assert f"<b>{load_words(language)['outcome']['consult']}</b>" in text


@pytest.mark.parametrize(
    ("language", "outcome"),
    [("ja", "契約の前に報告 → 対象外"), ("en", "Report before the contract → Not covered")],
)
def test_the_page_would_show_a_limit_that_moves(language: Language, outcome: str) -> None:
    writer = Writer(RULES, language)
    writer.__dict__["steps"] = (replace(STEPS[0], effects=changes.effect(RULES, NARROWER)),)
    text = writer.render("changes.md", "changes.md")
    part = text.partition(f'id="effect-{ENDOSCOPE.id}"')[2].partition("</section>")[0]
    other = text.partition('id="effect-mlcc"')[2].partition("</section>")[0]

    assert "<del>一六</del><ins>一五</ins>" in part
    assert "<del>16</del><ins>15</ins>" in part
    assert outcome in part
    assert {"ja": "15 mm超、16 mm以下", "en": "more than 15 mm and at most 16 mm"}[language] in part
    assert other
    assert "<details>" not in other


def test_the_api_tells_the_same(tmp_path: Path) -> None:
    write_api(RULES, tmp_path)
    step = json.loads((tmp_path / "changes.json").read_text("utf-8"))["steps"][0]

    assert (step["older"], step["newer"]) == ("2024-12-30", "2025-11-14")
    assert [e.changed for e in STEPS[0].effects] == [e["changed"] for e in step["effects"]]
    for told, effect in zip(step["effects"], STEPS[0].effects, strict=True):
        assert effect.changed == sum(t["sets"] for t in told["transitions"])
        for language in LANGUAGES:
            wording = "".join(s["text"] for s in told["redline"][language])
            passages = (
                getattr(p, language) for p in RULES.technologies[effect.number - 1].definition
            )
            assert "\n".join(passages) == wording
