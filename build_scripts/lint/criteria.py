"""Criteria: each node is one thing, each leaf a test of something that exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from build_scripts.lint.corpus import Corpus, File, Problem, nodes, unknown
from build_scripts.lint.toml_lines import TomlPath
from decision_tree import quantity
from decision_tree.space import limit_of

COMPARISONS = ("at_least", "at_most", "above", "below", "equals")


def nodes_are_one_thing(corpus: Corpus) -> Iterator[Problem]:
    """A criterion is exactly one of `all`, `any` and a test of a fact with exactly one comparison."""
    for file, path, tree in corpus.trees():
        for place, node in nodes(tree, path):
            kinds = [key for key in ("all", "any", "fact") if node.get(key)]
            if len(kinds) != 1:
                had = " and ".join(kinds) or "none of them"
                message = f"「{node['ja']}」 must be one of all, any and fact; it has {had}"
                yield file.problem(place, message)
            tests = [key for key in ("one_of", *COMPARISONS) if node.get(key)]
            if len(tests) != (1 if "fact" in node else 0):
                message = f"「{node['ja']}」: a test of a fact has exactly one comparison"
                yield file.problem(place, message)


def gates_have_one_side(corpus: Corpus) -> Iterator[Problem]:
    """A gate has either `covered_when` or `excluded_when`."""
    for file, path, gate in corpus.table("transaction.toml", "gate"):
        if ("covered_when" in gate) == ("excluded_when" in gate):
            message = f"{gate['ground']}: write covered_when or excluded_when, and not both"
            yield file.problem(path, message)


def leaves_test_what_exists(corpus: Corpus) -> Iterator[Problem]:
    """A leaf tests a fact of its file, with answers or numbers that the fact can have."""
    for file, path, tree in corpus.trees():
        facts = corpus.facts_for(file)
        for place, node in nodes(tree, path):
            if "fact" not in node:
                continue
            fact = facts.get(node["fact"])
            if fact is None:
                message = unknown("fact", node["fact"], set(facts))
                yield file.problem((*place, "fact"), message)
            elif fact["kind"] == "choice":
                yield from _choice_test(corpus, file, place, node, fact)
            else:
                yield from _quantity_test(file, place, node, fact)


def _choice_test(
    corpus: Corpus, file: File, place: TomlPath, node: dict[str, Any], fact: dict[str, Any]
) -> Iterator[Problem]:
    for key in COMPARISONS:
        if key in node:
            message = f"{fact['id']} is a choice: test it with one_of, not {key}"
            yield file.problem((*place, key), message)
    options = corpus.options(fact)
    known = {option["id"] for option in options}
    known |= {value for option in options for value in option.get("may_be", [])}
    for value in node.get("one_of", []):
        if value not in known:
            yield file.problem((*place, "one_of"), unknown("answer", value, known))


def _quantity_test(
    file: File, place: TomlPath, node: dict[str, Any], fact: dict[str, Any]
) -> Iterator[Problem]:
    if "one_of" in node:
        message = f"{fact['id']} is a quantity: test it with {', '.join(COMPARISONS)}"
        yield file.problem((*place, "one_of"), message)
    for key in COMPARISONS:
        if key in node and fact.get("unit") in quantity.UNITS:
            try:
                limit_of(node[key], fact["unit"])
            except ValueError as error:
                message = f"{key} {node[key]!r} is no quantity in {fact['unit']}: {error}"
                yield file.problem((*place, key), message)


def facts_are_used(corpus: Corpus) -> Iterator[Problem]:
    """Every fact but the contract stage is tested by some criterion, else it would never be asked."""
    tested = {
        node["fact"]
        for _, path, tree in corpus.trees()
        for _, node in nodes(tree, path)
        if "fact" in node
    }
    for file, path, fact in corpus.facts():
        if file.name != "stages.toml" and fact["id"] not in tested:
            message = f"fact {fact['id']} is tested by no criterion; use it or take it out"
            yield file.problem(path, message)


RULES = (
    nodes_are_one_thing,
    gates_have_one_side,
    leaves_test_what_exists,
    facts_are_used,
)
