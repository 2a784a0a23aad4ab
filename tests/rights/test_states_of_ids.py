"""Ids of what a viewer knows, but in a state that the act does not expect, or given twice."""

from typing import Any

import pytest

from models.memberships import MembershipStatus
from models.policy import Action
from resolvers.node_ids import NodeKind
from schema.root import schema
from tests.rights.expected import (
    DONE,
    EVERYBODY,
    HERE,
    NOWHERE,
    PRIMARY,
    PRIVATE,
    RETIRED,
    SECONDARY,
    STRANGER,
    UNKNOWN,
)
from tests.rights.foreign import Place, places_of_schema
from tests.rights.scene import Scene
from tests.rights.test_foreign_ids import places
from tests.rights.test_mutations import fingerprint, outcome
from tests.world import World


GUARDS = (Action.SERVICE_MANAGE, Action.SERVICE_USER_MANAGE)

EXPECTED: dict[str, dict[str, tuple[str, str]]] = {
    "createService(input.structureId)": {
        "inactive structure": ("STRUCTURE_INACTIVE", HERE),
        "structure": (DONE, HERE),
    },
    "updateService(input.serviceId)": {
        "inactive service": (DONE, UNKNOWN),
        "ended service": (DONE, UNKNOWN),
        "service of an inactive structure": ("STRUCTURE_INACTIVE", UNKNOWN),
        "public service": (DONE, HERE),
        "idle public service": (DONE, UNKNOWN),
        "reserved service": (HERE, HERE),
    },
    "deactivateService(input.serviceId)": {
        "inactive service": (DONE, UNKNOWN),
        "ended service": (DONE, UNKNOWN),
        "service of an inactive structure": ("STRUCTURE_INACTIVE", UNKNOWN),
        "public service": ("CONFIRMATION_REQUIRED", HERE),
        "idle public service": (DONE, UNKNOWN),
        "reserved service": (HERE, HERE),
    },
    "reactivateService(input.serviceId)": {
        "inactive service": (DONE, UNKNOWN),
        "ended service": (DONE, UNKNOWN),
        "service of an inactive structure": ("STRUCTURE_INACTIVE", UNKNOWN),
        "public service": (DONE, HERE),
        "idle public service": (DONE, UNKNOWN),
        "reserved service": (HERE, HERE),
    },
    "enableServiceUsers(input.serviceId)": {
        "inactive service": ("SERVICE_INACTIVE", UNKNOWN),
        "ended service": ("SERVICE_INACTIVE", UNKNOWN),
        # Whom the call names is no user of these structures.
        "service of an inactive structure": (UNKNOWN, UNKNOWN),
        "public service": (UNKNOWN, HERE),
        "reserved service": (UNKNOWN, HERE),
    },
    "enableServiceUsers(input.membershipIds)": {
        "inactive membership": ("CONFLICT", UNKNOWN),
        "deleted membership": ("CONFLICT", UNKNOWN),
        "membership of a manager": ("CONFLICT", UNKNOWN),
        "membership of an inactive structure": (UNKNOWN, UNKNOWN),
        "membership of the simple user": (DONE, UNKNOWN),
    },
    "disableServiceUsers(input.serviceId)": {
        "inactive service": (DONE, UNKNOWN),
        "ended service": (DONE, UNKNOWN),
        "service of an inactive structure": (UNKNOWN, UNKNOWN),
        "public service": (UNKNOWN, HERE),
        "reserved service": (UNKNOWN, HERE),
    },
    "disableServiceUsers(input.membershipIds)": {
        "inactive membership": ("CONFLICT", UNKNOWN),
        "deleted membership": ("CONFLICT", UNKNOWN),
        "membership of a manager": ("CONFLICT", UNKNOWN),
        "membership of an inactive structure": (UNKNOWN, UNKNOWN),
        "membership of the simple user": (DONE, UNKNOWN),
    },
    "setMembershipScope(input.membershipId)": {
        "inactive membership": (DONE, UNKNOWN),
        "deleted membership": ("CONFLICT", UNKNOWN),
        "membership of a manager": ("CONFLICT", UNKNOWN),
        "membership of an inactive structure": ("STRUCTURE_INACTIVE", UNKNOWN),
        "membership of the simple user": (DONE, UNKNOWN),
    },
    "setMembershipScope(input.serviceIds)": {
        "inactive service": ("SERVICE_INACTIVE", UNKNOWN),
        "ended service": ("SERVICE_INACTIVE", UNKNOWN),
        "service of an inactive structure": (UNKNOWN, UNKNOWN),
        "public service": (UNKNOWN, UNKNOWN),
        "service": (DONE, UNKNOWN),
    },
}
"""
What the managers of the structure are told, and the stranger, who manages another one.

Nobody else holds these actions anywhere. The membership that is inactive reaches all services.
"""


