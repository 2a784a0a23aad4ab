"""Handing over the role of primary manager."""

from typing import Annotated, Any

import strawberry

from sqlalchemy import or_, select
from typing_extensions import override

from models.accounts import User
from models.errors import ErrorCode, LimitReached, RuleRefused
from models.memberships import MANAGERS, Membership, MembershipStatus, Role
from models.outbox import NotificationKind
from models.policy import Action
from models.requests import Request, RequestKind, RequestStatus
from models.transfers import AfterTransfer, Transfer
from resolvers.acts import Act, Undone, perform
from resolvers.deciding import end_without_decision, fulfil
from resolvers.effects import EffectKind
from resolvers.granting import end_rights, listings, rights_of
from resolvers.inputs import UserLookup, described_input, told
from resolvers.naming import named_account
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Problem, Target
from resolvers.places import take_places
from resolvers.reasons import with_clean_reason
from resolvers.request_inputs import WHAT_TO_DO


@described_input()
class TransferPrimaryManagerInput:
    """Which structures, and to whom."""

    structure_ids: list[strawberry.ID] = told("1 to 100 structures.")
    successor: UserLookup = told("The new primary manager; he need not be connected yet.")
    after_transfer: AfterTransfer = told(
        "What becomes of the former primary manager.", default=AfterTransfer.LEAVE
    )
    reason: str | None = told(
        "Why, in 3 to 500 characters, for the history; the support must say it.", default=None
    )
    dry_run: bool = told("Do nothing, only foresee the effects.", default=False)
    idempotency_key: str | None = told(
        "A key of your own; a repeated call with it is done once.", default=None
    )


async def transfer_primary_manager(
    info: Info,
    input: Annotated[TransferPrimaryManagerInput, WHAT_TO_DO],
) -> Outcome:
    """Hand the role of one or several structures to another user."""
    return await perform(info, TransferPrimaryManager, input)


