"""Whether users are connected at present, as acts ask that give them something."""

from collections.abc import Container, Iterable

from sqlalchemy import select

from models.accounts import User, UserStatus
from models.errors import ErrorCode, RuleRefused
from models.memberships import Membership, MembershipStatus
from resolvers.writing import Writing


def require_connected(membership: Membership, gone: Container[int], *field: str) -> None:
    """
    Check that a membership is active, and its user's account none of those deactivated, *gone*.

    Raises:
        RuleRefused: CONFLICT; USER_INACTIVE.
    """
    if membership.status != MembershipStatus.ACTIVE:
        message = "The user is not connected to the structure at present."
        raise RuleRefused(ErrorCode.CONFLICT, message, field=field or None)
    if membership.user_id in gone:
        message = "The account of this user is deactivated."
        raise RuleRefused(ErrorCode.USER_INACTIVE, message, field=field or None)


async def deactivated_accounts(writing: Writing, user_ids: Iterable[int]) -> set[int]:
    """Read which of some users have a deactivated account."""
    gone = select(User.id).where(
        writing.among(User.id, user_ids), User.status == UserStatus.DEACTIVATED
    )
    return set(await writing.session.scalars(gone))
