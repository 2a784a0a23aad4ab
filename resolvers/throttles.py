"""What callers may do only so often is counted, so that nobody copies or guesses what is kept."""

import time

from math import ceil
from typing import Final

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from models.errors import LimitReached


MOST_MISSES: Final = 20


class Throttle:
    """How often each user did one thing lately, counted in this process."""

    def __init__(self, limit: RateLimitItem, message: str) -> None:
        """Count nothing yet; who did it too often is told *message*."""
        self._limit = limit
        self._message = message
        self._counter = MovingWindowRateLimiter(MemoryStorage())

    def refuse_exhausted(self, user_id: int) -> None:
        """
        Send away whoever did it too often.

        Raises:
            LimitReached: TOO_MANY_REQUESTS, with the seconds to wait.
        """
        if self._counter.get_window_stats(self._limit, str(user_id)).remaining <= 0:
            raise self._refusal(user_id)

    def count(self, user_id: int) -> None:
        """
        Count that a user does it once more, before it is done.

        Raises:
            LimitReached: this is already too often.
        """
        if not self._counter.hit(self._limit, str(user_id)):
            raise self._refusal(user_id)

    def _refusal(self, user_id: int) -> LimitReached:
        state = self._counter.get_window_stats(self._limit, str(user_id))
        wait = max(1, ceil(state.reset_time - time.time()))
        return LimitReached(self._message, limit=self._limit.amount, retry_after=wait)


class Throttles:
    """
    The throttles of one process.

    *searches* among the structures of others, so that nobody copies them all. *misses*: accounts
    that callers named and that cannot take a role, so that nobody finds out which ones exist.
    """

    def __init__(self, searches_per_minute: int) -> None:
        """Count nothing yet."""
        self.searches = Throttle(
            RateLimitItemPerMinute(searches_per_minute),
            f"You searched {searches_per_minute} times within a minute.",
        )
        self.misses = Throttle(
            RateLimitItemPerHour(MOST_MISSES),
            f"You named {MOST_MISSES} accounts within an hour that cannot take a role.",
        )
