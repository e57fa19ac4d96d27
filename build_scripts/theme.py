"""Mends of the theme's mark-up, which the HTML standard and screen readers want."""

from __future__ import annotations

import re

# The theme's switches are never seen: what they switch has a button or a label of its own.
_SWITCH = re.compile(r'<input class="(?:md-nav__toggle )?md-toggle[^>]*?(?= autocomplete| ?>)')
_AUTOCOMPLETE = re.compile(r'(<input class="md-toggle"[^>]*?) autocomplete="off"')
_CONTENTS = '<nav class="md-nav md-nav--secondary"'
_NAME = re.compile(r'(<nav class="md-nav(?: md-nav--secondary)?" aria-label=")([^"]*)')


def mended(html: str, in_menu: str) -> str:
    """The page with its switches hidden and with names of their own for its landmarks.

    The theme prints a table of contents twice under the same names. `in_menu` makes the name of the
    one in the menu of narrow screens, "{name} (in the menu)".
    """
    html = _AUTOCOMPLETE.sub(r"\1", _SWITCH.sub(r"\g<0> hidden", html))
    before, *copies = html.split(_CONTENTS)
    if len(copies) < 2:
        return html
    first, *others = (_CONTENTS + copy for copy in copies)
    named = _NAME.sub(lambda found: found[1] + in_menu.format(name=found[2]), first)
    return before + named + "".join(others)
