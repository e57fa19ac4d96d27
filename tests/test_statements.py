"""Whatever a page says of law or fact has a source or a status, and guidance of ours is marked as such."""

from pathlib import Path
from typing import Any

import pytest

from build_scripts import check
from build_scripts.lint import statements
from build_scripts.lint.corpus import Corpus
from build_scripts.pages import DOCS
from build_scripts.wording import TEMPLATES

HEAD = "---\ntitle: 題\ndescription: 説明\n---\n\n# 題\n\n"


def corpus_of(docs: Path) -> Corpus:
    given: dict[str, Any] = {"files": {}, "rules": None, "docs": docs}
    return Corpus(**given, sources={}, record={})


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of prose without a page, and no lists beside it."""
    (tmp_path / "docs" / "ja").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    monkeypatch.setattr(statements, "TEMPLATES", tmp_path / "templates")
    return tmp_path / "docs"


def told(docs: Path, page: str, lists: str = "") -> list[tuple[str, int]]:
    """File and line of every problem with one page and one list."""
    (docs / "ja" / "page.md").write_text(page, "utf-8")
    if lists:
        (docs.parent / "templates" / "list.toml").write_text(lists, "utf-8")
    found = corpus_of(docs)
    return [(p.file, p.line) for rule in statements.RULES for p in rule(found)]


def test_the_list_of_statements_without_a_source_is_empty() -> None:
    found = corpus_of(DOCS)

    assert [str(p) for p in statements.statements_have_sources(found)] == []
    assert [str(p) for p in statements.marks_are_needed(found)] == []


def test_the_statements_of_every_page_and_list_are_counted() -> None:
    found = statements.tally(corpus_of(DOCS))

    assert found.without == 0
    # The two reports, the dates, the neighbours and the open points alone are more than these.
    assert found.sourced > 300
    assert found.ours > 0
    assert statements.RULES[0] in check.RULES
    assert list(TEMPLATES.glob("*.toml"))


@pytest.mark.parametrize(
    "line",
    [
        "報告は契約の前です。",
        "- 報告は契約の前です",
        "1. 報告は契約の前",
        '<p class="lead">報告は契約の前です。</p>',
        "<li>報告は契約の前です。</li>",
        "<tr><td>報告</td><td>契約の前</td></tr>",
        "| 報告 | 契約の前 |",
        "報告は[契約の前](scheme.md)です。",
        "様式は{{ list_date | day }}からです。",
    ],
)
def test_a_statement_without_a_source_is_told_at_its_line(docs: Path, line: str) -> None:
    assert told(docs, HEAD + line + "\n") == [("docs/ja/page.md", 8)]


@pytest.mark.parametrize(
    "line",
    [
        "報告は契約の前です。{{ cite(29) }}",
        '小委員会が議論しました。{{ cite(7, "S4") }}',
        '罰則があります。{{ cite_document("FEFTA", "外為法 71条") }}',
        '様式は分かりません。{{ status("unknown") }}',
        "{{ quote(29) }}",
        "{# ours #}答える前に資料を用意してください。",
        "- {# ours #}答える前に資料を用意してください。",
        "- [制度のしくみ](scheme.md)",
        '<p class="start"><a class="button" href="../check/">確認する</a> <a href="../">戻る</a></p>',
        "## 見出し { #heading }",
        '<h3 id="track">見出し</h3>',
        '<thead><tr><th scope="col">場面</th><th scope="col">条文</th></tr></thead>',
        "| 別表 | 行 |\n|---|---|",
        '{% include "event_list.html.j2" %}',
        "<dl>\n<dt>場面</dt><dd>報告しない</dd>\n<dt>条文</dt><dd>{{ cite(89) }}</dd>\n</dl>",
    ],
)
def test_what_has_a_source_or_states_nothing_is_not_told(docs: Path, line: str) -> None:
    assert told(docs, HEAD + line + "\n") == []


def test_a_source_in_one_list_of_pairs_is_none_for_the_next(docs: Path) -> None:
    pairs = "<dl>\n<dt>条文</dt><dd>{{ cite(89) }}</dd>\n</dl>\n<dl>\n<dt>罰金</dt>\n</dl>"

    assert told(docs, HEAD + pairs) == [("docs/ja/page.md", 12)]


def test_a_mark_of_its_own_covers_its_section_and_no_other(docs: Path) -> None:
    page = (
        HEAD
        + "## 用意 { #a }\n\n{# ours #}\n図面を用意します。\n\n## 報告 { #b }\n\n契約の前です。\n"
    )

    assert told(docs, page) == [("docs/ja/page.md", 15)]


def test_a_page_about_the_site_is_marked_in_its_head(docs: Path) -> None:
    marked = HEAD.replace("\n---\n", "\nstatements: ours\n---\n", 1)

    assert told(docs, marked + "回答は送りません。\n") == []


@pytest.mark.parametrize(
    ("page", "line"),
    [
        (HEAD + "{# ours #}報告は契約の前です。{{ cite(29) }}\n", 8),
        (HEAD + "{# ours #}[制度のしくみ](scheme.md)\n", 8),
        (HEAD + "## 報告 { #a }\n\n{# ours #}\n契約の前です。{{ cite(29) }}\n", 10),
        (HEAD.replace("\n---\n", "\nstatements: ours\n---\n", 1) + "前です。{{ cite(29) }}\n", 1),
    ],
)
def test_a_mark_that_nothing_needs_is_told(docs: Path, page: str, line: int) -> None:
    assert [("docs/ja/page.md", line)] == told(docs, page)


@pytest.mark.parametrize(
    ("lists", "lines"),
    [
        ('[a]\ntext.ja = "前です。"\ntext.en = "Before."\n', [2]),
        ('[a]\ntext.ja = "前です。" # ours\ntext.en = "Before."\n', []),
        ('# Words.\n# ours: captions\n[a]\ntext.ja = "前です。"\ntext.en = "Before."\n', []),
        ('[a]\ntext.ja = "前です。"\ntext.en = "Before."\ntext.source = [{ line = 29 }]\n', []),
        ('[[a]]\nja = "前です。"\nen = "Before."\nsource = [{ line = 29 }]\n', []),
        ('[a]\nsource = { document = "S0" }\ntext.ja = "前です。"\ntext.en = "Before."\n', []),
        ('[a]\ntext.ja = "前です。"\ntext.en = "Before."\ntext.status = "unknown"\n', []),
        # An event has no full stop, but the table says that it has sources: it must have one.
        ('[[a]]\nja = "制度の開始"\nen = "Start"\nsource = []\n', [2]),
        ('[a]\nname.ja = "制度"\nname.en = "Scheme"\n', []),
        ('[a]\nname.ja = "制度" # ours\nname.en = "Scheme"\n', [2]),
        ('# ours: captions\n[a]\nname.ja = "制度"\nname.en = "Scheme"\n', [1]),
        ('[a]\ntext.ja = "前です。" # ours\ntext.en = "Before."\ntext.status = "plan"\n', [2]),
    ],
)
def test_the_texts_of_a_list_have_sources_too(docs: Path, lists: str, lines: list[int]) -> None:
    assert [("templates/list.toml", line) for line in lines] == told(docs, HEAD, lists)
