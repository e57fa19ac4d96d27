"""WebAssembly modules as bytes: which functions call which, which of them run, and a module without the rest.

Source: WebAssembly Core Specification 3.0, chapter 5 (binary format).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

#: The name under which a module of `counted` exports the memory with a byte for each function.
COVERED = "covered"

_MAGIC = b"\0asm\1\0\0\0"
_IMPORT, _MEMORY, _EXPORT, _CODE = 2, 5, 7, 10
_FUNCTION, _TABLE, _OF_MEMORY, _GLOBAL, _TAG = range(5)
#: A body without locals that stops the program: `unreachable`, `end`.
_TRAP = b"\0\0\x0b"
_PAGE = 65_536

# How many numbers in LEB128 follow an instruction; those with something else are named below.
_CALL, _REFERENCE = 0x10, 0xD2
_NUMBERS = {
    **dict.fromkeys((0, 1, 5, 0x0A, 0x0B, 0x0F, 0x19, 0x1A, 0x1B, *range(0x45, 0xC5), 0xD1), 0),
    **dict.fromkeys((*range(2, 5), *range(6, 0x0A), 0x0C, 0x0D, 0x18, *range(0x20, 0x27)), 1),
    **dict.fromkeys((0x3F, 0x40, 0x41, 0x42, 0xD0), 1),
    **dict.fromkeys((0x11, 0x13, *range(0x28, 0x3F)), 2),
}
_CONSTANTS = {0x43: 4, 0x44: 8}
_BRANCH_TABLE, _TYPED_SELECT, _TRY_TABLE, _EXTENDED = 0x0E, 0x1C, 0x1F, 0xFC
# Of the extended instructions: conversions have none, copies have two, the rest has one.
_EXTENDED_NUMBERS = {**dict.fromkeys(range(8), 0), **dict.fromkeys((8, 10, 12, 14), 2)} | {
    **dict.fromkeys((9, 11, 13, 15, 16, 17), 1)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One export: its name, whether it is a function or a global, and its number among those."""

    name: str
    kind: int
    number: int


