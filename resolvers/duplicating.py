"""Giving users what another user of the same structure has (domain.md 3.4)."""

from typing import Annotated, Any

from typing_extensions import override

from models.areas import AreaSubscription
from models.membership_life import SOURCE, require_copyable
from models.memberships import Membership, MembershipScope, MembershipStatus
from models.outbox import NotificationKind
from models.policy import Action
from models.requests import Request, RequestKind
from resolvers import granting
from resolvers.acts import perform
from resolvers.connected import deactivated_accounts, require_connected, visible_membership
from resolvers.deciding import fulfil
from resolvers.effects import EffectKind
from resolvers.giving import fulfil_connections, requested_services, waiting_requests
from resolvers.membership_inputs import DuplicateRightsInput
from resolvers.membership_life import MembershipAct, tell_persons
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Target
from resolvers.places import reached, take_places
from resolvers.request_inputs import WHAT_TO_DO


class DuplicateRights(MembershipAct):
    """Adds the services and the rights of one membership to others; it takes nothing away."""

    action = Action.SUBSCRIPTION_DUPLICATE
    items_field = "membership_ids"
    given: DuplicateRightsInput

    @property
    @override
    def numbers(self) -> set[int]:
        return {*super().numbers, self.number(self.given.source_membership_id)}

    @override
    async def prepare(self) -> None:
        await super().prepare()
        writing = self.writing
        members = {membership.user_id for membership in self.memberships.values()}
        self._gone = await deactivated_accounts(writing, members)
        self._listed = await granting.listings(writing, self.memberships)
        self._rights = await granting.rights_of(writing, self.memberships)
        named = {service_id for _, service_id in self._listed}
        for rights in self._rights.values():
            named |= {right.service_id or 0 for right in rights}
        self._services = await granting.services_of(writing, named)
        self._asked = await waiting_requests(
            writing, writing.structures, members, tuple(RequestKind)
        )
        self._wanted = await requested_services(writing, self._asked)

    @override
    async def apply(self, item: Any) -> Target:
        writing = self.writing
        membership = visible_membership(writing, self.memberships, self.number(item))
        writing.require(self.action, membership.structure_id)
        number = self.number(self.given.source_membership_id)
        source = visible_membership(writing, self.memberships, number, *SOURCE)
        require_copyable(source, membership)
        await writing.require_active(membership.structure_id)
        require_connected(membership, self._gone)
        async with writing.saving():
            await self._copy(source, membership)
        return self.target(item)

    async def _copy(self, source: Membership, membership: Membership) -> None:
        writing = self.writing
        told = len(writing.effects)
        self._copy_reach(source, membership)
        held = self._rights.setdefault(membership.id, [])
        for right in sorted(self._rights.get(source.id, ()), key=lambda one: one.id):
            if self._usable(right):
                self._copy_right(membership, right, held)
        if len(writing.effects) == told:
            return
        await writing.session.flush()
        asked = self._asked.get((membership.structure_id, membership.user_id), ())
        fulfil_connections(writing, membership, self._listed, asked, self._wanted)
        for request in asked:
            if self._covers(held, request):
                fulfil(writing, request)
        message = NotificationKind.RIGHTS_DUPLICATED
        tell_persons(writing, message, membership, {membership.user_id})

    def _copy_reach(self, source: Membership, membership: Membership) -> None:
        writing, before = self.writing, membership.scope
        if before == MembershipScope.ALL_SERVICES:
            return
        if source.scope == MembershipScope.ALL_SERVICES:
            membership.reach_all(writing.now)
            take_places(writing, membership, self._listed, told=False)
            change = {"before": before, "after": membership.scope}
            writing.alter(membership, EffectKind.MEMBERSHIP_CHANGED, **change)
            return
        wanted = sorted(self._reached(source) - self._reached(membership))
        if granting.list_services(writing, membership, wanted, self._listed):
            membership.touch(writing.now)

    def _reached(self, membership: Membership) -> set[int]:
        today = self.writing.now.date()
        listed = reached(membership.id, self._listed)
        return {number for number in listed if self._services[number].active_on(today)}

    def _usable(self, right: AreaSubscription) -> bool:
        # A right that its holder cannot use himself is nothing to hand on.
        service = self._services.get(right.service_id or 0)
        if service is None:
            return True
        listing = self._listed.get((right.membership_id, service.id))
        reached = listing is not None and listing.status == MembershipStatus.ACTIVE
        everything = self.memberships[right.membership_id].scope == MembershipScope.ALL_SERVICES
        return (reached or everything) and service.active_on(self.writing.now.date())

    def _copy_right(
        self, membership: Membership, right: AreaSubscription, held: list[AreaSubscription]
    ) -> None:
        wanted = (right.area, right.mode, right.service_id)
        given = granting.give_right(self.writing, membership, wanted, held)
        if given is not None and given not in held:
            held.append(given)

    def _covers(self, held: list[AreaSubscription], request: Request) -> bool:
        if request.area is None or request.mode is None:
            return False
        return granting.covered((request.area, request.mode, request.service_id), held)


async def duplicate_rights(
    info: Info, input: Annotated[DuplicateRightsInput, WHAT_TO_DO]
) -> Outcome:
    """Give users what another user has."""
    return await perform(info, DuplicateRights, input)
