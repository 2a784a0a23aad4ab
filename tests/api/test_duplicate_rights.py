"""To give users what another user of the structure has."""

from typing import Any

import pytest

from models.accounts import UserStatus
from models.areas import AreaCode, AreaMode, AreaSubscription
from models.history import ManagerAction
from models.memberships import Membership, MembershipStatus, Role
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.requests import RequestStatus
from tests.firm import Firm, code
from tests.membership_acts import duplicate, effects, second_manager, state


CONSULTATION, MODIFICATION = AreaMode.CONSULTATION, AreaMode.MODIFICATION
INVOICES, WORK = AreaCode.ISSUED_INVOICES, AreaCode.WORK_INVOICES


async def rights(firm: Firm, member: Membership) -> set[tuple[AreaCode, AreaMode, int | None]]:
    own = AreaSubscription.membership_id == member.id, AreaSubscription.ended_at.is_(None)
    found = await firm.world.all(AreaSubscription, *own)
    return {(right.area, right.mode, right.service_id) for right in found}


async def colleague(firm: Firm, *, services: Any = None) -> Membership:
    """Connect somebody with a right on a service and one on the whole structure."""
    await firm.world.opening(firm.structure)
    await firm.world.opening(firm.structure, WORK)
    member = await firm.membership_of(await firm.clerk(services=services))
    await firm.world.right(member, INVOICES, MODIFICATION, firm.sales)
    await firm.world.right(member, WORK, CONSULTATION)
    return member


async def reached(firm: Firm, member: Membership) -> list[str]:
    document = """
        query ($id: ID!) { node(id: $id) { ... on Membership { services { nodes { code } } } } }
    """
    answer = await firm.world.ask(firm.primary, document, id=firm.world.id(member))
    return [service["code"] for service in answer.data["node"]["services"]["nodes"]]


async def test_services_and_rights_are_given_and_told_once(firm: Firm) -> None:
    source = await colleague(firm, services=[firm.sales])
    member = await firm.membership_of(await firm.clerk(services=[firm.stock]))

    answer = await duplicate(firm, firm.secondary, source, member)

    assert answer["results"][0]["membership"]["scope"] == "LISTED"
    assert effects(answer) == [
        ("MEMBERSHIP_CHANGED", None, "ACTIVE"),
        ("SUBSCRIPTION_ADDED", None, "MODIFICATION"),
        ("SUBSCRIPTION_ADDED", None, "CONSULTATION"),
        ("NOTIFICATION", None, None),
    ]
    assert await reached(firm, member) == ["SALES", "STOCK"]
    assert await rights(firm, member) == await rights(firm, source)
    [message] = await firm.world.all(Notification)
    assert (message.kind, message.user_id) == (NotificationKind.RIGHTS_DUPLICATED, member.user_id)
    [act] = await firm.world.all(ManagerAction)
    assert (act.action, act.user_id) == (Action.SUBSCRIPTION_DUPLICATE, member.user_id)
    assert [change["after"] for change in act.changes] == [
        "SALES",
        *("ISSUED_INVOICES", "SERVICE", "SALES", "MODIFICATION"),
        *("WORK_INVOICES", "STRUCTURE", "CONSULTATION"),
    ]


async def test_a_managers_rights_are_given_without_his_role(firm: Firm) -> None:
    source = await second_manager(firm)
    await firm.world.opening(firm.structure)
    await firm.world.right(source, mode=MODIFICATION)
    member = await firm.membership_of(await firm.clerk(services=[firm.stock]))

    answer = await duplicate(firm, firm.secondary, source, member)

    assert effects(answer)[0] == ("MEMBERSHIP_CHANGED", "LISTED", "ALL_SERVICES")
    assert answer["results"][0]["membership"]["role"] == "SIMPLE_USER"
    assert await rights(firm, member) == {(INVOICES, MODIFICATION, None)}


async def test_what_one_has_already_is_raised_but_never_lowered_or_taken(firm: Firm) -> None:
    source = await colleague(firm)
    member = await firm.membership_of(await firm.clerk())
    await firm.world.right(member, INVOICES, CONSULTATION, firm.sales)
    await firm.world.right(member, INVOICES, CONSULTATION, firm.stock)
    await firm.world.right(member, WORK, MODIFICATION)

    answer = await duplicate(firm, firm.primary, source, member)

    assert await rights(firm, member) == {
        (INVOICES, MODIFICATION, firm.sales.id),
        (INVOICES, CONSULTATION, firm.stock.id),
        (WORK, MODIFICATION, None),
    }
    assert ("SUBSCRIPTION_CHANGED", "CONSULTATION", "MODIFICATION") in effects(answer)


async def test_doing_it_again_changes_nothing(firm: Firm) -> None:
    source = await colleague(firm, services=[firm.sales])
    member = await firm.membership_of(await firm.clerk(services=[firm.stock]))
    await duplicate(firm, firm.primary, source, member, member)

    again = await duplicate(firm, firm.primary, source, member, member)

    assert (code(again), again["effects"]) == ([None, None], [])
    assert len(await firm.world.all(ManagerAction)) == len(await firm.world.all(Notification)) == 1


async def test_what_the_other_cannot_use_himself_is_not_given(firm: Firm) -> None:
    idle = await firm.world.service(firm.structure, "IDLE", enabled=False)
    source = await colleague(firm, services=[firm.stock, idle])
    await firm.world.right(source, INVOICES, CONSULTATION, idle)
    member = await firm.membership_of(await firm.clerk(services=[firm.stock]))

    answer = await duplicate(firm, firm.primary, source, member)

    assert code(answer) == [None]
    assert await rights(firm, member) == {(WORK, CONSULTATION, None)}
    assert await reached(firm, member) == ["STOCK"]


