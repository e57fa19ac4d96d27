"""From the data files to one immutable `Rules` object.

In a checkout the TOML files of `data/` are read and checked; in the browser the object itself comes as
the build made it (`rules.pickle` beside this module), so nothing is parsed or checked twice.
"""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
import re
import types
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from decision_tree.model import Fact, Rules
from decision_tree.packed import read_packed

FOLDER = Path(__file__).parent / "data"
#: A pickle, of an object that `load` gave.
BUILT = Path(__file__).parent / "rules.pickle"
_ENTRY = re.compile(r"\d\d-[a-z-]+\.toml")

Raw = dict[str, Any]


class CorpusError(ValueError):
    """A data file that does not have the shape of the schema; the message says where."""


def load(folder: Path | None = None) -> Rules:
    """The rules in `folder`, or those of this package.

    Raises CorpusError if a file is missing or does not fit `model.py`.
    """
    built = None if folder else read_packed(BUILT)
    if built is not None:
        rules: Rules = pickle.loads(built)  # noqa: S301 (ours, from where our modules are)
        return rules
    return from_tables(tables(folder or FOLDER), rules_sha256(folder or FOLDER))


def tables(folder: Path = FOLDER) -> Raw:
    """The data files as plain tables, entries in list order, dates as ISO text."""
    import tomllib  # the browser never needs it

    files = {path.name: path for path in sorted(folder.glob("*.toml"))}
    read: Raw = {}
    for name, path in files.items():
        try:
            read[name] = _dates_as_text(tomllib.loads(path.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise CorpusError(f"{name}: {error}") from error
    entries = [table for name, table in read.items() if _ENTRY.fullmatch(name)]
    try:
        return {
            "scheme": read["scheme.toml"],
            "activities": read["activities.toml"]["activity"],
            "technologies": sorted(entries, key=lambda entry: int(entry.get("number", 0))),
            "transaction": read["transaction.toml"],
            "stage": read["stages.toml"],
            "divisions": read["divisions.toml"]["division"],
            "outcomes": read["outcomes.toml"]["outcome"],
            "grounds": read["outcomes.toml"]["ground"],
            "regimes": read["outcomes.toml"]["regime"],
            "documents": read["sources.toml"]["document"],
        }
    except KeyError as error:
        raise CorpusError(f"{folder.name}: {error.args[0]} is missing") from error


@cache
def engine_sha256() -> str:
    """SHA-256 over name and content of the engine's source files, in order of name."""
    return _sha256(sorted(Path(__file__).parent.glob("*.py")))


def rules_sha256(folder: Path = FOLDER) -> str:
    """SHA-256 over name and content of the data files, in order of name."""
    return _sha256(sorted(folder.glob("*.toml")))


def _sha256(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def from_tables(raw: Raw, sha256: str) -> Rules:
    """The rules in plain tables whose files have this hash; CorpusError if they do not fit."""
    activities = {
        table["id"]: table["options"] for table in raw["activities"] if "options" in table
    }
    stage = raw["stage"]
    built: Rules = _build(
        Rules,
        {
            "scheme": raw["scheme"],
            "technologies": [_with_options(entry, activities) for entry in raw["technologies"]],
            "transaction": raw["transaction"],
            "stage": stage,
            "divisions": raw["divisions"],
            "outcomes": raw["outcomes"],
            "grounds": raw["grounds"],
            "regimes": raw["regimes"],
            "documents": raw["documents"],
            "engine_sha256": engine_sha256(),
            "rules_sha256": sha256,
        },
        "rules",
    )
    return built


def _with_options(entry: Raw, activities: Mapping[str, Any]) -> Raw:
    """The entry with shared lists of options written out at its facts."""
    facts = []
    for fact in entry.get("fact", []):
        name = fact.get("options_from")
        if name is not None and name not in activities:
            raise CorpusError(f"{entry.get('id')}: options_from: no list named {name!r}")
        facts.append(fact if name is None else {**fact, "options": activities[name]})
    return {**entry, "fact": facts}


def _dates_as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _dates_as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


@cache
def _schema(kind: type) -> dict[str, tuple[Any, bool]]:
    """Field name -> (type, required) of a dataclass."""
    hints = get_type_hints(kind)
    return {
        field.name: (hints[field.name], field.default is dataclasses.MISSING)
        for field in dataclasses.fields(kind)
    }


def _build(kind: Any, raw: Any, place: str) -> Any:
    """`raw` as an instance of `kind`, a dataclass or a type used in one; strict."""
    origin = get_origin(kind)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        if not isinstance(raw, dict):
            raise CorpusError(f"{place}: a table is wanted, not {raw!r}")
        schema = _schema(kind)
        if unknown := sorted(set(raw) - set(schema)):
            raise CorpusError(f"{place}: unknown key {unknown[0]!r}")
        if missing := [name for name, (_, wanted) in schema.items() if wanted and name not in raw]:
            raise CorpusError(f"{place}: {missing[0]} is missing")
        return kind(
            **{key: _build(schema[key][0], item, f"{place}.{key}") for key, item in raw.items()}
        )
    if origin is tuple:
        if not isinstance(raw, list):
            raise CorpusError(f"{place}: a list is wanted, not {raw!r}")
        inner = get_args(kind)[0]
        return tuple(
            _build(inner, item, f"{place}[{_name_of(item, index)}]")
            for index, item in enumerate(raw)
        )
    if origin in (Union, types.UnionType):
        if raw is None:
            return None
        return _build(next(a for a in get_args(kind) if a is not type(None)), raw, place)
    if origin is Literal:
        if raw not in get_args(kind):
            raise CorpusError(f"{place}: {raw!r} is not one of {', '.join(get_args(kind))}")
        return raw
    if kind is date:
        try:
            return date.fromisoformat(raw)
        except (TypeError, ValueError):
            raise CorpusError(f"{place}: a date is wanted, not {raw!r}") from None
    if type(raw) is not kind:
        raise CorpusError(f"{place}: {kind.__name__} is wanted, not {raw!r}")
    return raw


def _name_of(item: Any, index: int) -> str:
    name = item.get("id") if isinstance(item, dict) else None
    return str(name) if name else str(index)


def facts_of(rules: Rules, technology: str | None) -> tuple[Fact, ...]:
    """Every fact that a line about `technology` may answer, in authored order."""
    entry = next((entry for entry in rules.technologies if entry.id == technology), None)
    return (*(entry.fact if entry else ()), *rules.transaction.fact, rules.stage)
