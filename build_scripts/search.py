"""The index of the search page: Pagefind over the finished pages, and the everyday words of the entries.

Pagefind cuts Japanese into words in the visitor's browser as it did here; 1.6 is the first version
whose index answers both ways of cutting. What people call a listed technology leads to its entry first,
whatever else uses the word.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path

from build_scripts.metadata import described
from build_scripts.toolchain import ROOT, BuildError, run
from build_scripts.wording import TEMPLATES, load_table
from decision_tree.model import LANGUAGES, Language, Rules, Technology

#: Where the index is, below the root of the site; both languages share it.
INDEX = Path("assets") / "search"

# Pagefind's program for this system; package indexes hold it for some systems only.
_PROGRAMS = ROOT / "node_modules" / "@pagefind"
_LICENCE = TEMPLATES / "pagefind-licence.txt"

# What the page asks for itself: the rest of Pagefind's output are finished search boxes.
_LOADED = ("pagefind.js", "pagefind-worker.js", "pagefind-entry.json")
_LOADED_KINDS = {".pf_meta", ".pf_index", ".pf_fragment", ".pagefind"}

# Parts of a page that answer no search: the same on every page, or found better where they belong.
_LEFT_OUT = (".headerlink", ".page-foot", ".cases", ".site-map", "form", "[hidden]", "svg")

# In place of Pagefind's module on a system for which there is none: it finds nothing.
_NO_INDEX = (
    "export const options = async () => {};\nexport const search = async () => ({ results: [] });\n"
)

_ARTICLE = '<article class="md-content__inner md-typeset">'
_QUIET = ("sources/", "coverage/", "readings/", "trust/", "changes/")


def write_index(rules: Rules, site: Path, work: Path) -> int:
    """Write the index of every page worth finding into `site`, and return the number of pages.

    Pagefind reads copies of the pages in `work`, so that the pages themselves hold no marks for it.

    Raises:
        BuildError: Pagefind fails, or a page has no article.
    """
    shutil.rmtree(work, ignore_errors=True)
    addresses, words = found_pages(site), _words(rules)
    if unknown := sorted(words.keys() - set(addresses)):
        raise BuildError(f"templates/search.toml: no such page: {', '.join(unknown)}")
    for address in addresses:
        copy = work / address / "index.html"
        copy.parent.mkdir(parents=True, exist_ok=True)
        page = site / address / "index.html"
        text = _marked(page.read_text("utf-8"), address, words.get(address, ()))
        copy.write_text(text, "utf-8", newline="\n")
    target = site / INDEX
    if program := _program():
        run(
            [
                *(program, "--site", work, "--output-path", target, "--silent"),
                *("--exclude-selectors", ",".join(_LEFT_OUT)),
            ]
        )
    else:
        print("Note: no Pagefind for this system is locked; the search knows names of pages only.")
        target.mkdir(parents=True)
        (target / "pagefind.js").write_text(_NO_INDEX, "utf-8", newline="\n")
    for path in sorted(target.rglob("*")):
        if path.is_file() and path.name not in _LOADED and path.suffix not in _LOADED_KINDS:
            path.unlink()
    shutil.copyfile(_LICENCE, target / "LICENSE.txt")
    for language in LANGUAGES:
        named = [asdict(page) for page in named_pages(rules, site, language)]
        text = json.dumps(named, ensure_ascii=False, indent=0)
        (target / f"words-{language}.json").write_text(text + "\n", "utf-8", newline="\n")
    return len(addresses)


def _program() -> Path | None:
    """Pagefind's program for this system, if it was installed."""
    places = (_PROGRAMS.glob(f"*/bin/pagefind_extended{ending}") for ending in ("", ".exe"))
    return next((path for found in places for path in found), None)


def found_pages(site: Path) -> list[str]:
    """The addresses of the pages that the search covers, below the root of the site.

    Not the short links, which lead on; not the printed questions, which repeat the entries; not the
    search itself.
    """
    return [
        _address(site, page)
        for page in sorted(site.rglob("index.html"))
        if not re.match(r"(?:en/)?(?:t/|check/sheet/.|search/)", _address(site, page))
    ]


def _address(site: Path, page: Path) -> str:
    return page.relative_to(site).as_posix().removesuffix("index.html")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A page with the words that lead to it first; with `within`, a word is enough of a longer query."""

    page: str
    title: str
    summary: str
    words: tuple[str, ...]
    within: bool


def named_pages(rules: Rules, site: Path, language: Language) -> list[Named]:
    """The entries by everything that people call them, and the other pages by their names."""
    words, names = _words(rules), _menu_names(language)
    entries = [
        Named(
            page=f"{_prefix(language)}technologies/{entry.id}/",
            title=entry.name.of(language),
            summary=entry.summary.of(language),
            words=_names(entry),
            within=True,
        )
        for entry in rules.technologies
    ]
    others = [
        Named(
            page=address,
            title=title,
            summary=summary,
            words=(title, name, *words.get(address, ())),
            within=False,
        )
        for page, name in names.items()
        for address in [f"{_prefix(language)}{page}"]
        for html in [(site / address / "index.html").read_text("utf-8")]
        for title, summary in [_without_site(html, address)]
    ]
    return entries + others


def _menu_names(language: Language) -> dict[str, str]:
    """The name in the menu of every page that has one of its own, by its address."""
    parts = load_table("navigation").values()
    pages = [page for part in parts for page in part.get("pages", {"": part}).values()]
    return {
        page["page"].removesuffix(".md").removesuffix("index")
        + "/" * ("index" not in page["page"]): (page[language])
        for page in pages
        if language in page
    }


def _without_site(html: str, address: str) -> tuple[str, str]:
    """The title of a page without the site's name, and its description."""
    title, description = described(html, address)
    return title.partition(" - ")[0], description


def _prefix(language: Language) -> str:
    return "" if language == "ja" else f"{language}/"


def _marked(html: str, address: str, words: Sequence[str]) -> str:
    """A copy of a page with the marks that Pagefind reads, and the words that lead to it."""
    quiet = address.removeprefix("en/").startswith(_QUIET)
    weight = ' data-pagefind-weight="0.3"' if quiet else ""
    # The heading of the questionnaire is in its form, which Pagefind leaves out.
    named = ""
    if address.endswith("check/"):
        title, _ = _without_site(html, address)
        named = f"<h1>{escape(title)}</h1>"
    marked, found = re.subn(
        re.escape(_ARTICLE), f"<article data-pagefind-body{weight}>{named}", html
    )
    if found != 1:
        raise BuildError(f"{address}: {found} articles; the search wants one a page")
    told = escape("　".join(words))
    line = f'<p data-pagefind-ignore data-pagefind-meta="words">{told}</p>' if words else ""
    return marked.replace("</article>", f"{line}</article>", 1)


def _words(rules: Rules) -> dict[str, tuple[str, ...]]:
    """For each address the words that lead to it: both languages', since people mix them."""
    table = load_table("search")
    words = {page: (*texts["ja"], *texts["en"]) for page, texts in table.items()}
    words |= {f"technologies/{entry.id}/": _names(entry) for entry in rules.technologies}
    return {
        f"{_prefix(language)}{page}": texts
        for page, texts in words.items()
        for language in LANGUAGES
    }


def _names(entry: Technology) -> tuple[str, ...]:
    names = (entry.name.ja, entry.name.en, *entry.words.ja, *entry.words.en)
    return tuple(dict.fromkeys(names))
