"""Leaving structures by oneself (domain.md 3.5)."""

from typing import Annotated, Any

from sqlalchemy import select
from typing_extensions import override

from models.errors import ErrorCode, NotFound, RuleRefused
from models.memberships import Membership, MembershipStatus
from models.outbox import NotificationKind
from models.policy import Action
from models.requests import RequestKind
from resolvers.acts import Act, perform
from resolvers.deciding import end_without_decision
from resolvers.giving import waiting_requests
from resolvers.granting import end_rights, rights_of
from resolvers.membership_inputs import LeaveStructuresInput
from resolvers.membership_life import primary_managers, tell_life, tell_persons
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Target
from resolvers.request_inputs import WHAT_TO_DO


class LeaveStructures(Act):
    """Ends the actor's own memberships."""

    action = Action.MEMBERSHIP_LEAVE
    items_field = "structure_ids"
    given: LeaveStructuresInput

    def _number(self, item: Any) -> int:
        return self.writing.number(item, NodeKind.STRUCTURE)

    @override
    async def aim(self) -> list[int]:
        return [self._number(item) for item in self.items]

    @override
    async def prepare(self) -> None:
        writing, viewer = self.writing, self.writing.viewer
        # The live one comes last, so that it counts before those that ended earlier.
        own = (
            select(Membership)
            .where(
                writing.among(Membership.structure_id, writing.structures),
                Membership.user_id == viewer.id,
            )
            .order_by(Membership.status != MembershipStatus.DELETED, Membership.id)
        )
        found = await writing.session.scalars(own)
        self._own = {membership.structure_id: membership for membership in found}
        numbers = [membership.id for membership in self._own.values()]
        self._rights = await rights_of(writing, numbers)
        self._waiting = await waiting_requests(
            writing, writing.structures, [viewer.id], tuple(RequestKind)
        )
        self._primary = await primary_managers(writing, writing.structures)

    @override
    def target(self, item: Any) -> Target:
        return Target(NodeKind.STRUCTURE, self._number(item))

    @override
    async def apply(self, item: Any) -> Target:
        writing, number = self.writing, self._number(item)
        if not writing.sees_card(number):
            raise NotFound
        # Whatever is left here is the actor's own.
        writing.require(self.action, number, writing.viewer.id)
        membership = self._own.get(number)
        if membership is None:
            message = "You are not connected to this structure."
            raise RuleRefused(ErrorCode.CONFLICT, message)
        if membership.status != MembershipStatus.DELETED:
            membership.require_other_than_primary()
            async with writing.saving():
                self._leave(membership)
        return self.target(item)

    def _leave(self, membership: Membership) -> None:
        writing, number = self.writing, membership.structure_id
        before, role = membership.status, membership.role
        membership.delete(writing.now)
        tell_life(writing, membership, before, role)
        end_rights(writing, membership, self._rights.get(membership.id, ()))
        for request in self._waiting.get((number, membership.user_id), ()):
            end_without_decision(writing, request)
        primary = self._primary.get(number, set())
        tell_persons(writing, NotificationKind.MEMBERSHIP_LEFT, membership, primary)


async def leave_structures(
    info: Info, input: Annotated[LeaveStructuresInput, WHAT_TO_DO]
) -> Outcome:
    """End own memberships."""
    return await perform(info, LeaveStructures, input)
