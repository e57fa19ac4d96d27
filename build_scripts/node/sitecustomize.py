"""The first thing that Python runs in the browser: modules come from their archive in one step, compiled whole.

zipimport decodes every module twice, and dataclasses, named tuples and regular expressions write and compile code
while modules are imported. The build has compiled that code too (`cut_library.py`); here it is looked up by its text.
What an archive does not hold is searched for, and compiled, as always.
Source: Python's `site` imports a module of this name, `importlib.abc` names the methods of a finder and loader.
"""

import builtins
import gc
import marshal
import posix
import sys
from _frozen_importlib import ModuleSpec
from zipimport import zipimporter

#: The file of an archive with what `compiled` holds.
COMPILED = "compiled"
#: Before its content a stored file has a header and its name; before its code a module has 16 bytes.
_HEADER, _STAMP = 30, 16

#: The text of a function -> its code; (pattern, flags) -> what the matcher is made of.
compiled: dict = {}


class Archive:
    """Finds and loads the modules of one zip whose files are stored and not compressed."""

    def __init__(self, path):
        self.path = path
        # name -> (path, compression, sizes, place of the header, ...), as zipimport reads them
        self.files = zipimporter(path)._get_files()
        if COMPILED in self.files:
            compiled.update(marshal.loads(self._content(COMPILED)))

    def find_spec(self, name, path=None, target=None):
        folders = (
            [""]
            if path is None
            else [p[len(self.path) + 1 :] + "/" for p in path if p.startswith(self.path)]
        )
        last = name.rpartition(".")[2]
        for folder in folders:
            place = folder + last
            package = f"{place}/__init__.pyc" in self.files
            file = f"{place}/__init__.pyc" if package else f"{place}.pyc"
            if file in self.files:
                spec = ModuleSpec(name, self, origin=f"{self.path}/{file}", is_package=package)
                spec.has_location = True
                if package:
                    spec.submodule_search_locations.append(f"{self.path}/{place}")
                return spec
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        spec = module.__spec__
        exec(self.get_code(spec.name, spec.origin), module.__dict__)
        if then := _AFTER.get(spec.name):
            then(module)

    def get_code(self, name, origin=None):
        origin = origin or sys.modules[name].__spec__.origin
        try:
            return marshal.loads(memoryview(self.get_data(origin))[_STAMP:])
        except (OSError, EOFError) as error:
            # A kept memory has the names of files, not the files.
            raise ImportError(f"{name} is not at hand", name=name) from error

    def get_data(self, path):
        """The content of a file; OSError if there is none."""
        name = path[len(self.path) + 1 :]
        if not path.startswith(self.path) or name not in self.files:
            raise FileNotFoundError(path)
        return self._content(name)

    def _content(self, name):
        _, _, _, size, place, *_ = self.files[name]
        file = posix.open(self.path, posix.O_RDONLY)
        try:
            return posix.pread(file, size, place + _HEADER + len(name.encode()))
        finally:
            posix.close(file)


def add(path):
    """Modules come from this archive too."""
    archive = Archive(path)
    # After what CPython has in itself, before the folders.
    sys.meta_path.insert(2, archive)


def _functions(module):
    """Of a module that hands the text of functions to `exec` and `eval`."""
    module.exec = lambda text, *spaces: builtins.exec(compiled.get(text, text), *spaces)
    module.eval = lambda text, *spaces: builtins.eval(compiled.get(text, text), *spaces)


def _patterns(module):
    """Of the compiler of regular expressions."""
    by_itself = module.compile

    def compile(pattern, flags=0):
        parts = compiled.get((pattern, flags)) if isinstance(pattern, (str, bytes)) else None
        return module._sre.compile(*parts) if parts else by_itself(pattern, flags)

    module.compile = compile


_AFTER = {"collections": _functions, "dataclasses": _functions, "re._compiler": _patterns}

# Little becomes garbage while modules are imported. The engine switches this on when nobody waits.
gc.disable()
add(__spec__.loader.archive)
