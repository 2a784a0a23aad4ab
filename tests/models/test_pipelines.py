"""Statements that are sent ahead: executed with the next one, without an answer of their own."""

import asyncio

from collections.abc import AsyncIterator
from typing import Any, cast

import asyncpg
import pytest

from typing_extensions import override

from models.pipelines import Pipeline, pipeline_of


class Driver(asyncio.Protocol):
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.given = b""

    @override
    def data_received(self, data: bytes) -> None:
        self.given += data


class Line(asyncio.Transport):
    """A transport to nowhere."""

    def __init__(self, protocol: asyncio.BaseProtocol) -> None:
        super().__init__()
        self.protocol = protocol
        self.written = b""

    @override
    def write(self, data: Any) -> None:
        self.written += data

    @override
    def get_protocol(self) -> asyncio.BaseProtocol:
        return self.protocol

    @override
    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol


def message(kind: bytes, body: bytes = b"") -> bytes:
    return kind + (len(body) + 4).to_bytes(4) + body


READY = (
    message(b"2") + message(b"D", bytes(300)) + message(b"C", b"SELECT 1\0") + message(b"Z", b"T")
)
NOTICE = message(b"N", b"SWARNING\0\0")
FIRST = message(b"3") + message(b"1") + message(b"2") + message(b"C", b"COMMIT\0")
AGAIN = message(b"2") + message(b"C", b"COMMIT\0")
ERROR = message(b"E", b"SFATAL\0\0") + message(b"Z", b"I")


@pytest.mark.parametrize("size", [1, 2, 7, 10_000])
@pytest.mark.parametrize(
    ("answer", "passed"),
    [
        (FIRST + AGAIN + READY, READY),
        (FIRST + NOTICE + AGAIN + READY, NOTICE + READY),
        (FIRST + ERROR, ERROR),
        (ERROR + READY, ERROR + READY),
    ],
    ids=["both", "a notice", "the second fails", "the first fails"],
)
def test_the_driver_gets_what_it_asked_for_however_it_comes(
    answer: bytes, passed: bytes, size: int
) -> None:
    driver = Driver()
    pipeline = Pipeline(Line(driver))
    for _ in range(2):
        pipeline.send("COMMIT")

    for start in range(0, len(answer), size):
        pipeline.data_received(answer[start : start + size])

    assert driver.given == passed


@pytest.fixture
async def connection(postgresql_url: str) -> AsyncIterator[Any]:
    """A connection of the driver's."""
    connection = await asyncpg.connect(postgresql_url)
    yield connection
    await connection.close()


async def test_statements_are_executed_with_the_next_one(connection: Any) -> None:
    pipeline = pipeline_of(connection)

    for number in range(3):
        pipeline.send("BEGIN", "SET LOCAL work_mem = '123kB'")
        assert await connection.fetchval("SHOW work_mem") == "123kB"
        assert connection.is_in_transaction()
        pipeline.send("COMMIT")
        assert await connection.fetchval("SELECT $1::int", number) == number
        assert not connection.is_in_transaction()
        assert await connection.fetchval("SHOW work_mem") != "123kB"


async def test_what_is_sent_and_followed_by_nothing_waits_for_the_next_statement(
    connection: Any,
) -> None:
    pipeline = pipeline_of(connection)
    pipeline.send("BEGIN")
    pipeline.send("BEGIN")

    # The second one is a warning, which comes among the answers.
    assert await connection.fetch("SELECT 1 AS one") == [(1,)]
    assert connection.is_in_transaction()


async def test_a_failure_is_that_of_the_next_statement_and_of_no_other(connection: Any) -> None:
    pipeline = pipeline_of(connection)
    pipeline.send("BEGIN", "RELEASE SAVEPOINT nowhere", "COMMIT")

    with pytest.raises(asyncpg.InvalidSavepointSpecificationError):
        await connection.fetch("SELECT 1")
    await connection.execute("ROLLBACK")
    assert await connection.fetchval("SELECT 2") == 2
    for number in range(2):
        # What stood behind the one that failed was never prepared.
        pipeline.send("BEGIN", "COMMIT")
        assert await connection.fetchval("SELECT $1::int", number) == number
        assert not connection.is_in_transaction()


async def test_a_lost_connection_is_told_to_the_driver(connection: Any) -> None:
    pipeline = pipeline_of(connection)
    pipeline.send("BEGIN")
    cast("asyncio.Transport", connection._transport).abort()

    with pytest.raises((asyncpg.InterfaceError, asyncpg.PostgresConnectionError)):
        await connection.fetch("SELECT 1")
    assert connection.is_closed()
