"""Numbers that identify a structure, each kind with its own check."""

import re

from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache

from stdnum.eu import vat
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fr import siret
from stdnum.luhn import is_valid as passes_luhn

from models.addresses import is_country
from models.errors import Invalid


class IdentifierType(StrEnum):
    """The kind of number that identifies a structure."""

    SIRET = "SIRET"
    EU_VAT = "EU_VAT"
    NON_EU = "NON_EU"
    RIDET = "RIDET"
    TAHITI = "TAHITI"
    OTHER = "OTHER"
    INDIVIDUAL = "INDIVIDUAL"


LONGEST_VAT_NUMBER = 18

_SEPARATORS = re.compile(r"[\s. ]")

EXPECTED = {
    IdentifierType.SIRET: "14 digits with a valid check digit",
    IdentifierType.EU_VAT: "a VAT number of a member state other than France, 18 characters at most",
    IdentifierType.NON_EU: (
        "the two letters of a country outside the European Union and the start of the name, "
        "3 to 18 characters"
    ),
    IdentifierType.RIDET: "9 or 10 letters or digits",
    IdentifierType.TAHITI: "9 letters or digits",
    IdentifierType.OTHER: "1 to 80 characters",
    IdentifierType.INDIVIDUAL: "1 to 80 characters",
}


def bare_identifier(value: str) -> str:
    """Write an identifier, or a part of one, without spaces and dots, in upper case."""
    return (value if value.isalnum() else _SEPARATORS.sub("", value)).upper()


def normalise_identifier(kind: IdentifierType, value: str, *, checksum: bool = True) -> str:
    """
    Write the identifier *value* of *kind* as it is stored: without spaces and dots, in upper case.

    *checksum* false accepts a SIRET whose check digit is wrong, as the platform's own examples
    have (domain.md 1.2).

    Raises:
        Invalid: the value breaks the rules of its kind.
    """
    try:
        return _checked(kind, bare_identifier(value), checksum=checksum)
    except ValidationError:
        message = f"This is not an identifier of type {kind}."
        raise Invalid(message, expected=EXPECTED[kind]) from None


# Tools ask for the same structures day by day. What is kept passed, so it is 80 characters at most.
@lru_cache(maxsize=10_000)
def _checked(kind: IdentifierType, bare: str, *, checksum: bool) -> str:
    _PRINTABLE(bare)
    if kind == IdentifierType.SIRET:
        return _siret(bare, checksum=checksum)
    return _OTHERS[kind](bare)


def siren(identifier: str) -> str:
    """Give the nine digits of the legal entity that a SIRET belongs to."""
    return identifier[:9]


def _siret(bare: str, *, checksum: bool) -> str:
    try:
        return siret.validate(bare)
    except InvalidChecksum:
        # La Poste numbers its establishments by a plain digit sum; a Luhn number passes too.
        if not checksum or (bare.startswith("356000000") and passes_luhn(bare)):
            return bare
        raise


def _eu_vat(bare: str) -> str:
    if bare.startswith("FR") or len(bare) > LONGEST_VAT_NUMBER:
        raise ValidationError
    # Greece writes EL, and its code as a country is GR: one card must not be two.
    return re.sub("^GR", "EL", vat.validate(bare))


def _non_eu(bare: str) -> str:
    country = bare[:2]
    if country.lower() in vat.MEMBER_STATES or country == "EL" or not is_country(country):
        raise ValidationError
    return _NON_EU(bare)


def _matching(pattern: str) -> Callable[[str], str]:
    expression = re.compile(pattern)

    def check(bare: str) -> str:
        if not expression.fullmatch(bare):
            raise ValidationError
        return bare

    return check


_PRINTABLE = _matching(r"[!-~]{1,80}")
_NON_EU = _matching(r"[A-Z]{2}[A-Z0-9'&-]{1,16}")
_OTHERS: dict[IdentifierType, Callable[[str], str]] = {
    IdentifierType.EU_VAT: _eu_vat,
    IdentifierType.NON_EU: _non_eu,
    IdentifierType.RIDET: _matching(r"[A-Z0-9]{9,10}"),
    IdentifierType.TAHITI: _matching(r"[A-Z0-9]{9}"),
    IdentifierType.OTHER: _matching(r".{1,80}"),
    IdentifierType.INDIVIDUAL: _matching(r".{1,80}"),
}
