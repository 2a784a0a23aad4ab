"""Services: subsets of a structure that limit users' rights."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    bindparam,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column
from typing_extensions import override

from models.addresses import PostalAddress
from models.base import BigKey, Key, Model, Versioned, sort_key, sort_text
from models.errors import ErrorCode, Invalid, RuleRefused
from models.structures import Structure
from models.texts import clean_text


RESERVED_CODE = "FACTURES_PUBLIQUES"
LONGEST_CODE = 100
LONGEST_NAME = 200
LONGEST_NAME_KEY = 400
LONGEST_DESCRIPTION = 500
LAST_DAY = ("service", "validTo")


def service_code(written: str) -> str:
    """
    Give the code of a new service as it is stored: in upper case (domain.md 1.3).

    Raises:
        Invalid: it is empty, too long, cannot be shown, or is the reserved one.
    """
    expected = f"1 to {LONGEST_CODE} characters, and not {RESERVED_CODE}."
    try:
        code = normalize("NFC", clean_text(written, minimum=1, maximum=LONGEST_CODE).upper())
    except Invalid as refused:
        raise Invalid(refused.message, expected=expected) from None
    # Some small letters are two or three capitals.
    if len(code) > LONGEST_CODE:
        raise Invalid("The code is too long.", expected=expected)
    if code == RESERVED_CODE:
        message = "The platform keeps this code for invoices between public structures."
        raise Invalid(message, expected=expected)
    return code


def service_name(written: str | None) -> str:
    """
    Give the name of a service as it is stored.

    Raises:
        Invalid: it is empty, too long or cannot be shown.
    """
    name = clean_text(written or "", minimum=1, maximum=LONGEST_NAME)
    if len(sort_key(name)) > LONGEST_NAME_KEY:
        # A single sign may stand for a sentence.
        raise Invalid("The name is too long.", expected=f"1 to {LONGEST_NAME} letters.")
    return name


class Validity:
    """What can be said of a service from its own columns."""

    __slots__ = ()
    if TYPE_CHECKING:
        code: Mapped[str]
        id: Mapped[int]
        enabled: Mapped[bool]
        valid_from: Mapped[date | None]
        valid_to: Mapped[date | None]

    @property
    def service_id(self) -> int:
        """The service that rights on this one are asked for: itself."""
        return self.id

    def active_on(self, day: date) -> bool:
        """Say whether it is switched on and *day* lies within its dates (domain.md 3.14)."""
        begun = self.valid_from is None or self.valid_from <= day
        return self.enabled and begun and (self.valid_to is None or day <= self.valid_to)

    @property
    def reserved(self) -> bool:
        """Whether it is the platform's own, which nobody changes (domain.md 1.3)."""
        return self.code == RESERVED_CODE


class Service(Validity, PostalAddress, Versioned, Model):
    """A subset of a structure (domain.md 1.3)."""

    __tablename__ = "service"

    id: Mapped[Key]
    structure_id: Mapped[int] = mapped_column(BigKey, ForeignKey("structure.id"))
    code: Mapped[str] = mapped_column(sort_text(LONGEST_CODE))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    name_key: Mapped[str] = mapped_column(sort_text(LONGEST_NAME_KEY))
    description: Mapped[str | None] = mapped_column(String(LONGEST_DESCRIPTION))
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

    @override
    def amend(self, values: Mapping[str, Any], now: datetime) -> dict[str, tuple[Any, Any]]:
        """
        Set the columns of *values*.

        Returns:
            What each column that changed was before, and what it is now.

        Raises:
            Invalid: it would end before it begins.
        """
        changed = super().amend(values, now)
        self.name_key = sort_key(self.name)
        self.require_dates()
        return changed

    def switch(self, now: datetime, *, on: bool) -> None:
        """Switch it on or off; within its dates that makes it active or inactive."""
        self.enabled = on
        self.touch(now)

    def require_unfinished(self, day: date) -> None:
        """
        Refuse to switch on what would stay inactive for ever.

        Raises:
            RuleRefused: CONFLICT, its last day lies before *day*.
        """
        if self.valid_to is not None and self.valid_to < day:
            message = f"Its validity ended on {self.valid_to.isoformat()}: change that first."
            raise RuleRefused(ErrorCode.CONFLICT, message)

    def require_dates(self) -> None:
        """
        Refuse a validity that ends before it begins.

        Raises:
            Invalid: naming the last day.
        """
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            message = "The last day of validity lies before the first."
            expected = f"{self.valid_from.isoformat()} or later."
            raise Invalid(message, expected=expected, field=LAST_DAY)


def active_today() -> ColumnElement[bool]:
    """Say in SQL what Validity.active_on says."""
    return and_(Service.enabled, valid_today())


def valid_today() -> ColumnElement[bool]:
    """Say in SQL that today lies within a service's dates."""
    today = bindparam("today", type_=Date)
    return and_(
        or_(Service.valid_from.is_(None), Service.valid_from <= today),
        or_(Service.valid_to.is_(None), today <= Service.valid_to),
    )


def require_reachable(card: Structure, *, other_active: bool) -> None:
    """
    Refuse to take the last active service from a structure whose invoices must name one.

    *other_active*: another one is active, beside the reserved one, which is no address for
    suppliers (domain.md 3.14).

    Raises:
        RuleRefused: LAST_REQUIRED_SERVICE.
    """
    if card.service_code_required and not other_active:
        message = "Invoices must name a service, and this is the last active one."
        raise RuleRefused(ErrorCode.LAST_REQUIRED_SERVICE, message)
