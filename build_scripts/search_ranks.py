"""At which rank the built search finds what people look for, measured in a real browser."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from build_scripts.toolchain import ROOT
from decision_tree.model import LANGUAGES, Language, Rules

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: Words and the pages that one of the first three results must be.
TABLE = ROOT / "tests" / "search_terms.toml"

_ASK = """async ([queries, language, root]) => {
  const { find } = await import(new URL("assets/search.mjs", root).href);
  const found = [];
  for (const query of queries) found.push((await find(query, language)).map(({ url }) => url));
  return found;
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """A query with the page it must find; `rank` counts from 1 and is None if the page is not found."""

    language: Language
    query: str
    page: str
    rank: int | None


def terms(rules: Rules) -> Iterator[tuple[Language, str, str]]:
    """Every term with the page below the root of its language: the table, and each entry's own words."""
    table = tomllib.loads(TABLE.read_text("utf-8"))
    for language in LANGUAGES:
        for page, queries in table[language].items():
            yield from ((language, query, page) for query in queries)
        for entry in rules.technologies:
            own = entry.words.ja if language == "ja" else entry.words.en
            page = f"technologies/{entry.id}/"
            yield from ((language, word, page) for word in (entry.name.of(language), *own))


def ranks(browser: Browser, address: str, rules: Rules) -> list[Rank]:
    """The rank of every term on the site served at `address`."""
    found: list[Rank] = []
    for language in LANGUAGES:
        asked = [term for term in terms(rules) if term[0] == language]
        root = address if language == "ja" else f"{address}{language}/"
        page = browser.new_page()
        page.goto(f"{root}search/")
        queries = [query for _, query, _ in asked]
        results = page.evaluate(_ASK, [queries, language, address])
        page.close()
        for (_, query, goal), addresses in zip(asked, results, strict=True):
            place = addresses.index(root + goal) + 1 if root + goal in addresses else None
            found.append(Rank(language=language, query=query, page=goal, rank=place))
    return found


def summary(found: Sequence[Rank], language: Language) -> str:
    """How many terms were found at which rank, "ja: 392 terms, rank 1: 386, rank 2: 6"."""
    count = Counter(rank.rank for rank in found if rank.language == language)
    told = [f"rank {rank}: {count[rank]}" for rank in sorted(filter(None, count))]
    lost = [f"not found: {count[None]}"] if count[None] else []
    return f"{language}: {sum(count.values())} terms, {', '.join([*told, *lost])}"
