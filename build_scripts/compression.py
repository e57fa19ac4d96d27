"""Puts a `.br` and a `.gz` beside each file that they make smaller, for hosts that send those."""

import gzip
import hashlib
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import brotli

from build_scripts.toolchain import CACHE

#: Content-Encoding and the ending of the file that holds it, best first.
ENCODINGS = {"br": ".br", "gzip": ".gz"}

_COMPRESSIBLE = frozenset(
    (
        *(".css", ".csv", ".html", ".js", ".json", ".mjs", ".svg", ".txt"),
        *(".wasm", ".webmanifest", ".xml"),
    )
)
# In what fits into one packet nothing is won.
_SMALL = 1024
_STORE = CACHE / "compressed"
# Window and block as powers of two. A window of 2 MB takes a fifth less time than one of 16 MB for
# the 10 MB of Pyodide, and gives 2 % less: distances are shorter.
_THOROUGH_WINDOW = (21, 16)
# Brotli's last step saves 2 % and takes half of its time: of 10 MB, a third of the whole build.
_LARGE, _MOST_OF_LARGE = 5_000_000, 10


def compress(paths: Iterable[Path], *, thorough: bool = False) -> None:
    """Compress those of the files that are worth it and have no compressed files yet.

    `thorough` takes seconds for megabytes, once: equal files are compressed once and kept in
    `.cache/`.
    """
    found = [
        path
        for path in paths
        if thorough or path.suffix in _COMPRESSIBLE
        if path.is_file() and path.stat().st_size > _SMALL
        if not path.with_name(path.name + ".gz").exists()
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda path: _compress(path, thorough), found))


def keep(paths: Iterable[Path]) -> None:
    """Compress files thoroughly into `.cache/`, where `compress` finds them; missing ones are left."""
    keep_contents(path.read_bytes() for path in paths if path.is_file())


def keep_contents(contents: Iterable[bytes]) -> None:
    """Compress thoroughly into `.cache/` what will be in files; the largest, which takes longest, first."""
    work = product(_MAKERS, sorted(contents, key=len, reverse=True))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda one: _compressed(one[1], one[0], thorough=True), work))


def _compress(path: Path, thorough: bool) -> None:
    content = path.read_bytes()
    for ending in _MAKERS:
        compressed = _compressed(content, ending, thorough=thorough)
        path.with_name(path.name + ending).write_bytes(compressed)


def _compressed(content: bytes, ending: str, *, thorough: bool) -> bytes:
    """What belongs into the file of that ending."""
    make, usual, most = _MAKERS[ending]
    if len(content) > _LARGE:
        most = min(most, _MOST_OF_LARGE)
    return _made(content, ending, most if thorough else usual, make)


def _made(content: bytes, ending: str, level: int, make: Callable[[bytes, int], bytes]) -> bytes:
    """What `make` gives, from `.cache/` if it was made before and took long."""
    if level < 9:
        return make(content, level)
    setting = "-".join(map(str, (level, *_THOROUGH_WINDOW)))
    kept = _STORE / f"{hashlib.sha256(content).hexdigest()}-{setting}{ending}"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(f".{os.getpid()}")
        part.write_bytes(make(content, level))
        part.replace(kept)
    return kept.read_bytes()


def _gzip(content: bytes, level: int) -> bytes:
    return gzip.compress(content, level, mtime=0)


def _brotli(content: bytes, quality: int) -> bytes:
    window, block = _THOROUGH_WINDOW if quality > 9 else (24, 0)
    compressed: bytes = brotli.compress(content, quality=quality, lgwin=window, lgblock=block)
    return compressed


# Which function makes the file of each ending, and how hard it tries.
_MAKERS = {".br": (_brotli, 5, 11), ".gz": (_gzip, 6, 9)}
