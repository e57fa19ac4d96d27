"""Resolves `requirements*.in` into lock files with hashes and no address of any index."""

import sys

from build_scripts.toolchain import ROOT, run

_COMPILE = ("-m", "uv", "pip", "compile", "--quiet", "--upgrade", "--no-config", "--universal")
_PLAIN = ("--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header")


def lock() -> None:
    """Write both lock files: for every system from Python 3.11 on, and for Pyodide's Python."""
    options = {
        "requirements": ("--python-version", "3.11"),
        "requirements-pyodide": ("--python-version", "3.14", "--no-deps"),
    }
    for name, own in options.items():
        files = (f"{name}.in", "--output-file", f"{name}.lock")
        run([sys.executable, *_COMPILE, *_PLAIN, *own, *files])
        print(f"Wrote {(ROOT / name).name}.lock")
