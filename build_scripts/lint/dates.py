"""Dates and completeness: the versions of the list, the recorded sources, the outcomes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from build_scripts.lint.corpus import Corpus, Problem
from decision_tree.model import URGENCY


def recorded_sources_are_unchanged(corpus: Corpus) -> Iterator[Problem]:
    """A recorded document has the SHA-256 that `sources.toml` names."""
    for file, path, document in corpus.table("sources.toml", "document"):
        if document["id"] in corpus.sources:
            text = "\n".join(corpus.sources[document["id"]])
            if hashlib.sha256(text.encode()).hexdigest() != document.get("sha256"):
                message = f"{document['file']} at hand has another SHA-256; compare them"
                yield file.problem((*path, "sha256"), message)
        if document["kind"] == "primary" and not document.get("sha256"):
            yield file.problem(path, f"{document['id']} is primary: record file and sha256")


def dates_are_plausible(corpus: Corpus) -> Iterator[Problem]:
    """No entry is listed before the scheme begins or after the newest version of the list."""
    scheme = corpus.files.get("scheme.toml")
    if not scheme:
        return
    dates = [version["date"] for version in scheme.raw["version"]]
    if dates != sorted(set(dates)):
        yield scheme.problem(("version",), "the versions of the list must be in order of date")
    if dates and dates[0] != scheme.raw["begins"]:
        yield scheme.problem(("begins",), "the first version must have the date the scheme begins")
    for file in corpus.entries:
        if file.raw["listed"] not in dates:
            known = ", ".join(map(str, dates))
            message = f"listed {file.raw['listed']} is no version of the list ({known})"
            yield file.problem(("listed",), message)
    for number, version in enumerate(scheme.raw["version"]):
        listed = sum(file.raw["listed"] <= version["date"] for file in corpus.entries)
        everything = len(corpus.entries) == max(v["entries"] for v in scheme.raw["version"])
        if everything and listed != version["entries"]:
            message = f"{version['entries']} entries by {version['date']}, but {listed} are listed"
            yield scheme.problem(("version", number, "entries"), message)


def outcomes_are_complete(corpus: Corpus) -> Iterator[Problem]:
    """Every outcome has its text, every contract stage its outcome, every gate its ground."""
    if outcomes := corpus.files.get("outcomes.toml"):
        codes = {raw["code"] for raw in outcomes.raw["outcome"]}
        for code in URGENCY:
            if code not in codes:
                yield outcomes.problem(("outcome",), f"outcome {code!r} has no text; add it")
        grounds = {raw["id"] for raw in outcomes.raw["ground"]}
        for file, path, gate in corpus.table("transaction.toml", "gate"):
            if gate["ground"] not in grounds:
                message = f"ground {gate['ground']!r} has no text in outcomes.toml; add it"
                yield file.problem((*path, "ground"), message)
    if stages := corpus.files.get("stages.toml"):
        for number, option in enumerate(stages.raw["options"]):
            if "outcome" not in option:
                message = f"stage {option['id']!r} has no outcome; add it"
                yield stages.problem(("options", number), message)


RULES = (
    recorded_sources_are_unchanged,
    dates_are_plausible,
    outcomes_are_complete,
)
