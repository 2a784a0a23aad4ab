"""To validate and to refuse requests for rights on areas."""

from typing import Any

from models.accounts import UserStatus
from models.areas import AreaCode, AreaMode, AreaSubscription, StructureArea
from models.history import ManagerAction
from models.memberships import Membership, MembershipStatus
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.requests import Request, RequestStatus
from tests.firm import Firm, code


VALIDATE = """
    mutation ($input: ValidateSubscriptionRequestsInput!) {
        validateSubscriptionRequests(input: $input) {
            results { id request { status } error { __typename code field
                ... on AlreadyDecidedError { status } ... on InvalidError { expected } } }
            effects { kind before after area { code } service { code } user { displayName } }
            errors { code } } }
"""
REFUSE = """
    mutation ($input: RefuseSubscriptionRequestsInput!) {
        refuseSubscriptionRequests(input: $input) {
            results { request { status refusalReason } error { code } }
            effects { kind } errors { code } } }
"""
MODIFICATION = AreaMode.MODIFICATION
CONSULTATION = AreaMode.CONSULTATION


async def validate(firm: Firm, person: Any, *requests: Any, **given: Any) -> Any:
    given = {"requests": [firm.item(one) for one in requests]} | given
    answer = await firm.world.ask(person, VALIDATE, input=given)
    return answer.data["validateSubscriptionRequests"]


async def refuse(firm: Firm, person: Any, *requests: Any) -> Any:
    items = [{"reason": "Not your work."} | firm.item(one) for one in requests]
    answer = await firm.world.ask(person, REFUSE, input={"requests": items})
    return answer.data["refuseSubscriptionRequests"]


async def asked(firm: Firm, **given: Any) -> tuple[Membership, Request]:
    membership = await firm.membership_of(await firm.clerk())
    return membership, await firm.world.subscription_request(membership, **given)


async def rights(firm: Firm) -> list[tuple[AreaCode, AreaMode, int | None]]:
    found = await firm.world.all(AreaSubscription)
    return [(right.area, right.mode, right.service_id) for right in found]


async def test_a_validated_request_gives_the_right(firm: Firm) -> None:
    _, request = await asked(firm)
    await firm.world.opening(firm.structure)

    answer = await validate(firm, firm.secondary, request)

    assert answer["results"][0]["request"]["status"] == "VALIDATED"
    assert [effect["kind"] for effect in answer["effects"]] == [
        "SUBSCRIPTION_ADDED",
        "NOTIFICATION",
    ]
    assert await rights(firm) == [(AreaCode.ISSUED_INVOICES, MODIFICATION, None)]
    given, decided = await firm.world.all(ManagerAction)
    assert {act.action for act in (given, decided)} == {Action.SUBSCRIPTION_REQUEST_DECIDE}
    assert {act.user_id for act in (given, decided)} == {request.requester_id}
    assert [change["after"] for change in given.changes] == [
        *("ISSUED_INVOICES", "STRUCTURE", "MODIFICATION")
    ]
    assert decided.target_id == request.id
    (message,) = await firm.world.all(Notification)
    assert message.kind == NotificationKind.REQUEST_VALIDATED


async def test_less_may_be_granted_than_asked(firm: Firm) -> None:
    _, request = await asked(firm)
    await firm.world.opening(firm.structure)
    item = firm.item(request) | {
        "mode": "CONSULTATION",
        "scope": {"serviceId": firm.world.id(firm.sales)},
    }

    answer = await validate(firm, firm.primary, item)

    assert code(answer) == [None]
    assert answer["effects"][0]["service"] == {"code": "SALES"}
    assert await rights(firm) == [(AreaCode.ISSUED_INVOICES, CONSULTATION, firm.sales.id)]


async def test_more_may_not_be_granted_than_asked(firm: Firm) -> None:
    _, request = await asked(firm, mode=CONSULTATION, service=firm.sales)
    await firm.world.opening(firm.structure)
    item = firm.item(request)

    higher = await validate(firm, firm.primary, item | {"mode": "MODIFICATION"})
    wider = await validate(firm, firm.primary, item | {"scope": {"wholeStructure": True}})
    elsewhere = {"serviceId": firm.world.id(firm.stock)}
    other = await validate(firm, firm.primary, item | {"scope": elsewhere})

    assert code(higher) == code(wider) == code(other) == ["INVALID"]
    assert higher["results"][0]["error"]["field"] == ["input", "requests", "0", "mode"]
    assert await rights(firm) == []


async def test_an_upgrade_replaces_the_mode(firm: Firm) -> None:
    membership, request = await asked(firm)
    await firm.world.opening(firm.structure)
    await firm.world.right(membership, mode=CONSULTATION)

    answer = await validate(firm, firm.primary, request)

    changed = answer["effects"][0]
    assert (changed["kind"], changed["before"], changed["after"]) == (
        "SUBSCRIPTION_CHANGED",
        "CONSULTATION",
        "MODIFICATION",
    )
    assert await rights(firm) == [(AreaCode.ISSUED_INVOICES, MODIFICATION, None)]


