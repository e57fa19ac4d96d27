"""What there is in the built site and how far it was checked, in figures for a reviewer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from build_scripts import check, chromium, gates, search, search_ranks, standard, twins
from build_scripts.lint.japanese import LONGEST
from build_scripts.lint.passages import passages
from build_scripts.readability import readability
from build_scripts.serve import serving
from build_scripts.toolchain import BuildError
from decision_tree import corpus
from decision_tree.model import LANGUAGES


def report(site: Path) -> Iterator[str]:
    """The report line by line: pages, parity, links, HTML, reading, statements, search.

    Raises:
        BuildError: there is no site, or no Chromium to search it with.
    """
    if not (site / "index.html").is_file():
        raise BuildError("there is no site: run `make build`")
    sources = check.corpus_of()
    yield from _pages(site)
    apart, tally = twins.compare(site)
    yield (
        f"Parity: {tally.pages} pages with their twins, {tally.ids} ids, {tally.links} links, "
        f"{tally.blocks} blocks; differences: {len(apart)}"
    )
    yield from apart
    yield f"Texts compared in both languages: {len(passages(sources))}"
    problems = check.check()
    yield f"Problems of data and prose: {len(problems)}"
    yield from map(str, problems)
    followed, dead = gates.links(site), list(gates.problems(site))
    yield (
        f"Links within the site: {followed.links} on {followed.pages} pages, "
        f"{followed.places} to a place on a page; broken or blocked: {len(dead)}"
    )
    yield from dead
    pages = sorted(site.rglob("*.html"))
    breaches = standard.breaches(site, pages)
    yield f"HTML standard: {len(pages)} pages, {len(breaches)} errors"
    yield from breaches
    for language, figures in readability(sources).items():
        kanji = "" if figures.kanji is None else f", kanji {figures.kanji:.0%}"
        yield (
            f"Reading, {language}: {figures.sentences} sentences, median {figures.median:g} "
            f"{figures.unit}, longest {figures.longest}{kanji}"
        )
    yield f"Longest Japanese sentence allowed: {LONGEST} characters"
    yield check.sourced()
    yield from _search(site)


def _pages(site: Path) -> Iterator[str]:
    pages = [page.relative_to(site).as_posix() for page in site.rglob("index.html")]
    english = sum(page.startswith("en/") for page in pages)
    short = sum(page.removeprefix("en/").startswith("t/") for page in pages)
    covered = len(search.found_pages(site))
    yield (
        f"Pages: {len(pages)}, ja {len(pages) - english}, en {english}; of them {short} short links; "
        f"{covered} in the search"
    )


def _search(site: Path) -> Iterator[str]:
    with serving(site) as address, chromium.running() as started:
        ranks = search_ranks.ranks(started, address, corpus.load())
    for language in LANGUAGES:
        yield f"Search, {search_ranks.summary(ranks, language)}"
    yield from (
        f"{rank.language}: {rank.query!r} does not find {rank.page} among the first three"
        for rank in ranks
        if rank.rank is None or rank.rank > 3
    )
