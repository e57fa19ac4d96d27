"""Roles, questions and glossary: complete, sourced, in both languages, and in their right order."""

import re
import tomllib
from pathlib import Path

import pytest

from build_scripts import guides
from build_scripts.guides import Guides, Role, Statement, glossary, groups, questions, roles
from build_scripts.pages import Writer
from build_scripts.toolchain import BuildError
from build_scripts.wording import TEMPLATES
from decision_tree import corpus
from decision_tree.model import LANGUAGES, Language

RULES = corpus.load()
NAMES = (
    *("sme-owner", "export-control-office", "university-researcher", "university-office"),
    *("student-affairs", "legal-adviser", "seminar-organiser"),
)

#: English names with a source for being official: Japanese Law Translation, METI's English press
#: conference, and the English words that METI's own report of 2019 prints.
OFFICIAL = {
    "fefta": "Foreign Exchange and Foreign Trade Act (FEFTA)",
    "foreign-exchange-order": "Foreign Exchange Order",
    "invisible-trade-order": "Ministerial Order on Invisible Trade Connected with Visible Trade",
    "meti": "Ministry of Economy, Trade and Industry (METI)",
    "trade-security-bureau": "Trade and Economic Security Bureau",
    "critical-technology": "critical technology",
    "critical-infrastructure": "critical infrastructure",
}


def writer(language: Language) -> Writer:
    return Writer(RULES, language)


@pytest.fixture(scope="module")
def pages() -> dict[tuple[Language, str], str]:
    """The pages of this module as MkDocs gets them."""
    paths = ["questions.md", "glossary.md", "roles/index.md", *(f"roles/{n}.md" for n in NAMES)]
    writers = {language: writer(language) for language in LANGUAGES}
    return {
        (language, path): one.render(path, path)
        for language, one in writers.items()
        for path in paths
    }


def test_every_role_has_its_page_and_its_own_first_question(
    pages: dict[tuple[Language, str], str],
) -> None:
    assert tuple(role.id for role in roles()) == NAMES
    assert len({role.ask.ja for role in roles()}) == len(roles())
    for role in roles():
        assert role.ask.ja in pages["ja", f"roles/{role.id}.md"]
        assert role.ask.en in pages["en", f"roles/{role.id}.md"].replace("&#39;", "'")
        assert f'href="../roles/{role.id}/"' in pages["ja", "roles/index.md"]


@pytest.mark.parametrize("role", roles(), ids=lambda role: role.id)
def test_a_path_takes_five_minutes_in_three_to_five_stops(role: Role) -> None:
    assert 3 <= len(role.path) <= 5
    assert sum(stop.minutes for stop in role.path) == 5


@pytest.mark.parametrize("role", roles(), ids=lambda role: role.id)
def test_a_checklist_has_a_box_an_item(pages: dict[tuple[Language, str], str], role: Role) -> None:
    assert len(role.checklist) >= 4
    for language in LANGUAGES:
        text = pages[language, f"roles/{role.id}.md"]
        assert text.count('class="sheet-box"') == len(role.checklist)


def test_deemed_exports_are_kept_apart_from_this_scheme_for_every_university_role() -> None:
    for role in roles():
        if role.id.startswith("university") or role.id == "student-affairs":
            said = " ".join(one.en for one in (*role.apart, *role.answer))
            assert "deemed" in said, role.id


def test_there_are_thirty_first_questions_at_least_and_none_of_a_group_that_is_empty() -> None:
    assert len(questions()) >= 30
    assert {question.group for question in questions()} == {group.id for group in groups()}


def test_every_answer_says_where_it_comes_from_or_how_sure_it_is() -> None:
    for question in questions():
        if question.group != "site":
            assert question.short.source or question.short.status, question.id


def test_what_is_open_comes_with_what_to_ask() -> None:
    for question in questions():
        said = (question.short, *question.detail)
        if question.short.status == "unknown":
            assert question.confirm, question.id
        if question.confirm:
            assert any(one.status for one in said) or question.group == "site", question.id


def test_a_case_is_shown_with_the_outcome_that_the_engine_gives(
    pages: dict[tuple[Language, str], str],
) -> None:
    text = pages["ja", "questions.md"]

    assert 'href="../trust/#case-act-goods-only">物だけの輸出</a> → <b>対象外</b>' in text


