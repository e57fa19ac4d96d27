"""How a visit to the site begins and ends."""

from __future__ import annotations

from contextlib import suppress

from playwright.sync_api import BrowserContext, Error, Page

#: A page can be overtaken by one that was on its way, and that by none.
ATTEMPTS = 5

# A page has arrived once its modules are there; those imported late run some milliseconds after.
_HAS_RUN = """() => {
  const check = document.getElementById("check");
  return (!check || "ready" in check.dataset)
    && !document.querySelector("#run-cases button[hidden]")
    && (!document.querySelector("a.term") || document.querySelector(".term-tip"));
}"""

_UNTIL_KEPT = """async (build) => {
  for (let look = 0; look < 300; look++) {
    for (const name of await caches.keys()) {
      if (name.endsWith(build) && (await (await caches.open(name)).keys()).length) return;
    }
    await new Promise((again) => setTimeout(again, 100));
  }
  throw new Error("nothing was kept");
}"""


def arrive(page: Page, url: str) -> None:
    """Open an address, and wait until every script of the page has run."""
    page.goto(url)
    page.wait_for_function(_HAS_RUN)


def wait_until_kept(page: Page, build: str = "") -> None:
    """Wait until the engine, of this build if one is named, has kept its memory for the next visit."""
    page.evaluate(_UNTIL_KEPT, build)


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
