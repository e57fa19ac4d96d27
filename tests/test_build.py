"""The build keeps its promises: repeatable, guarded, nothing from elsewhere."""

import hashlib
import http.client
import json
import pickle
import re
import shutil
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from build_scripts import check, gates, hardening, runtime, sitemap
from build_scripts import site as site_build
from build_scripts.lint.corpus import Corpus, Problem
from build_scripts.serve import serving
from build_scripts.toolchain import ROOT, BuildError, node, run
from decision_tree import corpus
from decision_tree.browser import handle
from decision_tree.verdict import Judge


def tree(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder."""
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    assert found, f"{folder} is empty"
    return found


def test_two_builds_are_byte_identical_and_so_is_what_an_edit_renews(
    site: Path, tmp_path: Path
) -> None:
    again, work = tmp_path / "again", tmp_path / "work"
    site_build.build_site(again, work)

    assert tree(site) == tree(again)

    # As if the sources of one page had been others when it was rendered.
    (work / "docs" / "ja" / "divisions.md").write_text("# Other\n", "utf-8")
    rendered = work / "html" / "ja" / "divisions" / "index.html"
    for page in (rendered, again / "divisions" / "index.html"):
        page.write_text("other", "utf-8")
    others = {path: path.stat().st_mtime_ns for path in (work / "html").rglob("check/index.html")}
    site_build.renew_pages(again, work)
    renewed = tree(again)

    # Only a whole build compresses.
    assert tree(site) == tree(site) | renewed
    assert {path for path in tree(site) if not path.endswith((".br", ".gz"))} <= renewed.keys()
    assert others == {path: path.stat().st_mtime_ns for path in others}


def test_a_mistake_in_an_edit_is_told_and_changes_no_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rule(_: Corpus) -> Iterator[Problem]:
        yield Problem(file="01-mlcc.toml", line=7, entry="mlcc", message="wrong")

    monkeypatch.setattr(check, "RULES", (rule,))
    target = tmp_path / "site"
    target.mkdir()
    (target / "index.html").write_text("as it was", "utf-8")

    with pytest.raises(BuildError, match=r"^01-mlcc\.toml:7: mlcc: wrong$"):
        site_build.renew_pages(target, tmp_path / "work")

    assert [path.read_text("utf-8") for path in target.iterdir()] == ["as it was"]


def test_every_page_has_the_policy_right_after_its_charset(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))

    assert len(pages) > 2
    for page in pages:
        html = page.read_text("utf-8")
        head = html.partition('<meta charset="utf-8">')[2]

        assert head.startswith('\n<meta http-equiv="Content-Security-Policy"'), page
        assert '<meta name="referrer" content="no-referrer">' in html, page
        assert "unsafe-inline" not in html, page
        assert "'unsafe-eval'" not in html, page


def test_no_page_but_the_missing_one_has_an_inline_script_or_style(site: Path) -> None:
    with_hashes = [
        page.name for page in sorted(site.rglob("*.html")) if "sha256-" in page.read_text("utf-8")
    ]

    assert with_hashes == ["404.html"]


def test_the_published_site_passes_its_gates(site: Path) -> None:
    assert list(gates.problems(site)) == []


def test_the_gates_follow_every_link_of_every_page(site: Path) -> None:
    followed = gates.links(site)

    assert followed.pages == len(list(site.rglob("*.html"))) - 1
    assert followed.links > 10_000
    assert followed.places > 1_000


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        (
            "a.html",
            '<script src="https://cdn.example/x.js"></script>',
            "loads https://cdn.example/x.js",
        ),
        ("a.html", '<img src="//cdn.example/x.png">', "loads //cdn.example/x.png"),
        ("a.html", '<img srcset="a.html 1x, https://cdn.example/x.png 2x">', "loads https://cdn"),
        ("a.html", '<link rel="stylesheet" href="http://cdn.example/x.css">', "loads http://cdn"),
        ("a.html", '<link rel="preload icon" href="https://cdn.example/i">', "loads https://cdn"),
        ("a.html", "<style>a{background:url(https://cdn.example/x)}</style>", "loads https://cdn"),
        ("a.html", '<p style="color:red">', "style attribute"),
        ("a.html", '<p onclick="x()">', "script in onclick"),
        ("a.html", '<a href="nowhere/">', "nowhere/ leads nowhere"),
        ("a.html", '<a href="../">', "../ leads nowhere"),
        ("a.html", '<a href="/a.html">', "begins with a slash"),
        ("a.html", '<a href="#part">', "names a place that is not on that page"),
        ("a.css", '@import "https://cdn.example/x.css";', "loads https://cdn.example/x.css"),
        ("a.css", "a{src:url('//cdn.example/x')}", "loads //cdn.example/x"),
        ("a.js", 'import x from "https://cdn.example/x.js";', "loads https://cdn.example/x.js"),
        ("a.mjs", "await import('https://cdn.example/x.js');", "loads https://cdn.example/x.js"),
        ("a.mjs", 'new Worker("https://cdn.example/x.js")', "loads https://cdn.example/x.js"),
    ],
)
def test_a_gate_closes(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    (tmp_path / "index.html").write_text("<p>", "utf-8")
    (tmp_path / name).write_text(text, "utf-8")

    found = list(gates.problems(tmp_path))

    assert len(found) == 1
    assert complaint in found[0]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://www.meti.go.jp/policy/anpo/">',
        '<link rel="canonical" href="https://example.org/">',
        '<link rel="alternate" hreflang="en" href="https://example.org/en/">',
        '<p id="見出し"><a href="#見出し">',
        '<a href="./">',
        '<img src="data:image/svg+xml,x">',
    ],
)
def test_a_gate_stays_open(tmp_path: Path, html: str) -> None:
    (tmp_path / "index.html").write_text(html, "utf-8")

    assert list(gates.problems(tmp_path)) == []


def test_what_stays_inside_a_page_is_in_its_policy_by_hash() -> None:
    policy = hardening.content_security_policy(
        "<script>x()</script><script type='application/json'>{}</script>"
    )

    assert re.findall(r"script-src ([^;]*)", policy) == [
        "'self' 'wasm-unsafe-eval' 'sha256-D6IGS8VMvCoyaR/l0h9tERrBTATY01CoPS7l6xDv0kI='"
    ]


def test_a_page_without_a_charset_is_refused() -> None:
    with pytest.raises(BuildError, match="charset"):
        hardening.hardened("<p>")


def test_a_changed_runtime_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tomllib.loads(runtime.RUNTIME_LOCK.read_text("utf-8"))["sha256"]:
        (tmp_path / name).write_bytes(b"changed")
    monkeypatch.setattr(runtime, "RUNTIME", tmp_path)

    with pytest.raises(BuildError, match="is not the file recorded for Pyodide"):
        runtime.prepare_runtime(corpus.load(), tmp_path / "target")


def test_the_manifest_names_what_the_browser_loads(site: Path) -> None:
    assets = site / "assets"
    manifest = json.loads((assets / "runtime.json").read_text("utf-8"))
    lean = manifest["lean"]
    package = lean["lock"]["packages"][manifest["package"]]
    wheel = lean["folder"] + package["file_name"]

    assert list(lean["lock"]["packages"]) == [manifest["package"]]
    assert manifest["files"][wheel]["sha256"] == package["sha256"]
    for name, expected in manifest["files"].items():
        content = (assets / name).read_bytes()

        assert expected == {
            "bytes": len(content),
            "gzip": (assets / f"{name}.gz").stat().st_size,
            "br": (assets / f"{name}.br").stat().st_size,
            "sha256": hashlib.sha256(content).hexdigest(),
        }, name


def test_the_wheel_holds_the_rules_and_tables_of_the_checkout(site: Path) -> None:
    rules = corpus.load()
    with zipfile.ZipFile(wheel_of(site)) as wheel:
        # The object of the very classes that the checkout has.
        built = pickle.loads(wheel.read("decision_tree/rules.pickle"))  # noqa: S301
        tables = json.loads(wheel.read("decision_tree/judge.json"))

    assert built == rules
    assert tables == Judge(rules).tables()


def test_nothing_is_compiled_while_the_browser_imports_the_engine(
    site: Path, tmp_path: Path
) -> None:
    shutil.copyfile(wheel_of(site), tmp_path / "engine.whl")
    script = tmp_path / "imports.py"
    script.write_text(
        "import json, sitecustomize\n"
        "missed = []\n"
        "class Noting(dict):\n"
        "    def get(self, key, otherwise=None):\n"
        "        if key not in self: missed.append(repr(key))\n"
        "        return super().get(key, otherwise)\n"
        "sitecustomize.compiled = Noting(sitecustomize.compiled)\n"
        "sitecustomize.add('/work/engine.whl')\n"
        "from decision_tree import browser, model\n"
        "browser.prepare()\n"
        "browser.rehearse()\n"
        "found = type(model.__loader__).__module__\n"
        "print(json.dumps([missed, found, len(sitecustomize.compiled)]))\n",
        "utf-8",
    )
    (library,) = (site / "assets" / "pyodide").glob("*/library.zip")
    command = [node(), ROOT / "build_scripts" / "node" / "run_python.mjs"]
    said = run([*command, ROOT / "node_modules" / "pyodide", library, tmp_path, script])
    missed, found, known = json.loads(said.splitlines()[-1])

    assert missed == []
    assert found == "sitecustomize"
    assert known > 150


def wheel_of(site: Path) -> Path:
    """The wheel that a first visit loads."""
    (wheel,) = (site / "assets" / "engine").glob("*/*.whl")
    return wheel


def test_the_browser_gives_the_verdict_of_the_checkout(
    pyodide_handle: Callable[[list[dict[str, Any]]], list[dict[str, Any]]],
) -> None:
    lines: list[dict[str, Any]] = [
        {"technology": name, "answers": {}} for name in ("none", "unknown", "carbon-fibre")
    ]
    requests: list[dict[str, Any]] = [{"evaluate": {"lines": [line]}} for line in lines]
    requests += [
        {"language": language, "state": None, "action": {"do": "start"}}
        for language in ("ja", "en")
    ]

    assert [json.loads(handle(json.dumps(r))) for r in requests] == pyodide_handle(requests)


def test_the_sitemap_names_each_page_with_its_twin(tmp_path: Path) -> None:
    for place in ("", "check/", "en/", "en/check/"):
        (tmp_path / place).mkdir(exist_ok=True)
        (tmp_path / place / "index.html").touch()

    text = sitemap.sitemap(tmp_path, "https://example.org/guide/", date(2026, 11, 23))

    assert re.findall("<loc>(.*?)</loc>", text) == [
        "https://example.org/guide/check/",
        "https://example.org/guide/en/check/",
        "https://example.org/guide/en/",
        "https://example.org/guide/",
    ]
    assert text.count('hreflang="en" href="https://example.org/guide/en/check/"') == 2
    assert re.findall("<lastmod>(.*?)</lastmod>", text) == ["2026-11-23"] * 4


def test_both_languages_load_one_set_of_assets(site: Path) -> None:
    assert not (site / "en" / "assets").exists()
    assert (site / "en" / "index.html").is_file()


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("", 200, "text/html; charset=utf-8"),
        ("assets/engine.mjs", 200, "text/javascript; charset=utf-8"),
        ("assets/runtime.json", 200, "application/json"),
        ("assets/", 404, "text/html; charset=utf-8"),
        ("nowhere/at/all/", 404, "text/html; charset=utf-8"),
    ],
)
@pytest.mark.parametrize("base", ["/", "/ministry/guide/"])
def test_the_server_says_what_a_file_is(
    site: Path, base: str, path: str, status: int, kind: str
) -> None:
    with serving(site, base=base) as address:
        parts = urlsplit(address)
        connection = http.client.HTTPConnection(parts.netloc)
        connection.request("GET", parts.path + path)
        answer = connection.getresponse()
        answer.read()
        connection.close()

    assert (status, kind) == (answer.status, answer.headers["Content-Type"])


def test_lock_files_hold_hashes_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-pyodide.lock", "package-lock.json"):
        text = (ROOT / name).read_text("utf-8")

        # npm names where a package's authors can be paid; that is no address of a host of packages.
        assert "://" not in re.sub(r'"url": "https://[^"]*"', "", text), name
        assert '"resolved"' not in text, name
        assert "sha256:" in text or "sha512-" in text, name
