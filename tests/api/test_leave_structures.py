"""To leave structures by oneself."""

import pytest

from models.areas import AreaSubscription
from models.history import ManagerAction
from models.identifiers import IdentifierType
from models.memberships import MembershipStatus, Role
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.requests import RequestStatus
from tests.firm import Firm, code
from tests.membership_acts import effects, leave, state, support_of


DELETED = MembershipStatus.DELETED


async def test_a_user_leaves_and_his_rights_and_requests_end_with_it(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    member = await firm.membership_of(clerk)
    await firm.world.opening(firm.structure)
    await firm.world.right(member, service=firm.sales)
    request = await firm.world.subscription_request(member, service=firm.sales)

    answer = await leave(firm, clerk)

    assert answer["results"][0]["structure"] == {"name": "Atelier", "viewerRole": None}
    assert effects(answer) == [
        ("MEMBERSHIP_CHANGED", "ACTIVE", "DELETED"),
        ("SUBSCRIPTION_ENDED", "CONSULTATION", None),
        ("REQUEST_CANCELLED", None, None),
        ("NOTIFICATION", None, None),
    ]
    assert await state(firm, member) == (Role.SIMPLE_USER, DELETED)
    [right] = await firm.world.all(AreaSubscription)
    assert right.ended_at == firm.world.now
    assert (await firm.world.reload(request)).status == RequestStatus.CANCELLED


async def test_a_secondary_manager_may_leave_and_the_primary_one_is_told(firm: Firm) -> None:
    held = await firm.membership_of(firm.secondary)

    answer = await leave(firm, firm.secondary)

    assert effects(answer)[0] == ("ROLE_CHANGED", "SECONDARY_MANAGER", None)
    assert await state(firm, held) == (Role.SIMPLE_USER, DELETED)
    [message] = await firm.world.all(Notification)
    assert (message.kind, message.user_id) == (NotificationKind.MEMBERSHIP_LEFT, firm.primary.id)
    [act] = await firm.world.all(ManagerAction)
    assert (act.action, act.actor_id, act.user_id, act.target_id) == (
        Action.MEMBERSHIP_LEAVE,
        firm.secondary.id,
        firm.secondary.id,
        held.id,
    )
    assert act.changes == [
        {"field": "role", "before": "SECONDARY_MANAGER", "after": None},
        {"field": "status", "before": "ACTIVE", "after": "DELETED"},
    ]


@pytest.mark.parametrize("retired", [False, True])
async def test_the_primary_manager_hands_his_role_over_instead(firm: Firm, retired: bool) -> None:
    held = await firm.membership_of(firm.primary)
    if retired:
        await firm.world.retire(firm.structure)

    assert code(await leave(firm, firm.primary)) == ["PRIMARY_MUST_TRANSFER"]
    assert await state(firm, held) == (Role.PRIMARY_MANAGER, MembershipStatus.ACTIVE)


async def test_an_inactive_user_may_leave_an_inactive_structure_too(firm: Firm) -> None:
    clerk = await firm.clerk(status=MembershipStatus.INACTIVE)
    await firm.world.retire(firm.structure)

    assert code(await leave(firm, clerk)) == [None]
    assert (await state(firm, await firm.membership_of(clerk)))[1] == DELETED


async def test_who_left_already_is_told_so_without_a_trace(firm: Firm) -> None:
    clerk = await firm.clerk(status=DELETED)

    answer = await leave(firm, clerk)

    assert (code(answer), answer["effects"]) == ([None], [])
    assert not await firm.world.all(ManagerAction)


async def test_who_came_back_leaves_his_new_connection(firm: Firm) -> None:
    clerk = await firm.clerk(status=DELETED)
    live = await firm.world.member(firm.structure, clerk)

    assert code(await leave(firm, clerk)) == [None]
    assert (await state(firm, live))[1] == DELETED


async def test_each_structure_of_a_list_has_its_own_outcome(firm: Firm) -> None:
    world = firm.world
    clerk = await firm.clerk()
    second = await world.structure("Second")
    await world.member(second, clerk)
    own = await world.structure("Own", primary=clerk)
    stranger = await world.structure("Never there")
    person = await world.structure(
        identifier_type=IdentifierType.INDIVIDUAL, identifier="ROYLEO1970"
    )

    answer = await leave(firm, clerk, firm.structure, own, stranger, person, "nonsense", second)

    assert code(answer) == [
        None,
        "PRIMARY_MUST_TRANSFER",
        "CONFLICT",
        "NOT_FOUND",
        "NOT_FOUND",
        None,
    ]


async def test_who_was_never_connected_is_told_so_where_he_sees_the_card(firm: Firm) -> None:
    world = firm.world
    await world.connection_request(firm.structure, firm.outsider)
    for person in (firm.outsider, await support_of(firm), await world.user("Stan Stranger")):
        answer = await leave(firm, person)

        [result] = answer["results"]
        assert (code(answer), result["id"]) == (["CONFLICT"], world.id(firm.structure))
        assert answer["effects"] == []
    # It is no matter of who he is, so the history of the structure does not tell of it.
    await world.parts.refusals.write(all_of_them=True)
    assert await world.all(ManagerAction) == []


async def test_a_dry_run_foresees_and_nobody_leaves(firm: Firm) -> None:
    clerk = await firm.clerk()

    foreseen = await leave(firm, clerk, dryRun=True)

    assert foreseen["results"][0]["structure"]["viewerRole"] == "SIMPLE_USER"
    assert (await state(firm, await firm.membership_of(clerk)))[1] == MembershipStatus.ACTIVE
    assert effects(foreseen) == effects(await leave(firm, clerk)) != []


async def test_a_repeated_call_with_a_key_tells_the_same_to_who_left(firm: Firm) -> None:
    clerk = await firm.clerk()

    first = await leave(firm, clerk, idempotencyKey="bye")
    second = await leave(firm, clerk, idempotencyKey="bye")

    assert first == second
    assert len(await firm.world.all(ManagerAction)) == 1
