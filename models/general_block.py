"""What may stand in the general block of a structure, and what one flag says of others (sheet B)."""

import re

from collections.abc import Mapping
from typing import Any

from stdnum.eu import vat
from stdnum.exceptions import InvalidChecksum, ValidationError

from models.base import sort_key
from models.errors import ErrorCode, Invalid, RuleRefused
from models.history import MASK
from models.identifiers import IdentifierType
from models.structures import Sector, Structure
from models.texts import clean_text, optional_text


LONGEST_NAME = 99
LONGEST_NAME_KEY = 199
LENGTHS = {"label": 200, "rcs_number": 80, "justice_supplier_category": 80}
NUMBERS = frozenset({"phone", "fax"})
FLAGS = frozenset(
    {
        "service_code_required",
        "engagement_number_required",
        "service_code_or_engagement_number_required",
        "reports_payment",
        "contracting_authority",
        "contracting_authority_only",
        "delegated_validator",
        "local_authority",
        "agricultural_management_centre",
    }
)
EITHER = "service_code_or_engagement_number_required"
OF_PUBLIC_STRUCTURES = {
    "service_code_required": True,
    "engagement_number_required": True,
    EITHER: True,
    "reports_payment": False,
}
"""Flags that only a public structure, which receives invoices, may set to this."""

PERSONAL = frozenset(
    {"email", "phone", "fax", "line1", "line2", "line3", "postalCode", "city", "country"}
)
"""What may lead to a person, so that the history, which is for ever, tells only that it changed."""

_PHONE = re.compile(r"\+?[0-9(][0-9 ().\-/]{2,38}")
_VAT_NUMBER = re.compile(r"[A-Z0-9]{4,20}")
_PACAGE = re.compile(r"[0-9]{9}", re.ASCII)
_EXPECTED_VAT_NUMBER = "a VAT number with its country's letters and check digits"


def general_values(written: Mapping[str, Any], *, checksum: bool = True) -> dict[str, Any]:
    """
    Give the columns of what was *written* in a general block, as they are stored.

    *checksum* false accepts VAT numbers whose check digits are wrong.

    Raises:
        Invalid: a value breaks its rule, or two flags exclude each other; *field* is the column.
    """
    values = {}
    for column, value in written.items():
        try:
            values[column] = _stored(column, value, checksum=checksum)
        except Invalid as refused:
            raise refused.at(column) from None
    return values | _implied({name: values[name] for name in FLAGS & values.keys()})


def require_sector(sector: Sector, values: Mapping[str, Any]) -> None:
    """
    Refuse what only public structures, the recipients of invoices, may set (domain.md 1.2).

    Raises:
        Invalid: naming the column.
    """
    if sector == Sector.PUBLIC:
        return
    for column, value in OF_PUBLIC_STRUCTURES.items():
        if values.get(column) is value:
            message = "Only a public structure asks this of invoices."
            expected = "false" if value else "true"
            raise Invalid(message, expected=expected, field=(column,))


def require_author(card: Structure, values: Mapping[str, Any], *, by_support: bool) -> None:
    """
    Refuse that others than the support say who is a local authority (domain.md 3.11).

    Raises:
        RuleRefused: CONTACT_SUPPORT.
    """
    told = values.get("local_authority", card.local_authority)
    if told is not card.local_authority and not by_support:
        message = "Only the platform's support says who is a local authority: ask it."
        raise RuleRefused(ErrorCode.CONTACT_SUPPORT, message)


def told_changes(card: Structure, changed: Mapping[str, tuple[Any, Any]]) -> list[dict[str, Any]]:
    """
    Tell what *changed*, by the names of the API, as the history stores it: personal values masked.

    All that stands on the card of a private person is personal.
    """
    individual = card.identifier_type == IdentifierType.INDIVIDUAL
    told = []
    for field, (before, after) in changed.items():
        if field == "nameKey":
            continue
        write = _masked if individual or field in PERSONAL else _written
        told.append({"field": field, "before": write(before), "after": write(after)})
    return told


def _masked(value: Any) -> str | None:
    return None if value is None else MASK


def _written(value: Any) -> str | None:
    return str(value).lower() if isinstance(value, bool) else value


def structure_name(written: str | None) -> str:
    """
    Give the name of a legal entity, or one name of a person, as it is stored.

    Raises:
        Invalid: it is empty, too long or cannot be shown.
    """
    name = clean_text(written or "", minimum=1, maximum=LONGEST_NAME)
    if not 1 <= len(sort_key(name)) <= LONGEST_NAME_KEY:
        # A single sign may stand for a sentence, or for nothing.
        raise Invalid("The name cannot be sorted.", expected=f"1 to {LONGEST_NAME} letters.")
    return name


def _stored(column: str, value: Any, *, checksum: bool) -> Any:
    if column in FLAGS:
        if value is None:
            raise Invalid("A flag is never empty.", expected="true or false")
        return value
    if column in LENGTHS:
        return optional_text(value, maximum=LENGTHS[column])
    if column in NUMBERS:
        return _matching(_PHONE, value, "digits, spaces and + ( ) . - /, 3 to 40 characters")
    text = None if value is None else "".join(value.split()).upper() or None
    if column == "pacage_number":
        return _matching(_PACAGE, text, "9 digits")
    if column == "vat_number":
        return _vat_number(text, checksum=checksum)
    return _email(value)


def _matching(pattern: re.Pattern[str], value: str | None, expected: str) -> str | None:
    written = optional_text(value, maximum=80)
    if written is not None and not pattern.fullmatch(written):
        raise Invalid("The value is malformed.", expected=expected)
    return written


def _vat_number(text: str | None, *, checksum: bool) -> str | None:
    if text is None:
        return None
    bare = re.sub(r"[.\-/]", "", text)
    if not _VAT_NUMBER.fullmatch(bare):
        raise Invalid("This is not a VAT number.", expected=_EXPECTED_VAT_NUMBER)
    # Other countries' numbers have rules of their own.
    if bare[:2].lower() not in vat.MEMBER_STATES and not bare.startswith("EL"):
        return bare
    try:
        return vat.validate(bare)
    except InvalidChecksum:
        if not checksum:
            return bare
        raise Invalid("This is not a VAT number.", expected=_EXPECTED_VAT_NUMBER) from None
    except ValidationError:
        raise Invalid("This is not a VAT number.", expected=_EXPECTED_VAT_NUMBER) from None


def _email(value: str | None) -> str | None:
    written = (value or "").strip()
    if not written:
        return None
    # Loaded once somebody writes an address.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    try:
        # A name under .test is good for demonstrations and reaches nobody.
        address = validate_email(
            written, check_deliverability=False, test_environment=True, allow_smtputf8=False
        )
    except EmailNotValidError:
        message = "This is not an e-mail address."
        raise Invalid(message, expected="an e-mail address") from None
    return address.normalized


def _implied(given: Mapping[str, bool]) -> dict[str, bool]:
    implied: dict[str, bool] = {}
    if given.get(EITHER):
        implied |= {"service_code_required": False, "engagement_number_required": False}
    if given.get("service_code_required") or given.get("engagement_number_required"):
        implied[EITHER] = False
    if given.get("contracting_authority_only"):
        implied["contracting_authority"] = True
    if given.get("contracting_authority") is False:
        implied["contracting_authority_only"] = False
    for column, value in implied.items():
        if given.get(column, value) is not value:
            message = "This flag contradicts another one that is given."
            expected = "true" if value else "false"
            raise Invalid(message, expected=expected, field=(column,))
    return implied
