"""Services: subsets of a structure that limit users' rights."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BigKey, Key, Model, Versioned, sort_text
from models.structures import PostalAddress


RESERVED_CODE = "FACTURES_PUBLIQUES"


class Validity:
    """What can be said of a service from its own columns."""

    __slots__ = ()
    if TYPE_CHECKING:
        enabled: Mapped[bool]
        valid_from: Mapped[date | None]
        valid_to: Mapped[date | None]

    def active_on(self, day: date) -> bool:
        """Say whether it is switched on and *day* lies within its dates (domain.md 3.14)."""
        begun = self.valid_from is None or self.valid_from <= day
        return self.enabled and begun and (self.valid_to is None or day <= self.valid_to)


class Service(Validity, PostalAddress, Versioned, Model):
    """A subset of a structure (domain.md 1.3)."""

    __tablename__ = "service"

    id: Mapped[Key]
    structure_id: Mapped[int] = mapped_column(BigKey, ForeignKey("structure.id"))
    code: Mapped[str] = mapped_column(sort_text(100))
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(sort_text(400))
    description: Mapped[str | None] = mapped_column(String(500))
    enabled: Mapped[bool] = mapped_column(default=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    engagement_number_required: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("structure_id", "code"),
        UniqueConstraint("structure_id", "id"),
        Index(None, "structure_id", "name_key", "id"),
        CheckConstraint("valid_to >= valid_from", name="ends_after_begin"),
    )
