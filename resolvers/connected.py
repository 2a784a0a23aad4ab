"""Memberships as acts meet them: which the actor may see, and who is connected at present."""

from collections.abc import Container, Iterable, Mapping

from sqlalchemy import select

from models.accounts import User, UserStatus
from models.errors import ErrorCode, NotFound, RuleRefused
from models.memberships import Membership, MembershipStatus
from models.policy import Action
from resolvers.writing import Writing


def visible_membership(
    writing: Writing, memberships: Mapping[int, Membership], number: int, *field: str
) -> Membership:
    """
    Give the membership of *number* among *memberships*.

    Raises:
        NotFound: there is none, or it is neither the actor's own nor for him to see.
    """
    membership = memberships.get(number)
    if membership is None or not writing.viewer.passes(
        Action.MEMBERSHIP_READ, membership.structure_id, membership.user_id
    ):
        raise NotFound(field=field or None)
    return membership


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
