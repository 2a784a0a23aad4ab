"""Making structures inactive, and active again: acts of the support (domain.md 3.12)."""

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar

from sqlalchemy import select
from typing_extensions import override

from models.accounts import User
from models.errors import ErrorCode
from models.history import TargetType
from models.memberships import Membership, MembershipStatus, Role
from models.outbox import NotificationKind
from models.policy import Action
from models.requests import Request, RequestStatus
from models.structures import Structure, StructureStatus
from models.succession import require_reactivable, succession, successions
from resolvers.acts import Act, perform
from resolvers.deciding import end_without_decision
from resolvers.effects import EffectKind
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Target
from resolvers.reasons import with_clean_reason
from resolvers.request_inputs import WHAT_TO_DO
from resolvers.structure_inputs import DeactivateStructuresInput, ReactivateStructuresInput


class StatusAct(Act):
    """An act on the status of structures, of which everybody connected is told."""

    action = Action.STRUCTURE_DEACTIVATE
    items_field = "structure_ids"
    status: ClassVar[StructureStatus]
    effect: ClassVar[EffectKind]
    message: ClassVar[NotificationKind]
    given: DeactivateStructuresInput | ReactivateStructuresInput
    connected: dict[int, set[int]]

    @classmethod
    @override
    def checked(cls, given: Any) -> Any:
        return with_clean_reason(given)

    def _number(self, item: str) -> int:
        return self.writing.number(item, NodeKind.STRUCTURE)

    @property
    def numbers(self) -> set[int]:
        """The structures that the call names and that would change, as far as they are locked."""
        named = {self._number(item) for item in self.items}
        cards = (self.writing.structures.get(number) for number in named)
        return {card.id for card in cards if card is not None and card.status != self.status}

    @override
    async def aim(self) -> Iterable[int]:
        return {self._number(item) for item in self.items}

    @override
    async def prepare(self) -> None:
        statement = select(Membership.structure_id, Membership.user_id).where(
            self.writing.among(Membership.structure_id, self.numbers),
            Membership.status == MembershipStatus.ACTIVE,
        )
        self.connected = {}
        for number, user_id in await self.writing.session.execute(statement):
            self.connected.setdefault(number, set()).add(user_id)

    @override
    def target(self, item: str) -> Target:
        return Target(NodeKind.STRUCTURE, self._number(item))

    @override
    async def apply(self, item: str) -> Target:
        writing, number = self.writing, self._number(item)
        card = writing.allowed_card(self.action, number)
        if card.status != self.status:
            async with writing.saving():
                await self._change(card)
        return self.target(item)

    async def change(self, card: Structure) -> set[int]:
        """
        Change the status of *card*; inside a savepoint.

        Returns:
            Who is told, besides those who are connected.
        """
        raise NotImplementedError

    async def _change(self, card: Structure) -> None:
        writing, before = self.writing, card.status
        concerned = await self.change(card) | self.connected.get(card.id, set())
        await writing.session.flush()
        writing.tell(self.effect, structure_id=card.id, before=before, after=card.status)
        writing.record(
            self.action,
            card.id,
            (TargetType.STRUCTURE, card.id),
            reason=self.given.reason,
            changes=[{"field": "status", "before": before.value, "after": card.status.value}],
        )
        writing.announce(self.message, card.id, sorted(concerned - {writing.viewer.id}))


class DeactivateStructures(StatusAct):
    """Makes structures inactive; their pending requests are cancelled."""

    status = StructureStatus.INACTIVE
    effect = EffectKind.STRUCTURE_DEACTIVATED
    message = NotificationKind.STRUCTURE_DEACTIVATED

    @override
    async def prepare(self) -> None:
        await super().prepare()
        waiting = select(Request).where(
            self.writing.among(Request.structure_id, self.numbers),
            Request.status == RequestStatus.PENDING,
        )
        self._waiting: dict[int, list[Request]] = {}
        for request in await self.writing.session.scalars(waiting.order_by(Request.id)):
            self._waiting.setdefault(request.structure_id, []).append(request)

    @override
    async def change(self, card: Structure) -> set[int]:
        writing, requesters = self.writing, set()
        card.deactivate(writing.now)
        for request in self._waiting.get(card.id, ()):
            if request.status_at(writing.now) == RequestStatus.PENDING:
                end_without_decision(writing, request, ErrorCode.STRUCTURE_INACTIVE.value)
                requesters.add(request.requester_id)
            else:
                request.expire(writing.now)
        return requesters


class ReactivateStructures(StatusAct):
    """Makes structures active again."""

    status = StructureStatus.ACTIVE
    effect = EffectKind.STRUCTURE_REACTIVATED
    message = NotificationKind.STRUCTURE_REACTIVATED

    @override
    async def aim(self) -> Iterable[int]:
        # Whole successions are locked, so that no two cards of one become active.
        named = set(await super().aim())
        row = successions(self.writing.among(Structure.id, named))
        return named | set(await self.writing.session.scalars(select(row.c.id)))

    @override
    async def prepare(self) -> None:
        await super().prepare()
        managers = (
            select(Membership.structure_id, User)
            .join(User, User.id == Membership.user_id)
            .where(
                self.writing.among(Membership.structure_id, self.numbers),
                Membership.role == Role.PRIMARY_MANAGER,
                Membership.status == MembershipStatus.ACTIVE,
            )
            .order_by(User.id)
            # Locked, so that no account is deactivated meanwhile.
            .with_for_update(key_share=True, of=User)
        )
        found = await self.writing.session.execute(managers)
        self._managers = dict(found.all())

    @override
    async def change(self, card: Structure) -> set[int]:
        others = succession(card, self.writing.structures.values())
        require_reactivable(others, self._managers.get(card.id))
        card.reactivate(self.writing.now)
        return set()


async def deactivate_structures(
    info: Info,
    input: Annotated[DeactivateStructuresInput, WHAT_TO_DO],
) -> Outcome:
    """Make structures inactive."""
    return await perform(info, DeactivateStructures, input)


async def reactivate_structures(
    info: Info,
    input: Annotated[ReactivateStructuresInput, WHAT_TO_DO],
) -> Outcome:
    """Make structures active again."""
    return await perform(info, ReactivateStructures, input)
