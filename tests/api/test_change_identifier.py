"""Giving a structure a new identifier."""

import time

from datetime import timedelta
from typing import Any

import pytest

from sqlalchemy import insert

from models.accounts import PlatformRole, User
from models.areas import AreaCode, AreaMode, AreaSubscription, StructureArea
from models.history import ManagerAction, TargetType
from models.identifiers import IdentifierType
from models.memberships import (
    Membership,
    MembershipOrigin,
    MembershipScope,
    MembershipStatus,
    Role,
    ServiceMembership,
)
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.requests import Request, RequestedService, RequestStatus
from models.services import Service
from models.structures import Sector, Structure, StructureApplication, StructureStatus
from tests.world import Answer, World


CHANGE = """
mutation ($input: ChangeIdentifierInput!) {
  changeIdentifier(input: $input) {
    structure { id identifier name status viewerRole predecessor { id identifier status } }
    effects { kind count user { displayName } before after }
    errors {
      __typename code message field
      ... on InvalidError { expected }
      ... on StaleVersionError { currentVersion }
      ... on ConfirmationError { argument affectedUsers }
      ... on StructureInactiveError { successor { id identifier } }
      ... on StructureExistsError { structure { id identifier } }
      ... on ForbiddenError { passingRoles }
    }
  }
}
"""
OLD, NEW, OTHER_ENTITY = "73282932000074", "73282932000082", "55208131766522"


async def change(
    world: World, caller: User, structure: Structure, value: str = NEW, **more: Any
) -> Answer:
    asked = {
        "structureId": world.id(structure),
        "version": structure.version,
        "identifier": {"value": value, **more.pop("identifier", {})},
        **more,
    }
    return await world.ask(caller, CHANGE, input=asked)


def payload(answer: Answer) -> Any:
    found = answer.body["data"]["changeIdentifier"]
    assert found is not None, answer.body
    return found


def refusal(answer: Answer) -> Any:
    assert payload(answer)["structure"] is None
    [error] = payload(answer)["errors"]
    return error


def effects(answer: Answer) -> list[tuple[Any, ...]]:
    return [
        (one["kind"], one["count"], one["before"], one["after"])
        for one in payload(answer)["effects"]
    ]


async def firm(world: World, **values: Any) -> tuple[User, Structure]:
    manager = await world.user("Camille Fournier")
    return manager, await world.structure("Atelier", primary=manager, identifier=OLD, **values)


async def successor_of(world: World, structure: Structure) -> Structure:
    [found] = await world.all(Structure, Structure.predecessor_id == structure.id)
    return found


async def test_a_new_card_succeeds_the_old_one(world: World) -> None:
    manager, old = await firm(world, email="office@atelier.test", city="Gap")

    answer = await change(world, manager, old, "732 829 320 00082")

    assert answer.data["changeIdentifier"]["errors"] == []
    assert payload(answer)["structure"] == {
        "id": world.id(await successor_of(world, old)),
        "identifier": NEW,
        "name": "Atelier",
        "status": "ACTIVE",
        "viewerRole": "PRIMARY_MANAGER",
        "predecessor": {"id": world.id(old), "identifier": OLD, "status": "INACTIVE"},
    }
    new = await successor_of(world, old)
    assert (new.email, new.city, new.version) == ("office@atelier.test", "Gap", 1)
    replaced = await world.reload(old)
    assert (replaced.status, replaced.version) == (StructureStatus.INACTIVE, 2)
    assert replaced.deactivated_at == world.now


async def test_flags_and_applications_follow_but_no_pacage_number_nor_first_payment(
    world: World,
) -> None:
    manager, old = await firm(
        world,
        sector=Sector.PUBLIC,
        service_code_or_engagement_number_required=True,
        contracting_authority=True,
        pacage_number="012345678",
        first_payment_at=world.now,
    )

    await change(world, manager, old)

    new = await successor_of(world, old)
    assert new.sector == Sector.PUBLIC
    assert new.service_code_or_engagement_number_required
    assert new.contracting_authority
    assert (new.pacage_number, new.first_payment_at) == (None, None)
    used = await world.all(StructureApplication, StructureApplication.structure_id == new.id)
    assert [one.code for one in used] == ["PAYMENT_REQUEST"]
    services = await world.all(Service, Service.structure_id == new.id)
    assert [one.code for one in services] == ["FACTURES_PUBLIQUES"]


