"""What the rules look at: the files with the lines of their keys, and problems found there."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from build_scripts.lint.toml_lines import TomlPath, nearest_line
from build_scripts.record import Record
from build_scripts.toolchain import ROOT
from decision_tree.model import Rules

#: The file name of an entry: its number and its id.
ENTRY = re.compile(r"(\d\d)-([a-z0-9]+(?:-[a-z0-9]+)*)\.toml")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """What is wrong, where, and what to do."""

    file: str
    line: int
    entry: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.entry}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A data file as read, with the lines of its keys."""

    name: str
    raw: dict[str, Any]
    lines: Mapping[TomlPath, int]

    @property
    def entry(self) -> str:
        return str(self.raw.get("id") or self.name.removesuffix(".toml"))

    def problem(self, path: TomlPath, message: str) -> Problem:
        """A problem at the line of `path`."""
        line = nearest_line(self.lines, path)
        return Problem(file=self.name, line=line, entry=self.entry, message=message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """All data files whose shape is right, the prose, the sources at hand, and the record of them.

    `rules` is what the engine makes of the files; None if it cannot.
    """

    files: Mapping[str, File]
    rules: Rules | None
    docs: Path
    sources: Mapping[str, list[str]]
    record: Mapping[str, Record]

    def line(self, document: str, line: int) -> str | None:
        """A line of a document at hand, else as it was recorded; None if neither has it."""
        lines = self.sources.get(document)
        if lines is not None:
            return lines[line - 1] if 1 <= line <= len(lines) else None
        recorded = self.record.get(document)
        return recorded.text.get(line) if recorded else None

    @property
    def entries(self) -> list[File]:
        return [file for name, file in sorted(self.files.items()) if ENTRY.fullmatch(name)]

    def table(self, name: str, key: str) -> list[tuple[File, TomlPath, dict[str, Any]]]:
        """The tables `[[key]]` of a file, with their paths; empty if the file is left out."""
        file = self.files.get(name)
        tables = file.raw.get(key, []) if file else []
        return [(file, (key, n), raw) for n, raw in enumerate(tables) if file]

    def facts(self) -> Iterator[tuple[File, TomlPath, dict[str, Any]]]:
        """Every fact of the data with its place."""
        for file in self.entries:
            yield from ((file, ("fact", n), raw) for n, raw in enumerate(file.raw["fact"]))
        yield from self.table("transaction.toml", "fact")
        if stages := self.files.get("stages.toml"):
            yield stages, (), stages.raw

    def trees(self) -> Iterator[tuple[File, TomlPath, dict[str, Any]]]:
        """Every criteria tree with its place."""
        for file in self.entries:
            yield file, ("criteria",), file.raw["criteria"]
        for file, path, gate in self.table("transaction.toml", "gate"):
            for key in ("covered_when", "excluded_when"):
                if key in gate:
                    yield file, (*path, key), gate[key]

    def options(self, fact: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The options of a fact, a shared list resolved."""
        shared = fact.get("options_from")
        lists = self.table("activities.toml", "activity")
        own: list[dict[str, Any]] = fact.get("options", [])
        return own or next((raw["options"] for _, _, raw in lists if raw["id"] == shared), [])

    def facts_for(self, file: File) -> dict[str, dict[str, Any]]:
        """The facts that a tree of this file may test."""
        return {raw["id"]: raw for where, _, raw in self.facts() if where.name == file.name}


def recorded(files: Mapping[str, File]) -> dict[str, list[str]]:
    """The lines of each recorded document that is at hand, by id."""
    folder = Path(os.environ.get("SOURCES") or ROOT.parent / "shared" / "sources")
    documents = files["sources.toml"].raw["document"] if "sources.toml" in files else []
    return {
        document["id"]: (folder / document["file"]).read_text("utf-8").split("\n")
        for document in documents
        if "file" in document and (folder / document["file"]).is_file()
    }


def walk(value: Any, path: TomlPath = ()) -> Iterator[tuple[TomlPath, Any]]:
    """Every value of a table with its path, from the outside in."""
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from walk(inner, (*path, number))


def nodes(tree: dict[str, Any], path: TomlPath) -> Iterator[tuple[TomlPath, dict[str, Any]]]:
    """Every node of a criteria tree with its path, parents first."""
    yield path, tree
    for key in ("all", "any"):
        for number, branch in enumerate(tree.get(key, [])):
            yield from nodes(branch, (*path, key, number))


def unknown(kind: str, value: str, known: set[str]) -> str:
    """That an id does not exist, with the nearest one that does."""
    close = difflib.get_close_matches(value, sorted(known), n=1)
    hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(sorted(known))}"
    return f"{kind} {value!r} does not exist; {hint}"
