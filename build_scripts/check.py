"""The lint of data and prose: every problem in one run, at its line, in an editor's words.

A file whose shape is wrong is left out of the other rules, since they would stumble over it.
"""

from __future__ import annotations

from pathlib import Path

from build_scripts.lint import criteria, dates, facts, names, prose, quotes
from build_scripts.lint.corpus import Corpus, Problem, recorded
from build_scripts.lint.shape import read
from build_scripts.pages import DOCS
from decision_tree.corpus import FOLDER

#: Every rule in the order it is tried; its docstring is the rule.
RULES = (
    *names.RULES,
    *facts.RULES,
    *criteria.RULES,
    *quotes.RULES,
    *dates.RULES,
    *prose.RULES,
)


def check(data_folder: Path = FOLDER, docs_folder: Path = DOCS) -> list[Problem]:
    """Every problem of the data and the prose, in order of file and line; empty if there is none."""
    files, problems = read(data_folder)
    corpus = Corpus(files=files, docs=docs_folder, sources=recorded(files))
    for rule in RULES:
        problems += rule(corpus)
    return sorted(set(problems))


def notes(data_folder: Path = FOLDER) -> list[str]:
    """What could not be checked here, and why."""
    files, _ = read(data_folder)
    at_hand = recorded(files)
    documents = files["sources.toml"].raw["document"] if "sources.toml" in files else []
    return [
        f"{document['id']}: {document['file']} is not at hand (SOURCES=folder), "
        "so quotes were not compared with it"
        for document in documents
        if "file" in document and document["id"] not in at_hand
    ]
