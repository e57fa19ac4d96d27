"""The runtime is Pyodide's own, without what nobody calls; what is left out stops the program."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from build_scripts.engine_wheel import RUNTIME
from build_scripts.lean_wasm import WASM
from build_scripts.toolchain import node
from build_scripts.webassembly import COVERED, Module

#: What may differ: exports (7) and code (10).
CHANGED = {7, 10}
TRAP = b"\0\0\x0b"


def leb(*numbers: int) -> bytes:
    """Bytes below 128, each a number in LEB128."""
    return bytes(numbers)


def sized(*content: int) -> bytes:
    return leb(len(content), *content)


#: (type (func (result i32))) (memory 1) (export "asked" (func 0)) (export "other" (func 2)): the first
#: calls the second, which gives 41, and adds 1; the third gives a number that looks like a call.
SMALL = b"".join(
    [
        b"\0asm\1\0\0\0",
        leb(1) + sized(1, 0x60, 0, 1, 0x7F),
        leb(3) + sized(3, 0, 0, 0),
        leb(5) + sized(1, 0, 1),
        leb(7) + sized(2, 5, *b"asked", 0, 0, 5, *b"other", 0, 2),
        leb(10)
        + sized(
            3,
            *sized(0, 0x10, 1, 0x41, 1, 0x6A, 0x0B),
            *sized(1, 2, 0x7F, 0x41, 41, 0x0B),
            *sized(0, 0x41, 0x10, 0x41, 1, 0x6A, 0x0B),
        ),
    ]
)


@pytest.fixture(scope="module")
def whole() -> Module:
    return Module((RUNTIME / WASM).read_bytes())


@pytest.fixture(scope="module")
def lean(site: Path) -> Module:
    manifest = json.loads((site / "assets" / "runtime.json").read_text("utf-8"))
    return Module((site / "assets" / manifest["lean"]["wasm"]).read_bytes())


def answered(content: bytes) -> Any:
    """What a module gives in Node: the results of its functions, or how they failed, and what is covered."""
    script = f"""
      const {{ instance }} = await WebAssembly.instantiate(Buffer.from("{content.hex()}", "hex"));
      const tried = (run) => {{ try {{ return run(); }} catch (cause) {{ return cause.constructor.name; }} }};
      const covered = () => [...new Uint8Array(instance.exports.{COVERED}.buffer, 0, 3)];
      const said = Object.entries(instance.exports)
        .filter(([, run]) => typeof run === "function")
        .map(([name, run]) => [name, tried(run), "{COVERED}" in instance.exports ? covered() : []]);
      console.log(JSON.stringify(said));
    """
    command = [str(node()), "--input-type=module", "--eval", script]
    finished = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    return json.loads(finished.stdout)


def test_what_is_called_stays_and_the_rest_stops_the_program() -> None:
    module = Module(SMALL)
    asked = module.functions["asked"]

    assert module.reached({asked}) == {0, 1}
    assert answered(SMALL) == [["asked", 42, []], ["other", 17, []]]
    assert answered(module.cut({0, 1}, {"asked", "other"})) == [
        ["asked", 42, []],
        ["other", "RuntimeError", []],
    ]
    assert answered(module.cut({0, 1}, {"asked"})) == [["asked", 42, []]]
    assert answered(module.cut({0}, {"asked"})) == [["asked", "RuntimeError", []]]


def test_functions_that_run_are_noted_and_give_what_they_gave() -> None:
    assert answered(Module(SMALL).counted()) == [
        ["asked", 42, [1, 1, 0]],
        ["other", 17, [1, 1, 1]],
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no WebAssembly module"),
        (b"\0asm\2\0\0\0", "no WebAssembly module"),
        (SMALL.replace(leb(0x6A, 0x0B), leb(0xFD, 0x0B)), "not known here: 0xfd"),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Module(content).reached({0})


def test_a_module_without_memory_is_not_counted() -> None:
    with pytest.raises(ValueError, match="0 memories"):
        Module(SMALL.replace(leb(5) + sized(1, 0, 1), b"")).counted()


def test_the_runtime_is_pyodides_function_by_function_or_stops(whole: Module, lean: Module) -> None:
    pairs = list(zip(whole.bodies, lean.bodies, strict=True))
    kept = {number for number, (_, body) in enumerate(pairs) if body != TRAP}

    assert [pair for pair in pairs if pair[1] not in (pair[0], TRAP)] == []
    assert 3000 < len(kept) < len(pairs) / 3
    assert lean.reached(kept) == kept
    assert [kind for kind, _ in lean.sections] == [kind for kind, _ in whole.sections]
    assert {a[0] for a, b in zip(whole.sections, lean.sections, strict=True) if a != b} == CHANGED
    assert set(lean.exports) < set(whole.exports)


def test_whatever_the_whole_runtime_hands_to_the_loader_by_address_is_there(
    whole: Module, lean: Module
) -> None:
    named = {one.name for one in lean.exports}
    wanted = {name for group, name, _ in whole.imports if group.startswith("GOT.")}

    assert wanted & {one.name for one in whole.exports} <= named
