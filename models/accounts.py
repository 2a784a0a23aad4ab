"""People and programs that sign in, and their sessions."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BigKey, Key, Model, Versioned, sort_text, vocabulary


class UserStatus(StrEnum):
    """The state of a user's account."""

    PENDING_ACTIVATION = "PENDING_ACTIVATION"
    ACTIVE = "ACTIVE"
    DEACTIVATED = "DEACTIVATED"


class UserKind(StrEnum):
    """What stands behind an account."""

    HUMAN = "HUMAN"
    TECHNICAL = "TECHNICAL"


class PlatformRole(StrEnum):
    """A role on the platform as a whole."""

    NONE = "NONE"
    SUPPORT = "SUPPORT"


class Language(StrEnum):
    """Language of the messages to a user."""

    FR = "FR"
    EN = "EN"


class Person:
    """What can be said of a user from his own columns."""

    __slots__ = ()
    if TYPE_CHECKING:
        id: Mapped[int]
        first_name: Mapped[str]
        last_name: Mapped[str]
        login: Mapped[str]
        kind: Mapped[UserKind]
        status: Mapped[UserStatus]
        platform_role: Mapped[PlatformRole]

    @property
    def owner_id(self) -> int:
        """The user whom it is about: himself."""
        return self.id

    @property
    def display_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def masked_login(self) -> str:
        """Login with most letters hidden, for chasing a manager (domain.md 2.3)."""
        name, _, host = self.login.partition("@")
        return f"{name[:1]}***@{host[:1]}***{host[host.rfind('.') :] if '.' in host else ''}"

    @property
    def eligible(self) -> bool:
        """Whether the account is an active person, who may sign in."""
        return self.kind == UserKind.HUMAN and self.status == UserStatus.ACTIVE

    @property
    def may_manage(self) -> bool:
        """Whether a structure may be handed to this account: support has no role there."""
        return self.eligible and self.platform_role == PlatformRole.NONE


class User(Person, Versioned, Model):
    """A person, or a program, that signs in; the login never changes (domain.md 1.1)."""

    __tablename__ = "user_account"

    id: Mapped[Key]
    login: Mapped[str] = mapped_column(sort_text(254), unique=True)
    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(sort_text(400))
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[Language] = mapped_column(vocabulary(Language), default=Language.FR)
    status: Mapped[UserStatus] = mapped_column(vocabulary(UserStatus), default=UserStatus.ACTIVE)
    kind: Mapped[UserKind] = mapped_column(vocabulary(UserKind), default=UserKind.HUMAN)
    platform_role: Mapped[PlatformRole] = mapped_column(
        vocabulary(PlatformRole), default=PlatformRole.NONE
    )
    receives_notifications: Mapped[bool] = mapped_column(default=True)
    demonstration: Mapped[bool] = mapped_column(default=False)
    last_connection_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("login = lower(login)", name="login_lower_case"),)


class Password(Model):
    """The hash of a user's password, kept apart so that no reading of users can carry it."""

    __tablename__ = "password"

    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]


class SignInSession(Model):
    """
    A sign-in, from the password to the sign-out: the family of its rotating refresh tokens.

    *previous_connection_at* is what the user is shown as his last connection.
    """

    __tablename__ = "sign_in_session"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    previous_connection_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))


class RefreshToken(Model):
    """The digest of one refresh token; *used_at* is set when it was exchanged."""

    __tablename__ = "refresh_token"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[int] = mapped_column(BigKey, ForeignKey("sign_in_session.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "session_id"),)