async def test_services_users_and_rights_follow(world: World) -> None:
    manager, old = await firm(world)
    sales = await world.service(old, "SALES", description="Sales of all kinds")
    works = await world.service(old, "WORKS", enabled=False)
    await world.opening(old, AreaCode.ISSUED_INVOICES)
    await world.opening(old, AreaCode.WORK_INVOICES, service=works)
    secondary, simple = await world.user("Léo Roy"), await world.user("Noa Petit")
    resting = await world.user("Inès Faure")
    await world.member(old, secondary, role=Role.SECONDARY_MANAGER)
    listed = await world.member(old, simple, services=[sales, works])
    await world.right(listed, AreaCode.ISSUED_INVOICES, AreaMode.MODIFICATION)
    await world.right(listed, AreaCode.WORK_INVOICES, service=works)
    await world.member(old, resting, status=MembershipStatus.INACTIVE)

    await change(world, manager, old)

    new = await successor_of(world, old)
    services = {one.id: one for one in await world.all(Service, Service.structure_id == new.id)}
    assert [(one.code, one.enabled) for one in services.values()] == [
        ("SALES", True),
        ("WORKS", False),
    ]
    members = {
        one.user_id: one for one in await world.all(Membership, Membership.structure_id == new.id)
    }
    assert {user: (one.role, one.status, one.scope) for user, one in members.items()} == {
        manager.id: ("PRIMARY_MANAGER", "ACTIVE", "ALL_SERVICES"),
        secondary.id: ("SECONDARY_MANAGER", "ACTIVE", "ALL_SERVICES"),
        simple.id: ("SIMPLE_USER", "ACTIVE", "LISTED"),
        resting.id: ("SIMPLE_USER", "INACTIVE", "ALL_SERVICES"),
    }
    assert {one.origin for one in members.values()} == {MembershipOrigin.IDENTIFIER_CHANGE}
    reached = await world.all(ServiceMembership, ServiceMembership.structure_id == new.id)
    assert [(one.membership_id, services[one.service_id].code) for one in reached] == [
        (members[simple.id].id, "SALES"),
        (members[simple.id].id, "WORKS"),
    ]
    opened = await world.all(StructureArea, StructureArea.structure_id == new.id)
    assert [(one.area, one.service_id and services[one.service_id].code) for one in opened] == [
        ("ISSUED_INVOICES", None),
        ("WORK_INVOICES", "WORKS"),
    ]
    rights = await world.all(AreaSubscription, AreaSubscription.structure_id == new.id)
    assert [
        (one.membership_id, one.area, one.mode, one.service_id and services[one.service_id].code)
        for one in rights
    ] == [
        (members[simple.id].id, "ISSUED_INVOICES", "MODIFICATION", None),
        (members[simple.id].id, "WORK_INVOICES", "CONSULTATION", "WORKS"),
    ]


async def test_what_has_ended_does_not_follow(world: World) -> None:
    manager, old = await firm(world)
    left = await world.user("Léo Roy")
    gone = await world.member(old, left, status=MembershipStatus.DELETED)
    opening = await world.opening(old)
    right = await world.right(gone)
    returned = await world.member(old, left)
    ended = await world.right(returned)
    for one, column in ((opening, "closed_at"), (right, "ended_at"), (ended, "ended_at")):
        setattr(one, column, world.now)
        await world.add(one)

    await change(world, manager, old)

    new = await successor_of(world, old)
    members = await world.all(Membership, Membership.structure_id == new.id)
    assert sorted(one.user_id for one in members) == [manager.id, left.id]
    assert await world.all(StructureArea, StructureArea.structure_id == new.id) == []
    assert await world.all(AreaSubscription, AreaSubscription.structure_id == new.id) == []


async def test_users_keep_what_they_had_on_the_old_card(world: World) -> None:
    manager, old = await firm(world)
    await world.opening(old)
    [held] = await world.all(Membership, Membership.structure_id == old.id)
    right = await world.right(held)

    await change(world, manager, old)

    assert (await world.reload(held)).role == Role.PRIMARY_MANAGER
    assert (await world.reload(right)).ended_at is None


