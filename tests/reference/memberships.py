"""The life of memberships: deactivated, reactivated and deleted by others."""

from collections.abc import Callable

from tests.reference.acts import Act, Call, refuse
from tests.reference.areas import named
from tests.reference.giving import settle_connections
from tests.reference.state import (
    ACTIVE,
    DELETED,
    INACTIVE,
    MANAGERS,
    PRIMARY,
    SECONDARY,
    SIMPLE,
    Membership,
    State,
)


SUPPORT_DEACTIVATES_ONLY = {"reactivateMemberships", "deleteMemberships"}


def _touched(call: Call, number: int | None, status: str) -> tuple[Membership, bool]:
    """Give a membership, and whether it is to be changed: it may be so already."""
    state, held = call.state, named(call, number)
    call.require(held.structure)
    if held.status == status:
        return held, False
    role = call.before.role(held.structure, call.actor)
    support = role not in MANAGERS
    peer = held.role == SECONDARY and role == SECONDARY
    beyond = held.role == SIMPLE and support and call.act in SUPPORT_DEACTIVATES_ONLY
    refuse(
        PRIMARY_MUST_TRANSFER=held.role == PRIMARY,
        FORBIDDEN=peer or beyond,
        INVALID=support and call.given["reason"] is None,
        CONFLICT=held.status == DELETED,
        USER_INACTIVE=status == ACTIVE and state.people[held.person].status == "DEACTIVATED",
    )
    return held, True


def _waits_no_more(state: State, held: Membership) -> None:
    for request in state.pending(structure=held.structure, person=held.person):
        state.cancel(request)


def deactivate(call: Call, number: int | None) -> str:
    held, changes = _touched(call, number, INACTIVE)
    if changes:
        held.status = INACTIVE
        _waits_no_more(call.state, held)
    return f"membership {held.number}"


def reactivate(call: Call, number: int | None) -> str:
    held, changes = _touched(call, number, ACTIVE)
    if changes:
        held.status = ACTIVE
        settle_connections(call, held)
    return f"membership {held.number}"


def delete(call: Call, number: int | None) -> str:
    held, changes = _touched(call, number, DELETED)
    if changes:
        end(call.state, held)
    return f"membership {held.number}"


def end(state: State, held: Membership) -> None:
    """End a membership for good: nothing of it is left but that it was."""
    held.status, held.role = DELETED, SIMPLE
    held.rights.clear()
    _waits_no_more(state, held)


LIFE: dict[str, Callable[[Call, int | None], str]] = {
    "deactivateMemberships": deactivate,
    "reactivateMemberships": reactivate,
    "deleteMemberships": delete,
}
ACTS: dict[str, Act] = {name: ("memberships", item) for name, item in LIFE.items()}
