"""What the build puts beside the modules, wherever they are imported from: a folder or an archive."""

from __future__ import annotations

from pathlib import Path


def read_packed(path: Path) -> bytes | None:
    """The content of a file beside our modules; None in a checkout, which has its sources instead."""
    try:
        content: bytes = __loader__.get_data(str(path))  # type: ignore[name-defined]
    except OSError:
        return None
    return content
