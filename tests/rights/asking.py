"""Asking what one may do, in every way that there is."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from models.accounts import User
from tests.world import World


Some = TypeVar("Some")

AT_ONCE = 10
"""As many mutations stand in one document at most."""

DECISION = "{ action allowed reason message }"
LISTS = f"""
    query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ id
        ... on Structure {{ onStructure: viewerCan {DECISION} }}
        ... on Membership {{ onMembership: viewerCan {DECISION} }} }} }}
"""


def chunks(items: Sequence[Some]) -> Iterator[Sequence[Some]]:
    """Give *items* by as many as one document asks."""
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]


async def told(world: World, person: User, asked: Sequence[tuple[str, str]]) -> list[Any]:
    """Ask about each action on the object of an id, and why: both tell the same."""
    found: list[Any] = []
    for chunk in chunks(asked):
        given = [f'action: {action}, target: "{target}"' for action, target in chunk]
        can = " ".join(f"q{place}: can({one}) {DECISION}" for place, one in enumerate(given))
        why = " ".join(
            f"q{place}: explainAccess({one}) {DECISION}" for place, one in enumerate(given)
        )
        answer = await world.ask(person, f"{{ viewer {{ {can} }} {why} }}")
        decisions = list(answer.data.pop("viewer").values())
        assert decisions == list(answer.data.values())
        assert all((one["reason"] is None) == one["allowed"] for one in decisions)
        found += decisions
    return found


async def listed(world: World, person: User, targets: Sequence[str]) -> list[tuple[str, Any]]:
    """Read what one is told of all actions at once on those of some objects that one sees."""
    nodes = (await world.ask(person, LISTS, ids=targets)).data["nodes"]
    return [
        (node["id"], decision)
        for node in filter(None, nodes)
        for decision in node.get("onStructure", node.get("onMembership"))
    ]
