"""Handing over the role of primary manager."""

from datetime import timedelta
from typing import Any

import pytest

from models.accounts import PlatformRole, User, UserKind, UserStatus
from models.areas import AreaCode, AreaMode, AreaSubscription
from models.history import ManagerAction
from models.identifiers import IdentifierType
from models.memberships import Membership, MembershipOrigin, MembershipStatus, Role
from models.outbox import Notification
from models.policy import Action
from models.requests import Request, RequestStatus
from models.structures import Structure, StructureStatus
from tests.world import Answer, World


TRANSFER = """
mutation ($input: TransferPrimaryManagerInput!) {
  transferPrimaryManager(input: $input) {
    results {
      id
      structure { id status primaryManager { displayName } viewerRole }
      error {
        __typename code message field
        ... on ForbiddenError { action passingRoles }
        ... on InvalidError { expected }
        ... on StructureInactiveError { successor { id } }
      }
    }
    effects { kind count user { displayName } area { code } before after }
    errors { __typename code field ... on LimitError { limit retryAfter } }
  }
}
"""
REASON = "Camille Fournier cannot be reached any more."


async def transfer(
    world: World, caller: User, structures: list[Structure | str], successor: Any, **more: Any
) -> Answer:
    given = {"userId": world.id(successor)} if isinstance(successor, User) else {"login": successor}
    ids = [one if isinstance(one, str) else world.id(one) for one in structures]
    asked = {"structureIds": ids, "successor": given, **more}
    return await world.ask(caller, TRANSFER, input=asked)


def payload(answer: Answer) -> Any:
    found = answer.body["data"]["transferPrimaryManager"]
    assert found is not None, answer.body
    return found


def item_codes(answer: Answer) -> list[str | None]:
    errors = [result["error"] for result in payload(answer)["results"]]
    return [None if error is None else error["code"] for error in errors]


def effects(answer: Answer) -> list[tuple[Any, ...]]:
    return [(one["kind"], one["before"], one["after"]) for one in payload(answer)["effects"]]


async def roles(world: World, structure: Structure) -> dict[int, tuple[str, str]]:
    found = await world.all(Membership, Membership.structure_id == structure.id)
    return {one.user_id: (one.role.value, one.status.value) for one in found}


async def test_the_primary_manager_leaves_by_naming_his_successor(world: World) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)

    answer = await transfer(world, manager, [structure], successor.login.upper())

    assert item_codes(answer) == [None]
    assert await roles(world, structure) == {
        manager.id: ("SIMPLE_USER", "DELETED"),
        successor.id: ("PRIMARY_MANAGER", "ACTIVE"),
    }
    [made] = await world.all(Membership, Membership.user_id == successor.id)
    assert made.origin == MembershipOrigin.TRANSFER


async def test_after_leaving_the_answer_shows_the_card_only(world: World) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)

    answer = await transfer(world, manager, [structure], successor)

    [result] = payload(answer)["results"]
    assert result["structure"] == {
        "id": world.id(structure),
        "status": "ACTIVE",
        "primaryManager": None,
        "viewerRole": None,
    }
    assert answer.codes == ["FORBIDDEN"]


@pytest.mark.parametrize("after", ["SECONDARY_MANAGER", "SIMPLE_USER"])
async def test_who_stays_reads_the_answer_with_his_new_role(world: World, after: str) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)
    await world.opening(structure)
    [held] = await world.all(Membership, Membership.user_id == manager.id)
    await world.right(held)

    answer = await transfer(world, manager, [structure], successor, afterTransfer=after)

    [result] = answer.data["transferPrimaryManager"]["results"]
    assert result["structure"]["viewerRole"] == after
    assert result["structure"]["primaryManager"] == {"displayName": "Noa Petit"}
    assert (await roles(world, structure))[manager.id] == (after, "ACTIVE")
    [right] = await world.all(AreaSubscription)
    assert right.ended_at is None


async def test_who_leaves_loses_his_rights_and_nobody_else_does(world: World) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)
    await world.opening(structure, AreaCode.ISSUED_INVOICES)
    [held] = await world.all(Membership, Membership.user_id == manager.id)
    lost = await world.right(held, mode=AreaMode.MODIFICATION)
    kept = await world.right(await world.member(structure, successor))

    answer = await transfer(world, manager, [structure], successor)

    assert (await world.reload(lost)).ended_at == world.now
    assert (await world.reload(kept)).ended_at is None
    assert ("SUBSCRIPTION_ENDED", "MODIFICATION", None) in effects(answer)


