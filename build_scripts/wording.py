"""The words of the pages: `words.toml` in one language, dates and texts as people write them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from markupsafe import Markup

from decision_tree.journey import MONTHS
from decision_tree.model import LANGUAGES, Criterion, Language, Text
from decision_tree.view.words import marked

TEMPLATES = Path(__file__).parent / "templates"


def load_words(language: Language, name: str = "words") -> dict[str, Any]:
    """`words.toml` in one language: the same nesting with a string in place of each `ja`/`en`."""
    return {key: _in_language(value, language) for key, value in load_table(name).items()}


def load_table(name: str) -> dict[str, Any]:
    """A list of `templates/` as it is written, both languages side by side."""
    return tomllib.loads((TEMPLATES / f"{name}.toml").read_text("utf-8"))


def load_site() -> dict[str, Any]:
    """`site.toml`: the dates and addresses that every page shows, and `due`, the next comparison."""
    site = load_table("site")
    return site | {"due": site["compared"] + timedelta(days=site["days_between_comparisons"])}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How the pages of one language put things."""

    language: Language

    def here(self, text: Text | Criterion | Mapping[str, str]) -> str:
        """A text in the language of the page; Japanese words within English are marked as such."""
        words = text[self.language] if isinstance(text, Mapping) else getattr(text, self.language)
        return str(words) if self.language == "ja" else self.marked(words)

    def marked(self, words: str) -> str:
        """Words of an English page, Japanese ones marked: a screen reader must know them."""
        return marked(words, self.language)

    def day(self, when: date | str) -> str:
        """A date as people write it; a document's date may lack its day or its month."""
        parts = [int(part) for part in str(when).split("-")]
        if self.language == "ja":
            return "".join(f"{n}{unit}" for n, unit in zip(parts, "年月日", strict=False))
        year, *rest = parts
        return " ".join([*map(str, rest[1:]), *(MONTHS[n - 1] for n in rest[:1]), str(year)])


def fill(text: str, **values: object) -> str:
    """The words with their blanks filled."""
    return text.format(**values)


def quoted(text: str) -> Markup:
    """A string of front matter, which is YAML; it reads JSON strings as its own."""
    return Markup(json.dumps(text, ensure_ascii=False))


def _in_language(value: Any, language: Language) -> Any:
    if isinstance(value, dict):
        if set(value) == set(LANGUAGES):
            return value[language]
        return {name: _in_language(inner, language) for name, inner in value.items()}
    return value
