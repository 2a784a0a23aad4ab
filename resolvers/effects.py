"""What an act does to others, told with its answer."""

from collections import Counter
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from models.areas import AreaCode


SHOWN = 100
"""How many effects of one kind are told one by one."""


class EffectKind(StrEnum):
    """What a mutation changes besides its own target."""

    ROLE_CHANGED = "ROLE_CHANGED"
    MEMBERSHIP_CREATED = "MEMBERSHIP_CREATED"
    MEMBERSHIP_CHANGED = "MEMBERSHIP_CHANGED"
    SUBSCRIPTION_ADDED = "SUBSCRIPTION_ADDED"
    SUBSCRIPTION_CHANGED = "SUBSCRIPTION_CHANGED"
    SUBSCRIPTION_ENDED = "SUBSCRIPTION_ENDED"
    REQUEST_DECIDED = "REQUEST_DECIDED"
    REQUEST_CANCELLED = "REQUEST_CANCELLED"
    REQUEST_MOVED = "REQUEST_MOVED"
    STRUCTURE_CREATED = "STRUCTURE_CREATED"
    STRUCTURE_DEACTIVATED = "STRUCTURE_DEACTIVATED"
    STRUCTURE_REACTIVATED = "STRUCTURE_REACTIVATED"
    COPIED = "COPIED"
    AREA_OPENED = "AREA_OPENED"
    AREA_CLOSED = "AREA_CLOSED"
    DEFAULT_BANK_ACCOUNT_CHANGED = "DEFAULT_BANK_ACCOUNT_CHANGED"
    SERVICE_DEACTIVATED = "SERVICE_DEACTIVATED"
    NOTIFICATION = "NOTIFICATION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One consequence, naming by id whom and what it concerns."""

    kind: EffectKind
    count: int = 1
    user_id: int | None = None
    structure_id: int | None = None
    service_id: int | None = None
    area: AreaCode | None = None
    before: str | None = None
    after: str | None = None

    def dump(self) -> dict[str, Any]:
        """Write it as JSON data."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def load(cls, data: dict[str, Any]) -> Self:
        """Read what `dump` wrote."""
        area = data.get("area")
        typed = {
            "kind": EffectKind(data["kind"]),
            "area": None if area is None else AreaCode(area),
        }
        return cls(**{**data, **typed})


def told(effects: list[Effect]) -> list[Effect]:
    """Give *effects*, where those of a kind beyond the first hundred are one entry with a count."""
    seen: Counter[EffectKind] = Counter()
    rest: Counter[EffectKind] = Counter()
    shown = []
    for effect in effects:
        seen[effect.kind] += 1
        if seen[effect.kind] <= SHOWN:
            shown.append(effect)
        else:
            rest[effect.kind] += effect.count
    return shown + [Effect(kind=kind, count=count) for kind, count in rest.items()]
