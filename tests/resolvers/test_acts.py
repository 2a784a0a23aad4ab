"""What every act promises: once, whole or not at all, and told alike when repeated."""

from typing import Any

import pytest

from models.accounts import UserStatus
from models.areas import AreaCode
from models.errors import ErrorCode
from models.history import ManagerAction
from models.idempotency import IdempotencyRecord
from models.memberships import Membership, MembershipStatus
from models.outbox import Notification
from models.requests import Request, RequestStatus
from resolvers.effects import Effect, EffectKind, told
from resolvers.idempotency import canonical, digest
from resolvers.request_inputs import (
    CancelRequestsInput,
    ConnectionRequestDecision,
    ValidateConnectionRequestsInput,
)
from tests.firm import Firm, code
from tests.membership_acts import attach, to_attach


async def _waiting(firm: Firm) -> Request:
    return await firm.world.connection_request(firm.structure, firm.outsider)


async def test_a_repeated_call_is_told_the_same_and_done_once(firm: Firm) -> None:
    request = await _waiting(firm)

    first = await firm.validate(firm.primary, request, idempotencyKey="once")
    second = await firm.validate(firm.primary, request, idempotencyKey="once")

    assert first == second
    assert [effect["kind"] for effect in second["effects"]] == [
        "MEMBERSHIP_CREATED",
        "NOTIFICATION",
    ]
    assert len(await firm.world.all(ManagerAction)) == 2
    assert len(await firm.world.all(Notification)) == 1


async def test_a_repeated_call_reads_with_the_rights_of_today(firm: Firm) -> None:
    request = await _waiting(firm)
    await firm.validate(firm.secondary, request, idempotencyKey="once")

    await firm.world.structure("Elsewhere", primary=firm.secondary)
    own, _ = await firm.world.all(Membership, Membership.user_id == firm.secondary.id)

    async def deactivate(session: Any) -> None:
        (await session.get_one(Membership, own.id)).status = MembershipStatus.INACTIVE

    await firm.world.database.write(deactivate)
    again = await firm.validate(firm.secondary, request, idempotencyKey="once")

    assert again["results"] == [{"id": firm.world.id(request), "request": None, "error": None}]


async def test_recorded_errors_are_told_again(firm: Firm) -> None:
    request = await _waiting(firm)
    decided = await firm.world.connection_request(firm.structure, await firm.world.user())
    await firm.refuse(firm.secondary, decided)
    calls = [request, {"id": "nothing"}, decided]

    first = await firm.validate(firm.primary, *calls, idempotencyKey="some")
    second = await firm.validate(firm.primary, *calls, idempotencyKey="some")

    assert code(first) == [None, "NOT_FOUND", "REQUEST_ALREADY_DECIDED"]
    assert second == first


async def test_an_item_given_twice_is_done_once_and_answered_in_both_places(firm: Firm) -> None:
    item = to_attach(firm, firm.outsider)

    foreseen = await attach(firm, firm.primary, item, item, dryRun=True)
    answer = await attach(firm, firm.primary, item, item)
    later = await attach(firm, firm.primary, item, item)

    assert code(foreseen) == code(answer) == [None, None]
    told = [effect["kind"] for effect in answer["effects"]]
    assert told == [effect["kind"] for effect in foreseen["effects"]]
    assert told == ["MEMBERSHIP_CREATED", "NOTIFICATION"]
    assert answer["results"][0] == answer["results"][1]
    assert answer["results"][0]["membership"]["role"] == "SIMPLE_USER"
    assert len(await firm.world.all(ManagerAction)) == 1
    assert code(later) == ["ALREADY_CONNECTED", "ALREADY_CONNECTED"]


