"""
What hangs on a card and follows it to its successor, each kind in one statement.

Rows find each other by what people know them by: a service by its code, a membership by its user.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    Update,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import aliased

from models.areas import AreaSubscription, StructureArea
from models.bank_accounts import BankAccount, BankAccountStatus
from models.base import Model
from models.history import ManagerAction, ManagerActionOutcome, TargetType
from models.memberships import (
    Membership,
    MembershipOrigin,
    MembershipStatus,
    ServiceMembership,
)
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.records import columns
from models.requests import LIFETIME, Request, RequestedService, RequestStatus
from models.services import Service
from models.structures import StructureApplication


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """Everything that leads from the card *old* to its successor *new*, at *now*."""

    old: int
    new: int
    now: datetime

    def copies(self) -> dict[str, Insert]:
        """Give the statements that copy, by the name of what they copy, in their order."""
        listed, opened, held = (
            aliased(ServiceMembership),
            aliased(StructureArea),
            aliased(AreaSubscription),
        )
        account = aliased(BankAccount)
        origin = literal(MembershipOrigin.IDENTIFIER_CHANGE, Membership.origin.type)
        member = aliased(Membership)
        return {
            "APPLICATIONS": self._copy(StructureApplication, aliased(StructureApplication)),
            # A closed one is kept for the record of the card that it was on.
            "BANK_ACCOUNTS": self._copy(
                BankAccount, account, account.status == BankAccountStatus.ACTIVE
            ),
            "SERVICES": self._copy(Service, aliased(Service)),
            "MEMBERSHIPS": self._copy(
                Membership, member, member.status != MembershipStatus.DELETED, origin=origin
            ),
            "LISTED_SERVICES": self._copy(
                ServiceMembership,
                listed,
                _lives(listed.membership_id),
                listed.status != MembershipStatus.DELETED,
                membership_id=self._membership(listed.membership_id),
                service_id=self._service(listed.service_id),
            ),
            "OPENED_AREAS": self._copy(
                StructureArea,
                opened,
                opened.closed_at.is_(None),
                service_id=self._service(opened.service_id),
            ),
            "AREA_SUBSCRIPTIONS": self._copy(
                AreaSubscription,
                held,
                _lives(held.membership_id),
                held.ended_at.is_(None),
                membership_id=self._membership(held.membership_id),
                service_id=self._service(held.service_id),
            ),
        }

    def expired(self) -> Select[Request]:
        """Read the requests that nobody decided in time: they stay on the old card."""
        return select(Request).where(self._pending, Request.created_at <= self.now - LIFETIME)

    def moves(self) -> tuple[Update, Update]:
        """Move the pending requests, then the services that they ask for."""
        requests = (
            update(Request)
            .where(self._pending)
            .values(
                structure_id=self.new, service_id=self._service(Request.service_id), **self._touched
            )
        )
        moved = select(Request.id).where(Request.structure_id == self.new)
        services = (
            update(RequestedService)
            .where(RequestedService.request_id.in_(moved))
            .values(structure_id=self.new, service_id=self._service(RequestedService.service_id))
        )
        return requests, services

    def entries(self, actor_id: int, change: dict[str, Any]) -> Insert:
        """Tell of each pending request, in its user's history, the *change* that moves it."""
        entry = ManagerAction
        told = {
            "structure_id": literal(self.old, entry.structure_id.type),
            "at": literal(self.now, entry.at.type),
            "action": literal(Action.IDENTIFIER_CHANGE, entry.action.type),
            "outcome": literal(ManagerActionOutcome.DONE, entry.outcome.type),
            "count": literal(1),
            "actor_id": literal(actor_id, entry.actor_id.type),
            "user_id": Request.requester_id,
            "target_type": literal(TargetType.REQUEST, entry.target_type.type),
            "target_id": Request.id,
            "changes": literal([change], entry.changes.type),
        }
        moving = select(*told.values()).where(self._pending).order_by(Request.id)
        return insert(entry).from_select(list(told), moving, include_defaults=False)

    def notifications(self, payload: dict[str, Any]) -> Insert:
        """Tell every connected user."""
        told = {
            "kind": literal(NotificationKind.IDENTIFIER_CHANGED, Notification.kind.type),
            "user_id": Membership.user_id,
            "structure_id": literal(self.new, Notification.structure_id.type),
            "payload": literal(payload, Notification.payload.type),
            "created_at": literal(self.now, Notification.created_at.type),
        }
        connected = select(*told.values()).where(
            Membership.structure_id == self.old, Membership.status == MembershipStatus.ACTIVE
        )
        return insert(Notification).from_select(list(told), connected, include_defaults=False)

    @property
    def _pending(self) -> ColumnElement[bool]:
        return (Request.structure_id == self.old) & (Request.status == RequestStatus.PENDING)

    @property
    def _touched(self) -> dict[str, Any]:
        return {"version": Request.version + 1, "updated_at": self.now}

    def _copy(
        self,
        entity: type[Model],
        row: Any,
        *conditions: ColumnElement[bool],
        **replaced: ColumnElement[Any],
    ) -> Insert:
        now = literal(self.now, Service.created_at.type)
        replaced |= {
            "structure_id": literal(self.new, Service.structure_id.type),
            "created_at": now,
            "updated_at": now,
            "version": literal(1),
        }
        kept = [column.key for column in columns(entity) if column.key != "id"]
        rows = select(*(replaced.get(name, getattr(row, name)) for name in kept)).where(
            row.structure_id == self.old, *conditions
        )
        return insert(entity).from_select(kept, rows, include_defaults=False)

    # One row is looked up inside the other, so that no planner without statistics, which a card
    # that was made just now cannot have, scans what it should look up.
    def _service(self, service_id: SQLColumnExpression[Any]) -> ScalarSelect[Any]:
        after = aliased(Service)
        code = _looked_up(Service, "code", service_id)
        return (
            select(after.id)
            .where(after.structure_id == self.new, after.code == code)
            .correlate_except(after)
            .scalar_subquery()
        )

    def _membership(self, membership_id: SQLColumnExpression[Any]) -> ScalarSelect[Any]:
        after = aliased(Membership)
        user_id = _looked_up(Membership, "user_id", membership_id)
        return (
            select(after.id)
            .where(after.structure_id == self.new, after.user_id == user_id)
            .correlate_except(after)
            .scalar_subquery()
        )


def _looked_up(entity: Any, name: str, key: SQLColumnExpression[Any]) -> ScalarSelect[Any]:
    row = aliased(entity)
    return select(getattr(row, name)).where(row.id == key).correlate_except(row).scalar_subquery()


def _lives(membership_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    return _looked_up(Membership, "status", membership_id) != MembershipStatus.DELETED