async def test_a_decision_never_takes_a_right_away(firm: Firm) -> None:
    membership, request = await asked(firm, mode=CONSULTATION)
    await firm.world.opening(firm.structure)
    await firm.world.right(membership, mode=MODIFICATION)

    assert code(await validate(firm, firm.primary, request)) == [None]
    assert await rights(firm) == [(AreaCode.ISSUED_INVOICES, MODIFICATION, None)]


async def test_two_requests_for_one_right_in_one_call_give_it_once(firm: Firm) -> None:
    membership, whole = await asked(firm)
    part = await firm.world.subscription_request(membership, service=firm.sales)
    await firm.world.opening(firm.structure)

    assert code(await validate(firm, firm.primary, whole, part)) == [None, None]
    assert await rights(firm) == [(AreaCode.ISSUED_INVOICES, MODIFICATION, None)]


async def test_an_area_closed_meanwhile_keeps_the_request_waiting(firm: Firm) -> None:
    _, request = await asked(firm)
    opening = await firm.world.opening(firm.structure)

    async def close(session: Any) -> None:
        (await session.get_one(StructureArea, opening.id)).closed_at = firm.world.now

    await firm.world.database.write(close)

    answer = await validate(firm, firm.primary, request)

    assert code(answer) == ["AREA_NOT_OPENED"]
    # The area was named by the request, not by the decision.
    assert answer["results"][0]["error"]["field"] is None
    assert (await firm.world.reload(request)).status == RequestStatus.PENDING


async def test_what_is_granted_beyond_the_opening_is_named(firm: Firm) -> None:
    _, request = await asked(firm)
    await firm.world.opening(firm.structure, mode=CONSULTATION, service=firm.sales)
    item = firm.item(request)
    stock = {"scope": {"serviceId": firm.world.id(firm.stock)}}
    sales = {"scope": {"serviceId": firm.world.id(firm.sales)}}

    found = [
        (await validate(firm, firm.primary, item | given))["results"][0]["error"]
        for given in (stock, sales, sales | {"mode": "MODIFICATION"})
    ]

    assert [one["code"] for one in found] == ["AREA_NOT_OPENED"] * 3
    start = ["input", "requests", "0"]
    assert [one["field"] for one in found] == [[*start, "scope"], None, [*start, "mode"]]


async def test_who_is_no_longer_connected_gets_no_right(firm: Firm) -> None:
    membership, request = await asked(firm)
    await firm.world.opening(firm.structure)

    async def deactivate(session: Any) -> None:
        found = await session.get_one(Membership, membership.id)
        found.status = MembershipStatus.INACTIVE

    await firm.world.database.write(deactivate)

    assert code(await validate(firm, firm.primary, request)) == ["CONFLICT"]
    assert await rights(firm) == []


async def test_the_request_of_a_deactivated_account_is_cancelled(firm: Firm) -> None:
    gone = await firm.clerk(account=UserStatus.DEACTIVATED)
    request = await firm.world.subscription_request(await firm.membership_of(gone))
    await firm.world.opening(firm.structure)

    assert code(await validate(firm, firm.primary, request)) == ["REQUESTER_INACTIVE"]
    assert (await firm.world.reload(request)).status == RequestStatus.CANCELLED


async def test_a_secondary_manager_does_not_grant_himself_a_right(firm: Firm) -> None:
    own = await firm.world.subscription_request(await firm.membership_of(firm.secondary))
    await firm.world.opening(firm.structure)

    assert code(await validate(firm, firm.secondary, own)) == ["SELF_DECISION"]
    assert code(await validate(firm, firm.primary, own)) == [None]


async def test_a_primary_manager_grants_himself_a_right(firm: Firm) -> None:
    own = await firm.world.subscription_request(await firm.membership_of(firm.primary))
    await firm.world.opening(firm.structure)

    assert code(await validate(firm, firm.primary, own)) == [None]


async def test_a_connection_request_is_missing_here(firm: Firm) -> None:
    other = await firm.world.connection_request(firm.structure, firm.outsider)

    answer = await validate(firm, firm.primary, other)

    assert code(answer) == ["NOT_FOUND"]
    assert answer["results"][0]["id"] is None


async def test_a_refused_request_cannot_be_validated(firm: Firm) -> None:
    _, request = await asked(firm)
    await firm.world.opening(firm.structure)

    refused = await refuse(firm, firm.primary, request)
    answer = await validate(firm, firm.secondary, request)

    assert refused["results"][0]["request"] == {
        "status": "REFUSED",
        "refusalReason": "Not your work.",
    }
    assert answer["results"][0]["error"]["status"] == "REFUSED"
    assert await rights(firm) == []


async def test_a_right_is_not_given_on_a_service_that_the_connection_does_not_reach(
    firm: Firm,
) -> None:
    membership = await firm.membership_of(await firm.clerk(services=[firm.sales]))
    request = await firm.world.subscription_request(membership)
    await firm.world.opening(firm.structure)
    item = {"id": firm.world.id(request)}

    beyond = item | {"scope": {"serviceId": firm.world.id(firm.stock)}}
    error = (await validate(firm, firm.primary, beyond))["results"][0]["error"]
    assert (error["code"], error["field"]) == ("INVALID", ["input", "requests", "0", "scope"])
    assert await rights(firm) == []

    within = item | {"scope": {"serviceId": firm.world.id(firm.sales)}}
    assert code(await validate(firm, firm.primary, within)) == [None]
