"""Messages to all managers of a structure."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from models.memberships import MANAGERS, Membership, MembershipStatus
from models.outbox import NotificationKind
from resolvers.writing import Writing


async def managers_of(writing: Writing, structure_id: int) -> list[int]:
    """Read who manages a structure, by the age of the memberships."""
    managers = (
        select(Membership.user_id)
        .where(
            Membership.structure_id == structure_id,
            Membership.status == MembershipStatus.ACTIVE,
            Membership.role.in_(MANAGERS),
        )
        .order_by(Membership.id)
    )
    return list(await writing.session.scalars(managers))


def tell_managers(
    writing: Writing,
    message: NotificationKind,
    structure_id: int,
    managers: Iterable[int],
    **payload: Any,
) -> None:
    """Leave *message* for the *managers* of a structure other than the actor, and tell him so."""
    others = [user_id for user_id in managers if user_id != writing.viewer.id]
    writing.announce(message, structure_id, others, **payload)
