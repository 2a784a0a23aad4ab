import json
import os
import socket
import subprocess
import sys
import time

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from playwright.sync_api import Page, Response, expect

from tests.web.conftest import Visit


ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "demo-password-2026"
SETTLING_MILLISECONDS = 1_000
START_SECONDS = 60


@pytest.fixture(scope="module")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service with its demonstration data, on a free port."""
    folder = tmp_path_factory.mktemp("demonstration")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "DATA_DIRECTORY": str(folder)}
    command = [sys.executable, "-m", "server"]
    subprocess.run([*command, "migrate"], cwd=ROOT, env=environment, check=True)
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "serve", "--demo", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address, process, folder / "server.log")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(f"{address}/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"The service was not ready in {START_SECONDS} s:\n{log.read_text()}")


@pytest.fixture
def visit(demo_server: str, window: Page) -> Iterator[Visit]:
    visit = Visit(window, demo_server)
    visit.open()
    yield visit
    assert visit.complaints == []
    assert visit.foreign_addresses == set()


def _sign_in(visit: Visit, login: str) -> None:
    def introspects(response: Response) -> bool:
        return "__schema" in (response.request.post_data or "")

    # A new account has an editor of its own, which stands once it knows the schema.
    with visit.page.expect_response(introspects):
        visit.sign_in(login, PASSWORD)
    expect(visit.page.get_by_text("Signed in as")).to_be_visible()


def _run(visit: Visit, tab: str, operation: str | None = None) -> dict[str, Any]:
    name = operation or tab

    def answers(response: Response) -> bool:
        sent = response.request.post_data_json if response.request.method == "POST" else None
        return isinstance(sent, dict) and sent.get("operationName") == name

    visit.page.get_by_role("tab", name=tab).click()
    expect(visit.page.locator(".graphiql-query-editor .view-lines")).to_contain_text(tab)
    # The editors of the tab take its variables a moment after its document.
    visit.page.wait_for_timeout(SETTLING_MILLISECONDS)
    with visit.page.expect_response(answers) as response:
        visit.run()
        if operation is not None:
            visit.page.get_by_role("menuitem", name=operation, exact=True).click()
    answer: dict[str, Any] = response.value.json()
    return answer


def test_a_primary_manager_reads_structures_services_users_and_areas(visit: Visit) -> None:
    _sign_in(visit, "primary@demo.test")
    answer = _run(visit, "PrimaryManager")
    assert {error["extensions"]["code"] for error in answer.get("errors", ())} <= {"FORBIDDEN"}
    structures = [
        membership["structure"]
        for membership in answer["data"]["viewer"]["memberships"]["nodes"]
        if membership["role"] == "PRIMARY_MANAGER"
    ]
    assert max(structure["services"]["totalCount"] for structure in structures) >= 12
    users = [
        user
        for structure in structures
        for service in structure["services"]["nodes"]
        for user in service["users"]["nodes"]
    ]
    assert any(access["mode"] == "MODIFICATION" for user in users for access in user["areas"])
    expect(visit.page.locator(".result-window")).to_contain_text('"role": "PRIMARY_MANAGER"')


def test_a_simple_user_sees_why_a_field_is_refused(visit: Visit) -> None:
    _sign_in(visit, "user@demo.test")
    answer = _run(visit, "SimpleUser")
    assert answer["data"]["viewer"]["memberships"]["nodes"][0]["structure"]["users"] is None
    explanation = visit.page.get_by_label("Refused fields")
    expect(explanation).to_contain_text("viewer.memberships.nodes.structure.users")
    expect(explanation).to_contain_text("needs user:list")
    expect(explanation).to_contain_text("secondary manager, primary manager, support")


def test_a_primary_manager_decides_a_request_step_by_step(visit: Visit) -> None:
    _sign_in(visit, "primary@demo.test")
    waiting = _run(visit, "RequestsToDecide", "RequestsToDecide")
    assert "errors" not in waiting, waiting
    request = waiting["data"]["viewer"]["decisions"]["nodes"][0]
    visit.write_variables(
        json.dumps({"id": request["id"], "version": request["version"], "dryRun": False})
    )
    answered = _run(visit, "RequestsToDecide", "Validate")
    assert "errors" not in answered, answered
    decided = answered["data"]["validateConnectionRequests"]
    assert decided["errors"] == []
    assert [result["error"] for result in decided["results"]] == [None]
    assert [result["request"]["status"] for result in decided["results"]] == ["VALIDATED"]
