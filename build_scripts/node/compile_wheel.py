"""Runs inside Pyodide under Node: compiles the py3 wheel in /work and locks it.

pyodide-build's `py-compile` writes the bytecode of the very CPython that the site ships;
pyodide-lock writes the entry whose SHA-256 the loader in the browser compares.
"""

import json
from pathlib import Path

from pyodide_build._py_compile import _py_compile_archive_dir
from pyodide_lock import InfoSpec, PyodideLockSpec
from pyodide_lock.utils import add_wheels_to_spec

work = Path("/work")
(wheel,) = work.glob("*-py3-none-any.whl")
stock = json.loads((work / "stock-lock.json").read_text("utf-8"))

# Only our package: without the 358 stock ones the lock has 1 KB, not 119, and names nothing else.
empty = PyodideLockSpec(info=InfoSpec.from_dict(stock["info"]), packages={})
# The lock comes first: pyodide-lock refuses cp314 wheels, and py-compile corrects the lock.
add_wheels_to_spec(empty, [wheel]).to_json(work / "pyodide-lock.json")
# Stored, not deflated: what the server compresses as a whole becomes smaller.
_py_compile_archive_dir(work, keep=False, verbose=False, compression_level=0)
