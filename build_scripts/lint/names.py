"""Names: ids, what they refer to, and words in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from build_scripts.lint.corpus import ENTRY, Corpus, Problem, unknown, walk
from build_scripts.lint.toml_lines import nearest_line
from decision_tree.model import LANGUAGES

LEAST_WORDS = 8
_KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def ids_are_kebab_case(corpus: Corpus) -> Iterator[Problem]:
    """An id is lower-case English words joined by hyphens; only documents have short capitals."""
    for file in corpus.files.values():
        for path, value in walk(file.raw):
            document = file.name == "sources.toml"
            if path[-1] == "id" and not document and not _KEBAB.fullmatch(str(value)):
                yield file.problem(path, f"id {value!r}: use lower-case words joined by hyphens")


def ids_are_unique(corpus: Corpus) -> Iterator[Problem]:
    """No two things of a kind share an id, no two entries a number."""
    things: dict[tuple[Any, ...], str] = {}
    for file in corpus.files.values():
        for path, value in walk(file.raw):
            if path[-1] not in {"id", "number", "code"} or path == ("division", "id"):
                continue
            kind: tuple[Any, ...] = tuple(part for part in path if isinstance(part, str))
            if "options" in path:
                kind = (file.name, *path[:-2])
            elif not ENTRY.fullmatch(file.name) and kind != ("fact", "id"):
                kind = (file.name, *kind)
            line = nearest_line(file.lines, path)
            earlier = things.setdefault((*kind, value), f"{file.name}:{line}")
            if earlier != f"{file.name}:{line}":
                message = f"{path[-1]} {value!r} is taken by {earlier}; choose another"
                yield file.problem(path, message)


def files_are_named_after_their_entry(corpus: Corpus) -> Iterator[Problem]:
    """The file of entry 14 is `14-<its id>.toml`."""
    for file in corpus.entries:
        wanted = f"{file.raw['number']:02}-{file.raw['id']}.toml"
        if file.name != wanted:
            yield file.problem(("id",), f"number and id want the file name {wanted}")


def facts_are_named_after_their_entry(corpus: Corpus) -> Iterator[Problem]:
    """A fact's id begins with the id of its entry, so that ids are unique for ever."""
    for file in corpus.entries:
        for number, fact in enumerate(file.raw["fact"]):
            if not fact["id"].startswith(f"{file.raw['id']}-"):
                message = f"fact id {fact['id']!r} must begin with {file.raw['id']}-"
                yield file.problem(("fact", number, "id"), message)


def references_resolve(corpus: Corpus) -> Iterator[Problem]:
    """Divisions, neighbours, shared lists, pages and documents exist under the id that names them."""
    known = {
        "division": {raw["id"] for _, _, raw in corpus.table("divisions.toml", "division")},
        "technology": {file.raw["id"] for file in corpus.entries},
        "options_from": {raw["id"] for _, _, raw in corpus.table("activities.toml", "activity")},
        "page": {raw["id"] for _, _, raw in corpus.table("transaction.toml", "page")},
        "document": {raw["id"] for _, _, raw in corpus.table("sources.toml", "document")},
    }
    for file in corpus.files.values():
        for path, value in walk(file.raw):
            kind = "division" if path == ("division", "id") else path[-1]
            if not isinstance(value, str) or kind not in known:
                continue
            # Entries are written one by one; a neighbour may not be there yet, but never be a typo.
            if known[str(kind)] and value not in known[str(kind)]:
                yield file.problem(path, unknown(str(kind), value, known[str(kind)]))


def texts_are_not_empty(corpus: Corpus) -> Iterator[Problem]:
    """Every text has words in Japanese and in English."""
    for file in corpus.files.values():
        for path, value in walk(file.raw):
            if isinstance(value, str) and not value.strip():
                name = ".".join(str(part) for part in path if isinstance(part, str))
                reason = "; every text needs ja and en" if path[-1] in LANGUAGES else ""
                yield file.problem(path, f"{name} is empty{reason}")


def entries_have_everyday_words(corpus: Corpus) -> Iterator[Problem]:
    """An entry has at least eight everyday words in each language, each of them once."""
    for file in corpus.entries:
        for language in LANGUAGES:
            words = file.raw["words"][language]
            path = ("words", language)
            if len(words) < LEAST_WORDS:
                message = f"words.{language} has {len(words)} words; write at least {LEAST_WORDS}"
                yield file.problem(path, message)
            for word in sorted({word for word in words if words.count(word) > 1}):
                yield file.problem(path, f"words.{language} has {word!r} twice; take one out")


RULES = (
    ids_are_kebab_case,
    ids_are_unique,
    files_are_named_after_their_entry,
    facts_are_named_after_their_entry,
    references_resolve,
    texts_are_not_empty,
    entries_have_everyday_words,
)
