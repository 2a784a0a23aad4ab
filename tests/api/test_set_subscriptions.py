"""To give, to raise and to lower users' rights on areas."""

import pytest

from models.accounts import UserStatus
from models.areas import AreaCode, AreaMode, AreaSubscription
from models.history import ManagerAction
from models.memberships import MembershipStatus, Role
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.requests import RequestStatus
from tests.area_acts import effects, end, on, put, tab, to_set
from tests.firm import Firm, code


CONSULTATION, MODIFICATION = AreaMode.CONSULTATION, AreaMode.MODIFICATION


async def test_a_right_is_given_raised_lowered_and_ended_and_the_tab_follows(firm: Firm) -> None:
    await firm.world.opening(firm.structure)
    clerk = await firm.clerk()
    member = await firm.membership_of(clerk)

    given = await put(firm, firm.secondary, to_set(firm, member, "CONSULTATION"))
    assert await tab(firm.world, clerk) == ("CONSULTATION", None)
    raised = await put(firm, firm.secondary, to_set(firm, member, "MODIFICATION"))
    assert await tab(firm.world, clerk) == ("MODIFICATION", None)
    lowered = await put(firm, firm.secondary, to_set(firm, member, "CONSULTATION"))
    assert await tab(firm.world, clerk) == ("CONSULTATION", None)
    [right] = await firm.world.all(AreaSubscription)
    ended = await end(firm, firm.secondary, right)
    assert await tab(firm.world, clerk) == (None, "NOT_SUBSCRIBED")

    told = ("NOTIFICATION", None, None)
    assert effects(given) == [("SUBSCRIPTION_ADDED", None, "CONSULTATION"), told]
    assert effects(raised) == [("SUBSCRIPTION_CHANGED", "CONSULTATION", "MODIFICATION"), told]
    assert effects(lowered) == [("SUBSCRIPTION_CHANGED", "MODIFICATION", "CONSULTATION"), told]
    assert effects(ended) == [("SUBSCRIPTION_ENDED", "CONSULTATION", None), told]
    assert given["results"][0]["id"] == raised["results"][0]["id"] == firm.world.id(right)
    assert given["results"][0]["subscription"]["scope"] == "STRUCTURE"
    assert ended["results"][0]["subscription"] is None
    kinds = [message.kind for message in await firm.world.all(Notification)]
    changed = NotificationKind.SUBSCRIPTION_CHANGED
    assert kinds == [changed, changed, changed, NotificationKind.SUBSCRIPTION_ENDED]


async def test_rights_are_told_in_the_history(firm: Firm) -> None:
    await firm.world.opening(firm.structure)
    member = await firm.membership_of(await firm.clerk())
    await put(firm, firm.primary, to_set(firm, member, "CONSULTATION", **on(firm, firm.sales)))
    [right] = await firm.world.all(AreaSubscription)
    await end(firm, firm.primary, right)

    given, ended = await firm.world.all(ManagerAction)
    for act in (given, ended):
        assert (act.actor_id, act.user_id, act.target_id) == (
            firm.primary.id,
            member.user_id,
            member.id,
        )
    assert given.action == Action.SUBSCRIPTION_SET
    assert given.changes == [
        {"field": "area", "before": None, "after": "ISSUED_INVOICES"},
        {"field": "scope", "before": None, "after": "SERVICE"},
        {"field": "service", "before": None, "after": "SALES"},
        {"field": "mode", "before": None, "after": "CONSULTATION"},
    ]
    assert ended.action == Action.SUBSCRIPTION_END
    assert ended.changes[-1] == {"field": "mode", "before": "CONSULTATION", "after": None}


async def test_setting_what_is_set_changes_nothing(firm: Firm) -> None:
    await firm.world.opening(firm.structure)
    member = await firm.membership_of(await firm.clerk())
    right = await firm.world.right(member)

    answer = await put(firm, firm.primary, to_set(firm, member, "CONSULTATION"))

    assert answer["results"][0]["id"] == firm.world.id(right)
    assert answer["effects"] == []
    assert await firm.world.all(ManagerAction) == []
    assert await firm.world.all(Notification) == []


async def test_a_right_above_what_is_opened_is_refused(firm: Firm) -> None:
    world = firm.world
    member = await firm.membership_of(await firm.clerk())
    await world.opening(firm.structure, mode=CONSULTATION)
    await world.opening(firm.structure, AreaCode.WORK_INVOICES, service=firm.sales)
    work = {"area": "WORK_INVOICES"}

    answer = await put(
        firm,
        firm.primary,
        to_set(firm, member, "MODIFICATION"),
        to_set(firm, member, "CONSULTATION", **work),
        to_set(firm, member, "CONSULTATION", **work, **on(firm, firm.stock)),
        to_set(firm, member, "MODIFICATION", **work, **on(firm, firm.sales)),
        to_set(firm, member, "CONSULTATION"),
    )

    assert code(answer) == ["AREA_NOT_OPENED"] * 3 + [None, None]
    named = [result["error"]["field"] for result in answer["results"][:3]]
    assert named == [
        ["input", "subscriptions", "0", "mode"],
        ["input", "subscriptions", "1", "scope", "wholeStructure"],
        ["input", "subscriptions", "2", "scope", "serviceId"],
    ]


