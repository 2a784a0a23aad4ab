"""What keeps somebody from an act that his role would let him do."""

from dataclasses import dataclass
from typing import Any

from models.areas import dropped_without_decision
from models.membership_life import TOUCHED_BY, may_touch
from models.memberships import MANAGERS, Role
from models.policy import POLICY, Action, DenyReason
from resolvers.viewer import Viewer


_OF_MANAGERS_BY_PRIMARY = frozenset({Action.SUBSCRIPTION_SET, Action.SUBSCRIPTION_END})
"""What is done to another manager's membership by the primary manager only (domain.md 2.2)."""

_OF_SIMPLE_USERS = frozenset({Action.SERVICE_USER_MANAGE, Action.SUBSCRIPTION_DUPLICATE})
"""What is done to simple users' memberships only: a manager reaches everything."""

_TAKEN_BY_INACTIVE = frozenset(
    {
        Action.SUBSCRIPTION_END,
        Action.SERVICE_USER_MANAGE,
        Action.STRUCTURE_DEACTIVATE,
        Action.MEMBERSHIP_DEACTIVATE,
        Action.MEMBERSHIP_REACTIVATE,
        Action.MEMBERSHIP_DELETE,
        Action.MEMBERSHIP_LEAVE,
        Action.MANDATE_REVOKE,
    }
)
_CLOSING = frozenset({Action.OPENED_AREA_MANAGE, Action.BANK_ACCOUNT_MANAGE})
"""What an inactive structure takes for a thing that can be closed, though it gets no new one."""

_DECIDING = frozenset({Action.CONNECTION_REQUEST_DECIDE, Action.SUBSCRIPTION_REQUEST_DECIDE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """
    What counts beside an object itself: the structure and the membership that it belongs to.

    *self_service* says whether users give up rights of their own where no decision gave them.
    """

    structure: Any = None
    membership: Any = None
    self_service: bool = True


ALONE = Surroundings()


def missing_mandate(viewer: Viewer, action: Action, structure_id: int | None) -> DenyReason | None:
    """Tell whether a mandate is missing on a structure, or on all where he has the right."""
    if action != Action.INVOICE_INPUT:
        return None
    places = viewer.active if structure_id is None else [structure_id]
    rule, mandated = POLICY[action], viewer.invoicing.mandated
    entered = any(place in mandated and viewer.subscribes(rule, place) for place in places)
    return None if entered else DenyReason.MANDATE_REQUIRED


def obstacle(
    viewer: Viewer, action: Action, source: Any, around: Surroundings
) -> DenyReason | None:
    """Tell what keeps *viewer* from doing *action* to *source*, though his role lets him."""
    if not POLICY[action].acts:
        return None
    structure = around.structure or source
    replaced = action == Action.PRIMARY_MANAGER_TRANSFER and viewer.is_support
    closing = action in _CLOSING and hasattr(source, "closed_at")
    taken = replaced or closing or action in _TAKEN_BY_INACTIVE
    if getattr(structure, "deactivated_at", None) is not None and not taken:
        return DenyReason.STRUCTURE_INACTIVE
    if action == Action.IDENTIFIER_CHANGE and getattr(structure, "local_authority", False):
        return None if viewer.is_support else DenyReason.CONTACT_SUPPORT
    # A user, who is nobody's request, has an owner but no structure.
    own = getattr(source, "owner_id", None) == viewer.id and hasattr(source, "structure_id")
    if action in _DECIDING and own:
        primary = viewer.role(source.structure_id) == Role.PRIMARY_MANAGER
        return None if primary else DenyReason.SELF_DECISION
    if action == Action.INVOICE_INPUT:
        return missing_mandate(viewer, action, source.structure_id)
    return _protection(viewer, action, source, around)


def _protection(
    viewer: Viewer, action: Action, source: Any, around: Surroundings
) -> DenyReason | None:
    """Tell what keeps *viewer* from a service, from somebody's membership, or from his own."""
    if action == Action.SERVICE_MANAGE:
        return DenyReason.SERVICE_RESERVED if getattr(source, "reserved", False) else None
    if action in _OF_SIMPLE_USERS:
        return DenyReason.TARGET_PROTECTED if getattr(source, "role", None) in MANAGERS else None
    membership = around.membership or source
    if action in TOUCHED_BY and isinstance(getattr(membership, "role", None), Role):
        allowed = may_touch(action, membership.role)
        refused = allowed.isdisjoint(viewer.standing(source.structure_id))
        return DenyReason.TARGET_PROTECTED if refused else None
    leaver = getattr(membership, "role", None)
    if action == Action.MEMBERSHIP_LEAVE and leaver == Role.PRIMARY_MANAGER:
        return DenyReason.TARGET_PROTECTED
    if action in _OF_MANAGERS_BY_PRIMARY and hasattr(membership, "is_touchable_by"):
        return _protection_of_rights(viewer, membership, source, around)
    return None


def _protection_of_rights(
    viewer: Viewer, membership: Any, source: Any, around: Surroundings
) -> DenyReason | None:
    role = viewer.role(source.structure_id)
    if not membership.is_touchable_by(viewer.id, role):
        return DenyReason.TARGET_PROTECTED
    area = getattr(source, "area", None)
    if area is None or role in MANAGERS:
        return None
    alone = role is not None and around.self_service and dropped_without_decision(area)
    return None if alone else DenyReason.ROLE_TOO_LOW
