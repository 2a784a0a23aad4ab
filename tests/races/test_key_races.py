"""Keys of calls, sent again, at once, by others and after rights changed."""

import asyncio

from typing import Any

import pytest

from models.history import ManagerAction
from models.idempotency import IdempotencyRecord
from models.memberships import Membership, MembershipStatus, Role
from models.outbox import Notification
from models.requests import Request, RequestStatus
from tests.firm import Firm, code


pytestmark = pytest.mark.race

ODD_KEYS = (
    "k",
    "k" * 200,
    "\N{GRINNING FACE}" * 200,
    "clé-é",
    "Key",
    "key",
    "'; DROP TABLE request; --",
    '"\\%_',
    "\N{ARABIC LETTER ALEF}\N{RIGHT-TO-LEFT MARK}",
    "a b",
)


async def test_one_key_for_two_inputs_at_once_is_done_for_one(firm: Firm, rounds: int) -> None:
    for number in range(rounds):
        requests = [
            await firm.world.connection_request(firm.structure, await firm.world.user())
            for _ in range(2)
        ]

        answers = await asyncio.gather(
            *(firm.validate(firm.primary, one, idempotencyKey=f"{number}") for one in requests)
        )

        mismatches = [[error["code"] for error in answer["errors"]] for answer in answers]
        assert sorted(mismatches) == [[], ["IDEMPOTENCY_MISMATCH"]]
        statuses = {(await firm.world.reload(one)).status for one in requests}
        assert statuses == {RequestStatus.VALIDATED, RequestStatus.PENDING}


async def test_one_key_of_two_callers_at_once_is_two_calls(firm: Firm, rounds: int) -> None:
    for number in range(rounds):
        people = [await firm.world.user() for _ in range(2)]

        answers = await asyncio.gather(
            *(firm.request(person, idempotencyKey=f"{number}") for person in people for _ in "abc")
        )

        assert [code(answer) for answer in answers] == [[]] * 6
        ids = [answer["request"]["id"] for answer in answers]
        assert len(set(ids)) == 2
        assert len(set(ids[:3])) == len(set(ids[3:])) == 1
    asked = len(await firm.world.all(Request))
    assert asked == len(await firm.world.all(IdempotencyRecord)) == 2 * rounds
    assert len(await firm.world.all(Notification)) == 2 * asked


async def test_a_call_that_did_nothing_leaves_its_key_to_its_twins(firm: Firm, rounds: int) -> None:
    for number in range(rounds):
        request = await firm.world.connection_request(firm.structure, await firm.world.user())
        bad = {"id": firm.world.id(request), "reason": "no"}

        answers = await asyncio.gather(
            firm.refuse(firm.primary, bad, idempotencyKey=f"{number}"),
            firm.refuse(firm.primary, request, idempotencyKey=f"{number}"),
        )

        assert (code(answers[0]), code(answers[1])) in (
            (["INVALID"], [None]),
            ([], [None]),
        )
        assert (await firm.world.reload(request)).status == RequestStatus.REFUSED


async def test_a_foreseen_call_takes_no_key_from_the_one_that_is_done(
    firm: Firm, rounds: int
) -> None:
    for number in range(rounds):
        requester = await firm.world.user()

        foreseen, done, again = await asyncio.gather(
            *(
                firm.request(requester, idempotencyKey=f"{number}", dryRun=dry)
                for dry in (True, False, False)
            )
        )

        assert code(foreseen) in ([], ["CONFLICT"])
        assert foreseen["request"] is None
        assert done["request"] == again["request"] is not None
    assert len(await firm.world.all(Request)) == rounds


@pytest.mark.parametrize("key", ODD_KEYS)
async def test_any_key_that_can_be_written_is_kept_as_it_is(firm: Firm, key: str) -> None:
    others = [odd for odd in ODD_KEYS if odd != key]
    first = await firm.request(firm.outsider, idempotencyKey=key)
    again = await firm.request(firm.outsider, idempotencyKey=key)

    assert first == again
    assert code(first) == []
    for odd in others:
        other = await firm.request(firm.outsider, idempotencyKey=odd)
        assert code(other) == ["CONFLICT"]
    assert [record.key for record in await firm.world.all(IdempotencyRecord)] == [key]


async def _change(firm: Firm, person: Any, **values: Any) -> None:
    own = Membership.user_id == person.id, Membership.structure_id == firm.structure.id
    (membership,) = await firm.world.all(Membership, *own)

    async def work(session: Any) -> None:
        row = await session.get_one(Membership, membership.id)
        for name, value in values.items():
            setattr(row, name, value)

    await firm.world.database.write(work)


@pytest.mark.parametrize(
    "values", [{"role": Role.SIMPLE_USER}, {"status": MembershipStatus.INACTIVE}]
)
async def test_a_call_repeated_after_the_rights_were_lost_shows_no_object_and_does_nothing(
    firm: Firm, values: dict[str, Any]
) -> None:
    await firm.world.structure("Elsewhere", primary=firm.secondary)
    request = await firm.world.connection_request(firm.structure, firm.outsider)
    first = await firm.refuse(firm.secondary, request, idempotencyKey="key")
    await _change(firm, firm.secondary, **values)

    answers = await asyncio.gather(
        *(firm.refuse(firm.secondary, request, idempotencyKey="key") for _ in range(3))
    )

    shown = first["results"][0]
    for again in answers:
        assert again["results"] == [shown | {"request": None}]
        assert {effect["user"] and "seen" for effect in again["effects"]} == {None}
    assert len(await firm.world.all(ManagerAction)) == 1
