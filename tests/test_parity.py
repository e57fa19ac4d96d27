"""Both languages say the same, and each is written as it should be."""

import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from build_scripts import check, twins
from build_scripts.lint.corpus import Corpus, Problem
from build_scripts.lint.english import unofficial_names_are_marked, words_are_spelt_as_in_britain
from build_scripts.lint.japanese import (
    katakana_is_written_one_way,
    sentences,
    sentences_are_short,
    text_is_not_damaged,
    words_are_written_one_way,
)
from build_scripts.lint.parity import numbers_agree, pages_have_the_same_blocks
from build_scripts.lint.passages import passages
from build_scripts.numerals import apart, numbers
from build_scripts.pages import DOCS
from build_scripts.readability import readability
from decision_tree.corpus import FOLDER


@pytest.mark.parametrize(
    ("ja", "en"),
    [
        ("三十日以内", "within 30 days"),
        ("二、〇〇〇、〇〇〇を超える", "exceeding 2,000,000"),
        ("〇・一ミリジーメンス", "0.1 millisiemens"),
        ("二四八ナノメートル", "248 nanometres"),
        ("2024年12月30日", "30 December 2024"),
        ("令和7年11月14日", "14 November 2025"),
        ("令和元年5月", "May 2019"),
        ("第55条の8", "Article 55-8"),
        ("5％", "5 per cent"),
        ("100万円以下", "up to 1 million yen"),
        ("207万画素", "2.07 MP"),
        ("2つの質問", "two questions"),
        ("最初の一つ", "the first"),
        ("3〜5年", "3 to 5 years"),
        ("①の課題", "matter (1)"),
        ("71条9号", "Article 71(ix)"),
        ("一部の会社", "some companies"),
        ("十分に", "enough"),
        ("1/4波長", "quarter-wave"),
        ("S0の64行", "line 64 of S0"),
    ],
)
def test_the_same_numbers_may_be_written_differently(ja: str, en: str) -> None:
    assert apart(ja, en) == ([], [])


@pytest.mark.parametrize(
    ("ja", "en", "only_ja", "only_en"),
    [
        ("30日以内", "within 20 days", ["30"], ["20"]),
        ("2024年12月30日", "30 November 2024", ["12"], ["11"]),
        ("5万円", "60,000 yen", ["50000"], ["60000"]),
        ("0.1以上", "at least 0.01", ["0.1"], ["0.01"]),
        ("二、〇〇〇、〇〇〇", "200,000", ["2000000"], ["200000"]),
        ("令和7年", "2024", ["2025"], ["2024"]),
        ("19の技術", "the technologies", ["19"], []),
        ("一部", "15 of them", [], ["15"]),
    ],
)
def test_different_numbers_are_told(
    ja: str, en: str, only_ja: list[str], only_en: list[str]
) -> None:
    assert apart(ja, en) == ([Decimal(n) for n in only_ja], [Decimal(n) for n in only_en])


def test_phrasing_states_no_number() -> None:
    assert numbers("一部の人が一度に統一した", "ja").stated == frozenset()
    assert numbers("no one may, at first, be the second to go", "en").stated == frozenset()


@pytest.fixture(scope="module")
def sources() -> Corpus:
    return check.corpus_of(FOLDER, DOCS)


def test_thousands_of_texts_are_compared(sources: Corpus) -> None:
    pairs = passages(sources)

    assert len(pairs) > 2500
    assert any(one.file.startswith("docs/ja/") for one, _ in pairs)
    assert any(not one.own for one, _ in pairs)


SPELT = words_are_spelt_as_in_britain
MARKED = unofficial_names_are_marked
Edit = Callable[[str], str]
Rule = Callable[[Corpus], object]


