"""The yardstick: the files of Pyodide's npm package as they are, with the same engine and request."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from build_scripts.compression import compress
from build_scripts.engine_wheel import RUNTIME
from build_scripts.toolchain import BuildError

_HERE = Path(__file__).parent
#: Named as the site names folders of a hash, so that a server lets browsers keep them as long.
_FOLDER = "0" * 16
_FILES = (
    *("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"),
    *("python_stdlib.zip", "pyodide-lock.json"),
)
#: The same addresses as the site's.
_PAGES = ("check", "en/check")


def write_stock(site: Path, target: Path) -> None:
    """Write a page and its worker to `target`, with the engine of the built `site`, compressed.

    Raises:
        BuildError: the site is not built.
    """
    path = site / "assets" / "runtime.json"
    if not path.is_file():
        raise BuildError(f"{site.name}/ is not built: run `make build`")
    manifest = json.loads(path.read_text("utf-8"))
    (wheel,) = (name for name in manifest["files"] if name.endswith(".whl"))
    runtime = target / "assets" / "pyodide" / _FOLDER
    engine = target / "assets" / "engine" / _FOLDER
    for folder in (runtime, engine, *(target / page for page in _PAGES)):
        folder.mkdir(parents=True)
    for name in _FILES:
        shutil.copyfile(RUNTIME / name, runtime / name)
    shutil.copyfile(site / "assets" / wheel, engine / "engine.whl")
    for page in _PAGES:
        shutil.copyfile(_HERE / "page.html", target / page / "index.html")
    for name in ("page.mjs", "worker.mjs"):
        shutil.copyfile(_HERE / name, target / name)
    compress(sorted(target.rglob("*")), thorough=True)
