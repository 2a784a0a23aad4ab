"""Acts of managers on the users of one service: to list them on it, and to take them off."""

from collections.abc import Iterable
from typing import Annotated, Any

from sqlalchemy import select
from typing_extensions import override

from models.errors import NotFound
from models.memberships import Membership
from models.policy import Action
from models.services import Service
from resolvers import granting
from resolvers.acts import perform
from resolvers.connected import visible_membership
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Target
from resolvers.reaching import ALL_SERVICES, LISTED, ReachAct
from resolvers.request_inputs import WHAT_TO_DO
from resolvers.service_inputs import DisableServiceUsersInput, EnableServiceUsersInput


SERVICE = ("input", "serviceId")


class ServiceUserAct(ReachAct):
    """An act on users of one service."""

    items_field = "membership_ids"
    given: Any

    def _number(self, item: str) -> int:
        return self.writing.number(item, NodeKind.MEMBERSHIP)

    @override
    async def aim(self) -> Iterable[int]:
        self._service_id = self.writing.number(self.given.service_id, NodeKind.SERVICE)
        place = select(Service.structure_id).where(Service.id == self._service_id)
        return set(await self.writing.session.scalars(place))

    @override
    async def prepare(self) -> None:
        await self.read({self._number(item) for item in self.items}, [self._service_id])

    @override
    def target(self, item: str) -> Target | None:
        """Tell the user of the service, where there is such a pair that the actor may know of."""
        known = self._known_service()
        membership = self.memberships.get(self._number(item))
        if known is None or membership is None or membership.structure_id != known.structure_id:
            return None
        if not self.writing.viewer.passes(Action.USER_LIST, known.structure_id):
            return None
        return Target(NodeKind.SERVICE_USER, membership.id, known.id)

    @override
    def subject(self, item: str) -> Target | None:
        known = self.target(item)
        return None if known is None else Target(NodeKind.MEMBERSHIP, known.number)

    def _known_service(self) -> Service | None:
        service = self.services.get(self._service_id)
        if service is None:
            return None
        card = self.writing.structures[service.structure_id]
        published = card.published and service.active_on(self.writing.now.date())
        seen = self.writing.viewer.passes(Action.SERVICE_LIST, card.id, published=published)
        return service if seen else None

    @override
    async def apply(self, item: str) -> Target | None:
        service = self._known_service()
        if service is None:
            raise NotFound(field=SERVICE)
        self.writing.require(self.action, service.structure_id)
        membership = visible_membership(self.writing, self.memberships, self._number(item))
        if membership.structure_id != service.structure_id:
            raise NotFound
        membership.require_simple()
        await self.change(membership, service)
        return self.target(item)

    async def change(self, membership: Membership, service: Service) -> None:
        """Apply the rules of this act to the user of *membership*, then write it."""
        raise NotImplementedError


class EnableServiceUsers(ServiceUserAct):
    """Lists users on a service."""

    given: EnableServiceUsersInput

    @override
    async def change(self, membership: Membership, service: Service) -> None:
        await self.require_growth(membership)
        granting.usable_service(self.writing, service, service.structure_id, *SERVICE)
        if membership.scope != ALL_SERVICES:
            await self.reach(membership, LISTED, self.places(membership) | {service.id})


class DisableServiceUsers(ServiceUserAct):
    """Takes users off a service."""

    given: DisableServiceUsersInput

    @override
    async def change(self, membership: Membership, service: Service) -> None:
        membership.require_limited()
        await self.reach(membership, LISTED, self.places(membership) - {service.id})


async def enable_service_users(
    info: Info, input: Annotated[EnableServiceUsersInput, WHAT_TO_DO]
) -> Outcome:
    """List users on a service."""
    return await perform(info, EnableServiceUsers, input)


async def disable_service_users(
    info: Info, input: Annotated[DisableServiceUsersInput, WHAT_TO_DO]
) -> Outcome:
    """Take users off a service."""
    return await perform(info, DisableServiceUsers, input)
