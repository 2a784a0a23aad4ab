"""Requests of users that a manager validates or refuses."""

import math

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.areas import AreaCode, AreaMode, AreaScope
from models.base import BigKey, Key, Model, Versioned, vocabulary, where
from models.errors import AlreadyDecided, ErrorCode, LimitReached, RuleRefused, StaleVersion


LIFETIME = timedelta(days=90)
"""How long a request waits for its decision (domain.md 3.3)."""

REFUSALS_BEFORE_WAITING = 3
REFUSAL_WINDOW = timedelta(days=30)


class RequestStatus(StrEnum):
    """The state of a request; all but PENDING are final."""

    PENDING = "PENDING"
    VALIDATED = "VALIDATED"
    REFUSED = "REFUSED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class RequestKind(StrEnum):
    """The two kinds of request."""

    CONNECTION = "CONNECTION"
    SUBSCRIPTION = "SUBSCRIPTION"


class Deadline:
    """What can be said of a request from its own columns."""

    __slots__ = ()
    if TYPE_CHECKING:
        requester_id: Mapped[int]
        status: Mapped[RequestStatus]
        created_at: Mapped[datetime]
        decided_at: Mapped[datetime | None]
        decided_by_id: Mapped[int | None]
        service_id: Mapped[int | None]

    @property
    def owner_id(self) -> int:
        """The user whom it is about."""
        return self.requester_id

    @property
    def expires_at(self) -> datetime:
        """When it expires without a decision."""
        return self.created_at + LIFETIME

    def status_at(self, now: datetime) -> RequestStatus:
        """Give the state at *now*: what nobody decided in time is expired without a write."""
        if self.status == RequestStatus.PENDING and now >= self.expires_at:
            return RequestStatus.EXPIRED
        return self.status

    def ended_at(self, now: datetime) -> datetime | None:
        """Tell when it was decided, or expired, if either happened until *now*."""
        if self.status_at(now) == RequestStatus.EXPIRED:
            return self.expires_at
        return self.decided_at

    def was_ended_by(self, user_id: int, status: RequestStatus) -> bool:
        """Say whether *user_id* took this very decision before: he only repeats himself."""
        return self.status == status and self.decided_by_id == user_id

    @property
    def scope(self) -> AreaScope:
        """Whole structure or one service."""
        return AreaScope.STRUCTURE if self.service_id is None else AreaScope.SERVICE


_SUBSCRIPTION = "(kind = 'SUBSCRIPTION') = (area IS NOT NULL AND mode IS NOT NULL)"
_PENDING = "status = 'PENDING'"


