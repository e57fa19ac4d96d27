"""Makes each built page keep strict rules: a content policy, no referrer, no inline script."""

import base64
import hashlib
import posixpath
import re
from pathlib import Path

from build_scripts.toolchain import BuildError

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>\s*", re.DOTALL)
_STYLE = re.compile(r"<style[^>]*>(?P<text>.*?)</style>", re.DOTALL)
_CHARSET = re.compile(r'<meta charset="utf-8"\s*/?>', re.IGNORECASE)
_LOADED = re.compile(r'(<(?:script|link|img|source)\b[^>]*?\s(?:src|href)=")([^"]*)"')

# The theme's only two scripts inside pages. Nothing needs them: they are storage for parts that are
# off here (its switch of colours, its announcements) and the choice of a tab (no page has tabs).
_UNUSED_SCRIPTS = ("__md_scope=", "var target=document.getElementById(location.hash")
# Its bundle and the settings of it: what this site wants of them, `site.mjs` does in a hundredth.
_BUNDLE = re.compile(r'javascripts/bundle|id="__config"')

_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; base-uri 'self'; form-action 'none'"
)


def hardened(html: str) -> str:
    """The page with its policy after the charset, without the scripts that it refuses."""
    html = _SCRIPT.sub(_without_unused, html)
    policy = content_security_policy(html)
    head = (
        f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">'
    )
    html, found = _CHARSET.subn(head, html, count=1)
    if not found:
        raise BuildError('a page has no <meta charset="utf-8">, so its policy has no place')
    return html


def content_security_policy(html: str) -> str:
    """The policy of one page: all from the site itself, and what is inside the page by hash."""
    scripts = [m["text"] for m in _SCRIPT.finditer(html) if _runs(m["attributes"])]
    styles = [m["text"] for m in _STYLE.finditer(html)]
    return _POLICY.format(scripts=_hashes(scripts), styles=_hashes(styles))


def share_assets(site: Path) -> None:
    """Leave one `assets/` for both languages: the English pages load from the root's.

    Raises:
        BuildError: the two runs of MkDocs disagree on a file.
    """
    english = site / "en" / "assets"
    for path in sorted(english.rglob("*")):
        twin = site / "assets" / path.relative_to(english)
        if path.is_file():
            if not twin.is_file() or twin.read_bytes() != path.read_bytes():
                raise BuildError(f"assets/{path.relative_to(english)} differs between ja and en")
            path.unlink()
    for page in sorted((site / "en").rglob("*.html")):
        depth = page.parent.relative_to(site).as_posix()

        def shared(found: re.Match[str], depth: str = depth) -> str:
            place = posixpath.normpath(posixpath.join(depth, found[2]))
            return f'{found[1]}../{found[2]}"' if place.startswith("en/assets/") else found[0]

        page.write_text(_LOADED.sub(shared, page.read_text("utf-8")), "utf-8", newline="\n")
    for folder in sorted(english.rglob("*"), reverse=True):
        folder.rmdir()
    english.rmdir()


def _without_unused(found: re.Match[str]) -> str:
    unused = found["text"].startswith(_UNUSED_SCRIPTS) or _BUNDLE.search(found["attributes"])
    return "" if unused else found[0]


def _runs(attributes: str) -> bool:
    """Whether a script element is code inside the page, and not a file or a block of JSON."""
    return " src=" not in attributes and "json" not in attributes


def _hashes(texts: list[str]) -> str:
    digests = {hashlib.sha256(text.encode()).digest() for text in texts}
    return "".join(f" 'sha256-{base64.b64encode(d).decode()}'" for d in sorted(digests))
