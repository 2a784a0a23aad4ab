import shutil
import subprocess
import sys

from pathlib import Path

import pytest


WEB = Path(__file__).resolve().parents[2] / "web"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The page's sources, without what was installed and built from them."""
    return Path(
        shutil.copytree(
            WEB, tmp_path / "web", ignore=shutil.ignore_patterns("node_modules", "dist")
        )
    )


def _build(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, folder / "build.py"],
        capture_output=True,
        check=False,
        cwd=folder,
        env={"HOME": str(folder), "PATH": ""},
        text=True,
    )


def test_an_unchanged_page_is_not_built_again() -> None:
    built = _build(WEB)
    assert built.returncode == 0
    assert built.stdout == "The GraphiQL page is up to date.\n"


def test_a_failed_installation_is_explained_and_leaves_no_page(copy: Path) -> None:
    (copy / "package.json").write_text("{")
    built = _build(copy)
    assert built.returncode == 1
    assert "The GraphiQL page was not built: npm ci failed" in built.stdout
    assert not (copy / "dist").exists()


def test_no_lock_names_a_registry() -> None:
    assert '"resolved"' not in (WEB / "package-lock.json").read_text()
