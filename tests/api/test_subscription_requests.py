"""To ask for a right on an area."""

from datetime import timedelta
from typing import Any

import pytest

from models.areas import AreaCode, AreaMode, AreaSubscription
from models.memberships import MembershipStatus
from models.outbox import Notification
from models.requests import Request, RequestStatus
from models.structures import StructureStatus
from tests.firm import Firm, code
from tests.world import World


REQUEST = """
    mutation ($input: RequestSubscriptionInput!) { requestSubscription(input: $input) {
        request { id status area { code } mode scope service { code } comment }
        effects { kind count user { displayName } area { code } before after }
        errors { __typename code field ... on ForbiddenError { action passingRoles }
            ... on InvalidError { expected } ... on LimitError { retryAfter } } } }
"""
MODIFICATION = AreaMode.MODIFICATION
CONSULTATION = AreaMode.CONSULTATION


async def request(firm: Firm, person: Any, **given: Any) -> Any:
    given = {
        "structureId": firm.world.id(firm.structure),
        "area": "ISSUED_INVOICES",
        "mode": "MODIFICATION",
        "scope": {"wholeStructure": True},
    } | given
    answer = await firm.world.ask(person, REQUEST, input=given)
    return answer.data["requestSubscription"]


async def test_a_member_asks_for_a_right(firm: Firm) -> None:
    clerk = await firm.clerk()
    await firm.world.opening(firm.structure)

    answer = await request(firm, clerk, comment="To send my invoices.")

    asked = answer["request"]
    assert (asked["status"], asked["mode"], asked["scope"]) == (
        "PENDING",
        "MODIFICATION",
        "STRUCTURE",
    )
    assert [(effect["kind"], effect["area"]) for effect in answer["effects"]] == [
        ("NOTIFICATION", {"code": "ISSUED_INVOICES"})
    ]
    told = await firm.world.all(Notification)
    assert {one.user_id for one in told} == {firm.primary.id, firm.secondary.id}


