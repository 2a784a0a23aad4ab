"""What keeps somebody from an act that his role would let him do, as the act itself refuses it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from models.access import AccessRole
from models.accounts import UserKind
from models.memberships import MembershipScope, Role
from models.policy import POLICY, Action, DenyReason
from models.requests import RequestStatus
from resolvers.membership_obstacles import (
    appointing,
    changing_status,
    ending_rights,
    giving_rights,
    idle,
    leaving,
    reaching,
    receiving,
)
from resolvers.node_ids import NodeKind
from resolvers.subjects import Subject
from resolvers.viewer import Viewer


Check = Callable[[Viewer, Action, Subject], DenyReason | None]

_OF_PERSONS = frozenset(
    {
        Action.CONNECTION_REQUEST_SUBMIT,
        Action.SUBSCRIPTION_REQUEST_SUBMIT,
        Action.STRUCTURE_CREATE,
    }
)
"""What the personal account of somebody does only, no program's."""


def obstacle_anywhere(viewer: Viewer, action: Action) -> DenyReason | None:
    """Tell what keeps *viewer* from doing *action* to anything at all, though a role lets him."""
    if action in _OF_PERSONS and viewer.kind != UserKind.HUMAN:
        return DenyReason.USER_NOT_ELIGIBLE
    return _missing_mandate(viewer, action, viewer.active)


def obstacle(viewer: Viewer, action: Action, subject: Subject) -> DenyReason | None:
    """Tell what keeps *viewer* from doing *action* to *subject*, though his role lets him."""
    if not POLICY[action].acts:
        return None
    if action in _OF_PERSONS and viewer.kind != UserKind.HUMAN:
        return DenyReason.USER_NOT_ELIGIBLE
    found = (check(viewer, action, subject) for check in CHECKS[action])
    return next((reason for reason in found if reason is not None), None)


def _missing_mandate(viewer: Viewer, action: Action, places: list[int]) -> DenyReason | None:
    if action != Action.INVOICE_INPUT:
        return None
    rule, mandated = POLICY[action], viewer.invoicing.mandated
    entered = any(place in mandated and viewer.subscribes(rule, place) for place in places)
    return None if entered else DenyReason.MANDATE_REQUIRED


def _mandate(viewer: Viewer, action: Action, subject: Subject) -> DenyReason | None:
    return _missing_mandate(viewer, action, [subject.structure_id or 0])


def _reachable_already(viewer: Viewer, _action: Action, subject: Subject) -> DenyReason | None:
    """Tell of somebody who has nothing to be connected to, or asked before (domain.md 3.3)."""
    place = subject.structure_id or 0
    own = viewer.membership(place)
    if viewer.role(place) is not None and own and own.scope == MembershipScope.ALL_SERVICES:
        return DenyReason.ALREADY_CONNECTED
    waits = AccessRole.PENDING_REQUESTER in viewer.standing(place)
    return DenyReason.REQUEST_PENDING if waits else None


def _ended_before(viewer: Viewer, action: Action, subject: Subject) -> DenyReason | None:
    """Tell of a request that is no longer pending; who ended it himself only repeats that."""
    request = subject.record
    if request.status_at(subject.now) == RequestStatus.PENDING:
        return None
    cancels = action == Action.REQUEST_CANCEL
    ends = (
        {RequestStatus.CANCELLED} if cancels else {RequestStatus.VALIDATED, RequestStatus.REFUSED}
    )
    repeated = any(request.was_ended_by(viewer.id, status) for status in ends)
    return None if repeated else DenyReason.REQUEST_ALREADY_DECIDED


def _decision(viewer: Viewer, action: Action, subject: Subject) -> DenyReason | None:
    """Tell what keeps from deciding a request, or any of a structure (domain.md 3.3, 3.7)."""
    if subject.kind == NodeKind.STRUCTURE:
        return idle(viewer, action, subject)
    if subject.record.status_at(subject.now) != RequestStatus.PENDING:
        return _ended_before(viewer, action, subject)
    own = subject.record.owner_id == viewer.id
    if own and viewer.role(subject.record.structure_id) != Role.PRIMARY_MANAGER:
        return DenyReason.SELF_DECISION
    return idle(viewer, action, subject)


