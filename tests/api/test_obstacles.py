"""What keeps from an act beside the roles is told beforehand, by its reason."""

from typing import Any

import pytest

from models.accounts import PlatformRole, User, UserKind, UserStatus
from models.areas import AreaCode, AreaMode
from models.history import ManagerAction, TargetType
from models.memberships import MembershipStatus, Role
from models.policy import Action
from models.requests import LIFETIME
from resolvers.node_ids import NodeKind
from tests.firm import Firm
from tests.rights.asking import told
from tests.world import World


GONE, INACTIVE = MembershipStatus.DELETED, MembershipStatus.INACTIVE
DEACTIVATED = {"account": UserStatus.DEACTIVATED}


async def reason(firm: Firm, person: User, action: str, target: Any) -> Any:
    """Tell why *person* may not do *action* to *target*."""
    text = target if isinstance(target, str) else firm.world.id(target)
    (decision,) = await told(firm.world, person, [(action, text)])
    return decision["reason"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({}, [None] * 7),
        (
            {"status": INACTIVE},
            [*["USER_NOT_CONNECTED"] * 3, None, None, None, None],
        ),
        (
            {"status": GONE},
            [*["MEMBERSHIP_DELETED"] * 6, None],
        ),
        (
            DEACTIVATED,
            [*["USER_INACTIVE"] * 2, "USER_NOT_ELIGIBLE", None, None, None, None],
        ),
        (
            {"status": INACTIVE, **DEACTIVATED},
            [*["USER_NOT_CONNECTED"] * 3, None, "USER_INACTIVE", None, None],
        ),
    ],
)
async def test_what_is_done_to_a_simple_user_depends_on_his_membership_and_his_account(
    firm: Firm, state: dict[str, Any], expected: list[str | None]
) -> None:
    membership = await firm.membership_of(await firm.clerk(**state))
    actions = [
        "SUBSCRIPTION_SET",
        "SUBSCRIPTION_DUPLICATE",
        "SECONDARY_MANAGER_APPOINT",
        "SERVICE_USER_MANAGE",
        "MEMBERSHIP_REACTIVATE",
        "MEMBERSHIP_DEACTIVATE",
        "MEMBERSHIP_DELETE",
    ]

    found = [await reason(firm, firm.primary, action, membership) for action in actions]

    assert found == expected


async def test_only_the_active_account_of_a_person_becomes_secondary_manager(firm: Firm) -> None:
    pending = await firm.membership_of(await firm.clerk(account=UserStatus.PENDING_ACTIVATION))
    program = await firm.world.user("Pro Gram", kind=UserKind.TECHNICAL)
    await firm.world.member(firm.structure, program)

    for membership in (pending, await firm.membership_of(program)):
        found = await reason(firm, firm.primary, "SECONDARY_MANAGER_APPOINT", membership)
        assert found == "USER_NOT_ELIGIBLE"


async def test_on_an_inactive_structure_secondary_managers_are_revoked_and_none_appointed(
    firm: Firm,
) -> None:
    simple = await firm.membership_of(await firm.clerk())
    secondary = await firm.membership_of(firm.secondary)
    await firm.world.retire(firm.structure)
    action = "SECONDARY_MANAGER_APPOINT"

    assert await reason(firm, firm.primary, action, secondary) is None
    assert await reason(firm, firm.primary, action, firm.structure) is None
    assert await reason(firm, firm.primary, action, simple) == "STRUCTURE_INACTIVE"


async def test_without_self_service_nobody_gives_up_a_right_of_his_own(firm: Firm) -> None:
    world = firm.world
    clerk = await firm.clerk()
    membership = await firm.membership_of(clerk)
    for area in (AreaCode.ISSUED_INVOICES, AreaCode.WORK_INVOICES):
        await world.opening(firm.structure, area)
    issued = await world.right(membership)
    work = await world.right(membership, AreaCode.WORK_INVOICES)
    targets = (firm.structure, membership, issued, work)

    found = [await reason(firm, clerk, "SUBSCRIPTION_END", one) for one in targets]
    object.__setattr__(world.settings, "issued_invoices_self_service", False)
    without = [await reason(firm, clerk, "SUBSCRIPTION_END", one) for one in targets]

    assert found == [None, None, None, "ROLE_TOO_LOW"]
    assert without == ["ROLE_TOO_LOW"] * 4
    assert await reason(firm, firm.secondary, "SUBSCRIPTION_END", work) is None


async def test_who_reaches_everything_or_waits_does_not_ask_to_be_connected(firm: Firm) -> None:
    world = firm.world
    support = await world.user("S", platform_role=PlatformRole.SUPPORT)
    program = await world.user("Pro Gram", kind=UserKind.TECHNICAL)
    waiting = await world.user("Walter Waiting")
    request = await world.connection_request(firm.structure, waiting)
    expected = {
        await firm.clerk(): "ALREADY_CONNECTED",
        firm.secondary: "ALREADY_CONNECTED",
        await firm.clerk(services=[firm.sales]): None,
        await firm.clerk(status=INACTIVE): None,
        firm.outsider: None,
        waiting: "REQUEST_PENDING",
        program: "USER_NOT_ELIGIBLE",
        support: "NOT_FOR_SUPPORT",
    }

    found = [
        await reason(firm, person, "CONNECTION_REQUEST_SUBMIT", firm.structure)
        for person in expected
    ]

    assert found == list(expected.values())
    world.now = request.created_at + LIFETIME
    world._tokens.clear()
    assert await reason(firm, waiting, "CONNECTION_REQUEST_SUBMIT", firm.structure) is None


