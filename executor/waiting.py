"""Waiting for many awaitables at once, without a task for those that are futures already."""

from asyncio import Future, Task, ensure_future, gather, get_running_loop, isfuture
from collections.abc import Awaitable, Iterable
from typing import Any, NamedTuple


class Wait:
    """Awaitables of one batch, and how many of them are known to be done."""

    __slots__ = ("_done", "awaitables", "work")

    def __init__(self, work: Any, awaitables: list[Any]) -> None:
        self.work = work
        self.awaitables = awaitables
        self._done = 0

    def start(self) -> None:
        """Make a task of each awaitable that is not a future."""
        awaitables = self.awaitables
        for index, awaitable in enumerate(awaitables):
            if awaitable.__class__ is not Future and not isfuture(awaitable):
                awaitables[index] = ensure_future(awaitable)

    def next_pending(self) -> "Future[Any] | None":
        """Return the first future that is not done, if there is one."""
        awaitables = self.awaitables
        for index in range(self._done, len(awaitables)):
            if not awaitables[index].done():
                self._done = index
                pending: Future[Any] = awaitables[index]
                return pending
        self._done = len(awaitables)
        return None

    def outcomes(self) -> list[Any]:
        """Return a value or an exception for each future; all are done."""
        return [_outcome(future) for future in self.awaitables]


def _outcome(future: "Future[Any]") -> Any:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - every error of a field is an error of the answer
        return error


async def outcomes_of_first(waits: list[Wait]) -> list[tuple[Wait, list[Any]]]:
    """
    Wait until something is ready; take it from the list and return it with its outcomes.

    A single awaitable is awaited here, so that it runs in the task of the operation.
    """
    if len(waits) == 1 and len(waits[0].awaitables) == 1 and not isfuture(waits[0].awaitables[0]):
        (wait,) = waits
        (awaitable,) = wait.awaitables
        waits.clear()
        return [(wait, [await _outcome_of(awaitable)])]
    for wait in waits:
        wait.start()
    while True:
        pending = [wait.next_pending() for wait in waits]
        if None in pending:
            both = list(zip(waits, pending, strict=True))
            ready = [(wait, wait.outcomes()) for wait, future in both if future is None]
            waits[:] = [wait for wait, future in both if future is not None]
            return ready
        await _any_done([future for future in pending if future is not None])


async def _outcome_of(awaitable: Awaitable[Any]) -> Any:
    try:
        return await awaitable
    except Exception as error:  # noqa: BLE001 - as above
        return error


async def _any_done(futures: "Iterable[Future[Any]]") -> None:
    """
    Wait until one of some futures is done.

    The futures themselves are not awaited: when the operation is cancelled, a future that belongs
    to a loader stays as it is, for whoever else has it.
    """
    futures = set(futures)
    woken = get_running_loop().create_future()

    def wake(_: "Future[Any]") -> None:
        if not woken.done():
            woken.set_result(None)

    for future in futures:
        future.add_done_callback(wake)
    try:
        await woken
    finally:
        for future in futures:
            future.remove_done_callback(wake)


class Released(NamedTuple):
    """What was given up: tasks, which are cancelled, and awaitables that had not begun."""

    tasks: list[Task[Any]]
    unbegun: list[Awaitable[Any]]


def release(waits: list[Wait]) -> Released:
    """
    Give up what is waited for.

    Futures that are no tasks belong to who made them: they stay as they are, but their outcomes
    count as looked at.
    """
    released = Released([], [])
    for wait in waits:
        wait.work.close()
        for awaitable in wait.awaitables:
            if isinstance(awaitable, Task):
                awaitable.cancel()
                released.tasks.append(awaitable)
            elif isfuture(awaitable):
                awaitable.add_done_callback(_look_at)
            else:
                released.unbegun.append(awaitable)
    waits.clear()
    return released


async def ended(tasks: list[Task[Any]]) -> None:
    """Wait for cancelled tasks."""
    if tasks:
        await gather(*tasks, return_exceptions=True)


def _look_at(future: "Future[Any]") -> None:
    if not future.cancelled():
        future.exception()
