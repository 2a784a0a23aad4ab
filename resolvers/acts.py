"""The one way in which anything is changed: an act on items, in one transaction."""

import json

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from models.database import held_up
from models.errors import (
    ErrorCode,
    Forbidden,
    Invalid,
    LimitReached,
    NotFound,
    Refused,
    RuleRefused,
)
from models.policy import POLICY, Action
from models.texts import clean_text
from resolvers.effects import told
from resolvers.idempotency import Claim, canonical, digest
from resolvers.operation import Info, Operation
from resolvers.outcomes import Outcome, Problem, Result, Target, camel
from resolvers.writing import SessionEnded, Writing


MAXIMUM_ITEMS = 100
KEY_LENGTH = 200


class Act(ABC):
    """
    An act of one kind, made anew for each run of its transaction.

    *action* is the row of the policy that lets it be done. *items_field* is the field of the
    input that lists the items; without it the input itself is the only item. *consulted* is what
    `consult` was answered.
    """

    action: ClassVar[Action]
    items_field: ClassVar[str | None] = None
    consulted: Any = None

    def __init__(self, writing: Writing, given: Any, items: Sequence[Any]) -> None:
        """Prepare to do *items* of the input *given*."""
        self.writing = writing
        self.given = given
        self.items = items

    @classmethod
    def checked(cls, given: Any) -> Any:
        """
        Give the input *given* as it is meant, before anything is read.

        Raises:
            Refused: no item could be done with it; *field* is the whole path.
        """
        return given

    @classmethod
    async def consult(cls, _operation: Operation, _given: Any) -> Any:
        """Ask another service before the transaction, so that no lock waits for its answer."""
        return None

    @abstractmethod
    async def aim(self) -> Iterable[int]:
        """Read which structures the items concern; they are locked next."""

    @abstractmethod
    async def prepare(self) -> None:
        """Read, under the locks, what the items need: one statement for each kind of object."""

    @abstractmethod
    def target(self, item: Any) -> Target | None:
        """Tell which object *item* names, to answer with where it was refused."""

    def subject(self, item: Any) -> Target | None:
        """Tell which object the history names where *item* was refused: here the same."""
        return self.target(item)

    @abstractmethod
    async def apply(self, item: Any) -> Target | None:
        """
        Do *item*: what may be seen first, the policy second, the rule third, then the writes.

        Returns:
            The object to answer with, null where a dry run would have made it.

        Raises:
            Refused: it is not done; *field* is the path below the item.
        """


class Undone(Exception):
    """Takes the transaction back and carries what it would answer."""

    def __init__(self, outcome: Outcome) -> None:
        """Carry *outcome*."""
        super().__init__()
        self.outcome = outcome


async def perform(info: Info, act: type[Act], given: Any) -> Outcome:
    """
    Do *act* with the input *given*; afterwards everything is read from a fresh snapshot.

    Raises:
        SessionEnded: the caller's session ended meanwhile.
        Forbidden: he may do it nowhere, and has not done it before with the same key.
    """
    operation = info.context
    if operation.principal is None:
        raise SessionEnded
    try:
        call = _Call(operation, operation.principal, act, given)
    except Refused as refused:
        _require_anywhere(operation, act.action)
        return Outcome(problems=[Problem.of(refused)])
    # A connection that waits for locks should not hold a snapshot as well.
    await operation.close()
    try:
        await call.consult()
        outcome = await operation.database.write(call)
    except Undone as undone:
        outcome = undone.outcome
    except DBAPIError as error:
        if not held_up(error):
            raise
        message = "Others are changing the same at this moment: send it again."
        outcome = Outcome(problems=[Problem.of(RuleRefused(ErrorCode.CONFLICT, message))])
    finally:
        await operation.renew()
    if operation.refusals is not None and not given.dry_run:
        operation.refusals.count(outcome.refused)
    return outcome


