"""What the browser loads: the Pyodide runtime, the library, the engine's wheel and their manifest."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from build_scripts.compression import compress, keep
from build_scripts.engine_wheel import PACKAGE, RUNTIME, engine_wheel
from build_scripts.lean_wasm import WASM
from build_scripts.notice import notice
from build_scripts.toolchain import ROOT, BuildError
from decision_tree.model import Rules

RUNTIME_LOCK = ROOT / "build_scripts" / "runtime.lock.toml"
#: What is fetched at once and side by side. The whole library waits for a module that is missing.
LIBRARY, WHOLE_LIBRARY = "library.zip", "python_stdlib.zip"
LEAN_WASM = f"lean/{WASM}"
WHOLE = (WASM, WHOLE_LIBRARY)


@dataclass(frozen=True, kw_only=True, slots=True)
class RuntimeFile:
    """Sizes and SHA-256 of one file the browser loads: as it is, and as it is sent."""

    bytes: int
    gzip: int
    br: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Packages:
    """A runtime, a library and a wheel that fit each other; the content of the lock names the wheel."""

    wasm: str
    library: str
    folder: str
    lock: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class RuntimeManifest:
    """`assets/runtime.json`; every address in it is relative to it and holds a hash.

    `lean` is what the engine needs, in `files`; `whole` has what is missing there, in `rest`.
    """

    id: str
    pyodide: str
    package: str
    engine: str
    rules: str
    lean: Packages
    whole: Packages
    files: dict[str, RuntimeFile]
    rest: dict[str, RuntimeFile]


def compress_beforehand() -> None:
    """Compress what comes from npm as it is, once; no build changes it."""
    pinned = tomllib.loads(RUNTIME_LOCK.read_text("utf-8"))
    keep(RUNTIME / name for name in pinned["sha256"] if name not in WHOLE)


def prepare_runtime(rules: Rules, target: Path) -> RuntimeManifest:
    """Write the runtime into `target/pyodide/` and the manifest to `target/runtime.json`.

    Raises:
        BuildError: a file of the npm package is missing or is not the one recorded in
            `runtime.lock.toml`.
    """
    pinned = tomllib.loads(RUNTIME_LOCK.read_text("utf-8"))
    for name, expected in pinned["sha256"].items():
        _check(RUNTIME / name, expected, pinned["version"])
    built = engine_wheel(rules)
    # Two folders: an edit of the law leaves the big files where browsers have them already.
    runtime = {name: (RUNTIME / name).read_bytes() for name in pinned["sha256"]}
    lean = {LIBRARY: built.library, LEAN_WASM: built.wasm}
    pyodide = _write(target, "pyodide", runtime | lean)
    engine = _write(
        target, "engine", {built.name: built.wheel, f"whole/{built.name}": built.whole_wheel}
    )
    loaded = [f"{pyodide}{name}" for name in (*runtime, *lean) if name not in WHOLE]
    loaded.append(engine + built.name)
    compress([target / name for name in loaded], thorough=True)
    files = {name: _measured(target / name) for name in sorted(loaded)}
    rest = [*(pyodide + name for name in WHOLE), f"{engine}whole/{built.name}"]
    compress(target / name for name in rest)
    worker = (target / "engine-worker.mjs").read_bytes()
    manifest = RuntimeManifest(
        id=_hash([worker, *(file.sha256.encode() for file in files.values())]),
        pyodide=pyodide,
        package=PACKAGE,
        engine=rules.engine_sha256,
        rules=rules.rules_sha256,
        lean=Packages(
            wasm=pyodide + LEAN_WASM, library=pyodide + LIBRARY, folder=engine, lock=built.lock
        ),
        whole=Packages(
            wasm=pyodide + WASM,
            library=pyodide + WHOLE_LIBRARY,
            folder=f"{engine}whole/",
            lock=built.whole_lock,
        ),
        files=files,
        rest={name: _measured(target / name) for name in rest},
    )
    text = json.dumps(asdict(manifest), indent=2) + "\n"
    (target / "runtime.json").write_text(text, "utf-8", newline="\n")
    (target / "pyodide" / "NOTICE.txt").write_text(notice(pinned), "utf-8", newline="\n")
    return manifest


def sizes(manifest: RuntimeManifest) -> str:
    """What a first visit fetches, and what it would with the runtime and library that Pyodide ships."""
    rows = {Path(name).name: file for name, file in manifest.files.items()}
    stock = manifest.files | {
        manifest.lean.wasm: manifest.rest[manifest.whole.wasm],
        manifest.lean.library: manifest.rest[manifest.whole.library],
    }
    lines = [f"{'bytes':>12}{'gzip':>12}{'brotli':>12}"]
    lines += [
        f"{file.bytes:>12,}{file.gzip:>12,}{file.br:>12,}  {name}" for name, file in rows.items()
    ]
    for name, files in (("first visit", manifest.files), ("with what Pyodide ships", stock)):
        total = [sum(getattr(f, size) for f in files.values()) for size in ("bytes", "gzip", "br")]
        lines.append("".join(f"{number:>12,}" for number in total) + f"  {name}")
    return "\n".join(lines)


def _write(target: Path, name: str, contents: Mapping[str, bytes]) -> str:
    """Write the files into a folder named by their hash, and give its place."""
    place = f"{name}/{_hash(contents.values())}/"
    for file, content in contents.items():
        path = target / place / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return place


def _hash(contents: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:16]


def _check(source: Path, expected: str, version: str) -> None:
    if not source.exists():
        raise BuildError(f"{source} is missing: run `make setup`")
    found = hashlib.sha256(source.read_bytes()).hexdigest()
    if found != expected:
        raise BuildError(
            f"{source} is not the file recorded for Pyodide {version}:\n"
            f"  SHA-256 recorded {expected}\n  SHA-256 found    {found}\n"
            "Remove node_modules/ and run `make setup`; after a wanted update of Pyodide, "
            f"correct build_scripts/{RUNTIME_LOCK.name}."
        )


def _measured(path: Path) -> RuntimeFile:
    content = path.read_bytes()
    # What is compressed inside is sent as it is.
    sent = [path.with_name(path.name + ending) for ending in (".gz", ".br")]
    gzip, br = (file.stat().st_size if file.is_file() else len(content) for file in sent)
    digest = hashlib.sha256(content).hexdigest()
    return RuntimeFile(bytes=len(content), gzip=gzip, br=br, sha256=digest)