@dataclass(frozen=True)
class Module:
    """A module that defines one memory. Its own functions are numbered from 0, after all imported ones."""

    content: bytes

    @cached_property
    def sections(self) -> list[tuple[int, bytes]]:
        """Id and content of each section, in order.

        Raises:
            ValueError: this is no module of version 1.
        """
        if not self.content.startswith(_MAGIC):
            raise ValueError("no WebAssembly module of version 1")
        place, found = len(_MAGIC), []
        while place < len(self.content):
            kind = self.content[place]
            size, place = _number(self.content, place + 1)
            found.append((kind, self.content[place : place + size]))
            place += size
        return found

    @cached_property
    def bodies(self) -> list[bytes]:
        """Locals and instructions of each function."""
        return list(_bodies(self._section(_CODE)))

    @cached_property
    def imports(self) -> list[tuple[str, str, int]]:
        """Group, name and kind of each import."""
        return list(_imports(self._section(_IMPORT)))

    @cached_property
    def imported(self) -> int:
        """How many functions are imported."""
        return sum(kind == _FUNCTION for *_, kind in self.imports)

    @cached_property
    def exports(self) -> list[Export]:
        """All exports, in order."""
        return list(_exports(self._section(_EXPORT)))

    @property
    def functions(self) -> dict[str, int]:
        """Name and number of each function of this module's own that is exported."""
        return {
            one.name: one.number - self.imported
            for one in self.exports
            if one.kind == _FUNCTION and one.number >= self.imported
        }

    def reached(self, roots: Collection[int]) -> set[int]:
        """These functions, and all that they call by name, and so on.

        Raises:
            ValueError: an instruction that is not known here.
        """
        found, left = set(roots), list(roots)
        while left:
            called = {number - self.imported for number in _called(self.bodies[left.pop()])}
            fresh = {number for number in called if number >= 0} - found
            found |= fresh
            left += fresh
        return found

    def counted(self) -> bytes:
        """A module that does the same, and in a second memory sets a byte for each function that runs.

        Raises:
            ValueError: the module has not one memory.
        """
        size = -(-len(self.bodies) // _PAGE)
        number, memories = _content(self._section(_MEMORY))
        if number != 1:
            raise ValueError(f"a module with {number} memories")
        exports = [*self.exports, Export(name=COVERED, kind=_OF_MEMORY, number=1)]
        # i32.const 0, i32.const 1, i32.store8 into memory 1 at the number of the function.
        bodies = [
            b"".join((body[:start], b"\x41\0\x41\1\x3a\x40\1", _leb128(number), body[start:]))
            for number, body in enumerate(self.bodies)
            for start in (_instructions(body),)
        ]
        return self._with(
            {
                _MEMORY: _leb128(2) + memories + b"\0" + _leb128(size),
                _EXPORT: _vector(map(_exported, exports)),
                _CODE: _vector(map(_sized, bodies)),
            }
        )

    def cut(self, functions: Collection[int], exports: Collection[str]) -> bytes:
        """A module with these functions as they are; each other one stops the program when it is called.

        Numbers, tables and data stay. Of functions and globals only those named are exported.
        """
        kept = [
            one
            for one in self.exports
            if one.kind not in (_FUNCTION, _GLOBAL) or one.name in exports
        ]
        bodies = (body if number in functions else _TRAP for number, body in enumerate(self.bodies))
        return self._with(
            {_EXPORT: _vector(map(_exported, kept)), _CODE: _vector(map(_sized, bodies))}
        )

    def _section(self, wanted: int) -> bytes:
        return next((content for kind, content in self.sections if kind == wanted), b"\0")

    def _with(self, changed: dict[int, bytes]) -> bytes:
        return _MAGIC + b"".join(
            bytes([kind]) + _sized(changed.get(kind, content)) for kind, content in self.sections
        )


def _called(body: bytes) -> Iterator[int]:
    """The functions that a body calls, or hands on, by their number."""
    place = _instructions(body)
    while place < len(body):
        code = body[place]
        place += 1
        if code in (_CALL, _REFERENCE):
            number, place = _number(body, place)
            yield number
            continue
        numbers = _NUMBERS.get(code)
        if numbers is None:
            numbers, place = _irregular(body, code, place)
        for _ in range(numbers):
            place = _past(body, place)


def _irregular(body: bytes, code: int, place: int) -> tuple[int, int]:
    """How many numbers follow an instruction of a shape of its own, and where they begin."""
    if code in _CONSTANTS:
        return 0, place + _CONSTANTS[code]
    if code == _EXTENDED:
        kind, place = _number(body, place)
        if kind in _EXTENDED_NUMBERS:
            return _EXTENDED_NUMBERS[kind], place
    elif code in (_BRANCH_TABLE, _TYPED_SELECT):
        length, place = _number(body, place)
        return length + (code == _BRANCH_TABLE), place
    elif code == _TRY_TABLE:
        length, place = _number(body, _past(body, place))
        for _ in range(length):
            # The two that catch one tag name it.
            catches = body[place] < 2
            place = _past(body, _past(body, place + 1)) if catches else _past(body, place + 1)
        return 0, place
    raise ValueError(f"an instruction that is not known here: {code:#x}, before byte {place}")


def _instructions(body: bytes) -> int:
    """Where the locals of a body end."""
    groups, place = _number(body, 0)
    for _ in range(groups):
        # How many, and the byte of their type.
        place = _past(body, place) + 1
    return place


def _imports(section: bytes) -> Iterator[tuple[str, str, int]]:
    count, place = _number(section, 0)
    for _ in range(count):
        group, place = _name(section, place)
        name, place = _name(section, place)
        kind = section[place]
        place += 1
        if kind == _FUNCTION:
            place = _past(section, place)
        elif kind == _GLOBAL:
            place += 2
        elif kind == _TAG:
            place = _past(section, place + 1)
        else:
            # A table has a type before its limits; limits have one number or two.
            place += kind == _TABLE
            bounded = section[place] & 1
            place = _past(section, place + 1)
            place = _past(section, place) if bounded else place
        yield group, name, kind


def _exports(section: bytes) -> Iterator[Export]:
    count, place = _number(section, 0)
    for _ in range(count):
        name, place = _name(section, place)
        kind = section[place]
        number, place = _number(section, place + 1)
        yield Export(name=name, kind=kind, number=number)


def _bodies(section: bytes) -> Iterator[bytes]:
    count, place = _number(section, 0)
    for _ in range(count):
        size, place = _number(section, place)
        yield section[place : place + size]
        place += size


def _exported(one: Export) -> bytes:
    return _sized(one.name.encode()) + bytes([one.kind]) + _leb128(one.number)


def _content(section: bytes) -> tuple[int, bytes]:
    """The length of a vector, and what it holds."""
    length, place = _number(section, 0)
    return length, section[place:]


def _vector(parts: Iterator[bytes]) -> bytes:
    made = list(parts)
    return _leb128(len(made)) + b"".join(made)


def _sized(content: bytes) -> bytes:
    return _leb128(len(content)) + content


def _name(content: bytes, place: int) -> tuple[str, int]:
    size, place = _number(content, place)
    return content[place : place + size].decode(), place + size


def _number(content: bytes, place: int) -> tuple[int, int]:
    """An unsigned number in LEB128, and where it ends."""
    number = shift = 0
    while True:
        byte = content[place]
        place += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number, place


def _past(content: bytes, place: int) -> int:
    """Where the number that begins here ends."""
    while content[place] > 127:
        place += 1
    return place + 1


def _leb128(number: int) -> bytes:
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    made.append(number)
    return bytes(made)
