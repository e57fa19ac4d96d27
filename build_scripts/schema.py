"""Pydantic over the engine's own dataclasses: the one schema, read strictly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import Field, fields, is_dataclass
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter, create_model


def adapter(kind: type) -> TypeAdapter[Any]:
    """The adapter of a dataclass: its JSON Schema, and its objects as JSON."""
    for dataclass in _dataclasses(kind, set()):
        _resolve_types(dataclass)
    return TypeAdapter(kind)


def strict_model(kind: Any) -> type[BaseModel]:
    """A model whose only field `content` is read strictly as `kind`; unknown keys are refused.

    Plain dataclasses take the configuration of the model around them, nothing else can carry it.
    """
    for dataclass in _dataclasses(kind, set()):
        _resolve_types(dataclass)
    return create_model(
        "File",
        __config__=ConfigDict(extra="forbid", strict=True),
        content=(kind, ...),
    )


def _resolve_types(kind: type) -> None:
    # Pydantic looks a type's name up in the class first, where `date` is the field, not the type.
    hints = get_type_hints(kind)
    field: Field[Any]
    for field in fields(kind):
        field.type = hints[field.name]


def _dataclasses(kind: Any, seen: set[Any]) -> Iterator[type]:
    if is_dataclass(kind) and isinstance(kind, type) and kind not in seen:
        seen.add(kind)
        yield kind
        for hint in get_type_hints(kind).values():
            yield from _dataclasses(hint, seen)
    for part in get_args(kind):
        yield from _dataclasses(part, seen)
