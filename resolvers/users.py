"""Reads of the people behind memberships and requests."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    inspect,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased
from strawberry import Parent

from executor import batched
from models.accounts import User
from models.memberships import Membership, MembershipStatus, Role
from models.reading import Reading, any_of
from models.records import Layout, columns, record
from models.requests import Request, RequestStatus
from models.structures import Structure
from resolvers.columns import read_by_fields
from resolvers.operation import Info, Operation, ids


UserRecord = record(User, "viewer_manages")

read_by_fields(
    UserRecord,
    always=("id",),
    sorted_by=("name_key", "last_connection_at"),
    fields={
        "User": {
            "id": (),
            "displayName": ("first_name", "last_name"),
            "maskedLogin": ("login",),
        },
    },
)

CONTACT = ("User.login", "User.email", "User.phone", "User.status", "User.lastConnectionAt")


def managed_by_viewer(dialect_name: str) -> ColumnElement[bool]:
    """
    Say whether the viewer manages a structure where the user is or asks to be (domain.md 2.3).

    A deleted membership does not count: who has left is no longer contacted.
    """
    # The statement around it may itself read memberships or requests: these are others.
    tie, question = aliased(Membership), aliased(Request)
    member = exists().where(
        tie.user_id == User.id,
        tie.status != MembershipStatus.DELETED,
        any_of(tie.structure_id, "managed", dialect_name),
    )
    asks = exists().where(
        question.requester_id == User.id,
        question.status == RequestStatus.PENDING,
        question.created_at > bindparam("expired_before", type_=Request.created_at.type),
        any_of(question.structure_id, "managed", dialect_name),
    )
    return or_(member, asks)


def user_layout(dialect_name: str, contact: bool, membership: Any = None) -> Layout:
    """
    Give the layout of a user, with the fact that opens his contact data if it is needed.

    The columns of a *membership* read with him have his id, and answer alone where the viewer
    manages its structure.
    """
    own: tuple[Any, ...] = columns(User)
    if membership is not None:
        identity = inspect(User).local_table.c.id
        own = tuple(membership.user_id if column is identity else column for column in own)
    if not contact:
        return Layout(UserRecord, own)
    fact = managed_by_viewer(dialect_name)
    if membership is not None:
        here = and_(
            any_of(membership.structure_id, "managed", dialect_name),
            membership.status != MembershipStatus.DELETED,
        )
        # Not OR: its parts may be worked out in any order.
        fact = case((here, true()), else_=fact)
    return Layout(UserRecord, (*own, fact))


def needs_contact(operation: Operation) -> bool:
    """Say whether the document asks for contact data that depends on whom the viewer manages."""
    viewer = operation.viewer
    if viewer is None or viewer.is_support or not viewer.managed:
        return False
    return any(operation.selects(coordinate) for coordinate in CONTACT)


def user_by_id(dialect_name: str, contact: bool) -> Reading:
    """Read users by their ids."""
    layout = user_layout(dialect_name, contact)
    statement = select(*layout.selected, User.id).where(any_of(User.id, "keys", dialect_name))
    return Reading(statement, layout)


def primary_manager_of(dialect_name: str, contact: bool) -> Reading:
    """Read the primary managers of structures."""
    layout = user_layout(dialect_name, contact)
    statement = (
        select(*layout.selected, Membership.structure_id)
        .join_from(User, Membership, Membership.user_id == User.id)
        .where(
            any_of(Membership.structure_id, "keys", dialect_name),
            Membership.role == Role.PRIMARY_MANAGER,
            Membership.status == MembershipStatus.ACTIVE,
        )
    )
    return Reading(statement, layout)


def by_ids(operation: Operation, user_ids: list[int | None]) -> Any:
    """Load the users of some ids, nobody for no id."""
    return operation.each_one(user_by_id, user_ids, needs_contact(operation))


@batched
def primary_manager(roots: Parent[list[Structure]], info: Info) -> Any:
    """Give the primary managers of structures."""
    operation = info.context
    return operation.each_one(primary_manager_of, ids(roots), needs_contact(operation))
