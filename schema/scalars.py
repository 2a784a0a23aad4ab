"""Scalars that GraphQL does not bring: instants and days."""

from datetime import UTC, date, datetime

import strawberry

from strawberry.types.scalar import ScalarDefinition

from models.texts import write_instant


def read_instant(text: object) -> datetime:
    """
    Read an instant that says its distance from UTC.

    Raises:
        ValueError: it is no such text.
    """
    if not isinstance(text, str) or len(text) > len("2026-01-01T00:00:00.000000+00:00"):
        raise ValueError
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError from None


def read_day(text: object) -> date:
    """
    Read a calendar day.

    Raises:
        ValueError: it is no such text.
    """
    if not isinstance(text, str) or len(text) != len("2026-01-01"):
        raise ValueError
    day = date.fromisoformat(text)
    # A week of the year can be written as long.
    if day.isoformat() != text:
        raise ValueError
    return day


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant in UTC, written as in RFC 3339.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=write_instant,
        parse_value=read_instant,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A calendar day, written YYYY-MM-DD.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date",
        serialize=date.isoformat,
        parse_value=read_day,
    ),
}
