"""The commands of the build; `make help` lists the doors to them."""

import argparse
import sys
import time
from pathlib import Path

from build_scripts import check, chromium, dependencies, serve, site
from build_scripts.toolchain import ROOT, BuildError


def main() -> int:
    """Run one command; a problem with the sources is words and exit 1, never a traceback."""
    parser = argparse.ArgumentParser(prog="python -m build_scripts", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="check the data and the prose, without building")
    commands.add_parser("record", help="record the lines of the sources anew (SOURCES=folder)")
    build = commands.add_parser("build", help="build the finished site")
    build.add_argument("--out", type=Path, default=site.SITE, help="the folder to build into")
    server = commands.add_parser("serve", help="build, serve and watch")
    server.add_argument("--port", type=int, default=8000)
    commands.add_parser("browser", help="find or install the Chromium of the tests")
    commands.add_parser("lock", help="resolve the Python dependencies into the lock files")
    chosen = parser.parse_args()
    try:
        match chosen.command:
            case "check":
                site.check_sources()
                print(*check.notes(), "The data and the prose are in order.", sep="\n")
            case "record":
                print(*check.record(), sep="\n")
            case "build":
                began = time.monotonic()
                site.build_site(chosen.out.resolve())
                print(f"Built {_shown(chosen.out)} in {time.monotonic() - began:.1f} s")
            case "serve":
                serve.serve(site.SITE, chosen.port)
            case "browser":
                print(f"Testing with {chromium.ensure()}")
            case "lock":
                dependencies.lock()
    except BuildError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _shown(path: Path) -> str:
    path = path.resolve()
    return f"{path.relative_to(ROOT)}/" if path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    sys.exit(main())