@pytest.mark.parametrize(
    ("language", "page", "edit", "rule", "complaint"),
    [
        ("en", "scheme.md", lambda t: t.replace("30", "20"), numbers_agree, "30 only in ja; 20 only in en"),
        ("en", "scheme.md", lambda t: t + "\nOne more.\n", pages_have_the_same_blocks, "nothing more"),
        ("en", "index.md", lambda t: t.replace("\n- ", "\n", 1), pages_have_the_same_blocks, "same blocks"),
        ("ja", "about.md", lambda t: t + "\n" + "続く" * 41 + "。\n", sentences_are_short, "at most 80"),
        ("ja", "about.md", lambda t: t + "\n結論となつた。\n", text_is_not_damaged, "has a large つ"),
        ("ja", "about.md", lambda t: t + "\n技術霸権。\n", text_is_not_damaged, "is a variant"),
        ("ja", "about.md", lambda t: t + "\n⾦属です。\n", text_is_not_damaged, "compatibility"),
        ("ja", "about.md", lambda t: t + "\n管理を行 う。\n", text_is_not_damaged, "stray blank"),
        ("ja", "about.md", lambda t: t + "\n読んで下さい。\n", words_are_written_one_way, "write ください"),
        ("ja", "about.md", lambda t: t + "\n１９の技術。\n", words_are_written_one_way, "half-width"),
        ("ja", "about.md", lambda t: t + "\n技術(製造)です。\n", words_are_written_one_way, "full-width"),
        ("ja", "about.md", lambda t: t + "\nサーバとサーバー。\n", katakana_is_written_one_way, "サーバ"),
        ("en", "about.md", lambda t: t + "\nA colour of teh fibre.\n", SPELT, "'teh'"),
        ("en", "about.md", lambda t: t + "\nAsk the Metal Industries Division.\n", MARKED, "is our English"),
        ("en", "about.md", lambda t: t + "\nThe color of a fiber.\n", SPELT, "'color'"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_line(
    tmp_path: Path, language: str, page: str, edit: Edit, rule: Rule, complaint: str
) -> None:
    docs = Path(shutil.copytree(DOCS, tmp_path / "docs"))
    changed = docs / language / page
    changed.write_text(edit(changed.read_text("utf-8")), "utf-8")
    # A line of its own in one language would hide the fault behind the missing twin.
    twin = docs / {"ja": "en", "en": "ja"}[language] / page
    if rule is not pages_have_the_same_blocks and len(changed.read_text("utf-8")) > len(
        (DOCS / language / page).read_text("utf-8")
    ):
        twin.write_text(twin.read_text("utf-8") + "\n…文。\n", "utf-8")

    found = [one for one in rule(check.corpus_of(FOLDER, docs)) if isinstance(one, Problem)]  # type: ignore[attr-defined]

    told = [str(one) for one in found if complaint in one.message]
    assert told, found
    assert re.match(rf"docs/(?:en|{language})/{page}:\d+: ", told[0])


def test_the_sentences_of_a_text_end_where_they_end() -> None:
    found = sentences("一つ。「二つ。」と言う。三つ？四つ")

    assert found == ["一つ。", "「二つ。」と言う。", "三つ？", "四つ"]


def test_the_texts_are_easy_to_read(sources: Corpus) -> None:
    figures = readability(sources)

    assert figures["ja"].sentences > 1000
    assert figures["ja"].median <= 40
    assert figures["ja"].longest <= 80
    assert 0.2 < (figures["ja"].kanji or 0) < 0.5
    assert figures["en"].sentences > 1000
    assert figures["en"].median <= 20


def test_the_built_pages_are_the_same_in_both_languages(site: Path) -> None:
    found, tally = twins.compare(site)

    assert tally.pages > 80
    assert tally.blocks > 5000
    assert found == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("<p>30 days</p>", "<p>20 days</p>", "30, 20 in one language only"),
        ("<li>one</li>", "", "in ja li"),
        ('id="a"', 'id="b"', "id 'a' only in ja"),
        ('href="../check/"', 'href="../scheme/"', "link 'check' only in ja"),
        ("<h2", "<h3", "h3"),
    ],
)
def test_a_difference_of_the_built_pages_is_told(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    text = (
        '<article><h2 id="a">A</h2>\n<p>30 days</p><ul><li>one</li></ul><a href="../check/">c</a>'
    )
    for place, html in (("t", text), ("en/t", text.replace(old, new))):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "index.html").write_text(f"{html}</article>", "utf-8")

    found, _ = twins.compare(tmp_path)

    assert found
    assert complaint in found[0]
    assert found[0].startswith("en/t/index.html:")
