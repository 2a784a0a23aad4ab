"""The tabs of the top menu: what a person may use, and what is missing for the rest."""

from typing import Any

from tests.reference.rights import usable
from tests.reference.state import (
    ACTIVE,
    DEFAULT_TABS,
    MANAGERS,
    PUBLIC,
    PUBLIC_TABS,
    SUBSCRIPTION,
    TABS,
    Membership,
    State,
    covers,
)


def tabs(state: State, person: str) -> list[Any]:
    """Give the tabs of the top menu, with what is missing for those that cannot be used."""
    own = [one for one in state.memberships if one.person == person and one.status == ACTIVE]
    cards = [state.structures[one.structure] for one in own]
    public = any(card.sector == PUBLIC for card in cards)
    shown = [area for area in TABS if public or area not in PUBLIC_TABS]
    return [(area, *_tab(state, person, own, area)) for area in shown]


def _tab(
    state: State, person: str, own: list[Membership], area: str
) -> tuple[str | None, str | None]:
    if area == "MANAGER_ACTIVITIES":
        if any(one.role in MANAGERS for one in own):
            return None, None
        return None, "NO_MANAGER_ROLE" if own else "NO_MEMBERSHIP"
    if area in DEFAULT_TABS:
        return None, None
    if not own:
        return None, "NO_MEMBERSHIP"
    return _stored_tab(state, person, own, area)


def _stored_tab(
    state: State, person: str, own: list[Membership], area: str
) -> tuple[str | None, str | None]:
    held = [
        (one, mode)
        for one in own
        for (of, code), mode in one.rights.items()
        if of == area and usable(state.structures[one.structure], one, code)
    ]
    if held:
        modes = [mode for _, mode in held]
        best = next((mode for mode in modes if covers(mode, "MODIFICATION")), modes[0])
        paid = any(state.structures[one.structure].paid for one, _ in held)
        return best, None if paid or area != "COMMITMENTS" else "NOT_YET_AVAILABLE"
    places = {one.structure for one in own}
    if not any(of == area for place in places for of, _ in state.structures[place].openings):
        return None, "AREA_NOT_OPENED"
    waits = any(
        one.scope[0] == area and one.structure in places
        for one in state.pending(person=person, kind=SUBSCRIPTION)
    )
    return None, "REQUEST_PENDING" if waits else "NOT_SUBSCRIBED"
