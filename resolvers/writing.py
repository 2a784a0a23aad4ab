"""A transaction in which an act is done: its locks, who acts, and what it leaves behind."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from models.database import TransactionReader
from models.errors import ErrorCode, Forbidden, NotFound, Refused, RuleRefused
from models.identifiers import IdentifierType
from models.policy import POLICY, Action
from models.structures import Structure
from models.succession import FollowUpKind
from resolvers.history import TARGET_TYPES
from resolvers.node_ids import NodeKind
from resolvers.operation import Operation
from resolvers.outcomes import Target
from resolvers.refusals import TELLING, Refusal
from resolvers.traces import Traces
from resolvers.viewer import read_viewer


class SessionEnded(Refused):
    """The caller's session ended before his act began."""

    code = ErrorCode.FORBIDDEN

    def __init__(self) -> None:
        """Ask to sign in again."""
        super().__init__("Your session has ended: sign in again.")

    @property
    @override
    def extensions(self) -> dict[str, Any]:
        """What the refusal tells a program."""
        return {"code": "UNAUTHENTICATED"}


class Writing(Traces):
    """
    One transaction of an act.

    After `enter`, *viewer* is the actor as he is under the locks, *now* the time of the act and
    *structures* the locked ones by number. *changed* tells whether anything was written, *refused*
    what the history shall tell though it was not done.
    """

    def __init__(
        self,
        session: AsyncSession,
        operation: Operation,
        principal: tuple[int, int],
        action: Action,
        reason: str | None,
    ) -> None:
        """Prepare to do *action* in *session* for the user and session of *principal*."""
        super().__init__(action, reason)
        self.session = session
        self._principal = principal
        self.settings = operation.settings
        self.misses = operation.throttles.misses
        self.structures: dict[int, Structure] = {}
        self.follow_ups: list[FollowUpKind] = []
        self.changed = False
        self.refused: list[Refusal] = []
        self._place: int | None = None
        self._operation = operation

    def number(self, text: str | None, *kinds: NodeKind) -> int:
        """
        Read the number of an id of one of *kinds*; 0, which is no object's, for any other text.

        So a text that is no id costs the same statements as an object that does not exist.
        """
        return self._operation.node_ids.number(text or "", *kinds) or 0

    async def enter(self, structure_ids: Iterable[int]) -> None:
        """
        Lock *structure_ids* in ascending order, then read again who acts.

        Raises:
            SessionEnded: his session ended or his account was deactivated meanwhile.
        """
        await self.lock(structure_ids)
        self.now = self._operation.clock()
        reader = TransactionReader(self.session)
        viewer = await read_viewer(reader, *self._principal, self.now)
        if viewer is None:
            raise SessionEnded
        self.viewer = viewer

    async def lock(self, structure_ids: Iterable[int]) -> None:
        """Lock *structure_ids* in ascending order, and read them."""
        statement = (
            select(Structure)
            .where(self.among(Structure.id, structure_ids))
            .order_by(Structure.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        for structure in await self.session.scalars(statement):
            self.structures[structure.id] = structure

    def require(self, action: Action, structure_id: int, owner_id: int | None = None) -> None:
        """
        Ask the policy whether the actor may do *action* to a visible object of a structure.

        Raises:
            Forbidden: with the roles that would pass.
        """
        self._place = structure_id
        if not self.viewer.passes(action, structure_id, owner_id):
            message = f"You may not {action.written} here."
            raise Forbidden(message, action=action, passing_roles=POLICY[action].passing_roles)

    def begin(self) -> None:
        """Begin with an item: nothing that it concerns has been found to be visible yet."""
        self._place = None

    def tally(self, action: Action, refused: Refused, target: Target | None) -> None:
        """
        Remember for the history that the actor was *refused* to do *action* to a visible object.

        What the policy was not asked about leaves no trace: he may not know of it.
        """
        if self._place is None or refused.code not in TELLING:
            return
        kind = None if target is None else TARGET_TYPES.get(target.kind)
        named = None if kind is None or target is None else (kind, target.number)
        self.refused.append(Refusal(self._place, self.viewer.id, action, refused.code, named))

    def sees_card(self, structure_id: int) -> bool:
        """Say whether the actor may know of the card of a locked structure."""
        structure = self.structures.get(structure_id)
        if structure is None:
            return False
        individual = structure.identifier_type == IdentifierType.INDIVIDUAL
        return not individual or self.viewer.knows(structure_id)

    def allowed_card(self, action: Action, structure_id: int, *field: str) -> Structure:
        """
        Give the locked card of a structure that the actor knows and may do *action* to.

        Raises:
            NotFound: he may not know of it, or there is none; *field* named it.
            Forbidden: with the roles that would pass.
        """
        if not self.sees_card(structure_id):
            raise NotFound(field=field or None)
        self.require(action, structure_id)
        return self.structures[structure_id]

    async def require_active(self, structure_id: int) -> None:
        """
        Refuse any act that an inactive structure does not take.

        Raises:
            StructureInactive: naming the card that replaced it.
        """
        structure = self.structures[structure_id]
        successor = select(Structure.id).where(Structure.predecessor_id == structure_id)
        replaced = (
            None if structure.deactivated_at is None else await self.session.scalar(successor)
        )
        structure.require_active(replaced)

    @asynccontextmanager
    async def saving(self) -> AsyncIterator[None]:
        """
        Write what the block changes, all of it or nothing.

        Raises:
            RuleRefused: CONFLICT, a constraint of the database forbids it.
        """
        mark = self.mark()
        try:
            async with self.session.begin_nested():
                yield
        except BaseException as failure:
            self.take_back(mark)
            if isinstance(failure, (IntegrityError, Refused)):
                await self._read_again()
            if not isinstance(failure, IntegrityError):
                raise
            message = "The act clashes with the present state."
            raise RuleRefused(ErrorCode.CONFLICT, message) from None
        self.changed = True

    async def _read_again(self) -> None:
        # What the savepoint had changed is forgotten; an attribute cannot be read lazily here.
        for entity in list(self.session.identity_map.values()):
            if inspect(entity).expired_attributes:
                await self.session.refresh(entity)
