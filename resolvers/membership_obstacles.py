"""What keeps somebody from an act on a membership, as the acts themselves refuse it."""

from models.accounts import UserStatus
from models.areas import dropped_without_decision
from models.membership_life import may_touch
from models.memberships import MANAGERS, MembershipScope, MembershipStatus, Role
from models.policy import Action, DenyReason
from resolvers.node_ids import NodeKind
from resolvers.subjects import Subject
from resolvers.viewer import Viewer


_BRINGS = {
    Action.MEMBERSHIP_DEACTIVATE: MembershipStatus.INACTIVE,
    Action.MEMBERSHIP_REACTIVATE: MembershipStatus.ACTIVE,
    Action.MEMBERSHIP_DELETE: MembershipStatus.DELETED,
}
"""The status that an act brings a membership into; it does nothing where that is so already."""


def idle(_viewer: Viewer, _action: Action, subject: Subject) -> DenyReason | None:
    """Tell of an inactive structure, which does not take the act (domain.md 3.12)."""
    return None if subject.in_use else DenyReason.STRUCTURE_INACTIVE


def _absent(subject: Subject) -> DenyReason | None:
    """Tell of a membership that grants nothing at present."""
    if subject.membership.status == MembershipStatus.DELETED:
        return DenyReason.MEMBERSHIP_DELETED
    active = subject.membership.status == MembershipStatus.ACTIVE
    return None if active else DenyReason.USER_NOT_CONNECTED


def _unconnected(subject: Subject) -> DenyReason | None:
    """Tell of a membership or an account that grants nothing at present."""
    gone = subject.membership.user.status == UserStatus.DEACTIVATED
    return _absent(subject) or (DenyReason.USER_INACTIVE if gone else None)


def changing_status(viewer: Viewer, action: Action, subject: Subject) -> DenyReason | None:
    """Tell what keeps from bringing a membership into another status (domain.md 3.5)."""
    membership = subject.membership
    if membership is None or membership.status == _BRINGS[action]:
        return None
    if may_touch(action, membership.role).isdisjoint(viewer.standing(subject.structure_id)):
        return DenyReason.TARGET_PROTECTED
    if membership.status == MembershipStatus.DELETED:
        return DenyReason.MEMBERSHIP_DELETED
    gone = membership.user.status == UserStatus.DEACTIVATED
    if action == Action.MEMBERSHIP_REACTIVATE and gone:
        return DenyReason.USER_INACTIVE
    return None


def leaving(viewer: Viewer, _action: Action, subject: Subject) -> DenyReason | None:
    """Tell what keeps from ending one's own membership, the live one where there are several."""
    own = viewer.memberships.get(subject.structure_id or 0)
    primary = own is not None and own.role == Role.PRIMARY_MANAGER
    return DenyReason.TARGET_PROTECTED if primary else None


def appointing(viewer: Viewer, action: Action, subject: Subject) -> DenyReason | None:
    """
    Tell what keeps from appointing a simple user, or from revoking a secondary manager.

    A structure is asked of both: to revoke is possible on an inactive one, too (domain.md 3.10).
    """
    membership = subject.membership
    if membership is None or membership.role == Role.SECONDARY_MANAGER:
        return None
    if membership.role == Role.PRIMARY_MANAGER:
        return DenyReason.TARGET_PROTECTED
    reason = idle(viewer, action, subject) or _absent(subject)
    return reason or (None if membership.user.may_manage else DenyReason.USER_NOT_ELIGIBLE)


def giving_rights(viewer: Viewer, action: Action, subject: Subject) -> DenyReason | None:
    """Tell what keeps from giving rights on areas to a user (domain.md 3.7)."""
    membership = subject.membership
    if membership is None:
        return idle(viewer, action, subject)
    if not membership.is_touchable_by(viewer.id, viewer.role(membership.structure_id)):
        return DenyReason.TARGET_PROTECTED
    return idle(viewer, action, subject) or _unconnected(subject)


def receiving(viewer: Viewer, action: Action, subject: Subject) -> DenyReason | None:
    """Tell what keeps from giving a user what another one has (domain.md 3.4)."""
    membership = subject.membership
    if membership is None:
        return idle(viewer, action, subject)
    if membership.role in MANAGERS:
        return DenyReason.TARGET_PROTECTED
    return idle(viewer, action, subject) or _unconnected(subject)


def reaching(_viewer: Viewer, _action: Action, subject: Subject) -> DenyReason | None:
    """
    Tell what keeps from changing which services a user reaches (domain.md 1.4).

    One may always be limited, so a membership is asked of this at least; a user of one service is
    asked of being taken off it.
    """
    membership = subject.membership
    if membership is None:
        return None
    if membership.status == MembershipStatus.DELETED:
        return DenyReason.MEMBERSHIP_DELETED
    if membership.role in MANAGERS:
        return DenyReason.TARGET_PROTECTED
    everywhere = membership.scope == MembershipScope.ALL_SERVICES
    alone = subject.kind == NodeKind.SERVICE_USER
    return DenyReason.REACHES_ALL_SERVICES if alone and everywhere else None


def ending_rights(viewer: Viewer, _action: Action, subject: Subject) -> DenyReason | None:
    """Tell what keeps from ending a user's rights, or from giving up one's own (domain.md 3.7)."""
    membership = subject.membership
    if membership is None:
        return None
    role = viewer.role(membership.structure_id)
    if role in MANAGERS or membership.user_id != viewer.id:
        touchable = membership.is_touchable_by(viewer.id, role)
        return None if touchable else DenyReason.TARGET_PROTECTED
    if role is None:
        live = viewer.membership(membership.structure_id)
        return DenyReason.NOT_A_MEMBER if live is None else DenyReason.MEMBERSHIP_INACTIVE
    kept = subject.kind == NodeKind.AREA_SUBSCRIPTION and not dropped_without_decision(
        subject.record.area
    )
    return DenyReason.ROLE_TOO_LOW if kept or not subject.self_service else None
