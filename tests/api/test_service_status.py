"""To make services inactive, and active again."""

from datetime import timedelta
from typing import Any

import pytest

from models.history import ManagerAction
from models.memberships import MembershipStatus
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.services import Service
from models.structures import Sector, Structure
from tests.area_acts import tab
from tests.firm import Firm, code
from tests.service_acts import deactivate, disable, effects, listings, reactivate


USERS = """query ($id: ID!, $status: [MembershipStatus!]) { node(id: $id) { ... on Service {
    users(filter: {status: $status}) { nodes { status via user { displayName } } } } } }"""


async def _users(firm: Firm, service: Service) -> dict[str, str]:
    answer = await firm.world.ask(
        firm.primary, USERS, id=firm.world.id(service), status=["ACTIVE", "INACTIVE", "DELETED"]
    )
    nodes = answer.data["node"]["users"]["nodes"]
    return {node["user"]["displayName"]: node["status"] for node in nodes}


async def _require_codes(firm: Firm, card: Structure) -> None:
    async def work(session: Any) -> None:
        (await session.get_one(Structure, card.id)).service_code_required = True

    await firm.world.database.write(work)


async def test_a_service_without_listed_users_is_deactivated_at_once(firm: Firm) -> None:
    await firm.clerk()

    answer = await deactivate(firm, firm.secondary, firm.sales)

    assert answer["errors"] == []
    assert answer["service"]["active"] is False
    assert answer["service"]["version"] == 2
    assert effects(answer) == [("SERVICE_DEACTIVATED", None, None, None)]
    assert answer["effects"][0]["service"] == {"code": "SALES"}
    [act] = await firm.world.all(ManagerAction)
    assert (act.action, act.target_id, act.actor_id) == (
        Action.SERVICE_MANAGE,
        firm.sales.id,
        firm.secondary.id,
    )
    assert act.changes == [{"field": "active", "before": "true", "after": "false"}]


async def test_listed_users_need_a_confirmation_and_are_told(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales, firm.stock])
    asleep = await firm.world.user("Ines Asleep")
    inactive = MembershipStatus.INACTIVE
    await firm.world.member(firm.structure, asleep, services=[firm.sales], status=inactive)
    gone = await firm.world.user("Gil Gone")
    deleted = MembershipStatus.DELETED
    await firm.world.member(firm.structure, gone, services=[firm.sales], status=deleted)
    membership = await firm.membership_of(clerk)

    refused = await deactivate(firm, firm.primary, firm.sales)
    assert code(refused) == ["CONFIRMATION_REQUIRED"]
    assert (refused["errors"][0]["argument"], refused["errors"][0]["affectedUsers"]) == ("force", 2)
    assert refused["service"]["active"] is True
    assert await firm.world.all(ManagerAction) == []

    answer = await deactivate(firm, firm.primary, firm.sales, force=True)
    assert effects(answer) == [
        ("SERVICE_DEACTIVATED", None, None, None),
        ("MEMBERSHIP_CHANGED", "Carla Clerk", "ACTIVE", "INACTIVE"),
        ("MEMBERSHIP_CHANGED", "Ines Asleep", "ACTIVE", "INACTIVE"),
        ("NOTIFICATION", "Carla Clerk", None, None),
    ]
    assert await listings(firm, membership) == {"SALES": "INACTIVE", "STOCK": "ACTIVE"}
    assert (await firm.world.reload(membership)).version == membership.version + 1
    [message] = await firm.world.all(Notification)
    assert (message.kind, message.user_id) == (NotificationKind.SERVICES_CHANGED, clerk.id)


async def test_who_reaches_every_service_still_treats_what_is_on_an_inactive_one(
    firm: Firm,
) -> None:
    await firm.clerk(services=[firm.sales])
    await firm.world.member(firm.structure, await firm.world.user("Adam All"))

    await deactivate(firm, firm.primary, firm.sales, force=True)

    users = await _users(firm, firm.sales)
    assert users.pop("Carla Clerk") == "INACTIVE"
    assert users == dict.fromkeys(("Paule Primary", "Serge Second", "Adam All"), "ACTIVE")


async def test_a_user_left_without_services_keeps_his_connection(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])

    await deactivate(firm, firm.primary, firm.sales, force=True)

    document = """{ viewer { memberships { nodes { status scope
        services { nodes { code } } } } } }"""
    found = (await firm.world.ask(clerk, document)).data["viewer"]["memberships"]["nodes"]
    assert found == [{"status": "ACTIVE", "scope": "LISTED", "services": {"nodes": []}}]


