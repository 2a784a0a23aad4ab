"""Every guarded field, for every kind of person, on every kind of structure."""

import itertools

import pytest

from tests.rights.expected import (
    ANONYMOUS,
    CARD,
    CONTACTS,
    EVERYBODY,
    KINDS,
    NODES,
    PRIVATE,
    PUBLIC,
    SIGNED_IN,
    STRUCTURE_FIELDS,
)
from tests.rights.scene import Scene
from tests.world import World


CONTACT = ("login", "email", "phone", "status", "lastConnectionAt")


@pytest.fixture
async def scene(world: World) -> Scene:
    """Every kind of person, structure and object."""
    return await Scene.set_up(world)


async def test_a_field_of_a_structure_is_read_by_whom_the_sheets_let(
    world: World, scene: Scene
) -> None:
    wrong = []
    for who, kind in itertools.product(EVERYBODY, KINDS):
        structure = world.id(scene.structures[kind])
        for field, allowed in STRUCTURE_FIELDS.items():
            document = f"query ($id: ID!) {{ structure(by: {{id: $id}}) {{ {field} }} }}"
            answer = await world.ask(scene.people[who], document, id=structure)
            # Without signing in there are no others than public structures.
            missing = who == ANONYMOUS and kind != PUBLIC
            assert (answer.body["data"] == {"structure": None}) == missing
            readable = "errors" not in answer.body and not missing
            refused = set(answer.codes) == {"FORBIDDEN"} or missing
            if readable != (who in allowed[kind]) or readable == refused:
                wrong.append((who, kind, field, answer.body))
    assert wrong == []


async def test_the_six_fields_of_a_card_are_for_everyone_who_is_signed_in(
    world: World, scene: Scene
) -> None:
    document = f"query ($id: ID!) {{ node(id: $id) {{ ... on Structure {{ {' '.join(CARD)} }} }} }}"
    for who, kind in itertools.product(SIGNED_IN, KINDS):
        answer = await world.ask(scene.people[who], document, id=world.id(scene.structures[kind]))
        assert set(answer.data["node"]) == set(CARD)


async def test_the_six_fields_of_a_card_are_for_everyone_where_it_is_public(
    world: World, scene: Scene
) -> None:
    document = f"query ($id: ID!) {{ node(id: $id) {{ ... on Structure {{ {' '.join(CARD)} }} }} }}"
    for kind in KINDS:
        answer = await world.ask(None, document, id=world.id(scene.structures[kind]))
        assert (answer.data["node"] is not None) == (kind == PUBLIC)


async def test_an_object_is_found_by_its_id_by_whom_the_sheets_let(
    world: World, scene: Scene
) -> None:
    for who in EVERYBODY:
        seen = {}
        for name, text in scene.ids.items():
            document = "query ($id: ID!) { node(id: $id) { id __typename } }"
            answer = await world.ask(scene.people[who], document, id=text)
            seen[name] = answer.data["node"] is not None
        assert (who, seen) == (who, {name: who in allowed for name, allowed in NODES.items()})


async def test_nodes_hides_what_node_hides(world: World, scene: Scene) -> None:
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    for who in EVERYBODY:
        answer = await world.ask(scene.people[who], document, ids=list(scene.ids.values()))
        seen = {
            name: node is not None
            for name, node in zip(scene.ids, answer.data["nodes"], strict=True)
        }
        assert (who, seen) == (who, {name: who in allowed for name, allowed in NODES.items()})


async def test_contact_data_is_read_by_whom_the_sheets_let(world: World, scene: Scene) -> None:
    structure = world.id(scene.structures[PRIVATE])
    routes = {
        "primary manager": ("structure(by: {id: $id}) { primaryManager { %s } }", structure),
        "simple user": ("node(id: $id) { ... on User { %s } }", scene.ids["simple user"]),
        "requester": (
            "node(id: $id) { ... on ConnectionRequest { requester { %s } } }",
            scene.ids["request of the requester"],
        ),
    }
    wrong = []
    for who, field, whom in itertools.product(SIGNED_IN, CONTACT, CONTACTS):
        route, text = routes[whom]
        document = f"query ($id: ID!) {{ {route % field} }}"
        answer = await world.ask(scene.people[who], document, id=text)
        hidden = answer.body["data"] is None or next(iter(answer.body["data"].values())) is None
        readable = not hidden and "errors" not in answer.body
        if readable != (who in CONTACTS[whom]):
            wrong.append((who, field, whom, answer.body))
    assert wrong == []
