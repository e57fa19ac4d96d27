"""Rules and prose become the Markdown that MkDocs renders: the same pages in both languages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from build_scripts import changes, measured, trust
from build_scripts.cases import Case
from build_scripts.diagrams import Diagrams
from build_scripts.examples import Examples, examples
from build_scripts.excerpts import Excerpts
from build_scripts.guides import Guides
from build_scripts.knowledge import Knowledge
from build_scripts.qr import qr
from build_scripts.quotations import SCHEME, Citations, cited_lines, quotations
from build_scripts.readable import readable
from build_scripts.readings import register
from build_scripts.registers import Registers
from build_scripts.sheets import NOT_THIS_TECHNOLOGY, Sheet
from build_scripts.static_walk import entry_walk, transaction_walks
from build_scripts.toolchain import ROOT, BuildError
from build_scripts.wording import (
    TEMPLATES,
    Wording,
    fill,
    load_site,
    load_table,
    load_words,
    quoted,
)
from decision_tree.journey import Journey, Question
from decision_tree.model import LANGUAGES, Language, Rules, Technology
from decision_tree.space import leaves
from decision_tree.verdict import Judge

DOCS = ROOT / "docs"

_TITLE = re.compile(r"^# [^{\n]*[^{}\s]$", re.MULTILINE)


def write_pages(
    rules: Rules,
    target: Path,
    docs: Path = DOCS,
    address: str = "",
    languages: tuple[Language, ...] = LANGUAGES,
) -> dict[Language, list[Any]]:
    """Write `target/ja` and `target/en` and return the MkDocs `nav` of each.

    Every page of `docs/<language>` is a Jinja2 text that may include blocks of `templates/`; the
    pages of the 19 entries, the questionnaire and the short links come from `templates/` alone.
    `address` is that of the published site with its last slash, empty if it is not known.

    Raises:
        BuildError: the languages differ in their pages, or a page cites a line without quotation.
    """
    unquoted = sorted(set(cited_lines(rules)) - quotations(rules).keys())
    if unquoted:
        raise BuildError(f"templates/quotes.toml does not quote the lines {unquoted}")
    prose = {language: _prose(docs / language) for language in LANGUAGES}
    if prose["ja"] != prose["en"]:
        apart = sorted(set(prose["ja"]) ^ set(prose["en"]))
        raise BuildError(f"docs: only in one language: {', '.join(apart)}")
    navigation: dict[Language, list[Any]] = {}
    for language in languages:
        shutil.rmtree(target / language, ignore_errors=True)
        writer = Writer(rules, language, docs, address)
        for path, text in writer.pages(prose[language]):
            place = target / language / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", newline="\n")
        if (docs / "assets").is_dir():
            shutil.copytree(docs / "assets", target / language / "assets")
        navigation[language] = writer.navigation()
    return navigation


def take_stock(rules: Rules) -> None:
    """Work out what the pages of both languages tell, once, before processes part for them."""
    register(rules)
    changes.steps(rules)


class Writer:
    """The pages of one language."""

    def __init__(
        self, rules: Rules, language: Language, docs: Path = DOCS, address: str = ""
    ) -> None:
        self.rules = rules
        self.language = language
        self.address = address
        self.law = Excerpts(rules, language)
        self.view = self.law.view
        self.judge = Judge(rules)
        self.sheet = Sheet(rules, language, self.judge.space)
        self.diagrams = Diagrams(self.law)
        self.words = load_words(language)
        self.registers = Registers(rules, language)
        self.knowledge = Knowledge(rules, language)
        self.guides = Guides(rules, language, self.page_names())
        self.site = load_site()
        self.quotes = quotations(rules)
        self.environment = Environment(
            loader=FileSystemLoader([docs / language, TEMPLATES]),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        wording = Wording(language=language)
        self.environment.filters |= {
            "here": wording.here,
            "marked": wording.marked,
            "day": wording.day,
            "fill": fill,
            "quoted": quoted,
            "leaves": leaves,
            "readable": readable,
        }

    def pages(self, prose: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """Every file of this language as path and text."""
        for path in prose:
            yield path, self.render(path, path)
        for technology in self.rules.technologies:
            path = f"technologies/{technology.id}.md"
            yield path, self.render("entry.md.j2", path, entry=technology)
            path = f"t/{technology.number:02}/index.html"
            yield path, self.render("short.html.j2", path, entry=technology)
        yield "check.md", self.render("check.md.j2", "check.md", question=self.first_question())
        yield from self.sheets()

    def sheets(self) -> Iterator[tuple[str, str]]:
        """The questionnaire without scripts: an index, a sheet an entry, one for the transaction."""
        walks = transaction_walks(self.judge)
        shared = {
            "sheet": self.sheet,
            "not_covered": NOT_THIS_TECHNOLOGY,
            "entrances": {letter: walk.steps[0].id for letter, walk in walks.items()},
        }
        path = "check/sheet/index.md"
        yield path, self.render("sheet_index.md.j2", path, **shared)
        for entry in self.rules.technologies:
            path = f"check/sheet/{entry.id}.md"
            walk = entry_walk(self.judge, entry)
            yield path, self.render("sheet_entry.md.j2", path, entry=entry, walk=walk, **shared)
        path = "check/sheet/transaction.md"
        ends = dict.fromkeys(end for walk in walks.values() for end in walk.ends)
        yield (
            path,
            self.render("sheet_transaction.md.j2", path, walks=walks, ends=tuple(ends), **shared),
        )

    def navigation(self) -> list[Any]:
        """The MkDocs `nav` from `navigation.toml`; the short links stay out of it."""
        raw = load_table("navigation")
        return [
            {
                part[self.language]: part["page"]
                if "page" in part
                else [item for page in part["pages"].values() for item in self._menu(page)]
            }
            for part in raw.values()
        ]

    def _menu(self, page: Mapping[str, str]) -> Iterator[dict[str, str]]:
        """One page below a heading of the menu, or one for each entry."""
        if self.language in page:
            yield {page[self.language]: page["page"]}
            return
        for entry in self.rules.technologies:
            name = f"{entry.number} {entry.name.of(self.language)}"
            yield {name: page["page"].format(id=entry.id)}

    def page_names(self) -> dict[str, str]:
        """The names of the menu by address; the first page below a heading takes the heading's."""
        names: dict[str, str] = {}
        for part in self.navigation():
            for heading, pages in part.items():
                for page in [{heading: pages}] if isinstance(pages, str) else pages:
                    for name, path in page.items():
                        names[_address(path)] = heading if path.endswith("index.md") else name
        return names

    def render(self, template: str, path: str, **more: Any) -> str:
        """One page, with the foot that every page has."""
        if template == "check.md.j2" and not (TEMPLATES / template).is_file():
            raise BuildError("build_scripts/templates/check.md.j2 is missing: the questionnaire")
        address = _address(path)
        root = "../" * (address.count("/"))
        citations = Citations(
            rules=self.rules,
            language=self.language,
            root=root,
            quotes=self.quotes,
            line_words=self.words["cite"]["line"],
        )
        context = {
            "language": self.language,
            "rules": self.rules,
            "site": {**self.site, "official": self.view.official},
            "words": self.words,
            "root": root or "./",
            "top": (root if self.language == "ja" else root + "../") or "./",
            "list_date": self.list_date,
            "source": next(d for d in self.rules.documents if d.id == SCHEME),
            "citations": citations,
            "cite": citations.line,
            "cite_document": citations.document,
            "citation": citations.source,
            "quote": citations.quote,
            "status": self.status,
            "table": load_table,
            "law": self.law,
            "diagrams": self.diagrams,
            "qr": qr,
            "writer": self,
            "registers": self.registers,
            "knowledge": self.knowledge,
            "guides": self.guides,
            **more,
        }
        text = self.environment.get_template(template).render(context)
        if path.endswith(".md"):
            # The place has one name in both languages; MkDocs would make one of the title.
            text = _TITLE.sub(r"\g<0> { #page-title }", text, count=1)
            text = text.rstrip("\n") + "\n\n"
            text += self.environment.get_template("foot.html.j2").render(context)
        return text

    @cached_property
    def steps(self) -> tuple[changes.Step, ...]:
        """What each new version of the list changed."""
        return changes.steps(self.rules)

    @cached_property
    def counts(self) -> trust.Counts:
        """How much there is in this build."""
        return trust.counts(self.rules)

    @cached_property
    def measured(self) -> measured.Measured | None:
        """The recorded run of `make bench`, if there is one."""
        return measured.read() if measured.RECORD.is_file() else None

    @cached_property
    def themes(self) -> tuple[trust.Theme, ...]:
        """The worked cases, by entry and theme."""
        return trust.themes(self.rules)

    def theme(self, technology: Technology) -> trust.Theme:
        """The worked cases of an entry."""
        return next(theme for theme in self.themes if theme.technology == technology)

    def examples(self, technology: Technology) -> Examples:
        """The worked cases that an entry's page shows as examples."""
        return examples(self.rules)[technology.id]

    def cases_of(self, acts: Sequence[str]) -> list[Case]:
        """The worked cases about these kinds of act, in the order of their file.

        Raises:
            BuildError: there is none for one of them.
        """
        theme = next(theme for theme in self.themes if theme.id == "cases-acts")
        given = {
            case.id: {line["answers"].get("act") for line in case.situation["lines"]}
            for case in theme.cases
        }
        if missing := [act for act in acts if {act} not in given.values()]:
            raise BuildError(f"tests/cases/acts.toml has no case of {', '.join(missing)}")
        return [case for case in theme.cases if given[case.id] <= set(acts)]

    def permanent(self, technology: Technology) -> str:
        """The short address of an entry: whole if the site's own is known, else from its root."""
        path = "" if self.language == "ja" else f"{self.language}/"
        return f"{self.address or '/'}{path}t/{technology.number:02}/"

    def first_question(self) -> str:
        """The HTML of question 1, which stands on the page before any Python runs.

        Raises:
            BuildError: the questionnaire begins with something else.
        """
        journey = Journey(self.judge, self.language)
        question = journey.show(Journey.start())
        if not isinstance(question, Question):
            raise BuildError("the questionnaire does not begin with a question")
        return self.view.question(question)

    @cached_property
    def list_date(self) -> date:
        """The day as of which the newest list is known."""
        return max(version.date for version in self.rules.scheme.version)

    def status(self, kind: str) -> Markup:
        """A badge that says how sure a statement is, in plain words."""
        return Markup('<span class="status status-{}">{}</span>').format(
            kind, self.words["status"][kind]
        )


def _prose(folder: Path) -> tuple[str, ...]:
    found = tuple(sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.md")))
    if not found:
        raise BuildError(f"{folder} has no pages")
    return found


def _address(path: str) -> str:
    """The address of a page below its language, with directory URLs: "technologies/mlcc/"."""
    if path.endswith(("index.md", "index.html")):
        return path.rpartition("/")[0] + "/" if "/" in path else ""
    return path.removesuffix(".md") + "/"
