"""Why somebody may or may not: for oneself, for users of one's structure, and never more."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models.accounts import PlatformRole, User, UserStatus
from models.areas import AreaCode
from models.memberships import MembershipStatus, Role
from resolvers.subjects import ON_MEMBERSHIP
from tests.firm import Firm
from tests.world import Answer


Ask = Callable[..., Awaitable[Answer]]

EXPLAIN = """
    query ($action: Action!, $target: ID!, $userId: ID) {
        explainAccess(action: $action, target: $target, userId: $userId) {
            action allowed reason message passingRoles rule { name condition source } } }
"""
CAN = """
    query ($id: ID!, $actions: [Action!]) { node(id: $id) { ... on Membership {
        viewerCan(actions: $actions) { action allowed reason message passingRoles } } } }
"""
MISSING = {
    "action": "SERVICE_LIST",
    "allowed": False,
    "reason": "NOT_FOUND",
    "message": "There is no such object, or you may not know of it.",
}


async def explained(ask: Ask, person: User, action: str, target: str, **given: Any) -> Any:
    """Ask why; give the decision."""
    answer = await ask(person, EXPLAIN, action=action, target=target, **given)
    return answer.data["explainAccess"]


async def test_a_decision_tells_its_reason_its_rule_and_who_could(firm: Firm, ask: Ask) -> None:
    clerk = await firm.clerk()

    told = await explained(ask, clerk, "IDENTIFIER_CHANGE", firm.world.id(firm.structure))

    assert told == {
        "action": "IDENTIFIER_CHANGE",
        "allowed": False,
        "reason": "ROLE_TOO_LOW",
        "message": "Your role on the structure does not allow it.",
        "passingRoles": ["SECONDARY_MANAGER", "PRIMARY_MANAGER", "SUPPORT"],
        "rule": {
            "name": "identifier:change",
            "condition": "structure ACTIVE, never replaced before; local authority: support only",
            "source": "domain 2.2 r18, 3.11; S5; sheet G",
        },
    }


async def test_a_manager_is_told_why_another_user_of_his_structure_may_not(
    firm: Firm, ask: Ask
) -> None:
    clerk, structure = await firm.clerk(), firm.world.id(firm.structure)
    asked = {"userId": firm.world.id(clerk)}

    told = await explained(ask, firm.secondary, "USER_LIST", structure, **asked)

    assert (told["allowed"], told["reason"]) == (False, "ROLE_TOO_LOW")
    assert told["message"] == "The user's role on the structure does not allow it."
    assert (await explained(ask, firm.secondary, "SERVICE_LIST", structure, **asked))["allowed"]


@pytest.mark.parametrize(
    ("state", "action", "reason"),
    [
        ({"status": MembershipStatus.INACTIVE}, "SERVICE_LIST", "MEMBERSHIP_INACTIVE"),
        ({"account": UserStatus.DEACTIVATED}, "SERVICE_LIST", "ACCOUNT_INACTIVE"),
        ({"account": UserStatus.PENDING_ACTIVATION}, "SERVICE_LIST", "ACCOUNT_INACTIVE"),
        ({}, "REQUEST_CANCEL", "TARGET_DOES_NOT_FIT"),
        ({}, "SUBSCRIPTION_REQUEST_SUBMIT", None),
    ],
)
async def test_another_users_membership_and_account_count(
    firm: Firm, ask: Ask, state: dict[str, Any], action: str, reason: str | None
) -> None:
    clerk = await firm.clerk(**state)
    asked = {"userId": firm.world.id(clerk)}

    told = await explained(ask, firm.primary, action, firm.world.id(firm.structure), **asked)

    assert (told["allowed"], told["reason"]) == (reason is None, reason)


async def test_a_requester_is_explained_to_the_managers_whom_he_asks(firm: Firm, ask: Ask) -> None:
    structure, asked = firm.world.id(firm.structure), {"userId": firm.world.id(firm.outsider)}
    assert (await explained(ask, firm.primary, "SERVICE_LIST", structure, **asked))[
        "reason"
    ] == "NOT_FOUND"

    await firm.world.connection_request(firm.structure, firm.outsider)

    told = await explained(ask, firm.primary, "SERVICE_LIST", structure, **asked)
    assert told["reason"] == "NOT_A_MEMBER"
    assert (await explained(ask, firm.primary, "PRIMARY_MANAGER_READ", structure, **asked))[
        "allowed"
    ]


async def test_nothing_is_explained_of_a_user_who_is_not_of_the_structure(
    firm: Firm, ask: Ask
) -> None:
    world, structure = firm.world, firm.world.id(firm.structure)
    gone = await firm.clerk(status=MembershipStatus.DELETED)
    member_elsewhere = await world.user()
    await world.member(await world.structure("Elsewhere"), member_elsewhere)
    texts = [*map(world.id, (gone, member_elsewhere, firm.outsider)), "nonsense", "", structure]

    await world.token(firm.primary)
    costs = set()
    for text in texts:
        world.statements.clear()
        told = await explained(ask, firm.primary, "SERVICE_LIST", structure, userId=text)
        costs.add(len(world.statements))
        assert {name: told[name] for name in MISSING} == MISSING, text
    assert len(costs) == 1


async def test_only_managers_and_support_ask_about_others(firm: Firm, ask: Ask) -> None:
    world = firm.world
    clerk, structure = await firm.clerk(), world.id(firm.structure)
    asked = {"action": "SERVICE_LIST", "target": structure, "userId": world.id(firm.secondary)}

    for person in (clerk, firm.outsider):
        answer = await ask(person, EXPLAIN, **asked)
        assert answer.codes == ["FORBIDDEN"]
        assert answer.errors[0]["extensions"]["action"] == "USER_LIST"
        assert answer.body["data"] == {"explainAccess": None}
    support = await world.user("S", platform_role=PlatformRole.SUPPORT)
    assert (await ask(support, EXPLAIN, **asked)).data["explainAccess"]["allowed"]


async def test_everybody_may_name_himself(firm: Firm, ask: Ask) -> None:
    clerk = await firm.clerk()
    structure, me = firm.world.id(firm.structure), firm.world.id(clerk)

    told = await explained(ask, clerk, "USER_LIST", structure, userId=me)

    assert told == await explained(ask, clerk, "USER_LIST", structure)
    assert told["reason"] == "ROLE_TOO_LOW"


async def test_nobody_who_is_not_signed_in_is_told_anything(firm: Firm, ask: Ask) -> None:
    answer = await ask(
        None, EXPLAIN, action="CARD_READ", target=firm.world.id(firm.structure), userId=None
    )

    assert answer.codes == ["FORBIDDEN"]


async def test_an_unseen_target_is_like_a_missing_one_whoever_is_named(
    firm: Firm, ask: Ask
) -> None:
    world = firm.world
    rival = await world.user()
    await world.structure("Elsewhere", primary=rival)
    service = world.id(firm.sales)
    await world.token(rival)

    answers = []
    for target in (service, service[:-1], "nonsense"):
        for user in (None, world.id(firm.primary), world.id(rival), "nonsense"):
            world.statements.clear()
            told = await explained(ask, rival, "SERVICE_LIST", target, userId=user)
            assert {name: told[name] for name in MISSING} == MISSING
            answers.append((target == service, len(world.statements)))
    # A text that is no id is of no type: there is no statement that it could be like.
    assert set(answers) == {(True, 2), (False, 1)}


async def test_whom_a_manager_asks_about_may_not_know_of_everything(firm: Firm, ask: Ask) -> None:
    clerk = await firm.clerk()
    other = await firm.membership_of(firm.secondary)
    asked = {"userId": firm.world.id(clerk)}

    told = await explained(ask, firm.primary, "ACCESS_EXPLAIN", firm.world.id(other), **asked)

    assert told["reason"] == "NOT_FOUND"
    assert told["message"] == "There is no such object, or the user may not know of it."


async def test_an_object_of_an_inactive_structure_takes_no_act(firm: Firm, ask: Ask) -> None:
    clerk = await firm.clerk()
    membership = await firm.membership_of(clerk)
    await firm.world.retire(firm.structure)
    target = firm.world.id(membership)

    told = await explained(ask, firm.primary, "SUBSCRIPTION_SET", target)
    answer = await ask(
        firm.primary, CAN, id=target, actions=["SUBSCRIPTION_SET", "MEMBERSHIP_READ"]
    )

    assert told["reason"] == "STRUCTURE_INACTIVE"
    assert [one["reason"] for one in answer.data["node"]["viewerCan"]] == [
        "STRUCTURE_INACTIVE",
        None,
    ]
    document = """query ($target: ID!) { viewer {
        can(action: SUBSCRIPTION_SET, target: $target) { reason } } }"""
    told = (await ask(firm.primary, document, target=target)).data["viewer"]["can"]
    assert told == {"reason": "STRUCTURE_INACTIVE"}


async def test_a_membership_tells_what_one_may_do_to_it(firm: Firm, ask: Ask) -> None:
    world = firm.world
    peer = await world.user("Petra Peer")
    await world.member(firm.structure, peer, role=Role.SECONDARY_MANAGER)
    clerk = await firm.clerk()
    reasons = {}
    for whose in (clerk, peer, firm.secondary, firm.primary):
        target = world.id(await firm.membership_of(whose))
        answer = await ask(firm.secondary, CAN, id=target, actions=["SUBSCRIPTION_SET"])
        (told,) = answer.data["node"]["viewerCan"]
        reasons[whose.id] = told["reason"]

    assert reasons == {
        clerk.id: None,
        peer.id: "TARGET_PROTECTED",
        firm.secondary.id: None,
        firm.primary.id: "TARGET_PROTECTED",
    }


async def test_the_user_himself_is_told_what_he_may_do_to_his_membership(
    firm: Firm, ask: Ask
) -> None:
    clerk = await firm.clerk()
    target = firm.world.id(await firm.membership_of(clerk))

    answer = await ask(clerk, CAN, id=target)

    told = {one["action"]: one["reason"] for one in answer.data["node"]["viewerCan"]}
    assert list(told) == [action.value for action in ON_MEMBERSHIP]
    assert told["MEMBERSHIP_READ"] is None
    assert told["SUBSCRIPTION_SET"] == "ROLE_TOO_LOW"
    answer = await ask(clerk, CAN, id=target, actions=[])
    assert answer.data["node"]["viewerCan"] == []


async def test_what_a_manager_is_told_of_a_right_is_what_the_act_answers(
    firm: Firm, ask: Ask
) -> None:
    world = firm.world
    await world.opening(firm.structure)
    peer = await world.user("Petra Peer")
    await world.member(firm.structure, peer, role=Role.SECONDARY_MANAGER)
    clerk = await firm.clerk()
    document = """
        mutation ($input: SetSubscriptionsInput!) { setSubscriptions(input: $input) {
            results { error { code } } errors { code } } }
    """
    wrong = []
    for asker in (firm.primary, firm.secondary, clerk):
        for whose in (firm.primary, firm.secondary, peer, clerk):
            target = world.id(await firm.membership_of(whose))
            told = await explained(ask, asker, "SUBSCRIPTION_SET", target)
            setting = {
                "membershipId": target,
                "area": "ISSUED_INVOICES",
                "mode": "CONSULTATION",
                "scope": {"wholeStructure": True},
            }
            given = {"subscriptions": [setting], "dryRun": True}
            payload = (await ask(asker, document, input=given)).body["data"]["setSubscriptions"]
            done = payload is not None and payload["results"][0]["error"] is None
            if told["allowed"] != done:
                wrong.append((asker.display_name, whose.display_name, told, payload))
    assert wrong == []


END = """
    mutation ($input: EndSubscriptionsInput!) { endSubscriptions(input: $input) {
        results { error { code } } errors { code } } }
