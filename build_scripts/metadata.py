"""What a page tells machines: the card that a message shows of it, and schema.org data.

The ministry provides the scheme that a page is about, and published the documents it is based on. It
never stands as publisher or author of a page.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

from build_scripts.toolchain import BuildError
from build_scripts.wording import load_site, load_words
from decision_tree.model import LANGUAGES, Language, Rules
from decision_tree.view.phrases import official_page

#: The picture of each language, below the root of the site, and its size in pixels.
CARD = "assets/card-{language}.png"
CARD_SIZE = (1200, 630)

_LOCALES = {"ja": "ja_JP", "en": "en_GB"}
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)"')


def leads_elsewhere(html: str) -> bool:
    """Whether a page is no page of its own: a short link, or what a host shows for a wrong address."""
    return 'http-equiv="refresh"' in html or 'name="robots" content="noindex"' in html


def described(html: str, address: str) -> tuple[str, str]:
    """The title and the description of a page, as text.

    Raises:
        BuildError: the page has no title or no description.
    """
    found = [pattern.search(html) for pattern in (_TITLE, _DESCRIPTION)]
    texts = [" ".join(unescape(one[1]).split()) for one in found if one]
    if len(texts) != len(found):
        raise BuildError(f"{address}: the page has no title or no description")
    return texts[0], texts[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What its metadata tells of a page; `address` is below the root of the site, "en/check/"."""

    address: str
    title: str
    description: str

    @property
    def language(self) -> Language:
        return "en" if self.address.startswith("en/") else "ja"


class Metadata:
    """The metadata of every page of a site.

    Args:
        rules: Where the sources of the site stand.
        root: The address of the published site with its last slash; empty if it is not known. What
            must be an absolute address is then left out.
    """

    def __init__(self, rules: Rules, root: str) -> None:
        self.rules = rules
        self.root = root
        self.site = load_site()
        self.words = {language: load_words(language)["metadata"] for language in LANGUAGES}

    def written(self, html: str, address: str) -> str:
        """The page with its card and its data before the end of its head.

        Raises:
            BuildError: the page has no title or no description.
        """
        title, description = described(html, address)
        page = Page(address=address, title=title, description=description)
        lines = [
            f'<meta {kind}="{name}" content="{escape(value)}">'
            for (kind, name), value in self.card(page).items()
        ]
        # A "<" could end the script element.
        text = json.dumps(self.data(page), ensure_ascii=False).replace("<", "\\u003c")
        lines.append(f'<script type="application/ld+json">{text}</script>')
        return html.replace("</head>", "\n".join(lines) + "\n</head>", 1)

    def card(self, page: Page) -> dict[tuple[str, str], str]:
        """What a message shows of a link to the page."""
        words = self.words[page.language]
        card = {
            ("property", "og:type"): "website",
            ("property", "og:site_name"): words["site"],
            ("property", "og:locale"): _LOCALES[page.language],
            ("property", "og:title"): page.title,
            ("property", "og:description"): page.description,
            ("name", "twitter:card"): "summary",
        }
        if self.root:
            width, height = CARD_SIZE
            card |= {
                ("property", "og:url"): self.root + page.address,
                ("property", "og:image"): self.root + CARD.format(language=page.language),
                ("property", "og:image:width"): str(width),
                ("property", "og:image:height"): str(height),
                ("property", "og:image:alt"): words["card"],
                ("name", "twitter:card"): "summary_large_image",
            }
        return card

    def data(self, page: Page) -> dict[str, Any]:
        """The page as schema.org describes it."""
        words = self.words[page.language]
        ministry = {
            "@type": "GovernmentOrganization",
            "name": words["ministry"],
            "url": "https://www.meti.go.jp/",
        }
        address = {"url": self.root + page.address} if self.root else {}
        return {
            "@context": "https://schema.org",
            "@type": "WebPage",
            "name": page.title,
            "description": page.description,
            **address,
            "inLanguage": page.language,
            "license": self.site["licence"],
            "lastReviewed": str(self.site["compared"]),
            "isPartOf": {
                "@type": "WebSite",
                "name": words["site"],
                "description": words["standing"],
            },
            "about": {
                "@type": "GovernmentService",
                "name": words["scheme"],
                "serviceType": words["service"],
                "provider": ministry,
                "areaServed": {"@type": "Country", "name": words["country"]},
                "url": official_page(self.rules),
            },
            "isBasedOn": [
                {
                    "@type": "CreativeWork",
                    "name": document.title.of(page.language),
                    "datePublished": document.date,
                    "publisher": ministry,
                }
                for document in self.rules.documents
                if document.kind == "primary"
            ],
        }
