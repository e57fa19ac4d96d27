"""Statements: whatever a page says of law or fact shows its source or how sure it is, or is marked as ours.

Guidance of ours, and what the site says of itself, states no law. It is marked, so that the choice is seen:
`{# ours #}` at the head of a paragraph, item or row, or on a line of its own for the rest of its section;
`statements: ours` in the head of a page; `# ours` behind a text of a list, or `# ours: why` at the head of
a file. A mark that is no longer needed is told too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from build_scripts.lint.corpus import Corpus, File, Problem, walk
from build_scripts.lint.prose import page_file
from build_scripts.lint.toml_lines import TomlPath, nearest_line
from build_scripts.wording import TEMPLATES
from decision_tree.model import LANGUAGES

_SOURCED = re.compile(r"\{\{ *(?:cite|cite_document|citation|quote|status)\(")
_MARK = "{# ours #}"
_PAGE_MARK = re.compile(r"^statements: ours$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\([^)]*\)|<a\b.*?</a>")
_NOT_TEXT = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<[^>]*>|[\W\d_]")
_HEADING = re.compile(r"^<h[1-6]\b|<t(?:head|r)\b.*<th scope=\"col\"")
_RULER = re.compile(r"\|[-|: ]+\|")

#: The keys of a list that say where a text comes from, or how sure it is.
_SOURCES = {"source", "sources", "status", "document", "line", "lines"}
#: Texts that ask, greet or point to a page, by the file and the key they stand under.
_POINTERS = {
    "templates/questions.toml": {"ask", "confirm"},
    "templates/roles.toml": {"ask", "who", "look"},
}
_FILE_MARK = re.compile(r"(?:#[^\n]*\n)*# ours: \S")
_TEXT_MARK = re.compile(r"# ours\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many statements the prose and the lists of the pages make, by what stands behind them."""

    sourced: int
    ours: int
    without: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    """A statement: where a problem with it is told, whether it has a source, whether it is ours."""

    where: Problem
    sourced: bool
    ours: bool


def statements_have_sources(corpus: Corpus) -> Iterator[Problem]:
    """Each paragraph, item, row and text of a list has a source or a status, or is marked as ours."""
    for statement in _statements(corpus):
        if not statement.sourced and not statement.ours:
            yield statement.where


def marks_are_needed(corpus: Corpus) -> Iterator[Problem]:
    """A mark as ours stands only where something has no source."""
    for name, lines in _prose(corpus):
        found = list(_of_page(name, lines))
        bare = {one.where.line for one in found if not one.sourced}
        if _PAGE_MARK.search(_head(lines)) and not bare:
            yield _problem(name, 1, "every statement has a source; take `statements: ours` out")
        for number, line in enumerate(lines, 1):
            if line.strip() == _MARK:
                end = next(
                    (n for n, one in enumerate(lines[number:], number + 1) if one.startswith("#")),
                    len(lines) + 1,
                )
                if not bare & set(range(number, end)):
                    yield _problem(name, number, f"the section has its sources; take {_MARK} out")
            elif _MARK in line and number not in bare:
                yield _problem(name, number, f"this needs no mark; take {_MARK} out")
    for path in sorted(TEMPLATES.glob("*.toml")):
        text, file = path.read_text("utf-8"), page_file(path.name, path.parent)
        bare = {one.where.line for one in _of_list(file, text) if not one.sourced}
        if _FILE_MARK.match(text) and not bare:
            yield file.problem((), "every text has a source; take `# ours:` out of the head")
        for number, line in enumerate(text.split("\n"), 1):
            if _TEXT_MARK.search(line) and number not in bare:
                message = "this needs no mark; take # ours out"
                yield Problem(file=file.name, line=number, entry=file.entry, message=message)


def tally(corpus: Corpus) -> Tally:
    """The statements of the prose and the lists, counted in Japanese; English has the same."""
    found = [one for one in _statements(corpus) if not one.where.file.startswith("docs/en/")]
    sourced = sum(one.sourced for one in found)
    ours = sum(one.ours and not one.sourced for one in found)
    return Tally(sourced=sourced, ours=ours, without=len(found) - sourced - ours)


