"""A sheet for SVG: text measured and broken into lines before any browser sees it.

Looks are classes alone (`.diagram` in site.css), so that dark mode, print and forced colours have
their own. Sizes are user units, one pixel each where the sheet is shown at its own width.
"""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup

#: The width of every sheet: what a phone of 360 pixels has for content.
WIDTH = 328
#: Sizes of type by the class that sets them in site.css.
SIZES = {"": 14.0, "strong": 14.0, "small": 12.5}
LEADING = 1.45

_TOKEN = re.compile(r"[!-~\u00a1-\u024f\u2010-\u201f\u2264\u2265\u00b0]+ ?|.", re.DOTALL)
#: What Japanese typesetting keeps from the beginning of a line, and from its end.
_NOT_FIRST = frozenset("、。，．・：；！？）」』］〕ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々～％")
_NOT_LAST = frozenset("（「『［〔①②③")


def em(text: str) -> float:
    """The width of a text in units of its size: never less than fonts make of it."""
    return sum(map(_em, text))


def _em(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WFA":
        return 1.0
    if sign in " .,:;'|!ijlI()[]":
        return 0.36
    if sign in "mwMW%@":
        return 0.95
    return 0.74 if sign.isupper() else 0.61


def lines(text: str, width: float, style: str = "") -> list[str]:
    """The text in lines no wider than `width`; Latin words stay whole, Japanese breaks by its rules."""
    room = width / SIZES[style]
    found: list[list[str]] = [[]]
    for token in _TOKEN.findall(text):
        line = found[-1]
        if line and em("".join([*line, token]).rstrip()) > room:
            carried = [token]
            while len(line) > 1 and (carried[0][0] in _NOT_FIRST or line[-1][-1] in _NOT_LAST):
                carried.insert(0, line.pop())
            found.append(carried if carried[0].strip() else [])
        else:
            line.append(token)
    return [row for row in ("".join(line).rstrip() for line in found) if row]


def height(count: int, style: str = "") -> float:
    """How much room lines of a style take."""
    return count * SIZES[style] * LEADING


class Sheet:
    """Marks on a sheet of `WIDTH`, which grows as long as it must."""

    def __init__(self) -> None:
        self._marks: list[Markup] = []
        self._bottom = 0.0

    def text(
        self,
        x: float,
        top: float,
        rows: list[str],
        style: str = "",
        *,
        anchor: str = "start",
        kind: str = "",
    ) -> float:
        """Rows of text below each other; returns where they end."""
        size = SIZES[style]
        for row, words in enumerate(rows):
            baseline = top + size * (LEADING * row + 1.08)
            self._mark(
                '<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>',
                " ".join(filter(None, (style or "plain", kind))),
                _n(x),
                _n(baseline),
                anchor,
                words,
            )
        return self._down(top + height(len(rows), style))

    def box(self, x: float, y: float, width: float, tall: float, kind: str) -> None:
        """A box with round corners."""
        self._mark(
            '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="6"/>',
            kind, _n(x), _n(y), _n(width), _n(tall),
        )  # fmt: skip
        self._down(y + tall)

    def path(self, kind: str, *points: tuple[float, float]) -> None:
        """A line from point to point."""
        way = " ".join(f"{_n(x)} {_n(y)}" for x, y in points)
        self._mark('<path class="{}" d="M{}"/>', kind, way)
        self._down(max(y for _, y in points))

    def arrow(self, *points: tuple[float, float]) -> None:
        """A line that ends in an arrow pointing down."""
        self.path("way", *points)
        x, y = points[-1]
        self.path("head", (x - 4, y - 6), (x, y), (x + 4, y - 6))

    def dot(self, x: float, y: float, kind: str, radius: float = 6) -> None:
        """A dot on a line."""
        self._mark('<circle class="{}" cx="{}" cy="{}" r="{}"/>', kind, _n(x), _n(y), _n(radius))
        self._down(y + radius)

    def svg(self, name: str, title: str, description: str) -> Markup:
        """The drawing as one picture with a name and a description for those who cannot see it."""
        return Markup(
            '<svg role="img" viewBox="0 0 {width} {height}" '
            'aria-labelledby="{name}-title" aria-describedby="{name}-description">'
            '<title id="{name}-title">{title}</title>'
            '<desc id="{name}-description">{description}</desc>{marks}</svg>'
        ).format(
            width=WIDTH,
            height=_n(self._bottom + 2),
            name=name,
            title=title,
            description=description,
            marks=Markup("").join(self._marks),
        )

    def _mark(self, pattern: str, *values: str) -> None:
        self._marks.append(Markup(pattern).format(*values))  # noqa: S704 (patterns are our own)

    def _down(self, y: float) -> float:
        self._bottom = max(self._bottom, y)
        return y


def _n(value: float) -> str:
    """A coordinate as short as it can be, the same on every machine."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
