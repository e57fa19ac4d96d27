"""Finds a Chromium for tests and measurements, installs one, and starts it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from build_scripts.toolchain import BuildError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_NAMES_ELSEWHERE = ("microsoft-edge", "msedge")
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "${PROGRAMFILES}/Google/Chrome/Application/chrome.exe",
    "${PROGRAMFILES(X86)}/Google/Chrome/Application/chrome.exe",
    "${LOCALAPPDATA}/Google/Chrome/Application/chrome.exe",
    "${PROGRAMFILES(X86)}/Microsoft/Edge/Application/msedge.exe",
)


def find() -> Path | None:
    """The first Chromium that starts: CHROMIUM, the search path, usual places, Playwright's."""
    return next((path for path in _candidates() if _starts(path)), None)


def ensure() -> Path:
    """A Chromium that starts, installed if there is none.

    Raises:
        BuildError: none could be installed.
    """
    if "CHROMIUM" in os.environ and not _starts(Path(os.environ["CHROMIUM"])):
        raise BuildError(f"CHROMIUM={os.environ['CHROMIUM']} does not start")
    found = find()
    if found is None and _may_use_apt():
        _apt("chromium")
        found = find()
    if found is None:
        playwright = [sys.executable, "-m", "playwright", "install"]
        subprocess.run([*playwright, "chromium"], check=False)
        found = find()
    if found is None:
        raise BuildError("no Chromium was found or could be installed: set CHROMIUM to the program")
    if _may_use_apt() and not _has_japanese_font():
        # Without one a screenshot shows boxes where words should be.
        _apt("fontconfig", "fonts-noto-cjk")
    return found


@contextmanager
def running() -> Iterator[Browser]:
    """A Chromium without a window, for as long as the context lasts.

    Raises:
        BuildError: there is none.
    """
    from playwright.sync_api import sync_playwright

    program = required()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=arguments())
        yield started
        started.close()


def required() -> Path:
    """The Chromium that is there.

    Raises:
        BuildError: there is none.
    """
    program = find()
    if program is None:
        raise BuildError("there is no Chromium: run `make test`, or set CHROMIUM to the program")
    return program


def arguments() -> list[str]:
    """What Chromium is to be started with: it refuses its own sandbox to root, as whom a container runs."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def _candidates() -> Iterator[Path]:
    if chosen := os.environ.get("CHROMIUM"):
        yield Path(chosen)
        return
    for name in (*_NAMES, *_NAMES_ELSEWHERE):
        if program := shutil.which(name):
            yield Path(program)
    for place in _PLACES:
        yield Path(os.path.expandvars(place))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield Path(playwright.chromium.executable_path)


def _starts(program: Path) -> bool:
    """Whether it says its version; Ubuntu's `chromium-browser` may be a mere pointer to a snap."""
    if not program.is_file():
        return False
    if os.name == "nt":  # there it opens a window instead
        return True
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def _may_use_apt() -> bool:
    return shutil.which("apt-get") is not None and hasattr(os, "geteuid") and os.geteuid() == 0


def _apt(*packages: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    print(f"Installing {' '.join(packages)} with apt-get ...", flush=True)
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        subprocess.run(
            ["apt-get", "-qq", *command], check=False, env=environment, stdout=subprocess.DEVNULL
        )


def _has_japanese_font() -> bool:
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    fonts = subprocess.run([lister, ":lang=ja"], capture_output=True, check=False)
    return bool(fonts.stdout.strip())
