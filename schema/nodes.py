"""What can be fetched again by its id."""

from collections.abc import Callable
from typing import Any

import strawberry

from strawberry import Parent

from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from schema.fields import computed, object_type


@object_type(row=None, interface=True)
class Node:
    """An object that can be fetched again by its id."""

    id: strawberry.ID = strawberry.field(description="Opaque global id.")


def global_id(kind: NodeKind) -> Any:
    """Declare the id of a type whose records carry a number."""
    return computed(_identity(kind), "Opaque global id.")


def _identity(kind: NodeKind) -> Callable[..., strawberry.ID]:
    def identity(root: Parent[Any], info: Info) -> strawberry.ID:
        return strawberry.ID(info.context.node_ids.encode(kind, root.id))

    return identity
