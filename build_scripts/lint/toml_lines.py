"""The line on which each key of a TOML text stands: `tomllib` reads values and forgets their places.

Based on the grammar of TOML 1.0 (toml.io/en/v1.0.0). The text is expected to have passed `tomllib`
already, so that nothing is checked here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

TomlPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_KEY = re.compile(
    r"""[ \t]*(?:"(?P<basic>(?:[^"\\]|\\.)*)"|'(?P<literal>[^']*)'|(?P<bare>[\w-]+))"""
)
_STRING = re.compile(
    r'"{3}(?:[^\\]|\\.)*?"{3,5}|\'{3}.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
_SCALAR = re.compile(r"[^,\]}\n#]+")


def line_map(text: str) -> dict[TomlPath, int]:
    """The line of each key and of each element of an array, counted from 1."""
    return _Reader(text).lines


def nearest_line(lines: Mapping[TomlPath, int], path: TomlPath) -> int:
    """The line of `path`, or of the closest thing around it that is in the text."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[TomlPath, int] = {}
        self.tables: dict[TomlPath, int] = {}
        self._read()

    def _read(self) -> None:
        table: TomlPath = ()
        while self._skip_blank():
            line = self._line()
            if self._eat("[["):
                name = self._located(self._key())
                self._eat("]]")
                self.tables[name] = self.tables.get(name, -1) + 1
                table = (*name, self.tables[name])
                self._mark(table, line)
            elif self._eat("["):
                table = self._located(self._key())
                self._eat("]")
                self._mark(table, line)
            else:
                self._pair(table)

    def _located(self, key: TomlPath) -> TomlPath:
        """`[[fact.options]]` belongs to the last `[[fact]]`."""
        place: TomlPath = ()
        for part in key[:-1]:
            place = (*place, part)
            if place in self.tables:
                place = (*place, self.tables[place])
        return (*place, *key[-1:])

    def _pair(self, table: TomlPath) -> None:
        line = self._line()
        path = (*table, *self._key())
        self._skip_blank()
        self._eat("=")
        self._mark(path, line)
        self._value(path)

    def _key(self) -> TomlPath:
        parts: list[str] = []
        while True:
            self._skip_blank()
            found = _KEY.match(self.text, self.at)
            if not found:
                raise ValueError(f"line {self._line()}: a key was expected")
            self.at = found.end()
            parts.append(next(part for part in found.groups() if part is not None))
            self._skip_blank()
            if not self._eat("."):
                return tuple(parts)

    def _value(self, path: TomlPath) -> None:
        self._skip_blank()
        if self._eat("["):
            number = 0
            while self._skip_blank() and not self._eat("]"):
                self._mark((*path, number), self._line())
                self._value((*path, number))
                number += 1
                self._skip_blank()
                self._eat(",")
        elif self._eat("{"):
            while self._skip_blank() and not self._eat("}"):
                self._pair(path)
                self._skip_blank()
                self._eat(",")
        else:
            found = _STRING.match(self.text, self.at) or _SCALAR.match(self.text, self.at)
            if not found:
                raise ValueError(f"line {self._line()}: a value was expected")
            self.at = found.end()

    def _mark(self, path: TomlPath, line: int) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def _skip_blank(self) -> bool:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at < len(self.text)

    def _eat(self, sign: str) -> bool:
        if self.text.startswith(sign, self.at):
            self.at += len(sign)
            return True
        return False
