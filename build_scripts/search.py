"""The index of the search page: Pagefind over the finished pages, and the everyday words of the entries.

Pagefind cuts Japanese into words in the visitor's browser as it did here; 1.6 is the first version
whose index answers both ways of cutting. What people call a listed technology leads to its entry first,
whatever else uses the word.
"""

from __future__ import annotations

import json
import re
import shutil
from html import escape
from pathlib import Path

from build_scripts.toolchain import ROOT, BuildError, node, run
from decision_tree.model import LANGUAGES, Language, Rules

#: Where the index is, below the root of the site; both languages share it.
INDEX = Path("assets") / "search"

_PAGEFIND = ROOT / "node_modules" / "pagefind" / "lib" / "runner" / "bin.cjs"

# What the page asks for itself: the rest of Pagefind's output are finished search boxes.
_LOADED = ("pagefind.js", "pagefind-worker.js", "pagefind-entry.json")
_LOADED_KINDS = {".pf_meta", ".pf_index", ".pf_fragment", ".pagefind"}

# Parts of a page that answer no search: the same on every page, or found better where they belong.
_LEFT_OUT = (".headerlink", ".page-foot", ".cases", ".site-map", "form", "[hidden]", "svg")

_ARTICLE = '<article class="md-content__inner md-typeset">'
_QUIET = ("sources/", "coverage/", "readings/", "trust/", "changes/")


def write_index(rules: Rules, site: Path, work: Path) -> int:
    """Write the index of every page worth finding into `site`, and return the number of pages.

    Pagefind reads copies of the pages in `work`, so that the pages themselves hold no marks for it.

    Raises:
        BuildError: Pagefind cannot run here, or a page has no article.
    """
    if not _PAGEFIND.is_file():
        raise BuildError("node_modules has no pagefind: run `make setup`")
    shutil.rmtree(work, ignore_errors=True)
    addresses = found_pages(site)
    for address in addresses:
        copy = work / address / "index.html"
        copy.parent.mkdir(parents=True, exist_ok=True)
        page = site / address / "index.html"
        copy.write_text(_marked(rules, address, page.read_text("utf-8")), "utf-8", newline="\n")
    target = site / INDEX
    run(
        [
            *(node(), _PAGEFIND, "--site", work, "--output-path", target, "--silent"),
            *("--exclude-selectors", ",".join(_LEFT_OUT)),
        ]
    )
    for path in sorted(target.rglob("*")):
        if path.is_file() and path.name not in _LOADED and path.suffix not in _LOADED_KINDS:
            path.unlink()
    for language in LANGUAGES:
        text = json.dumps(everyday_words(rules, language), ensure_ascii=False, indent=0)
        (target / f"words-{language}.json").write_text(text + "\n", "utf-8", newline="\n")
    return len(addresses)


def found_pages(site: Path) -> list[str]:
    """The addresses of the pages that the search covers, below the root of the site.

    Not the short links, which lead on; not the printed questions, which repeat the entries; not the
    search itself.
    """
    return [
        address
        for page in sorted(site.rglob("index.html"))
        if (address := f"{page.parent.relative_to(site).as_posix()}/".removeprefix("./"))
        and not re.match(r"(?:en/)?(?:t/|check/sheet/.|search/)", address)
    ] + [""] * (site / "index.html").is_file()


def everyday_words(rules: Rules, language: Language) -> list[dict[str, object]]:
    """For each entry its page, title, summary and every word that people use for it, in list order."""
    return [
        {
            "page": f"{'' if language == 'ja' else f'{language}/'}technologies/{entry.id}/",
            "title": entry.name.of(language),
            "summary": entry.summary.of(language),
            "words": list(
                dict.fromkeys(
                    (entry.name.ja, entry.name.en, *entry.words.ja, *entry.words.en),
                )
            ),
        }
        for entry in rules.technologies
    ]


def _marked(rules: Rules, address: str, html: str) -> str:
    """A copy of a page with the marks that Pagefind reads."""
    quiet = address.removeprefix("en/").startswith(_QUIET)
    weight = ' data-pagefind-weight="0.3"' if quiet else ""
    marked, found = re.subn(re.escape(_ARTICLE), f"<article data-pagefind-body{weight}>", html)
    if found != 1:
        raise BuildError(f"{address}: {found} articles; the search wants one a page")
    for entry in rules.technologies:
        if address.endswith(f"technologies/{entry.id}/"):
            # The names in both languages: people look for SEM on the Japanese site and in English.
            names = "　".join((entry.name.ja, entry.name.en, *entry.words.ja, *entry.words.en))
            line = f'<p data-pagefind-weight="6">{escape(names)}</p></article>'
            marked = marked.replace("</article>", line, 1)
    return marked
