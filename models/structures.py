"""Structures: the cards of legal entities."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.addresses import PostalAddress
from models.base import BigKey, Key, Model, Versioned, sort_text, vocabulary
from models.errors import ErrorCode, RuleRefused, StructureInactive
from models.identifiers import IdentifierType


class Sector(StrEnum):
    """Whether a structure is private or public."""

    PRIVATE = "PRIVATE"
    PUBLIC = "PUBLIC"


class StructureStatus(StrEnum):
    """Whether a structure is in use."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class ApplicationCode(StrEnum):
    """Applications that a structure uses."""

    PAYMENT_REQUEST = "PAYMENT_REQUEST"


class Card:
    """What can be said of a structure from its own columns."""

    __slots__ = ()
    if TYPE_CHECKING:
        id: Mapped[int]
        sector: Mapped[Sector]
        status: Mapped[StructureStatus]

    @property
    def structure_id(self) -> int:
        """The structure whose rights guard this card: itself."""
        return self.id

    @property
    def published(self) -> bool:
        """Whether its general block and active services are for every signed-in user."""
        return self.sector == Sector.PUBLIC and self.status == StructureStatus.ACTIVE


class Structure(Card, PostalAddress, Versioned, Model):
    """
    The card of a legal entity (domain.md 1.2).

    *predecessor_id* links to the card that this one replaced when the identifier changed.
    """

    __tablename__ = "structure"

    id: Mapped[Key]
    identifier_type: Mapped[IdentifierType] = mapped_column(vocabulary(IdentifierType))
    identifier: Mapped[str] = mapped_column(sort_text(80))
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(sort_text(400))
    label: Mapped[str | None] = mapped_column(String(200))
    sector: Mapped[Sector] = mapped_column(vocabulary(Sector), default=Sector.PRIVATE)
    status: Mapped[StructureStatus] = mapped_column(
        vocabulary(StructureStatus), default=StructureStatus.ACTIVE
    )
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    fax: Mapped[str | None] = mapped_column(String(40))
    vat_number: Mapped[str | None] = mapped_column(String(20))
    rcs_number: Mapped[str | None] = mapped_column(String(80))
    address_withheld: Mapped[bool] = mapped_column(default=False)
    service_code_required: Mapped[bool] = mapped_column(default=False)
    engagement_number_required: Mapped[bool] = mapped_column(default=False)
    service_code_or_engagement_number_required: Mapped[bool] = mapped_column(default=False)
    reports_payment: Mapped[bool] = mapped_column(default=True)
    contracting_authority: Mapped[bool] = mapped_column(default=False)
    contracting_authority_only: Mapped[bool] = mapped_column(default=False)
    delegated_validator: Mapped[bool] = mapped_column(default=False)
    local_authority: Mapped[bool] = mapped_column(default=False)
    agricultural_management_centre: Mapped[bool] = mapped_column(default=False)
    justice_supplier_category: Mapped[str | None] = mapped_column(String(80))
    pacage_number: Mapped[str | None] = mapped_column(String(9))
    predecessor_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("structure.id"))
    first_payment_at: Mapped[datetime | None]
    deactivated_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("identifier_type", "identifier"),
        UniqueConstraint("predecessor_id"),
        CheckConstraint("predecessor_id <> id", name="not_its_own_predecessor"),
        CheckConstraint(
            "NOT (service_code_or_engagement_number_required"
            " AND (service_code_required OR engagement_number_required))",
            name="one_of_two_excludes_each",
        ),
        CheckConstraint(
            "NOT contracting_authority_only OR contracting_authority", name="only_implies_authority"
        ),
        CheckConstraint(
            "(status = 'INACTIVE') = (deactivated_at IS NOT NULL)", name="inactive_since"
        ),
        Index(None, "name_key", "id"),
        Index(None, "identifier", "id"),
    )

    def require_active(self, successor_id: int | None = None) -> None:
        """
        Refuse any act that an inactive structure does not take (domain.md 3.12).

        Raises:
            StructureInactive: naming *successor_id*, the card that replaced it.
        """
        if self.status != StructureStatus.ACTIVE:
            raise StructureInactive(successor_id)

    @property
    def told_identifier(self) -> str | None:
        """Its identifier for others and for the history; a private person's is his own affair."""
        own = self.identifier_type == IdentifierType.INDIVIDUAL
        return None if own else self.identifier

    def deactivate(self, now: datetime) -> None:
        """Make it inactive."""
        self.status, self.deactivated_at = StructureStatus.INACTIVE, now
        self.touch(now)

    def reactivate(self, now: datetime) -> None:
        """Make it active again."""
        self.status, self.deactivated_at = StructureStatus.ACTIVE, None
        self.touch(now)


class StructureApplication(Model):
    """An application that a structure uses (sheet B, "Applications used")."""

    __tablename__ = "structure_application"

    structure_id: Mapped[int] = mapped_column(BigKey, ForeignKey("structure.id"), primary_key=True)
    code: Mapped[ApplicationCode] = mapped_column(vocabulary(ApplicationCode), primary_key=True)
    added_at: Mapped[datetime]


def require_applications(used: Collection[ApplicationCode]) -> None:
    """
    Refuse to use no payment requests any more: no invoice could be issued (sheet B).

    Raises:
        RuleRefused: APPLICATION_LOCKED.
    """
    if ApplicationCode.PAYMENT_REQUEST not in used:
        message = "The application Payment request stays: no invoice could be issued without it."
        raise RuleRefused(ErrorCode.APPLICATION_LOCKED, message)