@pytest.fixture
async def scene(world: World) -> Scene:
    """Every kind of person, structure and object, in every state."""
    scene = await Scene.set_up(world)
    private, retired = scene.structures[PRIVATE], scene.structures[RETIRED]
    yesterday = world.now.date().replace(year=world.now.year - 1)
    gone = await world.member(private, await world.user(), status=MembershipStatus.DELETED)
    inactive = next(
        one
        for one in await world.all(type(gone))
        if one.structure_id == private.id and one.status == MembershipStatus.INACTIVE
    )
    reserved = next(one for one in await world.all(type(scene.services[PRIVATE])) if one.reserved)
    scene.ids |= {
        "inactive structure": world.id(retired),
        "inactive service": world.id(await world.service(private, "OFF", enabled=False)),
        "ended service": world.id(await world.service(private, "OVER", valid_to=yesterday)),
        "service of an inactive structure": world.id(scene.services[RETIRED]),
        "reserved service": world.id(reserved),
        "inactive membership": world.id(inactive),
        "deleted membership": world.id(gone),
        "membership of a manager": world.id(scene.memberships[PRIVATE, SECONDARY]),
        "membership of an inactive structure": world.id(scene.memberships[RETIRED, "simple"]),
    }
    return scene


def guarded_places() -> set[str]:
    """Give every place of an id in the mutations on services."""
    names = {coordinate for action in GUARDS for coordinate in schema.coordinates[action]}
    found = {name for name in places_of_schema() if name.partition("(")[0] in names}
    return {name.removeprefix("Mutation.") for name in found}


def test_every_place_of_an_id_stands_in_the_table() -> None:
    assert set(EXPECTED) == guarded_places()


async def test_an_id_in_any_state_is_answered_as_the_table_says(world: World, scene: Scene) -> None:
    for who in EVERYBODY:
        if scene.people[who] is not None:
            await world.token(scene.person(who))
    before = await fingerprint(world)
    different = []
    for name, states in EXPECTED.items():
        place = places(scene)[f"Mutation.{name}"]
        for state, (managers, stranger) in states.items():
            told = {SECONDARY: managers, PRIMARY: managers, STRANGER: stranger}
            given = given_to(place, scene.ids[state])
            for who in EVERYBODY:
                answer = await world.ask(scene.people[who], place.document, **given)
                found = outcome(answer.body)
                if found != told.get(who, NOWHERE):
                    different.append((name, state, who, found))
    assert different == []
    assert await fingerprint(world) == before


def given_to(place: Place, text: str, times: int = 1) -> dict[str, Any]:
    """Give the variables with *text*, in a list that many *times*; nothing shall be changed."""
    given = place.given([text] * times if place.many else text)
    return {"input": given["input"] | {"dryRun": True}}


async def test_what_is_named_twice_is_done_once(world: World, scene: Scene) -> None:
    for name in EXPECTED:
        place = places(scene)[f"Mutation.{name}"]
        if not place.many:
            continue
        service = place.kinds == (NodeKind.SERVICE,)
        known = scene.ids["service" if service else "membership of the simple user"]
        once, twice = [
            next(iter(answer.data.values()))
            for answer in [
                await world.ask(
                    scene.person(PRIMARY), place.document, **given_to(place, known, times)
                )
                for times in (1, 2)
            ]
        ]
        assert (name, twice["effects"]) == (name, once["effects"])
        assert twice["errors"] == once["errors"] == []
        assert twice.get("results", []) == once.get("results", []) * 2
