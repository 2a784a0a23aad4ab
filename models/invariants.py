"""The check of everything that must be true of the stored data."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from models.database import Database
from models.invariant import Invariant
from models.invariant_list import INVARIANTS


SHOWN = 20
"""How many offenders of one invariant are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A broken invariant, with the first ids of the rows that break it in ascending order."""

    name: str
    meaning: str
    ids: tuple[int, ...]


async def violations(database: Database) -> list[Violation]:
    """Find every broken invariant in one snapshot of *database*; none is the good answer."""
    async with database.reader.connect() as connection:
        if database.dialect_name == "postgresql":
            # One snapshot for all statements, which may take longer than those of an operation.
            await connection.exec_driver_sql("BEGIN")
            await connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        return await violations_seen(connection)


async def violations_seen(connection: AsyncConnection) -> list[Violation]:
    """Find every broken invariant as the transaction of *connection* sees the data."""
    invariants = [one for one in INVARIANTS if one.dialect in (None, connection.dialect.name)]
    found = await connection.exec_driver_sql(_together(invariants))
    offenders: dict[int, list[int]] = {}
    for row in found:
        offenders.setdefault(row.place, []).append(row.id)
    return [
        Violation(name=one.name, meaning=one.meaning, ids=tuple(sorted(offenders[place])))
        for place, one in enumerate(invariants)
        if place in offenders
    ]


def _together(invariants: list[Invariant]) -> str:
    """Write one statement that finds the first offenders of each, with its place in the list."""
    return " UNION ALL ".join(
        f"SELECT {place} AS place, id FROM (SELECT id FROM ({one.statement}) AS offender"  # noqa: S608 - no value stands in it
        f" ORDER BY id LIMIT {SHOWN}) AS shown"
        for place, one in enumerate(invariants)
    )
