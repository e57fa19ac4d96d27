"""The words of the questionnaire: one nested mapping of strings a language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from decision_tree.model import LANGUAGES, Language
from decision_tree.view.tables import FOLDER, read_table

WORDS_FILE = FOLDER / "words.toml"

#: A run of Japanese, with the brackets and marks around and within it.
_JAPANESE = re.compile(
    "[「（]?[\u3041-\u30ff\u3400-\u9fff々〇][\u3000-\u30ff\u3400-\u9fff々〇（）]*"
)


def read_words() -> dict[str, Any]:
    """The raw content of `words.toml`."""
    return read_table("words")


def load_words(raw: Mapping[str, Any]) -> dict[Language, dict[str, Any]]:
    """The words of each language, nested as in the file.

    Raises:
        ValueError: a word lacks one of the languages, with its place.
    """
    return {language: _of(raw, language, "words.toml") for language in LANGUAGES}


def marked(words: str, language: Language) -> str:
    """Words of an English page, Japanese ones marked as such: a screen reader must know them."""
    if language == "ja" or not _JAPANESE.search(words):
        return words
    return Markup(_JAPANESE.sub(r'<span lang="ja">\g<0></span>', str(escape(words))))


def _of(raw: Mapping[str, Any], language: Language, place: str) -> dict[str, Any]:
    words: dict[str, Any] = {}
    for key, value in raw.items():
        here = f"{place}: {key}"
        if not isinstance(value, Mapping):
            raise ValueError(f"{here} is not a table of ja and en")
        if set(value) & set(LANGUAGES):
            if set(value) != set(LANGUAGES) or not all(value.values()):
                raise ValueError(f"{here} needs ja and en, and nothing else")
            words[key] = value[language]
        else:
            words[key] = _of(value, language, here)
    return words
