"""The real service beside the model: planted from a state, called, read, and set back."""

import json

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import String, cast, func, insert, literal, null, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import Model
from tests.reference import calls, documents, inputs
from tests.reference.history import TOGETHER
from tests.reference.planting import LONG, Planting
from tests.reference.reading import Names
from tests.reference.state import State
from tests.world import World
from transport.app import create_app


TABLES = Model.metadata.sorted_tables
MOST_IDS = 100


def _counted(table: Any) -> Any:
    columns = table.c
    version = func.sum(columns.version) if "version" in columns else null()
    latest = func.max(columns.updated_at) if "updated_at" in columns else null()
    return select(literal(table.name), func.count(), cast(version, String), cast(latest, String))


FINGERPRINT = union_all(*(_counted(table).select_from(table) for table in TABLES))
"""Tells by a row for each table whether anything was written."""


class RealService:
    """
    A service over one database, which every run of the machine begins anew.

    Its rows are kept as they were planted and put back by `reset`.
    """

    def __init__(self, database_url: str, folder: Path) -> None:
        self.world = World(database_url, folder, access_token_seconds=LONG)
        self.app = create_app(self.world.settings, self.world.parts)
        self.names = Names()
        self.versions: dict[str, int] = {}
        self.start = self.world.now
        self._planted: list[tuple[Any, list[dict[str, Any]]]] = []
        self._tokens: dict[str, bytes] = {}
        self._entered = Names()
        self._versions: dict[str, int] = {}
        self.begun = False

    def tell_time(self, seconds: int) -> None:
        """Let it be so many *seconds* after the start."""
        self.world.now = self.start + timedelta(seconds=seconds)

    async def tell_refusals(self) -> None:
        """Write into the history the refusals that are due."""
        await self.world.parts.refusals.write()

    async def plant(self, state: State) -> None:
        """Put a *state* in, and keep its rows."""
        planting = Planting(self.world)
        await planting.plant(state)
        self._entered, self._tokens = planting.names, planting.tokens
        async with self.world.database.writer.connect() as connection:
            for table in TABLES:
                rows = await connection.execute(select(table))
                self._planted.append((table, [dict(row) for row in rows.mappings()]))

    async def reset(self) -> None:
        """Put back what was planted, and nothing else."""
        # Refusals that were not told yet, and those that are told together, are no more.
        for _ in range(2):
            self.world.now += timedelta(seconds=2 * TOGETHER)
            await self.tell_refusals()
        self.tell_time(0)
        async with self.world.database.writer.begin() as connection:
            await _without_triggers(connection)
            for table, rows in self._planted:
                if rows:
                    await connection.execute(insert(table), rows)
        self.names, self.versions = self._entered.copy(), dict(self._versions)

    def remember(self) -> None:
        """Keep the ids and versions of what was planted, which are the same in every run."""
        self._entered, self._versions = self.names.copy(), dict(self.versions)
        self.begun = True

    async def fingerprint(self) -> Sequence[Any]:
        """Tell what is stored, in so far as any change would change it."""
        async with self.world.database.reader.connect() as connection:
            return (await connection.execute(FINGERPRINT)).all()

    async def ask(self, person: str, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Send a *document* over HTTP."""
        body = json.dumps({"query": document, "variables": variables}).encode()
        headers = [
            (b"host", b"testserver"),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"authorization", self._tokens[person]),
        ]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "query_string": b"",
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
        }
        parts: list[bytes] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        await self.app(scope, receive, send)
        answer: dict[str, Any] = json.loads(b"".join(parts))
        return answer

    def input(self, act: str, given: dict[str, Any]) -> dict[str, Any]:
        """Write the input of a mutation, with ids and versions as they are now."""
        return inputs.INPUTS[act](calls.Ids(self.names, self.versions), given)

    async def call(self, person: str, act: str, given: dict[str, Any]) -> dict[str, Any]:
        """Send a mutation with the input *given*."""
        # Misses are counted by the hour of the machine, not of the test.
        self.world.forgive()
        return await self.ask(person, calls.document(act), {"input": given})

    async def read(
        self, person: str, numbers: list[int], names: list[str], since: int
    ) -> dict[str, Any]:
        """
        Read as *person*: the structures of these *numbers*, and what has these *names*.

        Of the history it reads what happened *since* so many seconds after the start.
        """
        ids = [self.names.id(name) for name in names]
        variables: dict[str, Any] = {
            "structures": self._structures(numbers),
            "objects": ids[:MOST_IDS],
            "more": ids[MOST_IDS : 2 * MOST_IDS] or ["-"],
            "since": (self.start + timedelta(seconds=since)).isoformat(),
        }
        return await self.ask(person, documents.EVERYTHING, variables)

    async def read_accounts(self, person: str, numbers: list[int]) -> dict[str, Any]:
        """Read as *person* the bank accounts of the structures of these *numbers*."""
        variables = {"structures": self._structures(numbers)}
        return await self.ask(person, documents.ACCOUNTS, variables)

    def _structures(self, numbers: list[int]) -> list[str]:
        return [self.names.id(f"structure {number}") for number in numbers]


async def _without_triggers(connection: AsyncConnection) -> None:
    """Empty every table; the history's own guards stand aside for it."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in reversed(TABLES):
            await connection.execute(table.delete())
        await connection.execute(text("SET LOCAL session_replication_role = origin"))
        return
    held = text(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%delete'"
    )
    triggers = (await connection.execute(held)).all()
    for name, _ in triggers:
        await connection.execute(text(f'DROP TRIGGER "{name}"'))
    for table in reversed(TABLES):
        await connection.execute(table.delete())
    for _, definition in triggers:
        await connection.execute(text(definition))