async def test_a_secondary_manager_becomes_primary_and_the_others_stay(world: World) -> None:
    manager = await world.user("Camille Fournier")
    successor, other = await world.user("Noa Petit"), await world.user("Léo Roy")
    structure = await world.structure(primary=manager)
    for user in (successor, other):
        await world.member(structure, user, role=Role.SECONDARY_MANAGER)

    answer = await transfer(
        world, manager, [structure], successor, afterTransfer="SECONDARY_MANAGER"
    )

    assert await roles(world, structure) == {
        manager.id: ("SECONDARY_MANAGER", "ACTIVE"),
        successor.id: ("PRIMARY_MANAGER", "ACTIVE"),
        other.id: ("SECONDARY_MANAGER", "ACTIVE"),
    }
    assert effects(answer)[:2] == [
        ("ROLE_CHANGED", "PRIMARY_MANAGER", "SECONDARY_MANAGER"),
        ("ROLE_CHANGED", "SECONDARY_MANAGER", "PRIMARY_MANAGER"),
    ]


async def test_an_inactive_membership_of_the_successor_is_revived(world: World) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)
    sales = await world.service(structure)
    held = await world.member(
        structure, successor, services=[sales], status=MembershipStatus.INACTIVE
    )

    answer = await transfer(world, manager, [structure], successor)

    revived = await world.reload(held)
    assert (revived.role, revived.status) == (Role.PRIMARY_MANAGER, MembershipStatus.ACTIVE)
    assert ("MEMBERSHIP_CHANGED", "INACTIVE", "ACTIVE") in effects(answer)
    assert ("MEMBERSHIP_CHANGED", "LISTED", "ALL_SERVICES") in effects(answer)


async def test_a_deleted_membership_of_the_successor_starts_anew(world: World) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)
    gone = await world.member(structure, successor, status=MembershipStatus.DELETED)

    await transfer(world, manager, [structure], successor)

    assert (await world.reload(gone)).status == MembershipStatus.DELETED
    [live] = await world.all(
        Membership, Membership.user_id == successor.id, Membership.id != gone.id
    )
    assert live.role == Role.PRIMARY_MANAGER


async def test_the_successors_own_connection_request_is_validated_by_the_caller(
    world: World,
) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)
    asked = await world.connection_request(structure, successor)

    answer = await transfer(world, manager, [structure], successor)

    decided = await world.reload(asked)
    assert (decided.status, decided.decided_by_id) == (RequestStatus.VALIDATED, manager.id)
    assert ("REQUEST_DECIDED", "PENDING", "VALIDATED") in effects(answer)
    decision = ManagerAction.action == Action.CONNECTION_REQUEST_DECIDE
    assert [act.target_id for act in await world.all(ManagerAction, decision)] == [asked.id]


async def test_the_service_cancels_what_the_leaver_still_asked_for(world: World) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)
    [held] = await world.all(Membership, Membership.structure_id == structure.id)
    asked = await world.subscription_request(held)
    late = await world.connection_request(
        structure, manager, created_at=world.now - timedelta(days=90)
    )
    verger = await world.structure("Verger")
    elsewhere = await world.connection_request(verger, manager)

    foreseen = await transfer(world, manager, [structure], successor, dryRun=True)
    answer = await transfer(world, manager, [structure], successor)

    ended = await world.reload(asked)
    assert (ended.status, ended.decided_at) == (RequestStatus.CANCELLED, world.now)
    assert ended.decided_by_id is None
    for kept in (late, elsewhere):
        assert (await world.reload(kept)).status == RequestStatus.PENDING
    assert [kind for kind, *_ in effects(answer)].count("REQUEST_CANCELLED") == 1
    assert effects(answer) == effects(foreseen)
    [act] = await world.all(ManagerAction, ManagerAction.action == Action.REQUEST_CANCEL)
    assert (act.actor_id, act.user_id, act.target_id) == (None, manager.id, asked.id)
    assert act.changes == [{"field": "status", "before": "PENDING", "after": "CANCELLED"}]


