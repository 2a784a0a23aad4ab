"""To validate and to refuse connection requests."""

from datetime import timedelta

import pytest

from models.accounts import User, UserStatus
from models.history import ManagerAction, TargetType
from models.memberships import (
    Membership,
    MembershipScope,
    MembershipStatus,
    Role,
    ServiceMembership,
)
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.requests import RequestStatus
from tests.firm import Firm, code


async def test_a_validated_requester_becomes_a_simple_user(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)

    answer = await firm.validate(firm.secondary, request)

    assert answer["results"] == [
        {
            "id": firm.world.id(request),
            "request": {
                "status": "VALIDATED",
                "version": 2,
                "decidedBy": {"displayName": "Serge Second"},
            },
            "error": None,
        }
    ]
    assert [effect["kind"] for effect in answer["effects"]] == [
        "MEMBERSHIP_CREATED",
        "NOTIFICATION",
    ]
    assert answer["effects"][0]["user"] == {"displayName": "Olga Outside"}
    membership = await firm.membership_of(firm.outsider)
    assert (membership.role, membership.scope) == (Role.SIMPLE_USER, MembershipScope.ALL_SERVICES)


async def test_a_decision_is_in_the_history_and_told_to_the_requester(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)

    await firm.validate(firm.primary, request)

    membership = await firm.membership_of(firm.outsider)
    decide, acts = Action.CONNECTION_REQUEST_DECIDE, await firm.world.all(ManagerAction)
    assert [(act.action, act.actor_id, act.user_id) for act in acts] == [
        (decide, firm.primary.id, firm.outsider.id)
    ] * 2
    connected, decided = [(act.target_id, act.changes) for act in acts]
    assert decided == (request.id, [{"field": "status", "before": "PENDING", "after": "VALIDATED"}])
    assert connected == (
        membership.id,
        [
            {"field": "status", "before": None, "after": "ACTIVE"},
            {"field": "scope", "before": None, "after": "ALL_SERVICES"},
        ],
    )
    (message,) = await firm.world.all(Notification)
    assert (message.kind, message.user_id) == (
        NotificationKind.REQUEST_VALIDATED,
        firm.outsider.id,
    )


async def test_a_manager_may_grant_fewer_services(firm: Firm) -> None:
    request = await firm.world.connection_request(
        firm.structure, firm.outsider, [firm.sales, firm.stock]
    )
    item = {"id": firm.world.id(request), "serviceIds": [firm.world.id(firm.stock)]}

    assert code(await firm.validate(firm.primary, item)) == [None]
    membership = await firm.membership_of(firm.outsider)
    assert membership.scope == MembershipScope.LISTED
    listed = await firm.world.all(ServiceMembership)
    assert [one.service_id for one in listed] == [firm.stock.id]


async def test_a_manager_may_not_grant_more_than_asked(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider, [firm.sales])
    item = {"id": firm.world.id(request), "serviceIds": [firm.world.id(firm.stock)]}

    answer = await firm.validate(firm.primary, item)

    assert answer["results"][0]["error"] == {
        "__typename": "InvalidError",
        "code": "INVALID",
        "field": ["input", "requests", "0", "serviceIds"],
        "expected": "Services that were asked for.",
    }
    assert answer["results"][0]["request"]["status"] == "PENDING"


async def test_a_service_that_became_inactive_keeps_the_request_waiting(firm: Firm) -> None:
    closed = await firm.world.service(firm.structure, "CLOSED", enabled=False)
    request = await firm.world.connection_request(
        firm.structure, firm.outsider, [firm.sales, closed]
    )
    fewer = {"id": firm.world.id(request), "serviceIds": [firm.world.id(firm.sales)]}

    assert code(await firm.validate(firm.primary, request)) == ["SERVICE_INACTIVE"]
    assert code(await firm.validate(firm.primary, fewer)) == [None]


