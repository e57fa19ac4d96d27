"""Runs inside Pyodide under Node, with the engine installed: which modules does it import?

Every worked case is judged, and journeys through every kind of page are walked, in one language and the
other by turns. The modules of the standard library that are loaded then are compiled into
/work/library.zip; their names and those of the engine's wheel go to /work/modules.json, and what was
asked to /work/texts.json. What modules
wrote while they were imported (`record_compiled.py` notes it) is compiled too: for the library into its
archive, for the engine into /work/compiled.
"""

import base64
import contextlib
import importlib
import json
import marshal
import sys
from pathlib import Path
from typing import Any
from zipimport import zipimporter

noted: Any = importlib.import_module("sitecustomize")
# Before the engine is imported: what Pyodide's own start needs.
of_the_library = {*noted.functions, *noted.patterns}

import decision_tree  # noqa: E402 (only now: what it needs is counted apart)
from decision_tree.browser import handle, prepare, rehearse  # noqa: E402

work = Path("/work")
asked = json.loads((work / "requests.json").read_text("utf-8"))

#: What a page with a number to write has.
TEXT_FIELD = 'type="text"'
#: All that was asked, for whoever asks it again.
texts: list[str] = []


def ask(**request: Any) -> Any:
    """The engine's reply to one request."""
    texts.append(json.dumps(request))
    return json.loads(handle(texts[-1]))


def attempt(**request: Any) -> None:
    """Ask for something that the engine may refuse with an error of its own."""
    with contextlib.suppress(ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        ask(**request)


def walk(language: str, lines: list[Any]) -> None:
    """One run of the questionnaire: what is not given is answered with "unknown"."""
    reply = ask(language=language, state=None, action={"do": "start"})
    for index, line in enumerate(lines):
        if index:
            reply = act(language, reply, do="add")
        fields = dict.fromkeys(asked["facts"], "unknown")
        fields |= {"technology": line["technology"]} | line["answers"]
        while reply["view"] == "question" and reply["state"]["at"]["line"] == index:
            # Once with nothing, for the words of the mistakes; and as people write numbers.
            act(language, reply, do="answer", fields={})
            for number in asked["numbers"] if TEXT_FIELD in reply["html"] else ():
                act(language, reply, do="answer", fields=dict.fromkeys(asked["facts"], number))
            reply = act(language, reply, do="answer", fields=fields)
    for action in asked["actions"]:
        reply = act(language, reply, **action)
    state = reply["state"]
    files = {what: ask(save=what, state=state, language=language) for what in asked["saved"]}
    ask(open={"link": files["link"]["fragment"]}, language=language)
    ask(open={"text": base64.b64decode(files["json"]["base64"]).decode()}, language=language)
    for text in (files["link"]["fragment"][:-9], *asked["damaged"]):
        attempt(open={"link": text}, language=language)
        attempt(open={"text": text}, language=language)
    act(language, act(language, reply, do="note"), do="remove", line=0)


def act(language: str, reply: Any, **action: Any) -> Any:
    """The page after an action on the page of a reply."""
    return ask(language=language, state=reply["state"], action=action)


prepare()
rehearse()
ask(evaluate_all=[{"evaluate": case["situation"]} for case in asked["cases"]])
for case in asked["cases"]:
    ask(evaluate=case["situation"])
    if case["as_of"]:
        ask(evaluate=case["situation"], as_of=case["as_of"])
for wrong in asked["wrong"]:
    ask(evaluate=wrong)
    attempt(evaluate=wrong, as_of="2025-02-30")
for language in ("ja", "en", "fr"):
    for words in asked["words"]:
        attempt(find=words, language=language)
for number, case in enumerate(asked["journeys"]):
    walk(("ja", "en")[number % 2], case["lines"])

#: Begin so: what asyncio, shutil and zipfile do without where it is missing. The engine never asks for it.
OPTIONAL = ("ssl.", "_ssl.", "bz2.", "lzma.", "compression/")
ARCHIVE = "/lib/python314.zip"
WHEEL = Path(decision_tree.__file__).parents[1]
library: set[str] = set()
engine: set[str] = set()
for module in tuple(sys.modules.values()):
    spec = getattr(module, "__spec__", None)
    # What CPython carries frozen inside itself says "frozen".
    if spec and isinstance(spec.loader, zipimporter):
        name = str(Path(spec.origin).relative_to(ARCHIVE))
        if not name.startswith(OPTIONAL):
            library.add(name)
    elif spec and spec.origin and Path(spec.origin).is_relative_to(WHEEL):
        engine.add(str(Path(spec.origin).relative_to(WHEEL)))

import py_compile  # noqa: E402 (only now: it must not be counted)
import zipfile  # noqa: E402


def compiled(texts: set[Any]) -> bytes:
    """What `sitecustomize.py` looks up, for these texts of functions and (pattern, flags)."""
    code: dict[Any, Any] = {
        text: compile(text, "<string>", kind, dont_inherit=True, optimize=2)
        for text, kind in noted.functions.items()
        if text in texts
    }
    return marshal.dumps(
        code | {key: noted.patterns[key] for key in noted.patterns if key in texts}
    )


with (
    zipfile.ZipFile(ARCHIVE) as stock,
    zipfile.ZipFile(work / "library.zip", "w") as cut,
):
    for name in sorted(library):
        source, bytecode = Path("/tmp/module.py"), Path("/tmp/module.pyc")
        # The one that notes what is compiled makes room for the one that looks it up.
        own = name == "sitecustomize.py"
        source.write_bytes((work / name).read_bytes() if own else stock.read(name))
        py_compile.compile(
            str(source),
            cfile=str(bytecode),
            dfile=f"{ARCHIVE}/{name}",
            doraise=True,
            optimize=2,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
        entry = zipfile.ZipInfo(name + "c", date_time=(1980, 1, 1, 0, 0, 0))
        cut.writestr(entry, bytecode.read_bytes())
    entry = zipfile.ZipInfo("compiled", date_time=(1980, 1, 1, 0, 0, 0))
    cut.writestr(entry, compiled(of_the_library))
(work / "compiled").write_bytes(compiled({*noted.functions, *noted.patterns} - of_the_library))
modules = {"library": sorted(library), "engine": sorted(engine)}
(work / "modules.json").write_text(json.dumps(modules), "utf-8")
(work / "texts.json").write_text(json.dumps(texts), "utf-8")
