"""To say which services a user reaches: all, or those listed."""

from typing import Any

import pytest

from models.areas import AreaCode
from models.history import ManagerAction
from models.memberships import MembershipScope, MembershipStatus
from models.outbox import Notification
from models.policy import Action
from models.requests import RequestStatus
from tests.firm import Firm, code
from tests.service_acts import (
    deactivate,
    disable,
    effects,
    enable,
    limit,
    listings,
    reactivate,
    set_scope,
)


ALL = MembershipScope.ALL_SERVICES


async def test_a_user_of_all_services_is_limited_to_some(firm: Firm) -> None:
    clerk = await firm.clerk()
    membership = await firm.membership_of(clerk)

    answer = await limit(firm, firm.secondary, membership, firm.sales)

    assert answer["errors"] == []
    assert answer["membership"]["scope"] == "LISTED"
    assert answer["membership"]["version"] == membership.version + 1
    assert answer["membership"]["services"]["nodes"] == [{"code": "SALES"}]
    assert effects(answer) == [
        ("MEMBERSHIP_CHANGED", "Carla Clerk", "ALL_SERVICES", "LISTED"),
        ("MEMBERSHIP_CHANGED", "Carla Clerk", None, "ACTIVE"),
        ("NOTIFICATION", "Carla Clerk", None, None),
    ]
    [act] = await firm.world.all(ManagerAction)
    assert (act.action, act.user_id, act.target_id) == (
        Action.SERVICE_USER_MANAGE,
        clerk.id,
        membership.id,
    )
    assert act.changes == [
        {"field": "scope", "before": "ALL_SERVICES", "after": "LISTED"},
        {"field": "service", "before": None, "after": "SALES"},
    ]


async def test_who_is_not_connected_at_present_waits_on_when_he_is_limited(firm: Firm) -> None:
    clerk = await firm.clerk(status=MembershipStatus.INACTIVE)
    request = await firm.world.connection_request(firm.structure, clerk, [firm.sales])

    answer = await limit(firm, firm.primary, await firm.membership_of(clerk), firm.sales)

    assert (answer["errors"], answer["membership"]["scope"]) == ([], "LISTED")
    assert (await firm.world.reload(request)).status == RequestStatus.PENDING


async def test_a_place_that_waits_is_told_as_such_when_it_is_taken(firm: Firm) -> None:
    membership = await firm.membership_of(await firm.clerk(services=[firm.sales, firm.stock]))
    await deactivate(firm, firm.primary, firm.stock, force=True)

    await limit(firm, firm.primary, await firm.world.reload(membership), firm.sales)

    acts = await firm.world.all(ManagerAction, ManagerAction.user_id == membership.user_id)
    assert [act.changes for act in acts] == [
        [{"field": "service", "before": "STOCK", "after": None}],
        [{"field": "waitingService", "before": "STOCK", "after": None}],
    ]