async def test_requests_that_it_fulfils_are_settled(firm: Firm) -> None:
    source = await colleague(firm)
    clerk = await firm.clerk(services=[firm.sales])
    member = await firm.membership_of(clerk)
    settled = [
        await firm.world.connection_request(firm.structure, clerk, [firm.stock]),
        await firm.world.subscription_request(member, INVOICES, MODIFICATION, firm.sales),
    ]
    waiting = await firm.world.subscription_request(member, WORK, MODIFICATION)

    await duplicate(firm, firm.secondary, source, member)

    for request in settled:
        found = await firm.world.reload(request)
        assert (found.status, found.decided_by_id) == (
            RequestStatus.VALIDATED,
            firm.secondary.id,
        )
    assert (await firm.world.reload(waiting)).status == RequestStatus.PENDING


async def test_a_request_for_services_that_it_lists_is_settled(firm: Firm) -> None:
    depot = await firm.world.service(firm.structure, "DEPOT")
    source = await firm.membership_of(await firm.clerk(services=[firm.sales, depot]))
    met, unmet = [await firm.clerk(services=[firm.stock]) for _ in range(2)]
    settled = await firm.world.connection_request(firm.structure, met, [firm.sales, firm.stock])
    other = await firm.world.service(firm.structure, "OTHER")
    waiting = await firm.world.connection_request(firm.structure, unmet, [firm.sales, other])
    members = [await firm.membership_of(person) for person in (met, unmet)]

    await duplicate(firm, firm.secondary, source, *members)

    assert (await firm.world.reload(settled)).status == RequestStatus.VALIDATED
    assert (await firm.world.reload(waiting)).status == RequestStatus.PENDING


async def test_who_gets_nothing_by_it_says_why(firm: Firm) -> None:
    world = firm.world
    source = await colleague(firm)
    elsewhere = await world.structure("Elsewhere", primary=firm.primary)
    foreign = await world.structure("Foreign")
    chosen = [
        source,
        await firm.membership_of(firm.secondary),
        await firm.membership_of(await firm.clerk(status=MembershipStatus.INACTIVE)),
        await firm.membership_of(await firm.clerk(account=UserStatus.DEACTIVATED)),
        await world.member(elsewhere, await world.user()),
        await world.member(foreign, await world.user()),
        "nonsense",
        await firm.membership_of(await firm.clerk()),
    ]

    answer = await duplicate(firm, firm.primary, source, *chosen)

    assert code(answer) == [
        *("INVALID", "CONFLICT", "CONFLICT", "USER_INACTIVE"),
        *("INVALID", "NOT_FOUND", "NOT_FOUND", None),
    ]
    assert answer["results"][0]["error"]["field"] == ["input", "sourceMembershipId"]


@pytest.mark.parametrize("source", ["nonsense", "foreign", "deleted"])
async def test_what_cannot_be_copied_from_gives_nothing(firm: Firm, source: str) -> None:
    world = firm.world
    member = await firm.membership_of(await firm.clerk())
    foreign = await world.member(await world.structure("Foreign"), await world.user())
    deleted = await firm.membership_of(await firm.clerk(status=MembershipStatus.DELETED))
    given = {"foreign": foreign, "deleted": deleted}.get(source, source)

    answer = await duplicate(firm, firm.primary, given, member)

    [error] = [result["error"] for result in answer["results"]]
    assert error["code"] == ("CONFLICT" if source == "deleted" else "NOT_FOUND")
    assert error["field"] == ["input", "sourceMembershipId"]


async def test_an_inactive_user_may_be_copied_from_so_that_others_follow_him(firm: Firm) -> None:
    source = await firm.membership_of(await firm.clerk(status=MembershipStatus.INACTIVE))
    await firm.world.opening(firm.structure)
    await firm.world.right(source)
    member = await firm.membership_of(await firm.clerk())

    assert code(await duplicate(firm, firm.primary, source, member)) == [None]
    assert await rights(firm, member) == {(INVOICES, CONSULTATION, None)}


async def test_an_inactive_structure_gives_no_rights(firm: Firm) -> None:
    source = await colleague(firm)
    member = await firm.membership_of(await firm.clerk())
    await firm.world.retire(firm.structure)

    assert code(await duplicate(firm, firm.primary, source, member)) == ["STRUCTURE_INACTIVE"]


async def test_a_dry_run_foresees_and_gives_nothing(firm: Firm) -> None:
    source = await colleague(firm)
    member = await firm.membership_of(await firm.clerk(services=[firm.stock]))

    foreseen = await duplicate(firm, firm.primary, source, member, dryRun=True)

    assert await rights(firm, member) == set()
    assert not await firm.world.all(ManagerAction)
    assert effects(foreseen) == effects(await duplicate(firm, firm.primary, source, member))


async def test_a_repeated_call_with_a_key_is_done_once(firm: Firm) -> None:
    source = await colleague(firm)
    member = await firm.membership_of(await firm.clerk())

    first, second = [
        await duplicate(firm, firm.primary, source, member, idempotencyKey="same as her")
        for _ in range(2)
    ]

    assert first == second
    assert len(await firm.world.all(ManagerAction)) == 1
    assert await state(firm, member) == (Role.SIMPLE_USER, MembershipStatus.ACTIVE)