async def test_an_item_refused_twice_tells_the_same_with_the_field_of_each_place(
    firm: Firm,
) -> None:
    gone = await firm.world.user(status=UserStatus.DEACTIVATED)
    orphan = await firm.world.connection_request(firm.structure, gone)
    request = await _waiting(firm)
    nothing = {"id": firm.world.id(request), "serviceIds": []}

    answer = await firm.validate(firm.primary, orphan, nothing, orphan, nothing)

    assert code(answer) == ["REQUESTER_INACTIVE", "INVALID"] * 2
    assert [result["error"]["field"] for result in answer["results"]] == [
        None,
        ["input", "requests", "1", "serviceIds"],
        None,
        ["input", "requests", "3", "serviceIds"],
    ]
    assert [effect["kind"] for effect in answer["effects"]] == ["REQUEST_CANCELLED"]


async def test_a_refusal_named_twice_in_a_call_is_counted_once(firm: Firm) -> None:
    clerk = await firm.clerk()
    world = firm.world
    await world.structure("Elsewhere", primary=clerk)
    item = to_attach(firm, firm.outsider)

    answer = await attach(firm, clerk, item, item)
    await world.parts.refusals.write()

    assert code(answer) == ["FORBIDDEN", "FORBIDDEN"]
    [act] = await world.all(ManagerAction)
    assert (act.refusal, act.count) == (ErrorCode.FORBIDDEN, 1)


async def test_another_input_under_the_same_key_is_a_mismatch(firm: Firm) -> None:
    request, other = await _waiting(firm), await firm.world.user()
    second = await firm.world.connection_request(firm.structure, other)
    await firm.validate(firm.primary, request, idempotencyKey="key")

    answer = await firm.validate(firm.primary, second, idempotencyKey="key")

    assert answer["results"] == []
    assert [(error["code"], error["field"]) for error in answer["errors"]] == [
        ("IDEMPOTENCY_MISMATCH", ["input", "idempotencyKey"])
    ]
    assert (await firm.world.reload(second)).status == RequestStatus.PENDING


async def test_a_key_belongs_to_its_caller(firm: Firm) -> None:
    first = await firm.request(firm.outsider, idempotencyKey="mine")
    other = await firm.world.user()

    second = await firm.request(other, idempotencyKey="mine")

    assert first["request"]["id"] != second["request"]["id"]


async def test_a_key_is_kept_for_a_day(firm: Firm) -> None:
    await firm.request(firm.outsider, idempotencyKey="key")
    await firm.cancel(firm.outsider, *await firm.world.all(Request))
    firm.later(1)

    answer = await firm.request(firm.outsider, comment="Again.", idempotencyKey="key")

    assert answer["request"]["comment"] == "Again."
    assert len(await firm.world.all(Request)) == 2


async def test_keys_are_forgotten_after_a_day(firm: Firm) -> None:
    await firm.request(firm.outsider, idempotencyKey="old")
    firm.later(1)

    await firm.request(await firm.world.user(), idempotencyKey="new")

    assert [record.key for record in await firm.world.all(IdempotencyRecord)] == ["new"]


async def test_a_dry_run_keeps_no_key(firm: Firm) -> None:
    await firm.request(firm.outsider, dryRun=True, idempotencyKey="key")

    assert await firm.world.all(IdempotencyRecord) == []
    assert code(await firm.request(firm.outsider, idempotencyKey="key")) == []


async def test_a_call_that_did_nothing_may_be_mended_under_its_key(firm: Firm) -> None:
    request = await _waiting(firm)
    item = {"id": firm.world.id(request)}

    bad = await firm.refuse(firm.primary, item | {"reason": "no"}, idempotencyKey="key")
    good = await firm.refuse(firm.primary, item | {"reason": "Not ours."}, idempotencyKey="key")

    assert (code(bad), code(good)) == (["INVALID"], [None])


@pytest.mark.parametrize("key", ["", "   ", "k" * 201, "tab\tkey"])
async def test_an_unusable_key_is_invalid(firm: Firm, key: str) -> None:
    answer = await firm.request(firm.outsider, idempotencyKey=key)

    error = answer["errors"][0]
    assert (error["code"], error["field"]) == ("INVALID", ["input", "idempotencyKey"])
    assert await firm.world.all(Request) == []


