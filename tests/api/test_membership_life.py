"""To deactivate, to reactivate and to delete users' memberships."""

from typing import Any

import pytest

from models.accounts import UserStatus
from models.areas import AreaSubscription
from models.history import ManagerAction
from models.memberships import Membership, MembershipStatus, Role
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.requests import RequestStatus
from tests.firm import Firm, code
from tests.membership_acts import (
    deactivate,
    delete,
    effects,
    reactivate,
    second_manager,
    state,
    support_of,
)


ACTS = (deactivate, reactivate, delete)
ENDINGS = (deactivate, delete)
SIMPLE, SECONDARY = Role.SIMPLE_USER, Role.SECONDARY_MANAGER
ACTIVE, INACTIVE = MembershipStatus.ACTIVE, MembershipStatus.INACTIVE
DELETED = MembershipStatus.DELETED
REASON = {"reason": "He left the firm."}
TOLD = ("NOTIFICATION", None, None)


async def test_a_deactivated_user_keeps_his_rights_and_can_use_none(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    member = await firm.membership_of(clerk)
    await firm.world.opening(firm.structure)
    right = await firm.world.right(member, service=firm.sales)

    answer = await deactivate(firm, firm.secondary, member)

    [result] = answer["results"]
    assert result["id"] == firm.world.id(member)
    assert result["membership"] == {"role": "SIMPLE_USER", "status": "INACTIVE", "scope": "LISTED"}
    assert effects(answer) == [("MEMBERSHIP_CHANGED", "ACTIVE", "INACTIVE"), TOLD]
    assert (await firm.world.reload(right)).ended_at is None
    tabs = "{ viewer { areaTabs { area { code } available } } }"
    found = (await firm.world.ask(clerk, tabs)).data["viewer"]["areaTabs"]
    assert {"area": {"code": "ISSUED_INVOICES"}, "available": False} in found
    own = "query ($id: ID!) { structure(by: {id: $id}) { general { label } } }"
    seen = await firm.world.ask(clerk, own, id=firm.world.id(firm.structure))
    assert seen.codes == ["FORBIDDEN"]


async def test_a_user_of_a_service_is_inactive_there_while_he_is_deactivated(firm: Firm) -> None:
    member = await firm.membership_of(await firm.clerk(services=[firm.sales]))
    document = """
        query ($id: ID!, $status: [MembershipStatus!]) { node(id: $id) { ... on Service {
            users(filter: {status: $status, via: [LISTED]}) { nodes { status } } } } }
    """

    async def users_of_sales(*status: str) -> list[str]:
        given = {"id": firm.world.id(firm.sales), "status": status or None}
        found = (await firm.world.ask(firm.primary, document, **given)).data["node"]["users"]
        return [one["status"] for one in found["nodes"]]

    await deactivate(firm, firm.primary, member)
    assert (await users_of_sales(), await users_of_sales("INACTIVE")) == ([], ["INACTIVE"])
    await reactivate(firm, firm.primary, member)
    assert await users_of_sales() == ["ACTIVE"]
    await delete(firm, firm.primary, member)
    assert (await users_of_sales(), await users_of_sales("INACTIVE")) == ([], [])


async def test_a_request_that_reactivating_meets_is_validated_by_it(firm: Firm) -> None:
    people = [
        await firm.clerk(services=[firm.sales], status=MembershipStatus.INACTIVE) for _ in range(2)
    ]
    met = await firm.world.connection_request(firm.structure, people[0], [firm.sales])
    more = await firm.world.connection_request(firm.structure, people[1], [firm.sales, firm.stock])

    await reactivate(firm, firm.primary, *[await firm.membership_of(one) for one in people])

    settled, waiting = [await firm.world.reload(request) for request in (met, more)]
    assert (settled.status, settled.decided_by_id) == (RequestStatus.VALIDATED, firm.primary.id)
    assert waiting.status == RequestStatus.PENDING


async def test_a_reactivated_user_has_again_what_he_had(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    member = await firm.membership_of(clerk)
    await firm.world.opening(firm.structure)
    await firm.world.right(member, service=firm.sales)
    await deactivate(firm, firm.primary, member)

    answer = await reactivate(firm, firm.secondary, member)

    assert answer["results"][0]["membership"]["status"] == "ACTIVE"
    assert effects(answer) == [("MEMBERSHIP_CHANGED", "INACTIVE", "ACTIVE"), TOLD]
    tabs = "{ viewer { areaTabs { area { code } available } } }"
    found = (await firm.world.ask(clerk, tabs)).data["viewer"]["areaTabs"]
    assert {"area": {"code": "ISSUED_INVOICES"}, "available": True} in found


async def test_a_deleted_user_loses_his_rights_and_begins_again_from_nothing(firm: Firm) -> None:
    clerk = await firm.clerk()
    member = await firm.membership_of(clerk)
    await firm.world.opening(firm.structure)
    right = await firm.world.right(member)

    answer = await delete(firm, firm.secondary, member)

    assert answer["results"][0]["membership"]["status"] == "DELETED"
    assert effects(answer) == [
        ("MEMBERSHIP_CHANGED", "ACTIVE", "DELETED"),
        ("SUBSCRIPTION_ENDED", "CONSULTATION", None),
        TOLD,
    ]
    assert (await firm.world.reload(right)).ended_at == firm.world.now
    asked = await firm.request(clerk)
    await firm.validate(firm.primary, {"id": asked["request"]["id"]})
    new = await firm.membership_of(clerk)
    assert new.id != member.id
    assert await firm.world.all(AreaSubscription, AreaSubscription.ended_at.is_(None)) == []


@pytest.mark.parametrize("act", ENDINGS)
async def test_what_a_user_waits_for_there_is_cancelled_when_he_is_shut_out(
    firm: Firm, act: Any
) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    member = await firm.membership_of(clerk)
    requests = [
        await firm.world.connection_request(firm.structure, clerk),
        await firm.world.subscription_request(member),
    ]
    elsewhere = await firm.world.structure("Elsewhere")
    untouched = await firm.world.connection_request(elsewhere, clerk)

    answer = await act(firm, firm.secondary, member)

    assert [kind for kind, _, _ in effects(answer)].count("REQUEST_CANCELLED") == 2
    for request in requests:
        found = await firm.world.reload(request)
        assert (found.status, found.decided_by_id) == (RequestStatus.CANCELLED, None)
    assert (await firm.world.reload(untouched)).status == RequestStatus.PENDING


@pytest.mark.parametrize("act", ACTS)
async def test_what_is_done_already_is_fine_and_leaves_no_trace(firm: Firm, act: Any) -> None:
    done = {deactivate: INACTIVE, reactivate: ACTIVE, delete: DELETED}[act]
    member = await firm.membership_of(await firm.clerk(status=done))

    answer = await act(firm, firm.secondary, member, member)

    assert code(answer) == [None, None]
    assert answer["effects"] == []
    assert (await firm.world.reload(member)).version == member.version
    assert not await firm.world.all(ManagerAction)
    assert not await firm.world.all(Notification)


@pytest.mark.parametrize("act", [deactivate, reactivate])
async def test_what_was_deleted_stays_deleted(firm: Firm, act: Any) -> None:
    member = await firm.membership_of(await firm.clerk(status=DELETED))

    assert code(await act(firm, firm.primary, member)) == ["CONFLICT"]
    assert await state(firm, member) == (SIMPLE, DELETED)


@pytest.mark.parametrize("act", ENDINGS)
async def test_nobody_shuts_out_the_primary_manager(firm: Firm, act: Any) -> None:
    held = await firm.membership_of(firm.primary)

    for person in (firm.primary, firm.secondary, await support_of(firm)):
        answer = await act(firm, person, held, **REASON)
        assert code(answer) == ["PRIMARY_MUST_TRANSFER"]
    assert await state(firm, held) == (Role.PRIMARY_MANAGER, ACTIVE)


@pytest.mark.parametrize("act", ACTS)
async def test_secondary_managers_do_not_touch_one_another(firm: Firm, act: Any) -> None:
    peer = await second_manager(firm, status=INACTIVE if act is reactivate else ACTIVE)

    answer = await act(firm, firm.secondary, peer)

    error = answer["results"][0]["error"]
    assert (error["code"], error["passingRoles"]) == ("FORBIDDEN", ["PRIMARY_MANAGER", "SUPPORT"])
    assert (await state(firm, peer))[0] == SECONDARY


@pytest.mark.parametrize("who", ["primary", "support"])
async def test_the_primary_manager_and_the_support_touch_a_secondary_one(
    firm: Firm, who: str
) -> None:
    person = firm.primary if who == "primary" else await support_of(firm)
    held = await firm.membership_of(firm.secondary)

    stopped = await deactivate(firm, person, held, **REASON)
    assert await state(firm, held) == (SECONDARY, INACTIVE)
    resumed = await reactivate(firm, person, held, **REASON)
    assert await state(firm, held) == (SECONDARY, ACTIVE)
    deleted = await delete(firm, person, held, **REASON)
    assert await state(firm, held) == (SIMPLE, DELETED)

    assert code(stopped) == code(resumed) == code(deleted) == [None]
    assert effects(deleted)[:2] == [
        ("ROLE_CHANGED", "SECONDARY_MANAGER", None),
        ("MEMBERSHIP_CHANGED", "ACTIVE", "DELETED"),
    ]
    receivers = {firm.secondary.id} if who == "primary" else {firm.secondary.id, firm.primary.id}
    assert {message.user_id for message in await firm.world.all(Notification)} == receivers


async def test_the_support_deactivates_simple_users_but_does_not_delete_or_reactivate_them(
    firm: Firm,
) -> None:
    support = await support_of(firm)
    member = await firm.membership_of(await firm.clerk())

    deleted = await delete(firm, support, member, **REASON)
    stopped = await deactivate(firm, support, member, **REASON)
    resumed = await reactivate(firm, support, member, **REASON)

    assert code(stopped) == [None]
    for answer in (deleted, resumed):
        error = answer["results"][0]["error"]
        assert error["code"] == "FORBIDDEN"
        assert error["passingRoles"] == ["SECONDARY_MANAGER", "PRIMARY_MANAGER"]
    assert await state(firm, member) == (SIMPLE, INACTIVE)


async def test_the_support_says_why_and_a_manager_may(firm: Firm) -> None:
    support = await support_of(firm)
    first, second = [await firm.membership_of(await firm.clerk()) for _ in range(2)]

    silent = await deactivate(firm, support, first)
    too_short = await deactivate(firm, support, first, reason=" x ")
    await deactivate(firm, support, first, **REASON)
    await deactivate(firm, firm.primary, second)

    assert code(silent) == ["INVALID"]
    assert silent["results"][0]["error"]["field"] == ["input", "reason"]
    assert [(one["code"], one["field"]) for one in too_short["errors"]] == [
        ("INVALID", ["input", "reason"])
    ]
    acts = await firm.world.all(ManagerAction)
    assert [(act.actor_id, act.reason) for act in acts] == [
        (support.id, "He left the firm."),
        (firm.primary.id, None),
    ]


async def test_a_user_whose_account_is_deactivated_is_not_reactivated(firm: Firm) -> None:
    gone = await firm.clerk(status=INACTIVE, account=UserStatus.DEACTIVATED)
    member = await firm.membership_of(gone)

    assert code(await reactivate(firm, firm.primary, member)) == ["USER_INACTIVE"]
    assert await state(firm, member) == (SIMPLE, INACTIVE)


@pytest.mark.parametrize("act", ACTS)
async def test_managers_tidy_up_an_inactive_structure_too(firm: Firm, act: Any) -> None:
    status = INACTIVE if act is reactivate else ACTIVE
    member = await firm.membership_of(await firm.clerk(status=status))
    await firm.world.retire(firm.structure)

    assert code(await act(firm, firm.secondary, member)) == [None]
    assert (await state(firm, member))[1] != status


async def test_each_item_of_a_list_has_its_own_outcome(firm: Firm) -> None:
    first, last = [await firm.membership_of(await firm.clerk()) for _ in range(2)]
    foreign = await firm.world.member(await firm.world.structure("Else"), await firm.world.user())
    primary = await firm.membership_of(firm.primary)

    answer = await delete(firm, firm.secondary, first, foreign, primary, "nonsense", last)

    expected = [None, "NOT_FOUND", "PRIMARY_MUST_TRANSFER", "NOT_FOUND", None]
    assert code(answer) == expected
    assert [result["id"] for result in answer["results"]] == [
        firm.world.id(first),
        None,
        firm.world.id(primary),
        None,
        firm.world.id(last),
    ]
    assert (await state(firm, first))[1] == (await state(firm, last))[1] == DELETED
    assert (await state(firm, foreign))[1] == ACTIVE


@pytest.mark.parametrize("count", [0, 101])
async def test_a_list_has_one_to_a_hundred_items(firm: Firm, count: int) -> None:
    member = await firm.membership_of(await firm.clerk())

    answer = await deactivate(firm, firm.primary, *[member] * count)

    assert [(one["code"], one["field"]) for one in answer["errors"]] == [
        ("LIMIT", ["input", "membershipIds"])
    ]
    assert await state(firm, member) == (SIMPLE, ACTIVE)


@pytest.mark.parametrize("act", ACTS)
async def test_a_dry_run_foresees_the_same_and_changes_nothing(firm: Firm, act: Any) -> None:
    status = INACTIVE if act is reactivate else ACTIVE
    member = await firm.membership_of(await firm.clerk(status=status))
    await firm.world.opening(firm.structure)
    await firm.world.right(member)

    foreseen = await act(firm, firm.secondary, member, dryRun=True)

    assert await state(firm, member) == (SIMPLE, status)
    assert not await firm.world.all(ManagerAction)
    assert not await firm.world.all(Notification)
    done = await act(firm, firm.secondary, member)
    assert effects(foreseen) == effects(done) != []


@pytest.mark.parametrize("act", ENDINGS)
async def test_a_repeated_call_with_a_key_is_done_once(firm: Firm, act: Any) -> None:
    member = await firm.membership_of(await firm.clerk())

    first = await act(firm, firm.secondary, member, idempotencyKey="tidy")
    second = await act(firm, firm.secondary, member, idempotencyKey="tidy")

    assert first == second
    assert len(await firm.world.all(ManagerAction)) == len(await firm.world.all(Notification)) == 1


async def test_the_history_tells_what_changed_and_the_user_is_told(firm: Firm) -> None:
    member = await firm.membership_of(await firm.clerk())

    await deactivate(firm, firm.secondary, member)
    await reactivate(firm, firm.secondary, member)
    await delete(firm, firm.secondary, member)

    acts = await firm.world.all(ManagerAction)
    assert [(act.action, act.changes) for act in acts] == [
        (Action.MEMBERSHIP_DEACTIVATE, [_status("ACTIVE", "INACTIVE")]),
        (Action.MEMBERSHIP_REACTIVATE, [_status("INACTIVE", "ACTIVE")]),
        (Action.MEMBERSHIP_DELETE, [_status("ACTIVE", "DELETED")]),
    ]
    for act in acts:
        assert (act.actor_id, act.user_id, act.target_id) == (
            firm.secondary.id,
            member.user_id,
            member.id,
        )
    messages = await firm.world.all(Notification)
    assert [(message.kind, message.user_id) for message in messages] == [
        (NotificationKind.MEMBERSHIP_DEACTIVATED, member.user_id),
        (NotificationKind.MEMBERSHIP_REACTIVATED, member.user_id),
        (NotificationKind.MEMBERSHIP_DELETED, member.user_id),
    ]


CAN = """
    query ($id: ID!) { node(id: $id) { ... on Membership {
        viewerCan(actions: [MEMBERSHIP_DEACTIVATE, MEMBERSHIP_DELETE]) { action reason } } } }
"""


async def test_a_screen_learns_beforehand_whom_one_may_touch(firm: Firm) -> None:
    members = {
        "simple": await firm.membership_of(await firm.clerk()),
        "peer": await second_manager(firm),
        "primary": await firm.membership_of(firm.primary),
    }
    support = await support_of(firm)
    found = {}
    for who, person in (("second", firm.secondary), ("first", firm.primary), ("support", support)):
        for whom, member in members.items():
            answer = await firm.world.ask(person, CAN, id=firm.world.id(member))
            verdicts = answer.data["node"]["viewerCan"]
            found[who, whom] = [verdict["reason"] for verdict in verdicts]

    protected = ["TARGET_PROTECTED"] * 2
    assert found == {
        ("second", "simple"): [None, None],
        ("second", "peer"): protected,
        ("second", "primary"): protected,
        ("first", "simple"): [None, None],
        ("first", "peer"): [None, None],
        ("first", "primary"): protected,
        ("support", "simple"): [None, "TARGET_PROTECTED"],
        ("support", "peer"): [None, None],
        ("support", "primary"): protected,
    }


def _status(before: str, after: str) -> dict[str, str]:
    return {"field": "status", "before": before, "after": after}


async def test_a_long_list_takes_as_many_statements_as_a_short_one_to_read(firm: Firm) -> None:
    members = [await firm.membership_of(await firm.clerk()) for _ in range(12)]
    await firm.world.token(firm.primary)

    async def readings(*chosen: Membership) -> int:
        firm.world.statements.clear()
        assert set(code(await deactivate(firm, firm.primary, *chosen, dryRun=True))) == {None}
        return sum(text.lstrip().startswith("SELECT") for text in firm.world.statements)

    assert await readings(*members[:2]) == await readings(*members[2:])


async def test_many_rights_end_by_as_many_statements_as_one(firm: Firm) -> None:
    world = firm.world
    await world.opening(firm.structure)
    await world.token(firm.primary)
    counts = []
    for many in (2, 6):
        member = await firm.membership_of(await firm.clerk())
        for number in range(many):
            service = await world.service(firm.structure, f"PART{many}{number}")
            await world.right(member, service=service)
        world.statements.clear()
        assert code(await delete(firm, firm.primary, member)) == [None]
        counts.append(len(world.statements))
    assert counts[0] == counts[1]
