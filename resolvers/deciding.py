"""Acts on requests that exist: what decisions share, the refusal and the withdrawal."""

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar

from sqlalchemy import select
from typing_extensions import override

from models.accounts import User, UserStatus
from models.errors import ErrorCode, Invalid, NotFound, RuleRefused, StaleVersion
from models.history import TargetType
from models.memberships import Role
from models.outbox import NotificationKind
from models.policy import Action
from models.requests import Request, RequestKind, RequestStatus
from models.texts import clean_text
from resolvers.acts import Act, perform
from resolvers.changes import status_change
from resolvers.effects import EffectKind
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Target
from resolvers.request_inputs import (
    WHAT_TO_DO,
    CancelRequestsInput,
    RefuseConnectionRequestsInput,
    RefuseSubscriptionRequestsInput,
    RequestRefusal,
)
from resolvers.rights import REQUEST_KINDS
from resolvers.writing import Writing


SHORTEST_REASON = 3
LONGEST_REASON = 500
NODE_KINDS = {request_kind: kind for kind, request_kind in REQUEST_KINDS.items()}


class RequestAct(Act):
    """An act on requests that exist."""

    requests: dict[int, Request]

    def request_number(self, item: Any) -> int:
        """Read the number of the request that *item* names; 0 if it names none of the kind."""
        raise NotImplementedError

    @property
    def numbers(self) -> set[int]:
        """The numbers of all requests that the call names."""
        return {self.request_number(item) for item in self.items}

    @override
    async def aim(self) -> Iterable[int]:
        places = select(Request.structure_id).where(self.writing.among(Request.id, self.numbers))
        return set(await self.writing.session.scalars(places))

    @override
    async def prepare(self) -> None:
        named = select(Request).where(self.writing.among(Request.id, self.numbers))
        self.requests = {one.id: one for one in await self.writing.session.scalars(named)}

    @override
    def target(self, item: Any) -> Target | None:
        number = self.request_number(item)
        return Target(NODE_KINDS[self.requests[number].kind], number)

    def visible_request(self, item: Any) -> Request:
        """
        Give the request that *item* names.

        Raises:
            NotFound: there is none, or it is neither the actor's own nor for him to see.
            StaleVersion: it moved to another structure after the locks were taken.
        """
        request = self.requests.get(self.request_number(item))
        viewer = self.writing.viewer
        if request is None or (
            not viewer.passes(Action.REQUEST_LIST, request.structure_id, request.requester_id)
            and request.requester_id != viewer.id
        ):
            raise NotFound
        if request.structure_id not in self.writing.structures:
            raise StaleVersion(request.version)
        return request


class Decision(RequestAct):
    """A decision on requests of one kind."""

    items_field = "requests"
    kind: ClassVar[RequestKind]
    status: ClassVar[RequestStatus]
    users: dict[int, User]

    @override
    def request_number(self, item: Any) -> int:
        return self.writing.number(item.id, NODE_KINDS[self.kind])

    @override
    async def prepare(self) -> None:
        await super().prepare()
        requesters = {request.requester_id for request in self.requests.values()}
        statement = select(User).where(self.writing.among(User.id, requesters))
        self.users = {one.id: one for one in await self.writing.session.scalars(statement)}

    @override
    async def apply(self, item: Any) -> Target | None:
        writing, request = self.writing, self.visible_request(item)
        writing.require(self.action, request.structure_id)
        if request.was_ended_by(writing.viewer.id, self.status):
            return self.target(item)
        await writing.require_active(request.structure_id)
        request.require_pending(writing.now, item.version)
        primary = writing.viewer.role(request.structure_id) == Role.PRIMARY_MANAGER
        request.require_other_than(writing.viewer.id, primary_manager=primary)
        await self.decide(request, item)
        return self.target(item)

    async def decide(self, request: Request, item: Any) -> None:
        """Apply the rules of this decision, then write it."""
        raise NotImplementedError

    async def require_requester(self, request: Request) -> None:
        """
        Cancel the request of someone whose account is no longer active.

        Raises:
            RuleRefused: REQUESTER_INACTIVE.
        """
        if self.users[request.requester_id].status == UserStatus.ACTIVE:
            return
        async with self.writing.saving():
            end_without_decision(self.writing, request)
        message = "The requester's account is not active; the request is cancelled."
        raise RuleRefused(ErrorCode.REQUESTER_INACTIVE, message)

    def conclude(self, request: Request, reason: str | None = None) -> None:
        """Write the decision itself, with its history and its message."""
        writing, requester_id = self.writing, request.requester_id
        request.decide(self.status, writing.now, writing.viewer.id, reason)
        writing.record(
            self.action,
            request.structure_id,
            (TargetType.REQUEST, request.id),
            user_id=requester_id,
            reason=reason,
            changes=[status_change(self.status)],
        )
        if requester_id == writing.viewer.id:
            return
        validated = self.status == RequestStatus.VALIDATED
        message = (
            NotificationKind.REQUEST_VALIDATED if validated else NotificationKind.REQUEST_REFUSED
        )
        writing.announce(message, request.structure_id, [requester_id], request_id=request.id)