async def test_a_right_on_an_inactive_service_sleeps_until_it_is_active_again(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    await firm.world.opening(firm.structure)
    right = await firm.world.right(await firm.membership_of(clerk), service=firm.sales)
    assert await tab(firm.world, clerk) == ("CONSULTATION", None)

    await deactivate(firm, firm.primary, firm.sales, force=True)
    assert await tab(firm.world, clerk) == (None, "NOT_SUBSCRIBED")
    assert (await firm.world.reload(right)).ended_at is None

    await reactivate(firm, firm.primary, await firm.world.reload(firm.sales))
    assert await tab(firm.world, clerk) == ("CONSULTATION", None)


async def test_a_right_follows_the_dates_of_its_service_and_who_reaches_it(firm: Firm) -> None:
    today = firm.world.now.date()
    over = await firm.world.service(firm.structure, "OVER", valid_to=today - timedelta(days=1))
    await firm.world.opening(firm.structure)
    clerk = await firm.clerk(services=[over])
    everywhere = await firm.world.user("Adam All")
    await firm.world.member(firm.structure, everywhere)
    elsewhere = await firm.world.user("Eva Else")
    await firm.world.member(firm.structure, elsewhere, services=[firm.stock])
    for person in (clerk, everywhere):
        await firm.world.right(await firm.membership_of(person), service=over)
    await firm.world.right(await firm.membership_of(elsewhere), service=firm.sales)

    assert await tab(firm.world, clerk) == (None, "NOT_SUBSCRIBED")
    assert await tab(firm.world, everywhere) == ("CONSULTATION", None)
    assert await tab(firm.world, elsewhere) == (None, "NOT_SUBSCRIBED")


async def test_no_right_has_effect_on_a_service_for_who_lost_his_place_there(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    membership = await firm.membership_of(clerk)
    everywhere = await firm.world.user("Adam All")
    member = await firm.world.member(firm.structure, everywhere)
    await firm.world.opening(firm.structure)
    for one in (membership, member):
        await firm.world.right(one)
    document = """query ($id: ID!) { node(id: $id) { ... on Service {
        users(filter: {status: [ACTIVE, INACTIVE, DELETED]}) { nodes {
        user { displayName } areas { mode } } } } } }"""

    async def areas() -> dict[str, list[str]]:
        found = await firm.world.ask(firm.primary, document, id=firm.world.id(firm.sales))
        nodes = found.data["node"]["users"]["nodes"]
        return {
            node["user"]["displayName"]: [area["mode"] for area in node["areas"]]
            for node in nodes
            if node["user"]["displayName"] in {"Carla Clerk", "Adam All"}
        }

    assert await areas() == {"Carla Clerk": ["CONSULTATION"], "Adam All": ["CONSULTATION"]}
    await deactivate(firm, firm.primary, firm.sales, force=True)
    assert await areas() == {"Carla Clerk": [], "Adam All": ["CONSULTATION"]}
    await disable(firm, firm.primary, firm.sales, membership)
    assert await areas() == {"Carla Clerk": [], "Adam All": ["CONSULTATION"]}


async def test_deactivating_an_inactive_service_again_changes_nothing(firm: Firm) -> None:
    await deactivate(firm, firm.primary, firm.sales)
    service = await firm.world.reload(firm.sales)

    answer = await deactivate(firm, firm.secondary, service)

    assert (answer["errors"], answer["effects"]) == ([], [])
    assert answer["service"]["version"] == service.version
    assert len(await firm.world.all(ManagerAction)) == 1


async def test_a_service_outside_its_dates_can_be_switched_off_too(firm: Firm) -> None:
    over = await firm.world.service(
        firm.structure, "OVER", valid_to=firm.world.now.date() - timedelta(days=1)
    )
    await _require_codes(firm, firm.structure)
    await firm.clerk(services=[over])

    assert code(await deactivate(firm, firm.primary, over)) == ["CONFIRMATION_REQUIRED"]
    answer = await deactivate(firm, firm.primary, over, force=True)

    assert answer["errors"] == []
    assert (await firm.world.reload(over)).enabled is False


async def test_the_last_active_service_stays_where_invoices_must_name_one(firm: Firm) -> None:
    town = await firm.world.structure("Town", primary=firm.primary, sector=Sector.PUBLIC)
    await _require_codes(firm, town)
    day = timedelta(days=1)
    first = await firm.world.service(town, "FIRST")
    last = await firm.world.service(town, "LAST")
    await firm.world.service(town, "OVER", valid_to=firm.world.now.date() - day)
    await firm.world.service(town, "LATER", valid_from=firm.world.now.date() + day)
    await firm.world.service(town, "OFF", enabled=False)
    assert code(await deactivate(firm, firm.primary, first)) == []

    answer = await deactivate(firm, firm.primary, last, force=True)

    assert code(answer) == ["LAST_REQUIRED_SERVICE"]
    assert (await firm.world.reload(last)).enabled is True


async def test_nobody_deactivates_the_reserved_service(firm: Firm) -> None:
    town = await firm.world.structure("Town", primary=firm.primary, sector=Sector.PUBLIC)
    [reserved] = await firm.world.all(Service, Service.structure_id == town.id)

    for act in (deactivate, reactivate):
        assert code(await act(firm, firm.primary, reserved)) == ["FORBIDDEN"]
    can = """query ($id: ID!) { viewer { can(action: SERVICE_MANAGE, target: $id) {
        allowed reason } } }"""
    for service, told in ((reserved, (False, "SERVICE_RESERVED")), (firm.sales, (True, None))):
        found = await firm.world.ask(firm.primary, can, id=firm.world.id(service))
        decision = found.data["viewer"]["can"]
        assert (decision["allowed"], decision["reason"]) == told


async def test_reactivating_gives_the_places_back_that_nobody_took(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    membership = await firm.membership_of(clerk)
    await deactivate(firm, firm.primary, firm.sales, force=True)
    service = await firm.world.reload(firm.sales)

    answer = await reactivate(firm, firm.secondary, service)

    assert answer["service"]["active"] is True
    assert effects(answer) == [
        ("MEMBERSHIP_CHANGED", "Carla Clerk", "INACTIVE", "ACTIVE"),
        ("NOTIFICATION", "Carla Clerk", None, None),
    ]
    assert await listings(firm, membership) == {"SALES": "ACTIVE"}
    off, lost, on, regained = await firm.world.all(ManagerAction)
    assert off.changes == [{"field": "active", "before": "true", "after": "false"}]
    assert on.changes == [{"field": "active", "before": "false", "after": "true"}]
    assert lost.changes == [{"field": "service", "before": "SALES", "after": None}]
    assert regained.changes == [{"field": "service", "before": None, "after": "SALES"}]
    assert [act.user_id for act in (off, lost, on, regained)] == [None, clerk.id, None, clerk.id]
    assert lost.target_id == regained.target_id == membership.id
    again = await reactivate(firm, firm.secondary, await firm.world.reload(firm.sales))
    assert (code(again), again["effects"]) == ([], [])


async def test_a_service_whose_validity_ended_is_not_reactivated(firm: Firm) -> None:
    today = firm.world.now.date()
    over = await firm.world.service(
        firm.structure, "OVER", enabled=False, valid_to=today - timedelta(days=1)
    )
    later = await firm.world.service(
        firm.structure, "LATER", enabled=False, valid_from=today + timedelta(days=1)
    )

    assert code(await reactivate(firm, firm.primary, over)) == ["CONFLICT"]
    answer = await reactivate(firm, firm.primary, later)
    assert (code(answer), answer["service"]["active"]) == ([], False)
    assert (await firm.world.reload(later)).enabled is True


async def test_a_stale_version_and_an_inactive_structure_are_refused(firm: Firm) -> None:
    await deactivate(firm, firm.primary, firm.sales)
    for act in (deactivate, reactivate):
        assert code(await act(firm, firm.primary, firm.sales)) == ["STALE_VERSION"]

    await firm.world.retire(firm.structure)
    for act in (deactivate, reactivate):
        assert code(await act(firm, firm.primary, firm.sales)) == ["STRUCTURE_INACTIVE"]


@pytest.mark.parametrize("act", [deactivate, reactivate])
async def test_a_dry_run_foresees_what_is_then_done(firm: Firm, act: Any) -> None:
    await firm.clerk(services=[firm.sales])
    force = {"force": True} if act is deactivate else {}
    if act is reactivate:
        await deactivate(firm, firm.primary, firm.sales, force=True)
    service = await firm.world.reload(firm.sales)
    before = len(await firm.world.all(ManagerAction)), len(await firm.world.all(Notification))

    foreseen = await act(firm, firm.primary, service, dryRun=True, **force)

    assert (await firm.world.reload(firm.sales)).version == service.version
    assert before == (
        len(await firm.world.all(ManagerAction)),
        len(await firm.world.all(Notification)),
    )
    done = await act(firm, firm.primary, service, **force)
    assert done["effects"] == foreseen["effects"] != []


async def test_a_repeated_deactivation_with_its_key_is_done_once(firm: Firm) -> None:
    await firm.clerk(services=[firm.sales])
    first = await deactivate(firm, firm.primary, firm.sales, force=True, idempotencyKey="off")
    second = await deactivate(firm, firm.primary, firm.sales, force=True, idempotencyKey="off")

    assert first == second
    assert len(await firm.world.all(Notification)) == 1


async def test_how_many_are_listed_changes_no_number_of_statements(firm: Firm) -> None:
    counted = []
    await firm.world.token(firm.primary)
    for number, people in enumerate((1, 30)):
        service = await firm.world.service(firm.structure, f"S{number}")
        for _ in range(people):
            user = await firm.world.user()
            await firm.world.member(firm.structure, user, services=[service])
        firm.world.statements.clear()
        document = """mutation ($input: DeactivateServiceInput!) {
            deactivateService(input: $input) { service { active } errors { code } } }"""
        given = {"serviceId": firm.world.id(service), "version": 1, "force": True}
        answer = await firm.world.ask(firm.primary, document, input=given)
        assert answer.data["deactivateService"]["errors"] == []
        counted.append(len(firm.world.statements))
    assert counted[0] == counted[1]
