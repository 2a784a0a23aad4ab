"""Giving a right on an area by one's own act, and what that leaves behind."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import select

from models.areas import AreaSubscription, covers
from models.memberships import Membership, MembershipScope, MembershipStatus
from models.outbox import NotificationKind
from models.requests import Request, RequestedService, RequestKind, RequestStatus
from resolvers import granting
from resolvers.deciding import fulfil
from resolvers.places import Places, reached
from resolvers.writing import Writing


async def waiting_requests(
    writing: Writing,
    structure_ids: Iterable[int],
    user_ids: Iterable[int],
    kinds: Collection[RequestKind] = (RequestKind.SUBSCRIPTION,),
) -> dict[tuple[int, int], list[Request]]:
    """Read the requests of users that wait, by default for a right, by structure and user."""
    statement = select(Request).where(
        writing.among(Request.structure_id, structure_ids),
        writing.among(Request.requester_id, user_ids),
        Request.kind.in_(kinds),
        Request.status == RequestStatus.PENDING,
    )
    found: dict[tuple[int, int], list[Request]] = {}
    for request in await writing.session.scalars(statement.order_by(Request.id)):
        if request.status_at(writing.now) == RequestStatus.PENDING:
            found.setdefault((request.structure_id, request.requester_id), []).append(request)
    return found


async def requested_services(
    writing: Writing, asked: Mapping[tuple[int, int], Sequence[Request]]
) -> dict[int, set[int]]:
    """Read which services the requests *asked* name, by request: none where any will do."""
    numbers = [request.id for waiting in asked.values() for request in waiting]
    statement = select(RequestedService).where(writing.among(RequestedService.request_id, numbers))
    found: dict[int, set[int]] = {number: set() for number in numbers}
    for one in await writing.session.scalars(statement):
        found[one.request_id].add(one.service_id)
    return found


def fulfil_connections(
    writing: Writing,
    membership: Membership,
    listed: Places,
    asked: Iterable[Request],
    wanted: Mapping[int, set[int]],
) -> None:
    """
    Validate those of the requests *asked* to be connected that *membership* meets now.

    *listed* are the services on it, *wanted* those that the requests name. Whoever is not connected
    at present waits on (domain.md 1.4, 3.5).
    """
    if membership.status != MembershipStatus.ACTIVE:
        return
    present = reached(membership.id, listed)
    everything = membership.scope == MembershipScope.ALL_SERVICES
    for request in asked:
        waits = request.status == RequestStatus.PENDING
        if request.kind != RequestKind.CONNECTION or not waits:
            continue
        if everything or wanted[request.id] <= present:
            fulfil(writing, request)


async def give(
    writing: Writing,
    membership: Membership,
    wanted: granting.Wanted,
    held: Iterable[AreaSubscription],
    asked: Sequence[Request],
) -> AreaSubscription:
    """
    Make the right *wanted*; in a savepoint of the caller.

    Of the requests *asked* those that it fulfils are validated (domain.md 3.3, 3.7).
    """
    area, mode, service_id = wanted
    known = granting.right_in(held, area, service_id)
    if known is not None and known.mode == mode:
        return known
    right = granting.set_right(writing, membership, wanted, held)
    await writing.session.flush()
    for request in asked:
        if request.status == RequestStatus.PENDING and _fulfils(right, request):
            fulfil(writing, request)
    tell_holder(writing, NotificationKind.SUBSCRIPTION_CHANGED, membership, right)
    return right


def _fulfils(right: AreaSubscription, request: Request) -> bool:
    assert request.mode is not None  # noqa: S101 - a constraint of the table says so
    same = right.area == request.area
    return same and covers(right.service_id, right.mode, request.service_id, request.mode)


def tell_holder(
    writing: Writing, kind: NotificationKind, membership: Membership, right: AreaSubscription
) -> None:
    """Leave a message for whom *right* is, unless he acts himself."""
    user_id, number = membership.user_id, membership.structure_id
    if user_id != writing.viewer.id:
        writing.announce(kind, number, [user_id], area=right.area, service_id=right.service_id)
