"""Faults planted in the engine and in the data, and which of our nets catches each.

The nets: the worked cases; the proofs of `verify`, which hold the engine against the data; and the second
reading, which holds both against the source text. A fault that engine and proofs share, or that stands in
the data, cannot be seen by the proofs: that is what the other two are for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from build_scripts import cases
from build_scripts.mutants import mutants, passes
from decision_tree import corpus, situation, space, verdict, verify
from decision_tree.model import Rules
from decision_tree.situation import Line, SituationError
from decision_tree.space import UNKNOWN, Axis, Cell, Space
from decision_tree.verdict import BOTH, FALSE, Judge
from tests.second_reading import ENTRIES, NUMBERS, Completion, domain, every, outcome, truth
from tests.second_reading import transaction as act_reading

RULES = corpus.load()
COVERED = {
    "mlcc-activity": "design",
    "act": "production-transfer",
    "enables-production": "yes",
    "guidance": "yes",
    "destination": "elsewhere",
    "published": "no",
    "basic-research": "no",
    "minimum-provision": "no",
    "stage": "not-concluded",
}
Job = tuple[str, Any]
Patch = pytest.MonkeyPatch


def nothing(patch: Patch) -> None:
    """The fault stands in the data."""
    patch.undo()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is planted, where to look for it, and which nets catch it: all of them and no others."""

    name: str
    part: str
    caught_by: set[str]
    jobs: tuple[Job, ...]
    plant: Callable[[Patch], None] = nothing
    rules: Rules = field(default=RULES)


# ---- the nets ----


def failing_cases(rules: Rules) -> list[str]:
    judges = {day: Judge(rules, day) for day in {case.as_of for case in cases.load()}}
    failing = []
    for case in cases.load():
        judge = judges[case.as_of]
        try:
            passed = passes(case, judge.judge(situation.read(case.situation, judge.space)))
        except SituationError:
            passed = False
        if not passed:
            failing.append(case.id)
    return failing


def violated_properties(rules: Rules, jobs: tuple[Job, ...]) -> list[str]:
    """The properties of `verify` that fail on the part concerned."""
    tally = verify.Tally()
    for kind, item in jobs:
        if kind == "acts":
            tally.add(proven_acts(rules))
        else:
            tally.add(verify._job((rules, kind, item, False)))

    assert tally.visited.total() > 0
    return sorted(name for name, count in tally.violations.items() if count)


def proven_acts(rules: Rules) -> verify.Tally:
    """Every partial answer set of act, what it makes possible and guidance; all else is covered."""
    proof, names = verify._Proof(rules, full=False), ("act", "enables-production", "guidance")
    rest = {name: answer for name, answer in COVERED.items() if name not in names}
    for answers in proof.answers(names):
        line = Line(technology="mlcc", answers={**rest, **answers})
        proof.compare(line, frozenset({frozenset({True})}), {}, proof.side_of_transaction)
    return proof.tally


def differences_from_the_text(rules: Rules, part: str) -> list[Mapping[str, str]]:
    """Completions of one part whose outcome is not that of the second reading."""
    judge = Judge(rules)
    found: list[Mapping[str, str]] = []
    for technology, answers, expected in (
        of_stages_and_acts(rules) if part == "transaction" else of_entry(rules, part)
    ):
        if technology not in judge.entries:
            return [{"technology": technology}]
        if (
            judge.line(Line(technology=technology, answers={**COVERED, **answers})).outcome
            != expected
        ):
            found.append(answers)
    return found


Expected = tuple[str, dict[str, str], str]


def of_entry(rules: Rules, part: str) -> Iterator[Expected]:
    facts = next((e.fact for e in rules.technologies if e.id == part), ())
    choices: list[list[str | Decimal]] = []
    for fact in facts:
        if fact.unit is None:
            choices.append([option.id for option in fact.options])
        else:
            step = Decimal(1) if fact.unit == "pixels" else Decimal("0.01")
            near = {Decimal(text) + k * step for text in NUMBERS[fact.id] for k in (-1, 0, 1)}
            choices.append(sorted(point for point in near if domain(fact.id, point)))
    units = {fact.id: fact.unit for fact in facts}
    own = {name: answer for name, answer in COVERED.items() if name != "mlcc-activity"}
    if not facts:
        yield part, own, "report"
    for chosen in product(*choices):
        given = dict(zip(units, chosen, strict=True))
        covered = truth(every(ENTRIES[part](Completion(given))))
        written = {
            name: value if isinstance(value, str) else f"{value} {units[name]}"
            for name, value in given.items()
        }
        yield part, written, outcome(covered, act=True, stage="not-concluded")


def of_stages_and_acts(rules: Rules) -> Iterator[Expected]:
    facts = {f.id: [o.id for o in f.options] for f in (*rules.transaction.fact, rules.stage)}
    for one in ("stage", "guidance"):
        names = ("act", "enables-production", one)
        for chosen in product(*(facts[name] for name in names)):
            answers = {**COVERED, **dict(zip(names, chosen, strict=True))}
            act = truth(act_reading(Completion(answers)))
            yield "mlcc", answers, outcome(entry=True, act=act, stage=answers["stage"])


