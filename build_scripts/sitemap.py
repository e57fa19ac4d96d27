"""The sitemap: every page with its twin in the other language, and the day of its last comparison.

A page carries the day on which it was last compared with its sources, so it changes on that day. A file
date would be the day of the build or of a checkout, and is no date of the page.
"""

from datetime import date
from pathlib import Path
from xml.sax.saxutils import quoteattr

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)


def sitemap(site: Path, root: str, compared: date) -> str:
    """The text of `sitemap.xml` for a site published at `root` (with its last slash)."""
    lines = []
    for page in sorted(site.rglob("index.html")):
        if 'http-equiv="refresh"' in page.read_text("utf-8"):
            continue  # a short link is a way to a page, not a page
        place = page.parent.relative_to(site).as_posix()
        path = "" if place == "." else place + "/"
        twin = path.removeprefix("en/")
        lines.append(f"<url><loc>{root}{path}</loc><lastmod>{compared}</lastmod>")
        for language, prefix in (("ja", ""), ("en", "en/"), ("x-default", "")):
            address = quoteattr(f"{root}{prefix}{twin}")
            lines.append(f'<xhtml:link rel="alternate" hreflang="{language}" href={address}/>')
        lines.append("</url>")
    return _HEAD + "\n".join(lines) + "\n</urlset>\n"
