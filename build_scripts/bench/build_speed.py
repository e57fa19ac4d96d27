"""How long we wait: a build, the page after an edit under `serve`, and the growth with the list."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

from build_scripts import pages, raw_html, site
from build_scripts.toolchain import ROOT, BuildError
from build_scripts.wording import load_words
from decision_tree import corpus
from decision_tree.model import Language, Rules

#: Entries of the synthetic lists.
SIZES = (19, 190)
_COPIED = ("build_scripts", "decision_tree", "docs", "tests")
_FETCHED = (".venv", "node_modules")
_LANGUAGE: Language = "ja"


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Seconds for the pages of a list: ours with everything, and MkDocs alone on the same Markdown."""

    entries: int
    pages: int
    ours: float
    bare: float

    @property
    def ratio(self) -> float:
        """Our time in times of the bare one."""
        return self.ours / self.bare

    @property
    def page_ms(self) -> float:
        """Our milliseconds for a page."""
        return 1000 * self.ours / self.pages


def from_scratch() -> float:
    """Seconds for a build in a fresh copy of the checkout, with what was fetched at hand."""
    with _copy() as folder:
        began = time.monotonic()
        _run(folder, "build")
        return time.monotonic() - began


def after_an_edit(patience: float = 120) -> float:
    """Seconds from an edit of the data to the first reload that shows it, under `serve`."""
    with _copy() as folder, _served(folder) as address:
        entry = folder / "decision_tree" / "data" / "01-mlcc.toml"
        url = f"{address}technologies/mlcc/"
        text = entry.read_text("utf-8")
        old = text.partition('name.en = "')[2].partition('"')[0]
        began = time.monotonic()
        entry.write_text(text.replace(f'name.en = "{old}"', f'name.en = "{old} (edited)"'), "utf-8")
        while time.monotonic() - began < patience:
            with (
                suppress(OSError),
                urllib.request.urlopen(url.replace("/tech", "/en/tech")) as page,
            ):
                if "(edited)" in page.read().decode():
                    return time.monotonic() - began
            time.sleep(0.05)
    raise BuildError(f"the edit did not show within {patience} s")


def growth(sizes: tuple[int, ...] = SIZES) -> Iterator[Growth]:
    """Decision sheets of lists of several lengths: from rules to finished pages, and MkDocs alone.

    MkDocs alone is the theme, the settings and the Markdown of ours, without any code of ours.
    """
    # Read before either is timed.
    import_module("mkdocs.commands.build")
    for size in sizes:
        rules = synthetic(size)
        with tempfile.TemporaryDirectory() as name:
            work = Path(name)
            began = time.monotonic()
            for path, text in pages.Writer(rules, _LANGUAGE).sheets():
                place = work / "docs" / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, "utf-8")
            written = time.monotonic() - began
            began = time.monotonic()
            _mkdocs(work, "bare")
            bare = time.monotonic() - began
            began = time.monotonic()
            _mkdocs(work, "html", raw_html.NAME)
            site.write_into_pages(rules, work / "html", _LANGUAGE)
            ours = written + time.monotonic() - began
            count = len(list((work / "html").rglob("*.html")))
        yield Growth(entries=size, pages=count, ours=ours, bare=bare)


def _mkdocs(work: Path, target: str, *extensions: str) -> None:
    """MkDocs over the sheets, which stand here without the pages that they link to."""
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    logging.getLogger("mkdocs").setLevel(logging.ERROR)
    config = load_config(
        str(ROOT / "mkdocs.yml"),
        docs_dir=str(work / "docs"),
        site_dir=str(work / target),
        strict=False,
        nav=[{"sheets": "check/sheet/index.md"}],
    )
    config.markdown_extensions += extensions
    config.extra["root_url"] = ""
    config.extra["search"] = {_LANGUAGE: load_words(_LANGUAGE)["search"]}
    build(config)


def synthetic(size: int) -> Rules:
    """The rules with copies of their entries, under other ids, up to so many."""
    raw = corpus.tables()
    entries = raw["technologies"]
    listed = list(entries)
    for index in range(len(entries), size):
        entry = entries[index % len(entries)]
        name = f"{entry['id']}-{index + 1}"
        copy = json.loads(json.dumps(entry).replace(f'"{entry["id"]}', f'"{name}'))
        listed.append({**copy, "number": index + 1})
    return corpus.from_tables({**raw, "technologies": listed}, corpus.rules_sha256())


@contextmanager
def _copy() -> Iterator[Path]:
    """A copy of the checkout, with the fetched tools linked and only downloads in its cache."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "checkout"
        folder.mkdir()
        for path in ROOT.iterdir():
            if path.name in _FETCHED:
                (folder / path.name).symlink_to(path)
            elif path.name in _COPIED:
                shutil.copytree(path, folder / path.name)
            elif path.is_file():
                shutil.copyfile(path, folder / path.name)
        for kept in ("pyodide-tools",):
            if (ROOT / ".cache" / kept).is_dir():
                shutil.copytree(ROOT / ".cache" / kept, folder / ".cache" / kept)
        yield folder


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """`serve` on a copy, until its site stands; gives the address."""
    command = [sys.executable, "-m", "build_scripts", "serve", "--port", "8971"]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, encoding="utf-8")
    try:
        assert server.stdout is not None
        line = next((line for line in server.stdout if line.startswith("Serving ")), "")
        if not line:
            raise BuildError("serve did not come up")
        time.sleep(1)
        yield line.split()[1]
    finally:
        server.terminate()
        server.wait()


def _run(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "build_scripts", *arguments]
    finished = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if finished.returncode:
        raise BuildError(finished.stderr)


if __name__ == "__main__":
    print(f"from scratch {from_scratch():.1f} s", flush=True)
    print(f"after an edit {after_an_edit():.1f} s", flush=True)
    for found in growth(tuple(map(int, sys.argv[1:])) or SIZES):
        print(asdict(found), f"ratio {found.ratio:.2f}, {found.page_ms:.1f} ms a page", flush=True)
