"""The order of the build: data, pages, MkDocs once a language, API, runtime, policy, gates."""

import hashlib
import json
import logging
import multiprocessing
import os
import shutil
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
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
    search,
    sitemap,
    social,
    terms,
    theme,
    weight,
)
from build_scripts.compression import ENCODINGS, compress
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


def build_site(target: Path = SITE, work: Path = WORK, *, fresh: bool = True) -> None:
    """Build the whole site into `target`, with the steps between left in `work` for a look.

    Not `fresh`, pages whose text is that of the last build stay as MkDocs rendered them then.

    Raises:
        BuildError: with every problem that the failing step found.
    """
    check_sources()
    rules = corpus.load()
    if fresh:
        shutil.rmtree(work, ignore_errors=True)
    with _helpers() as helpers:
        written = [helpers.submit(_write_and_render, rules, one, work) for one in LANGUAGES]
        compressing = helpers.submit(compress_beforehand)
        report = helpers.submit(mutants.write_report, rules, _emptied(work / "report"))
        for language in written:
            language.result()
        site = assemble(work)
        put_tokens_in_place(site / "assets" / "site.css")
        api.write_api(rules, site / "api" / "v1")
        first_steps.write_first_steps(rules, site / "assets" / "first-steps")
        manifest = prepare_runtime(
            corpus.bundle().encode(), site / "assets", compressing=compressing
        )
        search.write_index(rules, site, work / "search")
        social.draw_cards(rules, site)
        report.result()
        shutil.copytree(work / "report", site / "api" / "v1", dirs_exist_ok=True)
    finish(rules, site)
    compress(sorted(site.rglob("*")))
    print(sizes(manifest, site / "assets"))
    replace_folder(site, target)


def renew_pages(target: Path = SITE, work: Path = WORK) -> None:
    """Renew the pages alone, after an edit; all else in `target` stays as the last build left it.

    Raises:
        BuildError: with every problem that the failing step found.
    """
    check_sources()
    rules = corpus.load()
    with _helpers() as helpers:
        for done in [helpers.submit(_write_and_render, rules, one, work) for one in LANGUAGES]:
            done.result()
    site = assemble(work)
    put_tokens_in_place(site / "assets" / "site.css")
    write_into_pages(rules, site)
    weight.cut_styles(site)
    renewed = {path for path in site.rglob("*") if path.is_file()}
    for kept in target.rglob("*"):
        place = site / kept.relative_to(target)
        # A renewed page is sent as it is: compressed there is only the one before.
        stale = place.suffix in ENCODINGS.values() and place.with_suffix("") in renewed
        if kept.is_file() and not stale and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(kept, place)
    replace_folder(site, target)


def check_sources() -> None:
    """Check the data and the prose.

    Raises:
        BuildError: every problem, each as `file:line: entry: what is wrong`.
    """
    if wrong := check.check():
        raise BuildError("\n".join(str(problem) for problem in wrong))


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
def _helpers() -> Iterator[ProcessPoolExecutor]:
    """Two processes: one a language. Where a fork is to be had they need not read everything again."""
    kinds = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in kinds else kinds[0])
    with warnings.catch_warnings():
        # Newer Pythons warn of a fork beside threads; there are none that hold a lock here.
        warnings.simplefilter("ignore", DeprecationWarning)
        with ProcessPoolExecutor(len(LANGUAGES), mp_context=context) as helpers:
            yield helpers


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


def finish(rules: Rules, site: Path) -> None:
    """Write data and policies into the pages, and the sitemap if the address is known.

    Raises:
        BuildError: what the gates find.
    """
    problems = [*_unpaired(site)]
    write_into_pages(rules, site)
    weight.cut_styles(site)
    if root := site_url():
        text = sitemap.sitemap(site, root, load_site()["compared"])
        (site / "sitemap.xml").write_text(text, "utf-8", newline="\n")
    problems += gates.problems(site)
    if problems:
        raise BuildError("\n".join(problems))


def write_into_pages(rules: Rules, site: Path) -> None:
    """Write data and policies into every page."""
    root = site_url()
    told = Metadata(rules, root)
    in_menu = {language: load_words(language)["shell"]["in_menu"] for language in LANGUAGES}
    for page in sorted(site.rglob("*.html")):
        html = terms.marked(page.read_text("utf-8"), page.relative_to(site).as_posix())
        address = page.relative_to(site).as_posix().removesuffix("index.html")
        if not leads_elsewhere(html):
            html = told.written(html, address)
            html = theme.mended(html, in_menu["en" if address.startswith("en/") else "ja"])
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
