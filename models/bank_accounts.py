"""Bank accounts: where the invoices of a structure are to be paid (sheet B; domain.md 1.7)."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from unicodedata import decimal, normalize

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.areas import AreaCode
from models.base import BigKey, Key, Model, Versioned, sort_text, vocabulary, where
from models.catalogue import ACCOUNT_AREAS
from models.errors import ErrorCode, Invalid, RuleRefused
from models.structures import Structure
from models.texts import clean_text


SHORTEST_TELLING = 8
LONGEST_TEXT = 200
LONGEST_IDENTIFIER = 80
LONGEST_IBAN = 34
LONGEST_BIC = 11
MASK = "****"


class BankAccountStatus(StrEnum):
    """The life of a bank account on a structure."""

    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"


class Details:
    """What can be said of a bank account from its own columns."""

    __slots__ = ()
    if TYPE_CHECKING:
        iban: Mapped[str]

    @property
    def masked_iban(self) -> str:
        """The first and the last four characters of the IBAN, whatever its length."""
        return f"{self.iban[:4]}{MASK}{self.iban[-4:]}"


_ACTIVE = text("status = 'ACTIVE'")
_DEFAULT = text("is_default")


class BankAccount(Details, Versioned, Model):
    """
    A bank account of a structure, its own or a factor's (domain.md 1.7).

    Who it is and where never changes, so that issued invoices stay true: it is closed, and another
    one added. The table refuses such updates by a trigger.
    """

    __tablename__ = "bank_account"

    id: Mapped[Key]
    structure_id: Mapped[int] = mapped_column(BigKey, ForeignKey("structure.id"))
    label: Mapped[str] = mapped_column(String(LONGEST_TEXT))
    label_key: Mapped[str] = mapped_column(sort_text(2 * LONGEST_TEXT))
    iban: Mapped[str] = mapped_column(String(LONGEST_IBAN))
    bic: Mapped[str] = mapped_column(String(LONGEST_BIC))
    holder_name: Mapped[str] = mapped_column(String(LONGEST_TEXT))
    factor: Mapped[bool] = mapped_column(default=False)
    factor_name: Mapped[str | None] = mapped_column(String(LONGEST_TEXT))
    factor_identifier: Mapped[str | None] = mapped_column(String(LONGEST_IDENTIFIER))
    is_default: Mapped[bool] = mapped_column(default=False)
    status: Mapped[BankAccountStatus] = mapped_column(
        vocabulary(BankAccountStatus), default=BankAccountStatus.ACTIVE
    )
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("(status = 'CLOSED') = (closed_at IS NOT NULL)", name="closed_since"),
        CheckConstraint("NOT is_default OR status = 'ACTIVE'", name="default_is_active"),
        CheckConstraint(
            "factor = (factor_name IS NOT NULL) AND (factor OR factor_identifier IS NULL)",
            name="factor_is_named",
        ),
        Index("one_active_iban", "structure_id", "iban", unique=True, **where(_ACTIVE)),
        Index("one_default_bank_account", "structure_id", unique=True, **where(_DEFAULT)),
        Index(None, "structure_id", "label_key", "id"),
    )

    def require_open(self) -> None:
        """
        Refuse to propose an account that nobody can choose any more.

        Raises:
            RuleRefused: CONFLICT.
        """
        if self.status != BankAccountStatus.ACTIVE:
            message = "This bank account is closed."
            raise RuleRefused(ErrorCode.CONFLICT, message)

    def propose(self, now: datetime, *, first: bool) -> None:
        """Propose it *first*, or no longer."""
        self.is_default = first
        self.touch(now)

    def close(self, now: datetime) -> None:
        """End it; no other one takes its place as the default by itself (domain.md 3.15)."""
        self.status, self.closed_at = BankAccountStatus.CLOSED, now
        self.propose(now, first=False)


def needs_account(card: Structure, opened: Iterable[AreaCode]) -> bool:
    """
    Say whether a structure must keep a bank account (domain.md 1.7, 3.15).

    So it is with suppliers of the courts and with farmers, and wherever an area that ends in a
    payment to the structure is *opened*.
    """
    supplies = card.justice_supplier_category is not None or card.pacage_number is not None
    return supplies or not ACCOUNT_AREAS.isdisjoint(opened)


def require_another(left: int) -> None:
    """
    Refuse to leave a structure that needs a bank account without any: *left* would stay.

    Raises:
        RuleRefused: BANK_ACCOUNT_REQUIRED.
    """
    if not left:
        message = (
            "The structure must keep a bank account, because it works for the courts or claims"
            " refunds: add another one first."
        )
        raise RuleRefused(ErrorCode.BANK_ACCOUNT_REQUIRED, message)


def normalised_iban(given: str) -> str:
    """
    Write an IBAN as it is stored: without spaces, in upper case.

    Raises:
        Invalid: its length, characters or check digits are wrong; the value is not told.
    """
    # The formats of all countries are read once somebody adds an account.
    from schwifty import IBAN  # noqa: PLC0415
    from schwifty.exceptions import SchwiftyException  # noqa: PLC0415

    try:
        return str(IBAN(_compact(given)))
    except SchwiftyException:
        message = "This is not a valid IBAN: its length or its check digits are wrong."
        raise Invalid(message, expected="An IBAN, spaces allowed.", field=("iban",)) from None


def normalised_bic(given: str) -> str:
    """
    Write a BIC as it is stored: without spaces, in upper case, 8 or 11 characters.

    Raises:
        Invalid: its length, characters or country are wrong; the value is not told.
    """
    from schwifty import BIC  # noqa: PLC0415 - as above
    from schwifty.exceptions import SchwiftyException  # noqa: PLC0415

    try:
        return str(BIC(_compact(given)))
    except SchwiftyException:
        message = "This is not a valid BIC: its length or its country is wrong."
        raise Invalid(message, expected="8 or 11 letters and digits.", field=("bic",)) from None


def told_text(given: str, iban: str, *, maximum: int = LONGEST_TEXT) -> str:
    """
    Clean a text about the account *iban*, which it must not tell to those who see it masked.

    Raises:
        Invalid: empty, too long, or it holds the IBAN; also without its country, its check digits and
            its bank, which can be worked out, and in signs that only look otherwise.
    """
    from schwifty import IBAN  # noqa: PLC0415 - as above

    written = clean_text(given, minimum=1, maximum=maximum)
    number = IBAN(iban).account_code
    # A shorter one could be anything.
    telling = number if len(number) >= SHORTEST_TELLING else iban[4:]
    shown = "".join(map(_plain, normalize("NFKC", written))).upper()
    if telling in shown:
        message = "The text holds the IBAN, which not everyone who reads it may see."
        raise Invalid(message, expected="A text without the IBAN.")
    return written


def _plain(sign: str) -> str:
    """Give a letter or a digit, of whatever script, as it is read; nothing for any other sign."""
    value = decimal(sign, None)
    return str(value) if value is not None else sign if sign.isalnum() else ""


def _compact(text: str) -> str:
    # Letters of other scripts become letters of an IBAN when they are written large.
    bare = "".join(text.split())
    return bare.upper() if bare.isascii() else ""