@pytest.mark.parametrize("after", ["SECONDARY_MANAGER", "SIMPLE_USER"])
async def test_who_stays_keeps_asking(world: World, after: str) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)
    [held] = await world.all(Membership, Membership.structure_id == structure.id)
    asked = await world.subscription_request(held)

    await transfer(world, manager, [structure], successor, afterTransfer=after)

    assert (await world.reload(asked)).status == RequestStatus.PENDING


async def test_pending_requests_of_others_stay(world: World) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)
    await world.connection_request(structure, await world.user("Léo Roy"))

    await transfer(world, manager, [structure], successor)

    assert [one.status for one in await world.all(Request)] == [RequestStatus.PENDING]


async def test_several_structures_are_handed_over_one_by_one(world: World) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    first = await world.structure("Atelier", primary=manager)
    foreign = await world.structure("Comptoir")
    last = await world.structure("Verger", primary=manager)

    answer = await transfer(world, manager, [last, foreign, "nonsense", first, last], successor)

    assert item_codes(answer) == [None, "FORBIDDEN", "NOT_FOUND", None, None]
    ids = [result["id"] for result in payload(answer)["results"]]
    assert ids == [world.id(last), world.id(foreign), None, world.id(first), world.id(last)]
    assert (await roles(world, first))[successor.id] == ("PRIMARY_MANAGER", "ACTIVE")
    assert (await roles(world, last))[successor.id] == ("PRIMARY_MANAGER", "ACTIVE")
    assert successor.id not in await roles(world, foreign)


async def test_an_empty_list_is_too_few(world: World) -> None:
    manager = await world.user("Camille Fournier")
    await world.structure(primary=manager)

    answer = await transfer(world, manager, [], "next@example.test")

    [error] = payload(answer)["errors"]
    assert (error["code"], error["limit"], error["retryAfter"]) == ("LIMIT", 100, None)
    assert error["field"] == ["input", "structureIds"]


async def test_who_is_primary_manager_nowhere_is_refused_the_field(world: World) -> None:
    successor = await world.user("Noa Petit")
    secondary = await world.user("Léo Roy")
    structure = await world.structure()
    await world.member(structure, secondary, role=Role.SECONDARY_MANAGER)

    answer = await transfer(world, secondary, [structure], successor)

    assert answer.body["data"] == {"transferPrimaryManager": None}
    assert answer.codes == ["FORBIDDEN"]


async def test_a_structure_managed_by_another_names_the_roles_that_would_pass(
    world: World,
) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    await world.structure(primary=manager)
    foreign = await world.structure("Comptoir")
    await world.member(foreign, manager, role=Role.SECONDARY_MANAGER)

    answer = await transfer(world, manager, [foreign], successor)

    [result] = payload(answer)["results"]
    assert result["error"]["action"] == "PRIMARY_MANAGER_TRANSFER"
    assert result["error"]["passingRoles"] == ["PRIMARY_MANAGER", "SUPPORT"]


async def test_a_hidden_structure_is_like_a_missing_one_down_to_the_statements(
    world: World,
) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    await world.structure(primary=manager)
    hidden = await world.structure(
        "Léo Roy", identifier_type=IdentifierType.INDIVIDUAL, identifier="ROYLEO19700101"
    )
    await world.token(manager)
    answers, statements = [], []
    for named in (world.id(hidden), "st_unknown", world.id(successor)):
        world.statements.clear()
        answers.append(payload(await transfer(world, manager, [named], successor)))
        statements.append(list(world.statements))

    assert answers[0] == answers[1] == answers[2]
    assert statements[0] == statements[1] == statements[2]
    assert answers[0]["results"][0]["error"]["code"] == "NOT_FOUND"
    assert answers[0]["results"][0]["id"] is None


