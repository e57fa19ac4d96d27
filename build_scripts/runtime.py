"""What the browser loads: the Pyodide runtime, the engine's wheel and the manifest of both."""

import hashlib
import json
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from build_scripts.engine_wheel import PACKAGE, RUNTIME, engine_wheel
from build_scripts.notice import notice
from build_scripts.toolchain import ROOT, BuildError

RUNTIME_LOCK = ROOT / "build_scripts" / "runtime.lock.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class RuntimeFile:
    """Size and SHA-256 of one file the browser loads."""

    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RuntimeManifest:
    """`assets/runtime.json`: folder and lock are relative to it, names of files to the folder."""

    pyodide: str
    lock: str
    package: str
    engine: str
    rules: str
    files: Mapping[str, RuntimeFile]


def prepare_runtime(rules_json: bytes, target: Path) -> RuntimeManifest:
    """Write the runtime into `target/pyodide/` and the manifest to `target/runtime.json`.

    Raises:
        BuildError: a file of the npm package is missing or is not the one recorded in
            `runtime.lock.toml`.
    """
    pinned = tomllib.loads(RUNTIME_LOCK.read_text("utf-8"))
    folder = target / "pyodide"
    folder.mkdir(parents=True, exist_ok=True)
    for name, expected in pinned["sha256"].items():
        _copy_checked(RUNTIME / name, folder / name, expected, pinned["version"])
    built = engine_wheel(rules_json)
    (folder / built.name).write_bytes(built.wheel)
    (folder / "pyodide-lock.json").write_bytes(built.lock)
    loaded = [*pinned["sha256"], "pyodide-lock.json", built.name]
    rules = json.loads(rules_json)
    manifest = RuntimeManifest(
        pyodide="pyodide/",
        lock="pyodide/pyodide-lock.json",
        package=PACKAGE,
        engine=rules["engine"],
        rules=rules["rules"],
        files={name: _measured(folder / name) for name in sorted(loaded)},
    )
    text = json.dumps(asdict(manifest), indent=2) + "\n"
    (target / "runtime.json").write_text(text, "utf-8", newline="\n")
    (folder / "NOTICE.txt").write_text(notice(pinned), "utf-8", newline="\n")
    return manifest


def _copy_checked(source: Path, copy: Path, expected: str, version: str) -> None:
    if not source.exists():
        raise BuildError(f"{source} is missing: run `make setup`")
    found = _measured(source).sha256
    if found != expected:
        raise BuildError(
            f"{source} is not the file recorded for Pyodide {version}:\n"
            f"  SHA-256 recorded {expected}\n  SHA-256 found    {found}\n"
            "Remove node_modules/ and run `make setup`; after a wanted update of Pyodide, "
            f"correct build_scripts/{RUNTIME_LOCK.name}."
        )
    shutil.copyfile(source, copy)


def _measured(path: Path) -> RuntimeFile:
    content = path.read_bytes()
    return RuntimeFile(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
