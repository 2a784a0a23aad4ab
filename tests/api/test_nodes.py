"""Objects by their ids, and what the rules say beforehand about fields and acts."""

import itertools

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models.memberships import MembershipStatus
from resolvers.subjects import ON_STRUCTURE
from tests.firm import Firm
from tests.rights.expected import EVERYBODY, KINDS, PRIMARY, PRIVATE, STRANGER, SUPPORT
from tests.rights.scene import Scene
from tests.world import Answer, World


Ask = Callable[..., Awaitable[Answer]]

FIELDS = {
    "CARD_READ": ("name",),
    "GENERAL_READ": ("general { label }", "version", "createdAt", "predecessor { id }"),
    "PRIMARY_MANAGER_READ": ("primaryManager { displayName }",),
    "SERVICE_LIST": ("services { nodes { code } }",),
    "OPENED_AREA_LIST": ("openedAreas { mode }",),
    "USER_LIST": ("users { nodes { role } }",),
    "ADMINISTRATION_READ": ("applicationsUsed", "firstPaymentAt"),
    "REQUEST_LIST": ("connectionRequests { nodes { id } }", "pendingCounts { connectionRequests }"),
    "HISTORY_READ": ("history { nodes { id } }",),
}
CAN = """
    query ($id: ID!, $actions: [Action!]) { structure(by: {id: $id}) {
        viewerCan(actions: $actions) { action allowed reason message passingRoles
            rule { action } } } }
"""
CAN_ON = """
    query ($action: Action!, $target: ID) { viewer {
        can(action: $action, target: $target) { allowed reason } } }
"""


@pytest.fixture
async def scene(world: World) -> Scene:
    """Every kind of person, structure and object."""
    return await Scene.set_up(world)


async def test_what_one_is_told_that_one_may_read_one_reads(
    scene: Scene, world: World, ask: Ask
) -> None:
    wrong = []
    for who, kind in itertools.product(EVERYBODY[1:], KINDS):
        person, structure = scene.person(who), world.id(scene.structures[kind])
        answer = await ask(person, CAN, id=structure, actions=list(FIELDS))
        for told in answer.data["structure"]["viewerCan"]:
            asked = {"action": told["action"], "target": structure}
            on_target = (await ask(person, CAN_ON, **asked)).data["viewer"]["can"]
            selected = " ".join(FIELDS[told["action"]])
            document = f"query ($id: ID!) {{ structure(by: {{id: $id}}) {{ {selected} }} }}"
            read = "errors" not in (await ask(person, document, id=structure)).body
            if not told["allowed"] == on_target["allowed"] == read:
                wrong.append((who, kind, told, on_target, read))
            assert (told["reason"] is None) == told["allowed"] == (told["message"] is None)
            assert told["rule"]["action"] == told["action"]
    assert wrong == []


REQUESTS = {
    "validateConnectionRequests": ("CONNECTION_REQUEST_DECIDE", "request of the requester"),
    "refuseConnectionRequests": ("CONNECTION_REQUEST_DECIDE", "request of the requester"),
    "validateSubscriptionRequests": (
        "SUBSCRIPTION_REQUEST_DECIDE",
        "subscription request of the simple user",
    ),
    "cancelRequests": ("REQUEST_CANCEL", "request of the requester"),
}


def decision(name: str, target: str) -> dict[str, Any]:
    """Write the input of an act on one request."""
    if name == "cancelRequests":
        return {"requestIds": [target], "dryRun": True}
    reason = {"reason": "Not known here."} if name.startswith("refuse") else {}
    return {"requests": [{"id": target, **reason}], "dryRun": True}


async def test_what_one_is_told_that_one_may_decide_one_decides(
    scene: Scene, world: World, ask: Ask
) -> None:
    wrong = []
    for who, (name, (action, target)) in itertools.product(EVERYBODY[1:], REQUESTS.items()):
        person, text = scene.person(who), scene.ids[target]
        told = (await ask(person, CAN_ON, action=action, target=text)).data["viewer"]["can"]
        anywhere = (await ask(person, CAN_ON, action=action)).data["viewer"]["can"]
        document = (
            f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input)"
            " { results { error { code } } errors { code } } }"
        )
        answer = await ask(person, document, input=decision(name, text))
        payload = answer.body["data"][name]
        refused = payload is None
        done = not refused and not payload["errors"] and not payload["results"][0]["error"]
        if (told["allowed"], anywhere["allowed"]) != (done, not refused):
            wrong.append((who, name, told, anywhere, payload))
    assert wrong == []


TRANSFER = """
    mutation ($input: TransferPrimaryManagerInput!) { transferPrimaryManager(input: $input) {
        results { error { code } } errors { code } } }
"""


async def test_what_one_is_told_that_one_may_do_with_a_structure_one_does(
    scene: Scene, world: World, ask: Ask
) -> None:
    wrong = []
    for who, kind in itertools.product(EVERYBODY[1:], KINDS):
        person, structure = scene.person(who), world.id(scene.structures[kind])
        asked = {"id": structure, "actions": ["PRIMARY_MANAGER_TRANSFER"]}
        (told,) = (await ask(person, CAN, **asked)).data["structure"]["viewerCan"]
        given = {
            "structureIds": [structure],
            "successor": {"login": scene.person("secondary").login},
            "dryRun": True,
            **({"reason": "He has left."} if who == SUPPORT else {}),
        }
        payload = (await ask(person, TRANSFER, input=given)).body["data"]["transferPrimaryManager"]
        done = payload is not None and not payload["errors"] and not payload["results"][0]["error"]
        if told["allowed"] != done:
            wrong.append((who, kind, told, payload))
    assert wrong == []


