"""A visitor's Chromium: how it is started, and how a visit ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import Browser, BrowserContext, Error, sync_playwright

from build_scripts import chromium

#: A page can be overtaken by one that was on its way, and that by none.
ATTEMPTS = 5

#: Waits until the engine has kept its memory for the next visit.
UNTIL_KEPT = """async () => {
  for (let look = 0; look < 300; look++) {
    for (const name of await caches.keys()) {
      if ((await (await caches.open(name)).keys()).length) return;
    }
    await new Promise((again) => setTimeout(again, 100));
  }
  throw new Error("nothing was kept");
}"""


@contextmanager
def chromium_running() -> Iterator[Browser]:
    """A Chromium without a window, for as long as the context lasts.

    Raises:
        RuntimeError: there is none.
    """
    program = chromium.find()
    if program is None:
        raise RuntimeError("there is no Chromium: run `make test`, or set CHROMIUM to the program")
    # Chromium refuses its own sandbox to root, which is who a container is.
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=arguments)
        yield started
        started.close()


def end(context: BrowserContext) -> None:
    """Close a context once its pages are at rest.

    Chromium forgets a close that meets a page just arriving at another address
    (https://issues.chromium.org/issues/536385539), and Playwright then waits for ever. A page that
    has arrived at `about:blank` is on its way nowhere, and its worker has ended.
    """
    for page in context.pages:
        for _ in range(ATTEMPTS):
            # The page that was on its way may arrive first.
            with suppress(Error):
                page.goto("about:blank")
            if page.url == "about:blank":
                break
        page.wait_for_load_state()
    context.close()
