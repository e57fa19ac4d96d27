"""The record of the sources: what each line of them was when the quotations were taken from it.

`sources.lock.toml` holds the SHA-256 of every line of every recorded document, and the text of the lines
that are quoted or divided on the page of coverage. So a quotation is compared with its line even where
the documents themselves are not at hand. `python -m build_scripts record` writes it from the documents.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

LOCK = Path(__file__).parent / "sources.lock.toml"

_HEAD = """\
# Written by `python -m build_scripts record` from the recorded documents; not to be edited by hand.
# `lines` has the SHA-256 of each line from the first on, `text` the lines that are quoted or accounted for.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One document: its SHA-256, that of each line, and the text of the lines that matter."""

    document: str
    sha256: str
    lines: tuple[str, ...]
    text: Mapping[int, str]

    def changed_lines(self, lines: Iterable[str]) -> list[int]:
        """The numbers of the lines that are no longer those recorded."""
        found = [sha256(line) for line in lines]
        pairs = [
            number
            for number, (now, then) in enumerate(zip(found, self.lines, strict=False), 1)
            if now != then
        ]
        shorter, longer = sorted((len(found), len(self.lines)))
        return [*pairs, *range(shorter + 1, longer + 1)]

    def misread_lines(self) -> list[int]:
        """The numbers of the texts that do not have the SHA-256 of their line."""
        return [
            number
            for number, text in self.text.items()
            if not 1 <= number <= len(self.lines) or sha256(text) != self.lines[number - 1]
        ]


def sha256(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_record(path: Path = LOCK) -> dict[str, Record]:
    """The records by document; empty if nothing was recorded yet."""
    if not path.is_file():
        return {}
    return {
        raw["id"]: Record(
            document=raw["id"],
            sha256=raw["sha256"],
            lines=tuple(raw["lines"]),
            text={int(number): text for number, text in raw["text"].items()},
        )
        for raw in tomllib.loads(path.read_text("utf-8")).get("document", [])
    }


def record_of(document: str, lines: list[str], wanted: Iterable[int]) -> Record:
    """The record of a document with the text of the wanted lines."""
    return Record(
        document=document,
        sha256=sha256("\n".join(lines)),
        lines=tuple(sha256(line) for line in lines),
        text={number: lines[number - 1] for number in sorted(set(wanted))},
    )


def write_record(records: Iterable[Record], path: Path = LOCK) -> None:
    """Write the records, byte for byte the same for the same documents and quotations."""
    blocks = [_HEAD]
    for record in records:
        hashes = "\n".join(f'  "{line}",' for line in record.lines)
        blocks.append(
            f'[[document]]\nid = "{record.document}"\nsha256 = "{record.sha256}"\n'
            f"lines = [\n{hashes}\n]\n\n[document.text]\n"
            + "".join(f"{number} = {_quoted(text)}\n" for number, text in record.text.items())
        )
    path.write_text("\n".join(blocks), encoding="utf-8", newline="\n")


def _quoted(text: str) -> str:
    """A TOML basic string; for one line its escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)
