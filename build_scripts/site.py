"""The order of the build: data, pages, MkDocs once a language, API, runtime, policy, gates."""

import hashlib
import json
import logging
import multiprocessing
import os
import shutil
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Any

from build_scripts import (
    api,
    check,
    first_steps,
    gates,
    hardening,
    mutants,
    pages,
    raw_html,
    search,
    sitemap,
    social,
    terms,
    theme,
    weight,
)
from build_scripts.compression import ENCODINGS, compress, keep_contents
from build_scripts.engine_wheel import engine_wheel
from build_scripts.lint.corpus import Problem
from build_scripts.metadata import Metadata, leads_elsewhere
from build_scripts.runtime import compress_beforehand, prepare_runtime, sizes
from build_scripts.toolchain import ROOT, BuildError
from build_scripts.wording import TEMPLATES, load_site, load_words
from decision_tree import corpus
from decision_tree.model import LANGUAGES, Language, Rules

SITE = ROOT / "site"
WORK = ROOT / "build"
OVERRIDES = ROOT / "build_scripts" / "overrides"

# Colours, type and spacing of the Digital Agency's design system (MIT).
TOKENS = ROOT / "node_modules" / "@digital-go-jp" / "design-tokens" / "dist" / "tokens.css"
TOKENS_IMPORT = '@import url("tokens.css");'

# Files of MkDocs and the theme that no page asks for.
UNUSED = ("**/*.map", "**/javascripts", "**/sitemap.xml*")

# What follows from the rules alone, and where it belongs in the site.
_DATA = (
    (api.write_api, Path("api", "v1")),
    (mutants.write_report, Path("api", "v1")),
    (first_steps.write_first_steps, Path("assets", "first-steps")),
)


def build_site(target: Path = SITE, work: Path = WORK, *, fresh: bool = True) -> None:
    """Build the whole site into `target`, with the steps between left in `work` for a look.

    Not `fresh`, pages whose text is that of the last build stay as MkDocs rendered them then.

    Raises:
        BuildError: with every problem that the failing step found.
    """
    if fresh:
        shutil.rmtree(work, ignore_errors=True)
    with _helpers(1) as first, _helpers(1, second=True) as aside:
        compressing = aside.apply_async(compress_beforehand)
        rules = _sound_rules(first)
        # What takes longest begins first, and all else waits for it.
        compiling = first.apply_async(_compile, [rules])
        with _helpers(2, second=True) as helpers:
            data = _emptied(work / "data")
            writing = [helpers.apply_async(write, [rules, data / place]) for write, place in _DATA]
            site = _rendered(helpers, rules, work)
            search.write_index(rules, site, work / "search")
            _finish_pages(helpers, rules, site)
            social.draw_cards(rules, site)
            for one in writing:
                one.get()
        shutil.copytree(work / "data", site, dirs_exist_ok=True)
        for one in (compiling, compressing):
            one.get()
        manifest = prepare_runtime(rules, site / "assets")
        if root := site_url():
            text = sitemap.sitemap(site, root, load_site()["compared"])
            (site / "sitemap.xml").write_text(text, "utf-8", newline="\n")
        _pass_gates(site)
    compress(sorted(site.rglob("*")))
    print(sizes(manifest))
    replace_folder(site, target)


def renew_pages(target: Path = SITE, work: Path = WORK) -> None:
    """Renew the pages alone, after an edit; all else in `target` stays as the last build left it.

    Raises:
        BuildError: with every problem that the failing step found.
    """
    with _helpers(1) as beside:
        rules = _sound_rules(beside)
    with _helpers(2) as helpers:
        site = _rendered(helpers, rules, work)
        _finish_pages(helpers, rules, site)
    renewed = {path for path in site.rglob("*") if path.is_file()}
    for kept in target.rglob("*"):
        place = site / kept.relative_to(target)
        # A renewed page is sent as it is: compressed there is only the one before.
        stale = place.suffix in ENCODINGS.values() and place.with_suffix("") in renewed
        if kept.is_file() and not stale and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(kept, place)
    _pass_gates(site)
    replace_folder(site, target)


