"""The notice beside the runtime: who made what the site ships, and under which licence."""

import importlib.metadata
import json
from collections.abc import Mapping
from typing import Any

from build_scripts.engine_wheel import BUNDLED
from build_scripts.toolchain import ROOT, BuildError

_RULE = "\n\n" + "-" * 72 + "\n\n"


def notice(pinned: Mapping[str, Any]) -> str:
    """The text of `NOTICE.txt`; `pinned` is the content of `runtime.lock.toml`."""
    runtime = (
        f"Pyodide {pinned['version']} (CPython {pinned['python']} for WebAssembly)\n"
        f"Unchanged: {', '.join(pinned['sha256'])}\n"
        "lean/pyodide.asm.wasm is pyodide.asm.wasm without the functions that the engine does not call.\n"
        "library.zip holds those modules of python_stdlib.zip that the engine imports, as bytecode.\n"
        f"Licence: {pinned['licence']}, https://www.mozilla.org/MPL/2.0/\n"
        "CPython and its standard library: PSF-2.0, https://docs.python.org/3/license.html\n"
        f"Source: {pinned['source']}"
    )
    wheel = (
        f"The wheel in assets/engine/ holds this project's engine (MIT) with {' and '.join(BUNDLED)},\n"
        "compiled to bytecode by pyodide-build."
    )
    parts = ["This site holds software made by others.", runtime, wheel]
    parts += [_credit(package) for package in BUNDLED]
    parts.append("The pages use scripts and styles of a theme.\n\n" + _credit("mkdocs-material"))
    design = ROOT / "node_modules" / "@digital-go-jp" / "design-tokens"
    version = json.loads((design / "package.json").read_text("utf-8"))["version"]
    licence = (design / "LICENSE").read_text("utf-8").strip()
    parts.append(
        f"The stylesheet begins with design tokens.\n\ndesign-tokens {version}\n\n{licence}"
    )
    return _RULE.join(parts) + "\n"


def _credit(package: str) -> str:
    """Name, version and licence text of an installed package."""
    distribution = importlib.metadata.distribution(package)
    for file in distribution.files or ():
        if ".dist-info" in file.parts[0] and file.name.upper().startswith("LICEN"):
            text = file.read_text(encoding="utf-8").strip()
            return f"{distribution.metadata['Name']} {distribution.version}\n\n{text}"
    raise BuildError(f"{package} {distribution.version} came without its licence text")
