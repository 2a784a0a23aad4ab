"""The pool of connections that snapshots are read through."""

import asyncio
import threading
import time

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from sqlalchemy import String, cast, func, select

from models.database import Database
from models.readers import LINGER_SECONDS
from models.reading import Reading
from models.records import Layout, columns, record
from models.structures import Structure
from tests.world import World


STRUCTURE = Layout(record(Structure), columns(Structure))


def names(_dialect_name: str) -> Reading:
    """Read all structures."""
    return Reading(select(*STRUCTURE.selected), STRUCTURE)


@pytest.fixture
async def single(database_url: str) -> AsyncIterator[Database]:
    """A database with one connection for readers."""
    database = Database(database_url, pool_size=1)
    yield database
    await database.close()


async def test_a_snapshot_on_a_kept_connection_sees_what_was_written_since(world: World) -> None:
    async with world.database.snapshot() as before:
        assert await before.fetch(names) == []
    await world.structure("Ateliers")

    async with world.database.snapshot() as after:
        assert [one.name for one in await after.fetch(names)] == ["Ateliers"]


async def test_no_connection_rests_in_a_transaction(single: Database) -> None:
    async with single.snapshot() as snapshot:
        await snapshot.fetch(names)
    assert single.reader.in_use == 0

    await asyncio.sleep(LINGER_SECONDS * 5)

    reader: Any = await single.reader.take()
    driver = reader.driver
    in_transaction = getattr(driver, "is_in_transaction", lambda: driver.in_transaction)
    assert not in_transaction()
    await single.reader.give(reader)


async def test_a_transaction_that_nobody_waited_to_begin_is_ended(sqlite_url: str) -> None:
    database = Database(sqlite_url, pool_size=1)
    reader = await database.reader.take()
    await database.reader.give(reader)
    # What is sent waits until the connection's thread has come so far.
    busy = asyncio.create_task(reader.driver._execute(time.sleep, 0.05))
    await asyncio.sleep(0)
    begun = asyncio.create_task(database.reader.begin())
    await asyncio.sleep(0.01)
    begun.cancel()
    await asyncio.gather(busy, begun, return_exceptions=True)

    async with database.snapshot() as snapshot:
        assert await snapshot.fetch(names) == []
    assert begun.cancelled()
    await database.close()


async def test_who_waits_is_served_in_turn(single: Database) -> None:
    order: list[int] = []

    async def read(number: int) -> None:
        async with single.snapshot() as snapshot:
            await snapshot.fetch(names)
            order.append(number)
            await asyncio.sleep(0)

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        for number in range(10):
            group.create_task(read(number))

    assert order == list(range(10))
    assert single.reader.in_use == 0


async def test_a_connection_that_nobody_waits_for_any_more_serves_the_next(
    single: Database,
) -> None:
    given_up = asyncio.create_task(single.reader.take())
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.wait({given_up})

    async with asyncio.timeout(5), single.snapshot() as snapshot:
        assert await snapshot.fetch(names) == []
    assert single.reader.in_use == 0


async def test_connections_that_died_together_are_each_given_up_once(postgresql_url: str) -> None:
    database = Database(postgresql_url, pool_size=4)
    taken = [await database.reader.take() for _ in range(4)]
    for reader in taken:
        await database.reader.give(reader)
        await reader.driver.close()

    found = await asyncio.gather(*[database.reader.take() for _ in range(3)])

    assert not any(reader.driver.is_closed() for reader in found)
    assert database.reader.in_use == 3
    for reader in found:
        await database.reader.give(reader)
    await database.close()


async def test_closing_waits_for_the_connections_that_were_given_up(database_url: str) -> None:
    database = Database(database_url, pool_size=3)
    threads, tasks = set(threading.enumerate()), asyncio.all_tasks()
    given_up = [asyncio.create_task(database.reader.take()) for _ in range(3)]
    await asyncio.sleep(0.001)
    for taking in given_up:
        taking.cancel()
    await asyncio.wait(given_up)

    await database.close()

    assert asyncio.all_tasks() <= tasks
    for thread in set(threading.enumerate()) - threads:
        thread.join(0.01)
        assert not thread.is_alive()


