"""Who may touch whose membership (domain.md 2.2, 3.5)."""

from collections.abc import Mapping
from types import MappingProxyType

from models.access import MANAGERS, SUPPORT, AccessRole, Action
from models.errors import ErrorCode, Forbidden, Invalid, RuleRefused
from models.memberships import Membership, MembershipStatus, Role
from models.transfers import REASON_EXPECTED


SOURCE = ("input", "sourceMembershipId")

_PRIMARY_MANAGER = frozenset({AccessRole.PRIMARY_MANAGER})

TOUCHED_BY: Mapping[Action, frozenset[AccessRole]] = MappingProxyType(
    {
        Action.USER_ATTACH: MANAGERS,
        Action.CONNECTION_REQUEST_DECIDE: MANAGERS,
        Action.MEMBERSHIP_DEACTIVATE: MANAGERS | SUPPORT,
        Action.MEMBERSHIP_REACTIVATE: MANAGERS,
        Action.MEMBERSHIP_DELETE: MANAGERS,
    }
)
"""Who does what to a simple user's membership; nobody does it to a primary manager's."""

_OF_SECONDARY_MANAGERS = SUPPORT | _PRIMARY_MANAGER
_REVIVING = frozenset({Action.USER_ATTACH, Action.CONNECTION_REQUEST_DECIDE})
"""What brings somebody inactive back as a simple user, and so takes a manager's role."""


def may_touch(action: Action, role: Role) -> frozenset[AccessRole]:
    """Tell who may do *action* to the membership of somebody in *role*: peers do not."""
    if role == Role.PRIMARY_MANAGER:
        return frozenset()
    if role == Role.SIMPLE_USER:
        return TOUCHED_BY[action]
    return _PRIMARY_MANAGER if action in _REVIVING else _OF_SECONDARY_MANAGERS


def require_touchable(
    membership: Membership, action: Action, standing: frozenset[AccessRole]
) -> None:
    """
    Refuse what the role of a membership protects it from.

    *standing* is what the actor is towards its structure.

    Raises:
        RuleRefused: PRIMARY_MUST_TRANSFER, whoever acts.
        Forbidden: with the roles that would pass.
    """
    membership.require_other_than_primary()
    allowed = may_touch(action, membership.role)
    if allowed.isdisjoint(standing):
        message = f"You may not {action.written} where the user has this role."
        passing = tuple(role for role in AccessRole if role in allowed)
        raise Forbidden(message, action=action, passing_roles=passing)


def require_reason(standing: frozenset[AccessRole], reason: str | None) -> None:
    """
    Ask the support why it steps in; a manager need not say it (domain.md 2.2).

    Raises:
        Invalid: it gives no *reason*.
    """
    if reason is None and MANAGERS.isdisjoint(standing):
        message = "The support says why it steps in."
        raise Invalid(message, expected=REASON_EXPECTED, field=("input", "reason"))


def require_copyable(source: Membership, receiver: Membership) -> None:
    """
    Refuse to give *receiver* what *source* has, unless it lives on the same structure.

    A manager's rights are never set in passing: the receiver is a simple user (domain.md 3.4).

    Raises:
        Invalid: the source is the receiver itself, or of another structure.
        RuleRefused: CONFLICT.
    """
    same = source.structure_id == receiver.structure_id
    if not same or source.id == receiver.id:
        message = "Rights are copied from one membership of a structure to another of the same."
        expected = "Another membership of the same structure."
        raise Invalid(message, expected=expected, field=SOURCE)
    if source.status == MembershipStatus.DELETED:
        message = "The membership to copy from was deleted, with its rights."
        raise RuleRefused(ErrorCode.CONFLICT, message, field=SOURCE)
    if receiver.role != Role.SIMPLE_USER:
        message = "A manager's rights are set one by one."
        raise RuleRefused(ErrorCode.CONFLICT, message)
