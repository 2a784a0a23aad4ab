import sqlite3

from typing import Any

import asyncpg
import pytest


async def _run(url: str, statement: str) -> list[Any]:
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        with connection:
            rows = connection.execute(statement).fetchall()
        connection.close()
        return rows
    connection = await asyncpg.connect(url)
    rows = [tuple(row) for row in await connection.fetch(statement)]
    await connection.close()
    return rows


@pytest.mark.parametrize("repeat", [1, 2])
async def test_a_test_does_not_see_what_another_one_left(database_url: str, repeat: int) -> None:
    await _run(database_url, f"CREATE TABLE mark AS SELECT {repeat} AS repeat")

    assert await _run(database_url, "SELECT repeat FROM mark") == [(repeat,)]


async def test_a_database_is_migrated_already(database_url: str) -> None:
    assert len(await _run(database_url, "SELECT version_num FROM alembic_version")) == 1


async def test_an_empty_database_holds_no_table(empty_database_url: str) -> None:
    catalogue = (
        "SELECT name FROM sqlite_schema"
        if empty_database_url.startswith("sqlite")
        else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    )

    assert await _run(empty_database_url, catalogue) == []