"""


async def test_what_one_is_told_of_ending_a_right_is_what_the_act_answers(
    firm: Firm, ask: Ask
) -> None:
    world = firm.world
    areas = (AreaCode.ISSUED_INVOICES, AreaCode.WORK_INVOICES)
    for area in areas:
        await world.opening(firm.structure, area)
    clerk = await firm.clerk()
    people = (firm.primary, firm.secondary, clerk)
    rights = [
        await world.right(await firm.membership_of(whose), area)
        for whose in people
        for area in areas
    ]
    told, found = [], []
    for asker in people:
        for right in rights:
            target = world.id(right)
            decision = await ask(asker, EXPLAIN, action="SUBSCRIPTION_END", target=target)
            told.append(decision.data["explainAccess"]["allowed"])
            given = {"subscriptionIds": [target], "dryRun": True}
            payload = (await ask(asker, END, input=given)).body["data"]["endSubscriptions"]
            found.append(payload["results"][0]["error"] is None)

    assert told == found
    # The clerk sees no right of others, and gives up one of his own two.
    assert found == [True] * 6 + [False] * 2 + [True] * 4 + [False] * 4 + [True, False]


@pytest.mark.parametrize(
    "action",
    ["MEMBERSHIP_LEAVE", "CONNECTION_REQUEST_DECIDE", "SUBSCRIPTION_REQUEST_DECIDE"],
)
async def test_an_action_on_oneself_that_is_meant_for_something_else_is_answered(
    firm: Firm, action: str
) -> None:
    document = """query($action: Action!, $id: ID!) {
        viewer { can(action: $action, target: $id) { allowed } } }"""

    for person in (firm.primary, firm.secondary, firm.outsider):
        answer = await firm.world.ask(person, document, action=action, id=firm.world.id(person))
        assert answer.data["viewer"]["can"]["allowed"] in {True, False}
