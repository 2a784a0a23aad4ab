"""What simple users reach: listed on services, taken off them, given what another has."""

import copy

from typing import Any

from tests.reference import rights
from tests.reference.acts import Act, Call, Refused, refuse
from tests.reference.areas import named
from tests.reference.giving import give, settle_connections, usable
from tests.reference.memberships import end
from tests.reference.state import (
    ACTIVE,
    DELETED,
    INACTIVE,
    MANAGERS,
    PRIMARY,
    SIMPLE,
    SUBSCRIPTION,
    Membership,
    State,
    within,
)


def _places(held: Membership) -> set[str]:
    return {code for code, status in held.listed.items() if status != DELETED}


def _reach(call: Call, held: Membership, codes: set[str] | None) -> None:
    """Let a membership reach exactly *codes*, or everything; what is lost takes rights along."""
    state, before = call.state, (held.everywhere, dict(held.listed))
    services = state.structures[held.structure].services
    for code in _places(held) - (codes or set()):
        held.listed[code] = DELETED
    for code in codes or ():
        # A place on a service that is switched off waits until that is switched on.
        waits = held.listed.get(code) == INACTIVE and not services[code].enabled
        held.listed[code] = INACTIVE if waits else ACTIVE
    held.everywhere = codes is None
    if codes is not None:
        _lose(state, held, codes)
    grown = any(held.listed[code] == ACTIVE != before[1].get(code) for code in codes or ())
    if held.everywhere != before[0] or grown:
        settle_connections(call, held)


def _lose(state: State, held: Membership, codes: set[str]) -> None:
    for scope in [one for one in held.rights if one[1] is not None and one[1] not in codes]:
        del held.rights[scope]
    for request in state.pending(kind=SUBSCRIPTION, structure=held.structure, person=held.person):
        if request.scope[1] is not None and request.scope[1] not in codes:
            state.cancel(request)


def _user(call: Call, number: int | None) -> tuple[Membership, str]:
    service = call.given["service"]
    if service is None or not rights.sees_service(call.before, call.actor, *service):
        raise Refused("NOT_FOUND")
    place = next((one.structure for one in call.state.memberships if one.number == number), None)
    if (
        place is not None
        and place == service[0]
        and rights.reads(call.before, call.actor, "users", place)
    ):
        call.named = f"membership {number}"
    call.require(service[0])
    held = named(call, number)
    if held.structure != service[0]:
        raise Refused("NOT_FOUND")
    return held, service[1]


def _against_growth(call: Call, held: Membership) -> dict[str, bool]:
    return {
        "STRUCTURE_INACTIVE": call.state.structures[held.structure].status == INACTIVE,
        "CONFLICT": held.status != ACTIVE or held.role in MANAGERS,
        "USER_INACTIVE": call.state.people[held.person].status == "DEACTIVATED",
    }


def enable(call: Call, number: int | None) -> str:
    held, code = _user(call, number)
    active = call.state.structures[held.structure].services[code].active
    refuse(SERVICE_INACTIVE=not active, **_against_growth(call, held))
    if not held.everywhere:
        _reach(call, held, _places(held) | {code})
    return f"user {held.number} {code}"


def disable(call: Call, number: int | None) -> str:
    held, code = _user(call, number)
    gone = held.status == DELETED
    refuse(CONFLICT=gone or held.role in MANAGERS or held.everywhere)
    _reach(call, held, _places(held) - {code})
    return f"user {held.number} {code}"


def set_scope(call: Call, given: dict[str, Any]) -> str:
    names, everywhere = given["services"], given["everywhere"]
    if everywhere != (names is None) or names == []:
        raise Refused("INVALID")
    held = named(call, given["membership"])
    call.require(held.structure)
    wrong: set[str] = set()
    chosen, kept = set(), set() if held.everywhere else _places(held)
    for name in names or ():
        known = name is not None and name[0] == held.structure and name[1] in kept
        try:
            chosen.add(name[1] if known else usable(call, held.structure, name))
        except Refused as refused:
            wrong |= refused.codes
    against = _against_growth(call, held)
    grows = not held.everywhere and (everywhere or bool(chosen - kept) or bool(wrong))
    refuse(
        **dict.fromkeys(wrong, True),
        STALE_VERSION=given["stale"],
        STRUCTURE_INACTIVE=grows and against["STRUCTURE_INACTIVE"],
        USER_INACTIVE=grows and against["USER_INACTIVE"],
        CONFLICT=held.role in MANAGERS
        or held.status == DELETED
        or (grows and held.status != ACTIVE),
    )
    _reach(call, held, None if everywhere else chosen)
    return f"membership {held.number}"


def leave(call: Call, number: int | None) -> str:
    structure = call.require_card(number)
    mine = [
        one
        for one in call.state.memberships
        if (one.structure, one.person) == (structure, call.actor)
    ]
    if not mine:
        raise Refused("CONFLICT")
    held = call.state.membership(structure, call.actor)
    if held is not None:
        refuse(PRIMARY_MUST_TRANSFER=held.role == PRIMARY)
        end(call.state, held)
    return f"structure {structure}"


def duplicate(call: Call, number: int | None) -> str:
    state, held = call.state, named(call, number)
    call.require(held.structure)
    source = named(call, call.given["source"])
    refuse(
        INVALID=source.structure != held.structure or source is held,
        CONFLICT=source.status == DELETED or held.role != SIMPLE or held.status != ACTIVE,
        STRUCTURE_INACTIVE=state.structures[held.structure].status == INACTIVE,
        USER_INACTIVE=state.people[held.person].status == "DEACTIVATED",
    )
    services = state.structures[held.structure].services
    usable_codes = {code for code in services if services[code].active and source.reaches(code)}
    before = copy.deepcopy(held)
    if not held.everywhere and source.everywhere:
        held.reach_everything()
    elif not held.everywhere:
        held.listed |= dict.fromkeys(usable_codes, ACTIVE)
    for scope, mode in source.rights.items():
        if scope[1] is None or scope[1] in usable_codes:
            give(held, scope, mode)
    if held != before:
        _settle(call, held)
    return f"membership {held.number}"


def _settle(call: Call, held: Membership) -> None:
    settle_connections(call, held)
    for request in call.state.pending(
        kind=SUBSCRIPTION, structure=held.structure, person=held.person
    ):
        if within(held.rights, request.scope, request.mode):
            call.decide(request)


ACTS: dict[str, Act] = {
    "enableServiceUsers": ("memberships", enable),
    "disableServiceUsers": ("memberships", disable),
    "setMembershipScope": (None, set_scope),
    "leaveStructures": ("structures", leave),
    "duplicateRights": ("memberships", duplicate),
}
