"""What everybody reads, does and is told, checked against the tables written by hand."""

from collections.abc import Awaitable, Callable

from models.policy import Action
from schema.root import schema
from tests.rights.expected import (
    CONTACTS,
    DECISIONS,
    EXPLAINED,
    INVOICING,
    KINDS,
    LEAVING,
    MUTATIONS,
    NODES,
    PRIVATE,
    SIGNED_IN,
    STRUCTURE_FIELDS,
)
from tests.rights.scene import Scene
from tests.rights.test_fields import CONTACT
from tests.rights.test_mutations import SINGLE, inputs, outcome
from tests.world import World


Check = Callable[[World, Scene, str], Awaitable[bool]]


async def reads_fields(world: World, scene: Scene, who: str) -> bool:
    """Check every guarded field of every kind of structure against the table."""
    named = {f"f{place}": field for place, field in enumerate(STRUCTURE_FIELDS)}
    fields = " ".join(f"{name}: {field}" for name, field in named.items())
    document = f"query ($id: ID!) {{ structure(by: {{id: $id}}) {{ {fields} }} }}"
    for kind in KINDS:
        answer = await world.ask(scene.people[who], document, id=world.id(scene.structures[kind]))
        refused = {part for error in answer.errors for part in error["path"][:2]}
        for name, field in named.items():
            shown = (answer.body["data"] or {}).get("structure") is not None
            readable = shown and name not in refused
            if readable != (who in STRUCTURE_FIELDS[field][kind]):
                return False
    return True


async def finds_nodes(world: World, scene: Scene, who: str) -> bool:
    """Check which objects are found by their ids against the table."""
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    answer = await world.ask(scene.people[who], document, ids=list(scene.ids.values()))
    if answer.errors:
        return False
    seen = {n: node is not None for n, node in zip(scene.ids, answer.data["nodes"], strict=True)}
    return seen == {name: who in allowed for name, allowed in NODES.items()}


async def reads_contacts(world: World, scene: Scene, who: str) -> bool:
    """Check the contact data of three persons against the table."""
    fields = " ".join(CONTACT)
    routes = {
        "primary manager": (
            f"structure(by: {{id: $id}}) {{ primaryManager {{ {fields} }} }}",
            world.id(scene.structures[PRIVATE]),
        ),
        "simple user": (
            f"node(id: $id) {{ ... on User {{ {fields} }} }}",
            scene.ids["simple user"],
        ),
        "requester": (
            f"node(id: $id) {{ ... on ConnectionRequest {{ requester {{ {fields} }} }} }}",
            scene.ids["request of the requester"],
        ),
    }
    for whom, (route, text) in routes.items():
        answer = await world.ask(scene.people[who], f"query ($id: ID!) {{ {route} }}", id=text)
        found = answer.body["data"] and next(iter(answer.body["data"].values()))
        readable = found is not None and not answer.errors
        if who in SIGNED_IN and readable != (who in CONTACTS[whom]):
            return False
    return True


async def is_told(world: World, scene: Scene, who: str) -> bool:
    """Check what everybody is told that he may do against the table."""
    if who not in SIGNED_IN:
        return True
    document = (
        "query ($id: ID!, $actions: [Action!]!) { structure(by: {id: $id}) {"
        " viewerCan(actions: $actions) { action allowed reason } } }"
    )
    for kind in (*KINDS, *INVOICING):
        actions = [action for action, places in DECISIONS.items() if kind in places]
        given = {"id": world.id(scene.structures[kind]), "actions": actions}
        answer = await world.ask(scene.people[who], document, **given)
        if answer.errors or answer.data["structure"] is None:
            return False
        for decision in answer.data["structure"]["viewerCan"]:
            if decision["allowed"] != (who in DECISIONS[decision["action"]][kind]):
                return False
            # There is one: whoever is refused lacks something else.
            if decision["reason"] == "MANDATE_REQUIRED":
                return False
    return True


async def is_told_to_leave(world: World, scene: Scene, who: str) -> bool:
    """Check whose memberships everybody is told that he may end as his own."""
    document = """query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Membership {
        viewerCan(actions: [MEMBERSHIP_LEAVE]) { allowed reason } } } }"""
    ids = [scene.ids[name] for name in LEAVING]
    answer = await world.ask(scene.people[who], document, ids=ids)
    found = [node and node["viewerCan"][0] for node in answer.data["nodes"]]
    # Nobody's role keeps him from it: it is not his own.
    if any(one and one["reason"] not in {None, "SELF_ONLY"} for one in found):
        return False
    told = [one is not None and one["allowed"] for one in found]
    return told == [who in allowed for allowed in LEAVING.values()]


async def asks_why(world: World, scene: Scene, who: str) -> bool:
    """Check who may ask why against the table."""
    document = "query ($id: ID!) { explainAccess(action: CARD_READ, target: $id) { allowed } }"
    structure = world.id(scene.structures[PRIVATE])
    answer = await world.ask(scene.people[who], document, id=structure)
    return (answer.errors == []) == (who in EXPLAINED)


def acts(action: Action) -> Check:
    """Check every mutation that *action* guards against the table, without doing any."""
    guarded = [name for name in MUTATIONS if f"Mutation.{name}" in schema.coordinates[action]]

    async def check(world: World, scene: Scene, who: str) -> bool:
        for name in guarded:
            items = "" if name in SINGLE else "results { error { code } }"
            kind = name[0].upper() + name[1:]
            document = (
                f"mutation ($input: {kind}Input!) {{ {name}(input: $input)"
                f" {{ {items} errors {{ code }} }} }}"
            )
            given = inputs(world, scene, who)[name] | {"dryRun": True}
            answer = await world.ask(scene.people[who], document, input=given)
            if answer.codes not in ([], ["FORBIDDEN"]):
                return False
            if outcome(answer.body) != MUTATIONS[name][who]:
                return False
        return True

    return check


READS = (finds_nodes, reads_fields, reads_contacts, is_told, asks_why)
