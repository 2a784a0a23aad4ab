"""Invoicing mandates: what the mode Input invoice needs (sheet B; domain.md 1.8, 3.16)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BigKey, Key, Model, vocabulary, where
from models.errors import ConfirmationRequired, ErrorCode, Invalid, RuleRefused


LONGEST_VERSION = 40


class MandateStatus(StrEnum):
    """The state of an invoicing mandate."""

    ACTIVE = "ACTIVE"
    REVOKED = "REVOKED"


_ACTIVE = text("status = 'ACTIVE'")


class InvoicingMandate(Model):
    """
    A structure's mandate to have its invoices made out by the platform.

    A mandate that was revoked stays as it was; to subscribe again makes a new one.
    """

    __tablename__ = "invoicing_mandate"

    id: Mapped[Key]
    structure_id: Mapped[int] = mapped_column(BigKey, ForeignKey("structure.id"))
    status: Mapped[MandateStatus] = mapped_column(
        vocabulary(MandateStatus), default=MandateStatus.ACTIVE
    )
    terms_version: Mapped[str] = mapped_column(String(LONGEST_VERSION))
    subscribed_at: Mapped[datetime]
    subscribed_by_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("user_account.id"))

    __table_args__ = (
        CheckConstraint("(status = 'REVOKED') = (revoked_at IS NOT NULL)", name="revoked_since"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked_by"),
        Index("one_active_mandate", "structure_id", unique=True, **where(_ACTIVE)),
        Index(None, "structure_id", "id"),
    )

    @property
    def active(self) -> bool:
        """Whether users may enter invoices on line by it."""
        return self.status == MandateStatus.ACTIVE

    def revoke(self, now: datetime, user_id: int) -> None:
        """End it for good."""
        self.status, self.revoked_at = MandateStatus.REVOKED, now
        self.revoked_by_id = user_id


def require_accepted(given_version: str, current_version: str, *, accepted: bool) -> None:
    """
    Refuse a mandate whose terms of today were not read and accepted (domain.md 3.16).

    Raises:
        Invalid: the terms that were read are not those of *current_version*.
        ConfirmationRequired: they were not accepted.
    """
    if given_version != current_version:
        message = "These are not the present terms of the mandate: read them again."
        raise Invalid(message, expected=current_version, field=("termsVersion",))
    if not accepted:
        message = "The mandate is subscribed by accepting its terms."
        raise ConfirmationRequired(message, argument="acceptTerms", affected_users=0)


def require_mandate(mandate: InvoicingMandate | None) -> InvoicingMandate:
    """
    Give the *mandate* of a structure.

    Raises:
        RuleRefused: MANDATE_REQUIRED, there never was one.
    """
    if mandate is None:
        message = "The structure has no active invoicing mandate."
        raise RuleRefused(ErrorCode.MANDATE_REQUIRED, message)
    return mandate
