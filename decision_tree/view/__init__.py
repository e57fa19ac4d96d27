"""The mark-up of the questionnaire: question, check-answers and verdict, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from decision_tree.model import Citation, Document, Fact, Language, Option, Rules, Technology, Text
from decision_tree.view.phrases import Phrase, in_words, interval_of, limit_of, phrases
from decision_tree.view.verdict_page import VerdictParts
from decision_tree.view.words import load_words, read_words

if TYPE_CHECKING:
    from decision_tree.journey import CheckAnswers, Question, VerdictPage

TEMPLATES = Path(__file__).with_name("templates")
_MONTHS = (
    "January February March April May June July August September October November December"
).split()


class View:
    """Renders view-models of the journey as HTML fragments for the questionnaire page."""

    def __init__(
        self, rules: Rules, language: Language, words: Mapping[str, Any] | None = None
    ) -> None:
        """`words` is the raw content of `words.toml`; it is read from the package if absent."""
        self.rules = rules
        self.language = language
        self.words = load_words(words if words is not None else read_words())[language]
        self.documents: dict[str, Document] = {d.id: d for d in rules.documents}
        self.facts = {fact.id: fact for fact in _all_facts(rules)}
        self.technologies = {entry.id: entry for entry in rules.technologies}

    def question(self, question: Question) -> str:
        """One question page: a fieldset a fact, with everything that explains it."""
        return self._render(
            "question.html",
            q=question,
            choices={fact.id: self._choices(question, fact) for fact in question.facts},
            phrases={
                fact.id: phrases(self.rules, question.technology, fact) for fact in question.facts
            },
            page_title=self.title(question),
        )

    def check(self, check: CheckAnswers) -> str:
        """The answers so far as a summary list, each with a way to change it."""
        lines = sorted({row.line for row in check.rows})
        return self._render("check.html", c=check, lines=lines, page_title=self.title(check))

    def verdict(self, page: VerdictPage) -> str:
        """The verdict with its grounds, the way on and what it rests on."""
        return self._render("verdict.html", v=VerdictParts(self, page), page_title=self.title(page))

    def title(self, model: Question | CheckAnswers | VerdictPage) -> str:
        """The title of the browser's tab. It never holds an answer."""
        words = self.words["title"]
        kind = type(model).__name__
        if kind == "Question":
            name = model.heading.of(self.language)  # type: ignore[union-attr]
        elif kind == "CheckAnswers":
            name = self.words["check"]["title"]
        else:
            # Not the outcome: the tab's title is in the history that others can see.
            name = self.words["verdict"]["kicker"]
        title = str(words["pattern"]).format(page=name, tool=words["tool"])
        return str(words["error"]).format(page=title) if getattr(model, "errors", None) else title

    def static_page(self, question: str) -> str:
        """The block of the questionnaire page around its first question, with all messages."""
        return self._render("page.html", question=Markup(question))  # noqa: S704 (our own mark-up)

    def outcome_title(self, code: str) -> str:
        """What an outcome is called."""
        return next(o.title.of(self.language) for o in self.rules.outcomes if o.code == code)

    def date(self, day: date | str) -> str:
        """A day as people of the language write it."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        if self.language == "ja":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def text(self, text: Text, listed: date | None = None) -> str:
        """A text of the data in the page's language, with the date of the list written in."""
        written = text.of(self.language)
        return written.replace("{listed}", self.date(listed)) if listed else written

    def answer(self, fact: Fact | None, value: str) -> str:
        """An answer as stored, in words."""
        if value == "unknown":
            return str(self.words["common"]["unknown"])
        if fact is None:
            return value
        if fact.id == "technology":
            entry = self.technologies.get(value)
            return entry.name.of(self.language) if entry else str(self.words["question"]["none"])
        if fact.kind == "quantity" and fact.unit:
            return in_words(value, fact.unit, self.language)
        option = next((option for option in fact.options if option.id == value), None)
        return option.label.of(self.language) if option else value

    def limit(self, fact: Fact, phrase: Phrase) -> str:
        """The limit a phrase sets, in the comparison words of the page's language."""
        unit = fact.unit or ""
        words = self.words["limit"]
        values = {limit_of(leaf) for leaf in phrase.limits}
        if len(phrase.limits) > 1 and len(values) == 1:
            value = in_words(values.pop() or "", unit, self.language)
            return str(words["not_equal"]).format(value=value)
        shown = []
        for leaf in phrase.limits:
            from decision_tree import quantity

            text = quantity.display(interval_of(leaf, unit), unit, self.language)
            shown.append(str(words["equals"]).format(value=text) if leaf.equals else text)
        return str(self.words["common"]["comma"]).join(shown)

    def source(self, citation: Citation) -> str:
        """A citation in short: document and line."""
        if citation.line is None:
            return citation.document
        return str(self.words["common"]["line"]).format(
            document=citation.document, line=citation.line
        )

    def secondary(self, citation: Citation) -> bool:
        """Whether a citation settles nothing."""
        return self.documents[citation.document].kind == "secondary"

    def _choices(self, question: Question, fact: Fact) -> tuple[Option, ...]:
        if fact.id != "technology":
            return fact.options
        words = load_words(read_words())
        none = Option(
            id="none",
            label=_text(words, "none"),
            hint=_text(words, "none_hint"),
        )
        entries = (_entry_option(entry) for entry in self.rules.technologies)
        return (*entries, none)

    def _render(self, template: str, **values: Any) -> str:
        page = _environment().get_template(template)
        return page.render(view=self, w=self.words, language=self.language, **values)


def _text(words: Mapping[Language, Mapping[str, Any]], key: str) -> Text:
    return Text(ja=words["ja"]["question"][key], en=words["en"]["question"][key])


def _entry_option(entry: Technology) -> Option:
    return Option(
        id=entry.id,
        label=Text(ja=f"{entry.number}. {entry.name.ja}", en=f"{entry.number}. {entry.name.en}"),
    )


def _all_facts(rules: Rules) -> tuple[Fact, ...]:
    entries = tuple(fact for entry in rules.technologies for fact in entry.fact)
    return (rules.scheme.technology_question, *entries, *rules.transaction.fact, rules.stage)


def _fill(text: str, **values: object) -> Markup:
    """A word with its braces filled; the values are escaped unless they are mark-up."""
    return Markup(escape(text)).format(**values)  # noqa: S704 (escaped here)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["fill"] = _fill
    return environment
