"""The pictures say what the data says, what stands in them stands on the page in words, and it fits."""

import html
import re
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import pytest
import segno

from build_scripts import examples
from build_scripts.diagrams import Diagrams, Scale, scale_of
from build_scripts.drawing import SIZES, em, lines
from build_scripts.excerpts import Excerpts
from build_scripts.pages import Writer
from build_scripts.qr import QUIET, qr
from build_scripts.readable import readable
from build_scripts.record import read_record
from build_scripts.toolchain import BuildError
from decision_tree import corpus
from decision_tree.model import LANGUAGES, Language, Technology
from decision_tree.space import leaves

RULES = corpus.load()
ENTRIES = {entry.id: entry for entry in RULES.technologies}
ADDRESS = "https://example.org/guide/"


@cache
def writer(language: Language) -> Writer:
    """The pages of one language, for a site that knows its address."""
    return Writer(RULES, language, address=ADDRESS)


@cache
def entry_page(language: Language, entry: str) -> str:
    path = f"technologies/{entry}.md"
    return html.unescape(writer(language).render("entry.md.j2", path, entry=ENTRIES[entry]))


@cache
def pictures(language: Language) -> dict[str, str]:
    """Every picture of one language, by what it shows."""
    law = Excerpts(RULES, language)
    diagrams = Diagrams(law)
    found = {"flow": str(diagrams.flow()), "timeline": str(diagrams.timeline())}
    for entry in RULES.technologies:
        found[f"tree {entry.id}"] = str(diagrams.tree(entry))
        for number, limit in enumerate(law.limits(entry), 1):
            found[f"limit {entry.id} {number}"] = str(diagrams.limit(limit, number))
    return found


def words_of(picture: str) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(picture).iter("text")]


def shown(scale: Scale) -> str:
    """The line from low to high: "in 248 in open 249 out out"."""
    parts: list[str] = [scale.stretches[0]]
    for cut, after in zip(scale.cuts, scale.stretches[1:], strict=True):
        parts += [f"{cut.value.normalize():f}", cut.state, after]
    return " ".join(parts)


def test_a_number_on_the_line_meets_its_limit_as_the_wording_says() -> None:
    law = Excerpts(RULES, "ja")
    found = {
        f"{entry.id} {number}": shown(scale_of(limit))
        for entry in RULES.technologies
        for number, limit in enumerate(law.limits(entry), 1)
    }

    assert found == {
        "photoresist 1": "in 248 in open 249 out out",
        "sulfide-solid-electrolyte 1": "out 0.1 in in",
        "sulfide-solid-electrolyte 2": "out 1 in in",
        "flexible-endoscope 1": "in 16 in out",
        "flexible-endoscope 2": "out 2000000 out in",
        "flexible-endoscope 3": "out 0 in out",
        "flexible-endoscope 4": "in 0 out in",
        "flexible-endoscope 5": "out 120 out in",
        "flexible-endoscope 6": "out 100 in in",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_has_a_name_a_description_and_no_looks_of_its_own(language: Language) -> None:
    found = pictures(language)

    assert len(found) == 2 + 19 + 9
    for name, picture in found.items():
        svg = ElementTree.fromstring(picture)
        title, description = svg[0], svg[1]
        assert svg.get("role") == "img", name
        assert (title.tag, description.tag) == ("title", "desc"), name
        assert title.text, name
        assert description.text, name
        assert svg.get("aria-labelledby") == title.get("id"), name
        assert svg.get("aria-describedby") == description.get("id"), name
        looks = {"style", "fill", "stroke", "font-size", "font-family"}
        assert not [e for e in svg.iter() if looks & set(e.keys())], name


def test_both_languages_have_the_same_pictures() -> None:
    japanese, english = pictures("ja"), pictures("en")

    assert japanese.keys() == english.keys()
    for name, picture in japanese.items():
        ids = re.compile(r'\bid="([^"]+)"')
        assert ids.findall(picture) == ids.findall(english[name])
        assert picture.count("<rect") == english[name].count("<rect"), name
        assert picture.count("<circle") == english[name].count("<circle"), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_pictures_of_the_scheme_say_stands_beside_them(language: Language) -> None:
    text = writer(language).render("scheme.md", "scheme.md")
    without = re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)
    plain = re.sub(r"\s", "", html.unescape(re.sub(r"<[^>]+>", "", without)))

    for name in ("flow", "timeline"):
        words = words_of(pictures(language)[name])
        assert len(words) > 10
        for line in words:
            assert re.sub(r"\s", "", line) in plain, line


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", RULES.technologies, ids=lambda entry: entry.id)
def test_a_tree_shows_every_condition_of_its_entry(language: Language, entry: Technology) -> None:
    law = Excerpts(RULES, language)
    facts = law.facts(entry)
    drawn = re.sub(r"\s", "", "".join(words_of(pictures(language)[f"tree {entry.id}"])))

    for leaf in leaves(entry.criteria):
        fact = facts[leaf.fact or ""]
        if fact.unit:
            assert re.sub(r"\s", "", fact.label.of(language)) in drawn
        elif law.answers(leaf, facts).meets:
            assert re.sub(r"\s", "", leaf.ja if language == "ja" else leaf.en) in drawn
        else:
            for option in law.answers(leaf, facts).open:
                assert re.sub(r"\s", "", option.label.of(language)) in drawn
    if entry.id == "flexible-endoscope":
        joined = {"ja": ("又は", "かつ"), "en": ("or", "and")}[language]
        found = words_of(pictures(language)[f"tree {entry.id}"])
        assert [found.count(word) for word in joined] == [2, 3 + 1 + 2]


