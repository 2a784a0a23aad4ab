"""The portal's areas, their opening on structures, and users' rights on them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BigKey, Key, Model, Versioned, vocabulary, where
from models.errors import ErrorCode, RuleRefused


class AreaCode(StrEnum):
    """The portal's areas, in the order of its top menu."""

    HOME = "HOME"
    MANAGER_ACTIVITIES = "MANAGER_ACTIVITIES"
    ICT_REFUNDS = "ICT_REFUNDS"
    COMMITMENTS = "COMMITMENTS"
    INVOICES_TO_VALIDATE = "INVOICES_TO_VALIDATE"
    WORK_INVOICES = "WORK_INVOICES"
    ISSUED_INVOICES = "ISSUED_INVOICES"
    RECEIVED_INVOICES = "RECEIVED_INVOICES"
    JUSTICE_COSTS = "JUSTICE_COSTS"
    EDI_API_CONNECTIONS = "EDI_API_CONNECTIONS"
    SENT_REQUESTS = "SENT_REQUESTS"
    RECEIVED_REQUESTS = "RECEIVED_REQUESTS"
    DATA_FLOW_OVERVIEW = "DATA_FLOW_OVERVIEW"
    MY_ACCOUNT = "MY_ACCOUNT"

    # Its name is its value; an enum's own hash is a call of a Python function.
    __hash__ = str.__hash__


class AreaMode(StrEnum):
    """What a user may do in an area; modification includes consultation."""

    CONSULTATION = "CONSULTATION"
    MODIFICATION = "MODIFICATION"

    def covers(self, other: "AreaMode") -> bool:
        """Say whether this mode includes *other*."""
        return self == AreaMode.MODIFICATION or other == AreaMode.CONSULTATION


class AreaScope(StrEnum):
    """How far an opening or a right reaches."""

    STRUCTURE = "STRUCTURE"
    SERVICE = "SERVICE"


DEFAULT_AREAS = frozenset(
    {
        AreaCode.HOME,
        AreaCode.MY_ACCOUNT,
        AreaCode.SENT_REQUESTS,
        AreaCode.MANAGER_ACTIVITIES,
    }
)
PUBLIC_AREAS = frozenset({AreaCode.RECEIVED_INVOICES, AreaCode.RECEIVED_REQUESTS})

STORED_AREAS = tuple(code for code in AreaCode if code not in DEFAULT_AREAS)


class Scoped:
    """Something that holds for a whole structure or for one of its services."""

    __slots__ = ()
    if TYPE_CHECKING:
        service_id: Mapped[int | None]
        area: Mapped[AreaCode]

    @property
    def scope(self) -> AreaScope:
        """Whole structure or one service."""
        return AreaScope.STRUCTURE if self.service_id is None else AreaScope.SERVICE


def covers(
    opening_service_id: int | None,
    opening_mode: AreaMode,
    service_id: int | None,
    mode: AreaMode,
) -> bool:
    """Say whether an opening in one scope and mode is a ceiling above a right in another."""
    reaches = opening_service_id is None or opening_service_id == service_id
    return reaches and opening_mode.covers(mode)


def require_requestable(area: AreaCode) -> None:
    """
    Refuse what everyone has by himself.

    Raises:
        RuleRefused: AREA_IS_DEFAULT.
    """
    if area in DEFAULT_AREAS:
        message = "This area is always there: it is neither opened, closed nor requested."
        raise RuleRefused(ErrorCode.AREA_IS_DEFAULT, message, field=("area",))


def granted_without_decision(area: AreaCode, mode: AreaMode) -> bool:
    """Say whether connected users may take this right by themselves, where it is allowed."""
    return dropped_without_decision(area) and mode == AreaMode.CONSULTATION


def dropped_without_decision(area: AreaCode) -> bool:
    """Say whether connected users may give up a right by themselves, where it is allowed."""
    return area == AreaCode.ISSUED_INVOICES


_WHOLE_OPENING = text("service_id IS NULL AND closed_at IS NULL")
_PART_OPENING = text("service_id IS NOT NULL AND closed_at IS NULL")
_WHOLE_RIGHT = text("service_id IS NULL AND ended_at IS NULL")
_PART_RIGHT = text("service_id IS NOT NULL AND ended_at IS NULL")
_NOT_DEFAULT = "area NOT IN ('HOME', 'MANAGER_ACTIVITIES', 'SENT_REQUESTS', 'MY_ACCOUNT')"


