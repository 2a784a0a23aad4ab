"""What one is told that one may do, the acts let one do, and nothing else."""

import itertools

from typing import Any

import pytest

from models.accounts import User
from models.policy import POLICY, Action
from resolvers.node_ids import NodeKind
from resolvers.obstacles import CHECKS
from resolvers.subjects import ASKED_OF
from tests.rights.acts_asked import ACTS, Call
from tests.rights.asked_objects import EVERYWHERE, PROGRAM, States
from tests.rights.asking import chunks, listed, told
from tests.rights.expected import EVERYBODY, PRIMARY, SIMPLE, SUPPORT
from tests.rights.test_mutations import SINGLE, fingerprint
from tests.world import World


UNPROVEN = {"STRUCTURE_CREATE", "INVOICE_INPUT", "INVOICE_ISSUE"}
"""What is asked of no object, and what has no act here yet."""


async def tried(world: World, person: User, calls: list[Call]) -> dict[str, list[str]]:
    """Try each call without doing it; give the codes of its refusals, by what was written."""
    found: dict[str, list[str]] = {}
    distinct = {repr(call): call for call in calls}
    for chunk in chunks(list(distinct.values())):
        kinds, fields, given = [], [], {}
        for place, (name, values) in enumerate(chunk):
            items = "" if name in SINGLE else "results { error { code } }"
            kinds.append(f"$i{place}: {name[0].upper()}{name[1:]}Input!")
            fields.append(f"m{place}: {name}(input: $i{place}) {{ {items} errors {{ code }} }}")
            given[f"i{place}"] = {**values, "dryRun": True}
        document = f"mutation ({', '.join(kinds)}) {{ {' '.join(fields)} }}"
        answer = await world.ask(person, document, **given)
        refusals = map(codes, answer.body["data"].values())
        found |= zip(map(repr, chunk), refusals, strict=True)
    return found


def codes(payload: Any) -> list[str]:
    """Give the codes that an act was refused with."""
    if payload is None:
        return ["FORBIDDEN"]
    errors = [*payload["errors"], *(one["error"] for one in payload.get("results", ()))]
    return [error["code"] for error in errors if error is not None]


def test_every_act_says_what_keeps_from_it_and_is_tried_here() -> None:
    acts = {action for action in Action if POLICY[action].acts}

    assert set(CHECKS) == acts
    assert set(ACTS) == acts - UNPROVEN


@pytest.mark.parametrize("who", [*EVERYBODY[1:], EVERYWHERE, PROGRAM])
async def test_an_act_does_what_one_is_told_that_one_may_and_refuses_the_rest(
    world: World, who: str
) -> None:
    states = await States.set_up(world)
    person = states.scene.person(who)
    pairs = [
        (action, name)
        for action, (name, target) in itertools.product(ACTS, states.targets.items())
        if target.kind in ASKED_OF[Action(action)]
        # Nobody else leaves by the act that ends one's own membership of the structure.
        if action != "MEMBERSHIP_LEAVE" or target.user in {None, person.id}
    ]
    await world.token(person)
    before = await fingerprint(world)
    decisions = await told(world, person, [(one, states.targets[name].id) for one, name in pairs])
    calls = [ACTS[action](world, states.targets[name]) for action, name in pairs]
    results = await tried(world, person, [one for some in calls for one in some])
    wrong = []
    for pair, decision, some in zip(pairs, decisions, calls, strict=True):
        outcomes = [results[repr(call)] for call in some]
        if outcomes and decision["allowed"] != (not all(outcomes)):
            wrong.append((*pair, decision["reason"], outcomes))
    assert wrong == []
    assert await fingerprint(world) == before


@pytest.mark.parametrize("who", [SIMPLE, PRIMARY, SUPPORT])
async def test_all_actions_at_once_are_told_of_as_each_by_itself(world: World, who: str) -> None:
    states = await States.set_up(world)
    person = states.scene.person(who)
    kinds = {NodeKind.STRUCTURE, NodeKind.MEMBERSHIP}
    targets = [target.id for target in states.targets.values() if target.kind in kinds]

    found = await listed(world, person, targets)

    asked = [(decision["action"], target) for target, decision in found]
    assert [decision for _, decision in found] == await told(world, person, asked)
    assert len(found) > len(Action)
