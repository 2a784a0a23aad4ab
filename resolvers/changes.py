"""What changed, as the history stores it: the name of a value, before and after."""

from collections.abc import Mapping
from typing import Any

from models.areas import AreaCode, AreaScope
from models.memberships import MembershipScope, MembershipStatus
from models.requests import RequestStatus
from resolvers.effects import Effect, EffectKind


Change = dict[str, Any]


def change(field: str, before: str | None, after: str | None) -> Change:
    """Tell the value of *field* before and after."""
    return {"field": field, "before": before, "after": after}


def status_change(status: RequestStatus) -> Change:
    """Tell the end of a pending request."""
    return change("status", RequestStatus.PENDING.value, status.value)


def right_changes(
    area: AreaCode, service: str | None, before: str | None, after: str | None
) -> list[Change]:
    """Tell a right or an opening on *service*, if on one, and its mode *before* and *after*."""
    scope = AreaScope.STRUCTURE if service is None else AreaScope.SERVICE
    named = {"area": area.value, "scope": scope.value}
    if service is not None:
        named["service"] = service
    told = [change(name, before and text, after and text) for name, text in named.items()]
    return [*told, change("mode", before, after)]


def _place_change(service: str, before: str | None, after: str | None) -> Change:
    """Tell a place on *service*; one that waits while that is off lets nobody reach it."""
    reached, waiting = MembershipStatus.ACTIVE, MembershipStatus.INACTIVE
    field, counts = (
        ("service", reached) if reached in {before, after} else ("waitingService", waiting)
    )
    return change(
        field, service if before == counts else None, service if after == counts else None
    )


def membership_changes(effect: Effect, codes: Mapping[int, str]) -> list[Change]:
    """Tell what *effect* says of a membership; *codes* are those of services, by number."""
    service = None if effect.service_id is None else codes[effect.service_id]
    before, after = effect.before, effect.after
    if effect.area is not None:
        return right_changes(effect.area, service, before, after)
    if service is not None:
        return [_place_change(service, before, after)]
    if effect.kind == EffectKind.ROLE_CHANGED:
        return [change("role", before, after)]
    if effect.kind == EffectKind.MEMBERSHIP_CREATED:
        return [change("status", None, MembershipStatus.ACTIVE.value), change("scope", None, after)]
    scopes = {scope.value for scope in MembershipScope}
    return [change("scope" if after in scopes else "status", before, after)]