# ---- the faults ----


def mutant(part: str, change: str, place: str = "") -> Rules:
    (found,) = (
        m.rules
        for m in mutants(RULES)
        if m.part == part and m.change == change and place in m.place
    )
    return found


def unknown_is_no_in_a_factor(patch: Patch) -> None:
    original = verdict.Factor.open_cells

    def open_cells(self: Any, answers: Mapping[str, str]) -> Any:
        name = "saw-baw-filter-kind"
        if answers.get(name, UNKNOWN) == UNKNOWN:
            answers = {**answers, name: "other"}
        return original(self, answers)

    patch.setattr(verdict.Factor, "open_cells", open_cells)


def unknown_is_no_on_an_axis(patch: Patch) -> None:
    original = Axis.read

    def read(self: Axis, answer: str | None) -> tuple[int, ...]:
        if self.fact.id == "saw-baw-filter-kind" and answer in (None, UNKNOWN):
            return (len(self.cells) - 1,)
        return original(self, answer)

    patch.setattr(Axis, "read", read)


def unsettled_is_no_in_a_factor(patch: Patch) -> None:
    original = verdict.Factor.masks

    def masks(self: Any, cells: tuple[int, ...]) -> tuple[int, ...]:
        found = original(self, cells)
        if "saw-baw-filter-kind" in self.facts:
            return tuple(FALSE if mask == BOTH else mask for mask in found)
        return found

    patch.setattr(verdict.Factor, "masks", masks)


def unsettled_is_no_on_an_axis(patch: Patch) -> None:
    original = Space._choice

    def choice(fact: Any) -> Axis:
        axis = original(fact)
        cells = tuple(
            Cell(cell.id, cell.values[-1:]) if cell.id == "resonator" else cell
            for cell in axis.cells
        )
        return replace(axis, cells=cells)

    patch.setattr(Space, "_choice", staticmethod(choice))


def any_for_all_in_the_judge(patch: Patch) -> None:
    original = space.holds

    def holds(node: Any, values: Any, units: Any) -> bool:
        if node.all and len(node.all) > 1:
            return any(holds(child, values, units) for child in node.all)
        return original(node, values, units)

    patch.setattr(verdict, "holds", holds)


def a_limit_is_read_one_unit_off(patch: Patch) -> None:
    original = space.limit_of

    def limit_of(text: str, unit: str) -> Decimal:
        return Decimal(2) if text == "1 mS/cm" else original(text, unit)

    patch.setattr(space, "limit_of", limit_of)


def every_act_without_guidance_is_out(patch: Patch) -> None:
    original = verdict.Factor.masks

    def masks(self: Any, cells: tuple[int, ...]) -> tuple[int, ...]:
        if "guidance" in self.facts:
            position = self.facts.index("guidance")
            if self.space.axis("guidance").cells[cells[position]].id == "no":
                return tuple(FALSE for _ in original(self, cells))
        return original(self, cells)

    patch.setattr(verdict.Factor, "masks", masks)


def an_entry_is_judged_as_none(patch: Patch) -> None:
    original = Judge._technology

    def technology(self: Judge, line: Line) -> Any:
        return original(
            self, replace(line, technology="none") if line.technology == "mlcc" else line
        )

    patch.setattr(Judge, "_technology", technology)


def a_concluded_contract_counts_as_reported(patch: Patch) -> None:
    original = Judge.__init__

    def init(self: Judge, *arguments: Any) -> None:
        original(self, *arguments)
        self.stage_outcomes = tuple(
            "reported" if code == "late" else code for code in self.stage_outcomes
        )

    patch.setattr(Judge, "__init__", init)


def an_answer_of_the_entry_is_read_past_its_factor(patch: Patch) -> None:
    original = Judge.line

    def line(self: Judge, one: Line) -> Any:
        found = original(self, one)
        if one.answers.get("mlcc-activity") == "manufacture" and len(one.answers) > 99:
            return replace(found, outcome="consult")
        return found

    patch.setattr(Judge, "line", line)


SAW: tuple[Job, ...] = (
    ("entry", ("saw-baw-filter", None)),
    ("entry", ("saw-baw-filter", "design")),
)
FOIL: tuple[Job, ...] = (("entry", ("electrolytic-copper-foil", "design")),)
ELECTROLYTE: tuple[Job, ...] = (("entry", ("sulfide-solid-electrolyte", "design")),)
CONDUCTIVITY = "sulfide-solid-electrolyte-conductivity"
MLCC: tuple[Job, ...] = (("entry", ("mlcc", "design")),)
ACTS: tuple[Job, ...] = (("acts", None),)
ALL_NETS = {"cases", "verify", "second reading"}
NOT_THE_PROOFS = {"cases", "second reading"}

