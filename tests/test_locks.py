import re
import tomllib

from pathlib import Path
from typing import Any

import pytest


ROOT = Path(__file__).parent.parent
LOCKS = ["requirements.lock", "requirements-development.lock"]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _locked(lock: str) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(
        r"^([\w.-]+)==([^ ;]+)", (ROOT / lock).read_text(), re.MULTILINE
    ):
        versions.setdefault(_normal(name), set()).add(version)
    return versions


def _named(*groups: str) -> set[str]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
    entries = [*project["project"]["dependencies"]]
    for group in groups:
        entries += [entry for entry in project["dependency-groups"][group] if type(entry) is str]
    return {_normal(re.split(r"[^\w.-]", entry)[0]) for entry in entries}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_registry(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_version_carries_a_hash(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text())
    packages = [entry for entry in entries if not entry.startswith("#")]

    assert [entry for entry in packages if "--hash=sha256:" not in entry] == []


def test_every_named_dependency_is_locked() -> None:
    assert _named("web") - _locked("requirements.lock").keys() == set()
    assert _named("web", "development") - _locked("requirements-development.lock").keys() == set()


def test_development_uses_the_versions_that_run() -> None:
    development = _locked("requirements-development.lock")

    for name, versions in _locked("requirements.lock").items():
        assert development[name] == versions
