"""What the tests share: the built site, and the engine as the browser runs it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from build_scripts.site import SITE
from build_scripts.toolchain import ROOT, node, run


@pytest.fixture(scope="session")
def site() -> Path:
    """The finished site that `make build` left."""
    if not (SITE / "assets" / "runtime.json").is_file():
        pytest.fail("there is no site to test: run `make build`")
    return SITE


@pytest.fixture(scope="session")
def pyodide_handle(site: Path) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    """Answers requests with the built wheel in Pyodide under Node: many in one start of it."""

    def handle(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        script = ROOT / "build_scripts" / "node" / "run_requests.mjs"
        replies = json.loads(run([node(), script, site / "assets"], stdin=json.dumps(requests)))

        assert len(requests) == len(replies)
        return list(replies)

    return handle
