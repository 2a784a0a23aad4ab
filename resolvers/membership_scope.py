"""The act that says which services a user reaches: all, or those listed."""

from collections.abc import Iterable
from typing import Annotated, Any

from sqlalchemy import select
from typing_extensions import override

from models.errors import Invalid, LimitReached
from models.memberships import Membership
from resolvers import granting
from resolvers.acts import MAXIMUM_ITEMS, perform
from resolvers.connected import visible_membership
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Target
from resolvers.reaching import ALL_SERVICES, LISTED, ReachAct
from resolvers.request_inputs import WHAT_TO_DO
from resolvers.service_inputs import SetMembershipScopeInput


SERVICES = ("serviceIds",)


class SetMembershipScope(ReachAct):
    """Lets a simple user reach all services, or those listed."""

    given: SetMembershipScopeInput

    @classmethod
    @override
    def checked(cls, given: SetMembershipScopeInput) -> SetMembershipScopeInput:
        named = given.service_ids or []
        path = ("input", *SERVICES)
        if given.scope == LISTED and not named:
            message = "Name at least one service that the user shall reach."
            raise Invalid(message, expected="1 to 100 services.", field=path)
        if given.scope == ALL_SERVICES and given.service_ids is not None:
            message = "Who reaches all services is limited to none."
            raise Invalid(message, expected="No list of services.", field=path)
        if len(named) > MAXIMUM_ITEMS:
            refused = LimitReached(f"Name at most {MAXIMUM_ITEMS} services.", limit=MAXIMUM_ITEMS)
            raise refused.at(*path)
        return given

    @override
    async def aim(self) -> Iterable[int]:
        self._number = self.writing.number(self.given.membership_id, NodeKind.MEMBERSHIP)
        place = select(Membership.structure_id).where(Membership.id == self._number)
        return set(await self.writing.session.scalars(place))

    @override
    async def prepare(self) -> None:
        texts = self.given.service_ids or []
        self._wanted_services = {self.writing.number(text, NodeKind.SERVICE) for text in texts}
        await self.read([self._number], self._wanted_services)

    @override
    def target(self, item: Any) -> Target:
        return Target(NodeKind.MEMBERSHIP, self._number)

    @override
    async def apply(self, item: Any) -> Target:
        membership = visible_membership(
            self.writing, self.memberships, self._number, "membershipId"
        )
        self.writing.require(self.action, membership.structure_id)
        membership.require_version(self.given.version)
        membership.require_simple()
        await self._require_allowed(membership)
        await self.reach(membership, self.given.scope, self._wanted_services)
        return self.target(item)

    async def _require_allowed(self, membership: Membership) -> None:
        limited = membership.scope == LISTED
        added = self._wanted_services - (self.places(membership) if limited else set())
        for number in sorted(added):
            service = self.services.get(number)
            place = membership.structure_id
            granting.usable_service(self.writing, service, place, *SERVICES)
        if limited and (added or self.given.scope == ALL_SERVICES):
            await self.require_growth(membership)


async def set_membership_scope(
    info: Info, input: Annotated[SetMembershipScopeInput, WHAT_TO_DO]
) -> Outcome:
    """Say which services a user reaches."""
    return await perform(info, SetMembershipScope, input)
