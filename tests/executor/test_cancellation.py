"""A cancelled or timed out operation leaves nothing behind."""

import asyncio

from typing import Any

import pytest

from aiodataloader import DataLoader
from graphql import build_schema, execute, parse

from executor import BreadthFirstExecutor


SCHEMA = build_schema("type Query { one: Int other: Int all: [Query] must: Int! }")


def answer(text: str, root: Any) -> Any:
    return execute(SCHEMA, parse(text), root, executor_class=BreadthFirstExecutor)


async def forever(*_: Any) -> int:
    await asyncio.Event().wait()
    return 1


async def test_a_time_out_ends_every_coroutine() -> None:
    mine = asyncio.all_tasks()
    root = {"one": forever, "other": forever, "all": [{"one": forever}, {"one": forever}]}
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await answer("{ one other all { one } }", root)
    assert asyncio.all_tasks() == mine


async def test_a_time_out_ends_a_single_coroutine() -> None:
    mine = asyncio.all_tasks()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await answer("{ one }", {"one": forever})
    assert asyncio.all_tasks() == mine


async def test_a_cancelled_operation_leaves_the_futures_of_loaders_as_they_are() -> None:
    released = asyncio.Event()

    async def load(keys: list[int]) -> list[int]:
        await released.wait()
        return keys

    loader: DataLoader[int, int] = DataLoader(load)
    root = {"one": lambda _info: loader.load(1), "other": lambda _info: loader.load(2)}
    work = asyncio.ensure_future(answer("{ one other }", root))
    for _ in range(3):
        await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    released.set()
    assert await loader.load_many([1, 2]) == [1, 2]


async def test_a_failing_loader_that_nobody_waits_for_is_not_complained_about() -> None:
    complaints: list[Any] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: complaints.append(context))
    future = loop.create_future()
    work = asyncio.ensure_future(answer("{ one }", {"one": future}))
    await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    future.set_exception(ValueError("too late"))
    del future
    await asyncio.sleep(0)
    assert complaints == []


async def test_a_cancelled_future_cancels_the_operation_and_its_other_tasks() -> None:
    mine = asyncio.all_tasks()
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.cancel)
    with pytest.raises(asyncio.CancelledError):
        await answer("{ one other }", {"one": future, "other": forever})
    assert asyncio.all_tasks() == mine


async def test_a_null_answer_ends_what_is_still_running() -> None:
    async def fails(_info: Any) -> int:
        raise ValueError("no")

    mine = asyncio.all_tasks()
    async with asyncio.timeout(1):
        result = await answer("{ one must }", {"one": forever, "must": fails})
    assert result.data is None
    assert asyncio.all_tasks() == mine


async def test_an_asynchronous_iterable_is_left_when_the_operation_is_cancelled() -> None:
    left: list[bool] = []

    async def items() -> Any:
        try:
            yield {"one": 1}
            await asyncio.Event().wait()
        finally:
            left.append(True)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await answer("{ all { one } }", {"all": items()})
    assert left == [True]
