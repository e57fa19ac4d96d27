"""How Python starts: from a memory kept before, from what the engine imports, from everything."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from build_scripts.engine_wheel import RUNTIME
from build_scripts.lean_wasm import WASM
from build_scripts.serve import SiteHandler, serving
from build_scripts.webassembly import Module
from decision_tree.model import LANGUAGES
from tests.browser.visitor import end, wait_until_kept

OWN_WORKER = "delete globalThis.SharedWorker"
MUTE_WORKER = """globalThis.SharedWorker = class {
  port = new MessageChannel().port1;
  constructor(address, options) { options.extendedLifetime; }
}"""
SHORT_LIVED_WORKER = """const Real = SharedWorker;
globalThis.SharedWorker = class { constructor(address) { return new Real(address); } }"""


class ChangedHandler(SiteHandler):
    """The site with some files changed, which no browser stores: what is asked for is seen."""

    changed: dict[str, bytes] = {}  # noqa: RUF012 (one server in one test)
    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:  # noqa: N802 (the name that the standard library calls)
        """Serve the file, or what is in its place."""
        path = self.path.partition("?")[0].lstrip("/")
        self.asked.append(path.rpartition("/")[2])
        if path not in self.changed:
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(self.changed[path])))
        self.end_headers()
        self.wfile.write(self.changed[path])

    def send_header(self, keyword: str, value: str) -> None:
        """Let no browser store anything."""
        super().send_header(keyword, "no-store" if keyword == "Cache-Control" else value)


@pytest.fixture
def changed(site: Path) -> Iterator[str]:
    """Where the site is that can be changed."""
    ChangedHandler.changed.clear()
    ChangedHandler.asked.clear()
    with serving(site, handler=ChangedHandler) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile."""
    made = browser.new_context()
    yield made
    end(made)


