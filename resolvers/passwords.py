"""Passwords: their rules, their hashes, and few enough hashes at a time."""

import asyncio
import unicodedata

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import Any, Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.errors import Invalid


Answer = TypeVar("Answer")

SHORTEST: Final = 12
LONGEST: Final = 128
THREADS: Final = 2
WAITING: Final = 20

HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id with 19 MiB, two passes and one lane."""

NOBODY: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$MxOSO4r09aTRHeGI3rEn1w"
    "$bvSo6i1k4qUGbaxGPN+mxdTPD8WJ68X9M0yhZvO4hI8"
)
"""What the password of an unknown login is compared with: the hash of a forgotten one."""


class Overloaded(Exception):
    """Too many passwords wait to be checked."""


class Verdict(Enum):
    """What was found out about a password."""

    WRONG = "WRONG"
    RIGHT = "RIGHT"
    OUTDATED = "OUTDATED"
    """Right, but its hash was made with weaker parameters."""


def hash_password(password: str) -> str:
    """
    Hash a new *password*; this takes about a tenth of a second.

    Raises:
        Invalid: it is shorter than 12 characters or longer than 128.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        expected = f"{SHORTEST} to {LONGEST} characters"
        raise Invalid("The password is too short or too long.", expected=expected)
    return HASHER.hash(_normal(password))


def check_password(kept: str | None, password: str) -> Verdict:
    """Compare *password* with the hash that is *kept*; nothing kept costs the same time."""
    try:
        HASHER.verify(NOBODY if kept is None else kept, _normal(password))
    except (InvalidHashError, VerificationError):
        return Verdict.WRONG
    if kept is None:
        return Verdict.WRONG
    return Verdict.OUTDATED if HASHER.check_needs_rehash(kept) else Verdict.RIGHT


class Passwords:
    """
    Checks passwords in threads of its own.

    A hash takes 19 MiB and a processor for a tenth of a second: two at a time leave the rest of
    the service its share, and whoever comes when twenty wait is sent away.
    """

    def __init__(self) -> None:
        """Start no thread yet."""
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="passwords")
        self._taken = 0

    async def check(self, kept: str | None, password: str) -> Verdict:
        """
        Compare *password* with the hash that is *kept*, at the cost of one hash in any case.

        Raises:
            Overloaded: too many others wait.
        """
        return await self._run(check_password, kept, password)

    async def renew(self, password: str) -> str:
        """
        Hash a right *password* again, with the parameters of today.

        Raises:
            Overloaded: too many others wait.
        """
        return await self._run(HASHER.hash, _normal(password))

    async def _run(self, work: Callable[..., Answer], *arguments: Any) -> Answer:
        if self._taken >= THREADS + WAITING:
            raise Overloaded
        running = asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        self._taken += 1
        running.add_done_callback(self._leave)
        # A caller who gives up does not free the thread that works for him.
        return await asyncio.shield(running)

    def _leave(self, _running: "asyncio.Future[Any]") -> None:
        self._taken -= 1

    def close(self) -> None:
        """End the threads when they have finished."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _normal(password: str) -> str:
    # The same keys give composed or decomposed letters, depending on the machine.
    return unicodedata.normalize("NFKC", password)
