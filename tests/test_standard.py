"""Every page keeps to the HTML standard, in the judgement of html-validate."""

from pathlib import Path

from build_scripts.standard import breaches


def test_no_page_breaks_the_standard(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))

    assert len(pages) > 150
    assert breaches(site, pages) == []


def test_breaches_are_found_with_their_lines(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>T</title></head>\n'
        '<body><h1 id="a">T</h1>\n<p id="a"><div></div></p>\n<img src="x.png">\n'
        "<noscript><p><ul></ul></p></noscript></body></html>\n",
        "utf-8",
    )

    found = breaches(tmp_path, [page])

    assert any(one.startswith("index.html:4: Duplicate ID") for one in found)
    assert any(one.startswith("index.html:5: ") and "alt" in one for one in found)
    assert any(one.startswith("index.html:6: ") for one in found)