async def test_pending_requests_move_with_the_services_that_they_ask_for(world: World) -> None:
    manager, old = await firm(world)
    sales = await world.service(old, "SALES")
    await world.opening(old)
    member = await world.member(old, await world.user("Noa Petit"))
    joining = await world.connection_request(old, await world.user("Léo Roy"), [sales])
    wanting = await world.subscription_request(member, service=sales)

    answer = await change(world, manager, old)

    new = await successor_of(world, old)
    [copied] = await world.all(Service, Service.structure_id == new.id)
    moved = [await world.reload(one) for one in (joining, wanting)]
    assert [(one.structure_id, one.service_id, one.version) for one in moved] == [
        (new.id, None, 2),
        (new.id, copied.id, 2),
    ]
    assert [one.status for one in moved] == [RequestStatus.PENDING] * 2
    [asked] = await world.all(RequestedService)
    assert (asked.structure_id, asked.service_id) == (new.id, copied.id)
    named = [one["user"] for one in payload(answer)["effects"] if one["kind"] == "REQUEST_MOVED"]
    assert named == [{"displayName": "Léo Roy"}, {"displayName": "Noa Petit"}]


async def test_decided_and_expired_requests_stay_on_the_old_card(world: World) -> None:
    manager, old = await firm(world)
    expired = await world.connection_request(
        old, await world.user("Léo Roy"), created_at=world.now - timedelta(days=97, microseconds=1)
    )
    cancelled = await world.connection_request(
        old,
        await world.user("Noa Petit"),
        status=RequestStatus.CANCELLED,
        decided_at=world.now,
    )

    await change(world, manager, old)

    closed = await world.reload(expired)
    assert (closed.decided_at, closed.decided_by_id) == (expired.expires_at, None)
    assert (closed.version, closed.updated_at) == (2, world.now)
    kept = [await world.reload(one) for one in (expired, cancelled)]
    assert [(one.structure_id, one.status) for one in kept] == [
        (old.id, RequestStatus.EXPIRED),
        (old.id, RequestStatus.CANCELLED),
    ]


async def test_both_cards_tell_it_in_their_history(world: World) -> None:
    manager, old = await firm(world)

    await change(world, manager, old)

    new = await successor_of(world, old)
    acts = await world.all(ManagerAction)
    assert [
        (act.structure_id, act.action, act.target_type, act.target_id, act.actor_id) for act in acts
    ] == [
        (old.id, Action.IDENTIFIER_CHANGE, TargetType.STRUCTURE, new.id, manager.id),
        (new.id, Action.IDENTIFIER_CHANGE, TargetType.STRUCTURE, old.id, manager.id),
    ]
    told = [{"field": "identifier", "before": OLD, "after": NEW}]
    assert [act.changes for act in acts] == [told, told]


async def test_the_history_does_not_keep_the_identifier_of_a_private_person(
    world: World,
) -> None:
    manager = await world.user("Camille Fournier")
    old = await world.structure(
        primary=manager,
        identifier_type=IdentifierType.INDIVIDUAL,
        identifier="FOURNIER-CAMILLE-19700101",
    )

    answer = await change(
        world, manager, old, "MARTIN-CAMILLE-19700101", identifier={"type": "INDIVIDUAL"}
    )

    assert payload(answer)["structure"]["identifier"] == "MARTIN-CAMILLE-19700101"
    assert not [one for one in payload(answer)["effects"] if "19700101" in str(one)]
    for act in await world.all(ManagerAction):
        assert act.changes == [{"field": "identifier", "before": None, "after": None}]


async def test_every_connected_user_gets_a_message(world: World) -> None:
    manager, old = await firm(world)
    simple, resting = await world.user("Noa Petit"), await world.user("Inès Faure")
    await world.member(old, simple)
    await world.member(old, resting, status=MembershipStatus.INACTIVE)

    answer = await change(world, manager, old)

    new = await successor_of(world, old)
    messages = await world.all(Notification)
    assert sorted(one.user_id for one in messages) == [manager.id, simple.id]
    assert {(one.kind, one.structure_id) for one in messages} == {
        (NotificationKind.IDENTIFIER_CHANGED, new.id)
    }
    assert ("NOTIFICATION", 1, None, None) in effects(answer)


