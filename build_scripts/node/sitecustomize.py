"""The first thing that Python runs in the browser: modules come from their archive in one step.

zipimport decodes every module twice. And dataclasses, named tuples and regular expressions write code
while modules are imported, and compile it: the build has done so (`cut_library.py`), and here it is looked
up by its text. What an archive does not hold is searched for, and compiled, as always.

Source: Python's `site` imports a module of this name; `importlib.abc` names what a finder and loader has.
"""

import builtins
import gc
import marshal
import posix
import sys
from _frozen_importlib import ModuleSpec
from zipimport import zipimporter

# As `typing` has it, which is a large module to import for a name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

#: The file of an archive with what `compiled` holds.
COMPILED = "compiled"
#: Before its content a stored file has a header and its name; before its code a module has a stamp.
_HEADER, _STAMP = 30, 16

#: The text of a function -> its code; (pattern, flags) -> what the matcher is made of.
compiled: "dict[Any, Any]" = {}


class Archive:
    """Finds and loads the modules of one zip whose files are stored and not compressed."""

    def __init__(self, path: str) -> None:
        self.path = path
        # name -> (path, compression, size stored, size, place of the header, ...)
        importer: Any = zipimporter(path)
        self.files: dict[str, tuple[Any, ...]] = importer._get_files()
        if COMPILED in self.files:
            compiled.update(marshal.loads(self._content(COMPILED)))

    def find_spec(
        self, name: str, path: "list[str] | None" = None, _: object = None
    ) -> ModuleSpec | None:
        """Where a module is, if it is here."""
        within = [""] if path is None else [p[len(self.path) + 1 :] for p in path if self._holds(p)]
        last = name.rpartition(".")[2]
        for folder in within:
            place = f"{folder}/{last}" if folder else last
            package = f"{place}/__init__.pyc" in self.files
            file = f"{place}/__init__.pyc" if package else f"{place}.pyc"
            if file in self.files:
                loader: Any = self
                spec = ModuleSpec(name, loader, origin=f"{self.path}/{file}", is_package=package)
                spec.has_location = True
                if spec.submodule_search_locations is not None:
                    spec.submodule_search_locations.append(f"{self.path}/{place}")
                return spec
        return None

    def create_module(self, _: ModuleSpec) -> None:
        """None: modules are of the usual kind."""

    def exec_module(self, module: "ModuleType") -> None:
        """Run a module.

        Raises:
            ImportError: a kept memory has the names of the files, and the files are not there.
        """
        spec: Any = module.__spec__
        try:
            code = marshal.loads(memoryview(self.get_data(spec.origin))[_STAMP:])
        except (OSError, EOFError) as error:
            raise ImportError(f"{spec.name} is not at hand", name=spec.name) from error
        exec(code, module.__dict__)
        if then := _AFTER.get(spec.name):
            then(module)

    def get_data(self, path: str) -> bytes:
        """The content of a file.

        Raises:
            OSError: there is none.
        """
        name = path[len(self.path) + 1 :]
        if not self._holds(path) or name not in self.files:
            raise FileNotFoundError(path)
        return self._content(name)

    def _holds(self, path: str) -> bool:
        return path.startswith(self.path + "/")

    def _content(self, name: str) -> bytes:
        _, _, _, size, place, *_ = self.files[name]
        file = posix.open(self.path, posix.O_RDONLY)
        try:
            return posix.pread(file, size, place + _HEADER + len(name.encode()))
        finally:
            posix.close(file)


def add(path: str) -> None:
    """Modules come from this archive too, after what CPython has in itself and before all folders."""
    archive: Any = Archive(path)
    sys.meta_path.insert(2, archive)


def _functions(module: "Any") -> None:
    """A module that hands the text of functions to `exec` or `eval`."""
    module.exec = lambda text, *spaces: builtins.exec(_ready(text), *spaces)
    module.eval = lambda text, *spaces: builtins.eval(_ready(text), *spaces)


def _ready(text: "Any") -> "Any":
    return compiled.get(text, text)


def _patterns(module: "Any") -> None:
    """The compiler of regular expressions."""
    by_itself = module.compile

    def looked_up(pattern: "Any", flags: int = 0) -> "Any":
        parts = compiled.get((pattern, flags)) if isinstance(pattern, (str, bytes)) else None
        return module._sre.compile(*parts) if parts else by_itself(pattern, flags)

    module.compile = looked_up


_AFTER = {"collections": _functions, "dataclasses": _functions, "re._compiler": _patterns}

# Little becomes garbage while modules are imported. The engine switches this on when nobody waits.
gc.disable()
_library: "Any" = __spec__.loader
add(_library.archive)
