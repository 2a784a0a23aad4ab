"""Whatever state an object is in, its id is answered as the tables say, to every kind of viewer."""

import pytest

from tests.rights.foreign import places_of_schema
from tests.rights.mutation_places import mutation_places
from tests.rights.query_places import readings
from tests.rights.states import (
    of_decisions,
    of_memberships,
    of_others,
    of_reads,
    of_services,
    of_structures,
)
from tests.rights.states.holdings import scene_of
from tests.rights.states.mutations import Asked
from tests.rights.states.queries import told
from tests.rights.states.scene import StatesScene
from tests.rights.states.table import DONE, HERE, VIEWERS, Table
from tests.rights.test_mutations import fingerprint, signed_in
from tests.world import World


MUTATIONS = {
    "structures": of_structures.TABLE,
    "services": of_services.TABLE,
    "memberships": of_memberships.TABLE,
    "others": of_others.TABLE,
}
DECISIONS = of_decisions.TABLE["Viewer.can(target)"]
EXPLAINED = {state: (HERE, *signed_in) for state, (_, *signed_in) in DECISIONS.items()}
"""What one is told of oneself otherwise, one is told here too; without signing in it is refused."""
QUERIES: Table = of_reads.TABLE | of_decisions.TABLE | {"Query.explainAccess(target)": EXPLAINED}

WRITING = {DONE, "REQUESTER_INACTIVE"}
"""What would change something, and is only foreseen here; whatever else is refused is meant."""


@pytest.fixture
async def scene(world: World) -> StatesScene:
    """Every kind of person, structure and object, in every state."""
    return await scene_of(world)


def test_every_place_of_an_id_stands_in_one_table() -> None:
    named = [name for table in (QUERIES, *MUTATIONS.values()) for name in table]
    assert sorted(named) == sorted(places_of_schema())


@pytest.mark.parametrize("whose", MUTATIONS)
async def test_a_mutation_answers_an_id_in_any_state_once_and_twice(
    world: World, scene: StatesScene, whose: str
) -> None:
    before = await signed_in(world, scene)
    places, different = mutation_places(scene), []
    for name, rows in MUTATIONS[whose].items():
        place = places[name]
        states = scene.examples(place.kinds)
        assert (name, states.keys() - rows.keys()) == (name, set())
        ids = states | scene.ids
        for position, who in enumerate(VIEWERS):
            asked = Asked(world, scene.people[who], name, place)
            for dry in (False, True):
                part = [state for state in rows if (rows[state][position] in WRITING) == dry]
                texts = [ids[state] for state in part]
                found = await asked.told(texts, scene.missing(place.kinds[0]), dry=dry)
                different += [
                    (name, state, who, word)
                    for state, word in zip(part, found, strict=True)
                    if word != rows[state][position]
                ]
    assert different == []
    assert await fingerprint(world) == before


async def test_a_query_answers_an_id_in_any_state(scene: StatesScene) -> None:
    different = []
    for name, reading in readings(scene).items():
        rows, states = QUERIES[name], scene.examples(reading.kinds)
        assert (name, set(rows)) == (name, set(states))
        for position, who in enumerate(VIEWERS):
            found = await told(scene, scene.people[who], reading, states)
            different += [
                (name, state, who, word)
                for state, word in found.items()
                if word != rows[state][position]
            ]
    assert different == []
