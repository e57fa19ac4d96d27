"""Whether pages keep to the HTML standard, in the judgement of html-validate."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from build_scripts.toolchain import ROOT, node, run

_SCRIPT = ROOT / "build_scripts" / "node" / "validate_html.mjs"


def breaches(site: Path, pages: Sequence[Path]) -> list[str]:
    """Every breach of the standard on these pages, as `path:line: what is wrong`."""
    found = json.loads(run([node(), _SCRIPT], stdin=json.dumps([str(page) for page in pages])))
    return [
        f"{Path(one['path']).relative_to(site).as_posix()}:{one['line']}: "
        f"{one['message']} ({one['rule']})"
        for one in found
    ]
