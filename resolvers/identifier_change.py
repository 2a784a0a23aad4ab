"""Giving a structure a new identifier: a new card succeeds the old one."""

from typing import Annotated, Any

import strawberry

from sqlalchemy import func, select
from typing_extensions import override

from models.areas import StructureArea
from models.copying import Following
from models.errors import ErrorCode, RuleRefused, StructureExists
from models.history import TargetType
from models.identifiers import IdentifierType
from models.mandates import InvoicingMandate, MandateStatus
from models.memberships import Membership, MembershipStatus
from models.policy import AccessRole, Action
from models.requests import Request, RequestStatus
from models.structures import Structure
from models.succession import FollowUpKind, IdentifierChange, follow_ups, succeed
from resolvers.acts import Act, perform
from resolvers.changes import Change, change
from resolvers.effects import SHOWN, EffectKind
from resolvers.holders import holder_of
from resolvers.inputs import StructureIdentifierInput, described_input, told
from resolvers.node_ids import NodeKind
from resolvers.operation import Info, Operation
from resolvers.outcomes import Outcome, Target
from resolvers.request_inputs import WHAT_TO_DO
from resolvers.siret_lookup import SiretRecord, consult_register, require_registered


@described_input()
class ChangeIdentifierInput:
    """The structure and its new identifier."""

    structure_id: strawberry.ID = told("The structure.")
    version: int = told("Version that you read.")
    identifier: StructureIdentifierInput = told("The new identifier, of the same type.")
    confirm_different_siren: bool = told(
        "Needed when the first nine digits of the SIRET change.", default=False
    )
    dry_run: bool = told("Do nothing, only foresee the effects.", default=False)
    idempotency_key: str | None = told(
        "A key of your own; a repeated call with it is done once.", default=None
    )


async def change_identifier(
    info: Info,
    input: Annotated[ChangeIdentifierInput, WHAT_TO_DO],
) -> Outcome:
    """Give a structure a new identifier."""
    return await perform(info, ChangeIdentifier, input)


