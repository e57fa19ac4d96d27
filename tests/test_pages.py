"""The pages say what the data says, in both languages, and every citation leads to its quotation."""

import html
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from build_scripts.elements import VOID
from build_scripts.excerpts import Excerpts, holds
from build_scripts.pages import DOCS, write_pages
from build_scripts.quotations import cited_lines, quotations
from build_scripts.toolchain import BuildError
from decision_tree import corpus
from decision_tree.model import LANGUAGES, Language, Rules, Technology

RULES = corpus.load()


@pytest.fixture(scope="module")
def rules() -> Rules:
    return RULES


@pytest.fixture(scope="module")
def pages(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages as MkDocs gets them."""
    target = tmp_path_factory.mktemp("pages")
    write_pages(rules, target)
    return target


def texts(folder: Path) -> dict[str, str]:
    """Every page below a folder, by its path."""
    found = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".md", ".html"} and "assets" not in path.parts
    }
    assert found
    return found


def entry_page(pages: Path, language: Language, technology: Technology) -> str:
    return (pages / language / "technologies" / f"{technology.id}.md").read_text("utf-8")


def test_both_languages_have_the_same_pages(pages: Path) -> None:
    japanese, english = texts(pages / "ja"), texts(pages / "en")

    assert japanese.keys() == english.keys()
    assert len([path for path in japanese if re.fullmatch(r"technologies/(?!index).+", path)]) == 19
    assert len([path for path in japanese if path.startswith("t/")]) == 19


def test_both_languages_have_the_same_places_to_link_to(pages: Path) -> None:
    japanese, english = texts(pages / "ja"), texts(pages / "en")
    place = re.compile(r'\bid="([^"]+)"|\{ *#([\w-]+) *\}')

    for path, text in japanese.items():
        there, here = place.findall(text), place.findall(english[path])
        # The glossary is the one page that each language sorts by its own alphabet.
        order = sorted if path == "glossary.md" else list
        assert order(there) == order(here), path


def test_a_second_run_writes_the_same_bytes(rules: Rules, pages: Path, tmp_path: Path) -> None:
    write_pages(rules, tmp_path)

    assert texts(pages) == texts(tmp_path)


def test_the_navigation_names_every_page_but_the_short_links(rules: Rules, tmp_path: Path) -> None:
    navigation = write_pages(rules, tmp_path)

    for language in LANGUAGES:
        named = re.findall(r"[\w/-]+\.md", str(navigation[language]))
        assert sorted(named) == sorted(p for p in texts(tmp_path / language) if p.endswith(".md"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("technology", RULES.technologies, ids=lambda technology: technology.id)
def test_an_entry_page_has_all_that_the_data_says(
    rules: Rules, pages: Path, language: Language, technology: Technology
) -> None:
    text = html.unescape(entry_page(pages, language, technology))
    plain = re.sub(r"<[^>]+>", "", text)
    office = next(d for d in rules.divisions if d.id == technology.division.id)

    as_printed = re.sub(r"<rp>.*?</rp>|<rt>.*?</rt>|</?ruby>", "", text)
    for passage in technology.definition:
        assert f"<p>{passage.ja}</p>" in as_printed
        assert passage.en in text
        assert f"sources/#s0-l{passage.line}" in text
    words = technology.words.ja if language == "ja" else technology.words.en
    for shown in (
        technology.name.of(language),
        technology.summary.of(language),
        technology.includes.of(language),
        technology.excludes.of(language),
        office.name.ja,
        *words,
        *(note.note.of(language) for note in technology.erratum),
        *(neighbour.reason.of(language) for neighbour in technology.neighbour),
    ):
        assert shown in plain
    assert f"status-{technology.division.basis}" in text
    assert f"../../check/#technology={technology.id}" in text
    assert f"api/v1/technologies/{technology.id}.json" in text
    assert f"../../t/{technology.number:02}/" in text


def test_entries_that_name_each_other_do_so_both_ways(rules: Rules) -> None:
    named = {(e.id, other.technology) for e in rules.technologies for other in e.neighbour}

    assert named
    assert named == {(other, entry) for entry, other in named}


def test_limits_are_shown_in_digits(rules: Rules, pages: Path) -> None:
    endoscope = rules.technologies[18]

    japanese, english = (entry_page(pages, language, endoscope) for language in LANGUAGES)

    for digits in ("16 mm以下", "2,000,000画素超", "120°超", "100°以上"):
        assert f'<td class="digits">{digits}</td>' in japanese
    for digits in ("at most 16 mm", "more than 2,000,000 pixels", "more than 120°"):
        assert f'<td class="digits">{digits}</td>' in english


def test_a_limit_that_is_not_settled_is_shown_as_such(rules: Rules, pages: Path) -> None:
    photoresist = rules.technologies[7]

    assert "248 nm超、249 nm未満" in entry_page(pages, "ja", photoresist)
    assert "more than 248 nm and less than 249 nm" in entry_page(pages, "en", photoresist)


def test_a_date_that_is_not_known_is_not_shown_as_known(rules: Rules, pages: Path) -> None:
    for technology in rules.technologies:
        text = entry_page(pages, "ja", technology)
        assert ("（制度の開始日）" in text) == (technology.number <= 10)
        assert ("いつから対象かは、公表資料では分かりません" in text) == (technology.number > 10)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_citation_leads_to_its_quotation(pages: Path, language: Language) -> None:
    sources = (pages / language / "sources.md").read_text("utf-8")
    places = set(re.findall(r'\bid="([^"]+)"', sources))
    cited = {
        place
        for text in texts(pages / language).values()
        for place in re.findall(r"sources/#([\w-]+)", text)
    }

    assert cited
    assert cited <= places


def test_every_line_the_rules_cite_is_quoted(rules: Rules) -> None:
    assert set(cited_lines(rules)) <= quotations(rules).keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_ends_with_its_dates_and_its_standing(pages: Path, language: Language) -> None:
    standing = {"ja": "政府のサイトではありません", "en": "not a government site"}[language]
    for path, text in texts(pages / language).items():
        if path.endswith(".md"):
            foot = text[text.index('<aside class="page-foot"') :]
            assert standing in foot, path
            assert "2025" in foot, path
            assert "2026" in foot, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_link_leads_on_without_a_script(
    rules: Rules, pages: Path, language: Language
) -> None:
    for technology in rules.technologies:
        path = f"t/{technology.number:02}/index.html"
        text = (pages / language / path).read_text("utf-8")
        goal = f"../../technologies/{technology.id}/"

        assert f'<html lang="{language}">' in text
        assert f'<meta http-equiv="refresh" content="0; url={goal}">' in text
        assert f'<link rel="canonical" href="{goal}">' in text
        assert f'<a href="{goal}">' in text
        assert "<script" not in text


def test_japanese_on_an_english_page_is_marked(pages: Path) -> None:
    for path, text in texts(pages / "en").items():
        reader = _Unmarked()
        reader.feed(text.partition("\n---\n")[2] if path.endswith(".md") else text)

        assert reader.found == [], path


def test_every_act_is_explained(rules: Rules, pages: Path) -> None:
    act = next(fact for fact in rules.transaction.fact if fact.id == "act")
    for language in LANGUAGES:
        text = (pages / language / "transactions.md").read_text("utf-8")
        for option in act.options:
            assert f'<li class="act" id="{option.id}">' in text


def test_acts_are_grouped_as_the_gate_reads_them(rules: Rules) -> None:
    groups = {
        name: [option.id for option in options]
        for name, options in Excerpts(rules, "ja").acts().items()
    }

    assert groups["named"] == ["production-transfer", "contract-manufacture", "licence"]
    assert groups["outside"] == ["goods-only", "inside-japan-only", "inbound"]
    assert groups["open"] == ["not-decided"]


def test_a_tree_with_one_known_fact_is_open_where_others_decide(rules: Rules) -> None:
    gate = rules.transaction.gate[0].covered_when
    assert gate

    assert holds(gate, "act", "licence") is True
    assert holds(gate, "act", "goods-only") is False
    assert holds(gate, "act", "other") is None


def test_secondary_evidence_is_never_a_version_of_the_list(rules: Rules, pages: Path) -> None:
    text = (pages / "ja" / "changes.md").read_text("utf-8")

    assert 15 not in {version.entries for version in rules.scheme.version}
    assert re.search(r"15技術 <span class=\"status status-single\">", text)


def test_a_citation_without_quotation_stops_the_build(rules: Rules, tmp_path: Path) -> None:
    docs = Path(shutil.copytree(DOCS, tmp_path / "docs"))
    page = docs / "ja" / "about.md"
    page.write_text(page.read_text("utf-8") + "\n{{ cite(160) }}\n", "utf-8")

    with pytest.raises(BuildError, match="line 160 is cited"):
        write_pages(rules, tmp_path / "target", docs)


def test_a_page_in_one_language_only_stops_the_build(rules: Rules, tmp_path: Path) -> None:
    docs = Path(shutil.copytree(DOCS, tmp_path / "docs"))
    (docs / "en" / "scheme.md").unlink()

    with pytest.raises(BuildError, match=r"only in one language: scheme\.md"):
        write_pages(rules, tmp_path / "target", docs)


def test_a_gate_that_a_primary_source_settles_loses_its_badge(rules: Rules, tmp_path: Path) -> None:
    gates = tuple(
        replace(gate, excluded_when=replace(gate.excluded_when, document="FEFTA"))
        if gate.ground == "published" and gate.excluded_when
        else gate
        for gate in rules.transaction.gate
    )
    settled = replace(rules, transaction=replace(rules.transaction, gate=gates))

    write_pages(settled, tmp_path)

    text = (tmp_path / "ja" / "transactions.md").read_text("utf-8")
    section = text[text.index('id="published"') : text.index('id="basic-research"')]
    assert "sources/#fefta" in section
    assert "status-secondary" not in section


class _Unmarked(HTMLParser):
    """Collects Japanese outside elements that say so."""

    def __init__(self) -> None:
        super().__init__()
        self.languages = ["en"]
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.languages.append(dict(attrs).get("lang") or self.languages[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.languages.pop()

    def handle_data(self, data: str) -> None:
        if self.languages[-1] != "ja" and re.search("[\u3041-\u30ff\u3400-\u9fff]", data):
            self.found.append(data)
