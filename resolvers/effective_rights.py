"""Effective rights of users on services: the stronger of what they hold there and on the whole."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, String, cast, func, not_, null, select, union_all
from strawberry import Parent

from executor import batched
from models.areas import AreaMode, AreaScope, AreaSubscription
from models.catalogue import CATALOGUE, Area
from models.memberships import MembershipScope, MembershipStatus
from models.reading import Reading, any_of
from models.records import Layout
from models.services import Service, valid_today
from resolvers.operation import Info, Operation
from resolvers.service_users import ServiceUser


class AreaAccess(NamedTuple):
    """The effective right on one area; equal ones are one object, sorted as the tabs are."""

    position: int
    area: Area
    mode: AreaMode
    scope: AreaScope


class HeldRights(NamedTuple):
    """
    What a membership holds in one place, in words: area and mode of each right.

    Without a service the place is the whole structure. Without words the service is out of its
    dates.
    """

    words: str | None
    service_id: int | None
    membership_id: int | None


def rights_of_memberships(dialect_name: str) -> Reading:
    """
    Read the live rights of memberships on some services, those on whole structures included.

    Services out of their dates are told in rows without words: places on those that are switched
    off are inactive anyway. The rights are read in halves, one for each of the two partial indexes:
    an OR would be served by neither. A row for each right would cost twice the time of its words.
    """
    held = select(
        AreaSubscription.area.concat(" ").concat(AreaSubscription.mode).label("word"),
        AreaSubscription.service_id,
        AreaSubscription.membership_id,
    ).where(
        any_of(AreaSubscription.membership_id, "memberships", dialect_name),
        AreaSubscription.ended_at.is_(None),
    )
    whole = held.where(AreaSubscription.service_id.is_(None))
    part = held.where(AreaSubscription.service_id.is_not(None))
    if dialect_name == "sqlite":
        # PostgreSQL would look each pair up by itself, and whoever reads sorts the others out.
        part = part.where(any_of(AreaSubscription.service_id, "services", dialect_name))
    idle = select(cast(null(), String), Service.id, cast(null(), BigInteger)).where(
        any_of(Service.id, "services", dialect_name), not_(valid_today())
    )
    right = union_all(whole, part, idle).subquery("held_right")
    place = (right.c.service_id, right.c.membership_id)
    together = func.group_concat if dialect_name == "sqlite" else func.string_agg
    selected = (together(right.c.word, ",", type_=String), *place)
    return Reading(select(*selected).group_by(*place), Layout(HeldRights, selected))


@batched
def effective(roots: Parent[list[ServiceUser]], info: Info) -> Any:
    """Give one effective right per area on the service of each user."""
    return info.context.each(
        _effective,
        [(root.membership.id, root.service_id, root.status, root.via) for root in roots],
    )


async def _effective(
    operation: Operation, keys: list[tuple[int, int, MembershipStatus, MembershipScope]]
) -> list[list[AreaAccess]]:
    # Who is not active on a service may keep rights, which grant nothing there.
    active, listed = MembershipStatus.ACTIVE, MembershipScope.LISTED
    held: list[HeldRights] = await operation.fetch(
        rights_of_memberships,
        memberships=list({one for one, _, status, _ in keys if status == active}),
        services=list({place for _, place, status, _ in keys if status == active}),
    )
    words = {(right.membership_id, right.service_id): right.words for right in held}
    idle = {right.service_id for right in held if right.words is None}
    return [
        []
        if status != active or (via == listed and place in idle)
        else _stronger(words.get((one, None)), words.get((one, place)))
        for one, place, status, via in keys
    ]


_ACCESSES = {
    scope: {
        f"{code} {mode}": AreaAccess(area.position, area, mode, scope)
        for code, area in CATALOGUE.items()
        for mode in AreaMode
    }
    for scope in AreaScope
}


@lru_cache(maxsize=4096)
def _stronger(whole: str | None, part: str | None) -> list[AreaAccess]:
    """Give the right on each area in the order of the tabs, for all who hold the same words."""
    kept = {right.position: right for right in _read(part, AreaScope.SERVICE)}
    for right in _read(whole, AreaScope.STRUCTURE):
        known = kept.get(right.position)
        if known is None or right.mode.covers(known.mode):
            kept[right.position] = right
    return sorted(kept.values())


def _read(words: str | None, scope: AreaScope) -> Iterable[AreaAccess]:
    return map(_ACCESSES[scope].__getitem__, words.split(",") if words else ())
