"""What an act leaves behind: what it tells its caller, the history, and messages."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.history import ManagerAction, TargetType, masked
from models.memberships import Membership
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.reading import among
from models.services import Service
from resolvers.changes import Change, membership_changes
from resolvers.effects import Effect, EffectKind
from resolvers.viewer import Viewer


class Tie(NamedTuple):
    """A membership by its numbers, where its row is not at hand."""

    id: int
    structure_id: int
    user_id: int


class Traces:
    """
    What a transaction leaves behind, kept in memory until all items are done.

    Everything that happens to memberships goes through `alter`, which tells the caller and the
    history alike: neither tells what the other keeps silent about.
    """

    session: AsyncSession
    viewer: Viewer
    now: datetime

    def __init__(self, action: Action, reason: str | None) -> None:
        """Prepare for the traces of *action*, done for *reason*."""
        self.effects: list[Effect] = []
        self._action = action
        self._reason = reason
        self._acts: list[dict[str, Any]] = []
        self._messages: list[dict[str, Any]] = []
        self._altered: list[tuple[list[Change], Effect]] = []
        self._entries: dict[int, list[Change]] = {}

    def mark(self) -> tuple[int, ...]:
        """Begin with a savepoint; give where `take_back` goes back to."""
        self._entries = {}
        return tuple(map(len, self._all))

    def take_back(self, mark: tuple[int, ...]) -> None:
        """Forget what was left since *mark*."""
        for traces, length in zip(self._all, mark, strict=True):
            del traces[length:]

    @property
    def _all(self) -> tuple[list[Any], ...]:
        return self.effects, self._acts, self._messages, self._altered

    def tell(self, kind: EffectKind, **concerned: Any) -> None:
        """Tell the caller of one effect."""
        self.effects.append(Effect(kind=kind, **concerned))

    def alter(self, membership: Membership | Tie, kind: EffectKind, **told: Any) -> None:
        """
        Tell what happens to a membership, or to a right on it, to the caller and in the history.

        What happens to one within one savepoint is one entry, of the action that is done.
        """
        number, user_id = membership.structure_id, membership.user_id
        self.tell(kind, **({"structure_id": number, "user_id": user_id} | told))
        if membership.id not in self._entries:
            target = (TargetType.MEMBERSHIP, membership.id)
            self.record(self._action, number, target, user_id=user_id, reason=self._reason)
            self._entries[membership.id] = self._acts[-1]["changes"]
        self._altered.append((self._entries[membership.id], self.effects[-1]))

    def record(
        self, action: Action, structure_id: int, target: tuple[TargetType, int], **facts: Any
    ) -> None:
        """Add *action* to the structure's history, by the actor unless *facts* say otherwise."""
        usual: dict[str, Any] = {"user_id": None, "reason": None}
        changes = [masked(change) for change in facts.pop("changes", ())]
        self._acts.append(
            {
                "structure_id": structure_id,
                "at": self.now,
                "action": action,
                "target_type": target[0],
                "target_id": target[1],
                "actor_id": self.viewer.id,
                "changes": changes,
                **usual,
                **facts,
            }
        )

    def notify(
        self, kind: NotificationKind, structure_id: int, user_ids: Iterable[int], **payload: Any
    ) -> None:
        """Leave a message for each of *user_ids* in the outbox."""
        self._messages.extend(
            {
                "kind": kind,
                "user_id": user_id,
                "structure_id": structure_id,
                "payload": payload,
                "created_at": self.now,
            }
            for user_id in user_ids
        )

    def announce(
        self, kind: NotificationKind, structure_id: int, user_ids: Iterable[int], **payload: Any
    ) -> None:
        """Leave a message for each of *user_ids*, and tell the caller of each."""
        concerned = list(user_ids)
        self.notify(kind, structure_id, concerned, **payload)
        for user_id in concerned:
            self.tell(EffectKind.NOTIFICATION, user_id=user_id, structure_id=structure_id)

    async def finish(self) -> None:
        """Write the history and the messages of all items at once."""
        codes = await self._codes()
        for changes, effect in self._altered:
            changes.extend(membership_changes(effect, codes))
        for entity, rows in ((ManagerAction, self._acts), (Notification, self._messages)):
            if rows:
                await self.session.execute(insert(entity), rows)

    async def _codes(self) -> dict[int, str]:
        """Read the codes of the services that entries name."""
        effects = (effect for _, effect in self._altered)
        numbers = {one.service_id for one in effects if one.service_id is not None}
        if not numbers:
            return {}
        named = select(Service.id, Service.code).where(self.among(Service.id, numbers))
        return dict((await self.session.execute(named)).all())

    def among(self, column: Any, numbers: Iterable[int]) -> ColumnElement[bool]:
        """Say that *column* is one of *numbers*, in one text whatever there is of them."""
        return among(column, numbers, self.session.get_bind().dialect.name)
