"""Wrong passwords are counted, so that guessing is slow and nobody is locked out by others."""

import asyncio
import time

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Final

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


WAITING: Final = 20
FIRST_PAUSE_SECONDS: Final = 0.1
DOUBLINGS: Final = 4


class TooManyAttempts(Exception):
    """A network must wait before it tries a login again."""

    def __init__(self, retry_after: int) -> None:
        """Tell the seconds to wait."""
        super().__init__(retry_after)
        self.retry_after = retry_after


def network_of(address: str | None) -> str:
    """Give the network that *address* belongs to: its /24, or the /56 that one customer gets."""
    try:
        known = ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(known, IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    length = 24 if known.version == 4 else 56  # noqa: PLR2004 - the version has no other name
    return str(ip_network((known, length), strict=False).network_address)


@dataclass(slots=True)
class _Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class Attempts:
    """
    Counts the wrong passwords of this process, per login and network and per login.

    A network that was wrong *limit* times within *window_seconds* about a login waits, alone:
    the right person is elsewhere. Against guessing from many networks every further attempt
    at that login pauses, up to 1.6 seconds. Whether the login exists makes no difference.
    """

    def __init__(self, *, limit: int, window_seconds: int) -> None:
        """Count nothing yet."""
        self._limit = limit
        self._here = RateLimitItemPerSecond(limit, window_seconds, "here")
        self._everywhere = RateLimitItemPerSecond(limit + DOUBLINGS, window_seconds, "everywhere")
        self._counter = MovingWindowRateLimiter(MemoryStorage())
        self._turns: dict[tuple[str, str], _Turn] = {}

    @asynccontextmanager
    async def turn(self, login: str, network: str) -> AsyncIterator[None]:
        """
        Let one attempt at *login* from *network* run at a time, so that none escapes the count.

        Raises:
            TooManyAttempts: the network was wrong too often, or has too many attempts waiting.
        """
        turn = self._turns.setdefault((login, network), _Turn())
        if turn.waiting >= WAITING:
            raise TooManyAttempts(1)
        turn.waiting += 1
        try:
            async with turn.lock:
                self._refuse_exhausted(login, network)
                await asyncio.sleep(self.pause_seconds(login))
                yield
        finally:
            turn.waiting -= 1
            if not turn.waiting:
                del self._turns[login, network]

    def failed(self, login: str, network: str) -> None:
        """Count a wrong password."""
        self._counter.hit(self._here, network, login)
        self._counter.hit(self._everywhere, login)

    def succeeded(self, login: str, network: str) -> None:
        """Forget the wrong passwords that a right one followed."""
        self._counter.clear(self._here, network, login)
        self._counter.clear(self._everywhere, login)

    def pause_seconds(self, login: str) -> float:
        """Tell how long an attempt at *login* pauses."""
        counted = (
            self._everywhere.amount
            - self._counter.get_window_stats(self._everywhere, login).remaining
        )
        excess = counted - self._limit
        return FIRST_PAUSE_SECONDS * 2**excess if excess >= 0 else 0

    def _refuse_exhausted(self, login: str, network: str) -> None:
        state = self._counter.get_window_stats(self._here, network, login)
        if state.remaining <= 0:
            raise TooManyAttempts(max(1, ceil(state.reset_time - time.time())))
