"""Shape: every file is read strictly as the engine's own dataclass."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel, ValidationError

from build_scripts.lint.corpus import ENTRY, File, Problem, walk
from build_scripts.lint.toml_lines import TomlPath, line_map
from build_scripts.schema import strict_model
from decision_tree.model import (
    LANGUAGES,
    Activity,
    Division,
    Document,
    Fact,
    GroundText,
    Outcome,
    Regime,
    Scheme,
    Technology,
    Transaction,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Divisions:
    """`divisions.toml`."""

    division: tuple[Division, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """`sources.toml`."""

    document: tuple[Document, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """`outcomes.toml`."""

    outcome: tuple[Outcome, ...]
    ground: tuple[GroundText, ...]
    regime: tuple[Regime, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activities:
    """`activities.toml`."""

    activity: tuple[Activity, ...]


SHAPES: dict[str, type] = {
    "scheme.toml": Scheme,
    "transaction.toml": Transaction,
    "stages.toml": Fact,
    "divisions.toml": Divisions,
    "sources.toml": Sources,
    "outcomes.toml": Outcomes,
    "activities.toml": Activities,
}


def read(folder: Path) -> tuple[dict[str, File], list[Problem]]:
    """The files of a folder whose shape is right, and what is wrong with the others."""
    files: dict[str, File] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.toml")):
        text = path.read_text("utf-8")
        try:
            raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"at line (\d+)", str(error))
            line = int(found[1]) if found else text.count("\n") + 1
            where = Problem(file=path.name, line=line, entry=path.stem, message=f"no TOML: {error}")
            problems.append(where)
            continue
        file = File(name=path.name, raw=raw, lines=line_map(text))
        wrong = list(_shape(file))
        problems += wrong
        if not wrong:
            files[path.name] = file
    problems += [
        Problem(file=name, line=1, entry=name.removesuffix(".toml"), message="this file is missing")
        for name in sorted(SHAPES)
        if not (folder / name).is_file()
    ]
    return files, problems


def _shape(file: File) -> Iterator[Problem]:
    kind = Technology if ENTRY.fullmatch(file.name) else SHAPES.get(file.name)
    if kind is None:
        known = ", ".join(sorted(SHAPES))
        yield file.problem((), f"unknown file: name it NN-<id>.toml, or one of {known}")
        return
    try:
        content = json.dumps({"content": file.raw}, default=date.isoformat)
        _model(kind).model_validate_json(content)
    except ValidationError as error:
        for found in error.errors():
            path = tuple(part for part in found["loc"][1:])
            yield file.problem(path, _in_words(found["type"], found["msg"], path, kind))
    yield from _dates(file)


@cache
def _model(kind: type) -> type[BaseModel]:
    return strict_model(kind)


def _in_words(kind: str, message: str, path: TomlPath, shape: type) -> str:
    name = ".".join(str(part) for part in path if isinstance(part, str))
    if kind == "missing":
        if path[-1] in LANGUAGES:
            return f"{name} is missing; every text needs ja and en"
        return f"{name} is missing; add it"
    if kind == "unexpected_keyword_argument":
        close = difflib.get_close_matches(str(path[-1]), _field_names(shape), n=1)
        hint = f"; did you mean {close[0]}?" if close else "; take it out"
        return f"{name} is not a field of the schema{hint}"
    return f"{name}: {message[0].lower()}{message[1:]}"


def _field_names(shape: Any) -> set[str]:
    names: set[str] = set()
    for kind in _parts(shape, set()):
        names |= {field.name for field in fields(kind)}
    return names


def _parts(shape: Any, seen: set[Any]) -> Iterator[Any]:
    if is_dataclass(shape) and shape not in seen:
        seen.add(shape)
        yield shape
        for hint in get_type_hints(shape).values():
            yield from _parts(hint, seen)
    for part in get_args(shape):
        yield from _parts(part, seen)


def _dates(file: File) -> Iterator[Problem]:
    """JSON knows no dates: a date must be one in TOML too, and a document's date must be text."""
    for path, value in walk(file.raw):
        wanted = date if path[-1] in {"listed", "begins"} or path[:1] == ("version",) else str
        if path[-1] in {"listed", "begins", "date"} and not isinstance(value, wanted):
            form = "2025-11-14 without quotation marks" if wanted is date else '"2025-11" in them'
            yield file.problem(path, f"{path[-1]}: write {form}")
