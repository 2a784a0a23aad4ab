"""To ask for a connection."""

from datetime import timedelta
from typing import Any

import pytest

from models.accounts import UserKind
from models.history import ManagerAction
from models.identifiers import IdentifierType
from models.memberships import (
    MembershipStatus,
)
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.requests import Request, RequestedService, RequestStatus
from models.structures import Sector, StructureStatus
from tests.firm import REQUEST, Firm, code
from tests.world import World


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


@pytest.mark.parametrize("comment", ["x" * 501, "bell\u0007", "line\u0085"])
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
