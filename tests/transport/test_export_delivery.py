"""How exports are sent: a few at once, piece by piece, cut off where they fail."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from resolvers import exports, pieces
from tests.firm import Firm
from tests.transport.exporting import code, take, users_of
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
