"""The words of every picture fit where they were put, in the fonts of a real browser."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

_PICTURE = re.compile(r'<svg role="img" viewBox="0 0 328 .*?</svg>', re.DOTALL)

#: Draws a picture on the page; what stands outside the sheet, over a box or over other words is told.
_MISFITS = """picture => {
  const figure = document.createElement("figure");
  figure.className = "diagram";
  figure.innerHTML = picture;
  document.querySelector("article").append(figure);
  const svg = figure.firstElementChild;
  const sheet = svg.viewBox.baseVal;
  const words = [...svg.querySelectorAll("text")].map(text => [text.textContent, text.getBBox()]);
  const boxes = [...svg.querySelectorAll(".step, .leaf, .join")].map(box => box.getBBox());
  const found = [];
  for (const [text, at] of words) {
    const right = at.x + at.width, middle = at.y + at.height / 2;
    if (at.x < 0 || right > sheet.width || at.y < -2 || at.y + at.height > sheet.height + 4)
      found.push(`outside: ${text}`);
    for (const box of boxes) {
      const beside = box.x <= at.x && at.x < box.x + box.width;
      const within = beside && box.y < middle && middle < box.y + box.height;
      if (within && right > box.x + box.width - 3) found.push(`over its box: ${text}`);
    }
    for (const [other, there] of words) {
      const across = Math.min(right, there.x + there.width) - Math.max(at.x, there.x);
      const down = Math.min(at.y + at.height, there.y + there.height) - Math.max(at.y, there.y);
      if (text < other && across > 1 && down > 5) found.push(`over each other: ${text} / ${other}`);
    }
  }
  const size = parseFloat(getComputedStyle(svg.querySelector("text")).fontSize);
  if (svg.getBoundingClientRect().width / sheet.width * size < 11) found.push("too small to read");
  figure.remove();
  return [words.length, found];
}"""


def test_the_words_of_every_picture_fit_on_a_phone(
    open_page: Callable[..., Page], address: str, site: Path
) -> None:
    places = [*site.glob("technologies/*/index.html"), site / "scheme" / "index.html"]
    places += [site / "en" / path.relative_to(site) for path in places]
    pictures = [
        (f"{place.parent.relative_to(site)} {number}", picture)
        for place in sorted(places)
        for number, picture in enumerate(_PICTURE.findall(place.read_text("utf-8")))
    ]
    page = open_page(f"{address}scheme/", viewport={"width": 360, "height": 800}, bypass_csp=True)
    found = {}
    for name, picture in pictures:
        words, misfits = page.evaluate(_MISFITS, picture)
        assert words > 0, name
        if misfits:
            found[name] = misfits

    assert len(pictures) == 2 * (2 + 19 + 9)
    assert found == {}


def test_a_picture_is_as_wide_as_its_sheet_on_a_phone(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(f"{address}en/scheme/", viewport={"width": 360, "height": 800})
    widths = page.locator(".diagram svg").evaluate_all(
        "all => all.map(svg => svg.getBoundingClientRect().width)"
    )

    assert len(widths) == 2
    assert min(widths) > 300
    assert page.evaluate("document.documentElement.scrollWidth") == 360
