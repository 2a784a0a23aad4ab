"""Areas: opened and closed by managers, and the rights that they give and end."""

from typing import Any

from tests.reference import rights
from tests.reference.acts import Act, Call, Refused, refuse
from tests.reference.giving import usable
from tests.reference.state import (
    ACTIVE,
    CONSULTATION,
    DEFAULT_TABS,
    INACTIVE,
    MANAGERS,
    PRIMARY,
    PUBLIC,
    PUBLIC_TABS,
    SUBSCRIPTION,
    Membership,
    Scope,
    State,
    Structure,
    covers,
    within,
)


PAYING = {"ICT_REFUNDS", "JUSTICE_COSTS"}
"""They end in a payment to the structure, so it needs a bank account."""


def available(card: Structure, area: str) -> bool:
    """Say whether a structure meets what an area needs to be opened."""
    if area in PUBLIC_TABS:
        return card.sector == PUBLIC
    if area == "INVOICES_TO_VALIDATE":
        return card.delegated_validator
    if area == "JUSTICE_COSTS" and card.justice_category is None:
        return False
    if area == "ICT_REFUNDS" and card.agricultural_centre:
        return False
    return area not in PAYING or any(one.status == ACTIVE for one in card.accounts.values())


def _scope(call: Call, card: Structure, area: str, name: Any) -> tuple[Scope, set[str]]:
    codes = {"AREA_IS_DEFAULT"} if area in DEFAULT_TABS else set()
    if name == "whole":
        return (area, None), codes
    try:
        return (area, usable(call, card.number, name)), codes
    except Refused as refused:
        return (area, None), codes | refused.codes


def open_area(call: Call, item: dict[str, Any]) -> str | None:
    state = call.state
    structure = call.require_card(item["structure"])
    call.require(structure)
    card, mode = state.structures[structure], item["mode"]
    scope, codes = _scope(call, card, item["area"], item["service"])
    before = None if codes else card.openings.get(scope)
    more = before is None or not covers(before, mode)
    if card.status == INACTIVE:
        codes.add("STRUCTURE_INACTIVE")
    if more and item["area"] not in DEFAULT_TABS and not available(card, item["area"]):
        codes.add("AREA_NOT_AVAILABLE")
    refuse(**dict.fromkeys(codes, True))
    card.openings[scope] = mode
    if before is None:
        card.opened[scope] = state.now
    if mode != before:
        call.record(structure)
    lower(state, card, item["area"])
    held = state.membership(structure, call.actor)
    if item["subscribe_me"] and held is not None and not within(held.rights, scope, mode):
        grant(call, held, scope, mode)
    return f"opening {structure} {scope[0]} {scope[1]}"


def lower(state: State, card: Structure, area: str) -> None:
    """Lower or end the rights on an area that are above what is opened now."""
    for one in state.memberships:
        if one.structure != card.number:
            continue
        for scope, mode in list(one.rights.items()):
            if scope[0] != area or within(card.openings, scope, mode):
                continue
            if within(card.openings, scope, CONSULTATION):
                one.rights[scope] = CONSULTATION
            else:
                del one.rights[scope]


def grant(call: Call, held: Membership, scope: Scope, mode: str) -> None:
    """Give a right by a manager's act; it settles the requests that ask for no more."""
    state = call.state
    if held.rights.get(scope) == mode:
        return
    held.rights[scope] = mode
    for request in state.pending(kind=SUBSCRIPTION, structure=held.structure, person=held.person):
        if within({scope: mode}, request.scope, request.mode):
            call.decide(request)


def close_area(call: Call, item: tuple[int, Scope] | None) -> str:
    state = call.state
    if item is None or item[0] not in state.structures:
        raise Refused("NOT_FOUND")
    structure, scope = item
    if not rights.reads(call.before, call.actor, "opened areas", structure):
        raise Refused("NOT_FOUND")
    card = state.structures[structure]
    # An area that is opened again is another object, of which a refusal is not equal.
    call.named = f"opening {structure} {scope} since {card.opened.get(scope)}"
    call.require(structure)
    if card.openings.pop(scope, None) is not None:
        call.record(structure)
        lower(state, card, scope[0])
        for request in state.pending(kind=SUBSCRIPTION, structure=structure):
            below = request.scope[0] == scope[0] and scope[1] in {None, request.scope[1]}
            if below and not within(card.openings, request.scope, CONSULTATION):
                state.cancel(request)
    return f"opening {structure} {scope[0]} {scope[1]}"


def named(call: Call, number: int | None) -> Membership:
    """Give a membership that the actor may know of."""
    for one in call.state.memberships:
        seen = rights.reads(call.before, call.actor, "membership", one.structure, one.person)
        if seen and one.number == number:
            return one
    raise Refused("NOT_FOUND")


def require_touchable(call: Call, held: Membership) -> None:
    """Refuse what only the primary manager does: to touch another manager's rights."""
    before = next(one for one in call.before.memberships if one.number == held.number)
    manages = before.role in MANAGERS
    primary = call.before.role(held.structure, call.actor) == PRIMARY
    refuse(FORBIDDEN=manages and held.person != call.actor and not primary)


def set_right(call: Call, item: dict[str, Any]) -> str | None:
    state, held = call.state, named(call, item["membership"])
    call.require(held.structure)
    require_touchable(call, held)
    card, mode = state.structures[held.structure], item["mode"]
    scope, codes = _scope(call, card, item["area"], item["service"])
    against = {
        "STRUCTURE_INACTIVE": card.status == INACTIVE,
        "CONFLICT": held.status != ACTIVE,
        "USER_INACTIVE": state.people[held.person].status == "DEACTIVATED",
        "INVALID": scope[1] is not None and not held.reaches(scope[1]),
        "AREA_NOT_OPENED": not within(card.openings, scope, mode),
    }
    refuse(**dict.fromkeys(codes, True), **against)
    grant(call, held, scope, mode)
    return f"right {held.number} {scope[0]} {scope[1]}"


def end_right(call: Call, item: tuple[int, Scope] | None) -> str:
    if item is None:
        raise Refused("NOT_FOUND")
    number, scope = item
    held = named(call, number)
    call.require(held.structure, held.person)
    role = call.before.role(held.structure, call.actor)
    if held.person == call.actor and role not in MANAGERS:
        # Everyone drops by himself what he may take by himself.
        refuse(FORBIDDEN=role is None or scope[0] != "ISSUED_INVOICES")
    else:
        require_touchable(call, held)
    held.rights.pop(scope, None)
    return f"right {number} {scope[0]} {scope[1]}"


ACTS: dict[str, Act] = {
    "openAreas": ("areas", open_area),
    "closeAreas": ("openings", close_area),
    "setSubscriptions": ("subscriptions", set_right),
    "endSubscriptions": ("rights", end_right),
}
