"""What is costly to make and the same for every test, kept from one to the next."""

import sqlite3

from pathlib import Path

from models.database import Database
from schema.root import schema
from settings import Settings
from transport.documents import Documents


class Kept:
    """The secrets, the documents that were read, and the databases with their connections."""

    def __init__(self, folder: Path) -> None:
        """Keep the secrets in *folder*."""
        self.folder = folder
        self.documents = Documents(schema._schema, Settings())
        self._databases: dict[str, Database] = {}

    def database(self, url: str) -> Database:
        """Give the database at *url*, perhaps with open connections."""
        if url not in self._databases:
            self._databases[url] = Database(url)
        return self._databases[url]

    async def close(self) -> None:
        """End every connection."""
        for database in self._databases.values():
            await database.close()


def restore(file: Path, template: Path) -> None:
    """Make a SQLite *file* the same as *template* again, for who is connected to it as well."""
    source, target = sqlite3.connect(template), sqlite3.connect(file)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()
