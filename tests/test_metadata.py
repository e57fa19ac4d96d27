"""Machines are told what a page is, and never that the ministry made it."""

import json
import re
import struct
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from build_scripts import site as site_build
from build_scripts import social
from build_scripts.metadata import CARD, CARD_SIZE, Metadata, leads_elsewhere
from build_scripts.toolchain import BuildError
from build_scripts.wording import load_site
from decision_tree import corpus
from decision_tree.model import LANGUAGES

RULES = corpus.load()
HEAD = '<head><title>A &amp; B</title>\n<meta name="description" content="C &lt;D&gt;">\n</head>'
ROOT = "https://example.org/guide/"


def pages(site: Path) -> dict[str, str]:
    """Every page that is one of its own, by its address below the root."""
    found = {
        page.relative_to(site).as_posix().removesuffix("index.html"): page.read_text("utf-8")
        for page in sorted(site.rglob("*.html"))
    }
    return {address: html for address, html in found.items() if not leads_elsewhere(html)}


def data(html: str) -> dict[str, Any]:
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    read: dict[str, Any] = json.loads(text)
    return read


def holders(value: Any, found: Any = None) -> list[tuple[str, Any]]:
    """Every key and value of nested data."""
    found = [] if found is None else found
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        found.append((key, inner))
        if isinstance(inner, dict | list):
            holders(inner, found)
    return list(found)


def test_every_page_has_a_title_and_a_description_of_its_own(site: Path) -> None:
    told = pages(site)

    assert len(told) > 100
    for kind, pattern in (
        ("title", r"<title>(.*?)</title>"),
        ("description", r'<meta name="description" content="([^"]*)"'),
    ):
        texts = {address: re.findall(pattern, html, re.DOTALL) for address, html in told.items()}
        assert {len(found) for found in texts.values()} == {1}, kind
        unique = {unescape(found[0]).strip() for found in texts.values()}

        assert "" not in unique
        assert len(unique) == len(texts), kind


def test_every_page_names_the_ministry_as_provider_of_the_scheme_and_never_as_its_own_maker(
    site: Path,
) -> None:
    for address, html in pages(site).items():
        told = data(html)

        assert told["@type"] == "WebPage", address
        assert told["about"]["@type"] == "GovernmentService"
        assert told["about"]["provider"]["@type"] == "GovernmentOrganization"
        assert not {"publisher", "author", "creator", "provider"} & told.keys()
        assert not {"publisher", "author", "creator", "provider"} & told["isPartOf"].keys()
        # Where else the ministry stands, it published what the page is based on.
        ministries = [key for key, value in holders(told) if key == "publisher"]
        assert len(ministries) == len(told["isBasedOn"])
        assert told["lastReviewed"] == str(load_site()["compared"])
        assert told["inLanguage"] == ("en" if address.startswith("en/") else "ja")


def test_every_page_has_a_card_without_an_address_while_none_is_known(site: Path) -> None:
    for address, html in pages(site).items():
        card = dict(
            re.findall(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)"', html)
        )

        assert {"og:title", "og:description", "og:locale", "og:site_name"} <= card.keys(), address
        assert "og:image" not in card
        assert 'rel="canonical"' not in html
        assert "hreflang=" not in html.partition("</head>")[0]


def test_with_an_address_the_card_has_its_picture() -> None:
    told = Metadata(RULES, ROOT)

    for language, address in (("ja", "check/"), ("en", "en/check/")):
        html = told.written(HEAD, address)

        assert f'property="og:url" content="{ROOT}{address}"' in html
        assert f'property="og:image" content="{ROOT}assets/card-{language}.png"' in html
        assert 'name="twitter:card" content="summary_large_image"' in html
        assert data(html)["url"] == ROOT + address


def test_signs_of_html_in_a_title_stay_text() -> None:
    html = Metadata(RULES, "").written(HEAD.replace("A &amp; B", "&lt;/script&gt;"), "check/")

    assert 'content="&lt;/script&gt;"' in html
    assert html.count("</script>") == 1
    assert data(html)["name"] == "</script>"
    assert data(html)["description"] == "C <D>"


def test_a_page_without_a_description_stops_the_build() -> None:
    with pytest.raises(BuildError, match="no title or no description"):
        Metadata(RULES, "").written("<head><title>A</title></head>", "check/")


def test_the_picture_is_drawn_alike_every_time_in_its_size(site: Path, tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    social.draw_cards(RULES, tmp_path)

    for language in LANGUAGES:
        name = CARD.format(language=language)
        picture = (site / name).read_bytes()

        assert picture[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", picture[16:24]) == CARD_SIZE
        assert (tmp_path / name).read_bytes() == picture


def test_both_languages_name_each_other_when_the_address_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_URL", ROOT)
    for language in LANGUAGES:
        folder = tmp_path / "docs" / language
        (folder / "assets").mkdir(parents=True)
        for name in ("site.css", "site.mjs"):
            (folder / "assets" / name).touch()
        for name in ("index", "check"):
            (folder / f"{name}.md").write_text(
                "---\ntitle: T\ndescription: D\n---\n\n# T\n", "utf-8"
            )
        site_build.render(language, [{"T": "index.md"}, {"C": "check.md"}], tmp_path)

    for language in LANGUAGES:
        own = "" if language == "ja" else "en/"
        html = (tmp_path / "html" / language / "check" / "index.html").read_text("utf-8")
        alternates = re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]*)">', html)

        assert f'<link rel="canonical" href="{ROOT}{own}check/">' in html
        assert dict(alternates) == {
            "ja": f"{ROOT}check/",
            "en": f"{ROOT}en/check/",
            "x-default": f"{ROOT}check/",
        }