class TransferPrimaryManager(Act):
    """The transfer of the primary roles of some structures to one successor."""

    action = Action.PRIMARY_MANAGER_TRANSFER
    items_field = "structure_ids"
    given: TransferPrimaryManagerInput

    @classmethod
    @override
    def checked(cls, given: TransferPrimaryManagerInput) -> TransferPrimaryManagerInput:
        return with_clean_reason(given)

    @override
    async def aim(self) -> list[int]:
        return [self._number(item) for item in self.items]

    def _number(self, item: Any) -> int:
        return self.writing.number(item, NodeKind.STRUCTURE)

    @override
    async def prepare(self) -> None:
        self._missed = False
        try:
            self.writing.misses.refuse_exhausted(self.writing.viewer.id)
        except LimitReached as refused:
            raise Undone(Outcome(problems=[Problem.of(refused)])) from None
        numbers = {self._number(item) for item in self.items}
        # What the caller may not know of costs and tells the same as what does not exist.
        self._numbers = sorted(filter(self.writing.sees_card, numbers))
        self._successor = await named_account(self.writing, self.given.successor)
        successor_id = 0 if self._successor is None else self._successor.id
        await self._read_memberships(successor_id)
        await self._read_requests(successor_id)
        leaving = [membership.id for membership in self._former.values()]
        self._rights = await rights_of(self.writing, leaving)
        held = [membership.id for membership in self._held.values()]
        self._listed = await listings(self.writing, held)

    async def _read_memberships(self, successor_id: int) -> None:
        statement = select(Membership).where(
            self.writing.among(Membership.structure_id, self._numbers),
            Membership.status != MembershipStatus.DELETED,
            or_(Membership.role.in_(MANAGERS), Membership.user_id == successor_id),
        )
        self._former: dict[int, Membership] = {}
        self._held: dict[int, Membership] = {}
        self._secondary: dict[int, list[Membership]] = {number: [] for number in self._numbers}
        for membership in await self.writing.session.scalars(statement):
            place = membership.structure_id
            if membership.role == Role.PRIMARY_MANAGER:
                self._former[place] = membership
            elif membership.is_manager:
                self._secondary[place].append(membership)
            if membership.user_id == successor_id:
                self._held[place] = membership

    async def _read_requests(self, successor_id: int) -> None:
        former = {place: membership.user_id for place, membership in self._former.items()}
        statement = select(Request).where(
            self.writing.among(Request.structure_id, self._numbers),
            self.writing.among(Request.requester_id, {successor_id, *former.values()}),
            Request.status == RequestStatus.PENDING,
        )
        self._requests: dict[int, Request] = {}
        self._abandoned: dict[int, list[Request]] = {number: [] for number in self._numbers}
        for request in await self.writing.session.scalars(statement.order_by(Request.id)):
            place = request.structure_id
            if request.status_at(self.writing.now) != RequestStatus.PENDING:
                continue
            if request.requester_id == former.get(place):
                self._abandoned[place].append(request)
            elif request.kind == RequestKind.CONNECTION and request.requester_id == successor_id:
                self._requests[place] = request

    @override
    def target(self, item: Any) -> Target:
        return Target(NodeKind.STRUCTURE, self._number(item))

    @override
    async def apply(self, item: Any) -> Target:
        number = self._number(item)
        self.writing.allowed_card(self.action, number)
        await self._transfer(number)
        return self.target(item)

    async def _transfer(self, number: int) -> None:
        transfer = Transfer(
            structure_id=number,
            by_support=self.writing.viewer.role(number) != Role.PRIMARY_MANAGER,
            former=self._former.get(number),
            successor=self._successor,
            held=self._held.get(number),
        )
        try:
            successor = transfer.check(self.writing.viewer.id, self.given.reason)
        except RuleRefused as refused:
            self._count_miss(refused)
            raise
        if not transfer.by_support:
            await self.writing.require_active(number)
        async with self.writing.saving():
            await self._release(transfer)
            await self._accede(transfer, successor)
            self._tell_everyone(transfer, successor)

    def _count_miss(self, refused: RuleRefused) -> None:
        if refused.code != ErrorCode.USER_NOT_ELIGIBLE or self._missed:
            return
        try:
            self.writing.misses.count(self.writing.viewer.id)
        except LimitReached as exhausted:
            raise Undone(Outcome(problems=[Problem.of(exhausted)])) from None
        self._missed = True

    async def _release(self, transfer: Transfer) -> None:
        writing, former = self.writing, transfer.former
        if former is None:
            return
        transfer.release(self.given.after_transfer, writing.now)
        left = former.status == MembershipStatus.DELETED
        after = None if left else former.role
        writing.alter(former, EffectKind.ROLE_CHANGED, before=Role.PRIMARY_MANAGER, after=after)
        if left:
            change = {"before": MembershipStatus.ACTIVE, "after": former.status}
            writing.alter(former, EffectKind.MEMBERSHIP_CHANGED, **change)
            end_rights(writing, former, self._rights.get(former.id, ()))
            for request in self._abandoned[transfer.structure_id]:
                end_without_decision(writing, request)
        # At no moment may two memberships hold the role.
        await writing.session.flush()

    async def _accede(self, transfer: Transfer, successor: User) -> None:
        writing, held = self.writing, transfer.held
        role = None if held is None else held.role
        before = None if held is None else (held.status, held.scope)
        membership = transfer.accede(successor, writing.now)
        take_places(writing, membership, self._listed, told=False)
        writing.session.add(membership)
        await writing.session.flush()
        if before is None:
            writing.alter(membership, EffectKind.MEMBERSHIP_CREATED, after=membership.scope)
        for old, new in zip(before or (), (membership.status, membership.scope), strict=False):
            if old != new:
                writing.alter(membership, EffectKind.MEMBERSHIP_CHANGED, before=old, after=new)
        writing.alter(membership, EffectKind.ROLE_CHANGED, before=role, after=membership.role)

    def _tell_everyone(self, transfer: Transfer, successor: User) -> None:
        writing, number, former = self.writing, transfer.structure_id, transfer.former
        request = self._requests.get(number)
        if request is not None:
            # Whoever asked to be connected is connected now (domain.md 3.3).
            fulfil(writing, request)
        concerned = {successor.id, *(one.user_id for one in self._secondary[number])}
        if former is not None:
            concerned.add(former.user_id)
        writing.announce(
            NotificationKind.PRIMARY_MANAGER_TRANSFERRED,
            number,
            sorted(concerned),
            successor_id=successor.id,
            former_id=None if former is None else former.user_id,
        )
