"""Guessed logins are counted, so that nobody finds out by acts which accounts exist."""

import time

from math import ceil
from typing import Any, Final
from weakref import WeakKeyDictionary

from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import LimitReached


LIMIT: Final = 20


class Misses:
    """The misses of this process: accounts that callers named and that cannot take a role."""

    def __init__(self) -> None:
        """Count nothing yet."""
        self._hour = RateLimitItemPerHour(LIMIT)
        self._counter = MovingWindowRateLimiter(MemoryStorage())

    def refuse_exhausted(self, user_id: int) -> None:
        """
        Send away whoever missed too often within the last hour.

        Raises:
            LimitReached: with the seconds to wait.
        """
        state = self._counter.get_window_stats(self._hour, str(user_id))
        if state.remaining <= 0:
            raise LimitReached(
                f"You named {LIMIT} accounts within an hour that cannot take a role.",
                limit=LIMIT,
                retry_after=max(1, ceil(state.reset_time - time.time())),
            )

    def count(self, user_id: int) -> None:
        """
        Count one miss, before it is told.

        Raises:
            LimitReached: this one is already too many, so it is not told.
        """
        if not self._counter.hit(self._hour, str(user_id)):
            self.refuse_exhausted(user_id)


_MISSES: WeakKeyDictionary[Any, Misses] = WeakKeyDictionary()


def misses_in(session: AsyncSession) -> Misses:
    """Give the misses that are counted for the database of *session*."""
    engine = session.get_bind()
    if engine not in _MISSES:
        _MISSES[engine] = Misses()
    return _MISSES[engine]
