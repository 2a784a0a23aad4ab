"""Batches end with their operation, and nothing of a failure is kept."""

import asyncio
import gc

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models.accounts import User
from models.database import SnapshotClosed
from resolvers.loaders import Loader, OperationEnded
from resolvers.operation import Operation
from resolvers.structures import structure_by_id
from tests.world import World


CARD = """
    { viewer { memberships { nodes { structure { name services { nodes { code
        users { nodes { user { login } areas { mode } } } } } } } } } }
"""


class Batches:
    """Reads batches that can be held up or fail, and counts them."""

    def __init__(self) -> None:
        self.keys: list[list[Any]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.failure: Exception | None = None

    async def read(self, keys: list[Any]) -> list[Any]:
        self.keys.append(keys)
        await self.open.wait()
        if self.failure is not None:
            raise self.failure
        return [key * 10 for key in keys]


@pytest.fixture
async def batches() -> Batches:
    """Batches that are answered at once."""
    return Batches()


async def test_what_is_asked_for_together_is_read_together(batches: Batches) -> None:
    loader = Loader(batches.read, set())

    assert await asyncio.gather(*(loader.load(key) for key in (1, 2, 1))) == [10, 20, 10]
    assert await loader.load(2) == 20
    assert batches.keys == [[1, 2]]


async def test_a_cancelled_load_is_forgotten(batches: Batches) -> None:
    loader = Loader(batches.read, set())
    batches.open.clear()
    first = loader.load(1)
    await asyncio.sleep(0)
    first.cancel()
    batches.open.set()

    assert await loader.load(1) == 10


async def test_a_failed_batch_is_read_again(batches: Batches) -> None:
    loader = Loader(batches.read, set())
    batches.failure = RuntimeError("No.")
    with pytest.raises(RuntimeError):
        await loader.load(1)
    batches.failure = None

    assert await loader.load(1) == 10


async def test_a_batch_that_is_cancelled_tells_all_who_wait(batches: Batches) -> None:
    running: set[asyncio.Task[Any]] = set()
    loader = Loader(batches.read, running)
    batches.open.clear()
    waiting = [loader.load(key) for key in (1, 2)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert running
    for task in list(running):
        task.cancel()

    told = await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(one) for one in told] == [OperationEnded, OperationEnded]
    assert not running


@pytest.fixture
async def operation(world: World) -> AsyncIterator[Operation]:
    """The context of an anonymous operation."""
    found = Operation(
        database=world.database,
        settings=world.settings,
        node_ids=world.parts.node_ids,
        principal=None,
    )
    yield found
    await found.close()


def connections(world: World) -> int:
    """Count the connections that are out of the pool of readers."""
    return world.database.reader.in_use


async def test_an_operation_that_ends_leaves_no_task_and_no_connection(
    world: World, operation: Operation
) -> None:
    structure = await world.structure()
    before = asyncio.all_tasks()
    loads = [operation.one(structure_by_id, structure.id, False) for _ in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert operation._running

    await operation.close()

    told = await asyncio.gather(*loads, return_exceptions=True)
    assert {type(one) for one in told} == {OperationEnded}
    assert connections(world) == 0
    # A connection that was being opened is opened all the same, and kept.
    if left := asyncio.all_tasks() - before:
        await asyncio.wait(left, timeout=5)
    assert asyncio.all_tasks() == before
    assert connections(world) == 0


async def test_a_load_that_comes_after_the_end_takes_no_connection(
    world: World, operation: Operation
) -> None:
    structure = await world.structure()
    load = operation.one(structure_by_id, structure.id, False)
    await operation.close()

    with pytest.raises((SnapshotClosed, OperationEnded)):
        await load
    with pytest.raises(SnapshotClosed):
        await operation.fetch(structure_by_id, False, keys=[structure.id])
    assert connections(world) == 0


async def crowd(world: World) -> User:
    """Put in a manager with a structure, services and users."""
    manager = await world.user()
    structure = await world.structure(primary=manager)
    for number in range(3):
        await world.service(structure, f"S{number}")
        await world.member(structure, await world.user())
    await world.token(manager)
    return manager


@pytest.fixture
async def narrow(database_url: str, tmp_path: Any) -> AsyncIterator[World]:
    """A service with two connections for readers."""
    world = World(database_url, tmp_path, pool_size=2)
    yield world
    await world.close()


async def test_fifty_operations_at_once_share_two_connections(narrow: World) -> None:
    manager = await crowd(narrow)

    answers = await asyncio.gather(*(narrow.ask(manager, CARD) for _ in range(50)))

    assert all(answer.data["viewer"]["memberships"]["nodes"] for answer in answers)
    assert connections(narrow) == 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_operations_that_are_given_up_give_their_connections_back(narrow: World) -> None:
    manager = await crowd(narrow)
    for tenths in range(30):
        asked = [asyncio.create_task(narrow.ask(manager, CARD)) for _ in range(3)]
        await asyncio.sleep(tenths / 2_000)
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)

    # Where a resolver is cut off, graphql-core drops the coroutines that it had not begun.
    gc.collect()
    assert (await narrow.ask(manager, CARD)).data
    assert connections(narrow) == 0


async def test_an_operation_that_takes_too_long_is_ended_with_its_tasks(
    database_url: str, tmp_path: Any
) -> None:
    world = World(database_url, tmp_path, pool_size=2, operation_seconds=0.2)
    manager = await crowd(world)
    taken = [await world.database.reader.take() for _ in range(2)]
    before = asyncio.all_tasks()

    answer = await world.ask(manager, CARD)

    assert answer.codes == ["TIMEOUT"]
    assert answer.status == 503
    for reader in taken:
        await world.database.reader.give(reader)
    assert asyncio.all_tasks() - before == set()
    assert (await world.ask(manager, CARD)).data
    assert connections(world) == 0
    await world.close()