def test_text_is_broken_within_its_width_and_by_the_rules_of_japanese() -> None:
    text = "当該磁気回路を制御するための構成物（当該素子と一体となっているものに限る。）、又は素子ー一体"
    for width in range(60, 330, 7):
        found = lines(text, width)

        assert "".join(found) == text
        for line in found:
            assert em(line) * SIZES[""] <= width
            assert line[0] not in "、。）ー"
            assert line[-1] != "（"


def test_english_words_stay_whole() -> None:
    assert lines("limited to those integrated with those elements", 130) == [
        "limited to those",
        "integrated with",
        "those elements",
    ]


@pytest.mark.parametrize("entry", RULES.technologies, ids=lambda entry: entry.id)
def test_readings_stand_beside_the_wording_and_leave_it_as_printed(entry: Technology) -> None:
    found = [str(readable(passage, entry)) for passage in entry.definition]

    for passage, text in zip(entry.definition, found, strict=True):
        assert html.unescape(re.sub(r"<rp>.*?</rp>|<rt>.*?</rt>|</?ruby>", "", text)) == passage.ja
    readings = re.findall(r"<ruby>(.*?)<rp>［</rp><rt>(.*?)</rt>", "".join(found))
    assert readings == {
        "electrolytic-copper-foil": [("I P C - 4 5 6 2 B のU", "IPC-4562BのU")],
        "photoresist": [("二四八", "248 nm")],
        "titanium-sponge": [("破碎", "破砕")],
        "sulfide-solid-electrolyte": [("〇.一", "0.1 mS/cm"), ("一", "1 mS/cm")],
        "tadf-material": [("エレクトロルミネンス", "エレクトロルミネッセンス")],
        "flexible-endoscope": [
            ("一六", "16 mm"),
            ("以下のもに限る", "以下のものに限る"),
            ("二、〇〇〇、〇〇〇", "2,000,000"),
            ("〇", "0°"),
            ("一二〇", "120°"),
            ("〇", "0°"),
            ("一〇〇", "100°"),
        ],
    }.get(entry.id, [])


def test_a_number_that_is_no_limit_stops_the_build() -> None:
    entry = ENTRIES["photoresist"]
    passage = replace(entry.definition[0], ja="一九三ナノメートル以下の波長の光")

    with pytest.raises(BuildError, match="一九三ナノメートル is no limit of this entry"):
        readable(passage, entry)