def _transfer(viewer: Viewer, action: Action, subject: Subject) -> DenyReason | None:
    """Tell of an inactive structure, where the support alone replaces the primary manager."""
    primary = viewer.role(subject.structure_id or 0) == Role.PRIMARY_MANAGER
    return idle(viewer, action, subject) if primary else None


def _status_change(_viewer: Viewer, _action: Action, subject: Subject) -> DenyReason | None:
    """Tell what keeps an inactive structure from being made active again (domain.md 3.12)."""
    if subject.in_use:
        return None
    if subject.past.continued:
        return DenyReason.SUCCESSION_ACTIVE
    return None if subject.past.managed else DenyReason.USER_INACTIVE


def _replacement(viewer: Viewer, _action: Action, subject: Subject) -> DenyReason | None:
    """Tell of a card that gets no other identifier, or not by *viewer* (domain.md 3.11)."""
    if subject.structure.local_authority and not viewer.is_support:
        return DenyReason.CONTACT_SUPPORT
    return DenyReason.STRUCTURE_REPLACED if subject.past.replaced else None


def _reserved(_viewer: Viewer, _action: Action, subject: Subject) -> DenyReason | None:
    """Tell of the platform's own service (domain.md 1.3)."""
    reserved = subject.kind == NodeKind.SERVICE and subject.record.reserved
    return DenyReason.SERVICE_RESERVED if reserved else None


def _switched_off(_viewer: Viewer, _action: Action, subject: Subject) -> DenyReason | None:
    """Tell of a service that is inactive today (domain.md 3.14)."""
    if subject.kind != NodeKind.SERVICE or subject.record.active_on(subject.now.date()):
        return None
    return DenyReason.SERVICE_INACTIVE


def _growing(viewer: Viewer, action: Action, subject: Subject) -> DenyReason | None:
    """Tell of an inactive structure, which gets nothing new: what it has may be closed."""
    closes = subject.kind in {NodeKind.STRUCTURE_AREA, NodeKind.BANK_ACCOUNT}
    return None if closes else idle(viewer, action, subject)


def _never_mandated(_viewer: Viewer, _action: Action, subject: Subject) -> DenyReason | None:
    """Tell of a structure that never had a mandate (domain.md 3.16)."""
    return None if subject.past.mandated else DenyReason.MANDATE_REQUIRED


CHECKS: Mapping[Action, tuple[Check, ...]] = MappingProxyType(
    {
        Action.CONNECTION_REQUEST_SUBMIT: (idle, _reachable_already),
        Action.REQUEST_CANCEL: (_ended_before,),
        Action.CONNECTION_REQUEST_DECIDE: (_decision,),
        Action.SUBSCRIPTION_REQUEST_SUBMIT: (idle,),
        Action.SUBSCRIPTION_REQUEST_DECIDE: (_decision,),
        Action.STRUCTURE_CREATE: (),
        Action.STRUCTURE_UPDATE: (idle,),
        Action.STRUCTURE_DEACTIVATE: (_status_change,),
        Action.PRIMARY_MANAGER_TRANSFER: (_transfer,),
        Action.IDENTIFIER_CHANGE: (idle, _replacement),
        Action.SERVICE_MANAGE: (_reserved, idle),
        Action.SERVICE_USER_MANAGE: (reaching,),
        Action.OPENED_AREA_MANAGE: (_growing, _switched_off),
        Action.SUBSCRIPTION_SET: (giving_rights,),
        Action.SUBSCRIPTION_END: (ending_rights,),
        Action.USER_ATTACH: (idle,),
        Action.SECONDARY_MANAGER_APPOINT: (appointing,),
        Action.MEMBERSHIP_DEACTIVATE: (changing_status,),
        Action.MEMBERSHIP_REACTIVATE: (changing_status,),
        Action.MEMBERSHIP_DELETE: (changing_status,),
        Action.MEMBERSHIP_LEAVE: (leaving,),
        Action.SUBSCRIPTION_DUPLICATE: (receiving,),
        Action.BANK_ACCOUNT_MANAGE: (_growing,),
        Action.MANDATE_SUBSCRIBE: (idle,),
        Action.MANDATE_REVOKE: (_never_mandated,),
        Action.INVOICE_INPUT: (idle, _switched_off, _mandate),
        Action.INVOICE_ISSUE: (idle, _switched_off),
    }
)
"""What each act looks at beside the roles; the first that speaks up keeps from it."""
