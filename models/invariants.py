"""The check of everything that must be true of the stored data."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, select, text
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
    found = [
        await _check(connection, invariant)
        for invariant in INVARIANTS
        if invariant.dialect in (None, connection.dialect.name)
    ]
    return [violation for violation in found if violation is not None]


async def _check(connection: AsyncConnection, invariant: Invariant) -> Violation | None:
    offender = text(invariant.statement).columns(id=BigInteger).subquery("offender").c
    ids = await connection.scalars(select(offender.id).order_by(offender.id).limit(SHOWN))
    found = tuple(ids.all())
    if not found:
        return None
    return Violation(name=invariant.name, meaning=invariant.meaning, ids=found)