async def test_a_dry_run_foresees_the_same_effects_and_changes_nothing(world: World) -> None:
    manager, old = await firm(world)
    await world.service(old, "SALES")
    await world.opening(old)
    await world.connection_request(old, await world.user("Léo Roy"))

    foreseen = await change(world, manager, old, dryRun=True)

    assert payload(foreseen)["structure"] is None
    assert payload(foreseen)["errors"] == []
    assert effects(foreseen) == [
        ("STRUCTURE_CREATED", 1, None, NEW),
        ("STRUCTURE_DEACTIVATED", 1, OLD, None),
        ("COPIED", 1, None, "APPLICATIONS"),
        ("COPIED", 1, None, "SERVICES"),
        ("COPIED", 1, None, "MEMBERSHIPS"),
        ("COPIED", 1, None, "OPENED_AREAS"),
        ("REQUEST_MOVED", 1, None, None),
        ("NOTIFICATION", 1, None, None),
    ]
    assert len(await world.all(Structure)) == 1
    assert (await world.reload(old)).status == StructureStatus.ACTIVE
    assert [one.structure_id for one in await world.all(Request)] == [old.id]
    assert await world.all(Notification) == []
    assert effects(await change(world, manager, old)) == effects(foreseen)


async def test_a_repeated_call_with_its_key_is_done_once(world: World) -> None:
    manager, old = await firm(world)

    first = await change(world, manager, old, idempotencyKey="siret-2026")
    second = await change(world, manager, old, idempotencyKey="siret-2026")

    assert payload(second) == payload(first)
    assert len(await world.all(Structure)) == 2


async def test_a_secondary_manager_may_change_it_and_a_simple_user_may_not(world: World) -> None:
    _, old = await firm(world)
    secondary, simple = await world.user("Léo Roy"), await world.user("Noa Petit")
    await world.member(old, secondary, role=Role.SECONDARY_MANAGER)
    await world.member(old, simple)
    await world.structure("Comptoir", primary=simple)

    refused = refusal(await change(world, simple, old))
    answer = await change(world, secondary, old)

    assert refused["code"] == "FORBIDDEN"
    assert refused["passingRoles"] == ["SECONDARY_MANAGER", "PRIMARY_MANAGER", "SUPPORT"]
    assert payload(answer)["structure"]["viewerRole"] == "SECONDARY_MANAGER"


async def test_who_manages_nothing_is_refused_the_field(world: World) -> None:
    _, old = await firm(world)

    answer = await change(world, await world.user("Noa Petit"), old)

    assert answer.body["data"] == {"changeIdentifier": None}
    assert answer.codes == ["FORBIDDEN"]


async def test_a_hidden_card_is_not_found(world: World) -> None:
    manager, _ = await firm(world)
    hidden = await world.structure(
        "Léo Roy", identifier_type=IdentifierType.INDIVIDUAL, identifier="ROY-LEO-19700101"
    )

    error = refusal(await change(world, manager, hidden))

    assert (error["code"], error["field"]) == ("NOT_FOUND", ["input", "structureId"])


async def test_a_stale_version_tells_the_present_one(world: World) -> None:
    manager, old = await firm(world, version=3)

    error = refusal(await change(world, manager, old, version=2))

    assert (error["code"], error["currentVersion"]) == ("STALE_VERSION", 3)


async def test_a_second_change_names_the_successor(world: World) -> None:
    manager, old = await firm(world)
    await change(world, manager, old)

    error = refusal(await change(world, manager, old, "73282932000090"))

    assert error["code"] == "STRUCTURE_INACTIVE"
    assert error["successor"]["identifier"] == NEW


async def test_the_way_back_is_taken_by_the_old_card(world: World) -> None:
    manager, old = await firm(world)
    await change(world, manager, old)

    error = refusal(await change(world, manager, await successor_of(world, old), OLD))

    assert error["code"] == "STRUCTURE_EXISTS"
    assert error["structure"] == {"id": world.id(old), "identifier": OLD}
    assert error["field"] == ["input", "identifier", "value"]


async def test_the_card_of_a_private_person_is_not_shown_to_strangers(world: World) -> None:
    await world.structure(
        "Léo Roy", identifier_type=IdentifierType.INDIVIDUAL, identifier="ROY-LEO-19700101"
    )
    manager = await world.user("Camille Fournier")
    own = await world.structure(
        primary=manager, identifier_type=IdentifierType.INDIVIDUAL, identifier="FOURNIER1970"
    )

    error = refusal(
        await change(world, manager, own, "ROY-LEO-19700101", identifier={"type": "INDIVIDUAL"})
    )

    assert (error["code"], error["structure"]) == ("STRUCTURE_EXISTS", None)


