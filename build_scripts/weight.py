"""What a page weighs: the theme's style sheets hold what this site uses of them, and nothing more."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from build_scripts.toolchain import CACHE, ROOT, node, run

_SCRIPT = ROOT / "build_scripts" / "node" / "purge.mjs"
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")
_WORD = re.compile(r"[\w-]+")


def cut_styles(site: Path) -> None:
    """Leave out what no page, and nothing that a script adds to one, can be meant by.

    What is cut once for the same sheets and words is kept in `.cache/`.
    """
    sheets = sorted((site / "assets" / "stylesheets").glob("*.css"))
    request = json.dumps({"css": [_read(path) for path in sheets], "words": sorted(_words(site))})
    key = hashlib.sha256(request.encode() + _SCRIPT.read_bytes())
    key.update((ROOT / "package-lock.json").read_bytes())
    kept = CACHE / "styles" / f"{key.hexdigest()}.json"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        made = kept.with_suffix(".new")
        made.write_text(run([node(), _SCRIPT], stdin=request), "utf-8")
        made.replace(kept)
    for path, text in zip(sheets, json.loads(_read(kept)), strict=True):
        path.write_text(text, "utf-8", newline="\n")


def _words(site: Path) -> set[str]:
    """Every word a selector can be made of: in tags of pages, in templates and in scripts."""
    tags: set[str] = set()
    for page in site.rglob("*.html"):
        tags |= set(_TAG.findall(_read(page)))
    texts = [*tags, *(_read(path) for path in _sources(site))]
    return {word for text in texts for word in _WORD.findall(text)}


def _sources(site: Path) -> Iterator[Path]:
    yield from (ROOT / "decision_tree" / "view" / "templates").glob("*.html")
    yield from (site / "assets").glob("*.mjs")


def _read(path: Path) -> str:
    return path.read_text("utf-8")
