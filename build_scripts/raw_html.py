"""Blocks of HTML pass Markdown as they are: reading them tag by tag is most of what MkDocs does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

_START = re.compile(
    r"^<(article|aside|details|div|dl|figure|form|nav|ol|p|section|table|ul)\b", re.MULTILINE
)
#: What MkDocs finds it by.
NAME = f"{__name__}:RawHtml"
# Markdown reads raw HTML at 20, MkDocs its ids at 21.
_BEFORE_BOTH = 25


class RawHtml(Extension):
    """Puts every element aside that is a block of its own and holds no Markdown."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the name is Markdown's)
        """Take part in the reading of a page."""
        md.preprocessors.register(_PutAside(md), "raw_html_aside", _BEFORE_BOTH)


class _PutAside(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        text, parts, at = "\n".join(lines), [], 0
        for start, end in _elements(text):
            # Markdown keeps the first of blank lines with the element.
            blank = "\n" if text.startswith("\n\n", end) else ""
            kept = self.md.htmlStash.store(text[start:end] + blank)
            parts += [text[at:start], "\n", kept, "\n\n"]
            at = end
        return "".join([*parts, text[at:]]).split("\n")


def _elements(text: str) -> Iterator[tuple[int, int]]:
    """Where the outermost elements begin and end: after a blank line or each other, with a line."""
    last = at = 0
    while start := _START.search(text, at):
        begin, end = start.start(), _end(text, start)
        alone = begin == last + 1 or text.startswith("\n\n", begin - 2)
        alone = alone and text[end : end + 1] in ("\n", "")
        if end and alone and "markdown=" not in text[begin:end]:
            yield begin, end
            last = end
        at = end or start.end()


def _end(text: str, start: re.Match[str]) -> int:
    """Where the element that starts here ends; 0 if it does not."""
    depth = 0
    for tag in re.compile(rf"<(/?){start[1]}\b[^>]*>").finditer(text, start.start()):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.end()
    return 0
