"""What acts have in common that connect people and give them rights."""

from tests.reference.acts import Call, Refused
from tests.reference.state import (
    ACTIVE,
    CONNECTION,
    INACTIVE,
    SIMPLE,
    Membership,
    Scope,
    State,
    within,
)


def usable(
    call: Call, structure: int, name: tuple[int, str] | None, *, hidden: bool = False
) -> str:
    """Give the code of a service of a structure, if a right on it can be given."""
    card = call.state.structures[structure]
    if name is None or name[0] != structure or hidden:
        raise Refused("NOT_FOUND")
    if not card.services[name[1]].active:
        raise Refused("SERVICE_INACTIVE")
    return name[1]


def connect(state: State, structure: int, person: str, granted: set[str]) -> Membership:
    """Make a simple user, revive him, or widen what he reaches."""
    held = state.membership(structure, person)
    if held is None:
        held = state.connect(structure, person, everywhere=not granted)
    elif held.status == INACTIVE:
        # The same connection again, but never the role of a manager with it.
        held.status, held.role = ACTIVE, SIMPLE
        held.everywhere = held.everywhere and not granted
    if not held.everywhere:
        held.listed |= dict.fromkeys(granted, ACTIVE)
    return held


def settle_connections(call: Call, held: Membership) -> None:
    """Validate the requests to be connected that a membership meets, if it is active."""
    if held.status != ACTIVE:
        return
    for request in call.state.pending(
        kind=CONNECTION, structure=held.structure, person=held.person
    ):
        if held.everywhere or all(map(held.reaches, request.services)):
            call.decide(request)


def give(held: Membership, scope: Scope, mode: str) -> None:
    """Give a right unless one that is held covers it; nothing is lost by it."""
    if not within(held.rights, scope, mode):
        held.rights[scope] = mode
