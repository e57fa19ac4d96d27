"""What the build puts beside the modules, wherever they are imported from: a folder or an archive."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def read_packed(path: Path) -> bytes | None:
    """The content of a file beside our modules; None in a checkout, which has its sources instead."""
    loader: Any = __spec__.loader
    try:
        content: bytes = loader.get_data(str(path))
    except OSError:
        return None
    return content
