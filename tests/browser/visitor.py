"""How a visit to the site ends."""

from __future__ import annotations

from contextlib import suppress

from playwright.sync_api import BrowserContext, Error

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
