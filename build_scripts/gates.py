"""The gates behind the build: nothing from elsewhere, nothing that is blocked, no dead link."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Attributes whose address the browser fetches by itself, unlike <a href> to an official site.
_LOADING = {"src", "poster", "data", "background", "action", "formaction", "manifest", "ping"}
# Relations that only name another page.
_NAMING = {"canonical", "alternate", "prev", "next", "license", "author", "help"}
# A comment, a script or a style with its text, or the start of any other element.
_ELEMENT = re.compile(
    r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[a-z](?:[^>\"']|\"[^\"]*\"|'[^']*')*>",
    re.DOTALL | re.IGNORECASE,
)
_CSS_ADDRESS = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s;]+)""")
_JS_ADDRESS = re.compile(
    r"""(?:\bfrom|\bimport|\bimport\s*\(|\bfetch\s*\(|\bnew\s+(?:Shared)?Worker\s*\(|\bimportScripts\s*\()"""
    r"""\s*["'`]([^"'`]+)"""
)


def problems(site: Path) -> Iterator[str]:
    """Every reason not to publish `site`, as `path: what is wrong`."""
    found = (path for path in sorted(site.rglob("*")) if path.is_file())
    files = {path.relative_to(site).as_posix(): path for path in found}
    pages = {name: _read_page(path) for name, path in files.items() if name.endswith(".html")}
    if not pages:
        yield f"{site}: no pages"
    for place, page in pages.items():
        for address in page.loaded:
            if _elsewhere(address):
                yield f"{place}: loads {address} from another origin"
        for problem in page.blocked:
            yield f"{place}: {problem}, which the content policy blocks"
        # The one page that is shown for every wrong address cannot know where it is.
        if place != "404.html":
            yield from (f"{place}: {p}" for p in _dead_links(place, page, pages, files))
    for path in sorted(site.rglob("*.css")):
        yield from _foreign(path, _CSS_ADDRESS, site)
        yield from _missing_from(path, site)
    for path in sorted([*site.rglob("*.js"), *site.rglob("*.mjs")]):
        # Pyodide names addresses that it never asks for here; if it did, the policy would stop it.
        if "pyodide" not in path.relative_to(site).parts:
            yield from _foreign(path, _JS_ADDRESS, site)


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """How many links within the site the gates follow; `places` of them lead to a place on a page."""

    pages: int
    links: int
    places: int


def links(site: Path) -> Links:
    """What `problems` compares: every link and every loaded file of every page."""
    pages = [page for page in sorted(site.rglob("*.html")) if page.name != "404.html"]
    inside = [
        parts
        for page in map(_read_page, pages)
        for address in page.linked + page.loaded
        if not ((parts := urlsplit(address.strip())).scheme or parts.netloc)
    ]
    places = sum(bool(parts.fragment) for parts in inside)
    return Links(pages=len(pages), links=len(inside), places=places)


@dataclass(slots=True)
class _Page:
    loaded: list[str] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def add(self, other: _Page) -> None:
        """Take over what a part of the page adds to it."""
        self.loaded += other.loaded
        self.linked += other.linked
        self.blocked += other.blocked
        self.ids |= other.ids


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = _Page()
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._in_style = tag == "style"
        if "id" in values:
            self.page.ids.add(values["id"])
        for name, value in values.items():
            if name == "srcset":
                self.page.loaded += [part.split()[0] for part in value.split(",") if part.strip()]
            elif name in _LOADING and not (tag == "form" and not value):
                self.page.loaded.append(value)
            elif name == "style":
                self.page.blocked.append(f"<{tag}> has a style attribute")
                self.page.loaded += _CSS_ADDRESS.findall(value)
            elif name.startswith("on"):
                self.page.blocked.append(f"<{tag}> has a script in {name}")
        href = values.get("href", "")
        if tag == "a":
            self.page.linked.append(href)
            if href.startswith("javascript:"):
                self.page.blocked.append("<a> has a javascript: address")
        elif tag == "link" and not set(values.get("rel", "").split()) & _NAMING:
            self.page.loaded.append(href)
        elif tag in {"image", "use"}:
            self.page.loaded.append(href or values.get("xlink:href", ""))
        elif tag == "base":
            self.page.loaded.append(href)
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            self.page.loaded.append(values.get("content", "").partition("url=")[2])

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.page.loaded += _CSS_ADDRESS.findall(data)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = self._in_style and tag != "style"


def _read_page(path: Path) -> _Page:
    page = _Page()
    for element in _ELEMENT.finditer(path.read_text("utf-8")):
        page.add(_read(element[0]))
    return page


@cache
def _read(element: str) -> _Page:
    """What a start tag, or a script or style with its text, adds: most stand on many pages."""
    reader = _Reader()
    reader.feed(element)
    reader.close()
    return reader.page


def _elsewhere(address: str) -> bool:
    parts = urlsplit(address.strip())
    return bool(parts.netloc) or parts.scheme not in {"", "data"}


def _dead_links(
    place: str, page: _Page, pages: Mapping[str, _Page], files: Container[str]
) -> Iterator[str]:
    folder = posixpath.dirname(place)
    for address in page.linked + page.loaded:
        parts = urlsplit(address.strip())
        if parts.scheme or parts.netloc:
            continue
        if parts.path.startswith("/"):
            yield f"{address} begins with a slash, so it breaks under a base path"
            continue
        goal = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
        if not parts.path:
            goal = place
        elif goal not in files:
            goal = posixpath.normpath(f"{goal}/index.html")
        if goal not in files:
            yield f"{address} leads nowhere"
        elif parts.fragment and goal in pages and not _has_id(pages[goal], parts.fragment):
            yield f"{address} names a place that is not on that page"


def _has_id(page: _Page, fragment: str) -> bool:
    # A fragment with a sign of its own is read by a script: the questionnaire's shared answers.
    return unquote(fragment) in page.ids or bool(set(fragment) & set("=:&"))


def _missing_from(stylesheet: Path, site: Path) -> Iterator[str]:
    for address in _CSS_ADDRESS.findall(stylesheet.read_text("utf-8")):
        parts = urlsplit(address)
        if not (parts.scheme or parts.netloc or (stylesheet.parent / parts.path).is_file()):
            yield f"{stylesheet.relative_to(site).as_posix()}: {address} leads nowhere"


def _foreign(path: Path, pattern: re.Pattern[str], site: Path) -> Iterator[str]:
    for address in pattern.findall(path.read_text("utf-8")):
        if _elsewhere(address):
            yield f"{path.relative_to(site).as_posix()}: loads {address} from another origin"