async def test_validation_widens_a_connection(firm: Firm) -> None:
    clerk = await firm.world.user("Carla Clerk")
    await firm.world.member(firm.structure, clerk, services=[firm.sales])
    request = await firm.world.connection_request(firm.structure, clerk, [firm.stock])

    answer = await firm.validate(firm.primary, request)

    changed = answer["effects"][0]
    assert (changed["kind"], changed["service"]) == ("MEMBERSHIP_CHANGED", {"code": "STOCK"})
    listed = await firm.world.all(ServiceMembership)
    assert {one.service_id for one in listed} == {firm.sales.id, firm.stock.id}


async def test_validation_reactivates_the_same_connection(firm: Firm) -> None:
    former = await firm.world.user("Fred Former")
    old = await firm.world.member(
        firm.structure, former, services=[firm.sales], status=MembershipStatus.INACTIVE
    )
    request = await firm.world.connection_request(firm.structure, former)

    answer = await firm.validate(firm.primary, request)

    changed = answer["effects"][0]
    assert (changed["before"], changed["after"]) == ("INACTIVE", "ACTIVE")
    membership = await firm.membership_of(former)
    assert (membership.id, membership.status) == (old.id, MembershipStatus.ACTIVE)
    assert membership.scope == MembershipScope.LISTED


async def _former_manager(firm: Firm) -> User:
    former = await firm.world.user("Fred Former")
    await firm.world.member(
        firm.structure, former, role=Role.SECONDARY_MANAGER, status=MembershipStatus.INACTIVE
    )
    return former


async def test_a_former_manager_comes_back_as_a_simple_user(firm: Firm) -> None:
    former = await _former_manager(firm)
    request = await firm.world.connection_request(firm.structure, former, [firm.sales])

    answer = await firm.validate(firm.primary, request)

    told = [(effect["kind"], effect["before"], effect["after"]) for effect in answer["effects"]]
    assert told == [
        ("MEMBERSHIP_CHANGED", "INACTIVE", "ACTIVE"),
        ("MEMBERSHIP_CHANGED", "ALL_SERVICES", "LISTED"),
        ("ROLE_CHANGED", "SECONDARY_MANAGER", "SIMPLE_USER"),
        ("MEMBERSHIP_CHANGED", None, "ACTIVE"),
        ("NOTIFICATION", None, None),
    ]
    assert (await firm.membership_of(former)).role == Role.SIMPLE_USER


async def test_a_secondary_manager_takes_no_peers_role_by_validating_and_may_refuse(
    firm: Firm,
) -> None:
    former = await _former_manager(firm)
    request = await firm.world.connection_request(firm.structure, former)

    answer = await firm.validate(firm.secondary, request)

    assert answer["results"][0]["error"] == {
        "__typename": "ForbiddenError",
        "code": "FORBIDDEN",
        "field": None,
        "action": "CONNECTION_REQUEST_DECIDE",
        "passingRoles": ["PRIMARY_MANAGER"],
    }
    member = await firm.membership_of(former)
    assert (member.role, member.status) == (Role.SECONDARY_MANAGER, MembershipStatus.INACTIVE)
    assert code(await firm.refuse(firm.secondary, request)) == [None]


async def test_after_deletion_a_validated_request_starts_from_nothing(firm: Firm) -> None:
    former = await firm.world.user("Fred Former")
    old = await firm.world.member(firm.structure, former, status=MembershipStatus.DELETED)
    request = await firm.world.connection_request(firm.structure, former, [firm.sales])

    await firm.validate(firm.primary, request)

    membership = await firm.membership_of(former)
    assert membership.id != old.id
    assert membership.scope == MembershipScope.LISTED


async def test_the_second_decision_learns_of_the_first(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)
    await firm.validate(firm.primary, request)

    answer = await firm.refuse(firm.secondary, request)
    again = await firm.validate(firm.secondary, request)

    assert code(answer) == ["REQUEST_ALREADY_DECIDED"]
    error = again["results"][0]["error"]
    assert (error["__typename"], error["status"], error["decidedBy"]) == (
        "AlreadyDecidedError",
        "VALIDATED",
        {"displayName": "Paule Primary"},
    )
    assert error["decidedAt"] is not None


