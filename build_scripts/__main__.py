"""The commands of the build; `make help` lists the doors to them."""

import argparse
import sys
import time
from pathlib import Path

from build_scripts import check, chromium, dependencies, measured, serve, site
from build_scripts.toolchain import ROOT, BuildError


def main() -> int:
    """Run one command; a problem with the sources is words and exit 1, never a traceback."""
    parser = argparse.ArgumentParser(prog="python -m build_scripts", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="check the data and the prose, without building")
    commands.add_parser("record", help="record the lines of the sources anew (SOURCES=folder)")
    build = commands.add_parser("build", help="build the finished site")
    build.add_argument("--out", type=Path, default=site.SITE, help="the folder to build into")
    build.add_argument(
        "--renew",
        choices=("pages", "all"),
        help="after an edit: the changed pages alone, or all else too",
    )
    server = commands.add_parser("serve", help="build, serve and watch")
    server.add_argument("--port", type=int, default=8000)
    report = commands.add_parser(
        "report", help="what there is in the site, and how far it was checked"
    )
    report.add_argument(
        "--site", type=Path, default=site.SITE, help="the folder of a finished site"
    )
    bench = commands.add_parser("bench", help="measure the built site beside Pyodide as it comes")
    bench.add_argument("--site", type=Path, default=site.SITE, help="the folder of a finished site")
    bench.add_argument("--runs", type=int, default=5, help="rounds; one is a quick look")
    bench.add_argument("--part", action="append", default=[], help="measure this part alone")
    bench.add_argument("--record", action="store_true", help="make it the run that /trust/ shows")
    bench.add_argument(
        "--film", type=Path, help="instead: pictures of a first visit, to this folder"
    )
    bench.add_argument("--reading", type=float, default=5, help="seconds a page in the pictures")
    commands.add_parser("browser", help="find or install the Chromium of the tests")
    commands.add_parser("lock", help="resolve the Python dependencies into the lock files")
    chosen = parser.parse_args()
    try:
        match chosen.command:
            case "check":
                site.check_sources()
                order = "The data and the prose are in order."
                print(*check.notes(), check.sourced(), order, sep="\n")
            case "record":
                print(*check.record(), sep="\n")
            case "build":
                began = time.monotonic()
                if chosen.renew == "pages":
                    site.renew_pages(chosen.out.resolve())
                else:
                    site.build_site(chosen.out.resolve(), fresh=not chosen.renew)
                print(f"Built {_shown(chosen.out)} in {time.monotonic() - began:.1f} s")
            case "serve":
                serve.serve(site.SITE, chosen.port)
            case "report":
                from build_scripts.report import report as told

                for line in told(chosen.site.resolve()):
                    print(line)
            case "bench":
                _bench(chosen)
            case "browser":
                print(f"Testing with {chromium.ensure()}")
            case "lock":
                dependencies.lock()
    except BuildError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _bench(chosen: argparse.Namespace) -> None:
    from build_scripts.bench import film, measurement

    if chosen.film:
        film.shoot(chosen.site.resolve(), chosen.film, chosen.reading)
        return
    found = measurement.run(chosen.site.resolve(), chosen.runs, tuple(chosen.part))
    if chosen.record:
        measured.write(found, measured.RECORD)
    print(*measured.markdown(found), sep="\n")


def _shown(path: Path) -> str:
    path = path.resolve()
    return f"{path.relative_to(ROOT)}/" if path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    sys.exit(main())
