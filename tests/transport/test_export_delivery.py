"""How exports are sent: a few at once, piece by piece, cut off where they fail."""

import tracemalloc

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sqlalchemy import insert

from models.history import ManagerAction, ManagerActionOutcome
from models.policy import Action
from resolvers import exports, pieces
from tests.firm import Firm
from tests.transport.exporting import code, history_of, take, users_of
from tests.world import World


@pytest.fixture
async def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECE", 2)


@pytest.fixture
async def single(database_url: str, tmp_path: Path) -> AsyncIterator[Firm]:
    """A service that writes one export at a time."""
    world = World(database_url, tmp_path, exports_at_once=1)
    yield await Firm.found(world)
    await world.close()


async def test_what_is_too_much_at_once_is_asked_to_wait(
    single: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: dict[str, Any] = {}
    read = exports.users_of

    async def reading(*arguments: Any) -> Any:
        if not found:
            found["second"] = None
            found["second"] = await take(single.world, single.primary, users_of(single))
        return await read(*arguments)

    monkeypatch.setattr(exports, "users_of", reading)

    first = await take(single.world, single.primary, users_of(single))

    assert first.status_code == 200
    assert code(found["second"]) == (503, "OVERLOADED")
    assert found["second"].headers["retry-after"] == "1"
    assert (await take(single.world, single.primary, users_of(single))).status_code == 200


@pytest.mark.usefixtures("small_pieces")
async def test_what_fails_half_way_is_cut_off_and_logged_without_values(
    firm: Firm, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await firm.clerk()
    read, calls = exports._user_rows, []

    async def failing(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) > 1:
            raise RuntimeError("a secret value")
        return await read(*arguments)

    monkeypatch.setattr(exports, "_user_rows", failing)

    with pytest.raises(AssertionError):  # The client's complaint that the end never came.
        await take(firm.world, firm.primary, users_of(firm))

    logged = capsys.readouterr()
    assert "internal_error" in logged.out + logged.err
    assert "a secret value" not in logged.out + logged.err


async def test_the_number_of_statements_goes_with_the_pieces(firm: Firm) -> None:
    world = firm.world
    await take(world, firm.primary, users_of(firm))
    world.statements.clear()

    await take(world, firm.primary, users_of(firm))

    assert len(world.statements) == 5  # viewer, card, users, rights, services


async def test_a_list_six_times_longer_is_written_in_the_same_memory(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "PIECE", 200)
    await _many_acts(firm, 1_000)
    await _written(firm)
    short = await _written(firm)
    await _many_acts(firm, 5_000)
    long = await _written(firm)

    assert (short[0], long[0]) == (1_001, 6_001)
    assert long[1] < short[1] * 1.2


async def _written(firm: Firm) -> tuple[int, int]:
    """Take a history as a server does; give its lines, and the most memory between pieces."""
    path, token = f"/exports/{history_of(firm)}", await firm.world.token(firm.primary)
    lines, highest = 0, 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal lines, highest
        lines += message.get("body", b"").count(b"\r\n")
        highest = max(highest, tracemalloc.get_traced_memory()[0])

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"testserver"), (b"authorization", f"Bearer {token}".encode())],
    }
    app = firm.world.client._transport.app  # type: ignore[attr-defined]
    tracemalloc.start()
    try:
        await app(scope, receive, send)
    finally:
        tracemalloc.stop()
    return lines, highest


async def _many_acts(firm: Firm, number: int) -> None:
    act = {
        "structure_id": firm.structure.id,
        "at": firm.world.now,
        "action": Action.SUBSCRIPTION_SET,
        "outcome": ManagerActionOutcome.DONE,
        "actor_id": firm.secondary.id,
        "count": 1,
        "changes": [{"field": "mode", "before": None, "after": "CONSULTATION"}],
    }

    async def work(session: Any) -> None:
        await session.execute(insert(ManagerAction), [act] * number)

    await firm.world.database.write(work)
