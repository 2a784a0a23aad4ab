"""Searches among the structures of others are counted, so that nobody copies them all."""

import time

from math import ceil
from typing import Any
from weakref import WeakKeyDictionary

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from models.errors import LimitReached
from resolvers.operation import Operation


class Searches:
    """The searches of this process within the last minute, at most *limit* of each user."""

    def __init__(self, limit: int) -> None:
        """Count nothing yet."""
        self._limit = limit
        self._minute = RateLimitItemPerMinute(limit)
        self._counter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, user_id: int) -> None:
        """
        Count one search of a user.

        Raises:
            LimitReached: TOO_MANY_REQUESTS, with the seconds to wait.
        """
        if self._counter.hit(self._minute, str(user_id)):
            return
        state = self._counter.get_window_stats(self._minute, str(user_id))
        raise LimitReached(
            f"You searched {self._limit} times within a minute.",
            limit=self._limit,
            retry_after=max(1, ceil(state.reset_time - time.time())),
        )


_SEARCHES: WeakKeyDictionary[Any, Searches] = WeakKeyDictionary()


def searches_in(operation: Operation) -> Searches:
    """Give the searches that are counted for the database of *operation*."""
    database = operation.database
    if database not in _SEARCHES:
        _SEARCHES[database] = Searches(operation.settings.searches_per_minute)
    return _SEARCHES[database]
