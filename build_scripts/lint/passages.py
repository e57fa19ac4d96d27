"""The texts of the site in both languages, each with its place: pairs of the data, lines of the prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from build_scripts.lint.corpus import Corpus, File, Problem, walk
from build_scripts.lint.prose import page_file
from build_scripts.lint.toml_lines import TomlPath, nearest_line
from build_scripts.toolchain import ROOT
from build_scripts.wording import TEMPLATES
from decision_tree.model import LANGUAGES, Language

#: Tables of the data whose Japanese is a source's own, misprints included.
_QUOTED = {"definition", "criteria", "covered_when", "excluded_when", "erratum", "quote"}
_QUOTED_FILES = {"templates/quotes.toml"}

_CODE = re.compile(r"`[^`]*`")
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_ANCHOR = re.compile(r"\{:? *[#.][^}]*\}")
_BLOCK = re.compile(r"</a>\s+(?=<a\b)|</?(?:br|d[dlt]|div|li|ol|p|t[dhr]|ul)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_KINDS = (
    ("heading", re.compile(r"#{1,6} ")),
    ("item", re.compile(r"\s*[-*+] |\s*<li\b")),
    ("step", re.compile(r"\s*\d+\. ")),
    ("row", re.compile(r"\s*(?:\||<t[rhd]\b)")),
    ("term", re.compile(r"\s*(?:: |<d[td]\b)")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text of one language and its place; `kind` is what it is on the page, `own` not a quotation."""

    file: str
    line: int
    entry: str
    language: Language
    kind: str
    text: str
    own: bool = True

    def problem(self, message: str) -> Problem:
        """A problem of this text."""
        return Problem(file=self.file, line=self.line, entry=self.entry, message=message)


#: The corpus that was read last, with its texts: many rules look at them one after the other.
_last: list[tuple[Corpus, tuple[tuple[Passage, Passage], ...]]] = []


def passages(corpus: Corpus) -> tuple[tuple[Passage, Passage], ...]:
    """Every text with its twin, Japanese first; `parity` tells of pages whose blocks have none."""
    if not _last or _last[0][0] is not corpus:
        _last[:] = [(corpus, tuple(_passages(corpus)))]
    return _last[0][1]


def _passages(corpus: Corpus) -> Iterator[tuple[Passage, Passage]]:
    for file in _files(corpus):
        yield from _pairs(file)
    for japanese, english in pages(corpus):
        if [one.kind for one in japanese] == [other.kind for other in english]:
            yield from zip(japanese, english, strict=True)


def pages(corpus: Corpus) -> Iterator[tuple[list[Passage], list[Passage]]]:
    """The texts of each page of prose, line by line, in both languages."""
    for path in sorted((corpus.docs / "ja").rglob("*.md")):
        name = path.relative_to(corpus.docs / "ja").as_posix()
        if (corpus.docs / "en" / name).is_file():
            japanese, english = (list(_lines(corpus, language, name)) for language in LANGUAGES)
            yield japanese, english


def _files(corpus: Corpus) -> Iterator[File]:
    yield from corpus.files.values()
    for path in sorted([*TEMPLATES.glob("*.toml"), *(ROOT / "decision_tree/view").glob("*.toml")]):
        yield page_file(path.name, path.parent)


def _pairs(file: File) -> Iterator[tuple[Passage, Passage]]:
    for path, value in walk(file.raw):
        if isinstance(value, dict) and all(isinstance(value.get(one), str) for one in LANGUAGES):
            quoted = bool(_QUOTED & set(path)) or file.name in _QUOTED_FILES
            one, other = (
                Passage(
                    file=file.name,
                    line=nearest_line(file.lines, (*path, language)),
                    entry=file.entry,
                    language=language,
                    kind=_name(path),
                    text=value[language],
                    own=not quoted,
                )
                for language in LANGUAGES
            )
            yield one, other


def _name(path: TomlPath) -> str:
    return ".".join(str(part) for part in path)


def _lines(corpus: Corpus, language: Language, name: str) -> Iterator[Passage]:
    text = (corpus.docs / language / name).read_text("utf-8")
    head, fenced, quoted = 0, False, False
    for number, line in enumerate(text.split("\n"), 1):
        if line == "---" and head < 2:
            head += 1
            continue
        if line.startswith("```"):
            fenced = not fenced
        quoted = quoted or "<blockquote" in line
        own = not quoted
        quoted = quoted and "</blockquote" not in line
        plain = _plain(line.partition(": ")[2] if head == 1 else line)
        if fenced or not plain:
            continue
        kind = line.partition(":")[0] if head == 1 else _kind(line)
        yield Passage(
            file=f"docs/{language}/{name}",
            line=number,
            entry=name,
            language=language,
            kind=kind,
            text=plain,
            own=own,
        )


def _plain(line: str) -> str:
    """What a visitor reads of a line, with an ellipsis for what a template fills in."""
    line = _TEMPLATE.sub("…", line)
    line = _TAG.sub("", _BLOCK.sub("\n", _ANCHOR.sub("", _LINK.sub(r"\1", _CODE.sub("…", line)))))
    line = re.sub(r"^\s*(?:#{1,6}|[-*+]|\d+\.|\||:) ", "", line).replace("**", "")
    return "" if re.fullmatch(r"[\s…|:-]*", line) else re.sub(r"[^\S\n]+", " ", line).strip()


def _kind(line: str) -> str:
    return next((kind for kind, pattern in _KINDS if pattern.match(line)), "text")
