"""Users' connections to structures, with their roles."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.accounts import User
from models.base import BigKey, Key, Model, Versioned, vocabulary, where
from models.errors import ErrorCode, RuleRefused


class Role(StrEnum):
    """The role of a user on one structure."""

    PRIMARY_MANAGER = "PRIMARY_MANAGER"
    SECONDARY_MANAGER = "SECONDARY_MANAGER"
    SIMPLE_USER = "SIMPLE_USER"


MANAGERS = frozenset({Role.PRIMARY_MANAGER, Role.SECONDARY_MANAGER})


class MembershipStatus(StrEnum):
    """The life of a user's connection to a structure."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    DELETED = "DELETED"


class MembershipScope(StrEnum):
    """Which services of the structure a membership reaches."""

    ALL_SERVICES = "ALL_SERVICES"
    LISTED = "LISTED"


class MembershipOrigin(StrEnum):
    """How a membership came to be."""

    CREATOR = "CREATOR"
    REQUEST = "REQUEST"
    MANAGER = "MANAGER"
    TRANSFER = "TRANSFER"
    IDENTIFIER_CHANGE = "IDENTIFIER_CHANGE"
    SUPPORT = "SUPPORT"


_LIVE = text("status <> 'DELETED'")
_PRIMARY = text("role = 'PRIMARY_MANAGER' AND status = 'ACTIVE'")


class Tie:
    """What can be said of a membership from its own columns."""

    __slots__ = ()
    if TYPE_CHECKING:
        user_id: Mapped[int]
        role: Mapped[Role]
        status: Mapped[MembershipStatus]

    @property
    def owner_id(self) -> int:
        """The user whom it is about."""
        return self.user_id

    @property
    def is_manager(self) -> bool:
        """Whether it grants the work of a manager."""
        return self.status == MembershipStatus.ACTIVE and self.role in MANAGERS

    def is_touchable_by(self, user_id: int, role: Role | None) -> bool:
        """
        Say whether a manager in *role* may change what belongs to it (domain.md 2.2).

        What is another manager's is for the primary one only.
        """
        own = self.user_id == user_id
        return own or self.role not in MANAGERS or role == Role.PRIMARY_MANAGER


