"""Messages to users, written with the act that causes them and sent afterwards."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BigKey, Key, Model, vocabulary, where


class NotificationKind(StrEnum):
    """What a message tells (domain.md 3.18)."""

    REQUEST_SUBMITTED = "REQUEST_SUBMITTED"
    REQUEST_VALIDATED = "REQUEST_VALIDATED"
    REQUEST_REFUSED = "REQUEST_REFUSED"
    STRUCTURE_CREATED = "STRUCTURE_CREATED"
    STRUCTURE_DEACTIVATED = "STRUCTURE_DEACTIVATED"
    STRUCTURE_REACTIVATED = "STRUCTURE_REACTIVATED"
    PRIMARY_MANAGER_TRANSFERRED = "PRIMARY_MANAGER_TRANSFERRED"
    IDENTIFIER_CHANGED = "IDENTIFIER_CHANGED"
    SERVICES_CHANGED = "SERVICES_CHANGED"
    AREA_CLOSED = "AREA_CLOSED"
    SUBSCRIPTION_CHANGED = "SUBSCRIPTION_CHANGED"
    SUBSCRIPTION_ENDED = "SUBSCRIPTION_ENDED"
    MEMBERSHIP_CREATED = "MEMBERSHIP_CREATED"
    ROLE_CHANGED = "ROLE_CHANGED"
    MEMBERSHIP_DEACTIVATED = "MEMBERSHIP_DEACTIVATED"
    MEMBERSHIP_REACTIVATED = "MEMBERSHIP_REACTIVATED"
    MEMBERSHIP_DELETED = "MEMBERSHIP_DELETED"
    MEMBERSHIP_LEFT = "MEMBERSHIP_LEFT"
    RIGHTS_DUPLICATED = "RIGHTS_DUPLICATED"
    BANK_ACCOUNT_ADDED = "BANK_ACCOUNT_ADDED"
    BANK_ACCOUNT_CLOSED = "BANK_ACCOUNT_CLOSED"
    DEFAULT_BANK_ACCOUNT_CHANGED = "DEFAULT_BANK_ACCOUNT_CHANGED"
    MANDATE_SUBSCRIBED = "MANDATE_SUBSCRIBED"
    MANDATE_REVOKED = "MANDATE_REVOKED"


class Notification(Model):
    """A message to one user; *sent_at* is null until a channel took it."""

    __tablename__ = "notification"

    id: Mapped[Key]
    kind: Mapped[NotificationKind] = mapped_column(vocabulary(NotificationKind, growing=True))
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"))
    structure_id: Mapped[int] = mapped_column(BigKey, ForeignKey("structure.id"))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (Index("unsent_notification", "id", **where(text("sent_at IS NULL"))),)
