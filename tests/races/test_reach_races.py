"""Services given and taken at the same moment: no place without its service, no right without it."""

import asyncio

import pytest

from models.areas import AreaSubscription
from models.memberships import MembershipScope
from tests.area_acts import on, put, to_set
from tests.firm import Firm, code
from tests.service_acts import deactivate, disable, enable, limit, listings, set_scope


pytestmark = pytest.mark.race


async def test_nobody_is_listed_on_a_service_while_it_is_deactivated(
    firm: Firm, rounds: int
) -> None:
    for number in range(rounds):
        service = await firm.world.service(firm.structure, f"S{number}")
        member = await firm.world.member(firm.structure, await firm.world.user(), services=[])

        stopped, listed = await asyncio.gather(
            deactivate(firm, firm.primary, service, force=True),
            enable(firm, firm.secondary, service, member),
        )

        assert code(stopped) == []
        places = await listings(firm, member)
        assert (code(listed), places) in (
            ([None], {service.code: "INACTIVE"}),
            (["SERVICE_INACTIVE"], {}),
        )


async def test_a_user_taken_off_a_service_keeps_no_right_that_is_given_meanwhile(
    firm: Firm, rounds: int
) -> None:
    await firm.world.opening(firm.structure)
    for _ in range(rounds):
        person = await firm.world.user()
        member = await firm.world.member(firm.structure, person, services=[firm.sales])
        right = to_set(firm, member, "CONSULTATION", **on(firm, firm.sales))

        taken, given = await asyncio.gather(
            disable(firm, firm.primary, firm.sales, member), put(firm, firm.secondary, right)
        )

        assert code(taken) == [None]
        assert code(given) in ([None], ["INVALID"])
        live = AreaSubscription.membership_id == member.id, AreaSubscription.ended_at.is_(None)
        assert await firm.world.all(AreaSubscription, *live) == []


async def test_of_two_scopes_for_what_both_read_one_is_stale(firm: Firm, rounds: int) -> None:
    for _ in range(rounds):
        person = await firm.world.user()
        member = await firm.world.member(firm.structure, person, services=[firm.sales])

        answers = await asyncio.gather(
            limit(firm, firm.primary, member, firm.stock),
            set_scope(firm, firm.secondary, member, MembershipScope.ALL_SERVICES),
        )

        assert sorted(map(code, answers)) == [[], ["STALE_VERSION"]]
        stock = "ACTIVE" if code(answers[0]) == [] else None
        places = await listings(firm, member)
        assert (places["SALES"], places.get("STOCK")) == ("DELETED", stock)


async def test_one_user_listed_by_several_at_once_is_listed_once(firm: Firm, rounds: int) -> None:
    for _ in range(rounds):
        member = await firm.world.member(firm.structure, await firm.world.user(), services=[])

        answers = await asyncio.gather(
            *(enable(firm, firm.primary, firm.sales, member) for _ in range(3))
        )

        assert [code(answer) for answer in answers] == [[None]] * 3
        assert sum(bool(answer["effects"]) for answer in answers) == 1
        assert await listings(firm, member) == {"SALES": "ACTIVE"}