class ChangeIdentifier(Act):
    """The change of one structure's identifier."""

    action = Action.IDENTIFIER_CHANGE
    given: ChangeIdentifierInput
    consulted: SiretRecord | None

    @classmethod
    @override
    async def consult(
        cls, operation: Operation, given: ChangeIdentifierInput
    ) -> SiretRecord | None:
        kind, value = given.identifier.type, given.identifier.value
        return await consult_register(operation.settings, kind, value)

    @override
    async def aim(self) -> list[int]:
        self._number = self.writing.number(self.given.structure_id, NodeKind.STRUCTURE)
        return [self._number]

    @override
    async def prepare(self) -> None:
        """Read nothing more: what there is to read depends on the new identifier's form."""

    @override
    def target(self, item: Any) -> None:
        """Answer with nothing but the refusal: the object would be the new card."""

    @override
    async def apply(self, item: Any) -> Target | None:
        card = self.writing.allowed_card(self.action, self._number, "structureId")
        identifier = await self._allowed_identifier(card)
        require_registered(self.consulted, "identifier", "value")
        try:
            async with self.writing.saving():
                successor_id = await self._succeed(card, identifier)
        except RuleRefused:
            # Another card may have taken the identifier at this very moment.
            await self._require_free(card.identifier_type, identifier)
            await self._require_first_change(card)
            raise
        self.writing.follow_ups = await self._follow_ups(card)
        return None if self.given.dry_run else Target(NodeKind.STRUCTURE, successor_id)

    async def _follow_ups(self, card: Structure) -> list[FollowUpKind]:
        session = self.writing.session
        opened = select(StructureArea.area).where(
            StructureArea.structure_id == card.id, StructureArea.closed_at.is_(None)
        )
        mandate = select(InvoicingMandate.id).where(
            InvoicingMandate.structure_id == card.id,
            InvoicingMandate.status == MandateStatus.ACTIVE,
        )
        active = await session.scalar(mandate) is not None
        return follow_ups(card, set(await session.scalars(opened)), mandate=active)

    async def _allowed_identifier(self, card: Structure) -> str:
        await self.writing.require_active(card.id)
        card.require_version(self.given.version)
        change = IdentifierChange(
            kind=self.given.identifier.type,
            value=self.given.identifier.value,
            confirmed=self.given.confirm_different_siren,
        )
        identifier = change.identifier_for(
            card,
            by_support=AccessRole.SUPPORT in self.writing.viewer.standing(card.id),
            checksum=self.writing.settings.checks_siret,
        )
        await self._require_free(card.identifier_type, identifier)
        if change.needs_confirmation(card, identifier):
            affected_users = await self._count_connected(card.id)
            change.require_confirmation(card, identifier, affected_users)
        return identifier

    async def _require_free(self, kind: IdentifierType, identifier: str) -> None:
        holder = await holder_of(self.writing, kind, identifier)
        if holder is not None:
            raise StructureExists(holder.number).at("identifier", "value")

    async def _require_first_change(self, card: Structure) -> None:
        replaced = select(Structure.id).where(Structure.predecessor_id == card.id)
        if await self.writing.session.scalar(replaced) is not None:
            message = "The structure was replaced before: the support reactivates its successor."
            raise RuleRefused(ErrorCode.CONFLICT, message, field=("structureId",))

    async def _count_connected(self, number: int) -> int:
        connected = select(func.count()).where(
            Membership.structure_id == number, Membership.status == MembershipStatus.ACTIVE
        )
        return (await self.writing.session.execute(connected)).scalar_one()

    async def _succeed(self, card: Structure, identifier: str) -> int:
        writing = self.writing
        successor = succeed(card, identifier, writing.now)
        if self.consulted is not None and self.consulted.withheld:
            successor.address_withheld = True
        writing.session.add(successor)
        await writing.session.flush()
        shown = None if self.given.dry_run else successor.id
        before, after = card.told_identifier, successor.told_identifier
        writing.tell(EffectKind.STRUCTURE_CREATED, structure_id=shown, after=after)
        writing.tell(EffectKind.STRUCTURE_DEACTIVATED, structure_id=card.id, before=before)
        following = Following(old=card.id, new=successor.id, now=writing.now)
        for kind, statement in following.copies().items():
            copied = await self._rows(statement)
            if copied:
                writing.tell(EffectKind.COPIED, count=copied, after=kind)
        await self._move_requests(following, change("structure", before, after))
        await self._notify(following)
        self._record(card, successor)
        return successor.id

    async def _rows(self, statement: Any) -> int:
        options = {"synchronize_session": False}
        done: Any = await self.writing.session.execute(statement, execution_options=options)
        return int(done.rowcount)

    async def _move_requests(self, following: Following, moved: Change) -> None:
        for request in await self.writing.session.scalars(following.expired()):
            request.expire(self.writing.now)
        await self.writing.session.flush()
        requesters = (
            select(Request.requester_id)
            .where(Request.structure_id == following.old, Request.status == RequestStatus.PENDING)
            .order_by(Request.id)
            .limit(SHOWN)
        )
        shown = list(await self.writing.session.scalars(requesters))
        await self._rows(following.entries(self.writing.viewer.id, moved))
        requests, services = following.moves()
        total = await self._rows(requests)
        await self._rows(services)
        self._tell_each(EffectKind.REQUEST_MOVED, following.old, shown, total)

    async def _notify(self, following: Following) -> None:
        connected = (
            select(Membership.user_id)
            .where(
                Membership.structure_id == following.old,
                Membership.status == MembershipStatus.ACTIVE,
            )
            .order_by(Membership.id)
            .limit(SHOWN)
        )
        shown = list(await self.writing.session.scalars(connected))
        notified = await self._rows(following.notifications({"predecessor_id": following.old}))
        self._tell_each(EffectKind.NOTIFICATION, following.old, shown, notified)

    def _tell_each(self, kind: EffectKind, number: int, user_ids: list[int], total: int) -> None:
        for user_id in user_ids:
            self.writing.tell(kind, user_id=user_id, structure_id=number)
        if total > len(user_ids):
            self.writing.tell(kind, count=total - len(user_ids))

    def _record(self, card: Structure, successor: Structure) -> None:
        told = change("identifier", card.told_identifier, successor.told_identifier)
        for own, other in ((card, successor), (successor, card)):
            target = (TargetType.STRUCTURE, other.id)
            self.writing.record(self.action, own.id, target, changes=[told])
