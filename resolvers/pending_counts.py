"""Counts of the requests that wait for a decision."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, case, func, select
from strawberry import Parent

from executor import batched
from models.reading import Reading, any_of
from models.records import Layout
from models.requests import Request, RequestKind
from models.structures import Structure
from resolvers.operation import Info, ids
from resolvers.requests import DECISIONS, pending


class PendingCounts(NamedTuple):
    """Numbers of requests that wait for a decision."""

    connection_requests: int
    subscription_requests: int


NONE_PENDING = PendingCounts(0, 0)


def _counts() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    connection_request = case((Request.kind == RequestKind.CONNECTION, 1), else_=0)
    return (
        func.coalesce(func.sum(connection_request), 0, type_=Integer),
        func.coalesce(func.sum(1 - connection_request), 0, type_=Integer),
    )


def _of_structures(dialect_name: str) -> Reading:
    """Count the requests that wait on structures."""
    counts = _counts()
    statement = (
        select(*counts, Request.structure_id)
        .where(any_of(Request.structure_id, "keys", dialect_name), pending())
        .group_by(Request.structure_id)
    )
    return Reading(statement, Layout(PendingCounts, counts))


def _of_managed(dialect_name: str) -> Reading:
    """Count the requests that wait for the viewer, over all structures that he manages."""
    counts = _counts()
    statement = select(*counts).where(*DECISIONS.conditions(dialect_name, ()))
    return Reading(statement, Layout(PendingCounts, counts))


@batched
def of_structure(roots: Parent[list[Structure]], info: Info) -> Any:
    """Count the requests that wait on structures."""
    return info.context.each_one(_of_structures, ids(roots), missing=NONE_PENDING)


async def of_viewer(info: Info) -> PendingCounts:
    """Count what waits for the viewer's decision."""
    counted: list[PendingCounts] = await info.context.fetch(_of_managed)
    return counted[0]
