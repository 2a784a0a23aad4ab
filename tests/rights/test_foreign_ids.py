"""Whatever id is given of what a viewer may not know of, he is told what a missing one tells."""

from collections import Counter
from typing import Any

import pytest

from resolvers.node_ids import NodeKind
from tests.rights.expected import EVERYBODY, SUPPORT
from tests.rights.foreign import Foreign, Place, malformed, places_of_schema
from tests.rights.mutation_places import mutation_places
from tests.rights.query_places import ANY_KIND, query_places
from tests.rights.scene import Scene
from tests.rights.test_mutations import fingerprint
from tests.world import Answer, World


def places(scene: Scene) -> dict[str, Place]:
    """Say of each place of the schema how to give an id there."""
    return query_places(scene) | mutation_places(scene)


@pytest.fixture
async def scene(world: World) -> Scene:
    """Every kind of person, structure and object."""
    return await Scene.set_up(world)


@pytest.fixture
async def foreign(scene: Scene) -> Foreign:
    """Structures that nobody of the scene has to do with."""
    return await Foreign.set_up(scene)


async def told(world: World, person: Any, place: Place, given: Any) -> tuple[Any, Counter[str]]:
    """Give the answer, and how often which statement was sent for it."""
    world.forgive()
    world.statements.clear()
    answer: Answer = await world.ask(person, place.document, **place.given(given))
    return (answer.status, answer.body), Counter(world.statements)


def candidates(name: str, place: Place, foreign: Foreign) -> dict[str, tuple[str, str]]:
    """Give the ids to try, each with the missing one that it must be like."""
    found: dict[str, tuple[str, str]] = {}
    wrong = [kind for kind in NodeKind if kind not in place.kinds]
    for kind in place.kinds:
        missing = foreign.missing(kind)
        hidden = foreign.hidden[kind]
        if name.endswith("(input.successor.userId)"):
            # An active person may be named by whoever has his id: he need not be connected.
            hidden = foreign.unusable
        found |= {f"{kind} {what}": (text, missing) for what, text in hidden.items()}
        if kind == place.kinds[0]:
            texts = malformed(next(iter(foreign.hidden[kind].values())))
            found |= {f"malformed: {what}": (text, missing) for what, text in texts.items()}
    like = foreign.missing(place.kinds[0])
    for kind in wrong[:2]:
        found[f"wrong type {kind}"] = (next(iter(foreign.hidden[kind].values())), like)
    known = foreign.scene.ids["structure" if "st" not in place.kinds else "public service"]
    if wrong:
        found["wrong type, known"] = (known, like)
    return found


async def test_every_place_that_takes_an_id_is_tried(scene: Scene) -> None:
    assert {name: place.many for name, place in places(scene).items()} == places_of_schema()


@pytest.mark.parametrize("who", [one for one in EVERYBODY if one != SUPPORT])
async def test_what_a_viewer_may_not_know_of_is_like_what_is_missing(
    world: World, scene: Scene, foreign: Foreign, who: str
) -> None:
    person = scene.people[who]
    if person is not None:
        await world.token(person)
    before = await fingerprint(world)
    different = []
    for name, place in places(scene).items():
        expected: dict[Any, Any] = {}
        for what, (text, missing) in candidates(name, place, foreign).items():
            given, like = ([text, text], [missing, missing]) if place.many else (text, missing)
            if missing not in expected:
                expected[missing] = await told(world, person, place, like)
            found = await told(world, person, place, given)
            # A text that is no id has no type either: no statement could be like another.
            untyped = what.startswith("malformed") and place.kinds == ANY_KIND
            compared = slice(1) if untyped else slice(2)
            if found[compared] != expected[missing][compared]:
                different.append((name, what, found, expected[missing]))
    assert different == []
    assert await fingerprint(world) == before


async def test_what_is_tried_does_exist(world: World, scene: Scene, foreign: Foreign) -> None:
    document = "query ($id: ID!) { node(id: $id) { id } }"
    for kind, hidden in foreign.hidden.items():
        # Support sees everything but bank details.
        witness = foreign.manager if kind == NodeKind.BANK_ACCOUNT else scene.people[SUPPORT]
        for text in hidden.values():
            answer = await world.ask(witness, document, id=text)
            assert answer.data == {"node": {"id": text}}
