"""A real Chromium on the built site. A page that asks another origin or breaks the policy fails its test."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from build_scripts import chromium
from build_scripts.serve import serving

BASES = ("/", "/ministry/guide/")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium.find()
    if program is None:
        pytest.fail("there is no Chromium: run `make test`, or set CHROMIUM to the program")
    # Chromium refuses its own sandbox to root, which is who a container is.
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=arguments)
        yield started
        started.close()


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served, with its last slash."""
    with serving(site) as served:
        yield served


@pytest.fixture(scope="session", params=BASES)
def any_base(site: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address again, for tests that must hold at the root and in a ministry's folder."""
    with serving(site, base=request.param) as served:
        yield served


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an address in a fresh profile; keyword arguments are those of a browser context."""
    complaints: list[str] = []
    with ExitStack() as closing:

        def opened(url: str, **context_options: Any) -> Page:
            context = browser.new_context(**context_options)
            closing.callback(context.close)
            page = context.new_page()
            _listen(page, url, complaints)
            page.goto(url)
            return page

        yield opened

    assert complaints == []


@pytest.fixture
def page(open_page: Callable[..., Page], address: str) -> Page:
    """The Japanese home page, 1280 pixels wide."""
    return open_page(address, base_url=address, viewport={"width": 1280, "height": 800})


def _listen(page: Page, url: str, complaints: list[str]) -> None:
    origin = "/".join(url.split("/")[:3])

    def requested(asked: str) -> None:
        if not asked.startswith((origin + "/", "data:", "blob:")):
            complaints.append(f"asked another origin: {asked}")

    def said(kind: str, text: str) -> None:
        if kind == "error":
            complaints.append(f"console: {text}")

    page.on("request", lambda request: requested(request.url))
    page.on("console", lambda message: said(message.type, message.text))
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
