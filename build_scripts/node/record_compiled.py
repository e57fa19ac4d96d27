"""`sitecustomize` of the Python that builds: notes what is written and compiled while modules are imported."""

import builtins
import collections
import dataclasses
import re._compiler
from types import SimpleNamespace

#: What `sitecustomize.py` of the browser looks up: text -> how it is compiled; (pattern, flags) -> parts.
functions: dict = {}
patterns: dict = {}


def _noting(kind):
    run = getattr(builtins, kind)

    def noting(text, *spaces):
        functions[text] = kind
        return run(text, *spaces)

    return noting


for _module in (collections, dataclasses):
    _module.exec, _module.eval = _noting("exec"), _noting("eval")

_compile, _sre = re._compiler.compile, re._compiler._sre


def _noting_parts(pattern, flags=0):
    def made(*parts):
        # Its numbers are of a class of their own, which `marshal` does not write.
        text, all_flags, code, *rest = parts
        if isinstance(text, (str, bytes)):
            patterns[text, int(flags)] = (
                text,
                int(all_flags),
                [int(number) for number in code],
                *rest,
            )
        return _sre.compile(*parts)

    re._compiler._sre = SimpleNamespace(**{**vars(_sre), "compile": made})
    try:
        return _compile(pattern, flags)
    finally:
        re._compiler._sre = _sre


re._compiler.compile = _noting_parts
