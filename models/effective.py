"""Which rights on areas have effect (domain.md 3.14)."""

from sqlalchemy import ColumnElement, and_, exists, or_

from models.areas import AreaSubscription
from models.memberships import Membership, MembershipScope, MembershipStatus, ServiceMembership
from models.services import Service, active_today


def in_effect() -> ColumnElement[bool]:
    """
    Say that a right which has not ended counts, as far as its scope is concerned.

    Where it is on a service, its holder reaches that one, and the service is active; whoever
    reaches all services keeps what he may do on an inactive one.
    """
    return or_(_WHOLE, _EVERYWHERE, and_(_listed(), _on_active_service()))


def lets_issue() -> ColumnElement[bool]:
    """Say the same of new invoices, which nobody issues on an inactive service."""
    return or_(_WHOLE, and_(_on_active_service(), or_(_EVERYWHERE, _listed())))


_WHOLE = AreaSubscription.service_id.is_(None)
_EVERYWHERE = Membership.scope == MembershipScope.ALL_SERVICES


def _listed() -> ColumnElement[bool]:
    return exists().where(
        ServiceMembership.membership_id == Membership.id,
        ServiceMembership.service_id == AreaSubscription.service_id,
        ServiceMembership.status == MembershipStatus.ACTIVE,
    )


def _on_active_service() -> ColumnElement[bool]:
    return exists().where(Service.id == AreaSubscription.service_id, active_today())
