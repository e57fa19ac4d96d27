"""The mark-up of the questionnaire: question, check-answers and verdict, in one language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, ModuleLoader, StrictUndefined
from markupsafe import Markup, escape

from decision_tree import quantity
from decision_tree.journey import NONE_OF_THEM, UNKNOWN_ANSWER, day_in_words
from decision_tree.model import Citation, Document, Fact, Language, Option, Rules, Technology, Text
from decision_tree.packed import read_packed
from decision_tree.space import AnswerError, Space, limit_of
from decision_tree.view.comparison import Comparison
from decision_tree.view.docx import note_as_docx
from decision_tree.view.grounds import Marked
from decision_tree.view.note import note_of, running
from decision_tree.view.phrases import (
    LIST_DOCUMENT,
    Phrase,
    compared,
    interval_of,
    official_page,
    phrases,
)
from decision_tree.view.verdict_page import VerdictParts
from decision_tree.view.words import load_words, marked, read_words

if TYPE_CHECKING:
    from decision_tree.finder import Suggestion
    from decision_tree.journey import CheckAnswers, Question, Row, VerdictPage

TEMPLATES = Path(__file__).with_name("templates")
# In the browser they are modules, which `compile_templates` wrote when the site was built.
_COMPILED = Path(__file__).with_name("compiled")
_NAMES = "names.json"


class View:
    """Renders view-models of the journey as HTML fragments for the questionnaire page."""

    def __init__(
        self, rules: Rules, language: Language, words: Mapping[str, Any] | None = None
    ) -> None:
        """`words` is the raw content of `words.toml`; it is read from the package if absent."""
        self.rules = rules
        self.language = language
        self._words = load_words(words if words is not None else read_words())
        self.words = self._words[language]
        self.documents: dict[str, Document] = {d.id: d for d in rules.documents}
        self.facts = {fact.id: fact for fact in _all_facts(rules)}
        self.technologies = {entry.id: entry for entry in rules.technologies}

    @cached_property
    def space(self) -> Space:
        """The axes of the facts, for reading quantities and marking whole phrases."""
        return Space(self.rules)

    @property
    def official(self) -> str:
        """The address of the ministry's page on the scheme."""
        return official_page(self.rules)

    def question(self, question: Question) -> str:
        """One question page: a fieldset a fact, with everything that explains it."""
        return self._render(
            "question.html",
            q=question,
            choices={fact.id: self._choices(fact) for fact in question.facts},
            phrases={
                fact.id: phrases(self.rules, question.technology, fact) for fact in question.facts
            },
            page_title=self.title(question),
        )

    def found(self, query: str, found: tuple[Suggestion, ...]) -> str:
        """What a search for everyday words suggests; finding nothing never says "not covered"."""
        return self._render("found.html", query=query, found=found)

    def check(self, check: CheckAnswers) -> str:
        """The answers so far as a summary list, each with a way to change it."""
        lines = sorted({row.line for row in check.rows})
        return self._render("check.html", c=check, lines=lines, page_title=self.title(check))

    def verdict(self, page: VerdictPage, opened: Mapping[str, Any] | None = None) -> str:
        """The verdict with its grounds, the way on and what it rests on.

        `opened` is what the record said from which the answers come.
        """
        parts = VerdictParts(self, page)
        return self._render(
            "verdict.html",
            v=parts,
            opened=Comparison(self, opened, page.verdict) if opened else None,
            running=running(self, parts),
            page_title=self.title(page),
        )

    def note(self, page: VerdictPage) -> str:
        """The consultation note on the screen."""
        note = note_of(self, VerdictParts(self, page))
        return self._render("note.html", note=note, page_title=self.title(page))

    def note_as_docx(self, page: VerdictPage) -> bytes:
        """The consultation note as a Word document."""
        note = note_of(self, VerdictParts(self, page))
        return note_as_docx(note, self.language, str(self.words["note"]["page"]))

    def refused(self, why: str) -> str:
        """Why a record could not be opened."""
        return self._render("refused.html", why=why)

    def title(self, model: Question | CheckAnswers | VerdictPage) -> str:
        """The title of the browser's tab. It never holds an answer."""
        words = self.words["title"]
        kind = type(model).__name__
        if kind == "Question":
            name = model.heading.of(self.language)  # type: ignore[union-attr]
        elif kind == "CheckAnswers":
            name = self.words["check"]["title"]
        elif kind == "NotePage":
            name = self.words["note"]["title"]
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

    def day(self, day: date | str) -> str:
        """A day as people of the language write it."""
        return day_in_words(date.fromisoformat(day) if isinstance(day, str) else day, self.language)

    def text(self, text: Text, listed: date | None = None) -> str:
        """A text of the data in the page's language, with the date of the list written in."""
        written = text.of(self.language)
        return written.replace("{listed}", self.day(listed)) if listed else written

    def answer(self, fact: Fact | None, value: str) -> str:
        """An answer as stored, in words."""
        if value == "unknown":
            return self.unknown
        if fact is None:
            return value
        if fact.id == "technology":
            entry = self.technologies.get(value)
            return (entry.name if entry else NONE_OF_THEM).of(self.language)
        if fact.kind == "quantity" and fact.unit:
            return self._quantity(fact, value)
        option = next((option for option in fact.options if option.id == value), None)
        return option.label.of(self.language) if option else value

    @property
    def unknown(self) -> str:
        """What every fact can be answered with."""
        return UNKNOWN_ANSWER.of(self.language)

    def reading(self, row: Row) -> str | None:
        """How the number of a row was read beside its limits; None for any other answer."""
        fact = self.facts[row.fact]
        if fact.unit is None or row.given == "unknown":
            return None
        entry = next(entry for entry in self.rules.technologies if fact in entry.fact)
        found = (p for p in phrases(self.rules, entry, fact) if p.limits)
        limits = dict.fromkeys(self.limit(fact, phrase) for phrase in found)
        words = self.words["check"]
        across = len(self.space.axis(fact.id).read(row.given)) > 1
        read_as = str(words["read_as"]).format(value=row.answer) if row.given != row.answer else ""
        return read_as + str(words["limit_open" if across else "limit"]).format(
            limits=str(self.words["common"]["or"]).join(limits)
        )

    def limit(self, fact: Fact, phrase: Phrase) -> str:
        """The limit a phrase sets, in the comparison words of the page's language."""
        unit = fact.unit or ""
        words = self.words["limit"]
        values = {limit_of(compared(leaf) or "", unit) for leaf in phrase.limits}
        if len(phrase.limits) > 1 and len(values) == 1:
            value = values.pop()
            shown = quantity.display(quantity.Interval(value, value), unit, self.language)
            return str(words["not_equal"]).format(value=shown)
        limits = []
        for leaf in phrase.limits:
            shown = quantity.display(interval_of(leaf, unit), unit, self.language)
            limits.append(str(words["equals"]).format(value=shown) if leaf.equals else shown)
        return str(self.words["common"]["comma"]).join(limits)

    def gate_answers(self, tree: Marked) -> list[str]:
        """The answers a gate rests on, each fact once."""
        given = {leaf.fact: leaf.answer for leaf in tree.leaves() if leaf.answer}
        colon = str(self.words["common"]["colon"])
        return [
            f"{self.text(self.facts[fact].label)}{colon}{self.answer(self.facts[fact], value)}"
            for fact, value in given.items()
            if fact
        ]

    def source(self, citation: Citation) -> str:
        """A citation in short: document and line."""
        if citation.line is None:
            return citation.document
        return str(self.words["common"]["line"]).format(
            document=citation.document, line=citation.line
        )

    def source_address(self, citation: Citation) -> str:
        """Where the page of sources shows a citation."""
        line = f"-l{citation.line}" if citation.line and citation.document == LIST_DOCUMENT else ""
        return f"../sources/#{citation.document.lower()}{line}"

    def secondary(self, citation: Citation) -> bool:
        """Whether a citation settles nothing."""
        return self.documents[citation.document].kind == "secondary"

    def _quantity(self, fact: Fact, value: str) -> str:
        """A number or range in words; the text itself if it cannot be read."""
        axis = self.space.axis(fact.id)
        try:
            interval = axis.interval(value)
        except AnswerError:
            return value
        return quantity.display(interval, fact.unit or "", self.language, axis.domain)

    def _choices(self, fact: Fact) -> tuple[Option, ...]:
        if fact.id != "technology":
            return fact.options
        none = Option(id="none", label=NONE_OF_THEM, hint=self._text("none_hint"))
        entries = (_entry_option(entry) for entry in self.rules.technologies)
        return (*entries, none)

    def _text(self, key: str) -> Text:
        return Text(ja=self._words["ja"]["question"][key], en=self._words["en"]["question"][key])

    def _render(self, template: str, **values: Any) -> str:
        page = _environment().get_template(template)
        return page.render(view=self, w=self.words, language=self.language, **values)


def compile_templates(folder: Path) -> None:
    """Write every template as a Python module, so that no browser parses one, and their names."""
    environment = _environment()
    environment.compile_templates(folder, zip=None, ignore_errors=False)
    (folder / _NAMES).write_text(json.dumps(environment.list_templates()), "utf-8")


def load_templates() -> None:
    """Load every compiled template, so that no file is read when a page is rendered."""
    for name in json.loads(read_packed(_COMPILED / _NAMES) or b"[]"):
        _environment().get_template(name)


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
        loader=FileSystemLoader(TEMPLATES)
        if read_packed(_COMPILED / _NAMES) is None
        else ModuleLoader(_COMPILED),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["fill"] = _fill
    environment.filters["marked"] = marked
    return environment
