"""A film strip: what a person sees, second by second, of a first visit over the slowest line."""

from __future__ import annotations

import base64
import html
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from build_scripts import chromium
from build_scripts.bench import person
from build_scripts.bench.shaped import lines, shaped
from build_scripts.bench.waits import READING

#: Of a telephone.
WIDTH, HEIGHT = 390, 844
#: Of what is painted within so many seconds the last picture is kept, but one before each answer.
APART = 0.5
_CASE = 0
_TO_BUTTON = """() => {
  const button = document.querySelector("#check :is(button[type=submit], [data-do=result])");
  button?.scrollIntoView({ block: "center", behavior: "instant" });
}"""
#: Milliseconds from seeing the button to pressing it.
_AT_BUTTON = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture, the seconds since the address was entered, and what the person did before it."""

    seconds: float
    picture: bytes
    done: str


class _Camera:
    """Takes what the browser paints, as it paints it."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.on("Page.screencastFrame", self._painted)
        self._began: float | None = None
        self.frames: list[Frame] = []
        self.done = "address entered"

    def start(self) -> None:
        """Begin; the first picture is the blank page."""
        self._session.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})

    def stop(self) -> None:
        """End."""
        self._session.send("Page.stopScreencast")

    def begin(self, now: float) -> None:
        """From here on the seconds count."""
        self._began = now

    def _painted(self, event: dict[str, Any]) -> None:
        self._session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})
        at = float(event["metadata"]["timestamp"])
        if self._began is None or at < self._began:
            return
        picture = base64.b64decode(event["data"])
        if self.frames and self.frames[-1].picture == picture:
            return
        frame = Frame(seconds=at - self._began, picture=picture, done=self.done)
        last = self.frames[-1] if self.frames else None
        if (
            last
            and last.done == self.done
            and int(last.seconds / APART) == int(frame.seconds / APART)
        ):
            self.frames.pop()
        self.frames.append(frame)


def shoot(site: Path, target: Path, reading: float = READING) -> None:
    """Write the pictures to `target`, with a page and a picture that show them in order.

    The person reads each page for `reading` seconds, goes down to its button and presses it.
    """
    line = lines()[-1]
    target.mkdir(parents=True, exist_ok=True)
    answers = person.journeys(1)[_CASE]
    with shaped(site, line) as address, chromium.running() as browser:
        context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="ja-JP")
        page = context.new_page()
        camera = _Camera(page)
        camera.start()
        page.wait_for_timeout(500)
        camera.begin(time.time())
        person.opened(page, f"{address}check/")
        page.wait_for_timeout(reading * 1000)
        walk = person.walk(page, answers)
        for number in range(1, person.MANY):
            camera.done = f"answer {number} is given"
            page.evaluate(_TO_BUTTON)
            page.wait_for_timeout(_AT_BUTTON)
            step = next(walk, None)
            if step is None:
                break
            camera.done = f"after answer {number} ({step.page}), waited {step.waited:.0f} ms"
            page.wait_for_timeout(reading * 1000)
        camera.stop()
        context.close()
        _write(browser.new_page(), camera.frames, target, line.name)


def _write(page: Page, frames: list[Frame], target: Path, line: str) -> None:
    figures = []
    for number, frame in enumerate(frames):
        name = f"{number:03}-{frame.seconds:05.1f}s.png"
        (target / name).write_bytes(frame.picture)
        caption = html.escape(f"{frame.seconds:.1f} s: {frame.done}")
        figures.append(
            f'<figure><img src="{name}" width="195"><figcaption>{caption}</figcaption></figure>'
        )
    style = (
        "main{display:flex;flex-wrap:wrap;gap:8px}"
        "figure{margin:0;width:195px;font:12px sans-serif}img{border:1px solid}"
    )
    strip = target / "index.html"
    strip.write_text(
        f'<!doctype html><meta charset="utf-8"><title>{line}</title><style>{style}</style>'
        f"<h1>First visit, {line}</h1><main>{''.join(figures)}</main>",
        "utf-8",
    )
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(strip.resolve().as_uri())
    page.screenshot(path=target / "strip.png", full_page=True)
    print(f"{len(frames)} pictures over {frames[-1].seconds:.1f} s in {target}")
