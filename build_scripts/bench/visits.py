"""Pyodide as it comes and the site as it is built, side by side: time, bytes and memory of a visit."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright, sync_playwright

from build_scripts import cases, chromium
from build_scripts.bench.shaped import Line, ShapedHandler, shaped
from build_scripts.toolchain import BuildError
from decision_tree import corpus, record, situation
from decision_tree.verdict import Judge

#: What a visit can be: into an empty browser, on to the next page in the same tab, into another tab
#: when no worker is left, and after the browser was closed and started anew.
KINDS = ("first", "next", "repeat", "relaunch")
#: Seconds that a person looks at a verdict before going on.
STAY = 4.0
#: Seconds in which a browser does what it does at its own start.
STARTED = 1.0
#: Milliseconds after which a visit has failed.
PATIENCE = 180_000
#: The case that every visit asks about.
CASE = "act-production-transfer"
#: Pages of the sheet, from the list of entries to the end.
SHEET = ("check/sheet/", "check/sheet/mlcc/", "check/sheet/transaction/")

_SAID = "verdict at "
# It tells by itself: to ask it again and again would take the processor from what is measured.
# A message comes after the frame that was being made, so what is laid out and painted counts for both.
_STOPWATCH = """new MutationObserver(() => {
  const root = document.getElementById("check");
  if (!root) return;
  if (root.dataset.view === "verdict" && !globalThis.drawn) {
    globalThis.drawn = new MessageChannel();
    globalThis.drawn.port1.onmessage = () => console.debug(`verdict at ${performance.now()}`);
    requestAnimationFrame(() => globalThis.drawn.port2.postMessage(null));
  }
  if ("ready" in root.dataset && !root.hidden) globalThis.readyAt ??= performance.now();
}).observe(document, {
  subtree: true, childList: true, attributes: true, attributeFilter: ["data-view", "data-ready"],
})"""
_PAINTED = """() => {
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return paint && document.readyState !== "loading" ? paint.startTime : 0;
}"""

#: For each variant, folder and what it is called.
Variants = Mapping[str, Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Seconds to the verdict on one line, for each kind of visit and variant, round by round."""

    line: str
    seconds: Mapping[str, Mapping[str, list[float]]]

    def median(self, kind: str, variant: str) -> float:
        """The median over the rounds."""
        return statistics.median(self.seconds[kind][variant])

    def times(self, kind: str) -> float:
        """How many times faster than stock, as the median of what each round gave."""
        found = self.seconds[kind]
        pairs = zip(found["stock"], found["site"], strict=True)
        return statistics.median(stock / site for stock, site in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The bytes of a visit, headers included, and the headings of the verdict that it ended with."""

    bytes: int
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Until question 1 hears a press, in an empty browser: seconds, and bytes before and of wasm.

    `before` are all bytes before the first one of the runtime was asked for.
    """

    seconds: float
    wasm: int
    before: int


@dataclass(kw_only=True)
class LoggedLine(Line):
    """A line that remembers when what went over it."""

    log: list[tuple[float, str, int]] = field(default_factory=list)

    def carry(self, path: str, size: int) -> None:
        """Note the bytes, and carry them."""
        self.log.append((time.time(), path, size))
        super().carry(path, size)


class GzipHandler(ShapedHandler):
    """A host that knows no brotli."""

    def send_head(self) -> BinaryIO | None:
        """Answer as if the browser took gzip alone."""
        del self.headers["Accept-Encoding"]
        self.headers["Accept-Encoding"] = "gzip"
        return super().send_head()


def rounds(variants: Variants, line: Line, runs: int) -> tuple[Visits, dict[str, dict[str, float]]]:
    """All kinds of visits over one line, the variants in turn; and MiB of memory, first and repeat."""
    seconds: dict[str, dict[str, list[float]]] = {k: {v: [] for v in variants} for k in KINDS}
    memory: dict[str, dict[str, list[float]]] = {
        kind: {variant: [] for variant in variants} for kind in ("first", "repeat")
    }
    with ExitStack() as stack:
        served = {
            name: stack.enter_context(shaped(folder, line)) for name, folder in variants.items()
        }
        playwright = stack.enter_context(sync_playwright())
        for turn in range(runs):
            # Neither is always the one that finds the machine warm.
            for variant in list(variants)[:: 1 if turn % 2 else -1]:
                with tempfile.TemporaryDirectory() as profile:
                    found, used = _visitor(playwright, profile, served[variant])
                for kind in KINDS:
                    seconds[kind][variant].append(found[kind])
                for kind, kinds in memory.items():
                    kinds[variant].append(used[kind])
    medians = {
        kind: {variant: statistics.median(values) for variant, values in found.items()}
        for kind, found in memory.items()
    }
    return Visits(line=line.name, seconds=seconds), medians


def first_visit(folder: Path, handler: type[ShapedHandler] = ShapedHandler) -> Sent:
    """What a first visit takes, until a person has looked at the verdict."""
    line = Line(name="counted", mbps=100_000, latency=0)
    with shaped(folder, line, handler) as address, chromium.running() as browser:
        page = browser.new_page()
        page.add_init_script(_STOPWATCH)
        _verdict(page, f"{address}check/")
        page.wait_for_timeout(STAY * 1000)
        headings = tuple(page.locator("#check :is(h1, h2, h3)").all_inner_texts())
    return Sent(bytes=sum(line.sent.values()), headings=headings)


def question(site: Path, line: Line, runs: int) -> Question:
    """How soon question 1 can be answered, and what had come by then."""
    found = [_question(site, line) for _ in range(runs)]
    return Question(
        seconds=statistics.median(one.seconds for one in found),
        wasm=max(one.wasm for one in found),
        before=max(one.before for one in found),
    )


def sheet(site: Path, line: Line, runs: int) -> float:
    """Seconds that the slowest page of the sheet takes in an empty browser, one after the other."""
    waits: dict[str, list[float]] = {path: [] for path in SHEET}
    with shaped(site, line) as address, chromium.running() as browser:
        for _ in range(runs):
            context = browser.new_context()
            page = context.new_page()
            for path in SHEET:
                page.goto(address + path)
                painted = page.wait_for_function(_PAINTED, timeout=PATIENCE)
                waits[path].append(painted.json_value() / 1000)
            context.close()
    return max(statistics.median(found) for found in waits.values())


@contextmanager
def profile_opened(playwright: Playwright, folder: str) -> Iterator[BrowserContext]:
    """The Chromium of the tests on a profile that outlives it."""
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=chromium.required(), args=chromium.arguments()
    )
    context.add_init_script(_STOPWATCH)
    yield context
    context.close()


