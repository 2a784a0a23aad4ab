"""The validation of requests: connections and rights are given."""

from typing import Annotated

from sqlalchemy import select
from typing_extensions import override

from models.areas import AreaMode, require_opened
from models.errors import ErrorCode, Invalid, RuleRefused
from models.membership_life import require_touchable
from models.memberships import Membership, MembershipStatus
from models.policy import Action
from models.requests import Request, RequestedService, RequestKind, RequestStatus
from resolvers import granting
from resolvers.acts import perform
from resolvers.deciding import Decision
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome
from resolvers.request_inputs import (
    WHAT_TO_DO,
    ConnectionRequestDecision,
    SubscriptionRequestDecision,
    ValidateConnectionRequestsInput,
    ValidateSubscriptionRequestsInput,
)


class Validation(Decision):
    """Validates requests."""

    status = RequestStatus.VALIDATED
    memberships: granting.Ties

    @override
    async def prepare(self) -> None:
        await super().prepare()
        self.memberships = await granting.live_memberships(
            self.writing,
            {request.structure_id for request in self.requests.values()},
            self.users,
        )

    @property
    def membership_ids(self) -> list[int]:
        """The memberships of all requesters."""
        return [membership.id for membership in self.memberships.values()]


class ValidateConnectionRequests(Validation):
    """Validates connection requests: the requesters become simple users."""

    action = Action.CONNECTION_REQUEST_DECIDE
    kind = RequestKind.CONNECTION

    @override
    async def prepare(self) -> None:
        await super().prepare()
        session = self.writing.session
        statement = select(RequestedService).where(
            self.writing.among(RequestedService.request_id, self.requests)
        )
        self.asked: dict[int, list[int]] = {}
        for one in await session.scalars(statement.order_by(RequestedService.service_id)):
            self.asked.setdefault(one.request_id, []).append(one.service_id)
        named = {service for services in self.asked.values() for service in services}
        for item in self.items:
            named |= self._numbers(item)
        self.services = await granting.services_of(self.writing, named)
        self.listings = await granting.listings(self.writing, self.membership_ids)

    def _numbers(self, item: ConnectionRequestDecision) -> set[int]:
        return {self.writing.number(text, NodeKind.SERVICE) for text in item.service_ids or ()}

    def _granted(self, request: Request, item: ConnectionRequestDecision) -> list[int] | None:
        if item.service_ids == []:
            message = "Grant at least one service, or refuse the request."
            raise Invalid(message, expected="Services, or nothing.", field=("serviceIds",))
        asked = self.asked.get(request.id)
        granted = asked if item.service_ids is None else sorted(self._numbers(item))
        for number in granted or ():
            service = self.services.get(number)
            granting.usable_service(self.writing, service, request.structure_id, "serviceIds")
            if asked is not None and number not in asked:
                raise Invalid(
                    "You cannot grant more than was asked for.",
                    expected="Services that were asked for.",
                    field=("serviceIds",),
                )
        return granted

    @override
    async def decide(self, request: Request, item: ConnectionRequestDecision) -> None:
        writing, place = self.writing, (request.structure_id, request.requester_id)
        held = self.memberships.get(place)
        if held is not None and held.status == MembershipStatus.INACTIVE:
            # Whoever is revived comes back as a simple user: it takes his role (domain.md 3.3).
            standing = writing.viewer.standing(request.structure_id)
            require_touchable(held, self.action, standing)
        await self.require_requester(request)
        granted = self._granted(request, item)
        async with writing.saving():
            membership = await granting.connect(
                writing, place, self.memberships, granted, self.listings
            )
            self.conclude(request)
        self.memberships[place] = membership


class ValidateSubscriptionRequests(Validation):
    """Validates subscription requests: the requesters get their rights."""

    action = Action.SUBSCRIPTION_REQUEST_DECIDE
    kind = RequestKind.SUBSCRIPTION

    @override
    async def prepare(self) -> None:
        await super().prepare()
        self.openings = await granting.openings_of(self.writing, self.writing.structures)
        self.listings = await granting.listings(self.writing, self.membership_ids)
        self.rights = await granting.rights_of(self.writing, self.membership_ids)
        named = {request.service_id or 0 for request in self.requests.values()}
        for item in self.items:
            if item.scope is not None and isinstance(item.scope.service_id, str):
                named.add(self.writing.number(item.scope.service_id, NodeKind.SERVICE))
        self.services = await granting.services_of(self.writing, named)

    def _granted(
        self, request: Request, item: SubscriptionRequestDecision
    ) -> tuple[AreaMode, int | None]:
        assert request.mode is not None  # noqa: S101 - a constraint of the table says so
        mode = item.mode or request.mode
        if not request.mode.covers(mode):
            message = "You cannot grant more than was asked for."
            raise Invalid(message, expected=request.mode.value, field=("mode",))
        service_id = request.service_id
        if item.scope is not None:
            service_id = granting.scope_number(self.writing, item.scope)
        if service_id is not None:
            service = self.services.get(service_id)
            granting.usable_service(self.writing, service, request.structure_id, "scope")
        if request.service_id not in {None, service_id}:
            raise Invalid(
                "You cannot grant more than was asked for.",
                expected="The service that was asked for.",
                field=("scope",),
            )
        return mode, service_id

    @override
    async def decide(self, request: Request, item: SubscriptionRequestDecision) -> None:
        await self.require_requester(request)
        membership = self.memberships.get((request.structure_id, request.requester_id))
        if membership is None or membership.status != MembershipStatus.ACTIVE:
            message = "The requester is not connected to the structure any more."
            raise RuleRefused(ErrorCode.CONFLICT, message)
        mode, service_id = self._granted(request, item)
        if service_id is not None:
            granting.require_reach(membership, service_id, self.listings, "scope")
        assert request.area is not None  # noqa: S101 - a constraint of the table says so
        self._require_opened(request.structure_id, item, (request.area, mode, service_id))
        await self._write(request, membership, (request.area, mode, service_id))

    def _require_opened(
        self, place: int, item: SubscriptionRequestDecision, wanted: granting.Wanted
    ) -> None:
        area, mode, service_id = wanted
        try:
            require_opened(self.openings.get(place, []), area, service_id, mode)
        except RuleRefused as refused:
            # What the decision leaves as it was asked for is not in its input.
            given = {"mode": item.mode, "scope": item.scope}
            named = refused.field[0] if refused.field else ""
            refused.field = None if given.get(named) is None else (named,)
            raise

    async def _write(
        self, request: Request, membership: Membership, wanted: granting.Wanted
    ) -> None:
        held = self.rights.setdefault(membership.id, [])
        async with self.writing.saving():
            right = granting.give_right(self.writing, membership, wanted, held)
            self.conclude(request)
        if right is not None and right not in held:
            held.append(right)


async def validate_connection_requests(
    info: Info,
    input: Annotated[ValidateConnectionRequestsInput, WHAT_TO_DO],
) -> Outcome:
    """Validate connection requests."""
    return await perform(info, ValidateConnectionRequests, input)


async def validate_subscription_requests(
    info: Info,
    input: Annotated[ValidateSubscriptionRequestsInput, WHAT_TO_DO],
) -> Outcome:
    """Validate subscription requests."""
    return await perform(info, ValidateSubscriptionRequests, input)
