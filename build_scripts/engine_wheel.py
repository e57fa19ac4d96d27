"""The engine as one wheel of bytecode for the CPython inside Pyodide."""

import hashlib
import importlib.metadata
import io
import shutil
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from build_scripts.toolchain import CACHE, ROOT, SOURCE_DATE_EPOCH, node, run

PACKAGE = "decision-tree"
BUNDLED = ("jinja2", "markupsafe")
RUNTIME = ROOT / "node_modules" / "pyodide"
SCRIPTS = ROOT / "build_scripts" / "node"
TOOLS_LOCK = ROOT / "requirements-pyodide.lock"

_WHEEL_TEXT = "Wheel-Version: 1.0\nGenerator: build_scripts\nRoot-Is-Purelib: true\nTag: {tag}\n"
_METADATA_TEXT = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineWheel:
    """What the browser installs: the wheel, and the Pyodide lock that names it with its SHA-256."""

    name: str
    wheel: bytes
    lock: bytes


def engine_wheel(rules_json: bytes) -> EngineWheel:
    """The engine, its view and its rules, compiled by pyodide-build inside the shipped Pyodide.

    Equal inputs are compiled once: the result is kept in `.cache/` under the hash of all of them.
    """
    name = f"{PACKAGE.replace('-', '_')}-{project_version()}-py3-none-any.whl"
    source = _zipped(dict(_contents(rules_json)))
    key = hashlib.sha256()
    stock_lock = RUNTIME / "pyodide-lock.json"
    inputs = (source, SOURCE_DATE_EPOCH.encode(), TOOLS_LOCK.read_bytes(), stock_lock.read_bytes())
    for part in inputs:
        key.update(hashlib.sha256(part).digest())
    for script in sorted(SCRIPTS.glob("compile_wheel.*")):
        key.update(script.read_bytes())
    kept = CACHE / "engine" / key.hexdigest()
    if not kept.is_dir():
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            (work / name).write_bytes(source)
            shutil.copyfile(stock_lock, work / "stock-lock.json")
            run([node(), SCRIPTS / "compile_wheel.mjs", RUNTIME, work, *_tools()])
            (work / "stock-lock.json").unlink()
            _keep(work, kept)
    (wheel,) = kept.glob("*.whl")
    lock = (kept / "pyodide-lock.json").read_bytes()
    return EngineWheel(name=wheel.name, wheel=wheel.read_bytes(), lock=lock)


def project_version() -> str:
    """The version in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


def _contents(rules_json: bytes) -> Iterator[tuple[str, bytes]]:
    engine = ROOT / "decision_tree"
    for path in sorted(engine.rglob("*")):
        place = path.relative_to(engine)
        # The law travels as JSON: the tables are parsed once, at build time.
        if path.is_file() and place.parts[0] != "data" and "__pycache__" not in place.parts:
            yield f"decision_tree/{place.as_posix()}", path.read_bytes()
    yield "decision_tree/rules.json", rules_json
    for name in BUNDLED:
        for file in importlib.metadata.distribution(name).files or ():
            # MarkupSafe's C speed-ups stay out; it falls back to its own Python.
            if file.parts[0] == name and file.suffix == ".py":
                yield file.as_posix(), file.read_binary()
    version = project_version()
    info = f"decision_tree-{version}.dist-info"
    yield f"{info}/METADATA", _METADATA_TEXT.format(name=PACKAGE, version=version).encode()
    yield f"{info}/WHEEL", _WHEEL_TEXT.format(tag="py3-none-any").encode()


def _zipped(contents: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as wheel:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            wheel.writestr(entry, contents[name])
    return archive.getvalue()


def _tools() -> list[Path]:
    """The wheels of pyodide-build and pyodide-lock: for CPython 3.14, so not installed here."""
    folder = CACHE / "pyodide-tools" / hashlib.sha256(TOOLS_LOCK.read_bytes()).hexdigest()[:16]
    if not folder.is_dir():
        with tempfile.TemporaryDirectory() as fetched:
            pip = [sys.executable, "-m", "pip", "download", "-qq", "--no-deps", "--dest", fetched]
            target = ["--python-version", "3.14", "--only-binary", ":all:"]
            run([*pip, *target, "--require-hashes", "--requirement", TOOLS_LOCK])
            _keep(Path(fetched), folder)
    return sorted(folder.glob("*.whl"))


def _keep(made: Path, kept: Path) -> None:
    """Copy a finished folder into the cache in one step, so that a broken run leaves nothing."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(made, copy, copy_function=shutil.copyfile)
        copy.rename(kept)
