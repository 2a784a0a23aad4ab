import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from models.database import Database
from models.invariants import violations


ROOT = Path(__file__).parent.parent
LOGINS = ["primary", "secondary", "user", "outsider", "support"]


def _start(*words: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "server", "serve", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )


def _announced(process: "subprocess.Popen[str]", last: str) -> str:
    assert process.stdout is not None
    lines = ""
    while last not in lines:
        line = process.stdout.readline()
        assert line, "the service ended before it listened"
        lines += line
    return lines


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def announcement(folder: Path) -> Iterator[str]:
    """What a demonstration says at its start; it is served until the module's tests are done."""
    process = _start("--demo", "--port", "0", DATA_DIRECTORY=str(folder), DATABASE_URL="")
    yield _announced(process, "support@demo.test")
    process.terminate()
    process.communicate(timeout=30)


@pytest.fixture
def client(announcement: str) -> Iterator[httpx.Client]:
    (address,) = set(re.findall(r"http://127\.0\.0\.1:\d+", announcement))
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client


def _sign_in(client: httpx.Client, name: str) -> str:
    body = {"login": f"{name}@demo.test", "password": "demo-password-2026"}
    token: str = client.post("/auth/token", json=body).raise_for_status().json()["access_token"]
    return token


def test_the_start_announces_addresses_accounts_and_their_password(announcement: str) -> None:
    for address in ("/graphql", "/graphiql", "/auth/token", "/livez", "/readyz"):
        assert re.search(rf"http://127\.0\.0\.1:\d+{address}\b", announcement)
    for name in LOGINS:
        assert f"{name}@demo.test" in announcement
    assert "demo-password-2026" in announcement


def test_the_service_says_that_it_lives_and_is_ready(client: httpx.Client) -> None:
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("name", LOGINS)
def test_every_announced_account_signs_in(client: httpx.Client, name: str) -> None:
    headers = {"Authorization": f"Bearer {_sign_in(client, name)}"}

    answer = client.post("/graphql", json={"query": "{ viewer { login } }"}, headers=headers)

    assert answer.json()["data"] == {"viewer": {"login": f"{name}@demo.test"}}


def test_a_refresh_cookie_of_the_demonstration_travels_without_tls(client: httpx.Client) -> None:
    _sign_in(client, "user")

    assert not next(iter(client.cookies.jar)).secure


def test_the_response_does_not_name_the_server_program(client: httpx.Client) -> None:
    assert "server" not in client.get("/livez").headers


def test_an_address_in_use_ends_the_start(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = _start("--demo", "--port", port, DATA_DIRECTORY=str(tmp_path), DATABASE_URL="")
        output, _ = process.communicate(timeout=60)

    assert process.returncode != 0
    assert "GraphQL" not in output


def test_the_service_stops_when_it_is_told_to_and_starts_again(tmp_path: Path) -> None:
    environment = {"DATA_DIRECTORY": str(tmp_path), "DATABASE_URL": ""}
    for _start_number in range(2):
        process = _start("--demo", "--port", "0", **environment)
        _announced(process, "support@demo.test")
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        assert time.monotonic() - begun < 15

    assert asyncio.run(_violations(f"sqlite:///{tmp_path / 'chorus-structures.sqlite'}")) == []


async def _violations(url: str) -> list[str]:
    database = Database(url)
    found = [violation.name for violation in await violations(database)]
    await database.close()
    return found


def test_several_processes_serve_from_postgresql(postgresql_url: str, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = _start(
        "--workers",
        "2",
        "--port",
        str(port),
        DATA_DIRECTORY=str(tmp_path),
        DATABASE_URL=postgresql_url,
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}/readyz")
                break
            except httpx.TransportError:
                time.sleep(0.2)
        assert answer.status_code == 200
    finally:
        process.terminate()
        process.communicate(timeout=30)