@cache
def fragment() -> str:
    """The record that visits are asked to open, as a link holds it."""
    judge = Judge(corpus.load())
    (case,) = (case for case in cases.load() if case.id == CASE)
    return record.fragment(judge, situation.read(case.situation, judge.space))


def _visitor(
    playwright: Playwright, profile: str, address: str
) -> tuple[dict[str, float], dict[str, float]]:
    """One person's visits, from an empty profile on: seconds of each kind, MiB of two of them."""
    found: dict[str, float] = {}
    used: dict[str, float] = {}
    with profile_opened(playwright, profile) as context:
        session = _session(context)
        page = context.pages[0]
        found["first"] = _verdict(page, f"{address}check/")
        page.wait_for_timeout(STAY * 1000)
        used["first"] = _memory(session)
        found["next"] = _verdict(page, f"{address}en/check/")
        other = context.new_page()
        page.close()
        _end_workers(session)
        found["repeat"] = _verdict(other, f"{address}check/")
        other.wait_for_timeout(STAY * 1000)
        used["repeat"] = _memory(session)
    with profile_opened(playwright, profile) as context:
        context.pages[0].wait_for_timeout(STARTED * 1000)
        found["relaunch"] = _verdict(context.pages[0], f"{address}check/")
    return found, used


def _verdict(page: Page, url: str) -> float:
    """Seconds from the start of the navigation to the frame with the verdict."""
    heard = page.expect_console_message(lambda it: it.text.startswith(_SAID), timeout=PATIENCE)
    with heard as message:
        page.goto(f"{url}#record={fragment()}", timeout=PATIENCE)
    return float(message.value.text.removeprefix(_SAID)) / 1000


def _question(site: Path, line: Line) -> Question:
    logged = LoggedLine(name=line.name, mbps=line.mbps, latency=line.latency)
    with shaped(site, logged) as address, chromium.running() as browser:
        page = browser.new_page()
        page.add_init_script(_STOPWATCH)
        page.goto(f"{address}check/", timeout=PATIENCE)
        heard = page.wait_for_function("() => globalThis.readyAt", timeout=PATIENCE, polling=50)
        painted = page.wait_for_function(_PAINTED, timeout=PATIENCE, polling=50)
        ready = max(heard.json_value(), painted.json_value()) / 1000
        origin = page.evaluate("performance.timeOrigin") / 1000
        _until(lambda: any(_is_runtime(path) for _, path, _ in logged.log))
        log = list(logged.log)
    engine = min(at for at, path, _ in log if _is_runtime(path))
    return Question(
        seconds=ready,
        wasm=sum(size for at, path, size in log if ".wasm" in path and at <= origin + ready),
        before=sum(size for at, _, size in log if at < engine),
    )


def _is_runtime(path: str) -> bool:
    return path.startswith(("/assets/pyodide/", "/assets/engine/"))


def _session(context: BrowserContext) -> CDPSession:
    """The line to the browser itself."""
    assert context.browser
    return context.browser.new_browser_cdp_session()


def _memory(session: CDPSession) -> float:
    """MiB of the largest renderer: its own memory, and its share of what it has with others."""
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    return max(_pss(one["id"]) for one in processes if one["type"] == "renderer")


def _pss(process: int) -> float:
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    (size,) = (line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(size) / 1024


def _end_workers(session: CDPSession) -> None:
    """End the workers that outlived their pages, as they end by themselves after a while."""
    for target in _workers(session):
        session.send("Target.closeTarget", {"targetId": target["targetId"]})
    _until(lambda: not _workers(session))


def _workers(session: CDPSession) -> list[dict[str, Any]]:
    targets = session.send("Target.getTargets")["targetInfos"]
    return [target for target in targets if target["type"] == "shared_worker"]


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE / 1000
    while not condition():
        if time.monotonic() > deadline:
            raise BuildError("the browser did not do what was waited for")
        time.sleep(0.02)
