"""Acts of managers that make services inactive, and active again."""

from collections.abc import Iterable
from typing import Annotated, Any

from sqlalchemy import update
from typing_extensions import override

from models.memberships import Membership, MembershipStatus, ServiceMembership
from models.services import Service
from resolvers.acts import perform
from resolvers.effects import EffectKind
from resolvers.listed_users import ListedUser, listed_on, notify_users
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Target
from resolvers.request_inputs import WHAT_TO_DO
from resolvers.service_acts import ServiceAct, record_service
from resolvers.service_inputs import DeactivateServiceInput, ReactivateServiceInput
from resolvers.traces import Tie


ACTIVE, INACTIVE = MembershipStatus.ACTIVE, MembershipStatus.INACTIVE


class ServiceSwitch(ServiceAct):
    """
    An act that switches a service on or off.

    The places of those listed on it are switched with it, so that each finds his own again;
    their rights on it stay, without effect meanwhile.
    """

    async def switch(self, service: Service, listed: Iterable[ListedUser], *, on: bool) -> None:
        """Switch *service* and the places of those *listed* on it; inside a savepoint."""
        writing = self.writing
        service.switch(writing.now, on=on)
        record_service(writing, service, {"enabled": (not on, on)})
        users = list(listed)
        before, after = (INACTIVE, ACTIVE) if on else (ACTIVE, INACTIVE)
        places = update(ServiceMembership).where(
            ServiceMembership.service_id == service.id, ServiceMembership.status == before
        )
        touched = writing.among(Membership.id, [one.membership_id for one in users])
        version = Membership.version + 1
        for statement in (
            places.values(status=after, updated_at=writing.now),
            update(Membership).where(touched).values(version=version, updated_at=writing.now),
        ):
            options = {"synchronize_session": False}
            await writing.session.execute(statement, execution_options=options)
        told = {"service_id": service.id, "before": before, "after": after}
        for one in users:
            tie = Tie(one.membership_id, service.structure_id, one.user_id)
            writing.alter(tie, EffectKind.MEMBERSHIP_CHANGED, **told)
        reached = [one.user_id for one in users if one.active]
        notify_users(writing, service.structure_id, reached, service)


class DeactivateService(ServiceSwitch):
    """Makes a service inactive."""

    given: DeactivateServiceInput

    @override
    async def apply(self, item: Any) -> Target:
        service = await self.changeable_service()
        if service.enabled:
            if service.active_on(self.today):
                listed = await self.require_dispensable(service)
            else:
                listed = await self.confirmed_users(service)
            async with self.writing.saving():
                self.tell_inactive(service)
                await self.switch(service, listed, on=False)
        return self.target(item)


class ReactivateService(ServiceSwitch):
    """Makes a service active again."""

    given: ReactivateServiceInput

    @override
    async def apply(self, item: Any) -> Target:
        service = await self.changeable_service()
        if not service.enabled:
            service.require_unfinished(self.today)
            listed = await listed_on(self.writing, service, INACTIVE)
            async with self.writing.saving():
                await self.switch(service, listed, on=True)
        return self.target(item)


async def deactivate_service(
    info: Info, input: Annotated[DeactivateServiceInput, WHAT_TO_DO]
) -> Outcome:
    """Make a service inactive."""
    return await perform(info, DeactivateService, input)


async def reactivate_service(
    info: Info, input: Annotated[ReactivateServiceInput, WHAT_TO_DO]
) -> Outcome:
    """Make a service active again."""
    return await perform(info, ReactivateService, input)
