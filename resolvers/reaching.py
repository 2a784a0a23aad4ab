"""What all acts share that change which services users reach."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from models.memberships import Membership, MembershipScope, MembershipStatus, ServiceMembership
from models.policy import Action
from models.requests import RequestKind, RequestStatus
from models.services import Service
from resolvers import granting
from resolvers.acts import Act
from resolvers.connected import deactivated_accounts, require_connected
from resolvers.deciding import end_without_decision
from resolvers.effects import EffectKind
from resolvers.giving import fulfil_connections, requested_services, waiting_requests
from resolvers.listed_users import notify_users
from resolvers.places import take_places


ALL_SERVICES, LISTED = MembershipScope.ALL_SERVICES, MembershipScope.LISTED


class ReachAct(Act):
    """
    An act on the services that memberships of one structure reach.

    *memberships* and *services* are those concerned, *listed* the places on services, *gone* the
    deactivated accounts. What is lost takes the rights on it along, so that nobody gets them back
    unnoticed.
    """

    action = Action.SERVICE_USER_MANAGE
    memberships: dict[int, Membership]
    services: dict[int, Service]
    listed: dict[tuple[int, int], ServiceMembership]
    gone: set[int]

    async def read(self, membership_ids: Iterable[int], service_ids: Iterable[int]) -> None:
        """Read memberships and what hangs on them, one statement for each kind of object."""
        writing = self.writing
        named = select(Membership).where(writing.among(Membership.id, membership_ids))
        self.memberships = {one.id: one for one in await writing.session.scalars(named)}
        self.listed = await granting.listings(writing, self.memberships)
        self._rights = await granting.rights_of(writing, self.memberships)
        known = {service_id for _, service_id in self.listed} | {
            right.service_id or 0 for held in self._rights.values() for right in held
        }
        self.services = await granting.services_of(writing, known | set(service_ids))
        users = {one.user_id for one in self.memberships.values()}
        self.gone = await deactivated_accounts(writing, users)
        kinds = tuple(RequestKind)
        self._asked = await waiting_requests(writing, writing.structures, users, kinds)
        self._wanted = await requested_services(writing, self._asked)

    def places(self, membership: Membership) -> set[int]:
        """Give the services that are listed on a membership, inactive ones as well."""
        return {
            service_id
            for (membership_id, service_id), listing in self.listed.items()
            if membership_id == membership.id and listing.status != MembershipStatus.DELETED
        }

    async def require_growth(self, membership: Membership) -> None:
        """
        Check that a membership may reach more.

        Raises:
            StructureInactive: naming the card that replaced it.
            RuleRefused: CONFLICT, USER_INACTIVE.
        """
        await self.writing.require_active(membership.structure_id)
        require_connected(membership, self.gone)

    async def reach(
        self, membership: Membership, scope: MembershipScope, services: set[int]
    ) -> None:
        """Let *membership* reach all services, or exactly *services*, in a savepoint."""
        writing, before = self.writing, membership.scope
        lost = self.places(membership) - services
        found = {number for number in services if self._grows(membership, number)}
        if scope == before and not lost and not found:
            return
        async with writing.saving():
            membership.reach(scope, writing.now)
            if scope != before:
                self._tell(membership, before=before, after=scope)
            take_places(writing, membership, self.listed, services, told=before == scope)
            granting.list_services(writing, membership, sorted(found), self.listed)
            await writing.session.flush()
            if scope == LISTED:
                self._end_rights(membership, services)
                self._cancel_requests(membership, services)
            if found or scope != before:
                asked = self._asked.get((membership.structure_id, membership.user_id), ())
                fulfil_connections(writing, membership, self.listed, asked, self._wanted)
            self._notify(membership, lost | found)

    def _grows(self, membership: Membership, number: int) -> bool:
        # A place on a service that is switched off waits until that is switched on.
        listing = self.listed.get((membership.id, number))
        if listing is None or listing.status == MembershipStatus.DELETED:
            return True
        waits = not self.services[number].enabled
        return listing.status != MembershipStatus.ACTIVE and not waits

    def _end_rights(self, membership: Membership, kept: set[int]) -> None:
        ended = [
            right
            for right in self._rights.get(membership.id, ())
            if right.ended_at is None and right.service_id not in {None, *kept}
        ]
        granting.end_rights(self.writing, membership, ended)

    def _cancel_requests(self, membership: Membership, kept: set[int]) -> None:
        for request in self._asked.get((membership.structure_id, membership.user_id), ()):
            waits = request.status == RequestStatus.PENDING
            if waits and request.service_id not in {None, *kept}:
                end_without_decision(self.writing, request)

    def _notify(self, membership: Membership, touched: set[int]) -> None:
        if membership.status == MembershipStatus.ACTIVE:
            only = self.services[min(touched)] if len(touched) == 1 else None
            notify_users(self.writing, membership.structure_id, [membership.user_id], only)

    def _tell(self, membership: Membership, **values: Any) -> None:
        self.writing.alter(membership, EffectKind.MEMBERSHIP_CHANGED, **values)
