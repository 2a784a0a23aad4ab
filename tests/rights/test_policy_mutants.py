"""Whatever role is added to a row of the policy or taken from it, the tables written by hand tell."""

import itertools

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from models.policy import POLICY, AccessRole, Action, Rule
from tests.rights.checks import READS, Check, acts, is_told, is_told_to_leave
from tests.rights.expected import (
    ANONYMOUS,
    EVERYBODY,
    PRIMARY,
    REQUESTER,
    SECONDARY,
    SIMPLE,
    STRANGER,
    SUPPORT,
)
from tests.rights.scene import Scene
from tests.world import World


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
    # Only managers and support see the memberships of others.
    Action.MEMBERSHIP_LEAVE: {AccessRole.SECONDARY_MANAGER, AccessRole.PRIMARY_MANAGER},
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


class Mutant(NamedTuple):
    """A row with another *value* of the field *name*, which concerns *role*."""

    action: Action
    name: str
    role: AccessRole
    value: frozenset[AccessRole] | bool


@contextmanager
def changed(rule: Rule, name: str, value: frozenset[AccessRole] | bool) -> Iterator[None]:
    """Let the field *name* of *rule* be *value* wherever the rule is asked."""
    before = getattr(rule, name)
    object.__setattr__(rule, name, value)
    try:
        yield
    finally:
        object.__setattr__(rule, name, before)


SETS = ("roles", "published_to", "subscribed", "barred")


def mutants() -> list[Mutant]:
    """Give every change of one row that lets somebody pass or fail who did not."""
    found = []
    for rule, name in itertools.product(POLICY.values(), SETS):
        before, held = verdicts(rule), getattr(rule, name)
        # A row that bars nobody, or asks for no right, has no such condition to be forgotten.
        optional = name in {"barred", "subscribed"} and not held
        for role in () if optional else AccessRole if name != "barred" else held:
            with changed(rule, name, held ^ {role}):
                if verdicts(rule) != before:
                    found.append(Mutant(rule.action, name, role, held ^ {role}))
    # Which mode of the right a row asks for counts for whoever passes by the right alone.
    found.extend(
        Mutant(rule.action, "modifies", AccessRole.SIMPLE_USER, not rule.modifies)
        for rule in POLICY.values()
        if rule.subscribed
    )
    return found


@pytest.fixture
async def scene(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """Every kind of person, structure and object, on the faster engine."""
    world = World(sqlite_url, tmp_path)
    yield await Scene.set_up(world)
    await world.close()


async def _agrees(scene: Scene, action: Action, role: AccessRole) -> bool:
    rule = POLICY[action]
    # What guards no field can only be asked about.
    checks: tuple[Check, ...] = (acts(action),) if rule.acts else READS
    if not rule.guards:
        checks = (is_told,)
    if action == Action.MEMBERSHIP_LEAVE:
        checks += (is_told_to_leave,)
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
    for action, name, role, value in mutants():
        with changed(POLICY[action], name, value):
            if await _agrees(scene, action, role):
                survivors.append((action.value, name, role.value))
    assert survivors == []