class Request(Deadline, Versioned, Model):
    """
    A request to be connected, or for a right on an area (domain.md 1.5, 1.6).

    *area*, *mode* and *service_id* (null for the whole structure) are what a subscription
    request asks for; what a connection request asks for stands in RequestedService.
    """

    __tablename__ = "request"

    id: Mapped[Key]
    kind: Mapped[RequestKind] = mapped_column(vocabulary(RequestKind))
    structure_id: Mapped[int] = mapped_column(BigKey, ForeignKey("structure.id"))
    requester_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"))
    status: Mapped[RequestStatus] = mapped_column(
        vocabulary(RequestStatus), default=RequestStatus.PENDING
    )
    comment: Mapped[str | None] = mapped_column(String(500))
    area: Mapped[AreaCode | None] = mapped_column(vocabulary(AreaCode))
    mode: Mapped[AreaMode | None] = mapped_column(vocabulary(AreaMode))
    service_id: Mapped[int | None] = mapped_column(BigKey)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("user_account.id"))
    refusal_reason: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        ForeignKeyConstraint(
            ["structure_id", "service_id"], ["service.structure_id", "service.id"]
        ),
        CheckConstraint(_SUBSCRIPTION, name="subscription_names_area"),
        CheckConstraint("(status = 'PENDING') = (decided_at IS NULL)", name="decided_when_final"),
        CheckConstraint(
            "status <> 'REFUSED' OR refusal_reason IS NOT NULL", name="refused_with_reason"
        ),
        Index(
            "one_pending_connection_request",
            "requester_id",
            "structure_id",
            unique=True,
            **where(text(f"kind = 'CONNECTION' AND {_PENDING}")),
        ),
        Index(
            "one_pending_request_structure",
            "requester_id",
            "structure_id",
            "area",
            unique=True,
            **where(text(f"kind = 'SUBSCRIPTION' AND {_PENDING} AND service_id IS NULL")),
        ),
        Index(
            "one_pending_request_service",
            "requester_id",
            "structure_id",
            "area",
            "service_id",
            unique=True,
            **where(text(f"kind = 'SUBSCRIPTION' AND {_PENDING} AND service_id IS NOT NULL")),
        ),
        Index(None, "structure_id", "kind", "status", "created_at", "id"),
        Index(None, "requester_id", "created_at", "id"),
    )

    def require_pending(self, now: datetime, version: int | None) -> None:
        """
        Refuse to decide what is no longer pending, or changed since *version* was read.

        Raises:
            AlreadyDecided: with the decision, its author and date.
            StaleVersion: with the present version.
        """
        status = self.status_at(now)
        if status != RequestStatus.PENDING:
            raise AlreadyDecided(status, self.decided_by_id, self.ended_at(now))
        if version is not None and version != self.version:
            raise StaleVersion(self.version)

    def require_other_than(self, user_id: int, *, primary_manager: bool) -> None:
        """
        Refuse that a manager decides his own request, unless he is primary (domain.md 3.3).

        Raises:
            RuleRefused: SELF_DECISION.
        """
        if self.requester_id == user_id and not primary_manager:
            raise RuleRefused(ErrorCode.SELF_DECISION, "Nobody decides his own request.")

    def require_new(self, now: datetime) -> None:
        """
        Refuse a second request for the same thing while this one waits; close it if it expired.

        Raises:
            RuleRefused: CONFLICT.
        """
        if self.status_at(now) == RequestStatus.PENDING:
            message = "Your earlier request for the same waits for a decision."
            raise RuleRefused(ErrorCode.CONFLICT, message)
        if self.status == RequestStatus.PENDING:
            self.expire(now)

    def expire(self, now: datetime) -> None:
        """Write down at *now* that nobody decided it in time."""
        self.status = RequestStatus.EXPIRED
        self.decided_at = self.expires_at
        self.touch(now)

    def decide(
        self, status: RequestStatus, now: datetime, by: int | None, reason: str | None = None
    ) -> None:
        """Make *status* final at *now*; *by* is null where the service itself ends it."""
        self.status = status
        self.decided_at = now
        self.decided_by_id = by
        self.refusal_reason = reason
        self.touch(now)


def require_patience(refused_at: Sequence[datetime], now: datetime) -> None:
    """
    Refuse to ask again after too many refusals in a short time (domain.md 3.3).

    *refused_at* are the latest refusals of the same asker on the same matter, newest first.

    Raises:
        LimitReached: TOO_MANY_REQUESTS, with the seconds to wait.
    """
    recent = [at for at in refused_at if at > now - REFUSAL_WINDOW]
    if len(recent) < REFUSALS_BEFORE_WAITING:
        return
    wait = recent[REFUSALS_BEFORE_WAITING - 1] + REFUSAL_WINDOW - now
    raise LimitReached(
        "You were refused too often: wait before you ask again.",
        limit=REFUSALS_BEFORE_WAITING,
        retry_after=math.ceil(wait.total_seconds()),
    )


class RequestedService(Model):
    """A service that a connection request asks for."""

    __tablename__ = "requested_service"

    structure_id: Mapped[int] = mapped_column(BigKey)
    request_id: Mapped[int] = mapped_column(BigKey, ForeignKey("request.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(BigKey, primary_key=True)

    __table_args__ = (
        ForeignKeyConstraint(
            ["structure_id", "service_id"], ["service.structure_id", "service.id"]
        ),
    )
