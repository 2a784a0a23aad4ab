"""What waits for a lock too long is told so, and leaves nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.requests import Request
from models.structures import Structure
from tests.firm import Firm
from tests.world import World


@pytest.fixture
async def impatient_firm(postgresql_url: str, tmp_path: Path) -> AsyncIterator[Firm]:
    world = World(postgresql_url, tmp_path, statement_seconds=0.3)
    yield await Firm.found(world)
    await world.close()


async def test_an_act_behind_a_long_lock_may_be_sent_again(impatient_firm: Firm) -> None:
    firm = impatient_firm

    async def hold(session: AsyncSession) -> object:
        own = select(Structure).where(Structure.id == firm.structure.id).with_for_update()
        await session.scalars(own)
        return await firm.request(firm.outsider, idempotencyKey="key")

    await firm.world.token(firm.outsider)
    behind = await firm.world.database.write(hold)
    after = await firm.request(firm.outsider, idempotencyKey="key")

    message = "Others are changing the same at this moment: send it again."
    assert behind == {
        "request": None,
        "effects": [],
        "errors": [
            {"__typename": "RuleError", "code": "CONFLICT", "field": None, "message": message}
        ],
    }
    assert after["errors"] == []
    assert len(await firm.world.all(Request)) == 1
