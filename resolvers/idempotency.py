"""A call that carries a key is done once: the claim on the key and the record of its outcome."""

import hashlib
import json

from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry import UNSET

from models.errors import ErrorCode, RuleRefused
from models.idempotency import KEPT_FOR, IdempotencyRecord
from resolvers.outcomes import Outcome


CLEANED_AT_ONCE = 5

_INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
_NOT_PART_OF_THE_INPUT = frozenset({"idempotency_key", "dry_run"})


class Claim:
    """A caller's key for one call: to be claimed first, and given its outcome last."""

    def __init__(self, user_id: int, key: str, input_hash: str) -> None:
        """Name the caller, his *key* and the digest of what he asks with it."""
        self._user_id = user_id
        self._key = key
        self._input_hash = input_hash

    async def earlier_outcome(self, session: AsyncSession, now: datetime) -> Outcome | None:
        """
        Claim the key, waiting for a twin of this call that is under way.

        Returns:
            The outcome of an earlier call with this key and input, to be told again.

        Raises:
            RuleRefused: IDEMPOTENCY_MISMATCH, the key was used with another input.
        """
        if await self._claimed(session, now):
            await _forget_expired(session, now)
            return None
        found = select(IdempotencyRecord.input_hash, IdempotencyRecord.outcome)
        record = (await session.execute(found.where(*self._ours))).one()
        if record.input_hash != self._input_hash:
            message = "This idempotency key was used with another input."
            field = ("input", "idempotencyKey")
            raise RuleRefused(ErrorCode.IDEMPOTENCY_MISMATCH, message, field=field)
        return Outcome.load(record.outcome)

    async def keep(self, session: AsyncSession, outcome: Outcome) -> None:
        """Record *outcome* for a repeated call."""
        record = update(IdempotencyRecord).where(*self._ours).values(outcome=outcome.dump())
        await session.execute(record)

    @property
    def _ours(self) -> tuple[Any, Any]:
        return IdempotencyRecord.user_id == self._user_id, IdempotencyRecord.key == self._key

    async def _claimed(self, session: AsyncSession, now: datetime) -> bool:
        values = {"input_hash": self._input_hash, "outcome": {}, "created_at": now}
        insert = _INSERTS[session.get_bind().dialect.name](IdempotencyRecord)
        # One statement: a twin under way makes it wait, a record that is too old is taken over.
        claim = insert.values(user_id=self._user_id, key=self._key, **values).on_conflict_do_update(
            index_elements=[IdempotencyRecord.user_id, IdempotencyRecord.key],
            set_=values,
            where=IdempotencyRecord.created_at <= now - KEPT_FOR,
        )
        answer: Any = await session.execute(claim)
        return bool(answer.rowcount)


async def _forget_expired(session: AsyncSession, now: datetime) -> None:
    # A few at each new key, so that the table stays as small as a day's calls.
    table = IdempotencyRecord
    expired = (
        select(table.user_id, table.key)
        .where(table.created_at <= now - KEPT_FOR)
        .order_by(table.created_at)
        .limit(CLEANED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for user_id, key in (await session.execute(expired)).all():
        await session.execute(delete(table).where(table.user_id == user_id, table.key == key))


def digest(name: str, given: Any) -> str:
    """Give the SHA-256 of the act's *name* and its coerced input."""
    written = json.dumps([name, canonical(given)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def canonical(value: Any) -> Any:
    """Write a coerced input as JSON data: what was not given is left out."""
    if isinstance(value, Enum):  # A published one has a definition too.
        return value.value
    if hasattr(value, "__strawberry_definition__"):
        given = {one.name: getattr(value, one.name) for one in fields(value)}
        return {
            name: canonical(one)
            for name, one in given.items()
            if one is not UNSET and name not in _NOT_PART_OF_THE_INPUT
        }
    if isinstance(value, list):
        return [canonical(one) for one in value]
    if isinstance(value, date):  # An instant is one too.
        return value.isoformat()
    return value