@pytest.mark.parametrize(
    ("who", "kind", "action", "reason"),
    [
        (STRANGER, PRIVATE, "GENERAL_READ", "NOT_A_MEMBER"),
        ("inactive", PRIVATE, "GENERAL_READ", "MEMBERSHIP_INACTIVE"),
        ("simple", PRIVATE, "USER_LIST", "ROLE_TOO_LOW"),
        ("secondary", PRIVATE, "PRIMARY_MANAGER_TRANSFER", "ROLE_TOO_LOW"),
        (PRIMARY, "retired", "PRIMARY_MANAGER_TRANSFER", "STRUCTURE_INACTIVE"),
        (SUPPORT, "retired", "IDENTIFIER_CHANGE", "STRUCTURE_INACTIVE"),
        (PRIMARY, PRIVATE, "REQUEST_CANCEL", "TARGET_DOES_NOT_FIT"),
    ],
)
async def test_a_no_has_its_reason(
    scene: Scene, ask: Ask, who: str, kind: str, action: str, reason: str
) -> None:
    structure = scene.world.id(scene.structures[kind])

    answer = await ask(scene.person(who), CAN, id=structure, actions=[action])

    (told,) = answer.data["structure"]["viewerCan"]
    assert (told["allowed"], told["reason"]) == (False, reason)


async def test_nothing_is_told_of_what_one_may_not_know(
    scene: Scene, world: World, ask: Ask
) -> None:
    stranger = scene.person(STRANGER)
    hidden = ("service", "opening", "membership of another user", "request of the requester")
    for text in (*(scene.ids[name] for name in hidden), "nonsense", ""):
        asked = {"action": "MEMBERSHIP_READ", "target": text}
        answer = await ask(stranger, CAN_ON, **asked)
        assert answer.data["viewer"]["can"] == {"allowed": False, "reason": "NOT_FOUND"}


async def test_every_action_on_a_structure_is_judged_without_a_list_and_none_with_an_empty_one(
    scene: Scene, world: World, ask: Ask
) -> None:
    structure = world.id(scene.structures[PRIVATE])
    document = "query ($id: ID!) { structure(by: {id: $id}) { viewerCan { action } } }"

    answer = await ask(scene.person(PRIMARY), document, id=structure)
    judged = [one["action"] for one in answer.data["structure"]["viewerCan"]]
    assert judged == [action.value for action in ON_STRUCTURE]
    answer = await ask(scene.person(PRIMARY), CAN, id=structure, actions=[])
    assert answer.data["structure"]["viewerCan"] == []


async def test_every_object_is_found_again_by_its_id_with_its_type(
    scene: Scene, world: World, ask: Ask
) -> None:
    types = {
        "structure": "Structure",
        "service": "Service",
        "opening": "StructureArea",
        "membership of another user": "Membership",
        "service user of the simple user": "ServiceUser",
        "right of the simple user": "AreaSubscription",
        "simple user": "User",
        "request of the requester": "ConnectionRequest",
        "subscription request of the simple user": "SubscriptionRequest",
        "act of the secondary manager": "ManagerAction",
    }
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }"

    answer = await ask(scene.person(PRIMARY), document, ids=[scene.ids[name] for name in types])

    assert answer.data["nodes"] == [
        {"id": scene.ids[name], "__typename": kind} for name, kind in types.items()
    ]


async def test_a_request_of_one_kind_has_no_id_of_the_other(
    scene: Scene, world: World, ask: Ask
) -> None:
    request = scene.requests[PRIVATE]
    connection = world.id(request)
    kind, number = world.parts.node_ids.decode(connection) or (None, ())
    other = world.parts.node_ids.encode(type(kind)("sr"), *number)  # type: ignore[misc]

    answer = await ask(scene.person(PRIMARY), "query ($id: ID!) { node(id: $id) { id } }", id=other)

    assert answer.data == {"node": None}


@pytest.mark.parametrize("number", [0, 101])
async def test_none_or_too_many_ids_are_refused(world: World, ask: Ask, number: int) -> None:
    person = await world.user()
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    answer = await ask(person, document, ids=[world.id(person)] * number)

    (error,) = answer.errors
    assert error["path"] == ["nodes"]
    assert error["extensions"]["code"] == "INVALID"
    assert error["extensions"]["field"] == ["ids"]


async def test_a_hundred_times_the_same_id_is_the_same_object(world: World, ask: Ask) -> None:
    person = await world.user()
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    answer = await ask(person, document, ids=[world.id(person)] * 100)

    assert answer.data["nodes"] == [{"id": world.id(person)}] * 100


async def test_what_one_did_and_asked_stays_readable_after_one_has_left(
    firm: Firm, ask: Ask
) -> None:
    world = firm.world
    person = await firm.clerk(status=MembershipStatus.DELETED)
    request = await world.connection_request(
        firm.structure, person, status="CANCELLED", decided_at=world.now
    )
    document = """query ($id: ID!) { node(id: $id) { ... on ConnectionRequest {
        status structure { name } requester { login } } } }"""

    answer = await ask(person, document, id=world.id(request))

    assert answer.data["node"] == {
        "status": "CANCELLED",
        "structure": {"name": "Atelier"},
        "requester": {"login": person.login},
    }