class _Call:
    """One call of an act: what is asked of it, apart from the runs of its transaction."""

    def __init__(
        self, operation: Operation, principal: tuple[int, int], act: type[Act], given: Any
    ) -> None:
        self._operation = operation
        self._principal = principal
        self._act = act
        self._given = given = act.checked(given)
        self._items = _items(act, given)
        key = _key(given) if may_repeat(given) else None
        self._claim = None if key is None else Claim(principal[0], key, digest(act.__name__, given))

    async def consult(self) -> None:
        """Ask what the act wants to know from outside."""
        self._consulted = await self._act.consult(self._operation, self._given)

    async def __call__(self, session: AsyncSession) -> Outcome:
        if self._claim is not None:
            earlier = await self._earlier(self._claim, session)
            if earlier is not None:
                return earlier
        reason = getattr(self._given, "reason", None)
        writing = Writing(session, self._operation, self._principal, self._act.action, reason)
        act = self._act(writing, self._given, self._items)
        act.consulted = self._consulted
        await writing.enter(await act.aim())
        await act.prepare()
        results = await self._results(act)
        outcome = Outcome(
            results,
            told(writing.effects),
            refused=writing.refused,
            follow_ups=writing.follow_ups,
        )
        done = writing.changed or any(result.problem is None for result in results)
        # A key stands for something done: a call that did nothing may be mended and sent again.
        if self._given.dry_run or not done:
            raise Undone(outcome)
        await writing.finish()
        if self._claim is not None:
            await self._claim.keep(session, outcome)
        return outcome

    async def _earlier(self, claim: Claim, session: AsyncSession) -> Outcome | None:
        try:
            earlier = await claim.earlier_outcome(session, self._operation.clock())
        except Refused as refused:
            _require_anywhere(self._operation, self._act.action)
            raise Undone(Outcome(problems=[Problem.of(refused)])) from None
        if earlier is None:
            _require_anywhere(self._operation, self._act.action)
        return earlier

    async def _results(self, act: Act) -> list[Result]:
        """Do each item once, and answer for each of its places."""
        ends: dict[int, Target | Refused | None] = {}
        results = []
        for position, first in enumerate(_first_places(self._items)):
            if first == position:
                ends[position] = await self._end(act, self._items[position])
            results.append(self._result(act, position, ends[first]))
        return results

    async def _end(self, act: Act, item: Any) -> Target | Refused | None:
        act.writing.begin()
        try:
            return await act.apply(item)
        except Refused as refused:
            if not _is_unknown(refused):
                act.writing.tally(act.action, refused, act.subject(item))
            return refused

    def _result(self, act: Act, position: int, end: Target | Refused | None) -> Result:
        if not isinstance(end, Refused):
            return Result(end)
        below = () if act.items_field is None else (camel(act.items_field), str(position))
        target = None if _is_unknown(end) else act.target(self._items[position])
        return Result(target, Problem.of(end, ("input", *below)))


def _is_unknown(refused: Refused) -> bool:
    """Say whether it is the item itself that the caller may not know of."""
    return isinstance(refused, NotFound) and refused.field is None


def _first_places(items: Sequence[Any]) -> list[int]:
    """Tell of each item where it, or one that is equal, stands first."""
    found: dict[str, int] = {}
    written = (json.dumps(canonical(item), sort_keys=True) for item in items)
    return [found.setdefault(text, position) for position, text in enumerate(written)]


def may_repeat(given: Any) -> bool:
    """
    Say whether the call with the input *given* may repeat one that was done.

    Its outcome is told again even to a caller who gave his last role away by it.
    """
    return given.idempotency_key is not None and not given.dry_run


def _require_anywhere(operation: Operation, action: Action) -> None:
    # What the permission class of the field asks where a call cannot be a repeated one.
    if operation.viewer is None or not operation.viewer.passes_anywhere(action):
        rule = POLICY[action]
        raise Forbidden(rule.requirement, action=action, passing_roles=rule.passing_roles)


def _items(act: type[Act], given: Any) -> Sequence[Any]:
    if act.items_field is None:
        return [given]
    items: Sequence[Any] = getattr(given, act.items_field)
    if not 1 <= len(items) <= MAXIMUM_ITEMS:
        refused = LimitReached(f"Give 1 to {MAXIMUM_ITEMS} items.", limit=MAXIMUM_ITEMS)
        raise refused.at("input", camel(act.items_field))
    return items


def _key(given: Any) -> str:
    try:
        return clean_text(given.idempotency_key, minimum=1, maximum=KEY_LENGTH, opaque=True)
    except Invalid as refused:
        raise refused.at("input", "idempotencyKey") from None
