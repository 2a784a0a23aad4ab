"""How the tables of a database stand to the migrations of this version."""

from enum import Enum

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from models.database import MIGRATIONS, Database


class Standing(Enum):
    """Whether the tables of a database are those that this version expects."""

    EMPTY = "EMPTY"
    BEHIND = "BEHIND"
    CURRENT = "CURRENT"
    UNKNOWN = "UNKNOWN"
    """It has a revision that this version does not know: a newer version made it."""


async def standing_of(database: Database) -> Standing:
    """Compare the revision of *database* with the newest one here."""
    async with database.reader.connect() as connection:
        revision = await connection.run_sync(_revision)
    script = ScriptDirectory(str(MIGRATIONS))
    if revision is None:
        return Standing.EMPTY
    if revision == script.get_current_head():
        return Standing.CURRENT
    try:
        script.get_revision(revision)
    except CommandError:
        return Standing.UNKNOWN
    return Standing.BEHIND


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
