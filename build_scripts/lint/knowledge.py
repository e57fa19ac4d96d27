"""Dates, neighbouring regimes and open points: what they name exists, and nothing open is left out."""

from __future__ import annotations

from collections.abc import Iterator

from build_scripts.lint.corpus import Corpus, Problem, unknown, walk
from build_scripts.lint.prose import page_file
from build_scripts.quotations import SCHEME, quotations

_LISTS = ("events.toml", "neighbours.toml", "unknowns.toml")


def sources_exist(corpus: Corpus) -> Iterator[Problem]:
    """A source of a list is a document of sources.toml, and a line that the page of sources quotes."""
    documents = {raw["id"] for _, _, raw in corpus.table("sources.toml", "document")}
    quoted = quotations(corpus.rules).keys() if corpus.rules else set()
    for name in _LISTS:
        file = page_file(name)
        for path, value in walk(file.raw):
            if not isinstance(value, dict) or not {"document", "line"} & set(value):
                continue
            document, line = value.get("document", SCHEME), value.get("line")
            if documents and document not in documents:
                yield file.problem(path, unknown("document", document, documents))
            elif quoted and line and (document, line) not in quoted:
                message = f"{document} line {line} is cited, but quotes.toml does not quote it"
                yield file.problem(path, message)


def dates_are_in_order(_: Corpus) -> Iterator[Problem]:
    """The dates stand in their order, a span ends after it begins, and regimes exist."""
    file, regimes = page_file("events.toml"), page_file("neighbours.toml").raw["regime"]
    known, before = {raw["id"] for raw in regimes}, ""
    for number, event in enumerate(file.raw["event"]):
        if event["date"] < before:
            yield file.problem(("event", number, "date"), f"stands after {before}; sort the dates")
        if event.get("last", "9") <= event["date"]:
            yield file.problem(("event", number, "last"), "the span ends before it begins")
        if event.get("regime", "") not in {"", *known}:
            path = ("event", number, "regime")
            yield file.problem(path, unknown("regime", event["regime"], known))
        before = event["date"]


def versions_of_the_list_are_dated(corpus: Corpus) -> Iterator[Problem]:
    """Every version of the list is on the timeline, as an event of the scheme."""
    file, scheme = page_file("events.toml"), corpus.files.get("scheme.toml")
    dated = {event["date"] for event in file.raw["event"] if event["kind"] == "scheme"}
    for version in scheme.raw["version"] if scheme else ():
        if str(version["date"]) not in dated:
            message = f"the list of {version['date']} has no event of kind scheme; add it"
            yield file.problem(("event",), message)


def regimes_are_told_once(corpus: Corpus) -> Iterator[Problem]:
    """A regime has name, what it asks and article in outcomes.toml or here, never in both."""
    file = page_file("neighbours.toml")
    elsewhere = {raw["id"] for _, _, raw in corpus.table("outcomes.toml", "regime")}
    here = {raw["id"] for raw in file.raw["regime"]}
    for name in sorted(elsewhere - here):
        yield file.problem(("regime",), f"regime {name!r} of outcomes.toml has no row; add it")
    for number, raw in enumerate(file.raw["regime"]):
        for key in ("name", "asks"):
            if (key in raw) == (raw["id"] in elsewhere) and elsewhere:
                where = "also in outcomes.toml; take it out" if key in raw else "missing; add it"
                yield file.problem(("regime", number), f"{raw['id']}: {key} is {where}")
    for number, step in enumerate(file.raw["step"]):
        for name in step["regime"]:
            if name not in here:
                yield file.problem(("step", number, "regime"), unknown("regime", name, here))


def open_points_name_what_exists(corpus: Corpus) -> Iterator[Problem]:
    """A point's group exists, and so do the stages and unsettled answers that it names."""
    file = page_file("unknowns.toml")
    groups = {raw["id"] for raw in file.raw["group"]}
    stages_file = corpus.files.get("stages.toml")
    stages = {raw["id"]: raw for raw in stages_file.raw["options"]} if stages_file else {}
    consulted = {name for name, raw in stages.items() if raw.get("outcome") == "consult"}
    unsettled = set(_unsettled(corpus))
    named: set[str] = set()
    for number, point in enumerate(file.raw["point"]):
        if point["group"] not in groups:
            path = ("point", number, "group")
            yield file.problem(path, unknown("group", point["group"], groups))
        for key, known in (("open", unsettled), ("stages", consulted)):
            for name in point.get(key, ()):
                named.add(name)
                if known and name not in known:
                    yield file.problem(("point", number, key), unknown(key, name, known))
    for name in sorted(consulted - named):
        yield file.problem(
            ("point",), f"stage {name!r} leads to consultation, and no point says why"
        )


def _unsettled(corpus: Corpus) -> Iterator[str]:
    """The ids that the register of readings gives to unsettled options and stretches."""
    for _, _, fact in corpus.facts():
        shared = fact.get("options_from") or fact["id"]
        for option in corpus.options(fact):
            if len(option.get("may_be", ())) > 1:
                yield f"{shared}-{option['id']}"
        for number, _ in enumerate(fact.get("band", fact.get("bands", ())), 1):
            yield f"{fact['id']}-band-{number}"


RULES = (
    sources_exist,
    dates_are_in_order,
    versions_of_the_list_are_dated,
    regimes_are_told_once,
    open_points_name_what_exists,
)
