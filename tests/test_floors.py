"""A module imports only from floors below its own, and in no circle."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "decision_tree"

#: The table of the README. The modules of `view` and of `build_scripts` share the floor of their package.
FLOORS = {
    "packed": 1,
    "quantity": 1,
    "model": 2,
    "corpus": 3,
    "finder": 3,
    "space": 3,
    "situation": 4,
    "definitions": 4,
    "verdict": 5,
    "explain": 6,
    "progress": 6,
    "journey": 7,
    "record": 7,
    "batch": 8,
    "terminal": 8,
    "verify": 8,
    "view": 8,
    "__main__": 9,
    "browser": 9,
    "build_scripts": 10,
}
MODULES = sorted(
    [*ENGINE.glob("*.py"), *ENGINE.glob("view/**/*.py"), *(ROOT / "build_scripts").glob("**/*.py")]
)


def name_of(path: Path) -> str:
    """`decision_tree.view.words` for decision_tree/view/words.py."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name_of(path): path for path in MODULES}


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def imports(path: Path, *, types: bool = True) -> Iterator[str]:
    """The modules a file imports, anywhere in it; of our own the most exact name.

    Without `types`, those alone that are imported when the program runs.
    """
    tree = ast.parse(path.read_text("utf-8"))
    if not types:
        tree.body = [node for node in tree.body if not is_for_types(node)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: a relative import"
            assert node.module is not None
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in NAMES else node.module


def ours(path: Path, *, types: bool = True) -> set[str]:
    """The modules of ours that a file imports; the bare package `decision_tree` owns nothing."""
    found = imports(path, types=types)
    return {name for name in found if name in NAMES and name != "decision_tree"}


def package(name: str) -> str:
    """What shares a floor: a module of the engine, its view, or build_scripts as a whole."""
    top, _, rest = name.partition(".")
    return rest.partition(".")[0] if top == "decision_tree" else top


def floor(name: str) -> int:
    return FLOORS[package(name)]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_from_floors_below_its_own(path: Path) -> None:
    if path == ENGINE / "__init__.py":
        assert not ours(path)
        return
    own = name_of(path)
    others = {name for name in ours(path) if package(name) != package(own)}
    above = {name for name in others if floor(name) >= floor(own)}

    assert set() == above


def test_every_module_of_the_engine_has_a_floor() -> None:
    modules = {path.stem for path in ENGINE.glob("*.py")} - {"__init__"}

    assert {"quantity", "model", "verdict", "journey", "__main__"} <= modules
    assert modules <= set(FLOORS)


def test_no_modules_import_each_other_in_a_circle() -> None:
    below = {name: ours(path, types=False) for name, path in NAMES.items()}
    while free := {name for name, needs in below.items() if not needs & set(below)}:
        below = {name: needs for name, needs in below.items() if name not in free}

    assert below == {}


@pytest.mark.parametrize("path", sorted(ENGINE.glob("*.py")), ids=lambda path: path.stem)
def test_the_engine_imports_the_standard_library_only(path: Path) -> None:
    tops = {name.partition(".")[0] for name in imports(path)}

    assert tops <= {*sys.stdlib_module_names, "decision_tree"}


def test_only_the_browser_s_door_imports_the_view() -> None:
    users = {
        path.stem
        for path in ENGINE.glob("*.py")
        if any(name.startswith("decision_tree.view") for name in ours(path))
    }

    assert {"browser"} == users


def test_the_engine_knows_no_clock_no_network_and_no_mkdocs() -> None:
    forbidden = {"time", "socket", "urllib", "http", "mkdocs", "locale", "tempfile", "asyncio"}
    for path in ENGINE.glob("*.py"):
        source = path.read_text("utf-8")

        assert not forbidden & {name.partition(".")[0] for name in imports(path)}, path.name
        assert "date.today" not in source
        assert "datetime.now" not in source