async def test_an_area_that_is_opened_nowhere_is_named(firm: Firm) -> None:
    member = await firm.membership_of(await firm.clerk())
    whole = to_set(firm, member, "CONSULTATION")
    part = to_set(firm, member, "CONSULTATION", **on(firm, firm.sales))

    answer = await put(firm, firm.primary, whole, part)

    assert code(answer) == ["AREA_NOT_OPENED"] * 2
    assert [result["error"]["field"] for result in answer["results"]] == [
        ["input", "subscriptions", "0", "area"],
        ["input", "subscriptions", "1", "area"],
    ]


async def test_what_cannot_be_given_says_why(firm: Firm) -> None:
    world = firm.world
    await world.opening(firm.structure)
    idle = await world.service(firm.structure, "IDLE", enabled=False)
    foreign = await world.service(await world.structure("Else"), "FOREIGN")
    member = await firm.membership_of(await firm.clerk(services=[firm.sales]))

    answer = await put(
        firm,
        firm.primary,
        to_set(firm, member, "CONSULTATION", area="HOME"),
        to_set(firm, member, "CONSULTATION", scope={"wholeStructure": False}),
        to_set(firm, member, "CONSULTATION", **on(firm, idle)),
        to_set(firm, member, "CONSULTATION", **on(firm, foreign)),
        to_set(firm, member, "CONSULTATION", **on(firm, firm.stock)),
        to_set(firm, member, "CONSULTATION", **on(firm, firm.sales)),
    )

    assert code(answer) == [
        "AREA_IS_DEFAULT",
        "INVALID",
        "SERVICE_INACTIVE",
        "NOT_FOUND",
        "INVALID",
        None,
    ]
    fields = [result["error"] and result["error"]["field"] for result in answer["results"]]
    assert fields[0] == ["input", "subscriptions", "0", "area"]
    assert fields[3] == ["input", "subscriptions", "3", "scope", "serviceId"]


@pytest.mark.parametrize(
    ("status", "account", "expected"),
    [
        (MembershipStatus.INACTIVE, UserStatus.ACTIVE, "CONFLICT"),
        (MembershipStatus.DELETED, UserStatus.ACTIVE, "CONFLICT"),
        (MembershipStatus.ACTIVE, UserStatus.DEACTIVATED, "USER_INACTIVE"),
    ],
)
async def test_who_is_not_connected_or_has_no_account_gets_no_right(
    firm: Firm, status: MembershipStatus, account: UserStatus, expected: str
) -> None:
    await firm.world.opening(firm.structure)
    member = await firm.membership_of(await firm.clerk(status=status, account=account))

    answer = await put(firm, firm.primary, to_set(firm, member, "CONSULTATION"))

    assert code(answer) == [expected]
    assert await firm.world.all(AreaSubscription) == []


async def test_an_inactive_structure_gives_no_right_but_ends_them(firm: Firm) -> None:
    await firm.world.opening(firm.structure)
    member = await firm.membership_of(await firm.clerk())
    right = await firm.world.right(member, mode=MODIFICATION)
    await firm.world.retire(firm.structure)

    refused = await put(firm, firm.primary, to_set(firm, member, "CONSULTATION"))

    assert code(refused) == ["STRUCTURE_INACTIVE"]
    document = """query ($id: ID!) { structure(by: {id: $id}) {
        viewerCan { action allowed reason } } }"""
    told = await firm.world.ask(firm.primary, document, id=firm.world.id(firm.structure))
    can = {one["action"]: one["reason"] for one in told.data["structure"]["viewerCan"]}
    assert can["SUBSCRIPTION_SET"] == can["OPENED_AREA_MANAGE"] == "STRUCTURE_INACTIVE"
    assert can["SUBSCRIPTION_END"] is None
    assert code(await end(firm, firm.primary, right)) == [None]


