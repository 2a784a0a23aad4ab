"""The transfer of the primary role, and the change of an identifier."""

import copy

from typing import Any

from tests.reference.acts import Act, Call, refuse
from tests.reference.state import (
    ACTIVE,
    CONNECTION,
    DELETED,
    INACTIVE,
    PRIMARY,
    SIMPLE,
    Membership,
    State,
)


def transfer(call: Call, number: int | None) -> str:
    state, given = call.state, call.given
    structure = call.require_card(number)
    call.require(structure)
    by_support = call.before.role(structure, call.actor) != PRIMARY
    former, successor = state.primary(structure), given["successor"]
    holder = None if former is None else former.person
    refuse(
        INVALID=by_support and given["reason"] is None,
        USER_NOT_ELIGIBLE=successor is None or not state.people[successor].may_manage,
        TRANSFER_TO_SELF=successor in {call.actor, holder},
        STRUCTURE_INACTIVE=not by_support and state.structures[structure].status == INACTIVE,
    )
    if former is not None:
        _release(state, former, given["after"])
    held = state.membership(structure, successor)
    if held is None:
        held = state.connect(structure, successor)
    held.role, held.status = PRIMARY, ACTIVE
    held.reach_everything()
    for request in state.pending(kind=CONNECTION, structure=structure, person=successor):
        call.decide(request)
    return f"structure {structure}"


def _release(state: State, former: Membership, after: str) -> None:
    if after != "LEAVE":
        former.role = after
        return
    former.role, former.status = SIMPLE, DELETED
    former.rights.clear()
    for request in state.pending(structure=former.structure, person=former.person):
        state.cancel(request)


def change_identifier(call: Call, given: dict[str, Any]) -> str:
    state = call.state
    number = call.require_card(given["structure"])
    call.require(number)
    card = state.structures[number]
    kind, value, valid = given["kind"], given["value"], given["valid"]
    taken = any((one.kind, one.identifier) == (kind, value) for one in state.structures.values())
    codes = {
        "STRUCTURE_INACTIVE": card.status == INACTIVE,
        "STALE_VERSION": given["stale"],
        "CONTACT_SUPPORT": card.local_authority and not state.people[call.actor].support,
        "INVALID": kind != card.kind or not valid or value == card.identifier,
        "STRUCTURE_EXISTS": taken and value != card.identifier,
    }
    # A card is replaced once, though its successor may have been closed again.
    replaced = any(one.predecessor == number for one in state.structures.values())
    other_entity = kind == "SIRET" and value[:9] != card.identifier[:9]
    unsure = other_entity and not given["confirmed"]
    refuse(**codes, CONFIRMATION_REQUIRED=unsure, CONFLICT=replaced)
    for request in state.pending(structure=number):
        call.record(number, f"request {request.number}", request.person)
    new = succeed(state, number, value)
    call.record(number, f"structure {new}")
    call.record(new, f"structure {number}")
    return f"structure {new}"


def succeed(state: State, number: int, identifier: str) -> int:
    """Copy a card under a new identifier; the old one becomes inactive and keeps its history."""
    old = state.structures[number]
    new = copy.deepcopy(old)
    new.number, new.identifier, new.predecessor = state.number(), identifier, number
    new.paid = new.farmer = False
    new.mandates = []
    new.accounts = {label: one for label, one in new.accounts.items() if one.status == ACTIVE}
    state.structures[new.number] = new
    old.status = INACTIVE
    for one in list(state.memberships):
        if one.structure == number and one.status != DELETED:
            copied = copy.deepcopy(one)
            copied.number, copied.structure = state.number(), new.number
            state.memberships.append(copied)
    for request in state.pending(structure=number):
        request.structure = new.number
    return new.number


ACTS: dict[str, Act] = {
    "transferPrimaryManager": ("structures", transfer),
    "changeIdentifier": (None, change_identifier),
}
