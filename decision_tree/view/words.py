"""The words of the questionnaire: one nested mapping of strings a language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from decision_tree.model import LANGUAGES, Language
from decision_tree.view.tables import FOLDER, read_table

WORDS_FILE = FOLDER / "words.toml"


def read_words() -> dict[str, Any]:
    """The raw content of `words.toml`."""
    return read_table("words")


def load_words(raw: Mapping[str, Any]) -> dict[Language, dict[str, Any]]:
    """The words of each language, nested as in the file.

    Raises:
        ValueError: a word lacks one of the languages, with its place.
    """
    return {language: _of(raw, language, "words.toml") for language in LANGUAGES}


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
