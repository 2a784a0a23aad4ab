"""Users connected by their logins, and secondary managers appointed and revoked."""

from typing import Any

from tests.reference.acts import Act, Call, Refused, refuse
from tests.reference.areas import named
from tests.reference.giving import connect, usable
from tests.reference.state import (
    ACTIVE,
    CONNECTION,
    DELETED,
    INACTIVE,
    PRIMARY,
    SECONDARY,
    SIMPLE,
    Membership,
)


def attach(call: Call, item: dict[str, Any]) -> str:
    state, person = call.state, item["person"]
    structure = call.require_card(item["structure"])
    call.require(structure)
    chosen, codes = _chosen(call, structure, item)
    held = None if person is None else state.membership(structure, person)
    connected = held is not None and held.status == ACTIVE
    eligible = person is not None and state.people[person].may_manage
    peer = held is not None and held.role == SECONDARY
    refuse(
        **dict.fromkeys(codes, True),
        STRUCTURE_INACTIVE=state.structures[structure].status == INACTIVE,
        ALREADY_CONNECTED=connected,
        USER_NOT_ELIGIBLE=not eligible,
        FORBIDDEN=peer and call.before.role(structure, call.actor) != PRIMARY,
    )
    if held is not None:
        _confine(held, chosen, everywhere=item["everywhere"])
    made = connect(state, structure, person, chosen)
    _settle(call, made)
    return f"membership {made.number}"


def _chosen(call: Call, structure: int, item: dict[str, Any]) -> tuple[set[str], set[str]]:
    names, codes = item["services"], set()
    if item["everywhere"]:
        return set(), {"INVALID"} if names else set()
    if not names:
        return set(), {"INVALID"}
    for name in names:
        try:
            usable(call, structure, name)
        except Refused as refused:
            codes |= refused.codes
    return {name[1] for name in names if name is not None}, codes


def _confine(held: Membership, chosen: set[str], *, everywhere: bool) -> None:
    # Who comes back reaches what is given now, and nothing else.
    held.everywhere = everywhere
    if everywhere:
        held.reach_everything()
    else:
        held.listed = {
            code: status if code in chosen else DELETED for code, status in held.listed.items()
        }
        for scope in [one for one in held.rights if one[1] is not None and one[1] not in chosen]:
            del held.rights[scope]


def _settle(call: Call, held: Membership) -> None:
    state, kind = call.state, CONNECTION
    for request in state.pending(kind=kind, structure=held.structure, person=held.person):
        call.decide(request)


def _named(call: Call, given: dict[str, Any], role: str) -> tuple[Membership, bool]:
    held = named(call, given["membership"])
    call.require(held.structure)
    return held, held.role != role


def appoint(call: Call, given: dict[str, Any]) -> str:
    state = call.state
    held, changes = _named(call, given, SECONDARY)
    if changes:
        refuse(
            STRUCTURE_INACTIVE=state.structures[held.structure].status == INACTIVE,
            STALE_VERSION=given["stale"] is True,
            PRIMARY_MUST_TRANSFER=held.role == PRIMARY,
            CONFLICT=held.status != ACTIVE,
            USER_NOT_ELIGIBLE=not state.people[held.person].may_manage,
        )
        held.role = SECONDARY
        held.reach_everything()
        _settle(call, held)
    return f"membership {held.number}"


def revoke(call: Call, given: dict[str, Any]) -> str:
    held, changes = _named(call, given, SIMPLE)
    if changes:
        refuse(STALE_VERSION=given["stale"] is True, PRIMARY_MUST_TRANSFER=held.role == PRIMARY)
        held.role = SIMPLE
    return f"membership {held.number}"


ACTS: dict[str, Act] = {
    "attachUsers": ("users", attach),
    "appointSecondaryManager": (None, appoint),
    "revokeSecondaryManager": (None, revoke),
}