FAULTS = (
    Fault(
        name="unknown is read as no, in the judge",
        part="saw-baw-filter",
        plant=unknown_is_no_in_a_factor,
        jobs=SAW,
        caught_by={"cases", "verify"},
    ),
    Fault(
        name="unknown is read as no, in the reader of answers that the proofs share",
        part="saw-baw-filter",
        plant=unknown_is_no_on_an_axis,
        jobs=SAW,
        caught_by={"cases"},
    ),
    Fault(
        name="an unsettled option is read as no, in the judge",
        part="saw-baw-filter",
        plant=unsettled_is_no_in_a_factor,
        jobs=SAW,
        caught_by=ALL_NETS,
    ),
    Fault(
        name="an unsettled option is read as no, in the space that the proofs share",
        part="saw-baw-filter",
        plant=unsettled_is_no_on_an_axis,
        jobs=SAW,
        caught_by=NOT_THE_PROOFS,
    ),
    Fault(
        name="an unsettled option is read as no, in the data",
        part="saw-baw-filter",
        rules=mutant("saw-baw-filter", "settled as other", "resonator"),
        jobs=SAW,
        caught_by=NOT_THE_PROOFS,
    ),
    Fault(
        name="a limit is one unit off, in the reader of limits that the proofs share",
        part="sulfide-solid-electrolyte",
        plant=a_limit_is_read_one_unit_off,
        jobs=ELECTROLYTE,
        caught_by=NOT_THE_PROOFS,
    ),
    Fault(
        name="a limit is one unit off, in the data",
        part="sulfide-solid-electrolyte",
        rules=mutant(
            "sulfide-solid-electrolyte",
            "sulfide-solid-electrolyte-conductivity: at_least 1 mS/cm -> 2 mS/cm",
        ),
        jobs=ELECTROLYTE,
        caught_by=NOT_THE_PROOFS,
    ),
    Fault(
        name="any for all, in the judge",
        part="electrolytic-copper-foil",
        plant=any_for_all_in_the_judge,
        jobs=FOIL,
        caught_by=ALL_NETS,
    ),
    Fault(
        name="any for all, in the data",
        part="electrolytic-copper-foil",
        rules=mutant("electrolytic-copper-foil", "all -> any"),
        jobs=FOIL,
        caught_by=NOT_THE_PROOFS,
    ),
    Fault(
        name="an exclusion is widened from licences to all acts, in the judge",
        part="transaction",
        plant=every_act_without_guidance_is_out,
        jobs=ACTS,
        caught_by=ALL_NETS,
    ),
    Fault(
        name="an exclusion is widened from licences to all acts, in the data",
        part="transaction",
        rules=mutant("transaction", "act: licence dropped", "licence-without-guidance"),
        jobs=ACTS,
        caught_by=NOT_THE_PROOFS,
    ),
    Fault(
        name="an entry is judged like none of them, in the judge",
        part="mlcc",
        plant=an_entry_is_judged_as_none,
        jobs=MLCC,
        caught_by=ALL_NETS,
    ),
    Fault(
        name="an entry is dropped, in the data",
        part="quantum-dot",
        rules=mutant("quantum-dot", "dropped", RULES.technologies[15].name.ja),
        jobs=MLCC,
        caught_by=NOT_THE_PROOFS,
    ),
    Fault(
        name="the judge reads an answer past its factor, without effect so far",
        part="mlcc",
        plant=an_answer_of_the_entry_is_read_past_its_factor,
        jobs=MLCC,
        caught_by={"verify"},
    ),
    Fault(
        name="a stage leads elsewhere, in the judge",
        part="transaction",
        plant=a_concluded_contract_counts_as_reported,
        jobs=MLCC,
        caught_by=ALL_NETS,
    ),
    Fault(
        name="a stage leads elsewhere, in the data",
        part="transaction",
        rules=mutant("stage", "late -> reported", "concluded-unreported"),
        jobs=MLCC,
        caught_by=NOT_THE_PROOFS,
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_caught(fault: Fault, monkeypatch: Patch) -> None:
    space.limit_of.cache_clear()
    fault.plant(monkeypatch)
    found: dict[str, Sequence[Any]] = {
        "cases": failing_cases(fault.rules),
        "verify": violated_properties(fault.rules, fault.jobs),
        "second reading": differences_from_the_text(fault.rules, fault.part),
    }
    print(f"{fault.name}: {len(found['cases'])} cases, as {found['cases'][:1]}; "
          f"verify: {', '.join(found['verify']) or 'nothing'}; "
          f"second reading: {len(found['second reading'])} completions")  # fmt: skip

    assert {net for net, catch in found.items() if catch} == fault.caught_by
    assert fault.caught_by


@pytest.mark.parametrize("part", sorted({fault.part for fault in FAULTS}))
def test_without_a_fault_no_net_catches_anything(part: str) -> None:
    jobs = {
        job for fault in FAULTS if fault.part == part for job in fault.jobs if job[0] == "entry"
    }

    assert failing_cases(RULES) == []
    assert violated_properties(RULES, tuple(jobs)) == []
    assert differences_from_the_text(RULES, part) == []
    assert sum(1 for _ in of_entry(RULES, "mlcc")) > 1
