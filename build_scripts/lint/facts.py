"""Facts: their options, and what the sources leave unsettled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from build_scripts.lint.corpus import Corpus, File, Problem, nodes, unknown, walk
from build_scripts.lint.toml_lines import TomlPath
from decision_tree import quantity

#: No domain of a fact cuts this off.
WHOLE_LINE = quantity.Interval(None, None)


def facts_fit_their_kind(corpus: Corpus) -> Iterator[Problem]:
    """A choice has options of its own or a shared list; a quantity has a known unit and no options."""
    for file, path, fact in corpus.facts():
        if fact["kind"] == "quantity":
            if fact.get("unit") not in quantity.UNITS:
                known = ", ".join(quantity.UNITS)
                yield file.problem((*path, "unit"), f"{fact['id']}: unit must be one of {known}")
            if fact.get("options") or fact.get("options_from"):
                yield file.problem(path, f"{fact['id']}: a quantity has no options")
        elif bool(fact.get("options")) == bool(fact.get("options_from")):
            message = f"{fact['id']}: a choice has either options or options_from"
            yield file.problem(path, message)
        elif "unit" in fact or "bands" in fact or "domain" in fact:
            yield file.problem(path, f"{fact['id']}: unit, domain and bands are for quantities")


def quantities_are_readable(corpus: Corpus) -> Iterator[Problem]:
    """Domains, bands and what they may be are quantities in the unit of their fact."""
    for file, path, fact in corpus.facts():
        unit = fact.get("unit")
        if fact["kind"] != "quantity" or unit not in quantity.UNITS:
            continue
        texts = [((*path, "domain"), fact["domain"])] if "domain" in fact else []
        for number, band in enumerate(fact.get("bands", [])):
            place = (*path, "bands", number)
            texts += [((*place, "range"), band["range"])]
            texts += [((*place, "may_be"), value) for value in band["may_be"]]
        for place, text in texts:
            try:
                quantity.read(text, unit, WHOLE_LINE)
            except quantity.QuantityError as error:
                yield file.problem(place, f"{fact['id']}: {text!r} cannot be read: {error}")


def unsettled_options_say_why(corpus: Corpus) -> Iterator[Problem]:
    """An option or band that may be several things names the reason and the source."""
    for file, path, option in _unsettled(corpus):
        for key in ("reason", "source"):
            if key not in option:
                name = option.get("id", option.get("range"))
                message = f"{name}: may_be without {key}; say why it is not settled, and by what"
                yield file.problem(path, message)


def secondary_sources_settle_nothing(corpus: Corpus) -> Iterator[Problem]:
    """What only a secondary source says stays unsettled: `may_be` keeps at least two values."""
    secondary = {
        raw["id"]
        for _, _, raw in corpus.table("sources.toml", "document")
        if raw["kind"] == "secondary"
    }
    for file, path, option in _unsettled(corpus):
        document = option.get("source", {}).get("document")
        if len(option["may_be"]) == 1 and document in secondary:
            message = f"{option.get('id')}: {document} is secondary and settles nothing"
            yield file.problem((*path, "may_be"), message)
    offered = {
        (fact["id"], option["id"])
        for _, _, fact in corpus.facts()
        for option in corpus.options(fact)
        if "may_be" not in option
    }
    for file, path, tree in corpus.trees():
        if tree.get("document") not in secondary:
            continue
        for place, node in nodes(tree, path):
            for value in node.get("one_of", []):
                if (node.get("fact"), value) in offered:
                    message = (
                        f"{value!r} is an answer of {node['fact']}, so {tree['document']} would "
                        "settle it; a secondary source settles nothing"
                    )
                    yield file.problem((*place, "one_of"), message)


def _unsettled(corpus: Corpus) -> Iterator[tuple[File, TomlPath, dict[str, Any]]]:
    for file in corpus.files.values():
        for path, value in walk(file.raw):
            if isinstance(value, dict) and value.get("may_be"):
                yield file, path, value


def may_be_names_something(corpus: Corpus) -> Iterator[Problem]:
    """What an option may be is another option of its fact, or a value that a criterion tests."""
    tested = _tested(corpus)
    for file, path, fact in corpus.facts():
        if "options_from" in fact:
            continue
        ids = {option["id"] for option in fact.get("options", [])}
        for number, option in enumerate(fact.get("options", [])):
            known = ids - {option["id"]} | tested.get(fact["id"], set())
            for value in option.get("may_be", []):
                if value not in known:
                    place = (*path, "options", number, "may_be")
                    yield file.problem(place, unknown("value", value, known))
    for file, path, shared in corpus.table("activities.toml", "activity"):
        ids = {option["id"] for option in shared["options"]}
        for number, option in enumerate(shared["options"]):
            for value in option.get("may_be", []):
                if value not in ids:
                    place = (*path, "options", number, "may_be")
                    yield file.problem(place, unknown("value", value, ids))


def _tested(corpus: Corpus) -> dict[str, set[str]]:
    values: dict[str, set[str]] = {}
    for _, path, tree in corpus.trees():
        for _, node in nodes(tree, path):
            if "fact" in node:
                values.setdefault(node["fact"], set()).update(node.get("one_of", []))
    return values


RULES = (
    facts_fit_their_kind,
    quantities_are_readable,
    unsettled_options_say_why,
    secondary_sources_settle_nothing,
    may_be_names_something,
)