async def test_another_managers_rights_are_for_the_primary_manager_only(firm: Firm) -> None:
    world = firm.world
    await world.opening(firm.structure)
    third = await world.user("Tess Third")
    peer = await world.member(firm.structure, third, role=Role.SECONDARY_MANAGER)
    primary = await firm.membership_of(firm.primary)
    own = await firm.membership_of(firm.secondary)
    items = [to_set(firm, one, "CONSULTATION") for one in (peer, primary, own)]

    by_secondary = await put(firm, firm.secondary, *items)
    by_primary = await put(firm, firm.primary, *items)

    assert code(by_secondary) == ["FORBIDDEN", "FORBIDDEN", None]
    error = by_secondary["results"][0]["error"]
    assert (error["action"], error["passingRoles"]) == ("SUBSCRIPTION_SET", ["PRIMARY_MANAGER"])
    assert by_secondary["results"][0]["id"] is None
    assert code(by_primary) == [None, None, None]
    rights = {one.membership_id: one for one in await world.all(AreaSubscription)}
    ends = [rights[one.id] for one in (peer, primary, own)]
    assert code(await end(firm, firm.secondary, *ends)) == ["FORBIDDEN", "FORBIDDEN", None]
    assert code(await end(firm, firm.primary, *ends)) == [None, None, None]


async def test_nobody_is_told_of_what_he_did_to_himself(firm: Firm) -> None:
    await firm.world.opening(firm.structure)
    own = await firm.membership_of(firm.secondary)

    answer = await put(firm, firm.secondary, to_set(firm, own, "MODIFICATION"))

    assert effects(answer) == [("SUBSCRIPTION_ADDED", None, "MODIFICATION")]
    assert await firm.world.all(Notification) == []
    [act] = await firm.world.all(ManagerAction)
    assert (act.actor_id, act.user_id) == (firm.secondary.id, firm.secondary.id)


async def test_a_pending_request_that_is_fulfilled_is_validated(firm: Firm) -> None:
    world = firm.world
    await world.opening(firm.structure)
    member = await firm.membership_of(await firm.clerk())
    fulfilled = await world.subscription_request(member, service=firm.sales)
    beyond = await world.subscription_request(member, service=firm.stock)
    items = [
        to_set(firm, member, "CONSULTATION", **on(firm, firm.stock)),
        to_set(firm, member, "MODIFICATION", **on(firm, firm.sales)),
    ]

    answer = await put(firm, firm.secondary, *items)

    done = await world.reload(fulfilled)
    assert (done.status, done.decided_by_id) == (RequestStatus.VALIDATED, firm.secondary.id)
    assert (await world.reload(beyond)).status == RequestStatus.PENDING
    assert [kind for kind, *_ in effects(answer)].count("REQUEST_DECIDED") == 1
    decided = ManagerAction.action == Action.SUBSCRIPTION_REQUEST_DECIDE
    assert [act.target_id for act in await world.all(ManagerAction, decided)] == [fulfilled.id]


async def test_a_right_on_a_service_stands_beside_a_stronger_one_on_all(firm: Firm) -> None:
    await firm.world.opening(firm.structure)
    member = await firm.membership_of(await firm.clerk())
    whole = await firm.world.right(member, mode=MODIFICATION)

    answer = await put(
        firm, firm.primary, to_set(firm, member, "CONSULTATION", **on(firm, firm.sales))
    )

    assert answer["results"][0]["subscription"]["service"] == {"code": "SALES"}
    assert (await firm.world.reload(whole)).mode == MODIFICATION


async def test_one_right_named_twice_in_a_call_is_set_twice(firm: Firm) -> None:
    await firm.world.opening(firm.structure)
    member = await firm.membership_of(await firm.clerk())
    items = [to_set(firm, member, mode) for mode in ("CONSULTATION", "MODIFICATION")]

    foreseen = await put(firm, firm.primary, *items, dryRun=True)
    assert await firm.world.all(AreaSubscription) == []
    assert await firm.world.all(ManagerAction) == []
    assert await firm.world.all(Notification) == []
    assert [result["id"] for result in foreseen["results"]] == [None, None]
    answer = await put(firm, firm.primary, *items, idempotencyKey="set")
    again = await put(firm, firm.primary, *items, idempotencyKey="set")

    assert answer == again
    assert answer["effects"] == foreseen["effects"]
    [right] = await firm.world.all(AreaSubscription)
    assert right.mode == MODIFICATION
    assert len(await firm.world.all(ManagerAction)) == 2


async def test_memberships_and_rights_of_others_are_missing(firm: Firm) -> None:
    world = firm.world
    foreign = await world.structure("Else")
    await world.opening(foreign)
    member = await world.member(foreign, await world.user())
    right = await world.right(member)

    given = await put(firm, firm.primary, to_set(firm, member, "CONSULTATION"))
    ended = await end(firm, firm.primary, right, "nonsense")

    assert code(given) == ["NOT_FOUND"]
    assert given["results"][0]["id"] is None
    assert code(ended) == ["NOT_FOUND", "NOT_FOUND"]
    assert (await world.reload(right)).ended_at is None