async def test_a_limited_user_gets_all_services(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    request = await firm.world.connection_request(firm.structure, clerk, [firm.stock])
    membership = await firm.membership_of(clerk)

    answer = await set_scope(firm, firm.primary, membership, ALL)

    assert answer["membership"]["scope"] == "ALL_SERVICES"
    assert len(answer["membership"]["services"]["nodes"]) == 2
    assert effects(answer) == [
        ("MEMBERSHIP_CHANGED", "Carla Clerk", "LISTED", "ALL_SERVICES"),
        ("REQUEST_DECIDED", "Carla Clerk", "PENDING", "VALIDATED"),
        ("NOTIFICATION", "Carla Clerk", None, None),
    ]
    assert (await firm.world.reload(request)).status == RequestStatus.VALIDATED
    assert await listings(firm, membership) == {"SALES": "DELETED"}


async def test_a_list_is_replaced_by_another(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    membership = await firm.membership_of(clerk)

    answer = await limit(firm, firm.primary, membership, firm.stock)

    assert effects(answer) == [
        ("MEMBERSHIP_CHANGED", "Carla Clerk", "ACTIVE", "DELETED"),
        ("MEMBERSHIP_CHANGED", "Carla Clerk", None, "ACTIVE"),
        ("NOTIFICATION", "Carla Clerk", None, None),
    ]
    assert await listings(firm, membership) == {"SALES": "DELETED", "STOCK": "ACTIVE"}
    [act] = await firm.world.all(ManagerAction)
    assert act.changes == [
        {"field": "service", "before": "SALES", "after": None},
        {"field": "service", "before": None, "after": "STOCK"},
    ]


async def test_a_scope_that_is_there_already_changes_nothing(firm: Firm) -> None:
    limited = await firm.membership_of(await firm.clerk(services=[firm.sales]))
    everywhere = await firm.membership_of(await firm.clerk())

    for answer in (
        await limit(firm, firm.primary, limited, firm.sales),
        await limit(firm, firm.primary, limited, firm.sales, firm.sales),
        await set_scope(firm, firm.primary, everywhere, ALL),
    ):
        assert (answer["errors"], answer["effects"]) == ([], [])
    assert await firm.world.all(ManagerAction) == []


async def test_rights_on_services_that_are_lost_end_and_others_stay(firm: Firm) -> None:
    world, clerk = firm.world, await firm.clerk()
    membership = await firm.membership_of(clerk)
    await world.opening(firm.structure)
    await world.opening(firm.structure, AreaCode.WORK_INVOICES)
    lost = await world.right(membership, service=firm.stock)
    kept = await world.right(membership, service=firm.sales)
    whole = await world.right(membership, AreaCode.WORK_INVOICES)
    work = AreaCode.WORK_INVOICES
    cancelled = await world.subscription_request(membership, work, service=firm.stock)
    waiting = await world.subscription_request(membership, work, service=firm.sales)

    answer = await limit(firm, firm.primary, membership, firm.sales)

    kinds = [effect["kind"] for effect in answer["effects"]]
    assert kinds.count("SUBSCRIPTION_ENDED") == kinds.count("REQUEST_CANCELLED") == 1
    assert (await world.reload(lost)).ended_at == world.now
    assert (await world.reload(kept)).ended_at is (await world.reload(whole)).ended_at is None
    assert (await world.reload(cancelled)).status == RequestStatus.CANCELLED
    assert (await world.reload(waiting)).status == RequestStatus.PENDING
    await set_scope(firm, firm.primary, await world.reload(membership), ALL)
    assert (await world.reload(lost)).ended_at is not None


async def test_a_former_list_does_not_come_back(firm: Firm) -> None:
    membership = await firm.membership_of(await firm.clerk(services=[firm.sales]))
    await set_scope(firm, firm.primary, membership, ALL)

    await limit(firm, firm.primary, await firm.world.reload(membership), firm.stock)

    assert await listings(firm, membership) == {"SALES": "DELETED", "STOCK": "ACTIVE"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"scope": "LISTED"}, "INVALID"),
        ({"scope": "LISTED", "serviceIds": None}, "INVALID"),
        ({"scope": "LISTED", "serviceIds": []}, "INVALID"),
        ({"scope": "ALL_SERVICES", "serviceIds": []}, "INVALID"),
        ({"scope": "ALL_SERVICES", "serviceIds": ["sv_x"]}, "INVALID"),
        ({"scope": "LISTED", "serviceIds": ["sv_x"] * 101}, "LIMIT"),
        ({"scope": "LISTED", "serviceIds": ["sv_x"]}, "NOT_FOUND"),
    ],
)
async def test_the_list_fits_the_scope(firm: Firm, given: Any, told: str) -> None:
    membership = await firm.membership_of(await firm.clerk(services=[firm.sales]))

    answer = await set_scope(firm, firm.primary, membership, **given)

    assert code(answer) == [told]
    assert answer["errors"][0]["field"] == ["input", "serviceIds"]
    assert await listings(firm, membership) == {"SALES": "ACTIVE"}


async def test_services_are_of_the_structure_and_active(firm: Firm) -> None:
    off = await firm.world.service(firm.structure, "OFF", enabled=False)
    foreign = await firm.world.service(await firm.world.structure("Else"), "FOREIGN")
    membership = await firm.membership_of(await firm.clerk())

    for service, told in ((off, "SERVICE_INACTIVE"), (foreign, "NOT_FOUND")):
        answer = await limit(firm, firm.primary, membership, firm.sales, service)
        assert code(answer) == [told]
    assert (await firm.world.reload(membership)).scope == ALL


async def test_a_place_on_an_inactive_service_can_be_kept_for_later(firm: Firm) -> None:
    membership = await firm.membership_of(await firm.clerk(services=[firm.sales]))
    await deactivate(firm, firm.primary, firm.sales, force=True)

    member = await firm.world.reload(membership)
    answer = await limit(firm, firm.primary, member, firm.sales, firm.stock)

    assert code(answer) == []
    assert await listings(firm, membership) == {"SALES": "INACTIVE", "STOCK": "ACTIVE"}
    await reactivate(firm, firm.primary, await firm.world.reload(firm.sales))
    assert await listings(firm, membership) == {"SALES": "ACTIVE", "STOCK": "ACTIVE"}


