"""The engine as a wheel of bytecode for the CPython inside Pyodide, and the library it needs."""

import hashlib
import importlib.metadata
import io
import json
import pickle
import shutil
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from build_scripts import cases
from build_scripts.lean_wasm import CUTTERS, GLUE, WASM, lean_wasm
from build_scripts.toolchain import CACHE, ROOT, SOURCE_DATE_EPOCH, node, run
from decision_tree import browser, corpus
from decision_tree.model import Rules
from decision_tree.verdict import Judge
from decision_tree.view import compile_templates
from decision_tree.view.tables import FOLDER, read_table

PACKAGE = "decision-tree"
BUNDLED = ("jinja2", "markupsafe")
RUNTIME = ROOT / "node_modules" / "pyodide"
SCRIPTS = ROOT / "build_scripts" / "node"
TOOLS_LOCK = ROOT / "requirements-pyodide.lock"

_WHEEL_TEXT = "Wheel-Version: 1.0\nGenerator: build_scripts\nRoot-Is-Purelib: true\nTag: {tag}\n"
_METADATA_TEXT = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"

# What people look for, write as a number, and open as a record: what is odd needs functions of its own.
_WORDS = ("電池", "capacitor", "zzz", "", "ＴＡＤＦ", "ﾊﾞｯﾃﾘｰ", "İß😀", "\ud800", "a" * 9000)
_NUMBERS = (
    "12.5", "１２．５ｍｍ", "≤ 3", "3〜5", "16±0.2 mm", "-1", "1,000", "1/2", "十二", "1.2e5", "12 kg",
    "9" * 60, "1e99", "∞", "NaN", "١٢", "12\0", "𝟏𝟐", "\ud800", "about 3", " ",
)  # fmt: skip
_DAMAGED = (
    "none", "", "{}", "[1, -2.5, 1e999, null, true]", '{"a": "\\ud800"}', "[" * 9000, "AAAA", "%%%", "あ",
    "eJwDAAAAAAE", '{"lines": [{"technology": 1}]}', "NaN", '{"a":1,"a":2}',
)  # fmt: skip

