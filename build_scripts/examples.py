"""The examples of an entry's page: worked cases, chosen in `templates/examples.toml` and judged anew."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from build_scripts import cases
from build_scripts.cases import Case
from build_scripts.toolchain import BuildError
from build_scripts.wording import load_table
from decision_tree import situation
from decision_tree.model import OutcomeCode, Rules
from decision_tree.verdict import Judge

#: What the engine must say of an example, by the heading it stands under.
OUTCOMES: dict[str, OutcomeCode] = {"inside": "report", "outside": "not-covered", "open": "consult"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Cases of one entry: inside its wording, outside it, and where the sources do not settle it."""

    inside: tuple[Case, ...]
    outside: tuple[Case, ...]
    open: tuple[Case, ...]


def load() -> dict[str, dict[str, Any]]:
    """The chosen cases as they are written."""
    return load_table("examples")


@cache
def examples(rules: Rules) -> dict[str, Examples]:
    """The examples of every entry.

    Raises:
        BuildError: an entry has none inside or outside, a case is not of the entry, or the engine
            does not say of it what its heading says.
    """
    judge = Judge(rules)
    known = {case.id: case for case in cases.load()}
    chosen = load()
    found = {}
    for entry in rules.technologies:
        groups = chosen.get(entry.id, {})
        for name in ("inside", "outside"):
            if not groups.get(name):
                raise BuildError(f"templates/examples.toml: {entry.id} has no example {name}")
        found[entry.id] = Examples(
            **{
                name: tuple(_judged(judge, known, entry.id, name, one) for one in groups[name])
                for name in OUTCOMES
            }
        )
    return found


def _judged(judge: Judge, known: dict[str, Case], entry: str, name: str, case: str) -> Case:
    where = f"templates/examples.toml: {entry}: {case}"
    if case not in known:
        raise BuildError(f"{where} is no worked case")
    example = known[case]
    lines = example.situation["lines"]
    if any(line["technology"] != entry for line in lines):
        raise BuildError(f"{where} is a case of another entry")
    verdict = judge.judge(situation.read(example.situation, judge.space))
    said = {line.outcome for line in verdict.lines}
    if said != {OUTCOMES[name]} or (name == "outside" and set(verdict.because) != {"technology"}):
        raise BuildError(f"{where} is shown as {name}, but the engine says {sorted(said)}")
    return example
