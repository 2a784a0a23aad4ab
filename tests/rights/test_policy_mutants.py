"""Whatever role is added to a row of the policy or taken from it, the tables written by hand tell."""

import itertools

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models.policy import POLICY, AccessRole, Action, Rule
from schema.root import schema
from tests.rights.expected import (
    ANONYMOUS,
    CONTACTS,
    DECISIONS,
    EVERYBODY,
    EXPLAINED,
    INVOICING,
    KINDS,
    MUTATIONS,
    NODES,
    PRIMARY,
    PRIVATE,
    REQUESTER,
    SECONDARY,
    SIGNED_IN,
    SIMPLE,
    STRANGER,
    STRUCTURE_FIELDS,
    SUPPORT,
)
from tests.rights.scene import Scene
from tests.rights.test_fields import CONTACT
from tests.rights.test_mutations import SINGLE, inputs, outcome
from tests.world import World


Check = Callable[[World, Scene, str], Awaitable[bool]]

OWNED = {
    Action.USER_CONTACT_READ,
    Action.MEMBERSHIP_READ,
    Action.SUBSCRIPTION_LIST,
    Action.REQUEST_CANCEL,
    Action.CONNECTION_REQUEST_SUBMIT,
    Action.SUBSCRIPTION_REQUEST_SUBMIT,
    Action.SUBSCRIPTION_END,
    Action.MEMBERSHIP_LEAVE,
}
"""What is asked of something that is about somebody: elsewhere nobody is himself."""

OF_CARDS = {
    Action.CARD_READ,
    Action.STRUCTURE_SEARCH,
    Action.GENERAL_READ,
    Action.PRIMARY_MANAGER_READ,
    Action.SERVICE_LIST,
    Action.OPENED_AREA_LIST,
    Action.USER_LIST,
    Action.ADMINISTRATION_READ,
    Action.REQUEST_LIST,
    Action.HISTORY_READ,
    Action.BANK_ACCOUNT_LIST,
    Action.BANK_ACCOUNT_READ,
    Action.MANDATE_READ,
}
"""What is asked of a structure or a service, which may be public."""

TIES = {
    AccessRole.PENDING_REQUESTER,
    AccessRole.SIMPLE_USER,
    AccessRole.SECONDARY_MANAGER,
    AccessRole.PRIMARY_MANAGER,
}
MEMBERS = TIES - {AccessRole.PENDING_REQUESTER}
TIES_TO = {
    # A person belongs to no structure: one fact says whether the viewer manages one of his.
    Action.USER_CONTACT_READ: {AccessRole.SECONDARY_MANAGER},
    # A search starts from no structure.
    Action.STRUCTURE_SEARCH: set(),
    # Nor does a question.
    Action.ACCESS_EXPLAIN: set(),
    # Others than managers see their own requests and rights only.
    Action.REQUEST_CANCEL: {AccessRole.SECONDARY_MANAGER, AccessRole.PRIMARY_MANAGER},
    Action.SUBSCRIPTION_END: {AccessRole.SECONDARY_MANAGER, AccessRole.PRIMARY_MANAGER},
    # Whoever is connected is so by a membership of his own.
    Action.MEMBERSHIP_LEAVE: {AccessRole.PENDING_REQUESTER},
}


NOBODY = frozenset({AccessRole.ANYONE})
"""Somebody who is not signed in."""


def standings(action: Action) -> list[frozenset[AccessRole]]:
    """Give what somebody can be towards what *action* is asked of."""
    anyone = frozenset({AccessRole.ANYONE, AccessRole.SIGNED_IN})
    ties = [anyone, *(anyone | {tie} for tie in TIES_TO.get(action, TIES))]
    ties.append(anyone | {AccessRole.SUPPORT})
    owners = [one | {AccessRole.SELF} for one in ties] if action in OWNED else []
    return [NOBODY, *ties, *owners]


CONCERNED = {
    AccessRole.SELF: STRANGER,
    AccessRole.SIGNED_IN: STRANGER,
    AccessRole.ANYONE: ANONYMOUS,
    AccessRole.PENDING_REQUESTER: REQUESTER,
    AccessRole.SIMPLE_USER: SIMPLE,
    AccessRole.SECONDARY_MANAGER: SECONDARY,
    AccessRole.PRIMARY_MANAGER: PRIMARY,
    AccessRole.SUPPORT: SUPPORT,
}


def verdicts(rule: Rule) -> list[bool]:
    """Tell of everybody whether *rule* lets him pass."""
    published = (False, True) if rule.action in OF_CARDS else (False,)
    return [
        rule.passes(standing, published=one, subscribed=other)
        for standing in standings(rule.action)
        for one in published
        # For the anonymous, cards that are not public are not even read.
        if one or standing != NOBODY or rule.action not in OF_CARDS
        # Who is not a member has no right on an area.
        for other in ((False, True) if standing & MEMBERS else (False,))
    ]


@contextmanager
def changed(rule: Rule, name: str, role: AccessRole) -> Iterator[None]:
    """Add *role* to the set *name* of *rule*, or take it away, wherever the rule is asked."""
    before: frozenset[AccessRole] = getattr(rule, name)
    object.__setattr__(rule, name, before ^ {role})
    try:
        yield
    finally:
        object.__setattr__(rule, name, before)


SETS = ("roles", "published_to", "subscribed", "barred")


def mutants() -> list[tuple[Action, str, AccessRole]]:
    """Give every change of one role in one row that lets somebody pass or fail who did not."""
    found = []
    for rule, name in itertools.product(POLICY.values(), SETS):
        before = verdicts(rule)
        # A row that bars nobody, or asks for no right, has no such condition to be forgotten.
        optional = name in {"barred", "subscribed"} and not getattr(rule, name)
        for role in () if optional else AccessRole if name != "barred" else rule.barred:
            with changed(rule, name, role):
                if verdicts(rule) != before:
                    found.append((rule.action, name, role))
    return found


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


@pytest.fixture
async def scene(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Every kind of person, structure and object, on the faster engine."""
    world = World(sqlite_url, tmp_path)
    yield await Scene.set_up(world)
    await world.close()


READS = (finds_nodes, reads_fields, reads_contacts, is_told, asks_why)


async def _agrees(scene: Scene, action: Action, role: AccessRole) -> bool:
    rule = POLICY[action]
    # What guards no field can only be asked about.
    checks = (is_told,) if not rule.guards else (acts(action),) if rule.acts else READS
    # Whom the change concerns is asked first, so that most changes are told at once.
    order = sorted(EVERYBODY, key=lambda who: who != CONCERNED.get(role))
    for who, check in itertools.product(order, checks):
        if not await check(scene.world, scene, who):
            return False
    return True


async def test_the_tables_tell_every_change_of_the_policy(scene: Scene) -> None:
    for action in Action:
        assert await _agrees(scene, action, AccessRole.SELF), action
    survivors = []
    for action, name, role in mutants():
        with changed(POLICY[action], name, role):
            if await _agrees(scene, action, role):
                survivors.append((action.value, name, role.value))
    assert survivors == []
