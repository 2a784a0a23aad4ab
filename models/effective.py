"""Which rights on areas have effect (domain.md 3.14)."""

from sqlalchemy import ColumnElement, exists, or_

from models.areas import AreaSubscription
from models.memberships import Membership, MembershipScope, MembershipStatus, ServiceMembership
from models.services import Service, active_today


def in_effect() -> ColumnElement[bool]:
    """
    Say that a right which has not ended counts, as far as its scope is concerned.

    Where it is on a service, its holder reaches that one, and the service is active; whoever
    reaches all services keeps what he may do on an inactive one.
    """
    reached = exists().where(
        ServiceMembership.membership_id == Membership.id,
        ServiceMembership.service_id == AreaSubscription.service_id,
        ServiceMembership.status == MembershipStatus.ACTIVE,
        Service.id == ServiceMembership.service_id,
        active_today(),
    )
    return or_(
        AreaSubscription.service_id.is_(None),
        Membership.scope == MembershipScope.ALL_SERVICES,
        reached,
    )
