"""Serves the built site on this machine, and builds it again when its sources change."""

import multiprocessing
import re
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import forkserver
from pathlib import Path
from typing import Any, BinaryIO

from build_scripts.compression import ENCODINGS
from build_scripts.toolchain import ROOT, BuildError

HOST = "127.0.0.1"
WATCHED = ("decision_tree", "docs", "build_scripts", "mkdocs.yml", "pyproject.toml")
# What takes long to read.
_READ_BEFORE = ("build_scripts.site", "mkdocs.commands.build")

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".toml": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".zip": "application/zip",
}
# Folders that are named by the hash of what is in them.
_FOREVER = re.compile(r"/assets/(?:pyodide|engine)/[0-9a-f]{16}/")


class SiteHandler(SimpleHTTPRequestHandler):
    """Files of one folder under a base path, as a static host would serve them.

    A browser that takes brotli or gzip gets the file that lies compressed beside the one it asks for.
    """

    protocol_version = "HTTP/1.1"
    # Not the machine's own table: browsers refuse modules and wasm of a wrong type.
    extensions_map = {"": "application/octet-stream"} | _TYPES

    def __init__(self, *args: Any, base: str, **options: Any) -> None:
        self.base = base
        super().__init__(*args, **options)

    def translate_path(self, path: str) -> str:
        """The file behind an address; one outside the base path is behind none."""
        if not path.startswith(self.base):
            return str(Path(self.directory) / "no such file")
        return super().translate_path(path[len(self.base) - 1 :])

    def send_head(self) -> BinaryIO | None:
        """The headers of a file, and the file itself if the browser has not got it already."""
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.split("?")[0].endswith("/"):
            path /= "index.html"
        if not path.is_file():
            # A folder without a page is a missing page; one without its slash is sent there.
            return super().send_head()
        encoding, stored = self._stored(path)
        content = stored.open("rb")
        status = stored.stat()
        tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        known = self.headers.get("If-None-Match", "") == tag
        self.send_response(HTTPStatus.NOT_MODIFIED if known else HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("ETag", tag)
        # All else is asked about again: the next build must be what the next reload shows.
        forever = "public, max-age=31536000, immutable"
        self.send_header("Cache-Control", forever if _FOREVER.search(self.path) else "no-cache")
        if encoding:
            self.send_header("Content-Encoding", encoding)
        if not known:
            self.send_header("Content-Length", str(status.st_size))
        self.end_headers()
        if known:
            content.close()
            return None
        return content

    def list_directory(self, *_: Any, **__: Any) -> None:
        """A folder without a page is a missing page."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer a missing page with the site's own."""
        missing = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not missing.is_file():
            super().send_error(code, message, explain)
            return
        body = missing.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", _TYPES[".html"])
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-cache")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any, **__: Any) -> None:
        """Say nothing: the terminal belongs to the build."""

    def _stored(self, path: Path) -> tuple[str, Path]:
        """The first encoding that the browser takes and a file is there for; none is ""."""
        taken = _taken(self.headers.get("Accept-Encoding", ""))
        for encoding, ending in ENCODINGS.items():
            stored = path.with_name(path.name + ending)
            if encoding in taken and stored.is_file():
                return encoding, stored
        return "", path


class SiteServer(ThreadingHTTPServer):
    """A server that forgets broken connections, as a reload makes them."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Only a real fault is worth a traceback."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving(
    folder: Path,
    *,
    port: int = 0,
    base: str = "/",
    handler: Callable[..., SiteHandler] = SiteHandler,
) -> Iterator[str]:
    """Serve `folder` under `base` while the context lasts; gives the address.

    A port of 0 is any free one; from another that is taken, the next free one is used.
    """
    server = _bound(partial(handler, directory=str(folder), base=base), port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}{base}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def serve(folder: Path, port: int) -> None:
    """Build, serve and watch until interrupted; a failed build leaves the last good site up."""
    # A closed terminal or a supervisor ends the server as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    build = [sys.executable, "-m", "build_scripts", "build"]
    if subprocess.run(build, check=False, cwd=ROOT).returncode and not folder.is_dir():
        raise BuildError("nothing to serve")
    try:
        with serving(folder, port=port) as address:
            print(f"Serving {address}  (English: {address}en/)  Ctrl-C ends it.", flush=True)
            before = _state()
            steps: list[str] = []
            builder = _Builder()
            while True:
                time.sleep(0 if steps else 0.1)
                if (now := _state()) != before:
                    builder.notice(path for path, _ in before.items() ^ now.items())
                    # The pages first, so that a reload soon shows the edit; then all else.
                    before, steps = now, ["pages", "all"]
                if steps and not builder.build("--renew", steps.pop(0)):
                    steps = []
    except KeyboardInterrupt:
        print()


class _Builder:
    """Builds in a process of its own, which has all modules read already as long as none is edited."""

    def __init__(self) -> None:
        self._warm = "forkserver" in multiprocessing.get_all_start_methods()
        if self._warm:
            self._processes = multiprocessing.get_context("forkserver")
            self._processes.set_forkserver_preload(list(_READ_BEFORE))
            forkserver.ensure_running()

    def notice(self, changed: Iterable[Path]) -> None:
        """Modules that were edited must be read anew."""
        self._warm = self._warm and all(path.suffix != ".py" for path in changed)

    def build(self, *options: str) -> bool:
        """Whether the build with these options came to its end."""
        if not self._warm:
            command = [sys.executable, "-m", "build_scripts", "build", *options]
            return subprocess.run(command, check=False, cwd=ROOT).returncode == 0
        process = self._processes.Process(target=_build, args=options)
        process.start()
        process.join()
        return process.exitcode == 0


def _build(*options: str) -> None:
    sys.argv = ["build_scripts", "build", *options]
    runpy.run_module("build_scripts", run_name="__main__")


def _taken(header: str) -> set[str]:
    """The encodings of an Accept-Encoding header that are not refused with q=0."""
    taken = set()
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        if weight.strip().removeprefix("q=").strip("0.") or not weight:
            taken.add(name.strip())
    return taken


def _bound(handler: Any, port: int) -> SiteServer:
    for candidate in range(port, port + 50) if port else (0,):
        try:
            return SiteServer((HOST, candidate), handler)
        except OSError:
            continue
    raise BuildError(f"no free port from {port} to {port + 49}")


def _state() -> dict[Path, tuple[int, int]]:
    """Time and size of every source file."""
    found = {}
    for name in WATCHED:
        place = ROOT / name
        for path in place.rglob("*") if place.is_dir() else (place,):
            if path.suffix != ".pyc" and path.is_file():
                status = path.stat()
                found[path] = (status.st_mtime_ns, status.st_size)
    return found
