"""What the running service writes down."""

import json
import os
import re
import socket
import subprocess
import sys

from pathlib import Path
from typing import Any

import httpx
import pytest


ROOT = Path(__file__).resolve().parents[2]
SECRET = "hunter2-canary"
KEYS = {
    "event",
    "frames",
    "id",
    "kind",
    "level",
    "logger",
    "method",
    "milliseconds",
    "network",
    "operation",
    "operation_kind",
    "path",
    "request",
    "session_id",
    "status",
    "timestamp",
    "user_id",
}


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The lines that a service wrote while it was asked good and bad things."""
    folder = tmp_path_factory.mktemp("data")
    process = subprocess.Popen(
        [sys.executable, "-m", "server", "serve", "--demo", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIRECTORY": str(folder), "DATABASE_URL": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert address is not None
        ask(address[0], int(address[1]))
    finally:
        process.terminate()
        _, written = process.communicate(timeout=30)
    return written.splitlines()


def ask(address: str, port: int) -> None:
    query = f'query Find {{ node(id: "{SECRET}") {{ id }} }}'
    with httpx.Client(base_url=address) as client:
        client.get("/graphql", params={"query": query})
        client.post("/graphql", json={"query": query, "variables": {"password": SECRET}})
        client.post("/graphql", json={"query": f'{{ nothing(password: "{SECRET}") }}'})
        client.post("/graphql", content=SECRET.encode())
        client.post("/graphql", json={"query": "{ a }"}, headers={"Authorization": SECRET})
        client.post("/auth/token", json={"login": f"{SECRET}@x.test", "password": SECRET})
        client.get("/nothing", params={"token": SECRET})
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(f"{SECRET}\r\n\r\n".encode())
        connection.recv(1_000)


def test_every_line_is_an_object_of_listed_keys(lines: list[str]) -> None:
    entries: list[dict[str, Any]] = [json.loads(line) for line in lines]

    assert entries
    for entry in entries:
        assert {"event", "level", "timestamp"} <= entry.keys() <= KEYS


def test_no_line_holds_a_value_a_document_or_a_query_string(lines: list[str]) -> None:
    text = "\n".join(lines)

    assert SECRET not in text
    assert "node(" not in text
    assert "?" not in text


def test_a_request_is_written_once_with_its_operation_and_status(lines: list[str]) -> None:
    entries = [json.loads(line) for line in lines]
    requests = [entry for entry in entries if entry["event"] == "request"]

    assert [(entry["method"], entry["status"], entry["operation"]) for entry in requests] == [
        ("GET", 200, "Find"),
        ("POST", 200, "Find"),
        ("POST", 200, None),
        ("POST", 415, None),
        ("POST", 200, None),
    ]
    assert {entry["path"] for entry in requests} == {"/graphql"}


def test_what_libraries_log_is_written_in_the_same_form(lines: list[str]) -> None:
    entries = [json.loads(line) for line in lines]

    assert "uvicorn.error" in {entry.get("logger") for entry in entries}