def test_every_entry_has_examples_that_the_engine_confirms() -> None:
    found = examples.examples(RULES)

    assert found.keys() == ENTRIES.keys()
    for chosen in found.values():
        assert {case.expect for case in chosen.inside} == {"report"}
        assert {case.expect for case in chosen.outside} == {"not-covered"}
        assert {case.expect for case in chosen.open} <= {"consult"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", RULES.technologies, ids=lambda entry: entry.id)
def test_an_entry_page_shows_its_examples(language: Language, entry: Technology) -> None:
    plain = re.sub(r"<[^>]+>", "", entry_page(language, entry.id))
    chosen = examples.examples(RULES)[entry.id]

    for case in (*chosen.inside, *chosen.outside, *chosen.open):
        assert case.title.of(language) in plain
        assert case.story.of(language) in plain


@pytest.mark.parametrize(
    ("group", "case", "says"),
    [
        ("inside", "mlcc-after-sales", "the engine says"),
        ("outside", "mlcc-design", "the engine says"),
        ("open", "mlcc-design", "the engine says"),
        ("inside", "quantum-dot-design", "is a case of another entry"),
        ("inside", "mlcc-desing", "is no worked case"),
    ],
)
def test_an_example_under_the_wrong_heading_stops_the_build(
    monkeypatch: pytest.MonkeyPatch, group: str, case: str, says: str
) -> None:
    chosen = examples.load()
    chosen["mlcc"][group] = [case]
    monkeypatch.setattr(examples, "load", lambda: chosen)

    with pytest.raises(BuildError, match=says):
        examples.examples.__wrapped__(RULES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", RULES.technologies, ids=lambda entry: entry.id)
def test_an_entry_page_says_how_to_cite_it(language: Language, entry: Technology) -> None:
    text = entry_page(language, entry.id)
    prefix = "" if language == "ja" else "en/"
    address = f"{ADDRESS}{prefix}t/{entry.number:02}/"
    line = re.search(r'<p class="citation">(.*?)</p>', text)

    assert line
    assert address in line[1]
    assert f"<code>{RULES.rules_sha256[:12]}</code>" in line[1]
    assert f'<a href="../../t/{entry.number:02}/">{address}</a>' in text
    assert str(qr(address, "")).partition('class="ink"')[2] in text


def test_a_qr_code_has_its_modules_and_a_light_edge() -> None:
    picture = ElementTree.fromstring(str(qr(ADDRESS, "name")))
    matrix = segno.make_qr(ADDRESS, error="m").matrix
    dark = {
        (int(x) - QUIET, int(y) - QUIET)
        for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", picture[2].get("d") or "")
    }

    assert dark == {(x, y) for y, row in enumerate(matrix) for x, cell in enumerate(row) if cell}
    assert picture.get("viewBox") == f"0 0 {len(matrix) + 8} {len(matrix) + 8}"


def test_without_an_address_there_is_no_qr_code() -> None:
    text = Writer(RULES, "en").render("entry.md.j2", "technologies/mlcc.md", entry=ENTRIES["mlcc"])

    assert "qr" not in re.findall(r'class="(\w+)"', text)
    assert ">/en/t/01/</a>" in text


def test_the_table_of_divisions_shows_what_is_printed() -> None:
    recorded = read_record()["S0"].text
    rows = Excerpts(RULES, "ja").printed_rows()

    assert len(rows) == 19
    for row in rows:
        cell = recorded[row.entry.definition[0].line].partition("\t")[2].strip()
        assert cell == (row.printed.name.ja if row.printed else ""), row.entry.id
    assert [row.entry.number for row in rows if row.apart] == [4, 13, 16]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_home_page_tells_of_the_newest_list(language: Language) -> None:
    text = writer(language).render("index.md", "index.md")
    said = {
        "ja": ("2025年11月14日現在の19技術", "2024年12月30日の10技術に、9技術が加わりました"),
        "en": (
            "19 technologies as of 14 November 2025",
            "9 technologies were added to the 10 of 30 December 2024",
        ),
    }

    for words in said[language]:
        assert words in text
