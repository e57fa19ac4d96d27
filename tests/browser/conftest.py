"""A real Chromium on the built site. A page that asks another origin or breaks the policy fails its test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from build_scripts import chromium
from build_scripts.serve import serving
from tests.browser.visitor import arrive, end

BASES = ("/", "/ministry/guide/")

# A loaded machine may take its time until Python itself is up: what is asserted is what comes, not when.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium.running() as started:
        yield started


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
    contexts: list[BrowserContext] = []

    def opened(url: str, **context_options: Any) -> Page:
        contexts.append(browser.new_context(**context_options))
        page = contexts[-1].new_page()
        _listen(page, url, complaints)
        if context_options.get("java_script_enabled", True):
            arrive(page, url)
        else:
            page.goto(url)
        return page

    yield opened
    # What a page says while it is taken away is not a fault of the visit.
    heard = list(complaints)
    for context in contexts:
        end(context)

    assert heard == []


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