async def test_who_stops_waiting_leaves_the_connection_to_the_next(single: Database) -> None:
    taken = await single.reader.take()
    first, second = (asyncio.create_task(single.reader.take()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)

    await single.reader.give(taken)

    assert await asyncio.wait_for(second, 1) is taken
    await single.reader.give(taken)


async def test_a_connection_that_broke_makes_room_for_another(single: Database) -> None:
    async with single.snapshot() as snapshot:
        await snapshot.fetch(names)
    broken: Any = await single.reader.take()
    await single.reader.give(broken)
    if single.dialect_name == "postgresql":
        broken.driver.terminate()

    async with single.snapshot() as snapshot:
        assert await snapshot.fetch(names) == []
    assert single.reader.in_use == 0


async def test_a_lent_connection_sees_what_was_written_since_the_last_snapshot(
    world: World,
) -> None:
    async with world.database.snapshot() as snapshot:
        assert await snapshot.fetch(names) == []
    await world.structure("Ateliers")

    async with world.database.reader.connect() as connection:
        assert (await connection.scalars(select(Structure.name))).all() == ["Ateliers"]


NUMBER = func.generate_series(1, 3)
PAUSE = func.length(cast(func.pg_sleep(0.05), String))


def numbers(_dialect_name: str) -> Reading:
    """Read three numbers (PostgreSQL)."""
    return Reading(select(NUMBER), Layout(int, (NUMBER,)))


def slow(_dialect_name: str) -> Reading:
    """Read one number, which takes its time (PostgreSQL)."""
    return Reading(select(PAUSE), Layout(int, (PAUSE,)))


@pytest.mark.parametrize("first", [True, False], ids=["first", "second"])
@pytest.mark.parametrize("milliseconds", [0, 1, 20])
async def test_what_follows_a_cancelled_statement_gets_its_own_answer(
    postgresql_url: str, first: bool, milliseconds: int
) -> None:
    database = Database(postgresql_url, pool_size=1)
    for number in range(6):
        snapshot = database.snapshot()
        if not first:
            assert await snapshot.fetch(numbers) == [1, 2, 3]
        reading = asyncio.create_task(snapshot.fetch(slow))
        await asyncio.sleep(milliseconds / 1000)
        reading.cancel()
        await asyncio.wait({reading})
        await snapshot.close()
        if number % 2:
            async with database.reader.connect() as connection:
                assert await connection.scalar(select(func.count()).select_from(Structure)) == 0
        async with database.snapshot() as after:
            assert await after.fetch(numbers) == [1, 2, 3]
            assert await after.fetch(names) == []
        await asyncio.sleep(LINGER_SECONDS * 3 * (number % 3))
        assert database.reader.in_use == 0

    assert reading.cancelled()
    await database.close()


async def numbers_of(database: Database) -> Any:
    async with asyncio.timeout(5), database.snapshot() as snapshot:
        return await snapshot.fetch(numbers)


@pytest.mark.parametrize("milliseconds", [0, 0.5, 1, 2, 5])
async def test_who_waits_for_a_cancelled_statement_may_be_cancelled_himself(
    postgresql_url: str, milliseconds: float
) -> None:
    database = Database(postgresql_url, pool_size=1)
    assert await numbers_of(database) == [1, 2, 3]
    await asyncio.sleep(LINGER_SECONDS * 3)
    first = database.snapshot()
    reading = asyncio.create_task(first.fetch(slow))
    await asyncio.sleep(0.02)
    reading.cancel()
    await asyncio.wait({reading})
    await first.close()
    second = asyncio.create_task(numbers_of(database))
    await asyncio.sleep(milliseconds / 1000)
    second.cancel()
    await asyncio.wait({second})

    for _ in range(3):
        assert await numbers_of(database) == [1, 2, 3]
    assert database.reader.in_use == 0
    await database.close()


async def test_a_snapshot_that_is_closed_while_it_reads_gives_nobody_its_connection(
    postgresql_url: str,
) -> None:
    database = Database(postgresql_url, pool_size=1)
    snapshot = database.snapshot()
    reading = asyncio.create_task(snapshot.fetch(slow))
    await asyncio.sleep(0.02)
    await snapshot.close()

    for _ in range(3):
        assert await numbers_of(database) == [1, 2, 3]
    with pytest.raises(asyncpg.PostgresError):
        await reading
    await database.close()


async def test_a_connection_that_died_is_given_to_nobody_who_waits(postgresql_url: str) -> None:
    database = Database(postgresql_url, pool_size=1)
    reader: Any = await database.reader.take()
    waiting = [asyncio.create_task(numbers_of(database)) for _ in range(5)]
    await asyncio.sleep(0.01)
    reader.driver._transport.abort()
    await asyncio.sleep(0.01)

    await database.reader.give(reader)

    assert await asyncio.gather(*waiting) == [[1, 2, 3]] * 5
    assert database.reader.in_use == 0
    await database.close()


async def test_what_was_begun_and_not_read_in_is_ended(postgresql_url: str) -> None:
    database = Database(postgresql_url, pool_size=1)
    reader: Any = await database.reader.begin()
    assert database.reader.keep(reader, interrupted=False)
    await asyncio.sleep(LINGER_SECONDS * 5)

    assert not reader.pipeline.unanswered
    assert not reader.driver.is_in_transaction()
    assert await numbers_of(database) == [1, 2, 3]
    await database.close()