@pytest.fixture
def manifest(site: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((site / "assets" / "runtime.json").read_text("utf-8"))
    return read


def asked(ending: str) -> int:
    """How often a file with such a name was asked for since the last visit began."""
    return sum(name.endswith(ending) for name in ChangedHandler.asked)


def visit(context: BrowserContext, address: str) -> Page:
    """Opens a page that does without the engine, and asks the engine something there."""
    ChangedHandler.asked.clear()
    page = context.new_page()
    page.goto(f"{address}about/")

    assert ask(page, "mlcc") == ["mlcc"] * 5
    return page


def ask(page: Page, technology: str) -> list[str]:
    """Whose verdicts come back, of several asked for at once."""
    answers: list[str] = page.evaluate(
        """async (technology) => {
          const { Engine } = await import("/assets/engine.mjs");
          window.engine ??= new Engine(() => {}, () => {});
          const one = { evaluate: { lines: [{ technology, answers: {} }] } };
          const all = await Promise.all(Array.from({ length: 5 }, () => window.engine.ask(one)));
          return all.map((reply) => reply.verdict.lines[0].technology);
        }""",
        technology,
    )
    return answers


def without(content: bytes, module: str) -> bytes:
    """The archive without one module."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as whole, zipfile.ZipFile(made, "w") as cut:
        for name in whole.namelist():
            if name != f"{module}.pyc":
                cut.writestr(name, whole.read(name))

        assert len(cut.namelist()) == len(whole.namelist()) - 1
    return made.getvalue()


def change_file(manifest: dict[str, Any], place: str, content: bytes) -> None:
    """Serve another file, which the manifest names as if it had been built so."""
    file = manifest["files"][place] | {"sha256": hashlib.sha256(content).hexdigest()}
    other = {**manifest, "id": "0" * 16, "files": {**manifest["files"], place: file}}
    ChangedHandler.changed |= {
        f"assets/{place}": content,
        "assets/runtime.json": json.dumps(other).encode(),
    }


def before_the_worker(site: Path, script: str) -> None:
    """Serve the worker with a line before it."""
    worker = (site / "assets" / "engine-worker.mjs").read_text("utf-8")
    ChangedHandler.changed["assets/engine-worker.mjs"] = f"{script}\n{worker}".encode()


@pytest.mark.parametrize("module", ["decimal", "difflib"])
def test_a_module_missing_from_the_library_is_taken_from_the_whole_one(
    context: BrowserContext, changed: str, site: Path, manifest: dict[str, Any], module: str
) -> None:
    # The first is missing when the engine is imported, the second when a wrong answer is explained.
    library = manifest["lean"]["library"]
    change_file(manifest, library, without((site / "assets" / library).read_bytes(), module))
    page = visit(context, changed)

    assert "goods-only" in explained(page)
    assert asked("python_stdlib.zip") == 1


@pytest.mark.parametrize("name", ["PyImport_ImportModuleLevelObject", "_PyFloat_ExactDealloc"])
def test_a_function_missing_from_the_runtime_is_taken_from_the_whole_one(
    context: BrowserContext, changed: str, site: Path, manifest: dict[str, Any], name: str
) -> None:
    # The first is missing when Python starts, the second when a wrong answer is explained.
    place = manifest["lean"]["wasm"]
    change_file(manifest, place, without_function((site / "assets" / place).read_bytes(), name))
    context.add_init_script(OWN_WORKER)
    page = visit(context, changed)

    at_the_start = asked("python_stdlib.zip")
    assert "goods-only" in explained(page)
    assert [at_the_start, asked("python_stdlib.zip")] == [name.startswith("PyImport"), 1]
    # What was asked after it is answered too.
    assert ask(page, "flexible-endoscope") == ["flexible-endoscope"] * 5
    if at_the_start:
        return

    wait_until_kept(page)
    page.close()
    again = visit(context, changed)

    # The memory that was kept has no other runtime either.
    assert [asked("library.zip"), asked("python_stdlib.zip")] == [0, 0]
    assert "goods-only" in explained(again)
    assert [asked("library.zip"), asked("python_stdlib.zip")] == [0, 1]


def test_an_engine_that_ended_in_quiet_is_asked_nothing_and_leaves_no_memory(
    context: BrowserContext, changed: str, site: Path, manifest: dict[str, Any]
) -> None:
    # Missing only when pages to come are prepared; nobody has asked anything by then.
    place = manifest["lean"]["wasm"]
    content = without_function((site / "assets" / place).read_bytes(), "PyGC_Enable")
    change_file(manifest, place, content)
    context.add_init_script(OWN_WORKER)
    page = context.new_page()
    page.goto(f"{changed}about/")
    page.evaluate(
        """async () => {
          const { Engine } = await import("/assets/engine.mjs");
          window.engine = new Engine(() => {}, () => {});
          window.engine.start();
        }"""
    )
    for _ in range(600):
        page.wait_for_timeout(100)
        if asked("python_stdlib.zip"):
            break

    assert [asked("library.zip"), asked("python_stdlib.zip")] == [1, 1]
    assert ask(page, "mlcc") == ["mlcc"] * 5

    page.wait_for_timeout(3000)

    assert page.evaluate("() => caches.keys()") == []
    assert asked("python_stdlib.zip") == 1


def without_function(content: bytes, name: str) -> bytes:
    """The runtime without one function; only the whole one knows all of their names."""
    module, whole = Module(content), Module((RUNTIME / WASM).read_bytes())
    others = set(range(len(module.bodies))) - {whole.functions[name]}
    return module.cut(others, {one.name for one in module.exports})


def explained(page: Page) -> str:
    """What is said of an answer that is written wrongly."""
    reply = page.evaluate(
        """() => {
          const lines = [{ technology: "mlcc", answers: { act: "goods-onl" } }];
          return window.engine.ask({ evaluate: { lines } });
        }"""
    )
    return str(reply["error"])


def test_the_library_has_all_that_a_visit_needs_and_a_return_needs_none_of_it(
    context: BrowserContext, changed: str
) -> None:
    context.add_init_script(OWN_WORKER)
    page = visit(context, changed)

    assert [asked("library.zip"), asked(".whl"), asked("python_stdlib.zip")] == [1, 1, 0]

    wait_until_kept(page)
    page.close()
    visit(context, changed)

    assert [asked(".asm.wasm"), asked("library.zip"), asked(".whl")] == [1, 0, 0]


def test_what_a_kept_memory_lacks_is_fetched_and_not_the_whole(
    context: BrowserContext, changed: str
) -> None:
    # Asked at once, so the memory is taken before pages to come are prepared.
    context.add_init_script(OWN_WORKER)
    page = visit(context, changed)
    wait_until_kept(page)
    page.close()
    again = visit(context, changed)
    # In quiet the engine tries to prepare them, and cannot.
    again.wait_for_timeout(2000)
    titles = [
        again.evaluate(
            """async (language) => {
              const action = { do: "start" };
              return (await window.engine.ask({ language, state: null, action })).title;
            }""",
            language,
        )
        for language in LANGUAGES
    ]

    assert len(set(titles)) == len(LANGUAGES)
    assert [asked("library.zip"), asked("python_stdlib.zip")] == [1, 0]


@pytest.mark.parametrize("fault", ["damaged", "cut off", "of another build"])
def test_a_kept_memory_that_is_not_as_it_was_is_not_used(
    context: BrowserContext, changed: str, manifest: dict[str, Any], fault: str
) -> None:
    context.add_init_script(OWN_WORKER)
    page = visit(context, changed)
    wait_until_kept(page)
    page.evaluate(
        """async (fault) => {
          const [name] = await caches.keys();
          const cache = await caches.open(name);
          const [request] = await cache.keys();
          const kept = await cache.match(request);
          const memory = new Uint8Array(await kept.arrayBuffer());
          if (fault === "damaged") memory[memory.length >> 1] ^= 1;
          const content = fault === "cut off" ? memory.slice(0, 1000) : memory;
          await cache.put(request, new Response(content, { headers: kept.headers }));
        }""",
        fault,
    )
    if fault == "of another build":
        ChangedHandler.changed["assets/runtime.json"] = json.dumps(
            {**manifest, "id": "1" * 16}
        ).encode()
    page.close()
    again = visit(context, changed)

    assert [asked("library.zip"), asked(".whl"), asked("python_stdlib.zip")] == [1, 1, 0]
    build = "1" * 16 if fault == "of another build" else manifest["id"]
    wait_until_kept(again, build)
    assert again.evaluate("() => caches.keys()") == [f"fefta-55-8-engine-{build}"]


@pytest.mark.parametrize(
    "script",
    [
        "Cache.prototype.put = () => Promise.reject(new DOMException('', 'QuotaExceededError'));",
        "Object.defineProperty(self, 'caches', { get() { throw new DOMException('', 'SecurityError'); } });",
        "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });",
    ],
    ids=["no room", "no caches", "no hashes"],
)
def test_where_nothing_can_be_kept_each_visit_is_a_first_one(
    context: BrowserContext, changed: str, site: Path, script: str
) -> None:
    before_the_worker(site, script)
    context.add_init_script(OWN_WORKER)
    first = visit(context, changed)
    # Longer than the quiet after which the memory would be kept.
    first.wait_for_timeout(3_000)
    first.close()
    visit(context, changed)

    assert [asked("library.zip"), asked(".whl")] == [1, 1]


def test_pages_share_one_engine_and_each_gets_its_own_answers(
    context: BrowserContext, changed: str
) -> None:
    first = visit(context, changed)
    starts = asked(".asm.wasm")
    second = visit(context, changed)
    starts += asked(".asm.wasm")
    for page, technology in ((first, "titanium-sponge"), (second, "quantum-dot")):
        page.evaluate("(name) => { window.asking = window.engine.ask(name); }", one(technology))
    answers = [
        page.evaluate("async () => (await window.asking).verdict.lines[0].technology")
        for page in (first, second)
    ]

    assert answers == ["titanium-sponge", "quantum-dot"]

    # The engine outlives the page, and a closed tab does not end it for others.
    first.goto(f"{changed}en/about/")
    second.close()
    ChangedHandler.asked.clear()

    assert ask(first, "carbon-fibre") == ["carbon-fibre"] * 5
    assert [starts, asked(".asm.wasm")] == [1, 0]


def one(technology: str) -> dict[str, Any]:
    return {"evaluate": {"lines": [{"technology": technology, "answers": {}}]}}


@pytest.mark.parametrize(
    "script",
    [
        MUTE_WORKER,
        OWN_WORKER,
        SHORT_LIVED_WORKER,
    ],
    ids=["mute", "none", "short-lived"],
)
def test_where_no_shared_worker_answers_the_page_has_its_own(
    context: BrowserContext, changed: str, script: str
) -> None:
    context.add_init_script(script)
    page = visit(context, changed)

    assert asked(".asm.wasm") == 1
    assert page.workers != []


def test_a_page_asks_for_no_runtime_before_its_first_question_can_be_answered(
    open_page: Callable[..., Page], changed: str
) -> None:
    page = open_page(changed)
    page.wait_for_load_state("networkidle")

    assert asked(".html") + asked("") > 0
    assert [asked(".wasm"), asked(".zip"), asked(".whl"), asked("pyodide.mjs")] == [0, 0, 0, 0]
