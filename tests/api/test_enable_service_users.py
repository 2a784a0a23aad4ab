"""To list users on services, and to take them off."""

from datetime import timedelta
from typing import Any

import pytest

from models.accounts import UserStatus
from models.areas import AreaCode
from models.history import ManagerAction
from models.memberships import MembershipStatus, ServiceMembership
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.requests import RequestStatus
from tests.area_acts import tab
from tests.firm import Firm, code
from tests.service_acts import disable, effects, enable, listings


async def test_a_manager_lists_users_on_a_service(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    membership = await firm.membership_of(clerk)

    answer = await enable(firm, firm.secondary, firm.stock, membership)

    [result] = answer["results"]
    assert result["error"] is None
    assert result["id"] == result["serviceUser"]["id"]
    assert (result["serviceUser"]["status"], result["serviceUser"]["via"]) == ("ACTIVE", "LISTED")
    assert result["serviceUser"]["service"] == {"code": "STOCK"}
    assert effects(answer) == [
        ("MEMBERSHIP_CHANGED", "Carla Clerk", None, "ACTIVE"),
        ("NOTIFICATION", "Carla Clerk", None, None),
    ]
    assert await listings(firm, membership) == {"SALES": "ACTIVE", "STOCK": "ACTIVE"}
    assert (await firm.world.reload(membership)).version == membership.version + 1
    [message] = await firm.world.all(Notification)
    assert (message.kind, message.user_id, message.payload) == (
        NotificationKind.SERVICES_CHANGED,
        clerk.id,
        {"service_id": firm.stock.id},
    )
    [act] = await firm.world.all(ManagerAction)
    assert (act.action, act.target_id, act.user_id) == (
        Action.SERVICE_USER_MANAGE,
        membership.id,
        clerk.id,
    )
    assert act.changes == [{"field": "service", "before": None, "after": "STOCK"}]


async def test_one_bad_item_leaves_the_others(firm: Firm) -> None:
    first = await firm.membership_of(await firm.clerk(services=[]))
    manager = await firm.membership_of(firm.secondary)
    second = await firm.membership_of(await firm.clerk(services=[]))

    answer = await enable(firm, firm.primary, firm.sales, first, manager, "mb_unknown", second)

    assert code(answer) == [None, "CONFLICT", "NOT_FOUND", None]
    assert [result["id"] is None for result in answer["results"]] == [False, False, True, False]
    assert await listings(firm, first) == await listings(firm, second) == {"SALES": "ACTIVE"}


async def test_listing_again_changes_nothing(firm: Firm) -> None:
    listed = await firm.membership_of(await firm.clerk(services=[firm.sales]))
    everywhere = await firm.membership_of(await firm.clerk())

    answer = await enable(firm, firm.primary, firm.sales, listed, everywhere)

    assert (code(answer), answer["effects"]) == ([None, None], [])
    vias = [result["serviceUser"]["via"] for result in answer["results"]]
    assert vias == ["LISTED", "ALL_SERVICES"]
    assert await firm.world.all(ManagerAction) == []
    assert (await firm.world.reload(listed)).version == listed.version


async def test_one_user_named_twice_is_listed_once(firm: Firm) -> None:
    membership = await firm.membership_of(await firm.clerk(services=[]))

    answer = await enable(firm, firm.primary, firm.sales, membership, membership)

    assert code(answer) == [None, None]
    assert answer["results"][0] == answer["results"][1]
    assert len(await firm.world.all(ServiceMembership)) == 1
    assert len(await firm.world.all(ManagerAction)) == 1


async def test_who_was_taken_off_is_listed_again(firm: Firm) -> None:
    membership = await firm.membership_of(await firm.clerk(services=[firm.sales]))
    await disable(firm, firm.primary, firm.sales, membership)

    answer = await enable(firm, firm.primary, firm.sales, membership)

    assert effects(answer)[0] == ("MEMBERSHIP_CHANGED", "Carla Clerk", "DELETED", "ACTIVE")
    assert await listings(firm, membership) == {"SALES": "ACTIVE"}


async def test_nobody_is_listed_on_an_inactive_service(firm: Firm) -> None:
    world, today = firm.world, firm.world.now.date()
    membership = await firm.membership_of(await firm.clerk(services=[]))
    inactive: dict[str, Any] = {
        "OFF": {"enabled": False},
        "OVER": {"valid_to": today - timedelta(days=1)},
        "LATER": {"valid_from": today + timedelta(days=1)},
    }
    for name, values in inactive.items():
        service = await world.service(firm.structure, name, **values)
        answer = await enable(firm, firm.primary, service, membership)
        assert code(answer) == ["SERVICE_INACTIVE"]
        assert answer["results"][0]["error"]["field"] == ["input", "serviceId"]


@pytest.mark.parametrize(
    ("status", "account", "told"),
    [
        ("INACTIVE", "ACTIVE", "CONFLICT"),
        ("DELETED", "ACTIVE", "CONFLICT"),
        ("ACTIVE", "DEACTIVATED", "USER_INACTIVE"),
        ("ACTIVE", "PENDING_ACTIVATION", None),
    ],
)
async def test_only_who_is_connected_at_present_is_listed(
    firm: Firm, status: str, account: str, told: str | None
) -> None:
    clerk = await firm.clerk(
        services=[], status=MembershipStatus(status), account=UserStatus(account)
    )
    membership = await firm.membership_of(clerk)

    assert code(await enable(firm, firm.primary, firm.sales, membership)) == [told]


async def test_a_request_for_the_service_is_fulfilled_by_listing(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    request = await firm.world.connection_request(firm.structure, clerk, [firm.stock])
    other = await firm.clerk(services=[])
    more = await firm.world.connection_request(firm.structure, other, [firm.stock, firm.sales])
    both = [await firm.membership_of(one) for one in (clerk, other)]

    answer = await enable(firm, firm.primary, firm.stock, *both)

    assert ("REQUEST_DECIDED", "Carla Clerk", "PENDING", "VALIDATED") in effects(answer)
    decided = await firm.world.reload(request)
    assert (decided.status, decided.decided_by_id) == (RequestStatus.VALIDATED, firm.primary.id)
    assert (await firm.world.reload(more)).status == RequestStatus.PENDING


async def test_an_expired_request_is_left_as_it_is(firm: Firm) -> None:
    clerk = await firm.clerk(services=[])
    old = firm.world.now - timedelta(days=91)
    request = await firm.world.connection_request(
        firm.structure, clerk, [firm.stock], created_at=old
    )

    await enable(firm, firm.primary, firm.stock, await firm.membership_of(clerk))

    assert (await firm.world.reload(request)).status == RequestStatus.PENDING


async def test_who_is_taken_off_a_service_loses_his_rights_on_it_only(firm: Firm) -> None:
    world, clerk = firm.world, await firm.clerk(services=[firm.sales, firm.stock])
    membership = await firm.membership_of(clerk)
    await world.opening(firm.structure)
    await world.opening(firm.structure, AreaCode.WORK_INVOICES)
    lost = await world.right(membership, service=firm.sales)
    kept = await world.right(membership, service=firm.stock)
    whole = await world.right(membership, AreaCode.WORK_INVOICES)
    asked = await world.subscription_request(membership, AreaCode.WORK_INVOICES, service=firm.sales)

    answer = await disable(firm, firm.primary, firm.sales, membership)

    assert code(answer) == [None]
    assert answer["results"][0]["serviceUser"]["status"] == "DELETED"
    assert effects(answer) == [
        ("MEMBERSHIP_CHANGED", "Carla Clerk", "ACTIVE", "DELETED"),
        ("SUBSCRIPTION_ENDED", "Carla Clerk", "CONSULTATION", None),
        ("REQUEST_CANCELLED", "Carla Clerk", None, None),
        ("NOTIFICATION", "Carla Clerk", None, None),
    ]
    assert (await world.reload(lost)).ended_at == world.now
    assert (await world.reload(kept)).ended_at is (await world.reload(whole)).ended_at is None
    assert (await world.reload(asked)).status == RequestStatus.CANCELLED
    act = (await world.all(ManagerAction, ManagerAction.action == Action.SERVICE_USER_MANAGE))[0]
    assert act.changes == [
        {"field": "service", "before": "SALES", "after": None},
        {"field": "area", "before": "ISSUED_INVOICES", "after": None},
        {"field": "scope", "before": "SERVICE", "after": None},
        {"field": "service", "before": "SALES", "after": None},
        {"field": "mode", "before": "CONSULTATION", "after": None},
    ]
    await enable(firm, firm.primary, firm.sales, membership)
    assert (await world.reload(lost)).ended_at is not None


async def test_the_last_service_of_a_user_may_be_taken_from_him(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    await firm.world.opening(firm.structure)
    await firm.world.right(await firm.membership_of(clerk), service=firm.sales)
    assert await tab(firm.world, clerk) == ("CONSULTATION", None)

    await disable(firm, firm.primary, firm.sales, await firm.membership_of(clerk))

    assert await tab(firm.world, clerk) == (None, "NOT_SUBSCRIBED")
    document = "{ viewer { memberships { nodes { status services { nodes { code } } } } } }"
    found = await firm.world.ask(clerk, document)
    [own] = found.data["viewer"]["memberships"]["nodes"]
    assert own == {"status": "ACTIVE", "services": {"nodes": []}}


async def test_who_reaches_all_services_is_not_taken_off_a_single_one(firm: Firm) -> None:
    everywhere = await firm.membership_of(await firm.clerk())
    manager = await firm.membership_of(firm.primary)

    answer = await disable(firm, firm.primary, firm.sales, everywhere, manager)

    assert code(answer) == ["CONFLICT", "CONFLICT"]


async def test_taking_off_who_is_not_listed_changes_nothing(firm: Firm) -> None:
    membership = await firm.membership_of(await firm.clerk(services=[firm.sales]))

    answer = await disable(firm, firm.primary, firm.stock, membership)

    assert (code(answer), answer["effects"]) == ([None], [])
    assert answer["results"][0]["serviceUser"] is None
    assert await firm.world.all(ManagerAction) == []


async def test_a_user_is_taken_off_an_inactive_service_and_stays_off_it(firm: Firm) -> None:
    off = await firm.world.service(firm.structure, "OFF", enabled=False)
    asleep = await firm.clerk(services=[off], status=MembershipStatus.INACTIVE)

    answer = await disable(firm, firm.primary, off, await firm.membership_of(asleep))

    assert effects(answer) == [("MEMBERSHIP_CHANGED", "Carla Clerk", "ACTIVE", "DELETED")]
    assert await listings(firm, await firm.membership_of(asleep)) == {"OFF": "DELETED"}


async def test_an_inactive_structure_lists_nobody_but_lets_go(firm: Firm) -> None:
    membership = await firm.membership_of(await firm.clerk(services=[firm.sales]))
    await firm.world.retire(firm.structure)

    assert code(await enable(firm, firm.primary, firm.stock, membership)) == ["STRUCTURE_INACTIVE"]
    assert code(await disable(firm, firm.primary, firm.sales, membership)) == [None]


async def test_a_membership_of_another_structure_is_none_here(firm: Firm) -> None:
    other = await firm.world.structure("Other", primary=firm.primary)
    member = await firm.world.member(other, await firm.world.user(), services=[])

    for act in (enable, disable):
        answer = await act(firm, firm.primary, firm.sales, member)
        assert code(answer) == ["NOT_FOUND"]
        assert answer["results"][0]["id"] is None


async def test_a_service_of_another_structure_is_told_by_its_field(firm: Firm) -> None:
    foreign = await firm.world.service(await firm.world.structure("Else"), "FOREIGN")
    membership = await firm.membership_of(await firm.clerk(services=[]))

    answer = await enable(firm, firm.primary, foreign, membership)

    assert code(answer) == ["NOT_FOUND"]
    assert answer["results"][0]["error"]["field"] == ["input", "serviceId"]


async def test_a_simple_user_lists_nobody_not_even_himself(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    membership = await firm.membership_of(clerk)
    await firm.world.structure("Own", primary=clerk)

    answer = await enable(firm, clerk, firm.stock, membership)

    assert code(answer) == ["FORBIDDEN"]
    assert answer["results"][0]["id"] is None


@pytest.mark.parametrize("act", [enable, disable])
async def test_too_few_and_too_many_items_are_refused(firm: Firm, act: Any) -> None:
    for many in ([], ["mb_x"] * 101):
        answer = await act(firm, firm.primary, firm.sales, *many)
        assert [error["code"] for error in answer["errors"]] == ["LIMIT"]


@pytest.mark.parametrize("act", [enable, disable])
async def test_a_dry_run_foresees_what_is_then_done(firm: Firm, act: Any) -> None:
    clerk = await firm.clerk(services=[] if act is enable else [firm.sales])
    membership = await firm.membership_of(clerk)
    before = await listings(firm, membership)

    foreseen = await act(firm, firm.primary, firm.sales, membership, dryRun=True)

    assert await listings(firm, membership) == before
    assert await firm.world.all(ManagerAction) == []
    done = await act(firm, firm.primary, firm.sales, membership)
    assert done["effects"] == foreseen["effects"] != []


async def test_a_repeated_call_with_its_key_is_done_once_and_told_alike(firm: Firm) -> None:
    membership = await firm.membership_of(await firm.clerk(services=[]))
    first = await enable(firm, firm.primary, firm.sales, membership, idempotencyKey="list")
    second = await enable(firm, firm.primary, firm.sales, membership, idempotencyKey="list")

    assert first == second
    assert first["results"][0]["serviceUser"]["status"] == "ACTIVE"
    assert len(await firm.world.all(Notification)) == 1
