"""The check of everything that must be true of the stored data."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.database import Database
from models.invariant_list import INVARIANTS, Invariant


SHOWN = 20
"""How many offenders of one invariant are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A broken invariant, with the first ids of the rows that break it in ascending order."""

    name: str
    meaning: str
    ids: tuple[int, ...]


async def violations(database: Database) -> list[Violation]:
    """Find every broken invariant, in one snapshot of *database*; none is the good answer."""
    async with database.reader.connect() as connection:
        if database.dialect_name == "postgresql":
            # One snapshot for all statements, which may take longer than those of an operation.
            await connection.exec_driver_sql("BEGIN")
            await connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        found = [
            await _check(connection, invariant)
            for invariant in INVARIANTS
            if invariant.dialect in (None, database.dialect_name)
        ]
    return [violation for violation in found if violation is not None]


async def _check(connection: AsyncConnection, invariant: Invariant) -> Violation | None:
    statement = f"SELECT id FROM ({invariant.statement}) AS offender ORDER BY id LIMIT {SHOWN}"
    ids = tuple((await connection.scalars(text(statement))).all())
    if not ids:
        return None
    return Violation(name=invariant.name, meaning=invariant.meaning, ids=ids)
