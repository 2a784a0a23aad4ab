"""A truth about the stored data, with the statement that finds what breaks it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """
    A truth about the stored data.

    *statement* selects the ids of the rows that break it; *dialect* limits it to one database.
    """

    name: str
    meaning: str
    statement: str
    dialect: str | None = None
