"""The runtime without the functions that nobody calls: a third of the code that Pyodide ships.

Which ones run is found by running all cases, as for the library. Each other one stops the program when
it is called, and the page starts again with the whole runtime: a function that is missing costs time,
never an answer.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from build_scripts.toolchain import ROOT, BuildError, node, run
from build_scripts.webassembly import Module

WASM, GLUE = "pyodide.asm.wasm", "pyodide.asm.mjs"
SCRIPT = ROOT / "build_scripts" / "node" / "note_functions.mjs"
#: The code on which the cut depends.
CUTTERS = (Path(__file__), Path(__file__).with_name("webassembly.py"), SCRIPT)

# Where the loader takes every export over under a name of its own, and where it declares those names.
_TAKEN = re.compile(r"function assignWasmExports\(wasmExports\)\{[^}]*\}")
_TAKEN_AS = re.compile(r'(\w+)=Module\["\w+"\]=wasmExports')
_READ = re.compile(r'wasmExports\["(\w+)"\]\.value')
_NAMES = re.compile(r"[\w$]+")
_EMPTY_ZIP = b"PK\5\6" + bytes(18)
#: Imports of this group are addresses, of what is exported under the same name.
_ADDRESSES = "GOT."


def lean_wasm(
    runtime: Path, *, library: bytes, wheel: bytes, lock: bytes, requests: Sequence[str]
) -> bytes:
    """Pyodide's module, cut to what runs while these requests are answered and to what that calls.

    Raises:
        BuildError: the module or its loader is not of the shape that is known here.
    """
    module = Module((runtime / WASM).read_bytes())
    try:
        files = {
            "library.zip": library,
            "nothing.zip": _EMPTY_ZIP,
            "engine.whl": wheel,
            "lock.json": lock,
        }
        ran = _that_ran(module, runtime, files, requests)
        named = _named((runtime / GLUE).read_text("utf-8"))
        used = {number for name, number in module.functions.items() if name in named}
        addresses = {name for group, name, _ in module.imports if group.startswith(_ADDRESSES)}
        return module.cut(module.reached(ran | used), named | addresses)
    except ValueError as error:
        raise BuildError(f"{runtime / WASM}: {error}") from error


def _that_ran(
    module: Module, runtime: Path, files: dict[str, bytes], requests: Sequence[str]
) -> set[int]:
    """The functions that run under Node from the start of Python to the last answer."""
    files = {"counted.wasm": module.counted(), **files}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name, content in files.items():
            (work / name).write_bytes(content)
        command = [node(), SCRIPT, runtime, *(work / name for name in files), work / "covered"]
        run(command, stdin=json.dumps(requests))
        covered = (work / "covered").read_bytes()
    return {number for number in range(len(module.bodies)) if covered[number]}


def _named(glue: str) -> set[str]:
    """The exports that the loader itself uses: whatever a person does, its own part stays whole."""
    taken = _TAKEN.search(glue)
    if not taken:
        raise ValueError(f"{GLUE} takes its exports over in a way that is not known here")
    declared = set(_TAKEN_AS.findall(taken[0]))
    counts = Counter(_NAMES.findall(glue.replace(taken[0], "")))
    # A declared name stands once where nothing uses it; it is that of the export after an underscore.
    used = {name[1:] for name, count in counts.items() if count > (name in declared)}
    # Some are asked for by the export's own name.
    return used | counts.keys() | set(_READ.findall(taken[0]))
