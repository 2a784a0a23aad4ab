"""Each action is asked of objects of some kinds, and of no others, whoever asks."""

import itertools

from collections.abc import Mapping

import pytest

from models.policy import Action
from resolvers.node_ids import NodeKind
from tests.rights.asking import told
from tests.rights.expected import PRIMARY, PRIVATE, SECONDARY, SIMPLE, STRANGER, SUPPORT
from tests.rights.scene import Scene
from tests.world import World


WITHOUT_OBJECT = (Action.STRUCTURE_SEARCH, Action.STRUCTURE_CREATE)
OF_PERSONS_AND_REQUESTS = {
    Action.USER_CONTACT_READ,
    Action.MEMBERSHIP_READ,
    Action.SUBSCRIPTION_LIST,
    Action.REQUEST_CANCEL,
}
FITTING: Mapping[NodeKind, set[Action]] = {
    NodeKind.STRUCTURE: set(Action) - {*WITHOUT_OBJECT, *OF_PERSONS_AND_REQUESTS},
    NodeKind.SERVICE: {
        Action.SERVICE_LIST,
        Action.OPENED_AREA_LIST,
        Action.USER_LIST,
        Action.SERVICE_MANAGE,
        Action.SERVICE_USER_MANAGE,
        Action.OPENED_AREA_MANAGE,
        Action.INVOICE_INPUT,
        Action.INVOICE_ISSUE,
    },
    NodeKind.SERVICE_USER: {
        Action.MEMBERSHIP_READ,
        Action.SUBSCRIPTION_LIST,
        Action.SERVICE_USER_MANAGE,
    },
    NodeKind.MEMBERSHIP: {
        Action.MEMBERSHIP_READ,
        Action.SUBSCRIPTION_LIST,
        Action.SERVICE_USER_MANAGE,
        Action.SUBSCRIPTION_SET,
        Action.SUBSCRIPTION_END,
        Action.SECONDARY_MANAGER_APPOINT,
        Action.MEMBERSHIP_DEACTIVATE,
        Action.MEMBERSHIP_REACTIVATE,
        Action.MEMBERSHIP_DELETE,
        Action.MEMBERSHIP_LEAVE,
        Action.SUBSCRIPTION_DUPLICATE,
    },
    NodeKind.USER: {Action.USER_CONTACT_READ},
    NodeKind.STRUCTURE_AREA: {Action.OPENED_AREA_LIST, Action.OPENED_AREA_MANAGE},
    NodeKind.AREA_SUBSCRIPTION: {Action.SUBSCRIPTION_LIST, Action.SUBSCRIPTION_END},
    NodeKind.CONNECTION_REQUEST: {
        Action.REQUEST_LIST,
        Action.REQUEST_CANCEL,
        Action.CONNECTION_REQUEST_DECIDE,
    },
    NodeKind.SUBSCRIPTION_REQUEST: {
        Action.REQUEST_LIST,
        Action.REQUEST_CANCEL,
        Action.SUBSCRIPTION_REQUEST_DECIDE,
    },
    NodeKind.MANAGER_ACTION: {Action.HISTORY_READ},
    NodeKind.BANK_ACCOUNT: {
        Action.BANK_ACCOUNT_LIST,
        Action.BANK_ACCOUNT_READ,
        Action.BANK_ACCOUNT_MANAGE,
    },
    NodeKind.INVOICING_MANDATE: {Action.MANDATE_READ, Action.MANDATE_REVOKE},
}
"""What is asked of objects of a kind, besides why one may or may not, which is asked of all."""


@pytest.mark.parametrize("who", [STRANGER, SIMPLE, SECONDARY, PRIMARY, SUPPORT])
async def test_an_action_is_answered_for_objects_that_it_fits_and_denied_for_others(
    world: World, who: str
) -> None:
    scene = await Scene.set_up(world)
    person = scene.person(who)
    targets = {
        "structure": world.id(scene.structures[PRIVATE]),
        "himself": world.id(person),
        **scene.ids,
    }
    pairs = list(itertools.product(targets, Action))
    decisions = await told(world, person, [(one, targets[name]) for name, one in pairs])
    wrong = []
    for (name, action), decision in zip(pairs, decisions, strict=True):
        kind = NodeKind(targets[name].partition("_")[0])
        fits = action == Action.ACCESS_EXPLAIN or action in FITTING[kind]
        if decision["reason"] == "NOT_FOUND":
            assert name not in {"structure", "himself"}
        elif fits == (decision["reason"] == "TARGET_DOES_NOT_FIT"):
            wrong.append((name, action, decision))
    assert wrong == []


async def test_there_is_an_object_of_every_kind_to_ask_of(world: World) -> None:
    scene = await Scene.set_up(world)

    assert {text.partition("_")[0] for text in scene.ids.values()} == set(NodeKind)
    assert set(FITTING) == set(NodeKind)


async def test_what_fits_no_object_is_asked_without_one(world: World) -> None:
    scene = await Scene.set_up(world)
    asked = " ".join(f"{one.lower()}: can(action: {one}) {{ allowed }}" for one in WITHOUT_OBJECT)

    answer = await world.ask(scene.person(SIMPLE), f"{{ viewer {{ {asked} }} }}")

    assert answer.data["viewer"] == {one.lower(): {"allowed": True} for one in WITHOUT_OBJECT}
