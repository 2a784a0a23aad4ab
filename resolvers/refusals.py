"""Refusals for the history: gathered in memory, told by few entries, whatever is tried."""

import asyncio

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import structlog

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.database import Database
from models.errors import ErrorCode
from models.history import ManagerAction, ManagerActionOutcome, TargetType
from models.memberships import Membership
from models.outages import outage_of
from models.policy import Action
from models.reading import among
from models.requests import Request


LOG: Final = structlog.get_logger()

TELLING: Final = frozenset(
    {ErrorCode.FORBIDDEN, ErrorCode.SELF_DECISION, ErrorCode.CONTACT_SUPPORT}
)
"""Refusals of whoever acts; others are about what he sent, or about the present state."""

WINDOW: Final = timedelta(hours=1)
"""Equal refusals that follow a written entry are one further entry after this time."""

MOST_OF_ONE: Final = 100
MOST: Final = 10_000


_OWNED: Final[tuple[tuple[TargetType, Any, Any], ...]] = (
    (TargetType.MEMBERSHIP, Membership.id, Membership.user_id),
    (TargetType.REQUEST, Request.id, Request.requester_id),
)


class Refusal(NamedTuple):
    """What equal refusals have in common."""

    structure_id: int
    actor_id: int
    action: Action
    code: ErrorCode
    target: tuple[TargetType, int] | None


@dataclass(slots=True)
class _Tally:
    due: datetime
    at: datetime
    count: int = 0


class Refusals:
    """
    The refusals of one process that the history does not tell yet.

    The first of its kind is written within some seconds, those that follow within an hour as one
    entry. Of one actor at most a hundred kinds are kept apart in that time, then a hundred more
    whatever their targets; the rest is not told. So neither the memory nor the writes depend on
    how often something is tried: one transaction in so many seconds at the most.
    """

    def __init__(
        self, database: Database, *, seconds: float, clock: Callable[[], datetime]
    ) -> None:
        """Write into *database* every so many *seconds*."""
        self._database = database
        self._seconds = seconds
        self._clock = clock
        self._tallies: dict[Refusal, _Tally] = {}
        self._kinds: Counter[int] = Counter()
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    def count(self, refused: Iterable[Refusal]) -> None:
        """Count what was *refused*, to be written later."""
        now = self._clock()
        for refusal in refused:
            known = self._known(refusal)
            if known is not None:
                tally = self._tallies.setdefault(known, _Tally(due=now, at=now))
                tally.count += 1
                tally.at = now
        self._wait()

    def _known(self, refusal: Refusal) -> Refusal | None:
        """Give what *refusal* is counted as, if there is room for it."""
        actor_id = refusal.actor_id
        for kind, most in (
            (refusal, MOST_OF_ONE),
            (refusal._replace(target=None), 2 * MOST_OF_ONE),
        ):
            if kind in self._tallies:
                return kind
            if self._kinds[actor_id] < most and len(self._tallies) < MOST:
                self._kinds[actor_id] += 1
                return kind
        return None

    async def write(self, *, all_of_them: bool = False) -> None:
        """Write what is due, or *all_of_them*; after an outage it is tried again later."""
        now = self._clock()
        due = {
            kind: tally
            for kind, tally in self._tallies.items()
            if tally.count and (all_of_them or tally.due <= now)
        }
        rows = [_row(kind, tally) for kind, tally in due.items()]
        for tally in due.values():
            tally.count, tally.due = 0, now + WINDOW
        self._forget(now)
        if rows:
            await self._insert(rows, due)

    async def _insert(self, rows: list[dict[str, Any]], due: dict[Refusal, _Tally]) -> None:
        async def work(session: AsyncSession) -> None:
            users = await _users(session, due)
            told = [
                row | {"user_id": users.get(kind.target)}
                for row, kind in zip(rows, due, strict=True)
            ]
            await session.execute(insert(ManagerAction), told)

        try:
            await self._database.write(work)
        except Exception as error:  # noqa: BLE001 - nobody waits for it who could be told
            LOG.warning("refusals_not_written", kind=type(error).__qualname__)
            if outage_of(error) is not None:
                for row, tally in zip(rows, due.values(), strict=True):
                    tally.count, tally.due = tally.count + row["count"], row["at"]

    def _forget(self, now: datetime) -> None:
        for kind, tally in list(self._tallies.items()):
            if not tally.count and tally.due <= now:
                del self._tallies[kind]
                self._kinds[kind.actor_id] -= 1
        self._kinds = +self._kinds

    def _wait(self) -> None:
        if self._timer is None and self._tallies:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._seconds, self._begin)

    def _begin(self) -> None:
        self._writing = asyncio.create_task(self._write_and_wait())

    async def _write_and_wait(self) -> None:
        await self.write()
        self._timer = None
        self._wait()

    async def close(self) -> None:
        """Write everything that is left."""
        if self._timer is not None:
            self._timer.cancel()
        if self._writing is not None:
            await self._writing
        if self._timer is not None:
            self._timer.cancel()
        await self.write(all_of_them=True)


async def _users(
    session: AsyncSession, refused: Iterable[Refusal]
) -> dict[tuple[TargetType, int] | None, int]:
    """Read whom the targets concern, those that are of one user: it never changes."""
    users: dict[tuple[TargetType, int] | None, int] = {}
    for target_type, number, user_id in _OWNED:
        targets = (one.target for one in refused if one.target is not None)
        named = [target_id for kind, target_id in targets if kind == target_type]
        if named:
            theirs = among(number, named, session.get_bind().dialect.name)
            for target_id, owner_id in await session.execute(select(number, user_id).where(theirs)):
                users[target_type, target_id] = owner_id
    return users


def _row(kind: Refusal, tally: _Tally) -> dict[str, Any]:
    target_type, target_id = kind.target or (None, None)
    return {
        "structure_id": kind.structure_id,
        "at": tally.at,
        "action": kind.action,
        "outcome": ManagerActionOutcome.REFUSED,
        "refusal": kind.code,
        "count": tally.count,
        "actor_id": kind.actor_id,
        "target_type": target_type,
        "target_id": target_id,
        "changes": [],
    }
