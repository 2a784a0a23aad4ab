"""A database that is slow, too busy or gone, and what stays behind of an operation."""

import asyncio
import contextlib
import time

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sqlalchemy import make_url

from models.accounts import User
from models.database import Database
from tests.world import World


QUERY = "{ viewer { memberships { nodes { structure { services { nodes { code } } } } } } }"


def held(database: Database) -> int:
    """How many connections are not at home in their pools."""
    writing: Any = database.writer.pool
    return database.reader.in_use + int(writing.checkedout())


@pytest.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A service with two connections."""
    service = World(database_url, tmp_path, pool_size=2, operation_seconds=5)
    yield service
    await service.close()


async def test_two_hundred_operations_share_two_connections(small: World) -> None:
    person = await small.user()
    await small.structure(primary=person)
    await small.token(person)
    begun = time.monotonic()

    answers = await asyncio.gather(*[small.ask(person, QUERY) for _ in range(200)])

    codes = Counter(code for answer in answers for code in answer.codes)
    assert time.monotonic() - begun < 15
    assert codes.keys() <= {"OVERLOADED"}
    assert sum(answer.status == 200 for answer in answers) == 200 - codes.total()
    assert held(small.database) == 0


async def test_who_finds_no_connection_is_told_to_come_back(small: World) -> None:
    person = await small.user()
    await small.token(person)
    first, second = small.database.reader.connect(), small.database.reader.connect()
    async with first, second:
        begun = time.monotonic()
        answer = await small.client.post(
            "/graphql",
            json={"query": QUERY},
            headers={"Authorization": f"Bearer {await small.token(person)}"},
        )
        waited = time.monotonic() - begun

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert answer.json()["errors"][0]["extensions"] == {"code": "OVERLOADED"}
    assert waited < 4
    assert (await small.ask(person, QUERY)).codes == []


async def settled(tasks: "set[asyncio.Task[Any]]") -> None:
    """Wait until only *tasks* are left: the driver tells the server to cancel in one of its own."""
    deadline = time.monotonic() + 2
    while asyncio.all_tasks() != tasks:
        assert time.monotonic() < deadline, asyncio.all_tasks() - tasks
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("ended_by", ["its time", "its caller"])
async def test_an_ended_operation_leaves_no_task_and_no_connection(
    postgresql_url: str, tmp_path: Path, ended_by: str
) -> None:
    service = World(postgresql_url, tmp_path, operation_seconds=0.3)
    person = await service.user()
    await service.ask(person, QUERY)
    before = asyncio.all_tasks()

    async with service.database.writer.begin() as holder:
        await holder.exec_driver_sql(f"LOCK TABLE {User.__tablename__}")
        call = asyncio.create_task(service.ask(person, QUERY))
        if ended_by == "its caller":
            await asyncio.sleep(0.1)
            call.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await call
        else:
            answer = await call
            assert (answer.status, answer.codes) == (503, ["TIMEOUT"])
        await settled(before)
        assert held(service.database) == 1
        waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        assert (await holder.exec_driver_sql(waiting)).scalar_one() == 0

    assert (await service.ask(person, QUERY)).codes == []
    await service.close()


async def test_a_statement_over_its_time_is_told_as_such(
    postgresql_url: str, tmp_path: Path
) -> None:
    service = World(postgresql_url, tmp_path, statement_seconds=0.2)
    person = await service.user()
    await service.token(person)

    async with service.database.writer.begin() as holder:
        await holder.exec_driver_sql(f"LOCK TABLE {User.__tablename__}")
        answer = await service.ask(person, QUERY)

    assert (answer.status, answer.codes) == (503, ["TIMEOUT"])
    await service.close()


class Line:
    """A line to a database that can be cut."""

    def __init__(self, url: str) -> None:
        self._target = make_url(url)
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return self._target.set(host="127.0.0.1", port=self.port).render_as_string()

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._open.clear()

    async def _connect(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, forth = await asyncio.open_connection(self._target.host, self._target.port)
        self._open |= {back, forth}
        for reader, writer in ((near, forth), (far, back)):
            task = asyncio.create_task(self._pass(reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while content := await reader.read(65_536):
                writer.write(content)
        writer.close()


async def test_a_lost_database_is_told_and_found_again(postgresql_url: str, tmp_path: Path) -> None:
    line = Line(postgresql_url)
    await line.mend()
    service = World(line.url, tmp_path)
    person = await service.user()
    await service.token(person)
    await asyncio.gather(*[service.ask(person, QUERY) for _ in range(5)])

    await line.cut()
    lost = [await service.ask(person, QUERY) for _ in range(3)]
    unready = await service.client.get("/readyz")
    await line.mend()
    found = [await service.ask(person, QUERY) for _ in range(3)]

    assert [(answer.status, answer.codes) for answer in lost] == [(503, ["UNAVAILABLE"])] * 3
    assert unready.status_code == 503
    assert [answer.codes for answer in found] == [[]] * 3
    await service.close()
    await line.cut()


async def test_a_lost_database_file_is_told(tmp_path: Path) -> None:
    service = World(f"sqlite:///{tmp_path}/none/none.sqlite", tmp_path)
    token = service.parts.identity.tokens.issue(1, 1)
    answer = await service.client.post(
        "/graphql", json={"query": QUERY}, headers={"Authorization": f"Bearer {token}"}
    )

    assert answer.status_code == 503
    assert answer.json()["errors"][0]["extensions"] == {"code": "UNAVAILABLE"}
    await service.close()
