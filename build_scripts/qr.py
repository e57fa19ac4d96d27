"""A QR code as SVG: dark on white in every colour scheme, since cameras want that."""

from __future__ import annotations

import segno
from markupsafe import Markup

#: The light edge that a camera needs around the code, in modules.
QUIET = 4


def qr(text: str, title: str) -> Markup:
    """The code of a text as one picture."""
    matrix = segno.make_qr(text, error="m").matrix
    size = len(matrix) + 2 * QUIET
    dark = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z"
        for y, row in enumerate(matrix)
        for x, module in enumerate(row)
        if module
    )
    return Markup(
        '<svg class="qr" role="img" viewBox="0 0 {size} {size}" aria-labelledby="qr-title">'
        '<title id="qr-title">{title}</title>'
        '<rect class="paper" width="{size}" height="{size}"/><path class="ink" d="{dark}"/></svg>'
    ).format(size=size, title=title, dark=dark)
