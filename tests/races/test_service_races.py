"""Services changed at the same moment: no code twice, no change lost."""

import asyncio

import pytest

from models.services import Service
from tests.firm import Firm, code
from tests.service_acts import create, update


pytestmark = pytest.mark.race


async def test_one_code_given_by_several_at_once_is_given_once(firm: Firm, rounds: int) -> None:
    for number in range(rounds):
        written = (f"new{number}", f"NEW{number}", f" New{number} ")

        answers = await asyncio.gather(*(create(firm, firm.primary, one) for one in written))

        assert sorted(map(code, answers)) == [[], ["CONFLICT"], ["CONFLICT"]]
        assert len(await firm.world.all(Service, Service.code == f"NEW{number}")) == 1


async def test_of_two_changes_of_what_both_read_one_is_stale(firm: Firm, rounds: int) -> None:
    for number in range(rounds):
        service = await firm.world.reload(firm.sales)

        answers = await asyncio.gather(
            update(firm, firm.primary, service, {"name": f"One {number}"}),
            update(firm, firm.secondary, service, {"description": f"Two {number}"}),
        )

        assert sorted(map(code, answers)) == [[], ["STALE_VERSION"]]
        changed = await firm.world.reload(firm.sales)
        assert changed.version == service.version + 1
        first = code(answers[0]) == []
        assert (changed.name == f"One {number}") == first
