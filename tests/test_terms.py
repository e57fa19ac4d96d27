"""Terms in the text: the first use of each, whole words only, and nothing else is touched."""

import re
from pathlib import Path

import pytest

from build_scripts.guides import glossary
from build_scripts.terms import IN_A_BLOCK, ON_A_PAGE, marked, uses

LINK = re.compile(r'<a class="term" href="([^"]+)" aria-describedby="([^"]+)">(.*?)</a>')
NOTES = re.compile(r'<div class="term-notes".*?</div>\n', re.DOTALL)


def page(text: str) -> str:
    article = f'<article class="md-content__inner md-typeset">\n{text}\n</article>'
    return f"<nav><p>インフォーム</p></nav>\n{article}"


def found(text: str, path: str = "scheme/index.html") -> list[str]:
    """The words that are marked in a text, in order."""
    return [words for _, _, words in LINK.findall(marked(page(text), path))]


def test_the_first_use_becomes_a_link_with_its_definition() -> None:
    html = marked(
        page("<p>この<b>インフォーム</b>は。</p><p>インフォーム</p>"), "scheme/index.html"
    )

    assert (
        '<b><a class="term" href="../glossary/#g-inform" aria-describedby="term-inform">'
        "インフォーム</a></b>は。</p><p>インフォーム</p>"
    ) in html
    assert re.search(
        r'<div class="term-notes" data-more="[^"]+" hidden>\n<p id="term-inform">許可', html
    )


def test_nothing_is_changed_but_added() -> None:
    before = page(
        '<p class="x"  >外為法&nbsp;&lt;5条の<br/>事前報告、\n官民対話</p><ul><li>居住者</ul>'
    )

    after = marked(before, "scheme/index.html")

    assert LINK.sub(r"\3", NOTES.sub("", after)) == before
    assert after != before


@pytest.mark.parametrize(
    "text",
    [
        "<h2>インフォーム</h2>",
        '<p><a href="x">インフォーム</a></p>',
        "<blockquote><p>インフォーム</p></blockquote>",
        '<p class="official">インフォーム</p>',
        '<div class="quotation"><p>インフォーム</p></div>',
        "<p><code>インフォーム</code></p>",
        "<details><summary>インフォーム</summary></details>",
        '<p><span lang="en">Inform</span></p>',
        "<table><tr><td>インフォーム</td></tr></table>",
        "インフォーム",
    ],
)
def test_headings_links_quotations_and_the_like_stay_as_they_are(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("技術輸出管理の話", []),
        ("非居住者と居住者", ["非居住者", "居住者"]),
        ("被居住者扱い", []),
        ("硫化物固体電解質の粉", ["硫化物固体電解質"]),
        ("エレクトロインフォーム", []),
        ("CD-SEMで測る", ["CD-SEM"]),
        ("SEM、TEM", ["SEM", "TEM"]),
        ("SEMI規格", []),
        ("グループAの国", ["グループA"]),
        ("事前報告書", []),
    ],
)
def test_a_term_is_a_whole_word_and_the_longest_wins(text: str, expected: list[str]) -> None:
    assert found(f"<p>{text}</p>") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two quantum dots", ["quantum dots"]),
        ("Prior reports", []),
        ("Prior report first", ["Prior report"]),
        ("We inform you", []),
        ("METI may issue an inform", ["an inform"]),
        ("the semiconductor and the SEM", ["SEM"]),
        ("a non-resident", ["non-resident"]),
    ],
)
def test_english_terms_are_whole_words_too(text: str, expected: list[str]) -> None:
    assert found(f"<p>{text}</p>", "en/scheme/index.html") == expected


def test_the_link_leads_to_the_glossary_of_its_own_language() -> None:
    for path, goal in (
        ("index.html", "glossary/"),
        ("technologies/mlcc/index.html", "../../glossary/"),
        ("en/index.html", "glossary/"),
        ("en/roles/sme-owner/index.html", "../../glossary/"),
    ):
        text = "a prior report" if path.startswith("en/") else "事前報告"
        assert f'href="{goal}#g-prior-report"' in marked(page(f"<p>{text}</p>"), path), path


def test_links_stay_few() -> None:
    names = [t.ja for t in glossary() if not t.match or t.ja in t.match.ja][: 3 * ON_A_PAGE]
    crowded = "".join(f"<p>{'、'.join(names[n : n + 4])}</p>" for n in range(0, len(names), 4))

    html = marked(page(crowded), "scheme/index.html")

    assert len(LINK.findall(html)) == ON_A_PAGE
    assert {len(LINK.findall(block)) for block in html.split("</p>")} <= set(range(IN_A_BLOCK + 1))


@pytest.mark.parametrize("path", ["glossary/index.html", "en/check/index.html", "t/01/index.html"])
def test_the_glossary_the_questions_and_the_short_links_have_no_marks(path: str) -> None:
    html = page("<p>事前報告 prior report</p>")

    assert marked(html, path) == html


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_term_that_is_marked_can_be_found(language: str) -> None:
    for term in glossary():
        for form in term.forms("ja" if language == "ja" else "en"):
            hits = [hit.id for _, _, hit in uses(form, "ja" if language == "ja" else "en")]
            assert hits == [term.id], form


def test_every_term_of_the_built_site_has_its_description(site: Path) -> None:
    pages = [
        path for path in sorted(site.rglob("*.html")) if 'class="term"' in path.read_text("utf-8")
    ]

    assert len(pages) > 40
    for path in pages:
        html = path.read_text("utf-8")
        for _, note, _ in LINK.findall(html):
            assert html.count(f'id="{note}"') == 1, path