Contents = dict[str, bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineWheel:
    """What the browser installs.

    `wheel` and `library` hold the modules that the engine imports, and `wasm` the functions that run
    then; `whole_wheel` holds all of its code. The locks name the wheels with their SHA-256. Both
    wheels have the same `name`.
    """

    name: str
    wheel: bytes
    lock: Mapping[str, Any]
    library: bytes
    wasm: bytes
    whole_wheel: bytes
    whole_lock: Mapping[str, Any]


def engine_wheel(rules: Rules) -> EngineWheel:
    """The engine, its view and its rules, compiled by pyodide-build inside the shipped Pyodide.

    Equal code is compiled once: the result is kept in `.cache/` under the hash of all of it. The
    tables travel beside it, so that an edit of the law compiles nothing.
    """
    code = dict(_code())
    tables = {
        f"decision_tree/{corpus.BUILT.name}": pickle.dumps(rules, protocol=5),
        f"decision_tree/{browser.TABLES.name}": _compact(Judge(rules).tables()),
    }
    for path in sorted(FOLDER.glob("*.toml")):
        tables[f"decision_tree/view/{path.stem}.json"] = _compact(read_table(path.stem))
    made = _made(code, tables)
    (bytecode,) = made.glob("*.whl")
    wheel = _lean_wheel(made, tables)
    whole_wheel = _zipped(_unzipped(bytecode.read_bytes()) | tables)
    lock = json.loads((made / "pyodide-lock.json").read_text("utf-8"))
    return EngineWheel(
        name=bytecode.name,
        wheel=wheel,
        lock=_locked(lock, bytecode.name, wheel),
        library=(made / "library.zip").read_bytes(),
        wasm=(made / WASM).read_bytes(),
        whole_wheel=whole_wheel,
        whole_lock=_locked(lock, bytecode.name, whole_wheel),
    )


def project_version() -> str:
    """The version in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


def _code() -> Iterator[tuple[str, bytes]]:
    engine = ROOT / "decision_tree"
    for path in sorted(engine.rglob("*.py")):
        yield f"decision_tree/{path.relative_to(engine).as_posix()}", path.read_bytes()
    # Jinja's own compiler turns the templates into Python: nobody's browser parses a template.
    with tempfile.TemporaryDirectory() as folder:
        compile_templates(Path(folder))
        for path in sorted(Path(folder).iterdir()):
            yield f"decision_tree/view/compiled/{path.name}", path.read_bytes()
    for name in BUNDLED:
        for file in importlib.metadata.distribution(name).files or ():
            # MarkupSafe's C speed-ups stay out; it falls back to its own Python.
            if file.parts[0] == name and file.suffix == ".py":
                yield file.as_posix(), file.read_binary()
    version = project_version()
    info = f"decision_tree-{version}.dist-info"
    yield f"{info}/METADATA", _METADATA_TEXT.format(name=PACKAGE, version=version).encode()
    yield f"{info}/WHEEL", _WHEEL_TEXT.format(tag="py3-none-any").encode()


def _lean_wheel(made: Path, tables: Contents) -> bytes:
    """What of the wheel is imported, with what `sitecustomize.py` looks up."""
    (bytecode,) = made.glob("*.whl")
    whole = _unzipped(bytecode.read_bytes()) | tables
    modules = json.loads((made / "modules.json").read_text("utf-8"))
    wanted = {f"{name}c" for name in modules["engine"]} | {n for n in whole if "/compiled/" in n}
    lean = {n: c for n, c in whole.items() if not n.endswith(".pyc") or n in wanted}
    return _zipped({**lean, "compiled": (made / "compiled").read_bytes()})


def _made(code: Contents, tables: Contents) -> Path:
    """A folder with bytecode: the wheel of all the code, and `library.zip` that the engine imports.

    Beside them are the runtime cut to what runs then, `pyodide-lock.json`, and `modules.json`, the
    names of what is imported. Tables import nothing, so what is kept here holds for other tables too.
    """
    scripts = [SCRIPTS / "cut_library.py", SCRIPTS / "compile_wheel.py"]
    stock = [RUNTIME / "pyodide-lock.json", RUNTIME / "python_stdlib.zip"]
    start, noting = SCRIPTS / "sitecustomize.py", SCRIPTS / "record_compiled.py"
    # Half a character that no text can hold is among them.
    requests = json.dumps(_requests()).encode()

    def make(work: Path) -> None:
        (work / _source_name()).write_bytes(_zipped(code))
        shutil.copyfile(stock[0], work / "stock-lock.json")
        shutil.copyfile(start, work / start.name)
        (work / "requests.json").write_bytes(requests)
        with tempfile.TemporaryDirectory() as folder:
            running = Path(folder) / _source_name()
            running.write_bytes(_zipped(code | tables))
            library = Path(folder) / stock[1].name
            shutil.copyfile(stock[1], library)
            with zipfile.ZipFile(library, "a") as opened:
                opened.write(noting, start.name)
            # One start of Pyodide for both; the engine comes first, before anything else is imported.
            run(
                [
                    *(node(), SCRIPTS / "run_python.mjs", RUNTIME, library, work),
                    *(*scripts, running, *_tools()),
                ]
            )
        wasm = lean_wasm(
            RUNTIME,
            library=(work / "library.zip").read_bytes(),
            wheel=_lean_wheel(work, tables),
            lock=(work / "pyodide-lock.json").read_bytes(),
            requests=json.loads((work / "texts.json").read_text("utf-8")),
        )
        (work / WASM).write_bytes(wasm)
        for name in ("stock-lock.json", "requests.json", "texts.json", start.name):
            (work / name).unlink()

    contents = {**code, "requests.json": requests}
    inputs = (*scripts, start, noting, TOOLS_LOCK, *stock, *CUTTERS, RUNTIME / WASM, RUNTIME / GLUE)
    return _kept("engine", make, contents, *inputs)


def _requests() -> dict[str, Any]:
    """What is asked of the engine to see which modules it imports."""
    worked = cases.load()
    one_a_theme = {case.theme: case for case in worked}
    return {
        "cases": [
            {"situation": case.situation, "as_of": case.as_of and case.as_of.isoformat()}
            for case in worked
        ],
        "wrong": [{"lines": "none"}, {"lines": [{"technology": "no-such", "answers": {}}]}],
        "words": _WORDS,
        "numbers": _NUMBERS,
        "damaged": _DAMAGED,
        "journeys": [case.situation for case in one_a_theme.values()],
        "facts": sorted(
            {n for case in worked for x in case.situation["lines"] for n in x["answers"]}
        ),
        "actions": [{"do": "show"}, {"do": "result"}],
        "saved": ["json", "docx", "link"],
    }


def _kept(kind: str, make: Callable[[Path], None], contents: Contents, *files: Path) -> Path:
    """The folder in `.cache/` that `make` filled once for these contents and files."""
    key = hashlib.sha256(SOURCE_DATE_EPOCH.encode())
    inputs = [_zipped(contents), (SCRIPTS / "run_python.mjs").read_bytes()]
    for part in (*inputs, *(path.read_bytes() for path in files)):
        key.update(hashlib.sha256(part).digest())
    kept = CACHE / kind / key.hexdigest()
    if not kept.is_dir():
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder))
            _keep(Path(folder), kept)
    return kept


def _source_name() -> str:
    return f"{PACKAGE.replace('-', '_')}-{project_version()}-py3-none-any.whl"


def _locked(lock: Mapping[str, Any], name: str, wheel: bytes) -> dict[str, Any]:
    """The lock with another wheel in the place of the one that pyodide-lock saw."""
    package = lock["packages"][PACKAGE]
    sha256 = hashlib.sha256(wheel).hexdigest()
    return {**lock, "packages": {PACKAGE: {**package, "file_name": name, "sha256": sha256}}}


def _compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _zipped(contents: Contents) -> bytes:
    """A zip without compression: what the server compresses as a whole becomes smaller."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as wheel:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            wheel.writestr(entry, contents[name])
    return archive.getvalue()


def _unzipped(archive: bytes) -> Contents:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


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
