"""To ask for a connection, and to decide on it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from models.accounts import PlatformRole, User, UserKind, UserStatus
from models.history import ManagerAction
from models.identifiers import IdentifierType
from models.memberships import (
    Membership,
    MembershipScope,
    MembershipStatus,
    Role,
    ServiceMembership,
)
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.requests import Request, RequestedService, RequestStatus
from models.services import Service
from models.structures import Sector, Structure, StructureStatus
from tests.world import World


REQUEST = """
    mutation ($input: RequestConnectionInput!) { requestConnection(input: $input) {
        request { id status comment structure { id } }
        effects { kind count user { displayName } structure { id } }
        errors { __typename code field message
            ... on LimitError { limit retryAfter }
            ... on StructureInactiveError { successor { id } } } } }
"""
VALIDATE = """
    mutation ($input: ValidateConnectionRequestsInput!) { validateConnectionRequests(input: $input) {
        results { id request { status version decidedBy { displayName } } error { ...Error } }
        effects { kind count before after user { displayName } service { code } }
        errors { ...Error } } }
    fragment Error on UserError { __typename code field
        ... on InvalidError { expected }
        ... on ForbiddenError { action passingRoles }
        ... on StaleVersionError { currentVersion }
        ... on LimitError { limit }
        ... on AlreadyDecidedError { status decidedBy { displayName } decidedAt }
        ... on StructureInactiveError { successor { id } } }
"""
REFUSE = """
    mutation ($input: RefuseConnectionRequestsInput!) { refuseConnectionRequests(input: $input) {
        results { id request { status refusalReason } error { __typename code field
            ... on AlreadyDecidedError { status } ... on InvalidError { expected } } }
        effects { kind user { displayName } } errors { code } } }
"""
CANCEL = """
    mutation ($input: CancelRequestsInput!) { cancelRequests(input: $input) {
        results { id request { __typename status } error { __typename code
            ... on ForbiddenError { action passingRoles } } }
        effects { kind } errors { code } } }
