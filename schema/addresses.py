"""Postal addresses."""

from schema.fields import object_type, plain


@object_type(row=None)
class Address:
    """A postal address."""

    line1: str | None = plain("First line (adresse).")
    line2: str | None = plain("First complement (complementAdresse1).")
    line3: str | None = plain("Second complement (complementAdresse2).")
    postal_code: str | None = plain("Postal code.")
    city: str | None = plain("Town.")
    country: str | None = plain("Country, two letters of ISO 3166-1.")
