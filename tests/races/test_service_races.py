"""Services changed at the same moment: no code twice, no change lost."""

import asyncio

from typing import Any

import pytest

from models.services import Service
from models.structures import Structure
from tests.firm import Firm, code
from tests.service_acts import create, deactivate, listings, update


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


async def test_of_the_last_two_required_services_one_stays(firm: Firm, rounds: int) -> None:
    async def require_codes(session: Any) -> None:
        (await session.get_one(Structure, firm.structure.id)).service_code_required = True

    async def switch_on(session: Any) -> None:
        for service in (firm.sales, firm.stock):
            (await session.get_one(Service, service.id)).enabled = True

    await firm.world.database.write(require_codes)
    for _ in range(rounds):
        sales, stock = [await firm.world.reload(one) for one in (firm.sales, firm.stock)]

        answers = await asyncio.gather(
            deactivate(firm, firm.primary, sales), deactivate(firm, firm.secondary, stock)
        )

        assert sorted(map(code, answers)) == [[], ["LAST_REQUIRED_SERVICE"]]
        active = Service.structure_id == firm.structure.id, Service.enabled
        assert len(await firm.world.all(Service, *active)) == 1
        await firm.world.database.write(switch_on)


async def test_nobody_keeps_an_active_place_on_a_service_that_is_deactivated_meanwhile(
    firm: Firm, rounds: int
) -> None:
    for number in range(rounds):
        service = await firm.world.service(firm.structure, f"S{number}")
        person = await firm.world.user()
        request = await firm.world.connection_request(firm.structure, person, [service])

        stopped, validated = await asyncio.gather(
            deactivate(firm, firm.primary, service, force=True),
            firm.validate(firm.secondary, request),
        )

        assert code(stopped) == []
        if code(validated) == [None]:
            membership = await firm.membership_of(person)
            assert await listings(firm, membership) == {service.code: "INACTIVE"}
        else:
            assert code(validated) == ["SERVICE_INACTIVE"]