def check_sources() -> None:
    """Check the data and the prose.

    Raises:
        BuildError: every problem, each as `file:line: entry: what is wrong`.
    """
    _refuse(check.check())


def _refuse(wrong: Sequence[Problem]) -> None:
    if wrong:
        raise BuildError("\n".join(map(str, wrong)))


def _sound_rules(beside: Pool) -> Rules:
    """The rules and what the pages tell of them, while the sources are checked beside.

    Raises:
        BuildError: every problem of the sources, before any that follows from them.
    """
    checked = beside.apply_async(check.check)
    try:
        rules = corpus.load()
        pages.take_stock(rules)
    finally:
        _refuse(checked.get())
    return rules


def _compile(rules: Rules) -> None:
    """Compile the engine, and compress what comes of it, into `.cache/`."""
    built = engine_wheel(rules)
    keep_contents((built.wasm, built.library, built.wheel))


def _write_and_render(rules: Rules, language: Language, work: Path) -> None:
    """The pages of one language: to `work/docs/`, where what is the same keeps its time, and on."""
    written = _emptied(work / "written" / language)
    navigation = pages.write_pages(rules, written, address=site_url(), languages=(language,))
    docs = work / "docs" / language
    _take_over(written / language, docs)
    # What decides on the look of every page.
    frame = [*sorted(OVERRIDES.rglob("*.*")), ROOT / "mkdocs.yml", TEMPLATES / "words.toml"]
    paths = sorted(path.relative_to(docs).as_posix() for path in docs.rglob("*"))
    key = hashlib.sha256(json.dumps([navigation, paths, site_url()], default=str).encode())
    for path in frame:
        key.update(path.read_bytes())
    known = work / f"{language}.key"
    same = known.is_file() and known.read_text("utf-8") == key.hexdigest()
    known.unlink(missing_ok=True)
    render(language, navigation[language], work, dirty=same)
    known.write_text(key.hexdigest(), "utf-8")


def _take_over(new: Path, old: Path) -> None:
    """Make `old` equal to `new`, touching only what differs."""
    for path in sorted(old.rglob("*"), reverse=True):
        if path.is_file() and not (new / path.relative_to(old)).is_file():
            path.unlink()
    for path in sorted(new.rglob("*")):
        place = old / path.relative_to(new)
        if path.is_file() and not (place.is_file() and place.read_bytes() == path.read_bytes()):
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@contextmanager
def _helpers(count: int, *, second: bool = False) -> Iterator[Pool]:
    """Processes that know what is known here, where a fork is to be had.

    They are ended with the context, at once after a mistake. Those of `second` rank take what time
    of the processors others leave.
    """
    yields = (os.nice, [10]) if second and hasattr(os, "nice") else (None, [])
    kinds = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in kinds else kinds[0])
    with warnings.catch_warnings():
        # Newer Pythons warn of a fork beside threads; there are none that hold a lock here.
        warnings.simplefilter("ignore", DeprecationWarning)
        with context.Pool(count, *yields) as helpers:
            yield helpers


def _rendered(helpers: Pool, rules: Rules, work: Path) -> Path:
    """The folder of the pages of both languages, as MkDocs renders them, with their assets."""
    helpers.starmap(_write_and_render, [(rules, one, work) for one in LANGUAGES])
    site = assemble(work)
    put_tokens_in_place(site / "assets" / "site.css")
    return site


def _finish_pages(helpers: Pool, rules: Rules, site: Path) -> None:
    """Write data and policies into the pages of both languages, and cut their style sheets."""
    helpers.starmap(write_into_pages, [(rules, site, one) for one in LANGUAGES])
    weight.cut_styles(site)


