"""Whole lists, read piece by piece in one snapshot."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cache
from typing import Any

from models.paging import Listing, PageShape, page
from models.reading import value
from resolvers.filters import Filters
from resolvers.operation import Operation
from resolvers.pages import Order


PIECE = 1_000
"""How many records are held at once."""


async def records_of(
    operation: Operation, listing: Listing, order: Order, filters: Filters, parent: int
) -> AsyncIterator[list[Any]]:
    """Read all that *listing* shows below *parent*, each piece after the last record before it."""
    listing = _of_one_parent(listing)
    keys = listing.orders[order.field]
    parameters = filters | {"parent": parent, "count": PIECE}
    after = False
    while True:
        shape = PageShape(
            filters=tuple(name for name in listing.filters if name in filters),
            order=order.field,
            descending=order.direction == "DESC",
            backwards=False,
            after=after,
            before=False,
        )
        piece = await operation.fetch(page, listing, shape, **parameters)
        if piece:
            yield piece
        if len(piece) < PIECE:
            return
        after = True
        parameters |= {f"after_{place}": key.of(piece[-1]) for place, key in enumerate(keys)}


@cache
def _of_one_parent(listing: Listing) -> Listing:
    """Give *listing* with its parent as a condition: a piece then ends where it is full."""
    parent = listing.parent
    assert parent is not None  # noqa: S101 - every list that is exported belongs to something
    return replace(
        listing,
        parent=None,
        always=(*listing.always, lambda _dialect_name: parent == value("parent", parent)),
    )
