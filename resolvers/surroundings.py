"""Reads of what counts beside objects when it is asked what may be done to them."""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from models.accounts import User, UserKind, UserStatus
from models.mandates import InvoicingMandate
from models.memberships import MANAGERS, Membership, MembershipStatus, Role
from models.policy import Action
from models.reading import Reading, any_of
from models.records import Layout, columns
from models.structures import Structure, StructureStatus
from models.succession import successions
from resolvers.memberships import MembershipRecord
from resolvers.node_ids import NodeKind
from resolvers.operation import Operation, ids
from resolvers.structures import CARD, StructureRecord, whole
from resolvers.subjects import UNEVENTFUL, Past, Subject
from resolvers.users import UserRecord, user_layout
from resolvers.viewer import Viewer


_OF_PAST = frozenset({Action.IDENTIFIER_CHANGE, Action.MANDATE_REVOKE})
"""What managers do that depends on what became of a structure before."""

_MEMBERSHIP: Mapping[NodeKind, Callable[[Any], int]] = MappingProxyType(
    {
        NodeKind.MEMBERSHIP: lambda record: record.id,
        NodeKind.SERVICE_USER: lambda record: record.membership.id,
        NodeKind.AREA_SUBSCRIPTION: lambda record: record.membership_id,
    }
)
"""The membership that records are, or hang on."""

_BESIDE = (
    (UserRecord, frozenset({"id", "kind", "status", "platform_role"})),
    (StructureRecord, frozenset({"id", "sector", "status"})),
)


def memberships_with_places(dialect_name: str) -> Reading:
    """Read memberships by their ids, each with the account of its user and with its structure."""
    nested = (("user", user_layout(dialect_name, contact=False)), ("structure", CARD))
    layout = Layout(MembershipRecord, columns(Membership), nested).narrowed(_BESIDE)
    statement = (
        select(*layout.all_selected, Membership.id)
        .join_from(Membership, User, User.id == Membership.user_id)
        .join(Structure, Structure.id == Membership.structure_id)
        .where(any_of(Membership.id, "keys", dialect_name))
    )
    return Reading(statement, layout)


def past_of_structures(dialect_name: str, revived: bool) -> Reading:
    """Read what became of structures, by their ids; *revived*: also what it takes to revive them."""
    successor = aliased(Structure)
    selected: list[ColumnElement[bool]] = [
        exists().where(successor.predecessor_id == Structure.id),
        exists().where(InvoicingMandate.structure_id == Structure.id),
    ]
    if revived:
        selected += [_continued(dialect_name), _managed()]
    statement = select(*selected, Structure.id).where(any_of(Structure.id, "keys", dialect_name))
    return Reading(statement, Layout(Past, tuple(selected)))


def _continued(dialect_name: str) -> ColumnElement[bool]:
    row = successions(any_of(Structure.id, "keys", dialect_name))
    other = aliased(Structure)
    return exists().where(
        row.c.card_id == Structure.id,
        other.id == row.c.id,
        other.id != Structure.id,
        other.status == StructureStatus.ACTIVE,
    )


def _managed() -> ColumnElement[bool]:
    return exists().where(
        Membership.structure_id == Structure.id,
        Membership.role == Role.PRIMARY_MANAGER,
        Membership.status == MembershipStatus.ACTIVE,
        User.id == Membership.user_id,
        User.kind == UserKind.HUMAN,
        User.status == UserStatus.ACTIVE,
    )


async def subjects(
    operation: Operation,
    viewer: Viewer | None,
    actions: Collection[Action],
    kind: NodeKind,
    records: list[Any],
) -> list[Subject]:
    """
    Give *records*, of *kind*, with what counts beside them where *viewer* may do *actions*.

    One statement, or two, whatever the number of records.
    """
    memberships: list[Any] = [None] * len(records)
    structures: list[Any] = records if kind == NodeKind.STRUCTURE else memberships
    pasts = [UNEVENTFUL] * len(records)
    if kind in _MEMBERSHIP:
        numbers = list(map(_MEMBERSHIP[kind], records))
        memberships = await operation.each_one(memberships_with_places, numbers)
        structures = [membership.structure for membership in memberships]
    elif kind == NodeKind.STRUCTURE:
        pasts = await _pasts(operation, viewer, actions, ids(records))
    elif kind != NodeKind.USER:
        structures = await whole(operation, [record.structure_id for record in records])
    self_service = operation.settings.issued_invoices_self_service
    return [
        Subject(
            kind=kind,
            record=record,
            now=operation.now,
            structure=structure,
            membership=membership,
            past=past,
            self_service=self_service,
        )
        for record, structure, membership, past in zip(
            records, structures, memberships, pasts, strict=True
        )
    ]


async def _pasts(
    operation: Operation,
    viewer: Viewer | None,
    actions: Collection[Action],
    structure_ids: list[int],
) -> list[Past]:
    support = viewer is not None and viewer.is_support
    revived = support and Action.STRUCTURE_DEACTIVATE in actions
    # Who manages none of them may do nothing that depends on it: no statement is sent for him.
    manages = support or (
        viewer is not None and any(viewer.role(number) in MANAGERS for number in structure_ids)
    )
    if not revived and (not manages or _OF_PAST.isdisjoint(actions)):
        return [UNEVENTFUL] * len(structure_ids)
    found = await operation.each_one(past_of_structures, structure_ids, revived)
    return list(found)