@pytest.mark.parametrize("name", ["roles", "questions", "glossary"])
def test_japanese_sentences_are_short_and_english_ones_are_too(name: str) -> None:
    texts = dict(_texts(tomllib.loads((TEMPLATES / f"{name}.toml").read_text("utf-8"))))

    assert texts
    for ja, en in texts.items():
        assert max(len(sentence) for sentence in ja.split("。")) <= 80, ja
        assert max(len(sentence.split()) for sentence in re.split(r"[.?!] ", en)) <= 35, en


def test_the_glossary_has_eighty_terms_at_least_with_readings_in_hiragana() -> None:
    assert len(glossary()) >= 80
    for term in glossary():
        assert re.fullmatch("[ぁ-んー]+", term.reading), term.id


def test_only_names_with_a_source_for_it_are_called_official() -> None:
    assert {term.id: term.en for term in glossary() if term.official} == OFFICIAL


def test_every_term_has_a_source_and_a_page() -> None:
    for term in glossary():
        assert term.source, term.id
        assert term.page, term.id


def test_a_technical_term_belongs_to_the_entry_whose_page_it_leads_to() -> None:
    lines = {t.id: {passage.line for passage in t.definition} for t in RULES.technologies}
    for term in glossary():
        if term.technical:
            entry = str(term.page).split("/")[1]
            assert {source.line for source in term.source} <= lines[entry], term.id


def test_terms_stand_in_the_order_of_the_syllabary_and_of_the_alphabet(
    pages: dict[tuple[Language, str], str],
) -> None:
    japanese, english = (
        re.findall(r'id="g-([\w-]+)"', pages[language, "glossary.md"]) for language in LANGUAGES
    )
    names = {term.id: term.en.casefold() for term in glossary()}

    assert sorted(japanese) == sorted(english) == sorted(names)
    assert [names[one] for one in english] == sorted(names.values())
    for before, after in (
        ("fefta", "foreign-exchange-order"),  # がいためほう, がいこくかわせれい
        ("group-a", "notice"),  # ぐるーぷえー, こくじ
        ("binder", "quantum-dot"),  # ばいんだー, りょうしどっと
        ("prior-notification", "prior-report"),  # じぜんとどけで, じぜんほうこく
    ):
        expected = sorted((before, after), key=_reading)
        assert sorted((before, after), key=japanese.index) == expected


def test_the_index_leads_to_the_first_term_of_each_letter() -> None:
    names = writer("ja").page_names()
    letters = Guides(RULES, "ja", names).letters

    assert [letter.name for letter in letters] == [
        row for row in "あかさたなはまやらわ" if row in {letter.name for letter in letters}
    ]
    assert letters[0].terms[0].reading[0] in "あい"
    assert sum(len(letter.terms) for letter in letters) == len(glossary())


def test_a_link_to_a_page_or_case_that_is_not_there_stops_the_build() -> None:
    one = Guides(RULES, "ja", {"scheme/": "制度のしくみ"})

    assert one.name("scheme/#inform") == "制度のしくみ"
    with pytest.raises(BuildError, match="nowhere/ is linked"):
        one.name("nowhere/")
    with pytest.raises(BuildError, match="no-such-case is linked"):
        one.case("no-such-case")


def test_a_key_that_nobody_knows_stops_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "some.toml").write_text('ja = "あ"\nen = "a"\nstaus = "unknown"\n', "utf-8")
    monkeypatch.setattr(guides, "TEMPLATES", tmp_path)

    with pytest.raises(BuildError, match="staus"):
        guides.read_table("some.toml", Statement)


def test_the_same_id_twice_stops_the_build() -> None:
    with pytest.raises(BuildError, match=f"more than one {glossary()[0].id}"):
        guides.unique("glossary.toml", (*glossary(), glossary()[0]))


def _reading(name: str) -> str:
    """A reading without marks of voice, for the few names of the test above."""
    plain = str.maketrans(
        "がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽっゃゅょ",
        "かきくけこさしすせそたちつてとはひふへほはひふへほつやゆよ",
    )
    reading = next(term.reading for term in glossary() if term.id == name)
    return reading.translate(plain).replace("ー", "")


def _texts(value: object) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        pair = [(value["ja"], value["en"])] if isinstance(value.get("ja"), str) else []
        return pair + [one for inner in value.values() for one in _texts(inner)]
    return [one for inner in value for one in _texts(inner)] if isinstance(value, list) else []
