"""The order of the build: data, pages, MkDocs once a language, API, runtime, policy, gates."""

import logging
import os
import shutil
from collections.abc import Sequence
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
)
from build_scripts.runtime import prepare_runtime
from build_scripts.toolchain import ROOT, BuildError
from build_scripts.wording import load_site, load_words
from decision_tree import corpus
from decision_tree.model import LANGUAGES, Language, Rules

SITE = ROOT / "site"
WORK = ROOT / "build"

# Colours, type and spacing of the Digital Agency's design system (MIT).
TOKENS = ROOT / "node_modules" / "@digital-go-jp" / "design-tokens" / "dist" / "tokens.css"
TOKENS_IMPORT = '@import url("tokens.css");'

# Files of MkDocs and the theme that no page asks for.
UNUSED = ("**/*.map", "**/javascripts/lunr", "**/javascripts/workers", "**/sitemap.xml*")


def build_site(target: Path = SITE, work: Path = WORK) -> None:
    """Build the whole site into `target`, with the steps between left in `work` for a look.

    Raises:
        BuildError: with every problem that the failing step found.
    """
    check_sources()
    rules = corpus.load()
    shutil.rmtree(work, ignore_errors=True)
    navigation = pages.write_pages(rules, work / "docs", address=site_url())
    for language in LANGUAGES:
        render(language, navigation[language], work)
    site = assemble(work)
    put_tokens_in_place(site / "assets" / "site.css")
    api.write_api(rules, site / "api" / "v1")
    mutants.write_report(rules, site / "api" / "v1")
    first_steps.write_first_steps(rules, site / "assets" / "first-steps")
    prepare_runtime(corpus.bundle().encode(), site / "assets")
    search.write_index(rules, site, work / "search")
    social.draw_cards(rules, site)
    finish(rules, site)
    replace_folder(site, target)


def check_sources() -> None:
    """Check the data and the prose.

    Raises:
        BuildError: every problem, each as `file:line: entry: what is wrong`.
    """
    if wrong := check.check():
        raise BuildError("\n".join(str(problem) for problem in wrong))


def render(language: Language, navigation: Sequence[Any], work: Path) -> None:
    """Run MkDocs from `work/docs/` into `work/html/`; a warning fails the build."""
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
        build(config)
    except MkDocsException as problem:
        raise BuildError(f"MkDocs, {language}: {problem}") from problem


def assemble(work: Path) -> Path:
    """Put the languages together: Japanese at the root, English in `en/`, one `assets/`."""
    site = work / "site"
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
    root = site_url()
    for page in sorted(site.rglob("*.html")):
        html = terms.marked(page.read_text("utf-8"), page.relative_to(site).as_posix())
        address = page.relative_to(site).as_posix().removesuffix("index.html")
        if not metadata.leads_elsewhere(html):
            html = metadata.with_metadata(html, address, rules, root)
        page.write_text(hardening.hardened(html), "utf-8", newline="\n")
    if root:
        text = sitemap.sitemap(site, root, load_site()["compared"])
        (site / "sitemap.xml").write_text(text, "utf-8", newline="\n")
    problems += gates.problems(site)
    if problems:
        raise BuildError("\n".join(problems))


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
    log = logging.getLogger("mkdocs")
    if not log.handlers:
        shown = logging.StreamHandler()
        shown.setLevel(logging.WARNING)
        shown.setFormatter(logging.Formatter("mkdocs: %(message)s"))
        log.addHandler(shown)
    log.propagate = False
