"""What users ask for themselves: a connection, or a right on an area."""

from collections.abc import Iterable
from typing import Annotated, Any

from sqlalchemy import ColumnElement
from typing_extensions import override

from models.areas import (
    covers,
    granted_without_decision,
    require_opened,
    require_requestable,
)
from models.errors import ErrorCode, LimitReached, RuleRefused
from models.history import TargetType
from models.memberships import Membership, MembershipScope, MembershipStatus
from models.policy import Action
from models.requests import (
    Request,
    RequestedService,
    RequestKind,
    RequestStatus,
)
from resolvers import granting
from resolvers.acts import MAXIMUM_ITEMS, perform
from resolvers.asking import Asking
from resolvers.changes import status_change
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Target
from resolvers.places import reached
from resolvers.request_inputs import (
    WHAT_TO_DO,
    RequestConnectionInput,
    RequestSubscriptionInput,
)


class RequestConnection(Asking):
    """Asks to be connected to a structure, or to more of its services."""

    kind = RequestKind.CONNECTION
    action = Action.CONNECTION_REQUEST_SUBMIT
    given: RequestConnectionInput

    @override
    async def prepare(self) -> None:
        await super().prepare()
        self.named = {self.writing.number(text, NodeKind.SERVICE) for text in self._service_ids}
        self.services = await granting.services_of(self.writing, self.named)
        known = self.writing.viewer.membership(self.structure_id)
        membership_id = 0 if known is None else known.membership_id or 0
        self.listings = await granting.listings(self.writing, [membership_id])

    @property
    def _service_ids(self) -> list[Any]:
        return self.given.service_ids or []

    def _require_services(self) -> None:
        writing, structure_id = self.writing, self.structure_id
        if len(self._service_ids) > MAXIMUM_ITEMS:
            refused = LimitReached(f"Name at most {MAXIMUM_ITEMS} services.", limit=MAXIMUM_ITEMS)
            raise refused.at("serviceIds")
        published = writing.structures[structure_id].published
        visible = writing.viewer.passes(Action.SERVICE_LIST, structure_id, published=published)
        member = writing.viewer.passes(Action.SERVICE_LIST, structure_id)
        for number in self.named:
            service = self.services.get(number)
            # Outsiders of a public structure know of its active services only.
            hidden = service is not None and not (member or service.active_on(writing.now.date()))
            known = service if visible and not hidden else None
            granting.usable_service(writing, known, structure_id, "serviceIds")

    @property
    def _named_codes(self) -> str:
        return ", ".join(sorted(self.services[number].code for number in self.named)) or "all"

    def _require_more(self) -> None:
        membership = self.writing.viewer.membership(self.structure_id)
        if membership is None or membership.status != MembershipStatus.ACTIVE:
            return
        listed = reached(membership.membership_id or 0, self.listings)
        if membership.scope == MembershipScope.ALL_SERVICES or self.named <= listed:
            message = "You are already connected to this structure."
            raise RuleRefused(ErrorCode.ALREADY_CONNECTED, message)

    @override
    async def apply(self, item: Any) -> Target | None:
        await self.require_open_door()
        self._require_services()
        self._require_more()
        async with self.writing.saving():
            request = self.new_request()
            await self.submit(request, {"services": self._named_codes})
            self.writing.session.add_all(
                RequestedService(
                    structure_id=self.structure_id, request_id=request.id, service_id=number
                )
                for number in sorted(self.named)
            )
        return self.answer(request)


class RequestSubscription(Asking):
    """Asks for a right on an area of a structure that the user is connected to."""

    kind = RequestKind.SUBSCRIPTION
    action = Action.SUBSCRIPTION_REQUEST_SUBMIT
    given: RequestSubscriptionInput

    @property
    def _service_id(self) -> int | None:
        text = self.given.scope.service_id
        return self.writing.number(text, NodeKind.SERVICE) if isinstance(text, str) else None

    @override
    def same_matter(self) -> Iterable[ColumnElement[bool]]:
        same_scope = Request.service_id == self._service_id
        if self._service_id is None:
            same_scope = Request.service_id.is_(None)
        return Request.area == self.given.area, same_scope

    @override
    async def prepare(self) -> None:
        await super().prepare()
        writing, structure_id, viewer = self.writing, self.structure_id, self.writing.viewer
        self.services = await granting.services_of(writing, [self._service_id or 0])
        ties = await granting.live_memberships(writing, [structure_id], [viewer.id])
        self.membership = ties.get((structure_id, viewer.id))
        number = 0 if self.membership is None else self.membership.id
        self.listings = await granting.listings(writing, [number])
        self.openings = (await granting.openings_of(writing, [structure_id])).get(structure_id, [])
        self.rights = (await granting.rights_of(writing, [number])).get(number, [])

    @override
    async def apply(self, item: Any) -> Target | None:
        await self.require_open_door()
        given, membership = self.given, self.membership
        assert membership is not None  # noqa: S101 - the policy lets members only ask
        require_requestable(given.area)
        service_id = granting.scope_number(self.writing, given.scope)
        if service_id is not None:
            found = self.services.get(service_id)
            field = ("scope", "serviceId")
            granting.usable_service(self.writing, found, self.structure_id, *field)
            granting.require_reach(membership, service_id, self.listings, *field)
        require_opened(self.openings, given.area, service_id, given.mode)
        self._require_more(service_id)
        async with self.writing.saving():
            request = self.new_request(area=given.area, mode=given.mode, service_id=service_id)
            self_service = self.writing.settings.issued_invoices_self_service
            if self_service and granted_without_decision(given.area, given.mode):
                await self._take(request, membership)
            else:
                await self.submit(request, self._asked)
        return self.answer(request)

    @property
    def _asked(self) -> dict[str, str]:
        given = self.given
        named = {"area": given.area.value, "mode": given.mode.value, "scope": "STRUCTURE"}
        if self._service_id is not None:
            named |= {"scope": "SERVICE", "service": self.services[self._service_id].code}
        return named

    def _require_more(self, service_id: int | None) -> None:
        for right in self.rights:
            same = right.area == self.given.area
            if same and covers(right.service_id, right.mode, service_id, self.given.mode):
                message = "You already have this right."
                raise RuleRefused(ErrorCode.ALREADY_SUBSCRIBED, message)

    async def _take(self, request: Request, membership: Membership) -> None:
        writing, given = self.writing, self.given
        request.status = RequestStatus.VALIDATED
        request.decided_at, request.decided_by_id = writing.now, writing.viewer.id
        await self.submit(request, self._asked)
        wanted = (given.area, given.mode, request.service_id)
        granting.give_right(writing, membership, wanted, self.rights)
        writing.record(
            Action.SUBSCRIPTION_REQUEST_DECIDE,
            request.structure_id,
            (TargetType.REQUEST, request.id),
            user_id=writing.viewer.id,
            changes=[status_change(RequestStatus.VALIDATED)],
        )


async def request_connection(
    info: Info,
    input: Annotated[RequestConnectionInput, WHAT_TO_DO],
) -> Outcome:
    """Ask to be connected to a structure."""
    return await perform(info, RequestConnection, input)


async def request_subscription(
    info: Info,
    input: Annotated[RequestSubscriptionInput, WHAT_TO_DO],
) -> Outcome:
    """Ask for a right on an area."""
    return await perform(info, RequestSubscription, input)