class StructureArea(Scoped, Versioned, Model):
    """An area opened on a structure or one service: the ceiling of rights there (sheet B)."""

    __tablename__ = "structure_area"

    id: Mapped[Key]
    structure_id: Mapped[int] = mapped_column(BigKey, ForeignKey("structure.id"))
    service_id: Mapped[int | None] = mapped_column(BigKey)
    area: Mapped[AreaCode] = mapped_column(vocabulary(AreaCode))
    mode: Mapped[AreaMode] = mapped_column(vocabulary(AreaMode))
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["structure_id", "service_id"], ["service.structure_id", "service.id"]
        ),
        CheckConstraint(_NOT_DEFAULT, name="not_a_default_area"),
        Index(
            "one_opening_per_structure",
            "structure_id",
            "area",
            unique=True,
            **where(_WHOLE_OPENING),
        ),
        Index(
            "one_opening_per_service",
            "structure_id",
            "area",
            "service_id",
            unique=True,
            **where(_PART_OPENING),
        ),
    )

    def change_mode(self, mode: AreaMode, now: datetime) -> None:
        """Make *mode* the most that users can be given."""
        self.mode = mode
        self.touch(now)

    def close(self, now: datetime) -> None:
        """End it; opening the area again makes another."""
        self.closed_at = now
        self.touch(now)


def ceiling(
    openings: Iterable[StructureArea], area: AreaCode, service_id: int | None
) -> AreaMode | None:
    """Give the most that a structure's *openings* allow in a scope; nothing if none reaches it."""
    modes = {
        opening.mode
        for opening in openings
        if opening.area == area
        and covers(opening.service_id, opening.mode, service_id, AreaMode.CONSULTATION)
    }
    return max(modes, key=list(AreaMode).index, default=None)


def require_opened(
    openings: Collection[StructureArea], area: AreaCode, service_id: int | None, mode: AreaMode
) -> None:
    """
    Refuse a right that none of a structure's *openings* is a ceiling above.

    Raises:
        RuleRefused: AREA_NOT_OPENED, of the mode or the scope where the area is opened below it.
    """
    most = ceiling(openings, area, service_id)
    if most is not None and most.covers(mode):
        return
    message = "The area is not opened in this scope and mode."
    field: tuple[str, ...] = ("area",)
    if most is not None:
        field = ("mode",)
    elif any(opening.area == area for opening in openings):
        field = ("scope", "wholeStructure" if service_id is None else "serviceId")
    raise RuleRefused(ErrorCode.AREA_NOT_OPENED, message, field=field)


class AreaSubscription(Scoped, Versioned, Model):
    """A user's right on an area: mode and scope."""

    __tablename__ = "area_subscription"

    id: Mapped[Key]
    structure_id: Mapped[int] = mapped_column(BigKey)
    membership_id: Mapped[int] = mapped_column(BigKey)
    service_id: Mapped[int | None] = mapped_column(BigKey)
    area: Mapped[AreaCode] = mapped_column(vocabulary(AreaCode))
    mode: Mapped[AreaMode] = mapped_column(vocabulary(AreaMode))
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["structure_id", "membership_id"], ["membership.structure_id", "membership.id"]
        ),
        ForeignKeyConstraint(
            ["structure_id", "service_id"], ["service.structure_id", "service.id"]
        ),
        CheckConstraint(_NOT_DEFAULT, name="not_a_default_area"),
        Index(
            "one_subscription_per_structure",
            "membership_id",
            "area",
            unique=True,
            **where(_WHOLE_RIGHT),
        ),
        Index(
            "one_subscription_per_service",
            "membership_id",
            "area",
            "service_id",
            unique=True,
            **where(_PART_RIGHT),
        ),
        Index(None, "structure_id", "area"),
    )

    def change_mode(self, mode: AreaMode, now: datetime) -> None:
        """Raise or lower it to *mode*."""
        self.mode = mode
        self.touch(now)

    def end(self, now: datetime) -> None:
        """End it; who gets the right again gets another."""
        self.ended_at = now
        self.touch(now)

    def lower_to(self, most: AreaMode | None, now: datetime) -> bool:
        """
        Keep it below *most*, the ceiling that is left above it; without one it ends.

        Returns:
            Whether that changed anything.
        """
        if most is None:
            self.end(now)
            return True
        if most.covers(self.mode):
            return False
        self.change_mode(most, now)
        return True