class Refusal(Decision):
    """Refuses requests, each with a reason."""

    status = RequestStatus.REFUSED

    @override
    async def decide(self, request: Request, item: RequestRefusal) -> None:
        try:
            reason = clean_text(
                item.reason, minimum=SHORTEST_REASON, maximum=LONGEST_REASON, lines=True
            )
        except Invalid as refused:
            raise refused.at("reason") from None
        async with self.writing.saving():
            self.conclude(request, reason=reason)


class RefuseConnectionRequests(Refusal):
    """Refuses connection requests."""

    action = Action.CONNECTION_REQUEST_DECIDE
    kind = RequestKind.CONNECTION


class RefuseSubscriptionRequests(Refusal):
    """Refuses subscription requests."""

    action = Action.SUBSCRIPTION_REQUEST_DECIDE
    kind = RequestKind.SUBSCRIPTION


class CancelRequests(RequestAct):
    """Withdraws the actor's own requests, of either kind."""

    action = Action.REQUEST_CANCEL
    items_field = "request_ids"

    @override
    def request_number(self, item: Any) -> int:
        kinds = (NodeKind.CONNECTION_REQUEST, NodeKind.SUBSCRIPTION_REQUEST)
        return self.writing.number(item, *kinds)

    @override
    async def apply(self, item: Any) -> Target | None:
        writing, request = self.writing, self.visible_request(item)
        writing.require(self.action, request.structure_id, request.requester_id)
        if request.was_ended_by(writing.viewer.id, RequestStatus.CANCELLED):
            return self.target(item)
        request.require_pending(writing.now, None)
        async with writing.saving():
            request.decide(RequestStatus.CANCELLED, writing.now, writing.viewer.id)
            writing.record(
                Action.REQUEST_CANCEL,
                request.structure_id,
                (TargetType.REQUEST, request.id),
                user_id=writing.viewer.id,
                changes=[status_change(RequestStatus.CANCELLED)],
            )
        return self.target(item)


def end_without_decision(writing: Writing, request: Request, reason: str | None = None) -> None:
    """Cancel a pending request in the name of the service itself; inside a savepoint."""
    place = {"user_id": request.requester_id}
    request.decide(RequestStatus.CANCELLED, writing.now, None, reason)
    writing.record(
        Action.REQUEST_CANCEL,
        request.structure_id,
        (TargetType.REQUEST, request.id),
        actor_id=None,
        reason=reason,
        changes=[status_change(RequestStatus.CANCELLED)],
        **place,
    )
    writing.tell(EffectKind.REQUEST_CANCELLED, structure_id=request.structure_id, **place)


def fulfil(writing: Writing, request: Request) -> None:
    """Validate a pending request whose wish the actor's own act fulfils; inside a savepoint."""
    place = {"user_id": request.requester_id}
    request.decide(RequestStatus.VALIDATED, writing.now, writing.viewer.id)
    connects = request.kind == RequestKind.CONNECTION
    writing.record(
        Action.CONNECTION_REQUEST_DECIDE if connects else Action.SUBSCRIPTION_REQUEST_DECIDE,
        request.structure_id,
        (TargetType.REQUEST, request.id),
        changes=[status_change(RequestStatus.VALIDATED)],
        **place,
    )
    writing.tell(
        EffectKind.REQUEST_DECIDED,
        structure_id=request.structure_id,
        before=RequestStatus.PENDING,
        after=RequestStatus.VALIDATED,
        **place,
    )


async def refuse_connection_requests(
    info: Info,
    input: Annotated[RefuseConnectionRequestsInput, WHAT_TO_DO],
) -> Outcome:
    """Refuse connection requests."""
    return await perform(info, RefuseConnectionRequests, input)


async def refuse_subscription_requests(
    info: Info,
    input: Annotated[RefuseSubscriptionRequestsInput, WHAT_TO_DO],
) -> Outcome:
    """Refuse subscription requests."""
    return await perform(info, RefuseSubscriptionRequests, input)


async def cancel_requests(
    info: Info,
    input: Annotated[CancelRequestsInput, WHAT_TO_DO],
) -> Outcome:
    """Withdraw own requests."""
    return await perform(info, CancelRequests, input)
