"""The lint of data and prose: every problem in one run, at its line, in an editor's words.

A file whose shape is wrong is left out of the other rules, since they would stumble over it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from build_scripts import coverage
from build_scripts.lint import (
    agreement,
    criteria,
    dates,
    english,
    facts,
    fidelity,
    japanese,
    knowledge,
    names,
    parity,
    prose,
    quotes,
    statements,
)
from build_scripts.lint.corpus import Corpus, Problem, recorded
from build_scripts.lint.shape import read
from build_scripts.pages import DOCS
from build_scripts.record import LOCK, read_record, record_of, write_record
from build_scripts.toolchain import BuildError
from decision_tree.corpus import FOLDER, CorpusError, load
from decision_tree.model import Rules

#: Every rule in the order it is tried; its docstring is the rule.
RULES = (
    *names.RULES,
    *facts.RULES,
    *criteria.RULES,
    *quotes.RULES,
    *agreement.RULES,
    *dates.RULES,
    *fidelity.RULES,
    *prose.RULES,
    *parity.RULES,
    *japanese.RULES,
    *english.RULES,
    *knowledge.RULES,
    *statements.RULES,
)


def check(data_folder: Path = FOLDER, docs_folder: Path = DOCS) -> list[Problem]:
    """Every problem of the data and the prose, in order of file and line; empty if there is none."""
    corpus, problems = _read(data_folder, docs_folder)
    for rule in RULES:
        problems += rule(corpus)
    return sorted(set(problems))


def corpus_of(data_folder: Path = FOLDER, docs_folder: Path = DOCS) -> Corpus:
    """The data and the prose as the rules see them."""
    return _read(data_folder, docs_folder)[0]


def notes(data_folder: Path = FOLDER) -> list[str]:
    """With what the quotations were compared here, for each recorded document."""
    corpus, _ = _read(data_folder, DOCS)
    return [_comparison(corpus, raw) for raw in _documents(corpus) if "file" in raw]


def sourced(data_folder: Path = FOLDER) -> str:
    """How many statements the pages make, and what stands behind them."""
    found = statements.tally(_read(data_folder, DOCS)[0])
    return (
        f"Statements of pages and lists: {found.sourced} with a source or a status, {found.ours} "
        f"marked as ours, {found.without} without"
    )


def _comparison(corpus: Corpus, document: dict[str, Any]) -> str:
    name, file = document["id"], document["file"]
    if name in corpus.sources:
        return f"{name}: quotes were compared with {file}, and its lines with their SHA-256"
    return (
        f"{name}: {file} is not at hand (SOURCES=folder), so quotes were compared with the lines "
        f"recorded in {LOCK.name} and their SHA-256"
    )


def record(data_folder: Path = FOLDER) -> list[str]:
    """Record the sources at hand anew, and say what was recorded.

    Raises:
        BuildError: a document is not at hand, or has not the SHA-256 of `sources.toml`.
    """
    corpus, _ = _read(data_folder, DOCS)
    wanted: dict[str, set[int]] = {coverage.DOCUMENT: set(coverage.LIMITING)}
    for quote in (*quotes.quotes_of_data(corpus), *prose.quotes_of_pages()):
        wanted.setdefault(quote.document, set()).update(quote.lines)
    records = []
    for document in _documents(corpus):
        if "file" not in document:
            continue
        name, lines = document["id"], corpus.sources.get(document["id"])
        if lines is None:
            raise BuildError(f"{name}: {document['file']} is not at hand; set SOURCES=folder")
        there = {line for line in wanted.get(name, ()) if 1 <= line <= len(lines)}
        records.append(record_of(name, lines, there))
        if records[-1].sha256 != document.get("sha256"):
            raise BuildError(f"{name}: sources.toml names another SHA-256; compare them first")
    write_record(records)
    return [f"{r.document}: {len(r.lines)} lines, {len(r.text)} with text" for r in records]


def _read(data_folder: Path, docs_folder: Path) -> tuple[Corpus, list[Problem]]:
    files, problems = read(data_folder)
    corpus = Corpus(
        files=files,
        rules=_rules(data_folder),
        docs=docs_folder,
        sources=recorded(files),
        record=read_record(),
    )
    return corpus, problems


def _rules(data_folder: Path) -> Rules | None:
    """The engine's rules; None where the rules of shape have more to say."""
    try:
        return load(data_folder)
    except CorpusError:
        return None


def _documents(corpus: Corpus) -> list[dict[str, Any]]:
    return [raw for _, _, raw in corpus.table("sources.toml", "document")]
