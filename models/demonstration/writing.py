"""The pen that adds the demonstration's rows and remembers what they need of one another."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import User
from models.areas import AreaCode, AreaMode, AreaSubscription, StructureArea
from models.base import sort_key
from models.demonstration.places import Place
from models.history import ManagerAction, TargetType
from models.memberships import (
    MANAGERS,
    Membership,
    MembershipOrigin,
    MembershipScope,
    MembershipStatus,
    Role,
    ServiceMembership,
)
from models.policy import Action
from models.requests import Request, RequestedService, RequestKind, RequestStatus
from models.services import Service
from models.structures import ApplicationCode, Structure, StructureApplication


class Site:
    """A structure that was written, with the ids of its services by their codes."""

    def __init__(self, structure: Structure, services: dict[str, int]) -> None:
        """Keep *structure* and *services*."""
        self.structure = structure
        self.services = services

    @property
    def id(self) -> int:
        """The structure's id."""
        return self.structure.id


class Pen:
    """Adds rows to *session* as seen at *now*, `days` earlier where a method takes that."""

    def __init__(self, session: AsyncSession, now: datetime) -> None:
        """Prepare; nothing is written yet."""
        self.session = session
        self.now = now

    def before(self, days: int) -> datetime:
        """Give the instant *days* ago."""
        return self.now - timedelta(days=days)

    def _stamps(self, days: int) -> dict[str, Any]:
        return {"created_at": self.before(days), "updated_at": self.before(days)}

    async def site(self, place: Place, **more: Any) -> Site:
        """Write the structure of *place* with its services and openings."""
        structure = Structure(
            identifier_type=place.identifier_type,
            identifier=place.identifier,
            name=place.name,
            name_key=sort_key(place.name),
            sector=place.sector,
            line1=place.street,
            postal_code=place.postal_code,
            city=place.city,
            country=place.country,
            **self._stamps(400),
            **more,
        )
        self.session.add(structure)
        await self.session.flush()
        services = [
            Service(
                structure_id=structure.id,
                code=code,
                name=name,
                name_key=sort_key(name),
                **self._stamps(400),
            )
            for code, name in place.services
        ]
        self.session.add_all(services)
        await self.session.flush()
        site = Site(structure, {service.code: service.id for service in services})
        self._furnish(site, place)
        await self.session.flush()
        return site

    def _furnish(self, site: Site, place: Place) -> None:
        self.session.add(
            StructureApplication(
                structure_id=site.id,
                code=ApplicationCode.PAYMENT_REQUEST,
                added_at=self.before(400),
            )
        )
        self.session.add_all(
            StructureArea(
                structure_id=site.id,
                service_id=None if code is None else site.services[code],
                area=area,
                mode=mode,
                opened_at=self.before(390),
                **self._stamps(390),
            )
            for area, mode, code in place.openings
        )

    async def member(
        self,
        site: Site,
        user: User,
        role: Role = Role.SIMPLE_USER,
        *,
        services: tuple[str, ...] = (),
        status: MembershipStatus = MembershipStatus.ACTIVE,
        origin: MembershipOrigin = MembershipOrigin.MANAGER,
    ) -> Membership:
        """Write a membership: of all services for a manager or where *services* is empty."""
        everywhere = role in MANAGERS or not services
        membership = Membership(
            structure_id=site.id,
            user_id=user.id,
            role=role,
            status=status,
            scope=MembershipScope.ALL_SERVICES if everywhere else MembershipScope.LISTED,
            origin=origin,
            **self._stamps(300),
        )
        self.session.add(membership)
        await self.session.flush()
        self.session.add_all(
            ServiceMembership(
                structure_id=site.id,
                membership_id=membership.id,
                service_id=site.services[code],
                **self._stamps(300),
            )
            for code in (() if everywhere else services)
        )
        await self.session.flush()
        return membership

    def right(
        self,
        site: Site,
        membership: Membership,
        area: AreaCode,
        mode: AreaMode,
        service: str | None = None,
    ) -> None:
        """Write a right on *area*: on one *service*, or on the whole structure."""
        self.session.add(
            AreaSubscription(
                structure_id=site.id,
                membership_id=membership.id,
                service_id=None if service is None else site.services[service],
                area=area,
                mode=mode,
                **self._stamps(250),
            )
        )

    async def asks_connection(
        self, site: Site, user: User, comment: str, *services: str, days: int = 3
    ) -> Request:
        """Write a pending connection request, made *days* ago."""
        request = Request(
            kind=RequestKind.CONNECTION,
            structure_id=site.id,
            requester_id=user.id,
            comment=comment,
            **self._stamps(days),
        )
        self.session.add(request)
        await self.session.flush()
        self.session.add_all(
            RequestedService(
                structure_id=site.id, request_id=request.id, service_id=site.services[code]
            )
            for code in services
        )
        return request

    async def asks_right(
        self,
        site: Site,
        user: User,
        area: AreaCode,
        mode: AreaMode,
        service: str | None = None,
        *,
        days: int = 2,
    ) -> Request:
        """Write a pending subscription request, made *days* ago."""
        request = Request(
            kind=RequestKind.SUBSCRIPTION,
            structure_id=site.id,
            requester_id=user.id,
            area=area,
            mode=mode,
            service_id=None if service is None else site.services[service],
            **self._stamps(days),
        )
        self.session.add(request)
        await self.session.flush()
        return request

    async def decides(
        self,
        request: Request,
        manager: User,
        status: RequestStatus,
        *,
        days: int,
        reason: str | None = None,
    ) -> None:
        """Write the decision of *manager* on *request*, *days* ago, and its entry in the history."""
        request.decide(status, self.before(days), manager.id, reason)
        connection = request.kind == RequestKind.CONNECTION
        await self.acts(
            request.structure_id,
            manager,
            Action.CONNECTION_REQUEST_DECIDE if connection else Action.SUBSCRIPTION_REQUEST_DECIDE,
            days=days,
            target=(TargetType.REQUEST, request.id),
            user_id=request.requester_id,
            reason=reason,
            changes=[{"field": "status", "before": "PENDING", "after": status.value}],
        )

    async def acts(
        self,
        structure_id: int,
        actor: User,
        action: Action,
        *,
        days: int,
        target: tuple[TargetType, int],
        **more: Any,
    ) -> None:
        """Write an entry of the history, made *days* ago."""
        self.session.add(
            ManagerAction(
                structure_id=structure_id,
                at=self.before(days),
                action=action,
                actor_id=actor.id,
                target_type=target[0],
                target_id=target[1],
                **{"changes": [], **more},
            )
        )
        await self.session.flush()