class Membership(Tie, Versioned, Model):
    """A user's connection to a structure: a role belongs to it, not to the user (domain.md 1.4)."""

    __tablename__ = "membership"

    id: Mapped[Key]
    structure_id: Mapped[int] = mapped_column(BigKey, ForeignKey("structure.id"))
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"))
    role: Mapped[Role] = mapped_column(vocabulary(Role), default=Role.SIMPLE_USER)
    status: Mapped[MembershipStatus] = mapped_column(
        vocabulary(MembershipStatus), default=MembershipStatus.ACTIVE
    )
    scope: Mapped[MembershipScope] = mapped_column(
        vocabulary(MembershipScope), default=MembershipScope.LISTED
    )
    origin: Mapped[MembershipOrigin] = mapped_column(vocabulary(MembershipOrigin))

    __table_args__ = (
        UniqueConstraint("structure_id", "id"),
        Index(None, "structure_id", "role"),
        Index(None, "structure_id", "scope"),
        Index(None, "structure_id", "user_id"),
        Index(None, "user_id"),
        CheckConstraint(
            "role = 'SIMPLE_USER' OR (status <> 'DELETED' AND scope = 'ALL_SERVICES')",
            name="managers_reach_all_services",
        ),
        CheckConstraint(
            "role <> 'PRIMARY_MANAGER' OR status = 'ACTIVE'", name="primary_manager_is_active"
        ),
        Index("one_live_membership", "user_id", "structure_id", unique=True, **where(_LIVE)),
        Index("one_primary_manager", "structure_id", unique=True, **where(_PRIMARY)),
    )

    def reach_all(self, now: datetime) -> None:
        """Let it reach every service, those to come as well."""
        self.scope = MembershipScope.ALL_SERVICES
        self.touch(now)

    def promote(self, role: Role, now: datetime) -> None:
        """Give *role*; a manager always reaches every service."""
        self.role = role
        self.status = MembershipStatus.ACTIVE
        if role in MANAGERS:
            self.scope = MembershipScope.ALL_SERVICES
        self.touch(now)

    def readmit(self, now: datetime, *, listed: bool) -> None:
        """
        Make it active again as a simple user's, after a request (domain.md 3.3).

        With *listed* it reaches the services listed on it only; without, those it reached before.
        """
        self.status = MembershipStatus.ACTIVE
        self.role = Role.SIMPLE_USER
        if listed:
            self.scope = MembershipScope.LISTED
        self.touch(now)

    def require_simple(self) -> None:
        """
        Refuse to change the reach of a manager, who has all services, or of nobody (domain.md 1.4).

        Raises:
            RuleRefused: CONFLICT.
        """
        if self.status == MembershipStatus.DELETED:
            message = "The user is no longer connected to the structure."
            raise RuleRefused(ErrorCode.CONFLICT, message)
        if self.role in MANAGERS:
            message = "A manager reaches every service: his role is taken from him first."
            raise RuleRefused(ErrorCode.CONFLICT, message)

    def require_limited(self) -> None:
        """
        Refuse to take a single service from whom reaches all of them.

        Raises:
            RuleRefused: CONFLICT.
        """
        if self.scope == MembershipScope.ALL_SERVICES:
            message = "The user reaches all services: list the services that he shall keep."
            raise RuleRefused(ErrorCode.CONFLICT, message)

    def reach(self, scope: MembershipScope, now: datetime) -> None:
        """Let it reach all services, or those listed on it only."""
        self.scope = scope
        self.touch(now)

    def appoint(self, account: User, now: datetime) -> None:
        """
        Make the simple user whose *account* is given secondary manager (domain.md 3.10).

        Raises:
            RuleRefused: PRIMARY_MUST_TRANSFER; CONFLICT, he is not connected at present;
                USER_NOT_ELIGIBLE, whatever is wrong with the account.
        """
        self.require_other_than_primary()
        if self.status != MembershipStatus.ACTIVE:
            message = "The user is not connected to the structure at present."
            raise RuleRefused(ErrorCode.CONFLICT, message)
        if not account.may_manage:
            message = "A manager is a person whose account is active."
            raise RuleRefused(ErrorCode.USER_NOT_ELIGIBLE, message)
        self.promote(Role.SECONDARY_MANAGER, now)

    def revoke(self, now: datetime) -> None:
        """
        Make a secondary manager simple user again; what he reaches stays (domain.md 3.10).

        Raises:
            RuleRefused: PRIMARY_MUST_TRANSFER.
        """
        self.require_other_than_primary()
        self.role = Role.SIMPLE_USER
        self.touch(now)

    def require_other_than_primary(self) -> None:
        """
        Refuse whatever takes the primary role from its holder, but a transfer (domain.md 3.8).

        Raises:
            RuleRefused: PRIMARY_MUST_TRANSFER.
        """
        if self.role == Role.PRIMARY_MANAGER:
            message = "The primary manager stays until he hands his role over."
            raise RuleRefused(ErrorCode.PRIMARY_MUST_TRANSFER, message)

    def deactivate(self, now: datetime) -> None:
        """
        Let it grant nothing, and keep what it has for later (domain.md 3.5).

        Raises:
            RuleRefused: CONFLICT, it was deleted.
        """
        self._require_live()
        self.status = MembershipStatus.INACTIVE
        self.touch(now)

    def reactivate(self, now: datetime) -> None:
        """
        Let it grant again what it kept, its role as well (domain.md 3.5).

        Raises:
            RuleRefused: CONFLICT, it was deleted.
        """
        self._require_live()
        self.status = MembershipStatus.ACTIVE
        self.touch(now)

    def _require_live(self) -> None:
        if self.status == MembershipStatus.DELETED:
            message = "The membership was deleted: the user begins again with a new one."
            raise RuleRefused(ErrorCode.CONFLICT, message)

    def delete(self, now: datetime) -> None:
        """End it for good; a new request starts from nothing (domain.md 3.5)."""
        self.status = MembershipStatus.DELETED
        self.role = Role.SIMPLE_USER
        self.touch(now)


class ServiceMembership(Model):
    """A service listed on a membership; effective while both it and the membership are active."""

    __tablename__ = "service_membership"

    structure_id: Mapped[int] = mapped_column(BigKey)
    membership_id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    service_id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    status: Mapped[MembershipStatus] = mapped_column(
        vocabulary(MembershipStatus), default=MembershipStatus.ACTIVE
    )
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(
            ["structure_id", "membership_id"], ["membership.structure_id", "membership.id"]
        ),
        ForeignKeyConstraint(
            ["structure_id", "service_id"], ["service.structure_id", "service.id"]
        ),
        Index(None, "service_id", "membership_id"),
    )