async def test_a_dry_run_foresees_what_the_call_does(firm: Firm) -> None:
    request = await _waiting(firm)

    foreseen = await firm.validate(firm.primary, request, dryRun=True)
    assert (await firm.world.reload(request)).status == RequestStatus.PENDING
    done = await firm.validate(firm.primary, request)

    assert foreseen["effects"] == done["effects"]
    assert foreseen["results"][0]["request"]["status"] == "PENDING"


async def test_two_acts_of_one_document_show_successive_states(firm: Firm) -> None:
    request = await _waiting(firm)
    document = """
        mutation ($id: ID!) {
            first: validateConnectionRequests(input: { requests: [{ id: $id }] }) {
                results { request { status version } } }
            second: cancelRequests(input: { requestIds: [$id] }) {
                results { request { status version } error { code } } } }
    """

    answer = await firm.world.ask(firm.primary, document, id=firm.world.id(request))

    state = {"status": "VALIDATED", "version": 2}
    assert answer.data["first"]["results"] == [{"request": state}]
    assert answer.data["second"]["results"] == [{"request": state, "error": {"code": "FORBIDDEN"}}]


async def test_the_answer_is_read_with_the_new_rights(firm: Firm) -> None:
    document = """
        mutation ($input: RequestConnectionInput!) { requestConnection(input: $input) {
            request { structure { primaryManager { displayName } } } errors { code } } }
    """
    given = {"structureId": firm.world.id(firm.structure)}

    answer = await firm.world.ask(firm.outsider, document, input=given)

    shown = answer.data["requestConnection"]["request"]["structure"]["primaryManager"]
    assert shown == {"displayName": "Paule Primary"}


async def test_a_refused_act_leaves_the_database_as_it_was(firm: Firm) -> None:
    request = await _waiting(firm)
    await firm.world.structure("Elsewhere", primary=firm.outsider)
    writes = ("INSERT", "UPDATE", "DELETE")
    await firm.world.token(firm.outsider)
    firm.world.statements.clear()

    await firm.validate(firm.outsider, request)

    assert not [text for text in firm.world.statements if text.startswith(writes)]


async def test_nothing_is_asked_of_the_writing_connection_after_the_commit(firm: Firm) -> None:
    request = await _waiting(firm)
    await firm.world.token(firm.primary)
    firm.world.statements.clear()

    await firm.validate(firm.primary, request)

    last = max(
        position
        for position, text in enumerate(firm.world.statements)
        if text.startswith(("RELEASE", "INSERT", "UPDATE"))
    )
    assert all(" " not in reading for reading in firm.world.statements[last + 1 :])


def test_effects_of_a_kind_beyond_a_hundred_are_one_entry() -> None:
    many = [Effect(kind=EffectKind.NOTIFICATION, user_id=number) for number in range(250)]
    one = Effect(kind=EffectKind.MEMBERSHIP_CREATED, area=AreaCode.COMMITMENTS)

    shown = told([*many, one])

    assert len(shown) == 102
    assert shown[100] == one
    assert shown[101] == Effect(kind=EffectKind.NOTIFICATION, count=150)


def test_the_digest_knows_the_act_and_what_is_asked_only() -> None:
    one = CancelRequestsInput(request_ids=["a", "b"], idempotency_key="x")  # type: ignore[list-item]
    same = CancelRequestsInput(request_ids=["a", "b"], idempotency_key="y", dry_run=True)  # type: ignore[list-item]
    other = CancelRequestsInput(request_ids=["b", "a"])  # type: ignore[list-item]

    assert digest("Act", one) == digest("Act", same)
    assert digest("Act", one) != digest("Act", other)
    assert digest("Act", one) != digest("Other", one)


def test_the_canonical_input_is_plain_data() -> None:
    item = ConnectionRequestDecision(id="a", version=2)  # type: ignore[arg-type]
    given = ValidateConnectionRequestsInput(requests=[item])

    assert canonical(given) == {"requests": [{"id": "a", "version": 2, "service_ids": None}]}
