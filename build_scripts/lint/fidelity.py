"""Fidelity: the record of the sources is true, and every word that limits is accounted for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from build_scripts import coverage
from build_scripts.lint.corpus import Corpus, Problem, unknown
from build_scripts.lint.prose import page_file
from build_scripts.readings import flipped
from build_scripts.record import LOCK
from decision_tree.view.readings import READINGS_FILE

_AGAIN = "run python -m build_scripts record and look at what changed"


def the_record_is_that_of_the_sources(corpus: Corpus) -> Iterator[Problem]:
    """Every recorded text has the SHA-256 of its line, and so has each line of a document at hand."""
    for file, path, document in corpus.table("sources.toml", "document"):
        name, record = document["id"], corpus.record.get(document["id"])
        if "file" not in document:
            continue
        if record is None:
            yield file.problem(path, f"{name} is not recorded; {_AGAIN}")
            continue
        if record.sha256 != document.get("sha256"):
            yield file.problem((*path, "sha256"), f"{name}: {LOCK.name} has another SHA-256")
        for number in record.misread_lines():
            message = f"{name} line {number}: the recorded text has not the SHA-256 of its line"
            yield file.problem(path, message)
        if name in corpus.sources:
            for number in record.changed_lines(corpus.sources[name]):
                message = f"{name} line {number} at hand is not the line recorded; {_AGAIN}"
                yield file.problem((*path, "sha256"), message)


def every_limiting_word_is_accounted_for(corpus: Corpus) -> Iterator[Problem]:
    """Each stretch of a limiting line is encoded or has a reason, and each reason is needed."""
    record, rules = corpus.record.get(coverage.DOCUMENT), corpus.rules
    if record is None or rules is None:
        return
    register, file = coverage.load_register(), page_file("coverage.toml")
    entries = {
        passage["line"]: entry for entry in corpus.entries for passage in entry.raw["definition"]
    }
    for line, words in coverage.orphans(rules, record, register):
        limiting = "・".join(dict.fromkeys(coverage.LIMITING_WORDS.findall(words)))
        message = (
            f"「{words}」 on line {line} of {coverage.DOCUMENT} "
            + (f"(limiting: {limiting}) " if limiting else "")
            + "is encoded by no criterion; encode it, or give a reason in coverage.toml"
        )
        place = entries.get(line)
        yield place.problem(("criteria",), message) if place else file.problem((), message)
    for number, why in coverage.needless(rules, record, register):
        yield file.problem(("stretch", number), f"「{register.stretches[number]['words']}」 {why}")
    for document, line in coverage.unaccounted(dict(corpus.record), register):
        message = f"{document} line {line} is in no group, or in two; say why it is not encoded"
        yield file.problem(("part",), message)


#: How a text of the data says that it is our reading.
_MARKED = re.compile("読み方|安全側")


def readings_are_registered(corpus: Corpus) -> Iterator[Problem]:
    """A question that says it is our reading stands in the register, and the register in the data."""
    file = page_file(READINGS_FILE.name, READINGS_FILE.parent)
    registered: set[str] = set()
    facts = {fact["id"]: (where, path, fact) for where, path, fact in corpus.facts()}
    for number, reading in enumerate(file.raw["reading"]):
        for name in reading.get("facts", []):
            registered.add(name)
            if name not in facts:
                yield file.problem(("reading", number, "facts"), unknown("fact", name, set(facts)))
    for name, (where, path, fact) in facts.items():
        for key in ("why", "hint", "plain"):
            if _MARKED.search(fact.get(key, {}).get("ja", "")) and name not in registered:
                message = f"{name} says that it is our reading; add it to {file.name}"
                yield where.problem((*path, key), message)
    for number, reading in enumerate(file.raw["reading"]):
        flip = reading.get("flip", {})
        if corpus.rules and flip and "value" not in flip and "offices" not in flip:
            try:
                flipped(corpus.rules, flip)
            except ValueError as error:
                yield file.problem(("reading", number, "flip"), f"{reading['id']}: {error}")


RULES = (
    the_record_is_that_of_the_sources,
    every_limiting_word_is_accounted_for,
    readings_are_registered,
)
