"""The tables of the view: TOML in a checkout; in the browser the same as JSON, parsed already."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from decision_tree.packed import read_packed

FOLDER = Path(__file__).parent


def read_table(name: str) -> dict[str, Any]:
    """The raw content of a table beside this module, such as `words`."""
    built = read_packed(FOLDER / f"{name}.json")
    if built is not None:
        table: dict[str, Any] = json.loads(built)
        return table
    import tomllib  # the browser never needs it

    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
