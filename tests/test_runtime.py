"""What the browser loads is small, what the engine needs, and sent as a good static host sends it."""

import gc
import gzip
import http.client
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import brotli
import pytest

from build_scripts.compression import ENCODINGS, compress
from build_scripts.serve import serving
from decision_tree.browser import handle

Answer = tuple[int, dict[str, str], bytes]

NUMBER = "flexible-endoscope-diameter"

#: What modules write while they are imported, compiled.
COMPILED = "compiled"
#: Modules that only a Python without the engine would lack: the cut must have left them out.
NOT_NEEDED = ("email/__init__.pyc", "tomllib/__init__.pyc", "unittest/__init__.pyc")


@pytest.fixture(scope="module")
def manifest(site: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((site / "assets" / "runtime.json").read_text("utf-8"))
    return read


def ask(address: str, path: str, **headers: str) -> Answer:
    """Status, headers in small letters, and body of an answer."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", parts.path + path, headers=named)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def test_the_library_is_bytecode_of_what_the_engine_imports(
    site: Path, manifest: dict[str, Any]
) -> None:
    with zipfile.ZipFile(site / "assets" / manifest["lean"]["library"]) as library:
        names = [name for name in library.namelist() if name != COMPILED]
        flags = {library.read(name)[4:8] for name in names}
        # Read in one step, as they lie there.
        stored = {(one.compress_type, len(one.extra)) for one in library.infolist()}

    assert all(name.endswith(".pyc") for name in names)
    assert {"json/__init__.pyc", "decimal.pyc", "pyodide/__init__.pyc"} <= set(names)
    assert not set(NOT_NEEDED) & set(names)
    # Hashed and unchecked: Python does not look for a source to compare.
    assert flags == {b"\1\0\0\0"}
    assert stored == {(zipfile.ZIP_STORED, 0)}
    assert len(library.namelist()) == len(names) + 1


def test_the_wheel_holds_no_source_and_nothing_that_only_the_command_line_needs(
    site: Path, manifest: dict[str, Any]
) -> None:
    (place,) = (name for name in manifest["files"] if name.endswith(".whl"))
    content = (site / "assets" / place).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        names = wheel.namelist()

    assert "decision_tree/browser.pyc" in names
    assert [name for name in names if name.endswith((".py", ".toml", ".html"))] == []
    assert [name for name in names if "__main__" in name or "verify" in name] == []


def test_a_first_visit_is_at_most_six_tenths_of_what_pyodide_ships(
    site: Path, manifest: dict[str, Any]
) -> None:
    files = manifest["files"]
    wasm, library = (site / "assets" / manifest["whole"][name] for name in ("wasm", "library"))
    # Pyodide's library is compressed inside; its lock and our wheel as it was come on top of this.
    stock = len(brotli.compress(wasm.read_bytes(), quality=9)) + library.stat().st_size
    stock += sum(file["br"] for name, file in files.items() if name.endswith(".mjs"))

    assert sum(file["br"] for file in files.values()) <= 0.6 * stock


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
def test_a_browser_gets_what_it_can_read(
    site: Path, manifest: dict[str, Any], accepted: str, encoding: str | None
) -> None:
    place = f"assets/{manifest['pyodide']}pyodide.asm.mjs"
    with serving(site, base="/ministry/guide/") as address:
        status, headers, body = ask(address, place, Accept_Encoding=accepted)
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]

    assert status == 200
    assert headers.get("content-encoding") == encoding
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["vary"] == "Accept-Encoding"
    assert int(headers["content-length"]) == len(body)
    assert unpack(body) == (site / place).read_bytes()


def test_wasm_is_sent_as_what_browsers_compile_while_it_arrives(
    site: Path, manifest: dict[str, Any]
) -> None:
    with serving(site) as address:
        place = f"assets/{manifest['pyodide']}pyodide.asm.wasm"
        _, headers, _ = ask(address, place, Accept_Encoding="br")

    assert (headers["content-type"], headers["content-encoding"]) == ("application/wasm", "br")


def test_what_is_named_by_its_hash_is_kept_and_the_rest_is_asked_about(
    site: Path, manifest: dict[str, Any]
) -> None:
    with serving(site) as address:
        _, kept, _ = ask(address, f"assets/{manifest['pyodide']}pyodide.mjs")
        _, page, body = ask(address, "")
        status, again, nothing = ask(address, "", If_None_Match=page["etag"])
        other, _, whole = ask(address, "", If_None_Match=page["etag"], Accept_Encoding="br")

    assert "immutable" in kept["cache-control"]
    assert page["cache-control"] == "no-cache"
    assert (status, nothing, again["etag"]) == (304, b"", page["etag"])
    assert (other, brotli.decompress(whole)) == (200, body)


def test_a_host_that_knows_nothing_of_compressed_files_has_all_others(
    site: Path, manifest: dict[str, Any]
) -> None:
    endings = tuple(ENCODINGS.values())
    compressed = [path for path in site.rglob("*") if path.suffix in endings]

    assert len(compressed) > 100
    assert all(path.with_suffix("").is_file() for path in compressed)
    assert all((site / "assets" / name).is_file() for name in manifest["files"])


def test_equal_files_are_compressed_to_equal_files(tmp_path: Path) -> None:
    for name in ("one.html", "two.html"):
        (tmp_path / name).write_text("<p>text</p>" * 500, "utf-8")
    compress(sorted(tmp_path.iterdir()))

    for ending in ENCODINGS.values():
        one, two = (tmp_path / f"{name}.html{ending}" for name in ("one", "two"))

        assert one.read_bytes() == two.read_bytes()


def test_the_engine_keeps_nothing_that_was_written_in_an_answer() -> None:
    digits = str(8137) * 4  # put together here: the text is in no code
    lines = [{"technology": "flexible-endoscope", "answers": {NUMBER: f"15.{digits}-16.2 mm"}}]
    state = {"lines": lines, "at": {"line": 0, "page": NUMBER}}
    action = {"do": "answer", "fields": {NUMBER: f"15.{digits}-16.3 mm"}}
    handle(json.dumps({"evaluate": {"lines": lines}}))
    handle(json.dumps({"language": "ja", "state": state, "action": action}))
    gc.collect()
    kept = [text for text in _reachable(handle.__globals__) if digits in text]

    assert kept == []


def _reachable(start: Any) -> Iterator[str]:
    """Every text that can be reached from an object of the engine."""
    seen, left = set(), [start]
    while left:
        one = left.pop()
        elsewhere = isinstance(one, ModuleType) and not one.__name__.startswith("decision_tree")
        if id(one) in seen or elsewhere:
            continue
        seen.add(id(one))
        if isinstance(one, str):
            yield one
            continue
        left += gc.get_referents(one)
        # The collector does not look at keys that are text.
        left += one if isinstance(one, dict) else ()
