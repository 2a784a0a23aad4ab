"""Postal addresses as callers give them."""

from dataclasses import fields

from models.addresses import whole_address
from models.errors import Invalid
from resolvers.inputs import described_input, told


@described_input()
class AddressInput:
    """A postal address, as a whole: what is left out is empty."""

    line1: str | None = told("First line, at most 200 characters.", default=None)
    line2: str | None = told("First complement, at most 200 characters.", default=None)
    line3: str | None = told("Second complement, at most 200 characters.", default=None)
    postal_code: str | None = told("Postal code, at most 20 characters.", default=None)
    city: str | None = told("Town, at most 100 characters.", default=None)
    country: str | None = told("Country, two letters of ISO 3166-1.", default=None)


def address_columns(given: AddressInput | None) -> dict[str, str | None]:
    """
    Give every column of the address *given*, all empty for none.

    Raises:
        Invalid: *field* is the path below the address.
    """
    written = {} if given is None else {one.name: getattr(given, one.name) for one in fields(given)}
    try:
        return whole_address(written)
    except Invalid as refused:
        (column,) = refused.field or ("",)
        raise refused.at("postalCode" if column == "postal_code" else column) from None
