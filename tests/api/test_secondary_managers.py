"""To appoint secondary managers, and to revoke them."""

from typing import Any

import pytest

from models.accounts import PlatformRole, UserKind, UserStatus
from models.areas import AreaMode, AreaSubscription
from models.history import ManagerAction
from models.memberships import MembershipStatus, Role
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.requests import RequestStatus
from tests.firm import Firm, code
from tests.membership_acts import appoint, effects, revoke, second_manager, state
from tests.service_acts import limit


ACTIVE, INACTIVE = MembershipStatus.ACTIVE, MembershipStatus.INACTIVE
TOLD = ("NOTIFICATION", None, None)
TABS = "{ viewer { areaTabs { area { code } available } } }"


async def has_manager_tab(firm: Firm, person: Any) -> bool:
    tabs = (await firm.world.ask(person, TABS)).data["viewer"]["areaTabs"]
    found = {tab["area"]["code"]: tab["available"] for tab in tabs}
    return bool(found["MANAGER_ACTIVITIES"])


async def test_a_simple_user_becomes_secondary_manager_and_manages_at_once(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    member = await firm.membership_of(clerk)

    answer = await appoint(firm, firm.primary, member)

    assert answer["membership"] == {
        "id": firm.world.id(member),
        "role": "SECONDARY_MANAGER",
        "status": "ACTIVE",
        "scope": "ALL_SERVICES",
        "version": 2,
    }
    assert effects(answer) == [
        ("ROLE_CHANGED", "SIMPLE_USER", "SECONDARY_MANAGER"),
        TOLD,
        ("MEMBERSHIP_CHANGED", "LISTED", "ALL_SERVICES"),
    ]
    assert await has_manager_tab(firm, clerk)


async def test_what_was_listed_before_somebody_was_appointed_counts_no_more(firm: Firm) -> None:
    member = await firm.membership_of(await firm.clerk(services=[firm.sales, firm.stock]))
    await appoint(firm, firm.primary, member)
    await revoke(firm, firm.primary, member)

    answer = await limit(firm, firm.primary, await firm.world.reload(member), firm.sales)

    assert answer["membership"]["services"]["nodes"] == [{"code": "SALES"}]
    last = (await firm.world.all(ManagerAction))[-1]
    assert last.changes == [
        {"field": "scope", "before": "ALL_SERVICES", "after": "LISTED"},
        {"field": "service", "before": None, "after": "SALES"},
    ]


async def test_a_revoked_manager_keeps_his_services_and_rights_and_manages_no_more(
    firm: Firm,
) -> None:
    member = await second_manager(firm)
    [person] = await firm.world.all(type(firm.primary), type(firm.primary).id == member.user_id)
    await firm.world.opening(firm.structure)
    await firm.world.right(member, mode=AreaMode.MODIFICATION)

    answer = await revoke(firm, firm.primary, member)

    assert answer["membership"]["role"] == "SIMPLE_USER"
    assert answer["membership"]["scope"] == "ALL_SERVICES"
    assert effects(answer) == [("ROLE_CHANGED", "SECONDARY_MANAGER", "SIMPLE_USER"), TOLD]
    [right] = await firm.world.all(AreaSubscription)
    assert (right.mode, right.ended_at) == (AreaMode.MODIFICATION, None)
    assert not await has_manager_tab(firm, person)


async def test_the_new_role_stands_in_the_history_and_the_user_is_told(firm: Firm) -> None:
    member = await firm.membership_of(await firm.clerk())

    await appoint(firm, firm.primary, member)
    await revoke(firm, firm.primary, member)

    acts = await firm.world.all(ManagerAction)
    assert [act.changes for act in acts] == [
        [{"field": "role", "before": "SIMPLE_USER", "after": "SECONDARY_MANAGER"}],
        [{"field": "role", "before": "SECONDARY_MANAGER", "after": "SIMPLE_USER"}],
    ]
    for act in acts:
        assert act.action == Action.SECONDARY_MANAGER_APPOINT
        assert (act.actor_id, act.user_id) == (firm.primary.id, member.user_id)
    told = [(message.kind, message.user_id) for message in await firm.world.all(Notification)]
    assert told == [(NotificationKind.ROLE_CHANGED, member.user_id)] * 2


@pytest.mark.parametrize("act", [appoint, revoke])
async def test_a_secondary_manager_appoints_and_revokes_nobody(firm: Firm, act: Any) -> None:
    await firm.world.structure("Elsewhere", primary=firm.secondary)
    member = (
        await second_manager(firm)
        if act is revoke
        else await firm.membership_of(await firm.clerk())
    )
    before = await state(firm, member)

    answer = await act(firm, firm.secondary, member)

    [error] = answer["errors"]
    assert (error["code"], error["passingRoles"]) == ("FORBIDDEN", ["PRIMARY_MANAGER"])
    assert await state(firm, member) == before


@pytest.mark.parametrize("act", [appoint, revoke])
async def test_the_role_of_the_primary_manager_is_only_transferred(firm: Firm, act: Any) -> None:
    held = await firm.membership_of(firm.primary)

    assert code(await act(firm, firm.primary, held)) == ["PRIMARY_MUST_TRANSFER"]
    assert await state(firm, held) == (Role.PRIMARY_MANAGER, ACTIVE)


async def test_what_is_so_already_is_fine_whatever_version_was_read(firm: Firm) -> None:
    simple = await firm.membership_of(await firm.clerk())
    second = await second_manager(firm)

    answers = [
        await appoint(firm, firm.primary, second, version=99),
        await revoke(firm, firm.primary, simple, version=99),
    ]

    for answer in answers:
        assert (answer["errors"], answer["effects"]) == ([], [])
    assert not await firm.world.all(ManagerAction)


async def test_who_was_deleted_manages_nothing_that_could_be_revoked(firm: Firm) -> None:
    clerk = await firm.clerk(status=MembershipStatus.DELETED)
    member = await firm.membership_of(clerk)

    answer = await revoke(firm, firm.primary, member, version=member.version + 1)

    assert (code(answer), answer["effects"]) == ([], [])
    assert (await state(firm, member))[:2] == ("SIMPLE_USER", "DELETED")


async def test_a_membership_that_changed_since_it_was_read_is_not_appointed(firm: Firm) -> None:
    member = await firm.membership_of(await firm.clerk())

    stale = await appoint(firm, firm.primary, member, version=7)
    fresh = await appoint(firm, firm.primary, member, version=1)

    assert [(error["code"], error["currentVersion"]) for error in stale["errors"]] == [
        ("STALE_VERSION", 1)
    ]
    assert fresh["errors"] == []


@pytest.mark.parametrize("status", [INACTIVE, MembershipStatus.DELETED])
async def test_who_is_not_connected_at_present_is_not_appointed(
    firm: Firm, status: MembershipStatus
) -> None:
    member = await firm.membership_of(await firm.clerk(status=status))

    assert code(await appoint(firm, firm.primary, member)) == ["CONFLICT"]
    assert await state(firm, member) == (Role.SIMPLE_USER, status)


@pytest.mark.parametrize(
    "account",
    [
        {"status": UserStatus.PENDING_ACTIVATION},
        {"status": UserStatus.DEACTIVATED},
        {"kind": UserKind.TECHNICAL},
        {"platform_role": PlatformRole.SUPPORT},
    ],
)
async def test_only_a_person_whose_account_is_active_is_appointed(
    firm: Firm, account: dict[str, Any]
) -> None:
    person = await firm.world.user("Some One", **account)
    member = await firm.world.member(firm.structure, person)

    assert code(await appoint(firm, firm.primary, member)) == ["USER_NOT_ELIGIBLE"]
    assert (await state(firm, member))[0] == Role.SIMPLE_USER


async def test_an_inactive_secondary_manager_can_be_revoked_and_stays_inactive(
    firm: Firm,
) -> None:
    member = await second_manager(firm, status=INACTIVE)

    assert code(await revoke(firm, firm.primary, member)) == []
    assert await state(firm, member) == (Role.SIMPLE_USER, INACTIVE)


async def test_an_inactive_structure_appoints_nobody_but_revokes(firm: Firm) -> None:
    simple = await firm.membership_of(await firm.clerk())
    second = await second_manager(firm)
    await firm.world.retire(firm.structure)

    assert code(await appoint(firm, firm.primary, simple)) == ["STRUCTURE_INACTIVE"]
    assert code(await revoke(firm, firm.primary, second)) == []


async def test_a_request_for_more_services_is_settled_by_the_appointment(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    request = await firm.world.connection_request(firm.structure, clerk, [firm.stock])

    answer = await appoint(firm, firm.primary, await firm.membership_of(clerk))

    assert ("REQUEST_DECIDED", "PENDING", "VALIDATED") in effects(answer)
    assert (await firm.world.reload(request)).status == RequestStatus.VALIDATED


async def test_what_may_not_be_known_of_is_not_found(firm: Firm) -> None:
    foreign = await firm.world.member(await firm.world.structure("Else"), firm.outsider)

    for membership in (foreign, "nonsense"):
        answer = await appoint(firm, firm.primary, membership)
        assert [(error["code"], error["field"]) for error in answer["errors"]] == [
            ("NOT_FOUND", ["input", "membershipId"])
        ]


async def test_a_dry_run_foresees_and_appoints_nobody(firm: Firm) -> None:
    member = await firm.membership_of(await firm.clerk())

    answer = await appoint(firm, firm.primary, member, dryRun=True)

    assert effects(answer)[0] == ("ROLE_CHANGED", "SIMPLE_USER", "SECONDARY_MANAGER")
    assert answer["membership"]["role"] == "SIMPLE_USER"
    assert not await firm.world.all(ManagerAction)


async def test_a_repeated_call_with_a_key_is_done_once(firm: Firm) -> None:
    member = await firm.membership_of(await firm.clerk())

    answers = [
        await appoint(firm, firm.primary, member, version=1, idempotencyKey="promote")
        for _ in range(2)
    ]

    assert answers[0] == answers[1]
    assert answers[0]["errors"] == []
    assert len(await firm.world.all(ManagerAction)) == 1