async def test_a_place_given_up_while_the_service_is_inactive_stays_given_up(firm: Firm) -> None:
    membership = await firm.membership_of(await firm.clerk(services=[firm.sales, firm.stock]))
    await deactivate(firm, firm.primary, firm.sales, force=True)
    await disable(firm, firm.primary, firm.sales, membership)

    await reactivate(firm, firm.primary, await firm.world.reload(firm.sales))

    assert await listings(firm, membership) == {"SALES": "DELETED", "STOCK": "ACTIVE"}


async def test_a_manager_reaches_every_service_and_is_not_limited(firm: Firm) -> None:
    for person in (firm.primary, firm.secondary):
        membership = await firm.membership_of(person)
        answer = await limit(firm, firm.primary, membership, firm.sales)
        assert code(answer) == ["CONFLICT"]
        assert (await firm.world.reload(membership)).scope == ALL


async def test_what_one_is_told_that_one_may_do_to_a_users_reach_one_may(firm: Firm) -> None:
    document = """query ($id: ID!) { node(id: $id) { ... on Membership {
        viewerCan(actions: [SERVICE_USER_MANAGE]) { allowed reason } } } }"""
    clerk = await firm.clerk()
    for person, told in (
        (clerk, {"allowed": True, "reason": None}),
        (firm.secondary, {"allowed": False, "reason": "TARGET_PROTECTED"}),
    ):
        target = firm.world.id(await firm.membership_of(person))
        found = await firm.world.ask(firm.primary, document, id=target)
        assert found.data["node"]["viewerCan"] == [told]


async def test_a_stale_version_is_refused(firm: Firm) -> None:
    membership = await firm.membership_of(await firm.clerk(services=[firm.sales]))
    await enable(firm, firm.secondary, firm.stock, membership)

    answer = await limit(firm, firm.primary, membership, firm.sales)

    assert code(answer) == ["STALE_VERSION"]
    assert answer["errors"][0]["currentVersion"] == membership.version + 1


async def test_who_is_not_connected_at_present_may_lose_and_not_get(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales, firm.stock], status=MembershipStatus.INACTIVE)
    membership = await firm.membership_of(clerk)

    assert code(await set_scope(firm, firm.primary, membership, ALL)) == ["CONFLICT"]
    answer = await limit(firm, firm.primary, membership, firm.sales)
    assert code(answer) == []
    assert await firm.world.all(Notification) == []


async def test_a_deleted_membership_is_neither_limited_nor_widened(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales], status=MembershipStatus.DELETED)
    membership = await firm.membership_of(clerk)

    assert code(await set_scope(firm, firm.primary, membership, ALL)) == ["CONFLICT"]
    assert code(await limit(firm, firm.primary, membership, firm.stock)) == ["CONFLICT"]
    for act in (enable, disable):
        assert code(await act(firm, firm.primary, firm.sales, membership)) == ["CONFLICT"]
    assert await listings(firm, membership) == {"SALES": "ACTIVE"}


async def test_an_inactive_structure_takes_and_does_not_give(firm: Firm) -> None:
    limited = await firm.membership_of(await firm.clerk(services=[firm.sales]))
    everywhere = await firm.membership_of(await firm.clerk())
    await firm.world.retire(firm.structure)

    assert code(await set_scope(firm, firm.primary, limited, ALL)) == ["STRUCTURE_INACTIVE"]
    assert code(await limit(firm, firm.primary, everywhere, firm.sales)) == []


async def test_a_user_does_not_widen_his_own_reach(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    membership = await firm.membership_of(clerk)
    await firm.world.structure("Own", primary=clerk)

    answer = await set_scope(firm, clerk, membership, ALL)

    assert code(answer) == ["FORBIDDEN"]
    await firm.world.structure("Another", primary=firm.outsider)
    assert code(await set_scope(firm, firm.outsider, membership, ALL)) == ["NOT_FOUND"]


async def test_a_dry_run_foresees_what_is_then_done(firm: Firm) -> None:
    membership = await firm.membership_of(await firm.clerk())

    foreseen = await limit(firm, firm.primary, membership, firm.sales, dryRun=True)

    assert await listings(firm, membership) == {}
    assert (await firm.world.reload(membership)).scope == ALL
    done = await limit(firm, firm.primary, membership, firm.sales)
    assert done["effects"] == foreseen["effects"] != []


async def test_a_repeated_call_with_its_key_is_done_once(firm: Firm) -> None:
    membership = await firm.membership_of(await firm.clerk())
    first = await limit(firm, firm.primary, membership, firm.sales, idempotencyKey="scope")
    second = await limit(firm, firm.primary, membership, firm.sales, idempotencyKey="scope")

    assert first == second
    assert len(await firm.world.all(ManagerAction)) == 1
