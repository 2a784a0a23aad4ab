"""What can be fetched again by its id."""

from collections.abc import Callable
from typing import Any

import strawberry

from strawberry import Parent

from executor import batched
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from schema.fields import computed, object_type


@object_type(row=None, interface=True)
class Node:
    """An object that can be fetched again by its id."""

    id: strawberry.ID = strawberry.field(description="Opaque global id.")


def global_id(kind: NodeKind) -> Any:
    """Declare the id of a type whose records carry a number."""
    return computed(_identities(kind), "Opaque global id.")


def _identities(kind: NodeKind) -> Callable[..., strawberry.ID]:
    @batched
    def identities(roots: Parent[list[Any]], info: Info) -> Any:
        encode = info.context.node_ids.encode
        return [encode(kind, root.id) for root in roots]

    return identities
