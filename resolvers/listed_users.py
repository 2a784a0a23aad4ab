"""Who is listed on a service, and what they are told when that changes."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select

from models.memberships import Membership, MembershipScope, MembershipStatus, ServiceMembership
from models.outbox import NotificationKind
from models.services import Service
from resolvers.effects import EffectKind
from resolvers.writing import Writing


class ListedUser(NamedTuple):
    """A user listed on a service, by his membership; *active* tells whether that grants anything."""

    membership_id: int
    user_id: int
    active: bool


async def listed_on(
    writing: Writing, service: Service, status: MembershipStatus = MembershipStatus.ACTIVE
) -> list[ListedUser]:
    """Read whose live memberships are limited to services, and have *service* in *status*."""
    statement = (
        select(Membership.id, Membership.user_id, Membership.status)
        .join(ServiceMembership, ServiceMembership.membership_id == Membership.id)
        .where(
            ServiceMembership.service_id == service.id,
            ServiceMembership.status == status,
            Membership.scope == MembershipScope.LISTED,
            Membership.status != MembershipStatus.DELETED,
        )
        .order_by(Membership.id)
    )
    found = await writing.session.execute(statement)
    return [
        ListedUser(number, user_id, known == MembershipStatus.ACTIVE)
        for number, user_id, known in found
    ]


def notify_users(
    writing: Writing, structure_id: int, user_ids: Iterable[int], service: Service | None
) -> None:
    """Leave a message for those whose services change: *service*, or several."""
    service_id = None if service is None else service.id
    concerned = list(user_ids)
    kind = NotificationKind.SERVICES_CHANGED
    writing.notify(kind, structure_id, concerned, service_id=service_id)
    for user_id in concerned:
        place = {"structure_id": structure_id, "service_id": service_id}
        writing.tell(EffectKind.NOTIFICATION, user_id=user_id, **place)
