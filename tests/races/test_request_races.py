"""Acts on one request at the same moment: never two outcomes, no write after a revocation."""

import asyncio

from collections.abc import Sequence
from typing import Any

import pytest

from models.accounts import SignInSession
from models.history import ManagerAction, TargetType
from models.memberships import Membership
from models.policy import Action
from models.requests import Request, RequestStatus
from tests.firm import VALIDATE, Firm, code


pytestmark = pytest.mark.race

TRANSFER = """
    mutation ($input: TransferPrimaryManagerInput!) { transferPrimaryManager(input: $input) {
        results { error { code } } errors { code } } }
"""


async def decisions(firm: Firm, request: Request) -> Sequence[ManagerAction]:
    return await firm.world.all(
        ManagerAction,
        ManagerAction.target_type == TargetType.REQUEST,
        ManagerAction.target_id == request.id,
    )


async def test_validate_and_refuse_never_both_happen(firm: Firm, rounds: int) -> None:
    won = set()
    for _ in range(rounds):
        requester = await firm.world.user()
        request = await firm.world.connection_request(firm.structure, requester)

        validated, refused = await asyncio.gather(
            firm.validate(firm.primary, request), firm.refuse(firm.secondary, request)
        )

        status = (await firm.world.reload(request)).status
        assert {*code(validated), *code(refused)} == {None, "REQUEST_ALREADY_DECIDED"}
        assert status == (
            RequestStatus.VALIDATED if code(validated) == [None] else RequestStatus.REFUSED
        )
        connected = await firm.world.all(Membership, Membership.user_id == requester.id)
        assert len(connected) == (status == RequestStatus.VALIDATED)
        assert len(await decisions(firm, request)) == 1
        won.add(status)
    assert won


async def test_two_requests_for_the_same_never_both_wait(firm: Firm, rounds: int) -> None:
    for _ in range(rounds):
        requester = await firm.world.user()

        answers = await asyncio.gather(*(firm.request(requester) for _ in range(3)))

        assert sorted(map(code, answers)) == [[], ["CONFLICT"], ["CONFLICT"]]
        waiting = await firm.world.all(Request, Request.requester_id == requester.id)
        assert len(waiting) == 1


async def test_a_call_sent_three_times_with_its_key_is_done_once(firm: Firm, rounds: int) -> None:
    for number in range(rounds):
        requester = await firm.world.user()
        request = await firm.world.connection_request(firm.structure, requester)

        answers = await asyncio.gather(
            *(
                firm.validate(firm.primary, request, idempotencyKey=f"call {number}")
                for _ in range(3)
            )
        )

        assert answers[0] == answers[1] == answers[2]
        assert code(answers[0]) == [None]
        assert len(await decisions(firm, request)) == 1


async def _status_after(firm: Firm, revocation: Any, request: Request) -> RequestStatus:
    await revocation
    return (await firm.world.reload(request)).status


async def test_nothing_is_written_after_the_role_was_given_away(firm: Firm, rounds: int) -> None:
    primary, successor = firm.primary, await firm.world.user("Nadia Next")
    for _ in range(rounds):
        request = await firm.world.connection_request(firm.structure, await firm.world.user())
        given = {
            "structureIds": [firm.world.id(firm.structure)],
            "successor": {"login": successor.login},
        }

        left, answer = await asyncio.gather(
            _status_after(firm, firm.world.ask(primary, TRANSFER, input=given), request),
            firm.world.ask(primary, VALIDATE, input={"requests": [firm.item(request)]}),
        )

        assert (await firm.world.reload(request)).status == left
        done = not answer.errors and code(answer.data["validateConnectionRequests"]) == [None]
        assert done == (left == RequestStatus.VALIDATED)
        primary, successor = successor, primary
    transfers = await firm.world.all(
        ManagerAction, ManagerAction.action == Action.PRIMARY_MANAGER_TRANSFER
    )
    # One of the role that is lost, and one of that which is got.
    assert len(transfers) == 2 * rounds


async def _signed_in(firm: Firm) -> int:
    firm.world._tokens.clear()
    await firm.world.token(firm.primary)
    own = SignInSession.user_id == firm.primary.id
    return (await firm.world.all(SignInSession, own))[-1].id


async def test_nothing_is_written_after_signing_out(firm: Firm, rounds: int) -> None:
    for _ in range(rounds):
        request = await firm.world.connection_request(firm.structure, await firm.world.user())
        session_id = await _signed_in(firm)

        left, answer = await asyncio.gather(
            _status_after(firm, firm.world.parts.identity.sessions.end(session_id), request),
            firm.world.ask(firm.primary, VALIDATE, input={"requests": [firm.item(request)]}),
        )

        assert (await firm.world.reload(request)).status == left
        body = answer.body.get("data") or {"validateConnectionRequests": None}
        done = body["validateConnectionRequests"] is not None
        assert done == (left == RequestStatus.VALIDATED)