async def test_the_local_authority_asks_the_support_which_may(world: World) -> None:
    manager, old = await firm(world, sector=Sector.PUBLIC, local_authority=True)
    support = await world.user("Agnès Delmas", platform_role=PlatformRole.SUPPORT)

    error = refusal(await change(world, manager, old))
    answer = await change(world, support, old)

    assert error["code"] == "CONTACT_SUPPORT"
    assert payload(answer)["structure"]["identifier"] == NEW


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("73282932000083", "14 digits with a valid check digit"),
        ("7328293200008", "14 digits with a valid check digit"),
        ("", "14 digits with a valid check digit"),
        (OLD, "another one: 14 digits with a valid check digit"),
    ],
)
async def test_a_useless_identifier_says_what_is_expected(
    world: World, value: str, expected: str
) -> None:
    manager, old = await firm(world)

    error = refusal(await change(world, manager, old, value))

    assert (error["code"], error["expected"]) == ("INVALID", expected)
    assert error["field"] == ["input", "identifier", "value"]


async def test_the_type_stays(world: World) -> None:
    manager, old = await firm(world)

    error = refusal(
        await change(world, manager, old, "BE0411905847", identifier={"type": "EU_VAT"})
    )

    assert (error["code"], error["expected"]) == ("INVALID", "SIRET")
    assert error["field"] == ["input", "identifier", "type"]


async def test_another_legal_entity_must_be_confirmed(world: World) -> None:
    manager, old = await firm(world)
    await world.member(old, await world.user("Noa Petit"))
    await world.member(old, await world.user("Léo Roy"), status=MembershipStatus.INACTIVE)

    error = refusal(await change(world, manager, old, OTHER_ENTITY))
    answer = await change(world, manager, old, OTHER_ENTITY, confirmDifferentSiren=True)

    assert error["code"] == "CONFIRMATION_REQUIRED"
    assert (error["argument"], error["affectedUsers"]) == ("confirmDifferentSiren", 2)
    assert payload(answer)["structure"]["identifier"] == OTHER_ENTITY


async def test_a_large_structure_is_copied_in_as_many_statements_as_a_small_one(
    world: World,
) -> None:
    manager, small = await firm(world)
    large = await world.structure("Grand Atelier", primary=manager, identifier=OTHER_ENTITY)
    await world.opening(small)
    await _fill(world, large, services=40, users=2_000)
    await world.token(manager)

    world.statements.clear()
    await change(world, manager, small)
    few = len(world.statements)
    world.statements.clear()
    began = time.perf_counter()
    answer = await change(world, manager, large, "55208131766530")
    seconds = time.perf_counter() - began

    counts = {one["after"]: one["count"] for one in payload(answer)["effects"]}
    assert counts["SERVICES"] == 40
    assert counts["MEMBERSHIPS"] == 2_001
    assert counts["AREA_SUBSCRIPTIONS"] == 10_000
    assert len(world.statements) == few
    # Two seconds are promised; the rest is for a machine that does something else as well.
    assert seconds < 10


async def _fill(world: World, structure: Structure, *, services: int, users: int) -> None:
    areas = [
        AreaCode.COMMITMENTS,
        AreaCode.ICT_REFUNDS,
        AreaCode.ISSUED_INVOICES,
        AreaCode.JUSTICE_COSTS,
        AreaCode.WORK_INVOICES,
    ]
    for area in areas:
        await world.opening(structure, area)
    for number in range(services):
        await world.service(structure, f"S{number:02}")
    stamps = {"created_at": world.now, "updated_at": world.now, "version": 1}
    person = {"first_name": "Alix", "last_name": "Roche", "name_key": "roche alix", **stamps}
    defaults = {"language": "FR", "status": "ACTIVE", "kind": "HUMAN", "platform_role": "NONE"}
    place = {"structure_id": structure.id, **stamps}

    async def work(session: Any) -> None:
        logins = [f"staff{number}@atelier.test" for number in range(users)]
        people = [{"login": one, "email": one, **person, **defaults} for one in logins]
        found = insert(User).returning(User.id)
        user_ids = (await session.scalars(found, people)).all()
        members = [
            {
                "user_id": user_id,
                "role": Role.SIMPLE_USER,
                "status": MembershipStatus.ACTIVE,
                "scope": MembershipScope.ALL_SERVICES,
                "origin": MembershipOrigin.REQUEST,
                **place,
            }
            for user_id in user_ids
        ]
        ids = (await session.scalars(insert(Membership).returning(Membership.id), members)).all()
        rights = [
            {"membership_id": one, "area": area, "mode": AreaMode.CONSULTATION, **place}
            for one in ids
            for area in areas
        ]
        await session.execute(insert(AreaSubscription), rights)

    await world.database.write(work)