"""


class Firm:
    """A private structure with two managers and two services, and someone outside."""

    world: World
    structure: Structure
    primary: User
    secondary: User
    outsider: User
    sales: Service
    stock: Service

    @classmethod
    async def found(cls, world: World) -> "Firm":
        firm = cls()
        firm.world = world
        firm.primary = await world.user("Paule Primary")
        firm.secondary = await world.user("Serge Second")
        firm.outsider = await world.user("Olga Outside")
        firm.structure = await world.structure(primary=firm.primary)
        await world.member(firm.structure, firm.secondary, role=Role.SECONDARY_MANAGER)
        firm.sales = await world.service(firm.structure, "SALES")
        firm.stock = await world.service(firm.structure, "STOCK")
        return firm

    async def request(self, person: User, **given: Any) -> Any:
        given = {"structureId": self.world.id(self.structure)} | given
        return (await self.world.ask(person, REQUEST, input=given)).data["requestConnection"]

    async def validate(self, person: User, *requests: Any, **given: Any) -> Any:
        given = {"requests": [self.item(one) for one in requests]} | given
        answer = await self.world.ask(person, VALIDATE, input=given)
        return answer.data["validateConnectionRequests"]

    async def refuse(self, person: User, *requests: Any, **given: Any) -> Any:
        items = [{"reason": "Not one of us."} | self.item(one) for one in requests]
        answer = await self.world.ask(person, REFUSE, input={"requests": items} | given)
        return answer.data["refuseConnectionRequests"]

    async def cancel(self, person: User, *requests: Request) -> Any:
        ids = [self.world.id(request) for request in requests]
        answer = await self.world.ask(person, CANCEL, input={"requestIds": ids})
        return answer.data["cancelRequests"]

    def item(self, one: Any) -> dict[str, Any]:
        return one if isinstance(one, dict) else {"id": self.world.id(one)}

    def later(self, days: int) -> None:
        self.world.now += timedelta(days=days)
        self.world._tokens.clear()

    async def membership_of(self, person: User) -> Membership:
        return (await self.world.all(Membership, Membership.user_id == person.id))[-1]


@pytest.fixture
async def firm(world: World) -> AsyncIterator[Firm]:
    yield await Firm.found(world)


def code(payload: Any) -> Any:
    if "results" in payload:
        return [result["error"] and result["error"]["code"] for result in payload["results"]]
    return [error["code"] for error in payload["errors"]]


async def test_anyone_may_ask_to_be_connected(firm: Firm) -> None:
    answer = await firm.request(firm.outsider, comment="  I sell.  ")

    assert answer["request"]["status"] == "PENDING"
    assert answer["request"]["comment"] == "I sell."
    assert answer["errors"] == []


async def test_a_request_tells_both_managers_and_names_none_of_them(firm: Firm) -> None:
    answer = await firm.request(firm.outsider)

    told = await firm.world.all(Notification)
    assert {one.user_id for one in told} == {firm.primary.id, firm.secondary.id}
    assert {one.kind for one in told} == {NotificationKind.REQUEST_SUBMITTED}
    assert [(one["kind"], one["count"], one["user"]) for one in answer["effects"]] == [
        ("NOTIFICATION", 1, None)
    ]


async def test_a_second_request_while_the_first_waits_is_a_conflict(firm: Firm) -> None:
    await firm.request(firm.outsider)

    assert code(await firm.request(firm.outsider)) == ["CONFLICT"]
    assert len(await firm.world.all(Request)) == 1


async def test_an_expired_request_makes_room_for_a_new_one(firm: Firm) -> None:
    old = await firm.world.connection_request(
        firm.structure, firm.outsider, created_at=firm.world.now - timedelta(days=90)
    )

    assert code(await firm.request(firm.outsider)) == []
    closed = await firm.world.reload(old)
    assert closed.status == RequestStatus.EXPIRED
    assert closed.decided_at == old.created_at + timedelta(days=90)


async def test_three_refusals_in_thirty_days_make_wait(firm: Firm) -> None:
    for days in (9, 10, 10):
        await firm.request(firm.outsider)
        (request,) = await firm.world.all(Request, Request.status == RequestStatus.PENDING)
        await firm.refuse(firm.primary, request)
        firm.later(days)

    answer = await firm.request(firm.outsider)

    assert code(answer) == ["TOO_MANY_REQUESTS"]
    assert answer["errors"][0]["limit"] == 3
    assert answer["errors"][0]["retryAfter"] == 86_400
    firm.later(1)
    assert code(await firm.request(firm.outsider)) == []


async def test_a_refused_user_may_ask_again_at_once(firm: Firm) -> None:
    await firm.refuse(
        firm.primary, await firm.world.connection_request(firm.structure, firm.outsider)
    )

    assert code(await firm.request(firm.outsider)) == []


async def test_who_is_connected_to_all_services_has_nothing_to_ask_for(firm: Firm) -> None:
    assert code(await firm.request(firm.primary)) == ["ALREADY_CONNECTED"]
    given = {"serviceIds": [firm.world.id(firm.sales)]}
    assert code(await firm.request(firm.secondary, **given)) == ["ALREADY_CONNECTED"]


async def test_who_is_connected_to_some_services_may_ask_for_more(firm: Firm) -> None:
    clerk = await firm.world.user("Carla Clerk")
    await firm.world.member(firm.structure, clerk, services=[firm.sales])
    sales, stock = firm.world.id(firm.sales), firm.world.id(firm.stock)

    assert code(await firm.request(clerk)) == ["ALREADY_CONNECTED"]
    assert code(await firm.request(clerk, serviceIds=[sales])) == ["ALREADY_CONNECTED"]
    assert code(await firm.request(clerk, serviceIds=[sales, stock])) == []


async def test_an_inactive_member_may_ask_again(firm: Firm) -> None:
    former = await firm.world.user("Fred Former")
    await firm.world.member(firm.structure, former, status=MembershipStatus.INACTIVE)

    assert code(await firm.request(former)) == []


async def test_an_outsider_names_no_services_of_a_private_structure(firm: Firm) -> None:
    answer = await firm.request(firm.outsider, serviceIds=[firm.world.id(firm.sales)])

    assert code(answer) == ["NOT_FOUND"]
    assert answer["errors"][0]["field"] == ["input", "serviceIds"]


async def test_an_outsider_names_active_services_of_a_public_structure(world: World) -> None:
    outsider = await world.user()
    town = await world.structure("Town", sector=Sector.PUBLIC)
    works = await world.service(town, "WORKS")
    closed = await world.service(town, "CLOSED", enabled=False)
    given: dict[str, Any] = {"structureId": world.id(town)}

    hidden = await world.ask(outsider, REQUEST, input=given | {"serviceIds": [world.id(closed)]})
    answer = await world.ask(outsider, REQUEST, input=given | {"serviceIds": [world.id(works)]})

    assert code(hidden.data["requestConnection"]) == ["NOT_FOUND"]
    assert code(answer.data["requestConnection"]) == []
    (asked,) = await world.all(RequestedService)
    assert asked.service_id == works.id


async def test_a_member_learns_that_a_service_is_inactive(firm: Firm) -> None:
    clerk = await firm.world.user("Carla Clerk")
    await firm.world.member(firm.structure, clerk, services=[firm.sales])
    closed = await firm.world.service(firm.structure, "CLOSED", enabled=False)

    answer = await firm.request(clerk, serviceIds=[firm.world.id(closed)])

    assert code(answer) == ["SERVICE_INACTIVE"]


async def test_a_service_of_another_structure_is_a_missing_one(firm: Firm) -> None:
    clerk = await firm.world.user("Carla Clerk")
    await firm.world.member(firm.structure, clerk, services=[firm.sales])
    other = await firm.world.service(await firm.world.structure("Other", primary=clerk), "THEIRS")

    assert code(await firm.request(clerk, serviceIds=[firm.world.id(other)])) == ["NOT_FOUND"]


async def test_an_individual_is_a_missing_structure_for_strangers(firm: Firm) -> None:
    person = await firm.world.structure(
        "Jean Seul", identifier_type=IdentifierType.INDIVIDUAL, identifier="SEULJEAN19700101"
    )
    wrong = firm.world.id(firm.sales)

    hidden = await firm.request(firm.outsider, structureId=firm.world.id(person))
    missing = await firm.request(firm.outsider, structureId=wrong)

    assert hidden == missing
    assert code(hidden) == ["NOT_FOUND"]


async def test_an_inactive_structure_names_its_successor(firm: Firm) -> None:
    old = await firm.world.structure(
        "Old",
        status=StructureStatus.INACTIVE,
        deactivated_at=firm.world.now,
    )
    new = await firm.world.structure("New")
    new.predecessor_id = old.id
    await firm.world.add(
        ManagerAction(
            structure_id=new.id, at=firm.world.now, action=Action.IDENTIFIER_CHANGE, changes=[]
        )
    )

    async def link(session: Any) -> None:
        await session.merge(new)

    await firm.world.database.write(link)

    answer = await firm.request(firm.outsider, structureId=firm.world.id(old))

    assert code(answer) == ["STRUCTURE_INACTIVE"]
    assert answer["errors"][0]["successor"] == {"id": firm.world.id(new)}


async def test_a_program_does_not_ask(firm: Firm) -> None:
    robot = await firm.world.user("Connector One", kind=UserKind.TECHNICAL)

    assert code(await firm.request(robot)) == ["USER_NOT_ELIGIBLE"]


@pytest.mark.parametrize("comment", ["x" * 501, "bell\u0007", "null\u0000"])
async def test_an_unreadable_comment_is_invalid(firm: Firm, comment: str) -> None:
    answer = await firm.world.ask(
        firm.outsider,
        REQUEST,
        input={"structureId": firm.world.id(firm.structure), "comment": comment},
    )

    error = answer.data["requestConnection"]["errors"][0]
    assert (error["__typename"], error["field"]) == ("InvalidError", ["input", "comment"])


async def test_without_signing_in_nothing_is_asked(firm: Firm) -> None:
    given = {"structureId": firm.world.id(firm.structure)}

    answer = await firm.world.ask(None, REQUEST, input=given)

    assert answer.body["data"] == {"requestConnection": None}
    assert answer.codes == ["FORBIDDEN"]


async def test_a_dry_run_foresees_and_leaves_nothing(firm: Firm) -> None:
    answer = await firm.request(firm.outsider, dryRun=True)

    assert answer["request"] is None
    assert answer["errors"] == []
    assert [effect["kind"] for effect in answer["effects"]] == ["NOTIFICATION"]
    assert await firm.world.all(Request) == []
    assert await firm.world.all(ManagerAction) == []


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

    (act,) = await firm.world.all(ManagerAction)
    assert (act.action, act.actor_id, act.user_id, act.target_id) == (
        Action.CONNECTION_REQUEST_DECIDE,
        firm.primary.id,
        firm.outsider.id,
        request.id,
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


async def test_a_former_manager_comes_back_as_a_simple_user(firm: Firm) -> None:
    former = await firm.world.user("Fred Former")
    await firm.world.member(
        firm.structure, former, role=Role.SECONDARY_MANAGER, status=MembershipStatus.INACTIVE
    )
    request = await firm.world.connection_request(firm.structure, former)

    answer = await firm.validate(firm.secondary, request)

    assert ("ROLE_CHANGED", "SECONDARY_MANAGER", "SIMPLE_USER") in [
        (effect["kind"], effect["before"], effect["after"]) for effect in answer["effects"]
    ]
    assert (await firm.membership_of(former)).role == Role.SIMPLE_USER


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
    assert len(await firm.world.all(ManagerAction)) == 1


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


async def test_one_bad_item_never_rolls_back_the_others(firm: Firm) -> None:
    other = await firm.world.user("Otto Other")
    first = await firm.world.connection_request(firm.structure, firm.outsider)
    second = await firm.world.connection_request(firm.structure, other)
    stale = {"id": firm.world.id(first), "version": 9}

    answer = await firm.validate(firm.primary, stale, {"id": "nonsense"}, second)

    assert code(answer) == ["STALE_VERSION", "NOT_FOUND", None]
    assert [result["id"] for result in answer["results"]] == [
        firm.world.id(first),
        None,
        firm.world.id(second),
    ]


async def test_a_hidden_request_looks_like_a_missing_one(firm: Firm) -> None:
    stranger = await firm.world.user("Stella Stranger")
    await firm.world.structure("Elsewhere", primary=stranger)
    hidden = await firm.world.connection_request(firm.structure, firm.outsider)
    missing = Request(id=hidden.id + 1000, kind=hidden.kind)

    await firm.world.token(stranger)

    firm.world.statements.clear()
    one = await firm.validate(stranger, hidden)
    first, firm.world.statements[:] = list(firm.world.statements), []
    two = await firm.validate(stranger, missing)

    assert one == two
    assert code(one) == ["NOT_FOUND"]
    assert first == firm.world.statements


async def test_a_simple_user_decides_nowhere(firm: Firm) -> None:
    clerk = await firm.world.user("Carla Clerk")
    await firm.world.member(firm.structure, clerk)
    request = await firm.world.connection_request(firm.structure, firm.outsider)
    given = {"requests": [{"id": firm.world.id(request)}]}

    answer = await firm.world.ask(clerk, VALIDATE, input=given)

    assert answer.body["data"] == {"validateConnectionRequests": None}
    assert answer.codes == ["FORBIDDEN"]


async def test_a_requester_who_manages_elsewhere_sees_but_does_not_decide(firm: Firm) -> None:
    await firm.world.structure("Elsewhere", primary=firm.outsider)
    request = await firm.world.connection_request(firm.structure, firm.outsider)

    error = (await firm.validate(firm.outsider, request))["results"][0]["error"]

    assert error["__typename"] == "ForbiddenError"
    assert error["action"] == "CONNECTION_REQUEST_DECIDE"
    assert error["passingRoles"] == ["SECONDARY_MANAGER", "PRIMARY_MANAGER"]


async def test_support_decides_nothing(firm: Firm) -> None:
    helper = await firm.world.user("Hugo Helper", platform_role=PlatformRole.SUPPORT)
    request = await firm.world.connection_request(firm.structure, firm.outsider)
    given = {"requests": [{"id": firm.world.id(request)}]}

    answer = await firm.world.ask(helper, VALIDATE, input=given)

    assert answer.codes == ["FORBIDDEN"]
    assert (await firm.world.reload(request)).status == RequestStatus.PENDING


@pytest.mark.parametrize("count", [0, 101])
async def test_a_list_holds_one_to_a_hundred_items(firm: Firm, count: int) -> None:
    answer = await firm.validate(firm.primary, *({"id": "x"} for _ in range(count)))

    assert answer["results"] == []
    assert answer["errors"] == [
        {
            "__typename": "LimitError",
            "code": "LIMIT",
            "field": ["input", "requests"],
            "limit": 100,
        }
    ]


async def test_statements_do_not_grow_with_the_items_read(firm: Firm) -> None:
    async def reads(count: int) -> int:
        requests = [
            await firm.world.connection_request(firm.structure, await firm.world.user())
            for _ in range(count)
        ]
        firm.world.statements.clear()
        await firm.validate(firm.primary, *requests, dryRun=True)
        return sum(one.lstrip().upper().startswith("SELECT") for one in firm.world.statements)

    assert await reads(1) == await reads(5)


async def test_a_requester_withdraws_his_request(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)

    answer = await firm.cancel(firm.outsider, request)

    assert answer["results"][0]["request"] == {
        "__typename": "ConnectionRequest",
        "status": "CANCELLED",
    }
    assert await firm.world.all(Notification) == []
    assert code(await firm.cancel(firm.outsider, request)) == [None]


async def test_a_manager_does_not_withdraw_for_others(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)

    error = (await firm.cancel(firm.primary, request))["results"][0]["error"]

    assert (error["action"], error["passingRoles"]) == ("REQUEST_CANCEL", ["SELF"])


async def test_a_decided_request_is_not_withdrawn(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)
    await firm.validate(firm.primary, request)

    assert code(await firm.cancel(firm.outsider, request)) == ["REQUEST_ALREADY_DECIDED"]


async def test_a_strangers_request_cannot_be_withdrawn_nor_seen(firm: Firm) -> None:
    stranger = await firm.world.user("Stella Stranger")
    request = await firm.world.connection_request(firm.structure, firm.outsider)

    assert (await firm.cancel(stranger, request))["results"] == [
        {"id": None, "request": None, "error": {"__typename": "RuleError", "code": "NOT_FOUND"}}
    ]