async def test_unknown_and_unusable_accounts_answer_alike_down_to_the_statements(
    world: World,
) -> None:
    manager = await world.user("Camille Fournier")
    structure = await world.structure(primary=manager)
    logins = ["nobody@example.test", "no\u0007body", "x" * 5000]
    unusable: list[dict[str, Any]] = [
        {"status": UserStatus.PENDING_ACTIVATION},
        {"status": UserStatus.DEACTIVATED},
        {"kind": UserKind.TECHNICAL},
        {"platform_role": PlatformRole.SUPPORT},
    ]
    for number, values in enumerate(unusable):
        logins.append(f"unusable{number}@example.test")
        await world.user("Noa Petit", login=logins[-1], **values)
    await world.token(manager)
    answers, statements = [], []
    for login in logins:
        world.statements.clear()
        answers.append(payload(await transfer(world, manager, [structure], login)))
        statements.append(list(world.statements))

    assert all(answer == answers[0] for answer in answers)
    assert all(made == statements[0] for made in statements)
    error = answers[0]["results"][0]["error"]
    assert (error["code"], error["field"]) == ("USER_NOT_ELIGIBLE", ["input", "successor"])


async def test_after_twenty_misses_an_hour_nobody_learns_more(world: World) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)
    for number in range(20):
        guess = f"guess{number}@example.test"
        missed = await transfer(world, manager, [structure], guess, dryRun=number % 2 == 0)
        assert item_codes(missed) == ["USER_NOT_ELIGIBLE"]

    for named in ("guess20@example.test", successor.login):
        answer = await transfer(world, manager, [structure], named)

        assert payload(answer)["results"] == []
        [error] = payload(answer)["errors"]
        assert (error["code"], error["limit"]) == ("TOO_MANY_REQUESTS", 20)
        assert 3500 < error["retryAfter"] <= 3600


async def test_one_managers_misses_do_not_hinder_another(world: World) -> None:
    manager, other = await world.user("Camille Fournier"), await world.user("Léo Roy")
    structure = await world.structure(primary=manager)
    elsewhere = await world.structure("Comptoir", primary=other)
    for _ in range(21):
        await transfer(world, manager, [structure], "nobody@example.test")

    answer = await transfer(world, other, [elsewhere], manager)

    assert item_codes(answer) == [None]


async def test_nobody_hands_the_role_to_himself(world: World) -> None:
    manager = await world.user("Camille Fournier")
    structure = await world.structure(primary=manager)

    answer = await transfer(world, manager, [structure], manager.login)

    assert item_codes(answer) == ["TRANSFER_TO_SELF"]


async def test_an_inactive_structure_names_the_card_that_replaced_it(world: World) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    old = await world.structure(
        primary=manager, status=StructureStatus.INACTIVE, deactivated_at=world.now
    )
    new = await world.structure("Atelier", primary=manager, predecessor_id=old.id)
    await world.add(
        ManagerAction(
            structure_id=new.id, at=world.now, action=Action.IDENTIFIER_CHANGE, changes=[]
        )
    )

    answer = await transfer(world, manager, [old], successor)

    [result] = payload(answer)["results"]
    assert result["error"]["code"] == "STRUCTURE_INACTIVE"
    assert result["error"]["successor"] == {"id": world.id(new)}


async def test_the_support_replaces_the_primary_manager_with_a_reason(world: World) -> None:
    support = await world.user("Agnès Delmas", platform_role=PlatformRole.SUPPORT)
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(
        primary=manager, status=StructureStatus.INACTIVE, deactivated_at=world.now
    )

    refused = await transfer(world, support, [structure], successor)
    answer = await transfer(world, support, [structure], successor, reason=f"  {REASON}\n")

    [result] = payload(refused)["results"]
    assert (result["error"]["code"], result["error"]["field"]) == ("INVALID", ["input", "reason"])
    assert result["error"]["expected"] == "3 to 500 characters."
    assert item_codes(answer) == [None]
    acts = await world.all(ManagerAction)
    assert [(act.actor_id, act.user_id, act.reason) for act in acts] == [
        (support.id, manager.id, REASON),
        (support.id, successor.id, REASON),
    ]


