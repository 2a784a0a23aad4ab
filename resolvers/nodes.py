"""Objects by their global ids: each type's own rule is applied again."""

import asyncio

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

import strawberry

from models.access import ANYONE
from models.errors import Invalid
from models.policy import POLICY
from resolvers import (
    areas,
    bank_accounts,
    history,
    mandates,
    memberships,
    requests,
    service_users,
    services,
    structures,
    users,
)
from resolvers.inputs import about
from resolvers.invoicing import asks_right, inform_simple_user
from resolvers.node_ids import NodeKind
from resolvers.operation import Info, Operation
from resolvers.rights import KNOWN_BY, REQUEST_KINDS, may_see


MAXIMUM_NODES = 100

Load = Callable[[Operation, tuple[int, ...]], Awaitable[Any]]

_LOADS: Mapping[NodeKind, Load] = {
    NodeKind.STRUCTURE: lambda operation, key: structures.by_id(operation, key[0]),
    NodeKind.SERVICE: lambda operation, key: operation.one(services.service_node, key[0]),
    NodeKind.SERVICE_USER: lambda operation, key: service_users.by_key(operation, *key),
    NodeKind.MEMBERSHIP: lambda operation, key: memberships.by_id(operation, key[0]),
    NodeKind.USER: lambda operation, key: operation.one(
        users.user_by_id,
        key[0],
        True,  # noqa: FBT003 - the fact decides whether he is visible at all
    ),
    NodeKind.STRUCTURE_AREA: lambda operation, key: operation.one(areas.opening_by_id, key[0]),
    NodeKind.AREA_SUBSCRIPTION: lambda operation, key: operation.one(
        areas.subscription_by_id, key[0]
    ),
    NodeKind.CONNECTION_REQUEST: lambda operation, key: requests.by_id(operation, key[0]),
    NodeKind.SUBSCRIPTION_REQUEST: lambda operation, key: requests.by_id(operation, key[0]),
    NodeKind.MANAGER_ACTION: lambda operation, key: operation.one(history.act_by_id, key[0]),
    NodeKind.BANK_ACCOUNT: lambda operation, key: operation.one(
        bank_accounts.account_by_id, key[0]
    ),
    NodeKind.INVOICING_MANDATE: lambda operation, key: operation.one(
        mandates.mandate_by_id, key[0]
    ),
}


async def visible(operation: Operation, kind: NodeKind, numbers: tuple[int, ...]) -> Any:
    """Give the object of *kind*, or nothing if it is missing or not for the viewer."""
    viewer = operation.viewer
    if viewer is None and not POLICY[KNOWN_BY[kind]].published_to >= ANYONE:
        return None
    if viewer is not None and asks_right([KNOWN_BY[kind]]):
        await inform_simple_user(operation, viewer)
    found = await _LOADS[kind](operation, numbers)
    if found is None or (kind in REQUEST_KINDS and found.kind != REQUEST_KINDS[kind]):
        return None
    return found if may_see(viewer, kind, found) else None


async def by_text(operation: Operation, text: str) -> Any:
    """Give the object of a global id, or nothing."""
    decoded = operation.node_ids.decode(text)
    return None if decoded is None else await visible(operation, *decoded)


async def node(
    info: Info,
    id: Annotated[strawberry.ID, about("The id of the object.")],
) -> Any:
    """Give one object."""
    return await by_text(info.context, id)


async def nodes(
    info: Info, ids: Annotated[list[strawberry.ID], about("1 to 100 ids.")]
) -> list[Any]:
    """
    Give many objects, in the order asked.

    Raises:
        Invalid: none or too many ids.
    """
    if not 1 <= len(ids) <= MAXIMUM_NODES:
        message = f"Give 1 to {MAXIMUM_NODES} ids."
        raise Invalid(message, field=("ids",))
    return list(await asyncio.gather(*(by_text(info.context, text) for text in ids)))