def render(
    language: Language, navigation: Sequence[Any], work: Path, *, dirty: bool = False
) -> None:
    """Run MkDocs from `work/docs/` into `work/html/`; a warning fails the build.

    With `dirty` it renders only pages that are newer than what it made of them. That they lead
    nowhere wrong is for the gates to see.
    """
    # Set before MkDocs loads the theme: it greets every build with a coloured box otherwise.
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import MkDocsException

    _show_warnings()
    root = site_url()
    try:
        config = load_config(
            str(ROOT / "mkdocs.yml"),
            docs_dir=str(work / "docs" / language),
            site_dir=str(work / "html" / language),
            site_url=root + ("" if language == "ja" else f"{language}/") if root else "",
            nav=list(navigation),
        )
        texts = config.extra["languages"][language]
        config.site_name = texts["site_name"]
        config.site_description = texts["site_description"]
        config.theme["language"] = language
        config.markdown_extensions.append(raw_html.NAME)
        config.extra["root_url"] = root
        config.extra["search"] = {language: load_words(language)["search"]}
        build(config, dirty=dirty)
    except MkDocsException as problem:
        raise BuildError(f"MkDocs, {language}: {problem}") from problem


def assemble(work: Path) -> Path:
    """Put the languages together: Japanese at the root, English in `en/`, one `assets/`."""
    site = work / "site"
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(work / "html" / "ja", site)
    shutil.copytree(work / "html" / "en", site / "en")
    (site / "en" / "404.html").unlink()
    for pattern in UNUSED:
        for path in sorted(site.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    hardening.share_assets(site)
    return site


def put_tokens_in_place(stylesheet: Path) -> None:
    """Write the design tokens where the stylesheet imports them, which saves the page a request.

    Raises:
        BuildError: the stylesheet does not import them.
    """
    text = stylesheet.read_text("utf-8")
    if TOKENS_IMPORT not in text:
        raise BuildError(f"{stylesheet.name}: the line {TOKENS_IMPORT} is missing")
    tokens = TOKENS.read_text("utf-8")
    stylesheet.write_text(text.replace(TOKENS_IMPORT, tokens), "utf-8", newline="\n")


def _pass_gates(site: Path) -> None:
    if problems := [*_unpaired(site), *gates.problems(site)]:
        raise BuildError("\n".join(problems))


def write_into_pages(rules: Rules, site: Path, language: Language) -> None:
    """Write data and policies into every page of a language."""
    told = Metadata(rules, site_url())
    in_menu = load_words(language)["shell"]["in_menu"]
    for page in sorted(site.rglob("*.html")):
        path = page.relative_to(site).as_posix()
        if path.startswith("en/") != (language == "en"):
            continue
        html = terms.marked(page.read_text("utf-8"), path)
        if not leads_elsewhere(html):
            html = told.written(html, path.removesuffix("index.html"))
            html = theme.mended(html, in_menu)
        page.write_text(hardening.hardened(html), "utf-8", newline="\n")


def site_url() -> str:
    """The address of the published site from SITE_URL, with its last slash; empty if unknown."""
    address = os.environ.get("SITE_URL", "").strip()
    return address.rstrip("/") + "/" if address else ""


def replace_folder(new: Path, old: Path) -> None:
    """Put a finished folder in the place of another, so that a server never sees half a site."""
    discarded = new.with_name(new.name + ".old")
    shutil.rmtree(discarded, ignore_errors=True)
    old.parent.mkdir(parents=True, exist_ok=True)
    if old.exists():
        shutil.move(old, discarded)
    shutil.move(new, old)
    shutil.rmtree(discarded, ignore_errors=True)


def _unpaired(site: Path) -> list[str]:
    """Both languages have the same pages, since each links to the other's twin."""
    english = {path.relative_to(site / "en") for path in (site / "en").rglob("*.html")}
    japanese = {path.relative_to(site) for path in site.rglob("*.html")}
    japanese = {path for path in japanese if path.parts[0] != "en"} - {Path("404.html")}
    return [
        f"{path.as_posix()}: only in {language}"
        for language, alone in (("ja", japanese - english), ("en", english - japanese))
        for path in sorted(alone)
    ]


def _show_warnings() -> None:
    # That a build is "dirty" is meant: what would be wrong with it, the gates find.
    logging.getLogger("mkdocs.commands.build").addFilter(lambda said: "'dirty'" not in said.msg)
    log = logging.getLogger("mkdocs")
    if not log.handlers:
        shown = logging.StreamHandler()
        shown.setLevel(logging.WARNING)
        shown.setFormatter(logging.Formatter("mkdocs: %(message)s"))
        log.addHandler(shown)
    log.propagate = False
