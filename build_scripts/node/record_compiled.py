"""`sitecustomize` of the Python that builds: notes what modules write and compile while they are imported."""

import builtins
import collections
import dataclasses
import importlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

#: What `sitecustomize.py` of the browser looks up: the text of a function -> "exec" or "eval".
functions: dict[str, str] = {}
#: And (pattern, flags) -> what the matcher is made of.
patterns: dict[tuple[str | bytes, int], tuple[Any, ...]] = {}

_compiler: Any = importlib.import_module("re._compiler")
_compile, _sre = _compiler.compile, _compiler._sre


def _noting(kind: str) -> Callable[..., Any]:
    run = getattr(builtins, kind)

    def noting(text: str, *spaces: Any) -> Any:
        functions[text] = kind
        return run(text, *spaces)

    return noting


def _noting_parts(pattern: Any, flags: int = 0) -> Any:
    def made(text: Any, all_flags: int, code: list[int], *rest: Any) -> Any:
        if isinstance(text, (str, bytes)):
            # Its numbers are of classes of their own, which `marshal` does not write.
            parts = (text, int(all_flags), [int(number) for number in code], *rest)
            patterns[text, int(flags)] = parts
        return _sre.compile(text, all_flags, code, *rest)

    _compiler._sre = SimpleNamespace(**{**vars(_sre), "compile": made})
    try:
        return _compile(pattern, flags)
    finally:
        _compiler._sre = _sre


for _module in (collections, dataclasses):
    vars(_module).update(exec=_noting("exec"), eval=_noting("eval"))
_compiler.compile = _noting_parts