def _statements(corpus: Corpus) -> Iterator[_Statement]:
    for name, lines in _prose(corpus):
        yield from _of_page(name, lines)
    for path in sorted(TEMPLATES.glob("*.toml")):
        yield from _of_list(page_file(path.name, path.parent), path.read_text("utf-8"))


def _prose(corpus: Corpus) -> Iterator[tuple[str, list[str]]]:
    """The lines of every page by its name."""
    for language in LANGUAGES:
        for path in sorted((corpus.docs / language).rglob("*.md")):
            name = path.relative_to(corpus.docs).as_posix()
            yield f"docs/{name}", path.read_text("utf-8").split("\n")


def _of_page(name: str, lines: list[str]) -> Iterator[_Statement]:
    head = _head(lines)
    page_is_ours, section_is_ours = bool(_PAGE_MARK.search(head)), False
    sourced = _sourced_lines(lines)
    for number, line in enumerate(lines, 1):
        if number <= head.count("\n") or line.startswith("#"):
            section_is_ours = False
        elif line.strip() == _MARK:
            section_is_ours = True
        elif _says_something(line) and not _RULER.match([*lines, ""][number]):
            message = (
                f"{_plain(line)[:30]!r} has no source; cite one, give a status, "
                f"or mark guidance of ours with {_MARK}"
            )
            yield _Statement(
                where=_problem(name, number, message),
                sourced=number in sourced,
                ours=page_is_ours or section_is_ours or _MARK in line,
            )


def _sourced_lines(lines: list[str]) -> set[int]:
    """The numbers of the lines with a source; pairs of a `dl` belong together and share theirs."""
    found: set[int] = set()
    pairs: list[int] = []
    for number, line in enumerate(lines, 1):
        if "<dl" in line:
            pairs = []
        pairs.append(number)
        if _SOURCED.search(line):
            found.add(number)
        if "</dl>" in line and found & set(pairs):
            found |= set(pairs)
    return found


def _head(lines: list[str]) -> str:
    """The front matter of a page, its marks included."""
    ends = [number for number, line in enumerate(lines) if line == "---"][:2]
    return "\n".join(lines[: ends[1] + 1]) + "\n" if len(ends) == 2 and ends[0] == 0 else ""


def _says_something(line: str) -> bool:
    """Whether a line is more than a link, a heading of columns or an instruction to the template."""
    return bool(_NOT_TEXT.sub("", _LINK.sub("", line))) and not _HEADING.search(line)


def _plain(line: str) -> str:
    return re.sub(r"\{\{.*?\}\}|\{[%#].*?[%#]\}|<[^>]*>|\*\*", "", line).strip(" -|")


def _problem(name: str, line: int, message: str) -> Problem:
    return Problem(file=name, line=line, entry=name.split("/", 2)[2], message=message)


def _of_list(file: File, text: str) -> Iterator[_Statement]:
    """The texts of a list that are sentences or name a source; names and labels state nothing."""
    lines, file_is_ours = text.split("\n"), bool(_FILE_MARK.match(text))
    for path, value in walk(file.raw):
        japanese = value.get("ja") if isinstance(value, dict) else None
        if not isinstance(japanese, str) or path[-1] in _POINTERS.get(file.name, ()):
            continue
        if not japanese.endswith("。") and not _SOURCES & set(value):
            continue
        number = nearest_line(file.lines, (*path, "ja"))
        message = (
            f"{japanese[:30]!r} has no source; give a source or a status, "
            "or mark guidance of ours with # ours"
        )
        yield _Statement(
            where=file.problem((*path, "ja"), message),
            sourced=_has_source(file.raw, path),
            ours=file_is_ours or bool(_TEXT_MARK.search(lines[number - 1])),
        )


def _has_source(raw: Any, path: TomlPath) -> bool:
    """Whether the table at a path, or one around it, names a source or a status."""
    for part in (*path, ""):
        if isinstance(raw, dict) and any(raw.get(key) for key in _SOURCES):
            return True
        if part == "":
            break
        raw = raw[part]
    return False


RULES = (statements_have_sources, marks_are_needed)