async def test_a_card_that_was_replaced_is_not_replaced_again(firm: Firm) -> None:
    world = firm.world
    support = await world.user("S", platform_role=PlatformRole.SUPPORT)
    after = await world.structure("After", predecessor_id=firm.structure.id)
    await world.add(_succession(firm, after.id), _succession(firm, firm.structure.id))
    await world.retire(after)

    for person in (firm.primary, firm.secondary, support):
        found = await reason(firm, person, "IDENTIFIER_CHANGE", firm.structure)
        assert found == "STRUCTURE_REPLACED"
    assert await reason(firm, support, "STRUCTURE_DEACTIVATE", after) == "SUCCESSION_ACTIVE"
    await world.retire(firm.structure)
    assert await reason(firm, support, "STRUCTURE_DEACTIVATE", after) is None


def _succession(firm: Firm, place: int) -> ManagerAction:
    return ManagerAction(
        structure_id=place,
        at=firm.world.now,
        action=Action.IDENTIFIER_CHANGE,
        actor_id=firm.primary.id,
        target_type=TargetType.STRUCTURE,
        target_id=place,
        changes=[],
    )


async def test_who_reaches_all_services_is_not_taken_off_one(firm: Firm) -> None:
    everywhere = await firm.membership_of(await firm.clerk())
    somewhere = await firm.membership_of(await firm.clerk(services=[firm.sales]))
    encode = firm.world.parts.node_ids.encode
    found = [
        await reason(
            firm,
            firm.secondary,
            "SERVICE_USER_MANAGE",
            encode(NodeKind.SERVICE_USER, one.id, firm.sales.id),
        )
        for one in (everywhere, somewhere)
    ]

    assert found == ["REACHES_ALL_SERVICES", None]


async def test_nothing_is_opened_or_issued_on_a_service_that_is_switched_off(firm: Firm) -> None:
    world = firm.world
    switched_off = await world.service(firm.structure, "OFF", enabled=False)
    await world.opening(firm.structure)
    own = await firm.membership_of(firm.primary)
    await world.right(own, mode=AreaMode.MODIFICATION)

    for service, expected in ((switched_off, "SERVICE_INACTIVE"), (firm.sales, None)):
        assert await reason(firm, firm.primary, "OPENED_AREA_MANAGE", service) == expected
        assert await reason(firm, firm.primary, "INVOICE_ISSUE", service) == expected
        assert await reason(firm, firm.primary, "SERVICE_USER_MANAGE", service) is None


async def test_one_is_told_that_one_reads_what_one_asked_for_and_did(firm: Firm) -> None:
    world = firm.world
    request = await world.connection_request(firm.structure, firm.outsider)
    act = _succession(firm, firm.structure.id)
    act.actor_id = firm.outsider.id
    await world.add(act)
    own = world.parts.node_ids.encode(NodeKind.MANAGER_ACTION, act.id)

    assert await reason(firm, firm.outsider, "REQUEST_LIST", request) is None
    assert await reason(firm, firm.outsider, "HISTORY_READ", own) is None
    assert await reason(firm, firm.outsider, "REQUEST_LIST", firm.structure) == "NOT_A_MEMBER"


async def test_what_only_the_user_himself_does_is_told_to_others(firm: Firm) -> None:
    clerk = await firm.clerk()
    membership = await firm.membership_of(clerk)
    request = await firm.world.subscription_request(membership)

    for person, expected in ((firm.primary, "SELF_ONLY"), (clerk, None)):
        assert await reason(firm, person, "MEMBERSHIP_LEAVE", membership) == expected
        assert await reason(firm, person, "REQUEST_CANCEL", request) == expected
    leaving = [
        await reason(firm, person, "MEMBERSHIP_LEAVE", firm.structure)
        for person in (clerk, firm.primary, firm.outsider)
    ]
    assert leaving == [None, "TARGET_PROTECTED", "NOT_A_MEMBER"]


@pytest.mark.parametrize(
    ("person", "action", "expected"),
    [
        ({"kind": UserKind.TECHNICAL}, "STRUCTURE_CREATE", "USER_NOT_ELIGIBLE"),
        ({"kind": UserKind.TECHNICAL}, "CONNECTION_REQUEST_SUBMIT", "USER_NOT_ELIGIBLE"),
        ({"platform_role": PlatformRole.SUPPORT}, "CONNECTION_REQUEST_SUBMIT", "NOT_FOR_SUPPORT"),
        ({}, "STRUCTURE_CREATE", None),
    ],
)
async def test_what_somebody_does_nowhere_is_told_without_an_object(
    world: World, person: dict[str, Any], action: str, expected: str | None
) -> None:
    asking = await world.user(**person)

    answer = await world.ask(
        asking, f"{{ viewer {{ can(action: {action}) {{ allowed reason }} }} }}"
    )

    assert answer.data["viewer"]["can"] == {"allowed": expected is None, "reason": expected}


async def test_no_role_at_all_is_needed_to_be_told_that_an_action_does_not_fit(firm: Firm) -> None:
    account = await firm.world.bank_account(firm.structure)

    for action in ("USER_ATTACH", "REQUEST_CANCEL", "STRUCTURE_CREATE"):
        assert await reason(firm, firm.primary, action, account) == "TARGET_DOES_NOT_FIT"
    assert await reason(firm, firm.outsider, "USER_ATTACH", account) == "NOT_FOUND"


async def test_two_secondary_managers_do_not_touch_each_other(firm: Firm) -> None:
    peer = await firm.world.user("Petra Peer")
    membership = await firm.world.member(firm.structure, peer, role=Role.SECONDARY_MANAGER)

    found = [
        await reason(firm, firm.secondary, action, membership)
        for action in ("MEMBERSHIP_DELETE", "MEMBERSHIP_REACTIVATE")
    ]

    # Nothing is done by reactivating what is active.
    assert found == ["TARGET_PROTECTED", None]
