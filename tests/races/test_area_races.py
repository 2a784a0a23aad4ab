"""Openings and rights changed at the same moment: no right ever stands above its opening."""

import asyncio

from typing import Any

import pytest

from models.areas import AreaMode, AreaSubscription, StructureArea
from models.memberships import Membership
from models.requests import RequestStatus
from tests.firm import Firm, code


pytestmark = pytest.mark.race

OPEN = """mutation ($input: OpenAreasInput!) { openAreas(input: $input) {
    results { id error { code } } errors { code } } }"""
CLOSE = """mutation ($input: CloseAreasInput!) { closeAreas(input: $input) {
    results { error { code } } errors { code } } }"""
SET = """mutation ($input: SetSubscriptionsInput!) { setSubscriptions(input: $input) {
    results { error { code } } errors { code } } }"""
CLOSE_ACCOUNT = """mutation ($input: CloseBankAccountInput!) { closeBankAccount(input: $input) {
    errors { code } } }"""
VALIDATE = """mutation ($input: ValidateSubscriptionRequestsInput!) {
    validateSubscriptionRequests(input: $input) {
    results { error { code } } errors { code } } }"""


async def _ask(firm: Firm, person: Any, document: str, **given: Any) -> Any:
    answer = await firm.world.ask(person, document, input=given)
    (payload,) = answer.data.values()
    return payload


async def _open(firm: Firm, mode: str, code: str = "ISSUED_INVOICES") -> Any:
    structure = firm.world.id(firm.structure)
    area = {"structureId": structure, "area": code, "mode": mode}
    return await _ask(firm, firm.primary, OPEN, areas=[area | {"scope": {"wholeStructure": True}}])


async def _live(firm: Firm, membership: Membership) -> list[AreaMode]:
    own = AreaSubscription.membership_id == membership.id, AreaSubscription.ended_at.is_(None)
    return [right.mode for right in await firm.world.all(AreaSubscription, *own)]


async def test_an_area_closed_while_a_request_is_validated_leaves_no_right(
    firm: Firm, rounds: int
) -> None:
    for _ in range(rounds):
        opening = await firm.world.opening(firm.structure)
        membership = await firm.world.member(firm.structure, await firm.world.user())
        request = await firm.world.subscription_request(membership)

        closed, validated = await asyncio.gather(
            _ask(firm, firm.primary, CLOSE, structureAreaIds=[firm.world.id(opening)]),
            _ask(firm, firm.secondary, VALIDATE, requests=[firm.item(request)]),
        )

        assert code(closed) == [None]
        assert await _live(firm, membership) == []
        status = (await firm.world.reload(request)).status
        if code(validated) == [None]:
            assert status == RequestStatus.VALIDATED
        else:
            assert code(validated) == ["REQUEST_ALREADY_DECIDED"]
            assert status == RequestStatus.CANCELLED


async def test_a_mode_lowered_while_a_right_is_set_leaves_none_above_it(
    firm: Firm, rounds: int
) -> None:
    await _open(firm, "MODIFICATION")
    for _ in range(rounds):
        membership = await firm.world.member(firm.structure, await firm.world.user())
        right = {"membershipId": firm.world.id(membership), "scope": {"wholeStructure": True}}
        right |= {"area": "ISSUED_INVOICES", "mode": "MODIFICATION"}

        lowered, given = await asyncio.gather(
            _open(firm, "CONSULTATION"), _ask(firm, firm.secondary, SET, subscriptions=[right])
        )

        assert code(lowered) == [None]
        assert (code(given), await _live(firm, membership)) in (
            ([None], [AreaMode.CONSULTATION]),
            (["AREA_NOT_OPENED"], []),
        )
        await _open(firm, "MODIFICATION")


async def test_an_area_never_opens_while_the_bank_account_that_it_needs_is_closed(
    firm: Firm, rounds: int
) -> None:
    for _ in range(rounds):
        account = await firm.world.bank_account(firm.structure)
        given = {"bankAccountId": firm.world.id(account), "version": account.version}

        opened, closed = await asyncio.gather(
            _open(firm, "MODIFICATION", "ICT_REFUNDS"),
            _ask(firm, firm.secondary, CLOSE_ACCOUNT, **given),
        )

        live = await firm.world.all(StructureArea, StructureArea.closed_at.is_(None))
        assert (code(opened), code(closed), len(live)) in (
            ([None], ["BANK_ACCOUNT_REQUIRED"], 1),
            (["AREA_NOT_AVAILABLE"], [], 0),
        )
        await _ask(firm, firm.primary, CLOSE, structureAreaIds=[firm.world.id(one) for one in live])
        await _ask(firm, firm.primary, CLOSE_ACCOUNT, **given)


async def test_an_area_opened_by_several_at_once_is_opened_once(firm: Firm, rounds: int) -> None:
    for _ in range(rounds):
        answers = await asyncio.gather(*(_open(firm, "MODIFICATION") for _ in range(3)))

        assert [code(answer) for answer in answers] == [[None]] * 3
        assert len({answer["results"][0]["id"] for answer in answers}) == 1
        [opening] = await firm.world.all(StructureArea, StructureArea.closed_at.is_(None))
        await _ask(firm, firm.primary, CLOSE, structureAreaIds=[firm.world.id(opening)])