async def test_the_same_decision_of_the_same_manager_is_done_once(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)
    await firm.validate(firm.primary, request)

    again = await firm.validate(firm.primary, request, request)

    assert code(again) == [None, None]
    assert again["effects"] == []
    assert len(await firm.world.all(Notification)) == 1


async def test_a_request_named_twice_is_decided_once(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)

    answer = await firm.validate(firm.primary, request, request)

    assert code(answer) == [None, None]
    decided = ManagerAction.target_type == TargetType.REQUEST
    assert len(await firm.world.all(ManagerAction, decided)) == 1


async def test_an_expired_request_is_not_decided(firm: Firm) -> None:
    request = await firm.world.connection_request(
        firm.structure, firm.outsider, created_at=firm.world.now - timedelta(days=90)
    )

    answer = await firm.validate(firm.primary, request)

    error = answer["results"][0]["error"]
    assert (error["code"], error["status"]) == ("REQUEST_ALREADY_DECIDED", "EXPIRED")


async def test_a_stale_version_is_told(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)
    item = {"id": firm.world.id(request), "version": 7}

    error = (await firm.validate(firm.primary, item))["results"][0]["error"]

    assert (error["__typename"], error["currentVersion"]) == ("StaleVersionError", 1)


async def test_the_request_of_a_deactivated_account_is_cancelled(firm: Firm) -> None:
    gone = await firm.world.user("Gina Gone", status=UserStatus.DEACTIVATED)
    request = await firm.world.connection_request(firm.structure, gone)

    answer = await firm.validate(firm.primary, request)

    assert code(answer) == ["REQUESTER_INACTIVE"]
    assert answer["results"][0]["request"]["status"] == "CANCELLED"
    assert [effect["kind"] for effect in answer["effects"]] == ["REQUEST_CANCELLED"]
    assert await firm.world.all(Membership, Membership.user_id == gone.id) == []


async def test_a_secondary_manager_does_not_decide_his_own_request(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.secondary)

    assert code(await firm.validate(firm.secondary, request)) == ["SELF_DECISION"]
    assert code(await firm.validate(firm.primary, request)) == [None]


async def test_a_primary_manager_decides_his_own_request(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.primary)

    answer = await firm.refuse(firm.primary, request)

    assert code(answer) == [None]
    assert answer["effects"] == []


async def test_a_refusal_carries_its_reason(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)
    item = {"id": firm.world.id(request), "reason": " Wrong firm. "}

    answer = await firm.refuse(firm.primary, item)

    assert answer["results"][0]["request"] == {
        "status": "REFUSED",
        "refusalReason": "Wrong firm.",
    }
    (message,) = await firm.world.all(Notification)
    assert message.kind == NotificationKind.REQUEST_REFUSED


@pytest.mark.parametrize("reason", ["", "no", "  no  ", "x" * 501])
async def test_a_refusal_without_a_proper_reason_is_invalid(firm: Firm, reason: str) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)

    answer = await firm.refuse(firm.primary, {"id": firm.world.id(request), "reason": reason})

    error = answer["results"][0]["error"]
    assert error["field"] == ["input", "requests", "0", "reason"]
    assert error["expected"] == "3 to 500 characters."
    assert (await firm.world.reload(request)).status == RequestStatus.PENDING


async def test_granting_no_service_at_all_is_invalid(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)

    answer = await firm.validate(firm.primary, firm.item(request) | {"serviceIds": []})

    error = answer["results"][0]["error"]
    assert error["code"] == "INVALID"
    assert error["field"] == ["input", "requests", "0", "serviceIds"]
    assert (await firm.world.reload(request)).status == RequestStatus.PENDING
