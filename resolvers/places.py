"""Places of users on services, by the lists of their memberships."""

from collections.abc import Collection, Mapping

from models.memberships import Membership, MembershipStatus, ServiceMembership
from resolvers.effects import EffectKind
from resolvers.writing import Writing


Places = Mapping[tuple[int, int], ServiceMembership]
"""Places of memberships on services, by the numbers of both."""


def reached(membership_id: int, listed: Places) -> set[int]:
    """Give the services where a membership has an active place, of those *listed*."""
    return {
        service_id
        for (holder_id, service_id), place in listed.items()
        if holder_id == membership_id and place.status == MembershipStatus.ACTIVE
    }


def take_places(
    writing: Writing,
    membership: Membership,
    listed: Places,
    kept: Collection[int] = (),
    *,
    told: bool = True,
) -> None:
    """
    Take a membership off the services of its list, *listed*, but those *kept*.

    It is not *told* where the list as a whole has no meaning any more, or had none: who reaches
    all services has no list (domain.md 1.4).
    """
    gone = MembershipStatus.DELETED
    for (membership_id, service_id), place in sorted(listed.items()):
        lost = service_id not in kept and place.status != gone
        if membership_id != membership.id or not lost:
            continue
        before, place.status, place.updated_at = place.status, gone, writing.now
        if told:
            change = {"service_id": service_id, "before": before, "after": gone}
            writing.alter(membership, EffectKind.MEMBERSHIP_CHANGED, **change)
