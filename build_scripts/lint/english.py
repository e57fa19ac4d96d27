"""English as it is spelt in Britain, by the dictionary of cspell and our own list of names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache

from build_scripts.lint.corpus import Corpus, Problem
from build_scripts.lint.passages import passages
from build_scripts.toolchain import ROOT, node, run

#: Names and terms that no dictionary has, one a line.
OWN_WORDS = ROOT / "build_scripts" / "templates" / "words.txt"

_SCRIPT = ROOT / "build_scripts" / "node" / "unknown_words.mjs"
# Words in small letters, perhaps with a capital first: codes, formulas and units are no words.
_WORD = re.compile(r"(?<![\w./@#-])[A-Za-z]?[a-z]{2,}(?:['’][a-z]+)?(?![\w/@]|\.\w)")
_LEFT_OUT = re.compile(r"https?://\S+|\{[^}]*\}|<[^>]*>|`[^`]*`|\b[\w-]+(?:\.[\w-]+)+\b")


def words_are_spelt_as_in_britain(corpus: Corpus) -> Iterator[Problem]:
    """Every English word is in the British dictionary or in our list."""
    used = [(word, passage) for _, passage in passages(corpus) for word in words(passage.text)]
    own = set(OWN_WORDS.read_text("utf-8").split())
    wrong = unknown_words(frozenset(word for word, _ in used)) - own - {""}
    for word, passage in used:
        # A capital in our list is part of the name: Color stands in one criterion of WCAG only.
        if word in wrong and word.lower() not in own:
            yield passage.problem(f"{word!r} is not in the dictionary; add names to words.txt")


def words(text: str) -> list[str]:
    """The words of a text that a dictionary may know."""
    found = _WORD.findall(_LEFT_OUT.sub(" ", text))
    return [re.sub(r"['’]s$", "", word) for word in found]


@cache
def unknown_words(asked: frozenset[str]) -> frozenset[str]:
    """Those of the words that the British dictionary does not know."""
    reply: list[str] = json.loads(run([node(), _SCRIPT], stdin=json.dumps(sorted(asked))))
    return frozenset(reply)


def unofficial_names_are_marked(corpus: Corpus) -> Iterator[Problem]:
    """English names of divisions and of the ministry's documents are ours, and say so where they stand."""
    names = set()
    for file_name, table, key in (
        ("divisions.toml", "division", "name"),
        ("sources.toml", "document", "title"),
    ):
        for file, path, raw in corpus.table(file_name, table):
            if raw.get("kind", "primary") == "primary":
                names.add(raw[key]["en"].partition(" (")[0].partition(",")[0])
                if "unofficial" not in raw[key]["en"]:
                    yield file.problem((*path, key, "en"), f"{key}.en is ours; add (unofficial)")
    for _, passage in passages(corpus):
        # The glossary prints beside each term whether somebody uses it officially.
        told = "unofficial" in passage.text or passage.file == "templates/glossary.toml"
        for name in sorted(names):
            if name in passage.text and not told:
                yield passage.problem(f"{name!r} is our English; mark it (unofficial)")


RULES = (words_are_spelt_as_in_britain, unofficial_names_are_marked)
