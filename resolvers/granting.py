"""Gives what a request asked for: a connection with its services, or a right on an area."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from models.areas import AreaCode, AreaMode, AreaSubscription, StructureArea, covers
from models.errors import ErrorCode, Invalid, NotFound, RuleRefused
from models.memberships import (
    Membership,
    MembershipOrigin,
    MembershipScope,
    MembershipStatus,
    ServiceMembership,
)
from models.services import Service
from resolvers.effects import EffectKind
from resolvers.inputs import AreaScopeInput
from resolvers.node_ids import NodeKind
from resolvers.writing import Writing


Ties = dict[tuple[int, int], Membership]


async def live_memberships(
    writing: Writing, structure_ids: Iterable[int], user_ids: Iterable[int]
) -> Ties:
    """Read the live memberships of users, by structure and user."""
    statement = select(Membership).where(
        writing.among(Membership.structure_id, structure_ids),
        writing.among(Membership.user_id, user_ids),
        Membership.status != MembershipStatus.DELETED,
    )
    return {
        (one.structure_id, one.user_id): one for one in await writing.session.scalars(statement)
    }


async def listings(
    writing: Writing, membership_ids: Iterable[int]
) -> dict[tuple[int, int], ServiceMembership]:
    """Read the services listed on memberships, by membership and service."""
    listed = writing.among(ServiceMembership.membership_id, membership_ids)
    found = await writing.session.scalars(select(ServiceMembership).where(listed))
    return {(one.membership_id, one.service_id): one for one in found}


async def services_of(writing: Writing, service_ids: Iterable[int]) -> dict[int, Service]:
    """Read services by their numbers."""
    found = await writing.session.scalars(
        select(Service).where(writing.among(Service.id, service_ids))
    )
    return {service.id: service for service in found}


async def openings_of(
    writing: Writing, structure_ids: Iterable[int]
) -> dict[int, list[StructureArea]]:
    """Read the areas opened on structures."""
    opened = writing.among(StructureArea.structure_id, structure_ids)
    statement = select(StructureArea).where(opened, StructureArea.closed_at.is_(None))
    found: dict[int, list[StructureArea]] = {}
    for opening in await writing.session.scalars(statement):
        found.setdefault(opening.structure_id, []).append(opening)
    return found


async def rights_of(
    writing: Writing, membership_ids: Iterable[int]
) -> dict[int, list[AreaSubscription]]:
    """Read the live rights of memberships."""
    held = writing.among(AreaSubscription.membership_id, membership_ids)
    statement = select(AreaSubscription).where(held, AreaSubscription.ended_at.is_(None))
    found: dict[int, list[AreaSubscription]] = {}
    for right in await writing.session.scalars(statement):
        found.setdefault(right.membership_id, []).append(right)
    return found


def usable_service(
    writing: Writing, service: Service | None, structure_id: int, *field: str
) -> Service:
    """
    Check that a named service belongs to a structure and is active.

    Raises:
        NotFound: it is no service of the structure.
        RuleRefused: SERVICE_INACTIVE.
    """
    if service is None or service.structure_id != structure_id:
        raise NotFound(field=field)
    if not service.active_on(writing.now.date()):
        message = f"The service {service.code} is inactive."
        raise RuleRefused(ErrorCode.SERVICE_INACTIVE, message, field=field)
    return service


def require_reach(
    membership: Membership,
    service_id: int,
    listed: Mapping[tuple[int, int], ServiceMembership],
    *field: str,
) -> None:
    """
    Check that a membership reaches a service; *listed* holds the services on it.

    Raises:
        Invalid: a right there would be without effect.
    """
    listing = listed.get((membership.id, service_id))
    active = listing is not None and listing.status == MembershipStatus.ACTIVE
    if membership.scope == MembershipScope.LISTED and not active:
        raise Invalid(
            "The connection does not reach this service.",
            expected="A service that the connection reaches.",
            field=field,
        )


def scope_number(writing: Writing, scope: AreaScopeInput) -> int | None:
    """
    Read a scope: the number of a service, or nothing for the whole structure.

    Raises:
        Invalid: `wholeStructure` is false.
    """
    if isinstance(scope.service_id, str):
        return writing.number(scope.service_id, NodeKind.SERVICE)
    if scope.whole_structure is not True:
        message = "Name a service, or say true for the whole structure."
        raise Invalid(message, expected="true", field=("scope", "wholeStructure"))
    return None


async def connect(
    writing: Writing,
    place: tuple[int, int],
    known: Ties,
    services: Sequence[int] | None,
    listed: dict[tuple[int, int], ServiceMembership],
    origin: MembershipOrigin = MembershipOrigin.REQUEST,
) -> Membership:
    """
    Connect the user of *place* to its structure as a simple user, in a savepoint of the caller.

    *known* holds his live membership, if any, and *listed* the services on it. *services* are
    those to reach; nothing means all of them for a new membership, and what it reached before
    for one that exists.
    """
    membership = known.get(place)
    if membership is None:
        return await _new_membership(writing, place, services, listed, origin)
    if membership.status == MembershipStatus.INACTIVE:
        _readmit(writing, membership, listed=services is not None)
    limited = membership.scope == MembershipScope.LISTED
    if limited and list_services(writing, membership, services or (), listed):
        membership.touch(writing.now)
    return membership


def _readmit(writing: Writing, membership: Membership, *, listed: bool) -> None:
    role, before = membership.role, (membership.status, membership.scope)
    membership.readmit(writing.now, listed=listed)
    for old, new in zip(before, (membership.status, membership.scope), strict=True):
        if old != new:
            writing.alter(membership, EffectKind.MEMBERSHIP_CHANGED, before=old, after=new)
    if role != membership.role:
        writing.alter(membership, EffectKind.ROLE_CHANGED, before=role, after=membership.role)


async def _new_membership(
    writing: Writing,
    place: tuple[int, int],
    services: Sequence[int] | None,
    listed: dict[tuple[int, int], ServiceMembership],
    origin: MembershipOrigin,
) -> Membership:
    scope = MembershipScope.ALL_SERVICES if services is None else MembershipScope.LISTED
    membership = Membership(
        structure_id=place[0],
        user_id=place[1],
        scope=scope,
        origin=origin,
        created_at=writing.now,
        updated_at=writing.now,
    )
    writing.session.add(membership)
    await writing.session.flush()
    writing.alter(membership, EffectKind.MEMBERSHIP_CREATED, after=scope.value)
    list_services(writing, membership, services or (), listed)
    return membership


def list_services(
    writing: Writing,
    membership: Membership,
    services: Iterable[int],
    listed: dict[tuple[int, int], ServiceMembership],
) -> list[int]:
    """
    List *services* on a membership, in a savepoint of the caller.

    *listed* holds those on it, and gets the new ones.

    Returns:
        Those on which it had no active place before.
    """
    added = []
    for service_id in services:
        listing = listed.get((membership.id, service_id))
        before = None if listing is None else listing.status
        if listing is None:
            listing = _listing(writing, membership, service_id)
            writing.session.add(listing)
            listed[membership.id, service_id] = listing
        elif before != MembershipStatus.ACTIVE:
            listing.status, listing.updated_at = MembershipStatus.ACTIVE, writing.now
        else:
            continue
        added.append(service_id)
        told = {"service_id": service_id, "before": before, "after": MembershipStatus.ACTIVE}
        writing.alter(membership, EffectKind.MEMBERSHIP_CHANGED, **told)
    return added


def _listing(writing: Writing, membership: Membership, service_id: int) -> ServiceMembership:
    return ServiceMembership(
        structure_id=membership.structure_id,
        membership_id=membership.id,
        service_id=service_id,
        created_at=writing.now,
        updated_at=writing.now,
    )


Wanted = tuple[AreaCode, AreaMode, int | None]
"""A right: area, mode, and a service or nothing for the whole structure."""


def right_in(
    held: Iterable[AreaSubscription], area: AreaCode, service_id: int | None
) -> AreaSubscription | None:
    """Find the right among *held* on an area in the very same scope."""
    for right in held:
        if right.area == area and right.service_id == service_id:
            return right
    return None


def covered(wanted: Wanted, held: Iterable[AreaSubscription]) -> bool:
    """Say whether one of the rights *held* includes the one *wanted*."""
    area, mode, service_id = wanted
    return any(
        right.area == area and covers(right.service_id, right.mode, service_id, mode)
        for right in held
    )


def give_right(
    writing: Writing, membership: Membership, wanted: Wanted, held: Iterable[AreaSubscription]
) -> AreaSubscription | None:
    """Give the right *wanted* unless one of *held* covers it: it never lowers one."""
    return None if covered(wanted, held) else set_right(writing, membership, wanted, held)


def set_right(
    writing: Writing, membership: Membership, wanted: Wanted, held: Iterable[AreaSubscription]
) -> AreaSubscription:
    """Make the right *wanted*; one of *held* in the same scope is raised or lowered instead."""
    area, mode, service_id = wanted
    concerned = {"area": area, "service_id": service_id}
    right = right_in(held, area, service_id)
    if right is not None:
        before = right.mode
        right.change_mode(mode, writing.now)
        kind = EffectKind.SUBSCRIPTION_CHANGED
        writing.alter(membership, kind, **concerned, before=before.value, after=mode.value)
        return right
    right = AreaSubscription(
        structure_id=membership.structure_id,
        membership_id=membership.id,
        service_id=service_id,
        area=area,
        mode=mode,
        created_at=writing.now,
        updated_at=writing.now,
    )
    writing.session.add(right)
    writing.alter(membership, EffectKind.SUBSCRIPTION_ADDED, **concerned, after=mode.value)
    return right


def end_rights(writing: Writing, membership: Membership, held: Iterable[AreaSubscription]) -> None:
    """End the rights *held* by a membership."""
    for right in held:
        right.end(writing.now)
        concerned = {"area": right.area, "service_id": right.service_id}
        writing.alter(membership, EffectKind.SUBSCRIPTION_ENDED, **concerned, before=right.mode)