async def test_a_right_may_be_asked_for_one_service(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    await firm.world.opening(firm.structure, service=firm.sales)

    answer = await request(firm, clerk, scope={"serviceId": firm.world.id(firm.sales)})

    assert answer["request"]["scope"] == "SERVICE"
    assert answer["request"]["service"] == {"code": "SALES"}


async def test_a_service_beyond_the_connection_is_invalid(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    await firm.world.opening(firm.structure)

    answer = await request(firm, clerk, scope={"serviceId": firm.world.id(firm.stock)})

    assert code(answer) == ["INVALID"]
    assert answer["errors"][0]["field"] == ["input", "scope", "serviceId"]


async def test_a_service_of_another_structure_is_a_missing_one(firm: Firm) -> None:
    clerk = await firm.clerk()
    other = await firm.world.service(await firm.world.structure("Other", primary=clerk), "THEIRS")
    await firm.world.opening(firm.structure)

    answer = await request(firm, clerk, scope={"serviceId": firm.world.id(other)})

    assert code(answer) == ["NOT_FOUND"]


async def test_an_inactive_service_is_told(firm: Firm) -> None:
    clerk = await firm.clerk()
    closed = await firm.world.service(firm.structure, "CLOSED", enabled=False)
    await firm.world.opening(firm.structure)

    answer = await request(firm, clerk, scope={"serviceId": firm.world.id(closed)})

    assert code(answer) == ["SERVICE_INACTIVE"]


async def test_the_whole_structure_is_said_with_true(firm: Firm) -> None:
    clerk = await firm.clerk()

    answer = await request(firm, clerk, scope={"wholeStructure": False})

    assert code(answer) == ["INVALID"]
    assert answer["errors"][0]["field"] == ["input", "scope", "wholeStructure"]


@pytest.mark.parametrize("area", ["HOME", "MY_ACCOUNT", "SENT_REQUESTS", "MANAGER_ACTIVITIES"])
async def test_default_areas_are_not_requested(firm: Firm, area: str) -> None:
    assert code(await request(firm, await firm.clerk(), area=area)) == ["AREA_IS_DEFAULT"]


@pytest.mark.parametrize(
    ("mode", "of_service", "asked", "wrong"),
    [
        (MODIFICATION, False, "MODIFICATION", None),
        (CONSULTATION, False, "MODIFICATION", ["mode"]),
        (MODIFICATION, True, "MODIFICATION", ["scope", "wholeStructure"]),
    ],
)
async def test_an_opening_is_the_ceiling(
    firm: Firm, mode: AreaMode, of_service: bool, asked: str, wrong: list[str] | None
) -> None:
    clerk = await firm.clerk()
    service = firm.sales if of_service else None
    await firm.world.opening(firm.structure, AreaCode.WORK_INVOICES, mode, service)

    answer = await request(firm, clerk, area="WORK_INVOICES", mode=asked)

    told = [(error["code"], error["field"]) for error in answer["errors"]]
    assert told == ([] if wrong is None else [("AREA_NOT_OPENED", ["input", *wrong])])


async def test_a_closed_area_cannot_be_requested(firm: Firm) -> None:
    answer = await request(firm, await firm.clerk())

    assert code(answer) == ["AREA_NOT_OPENED"]
    assert answer["errors"][0]["field"] == ["input", "area"]


async def test_a_right_that_is_held_is_not_asked_for_again(firm: Firm) -> None:
    clerk = await firm.clerk()
    await firm.world.opening(firm.structure, AreaCode.WORK_INVOICES)
    membership = await firm.membership_of(clerk)
    await firm.world.right(membership, AreaCode.WORK_INVOICES, CONSULTATION)
    given = {"area": "WORK_INVOICES"}

    held = await request(firm, clerk, **given, mode="CONSULTATION")
    narrower = await request(
        firm, clerk, **given, mode="CONSULTATION", scope={"serviceId": firm.world.id(firm.sales)}
    )
    higher = await request(firm, clerk, **given, mode="MODIFICATION")

    assert code(held) == code(narrower) == ["ALREADY_SUBSCRIBED"]
    assert code(higher) == []


async def test_the_same_request_while_one_waits_is_a_conflict(firm: Firm) -> None:
    clerk = await firm.clerk()
    await firm.world.opening(firm.structure)
    await request(firm, clerk)
    narrower = {"serviceId": firm.world.id(firm.sales)}

    assert code(await request(firm, clerk)) == ["CONFLICT"]
    assert code(await request(firm, clerk, scope=narrower)) == []


async def test_an_expired_request_makes_room_for_a_new_one(firm: Firm) -> None:
    clerk = await firm.clerk()
    await firm.world.opening(firm.structure)
    old = await firm.world.subscription_request(
        await firm.membership_of(clerk), created_at=firm.world.now - timedelta(days=91)
    )

    assert code(await request(firm, clerk)) == []
    assert (await firm.world.reload(old)).status == RequestStatus.EXPIRED


async def test_an_outsider_knows_the_card_but_may_not_ask(firm: Firm) -> None:
    await firm.world.structure("Elsewhere", primary=firm.outsider)

    answer = await request(firm, firm.outsider)

    error = answer["errors"][0]
    assert (error["action"], error["passingRoles"]) == (
        "SUBSCRIPTION_REQUEST_SUBMIT",
        ["SIMPLE_USER", "SECONDARY_MANAGER", "PRIMARY_MANAGER"],
    )


async def test_an_inactive_member_may_not_ask(firm: Firm) -> None:
    clerk = await firm.clerk(status=MembershipStatus.INACTIVE)
    await firm.world.structure("Elsewhere", primary=clerk)

    assert code(await request(firm, clerk)) == ["FORBIDDEN"]


async def test_an_inactive_structure_takes_no_request(world: World) -> None:
    clerk = await world.user()
    old = await world.structure(
        primary=clerk, status=StructureStatus.INACTIVE, deactivated_at=world.now
    )
    given = {
        "structureId": world.id(old),
        "area": "ISSUED_INVOICES",
        "mode": "CONSULTATION",
        "scope": {"wholeStructure": True},
    }

    answer = await world.ask(clerk, REQUEST, input=given)

    assert code(answer.data["requestSubscription"]) == ["STRUCTURE_INACTIVE"]


async def test_consultation_of_issued_invoices_is_taken_at_once(firm: Firm) -> None:
    clerk = await firm.clerk()
    await firm.world.opening(firm.structure)

    answer = await request(firm, clerk, mode="CONSULTATION")

    assert answer["request"]["status"] == "VALIDATED"
    assert [(effect["kind"], effect["after"]) for effect in answer["effects"]] == [
        ("SUBSCRIPTION_ADDED", "CONSULTATION")
    ]
    (right,) = await firm.world.all(AreaSubscription)
    assert right.mode == CONSULTATION
    assert await firm.world.all(Notification) == []


async def test_nothing_is_taken_where_the_area_is_closed(firm: Firm) -> None:
    clerk = await firm.clerk()

    assert code(await request(firm, clerk, mode="CONSULTATION")) == ["AREA_NOT_OPENED"]
    assert await firm.world.all(Request) == []


async def test_the_operator_may_want_every_right_decided(world: World) -> None:
    object.__setattr__(world.settings, "issued_invoices_self_service", False)
    firm = await Firm.found(world)
    clerk = await firm.clerk()
    await world.opening(firm.structure)

    assert (await request(firm, clerk, mode="CONSULTATION"))["request"]["status"] == "PENDING"


async def test_a_dry_run_of_what_is_taken_at_once_takes_nothing(firm: Firm) -> None:
    clerk = await firm.clerk()
    await firm.world.opening(firm.structure)

    answer = await request(firm, clerk, mode="CONSULTATION", dryRun=True)

    assert answer["request"] is None
    assert [effect["kind"] for effect in answer["effects"]] == ["SUBSCRIPTION_ADDED"]
    assert await firm.world.all(AreaSubscription) == []
