"""Postal addresses: their columns, and how what people write is stored."""

from collections.abc import Mapping

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.errors import Invalid
from models.texts import optional_text


LENGTHS = {"line1": 200, "line2": 200, "line3": 200, "postal_code": 20, "city": 100}
COUNTRY = "country"
ADDRESS_COLUMNS = (*LENGTHS, COUNTRY)


class PostalAddress:
    """Columns of a postal address."""

    __slots__ = ()

    line1: Mapped[str | None] = mapped_column(String(LENGTHS["line1"]))
    line2: Mapped[str | None] = mapped_column(String(LENGTHS["line2"]))
    line3: Mapped[str | None] = mapped_column(String(LENGTHS["line3"]))
    postal_code: Mapped[str | None] = mapped_column(String(LENGTHS["postal_code"]))
    city: Mapped[str | None] = mapped_column(String(LENGTHS["city"]))
    country: Mapped[str | None] = mapped_column(String(2))


def whole_address(written: Mapping[str, str | None]) -> dict[str, str | None]:
    """
    Give every column of an address from what was *written*, by column; the rest is empty.

    Raises:
        Invalid: a line is too long or cannot be shown, the country is no code; *field* is the
            column.
    """
    address: dict[str, str | None] = {}
    for name, maximum in LENGTHS.items():
        try:
            address[name] = optional_text(written.get(name), maximum=maximum)
        except Invalid as refused:
            raise refused.at(name) from None
    address[COUNTRY] = _country(written.get(COUNTRY))
    return address


def is_country(code: str) -> bool:
    """Say whether *code* stands for a country: by ISO 3166-1, or Kosovo's, which has none there."""
    # The names of all countries are read once somebody writes one.
    from pycountry import countries  # noqa: PLC0415

    return code == "XK" or countries.get(alpha_2=code) is not None


def _country(written: str | None) -> str | None:
    code = (written or "").strip().upper()
    if not code:
        return None
    if not is_country(code):
        message = "The country is no code of ISO 3166-1."
        raise Invalid(message, expected="Two letters, as FR.", field=(COUNTRY,))
    return code