@pytest.mark.parametrize("reason", ["ab", "  a  ", "a" * 501, "the \u0007 bell"])
async def test_a_reason_is_three_to_five_hundred_characters_for_everyone(
    world: World, reason: str
) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)

    answer = await transfer(world, manager, [structure], successor, reason=reason)

    [error] = payload(answer)["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["input", "reason"])
    assert await world.all(ManagerAction) == []


async def test_a_transfer_is_told_in_the_history(world: World) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)

    await transfer(world, manager, [structure], successor, reason=REASON)

    acts = await world.all(ManagerAction)
    former, made = await world.all(Membership)
    assert [(act.structure_id, act.action, act.actor_id, act.reason) for act in acts] == [
        (structure.id, Action.PRIMARY_MANAGER_TRANSFER, manager.id, REASON)
    ] * 2
    assert [(act.user_id, act.target_id) for act in acts] == [
        (manager.id, former.id),
        (successor.id, made.id),
    ]
    assert [act.changes for act in acts] == [
        [
            {"field": "role", "before": "PRIMARY_MANAGER", "after": None},
            {"field": "status", "before": "ACTIVE", "after": "DELETED"},
        ],
        [
            {"field": "status", "before": None, "after": "ACTIVE"},
            {"field": "scope", "before": None, "after": "ALL_SERVICES"},
            {"field": "role", "before": None, "after": "PRIMARY_MANAGER"},
        ],
    ]


async def test_both_and_the_secondary_managers_get_a_message(world: World) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    secondary, simple = await world.user("Léo Roy"), await world.user("Inès Faure")
    structure = await world.structure(primary=manager)
    await world.member(structure, secondary, role=Role.SECONDARY_MANAGER)
    await world.member(structure, simple)

    answer = await transfer(world, manager, [structure], successor)

    told = [message.user_id for message in await world.all(Notification)]
    assert told == [manager.id, successor.id, secondary.id]
    assert [kind for kind, *_ in effects(answer)].count("NOTIFICATION") == 3


async def test_a_dry_run_foresees_the_same_effects_and_changes_nothing(world: World) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)
    await world.opening(structure)
    [held] = await world.all(Membership, Membership.user_id == manager.id)
    await world.right(held)
    await world.connection_request(structure, successor)

    foreseen = await transfer(world, manager, [structure], successor, dryRun=True)

    assert item_codes(foreseen) == [None]
    assert await roles(world, structure) == {manager.id: ("PRIMARY_MANAGER", "ACTIVE")}
    assert [one.status for one in await world.all(Request)] == [RequestStatus.PENDING]
    assert await world.all(ManagerAction) == []
    assert await world.all(Notification) == []
    done = await transfer(world, manager, [structure], successor)
    assert effects(done) == effects(foreseen)


async def test_a_repeated_call_with_its_key_is_done_once(world: World) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)
    await world.structure("Comptoir", primary=manager)
    key = {"idempotencyKey": "transfer-7"}

    first = await transfer(world, manager, [structure], successor, **key)
    second = await transfer(world, manager, [structure], successor, **key)
    other = await transfer(world, manager, [structure], "else@example.test", **key)

    assert payload(second) == payload(first)
    assert len(await world.all(ManagerAction)) == 2
    assert [error["code"] for error in payload(other)["errors"]] == ["IDEMPOTENCY_MISMATCH"]


async def test_a_repeated_call_is_told_the_same_after_the_last_role_was_given_away(
    world: World,
) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)
    key = {"idempotencyKey": "transfer-7", "reason": f" {REASON} "}

    first = await transfer(world, manager, [structure], successor, **key)
    second = await transfer(world, manager, [structure], successor, **key)
    other = await transfer(world, manager, [structure], "else@example.test", **key)

    assert item_codes(second) == [None]
    assert second.body == first.body
    assert len(await world.all(ManagerAction)) == 2
    assert (other.body["data"], other.codes) == ({"transferPrimaryManager": None}, ["FORBIDDEN"])


async def test_the_former_primary_manager_may_do_it_no_more(world: World) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)
    await world.structure("Comptoir", primary=manager)
    await transfer(world, manager, [structure], successor)

    again = await transfer(world, manager, [structure], await world.user("Léo Roy"))

    assert item_codes(again) == ["FORBIDDEN"]


async def test_an_expired_request_of_the_successor_stays_expired(world: World) -> None:
    manager, successor = await world.user("Camille Fournier"), await world.user("Noa Petit")
    structure = await world.structure(primary=manager)
    asked = await world.connection_request(
        structure, successor, created_at=world.now - timedelta(days=91)
    )

    await transfer(world, manager, [structure], successor)

    assert (await world.reload(asked)).status_at(world.now) == RequestStatus.EXPIRED
