"""The life of structures: created, changed, closed and opened again."""

from typing import Any

from tests.reference.acts import Act, Call, refuse
from tests.reference.services import RESERVED
from tests.reference.state import (
    ACTIVE,
    INACTIVE,
    MODIFICATION,
    PRIMARY,
    PUBLIC,
    Service,
    State,
    Structure,
)


OPENED_AT_FIRST = ("ISSUED_INVOICES", "RECEIVED_INVOICES", "RECEIVED_REQUESTS")


def create(call: Call, given: dict[str, Any]) -> str:
    state, public = call.state, given["sector"] == PUBLIC
    support = state.people[call.actor].support
    held = [
        one
        for one in state.structures.values()
        if (one.kind, one.identifier) == ("SIRET", given["value"])
    ]
    manager = given["manager"] if support else call.actor
    refuse(
        INVALID=not given["valid"] or (given["manager"] is None) == support,
        STRUCTURE_INACTIVE=any(one.status == INACTIVE for one in held),
        STRUCTURE_EXISTS=any(one.status != INACTIVE for one in held),
        CONTACT_SUPPORT=public and not support,
        USER_NOT_ELIGIBLE=manager is not None and not state.people[manager].may_manage,
    )
    card = state.structure(
        "Founded", kind="SIRET", identifier=given["value"], sector=given["sector"]
    )
    state.connect(card.number, manager, role=PRIMARY)
    call.record(card.number, f"structure {card.number}", manager)
    if public:
        card.services[RESERVED] = Service(RESERVED)
        card.openings |= {(area, None): MODIFICATION for area in OPENED_AT_FIRST}
    return f"structure {card.number}"


def update(call: Call, given: dict[str, Any]) -> str:
    structure = call.require_card(given["structure"])
    call.require(structure)
    card, validator = call.state.structures[structure], given["validator"]
    opened = any(area == "INVOICES_TO_VALIDATE" for area, _ in card.openings)
    refuse(
        STRUCTURE_INACTIVE=card.status == INACTIVE,
        STALE_VERSION=given["stale"],
        INVALID=given["name"] == "",
        APPLICATION_LOCKED=given["applications"] == [],
        AREA_NOT_AVAILABLE=validator is False and card.delegated_validator and opened,
    )
    before = (card.name, card.delegated_validator)
    card.name = card.name if given["name"] is None else given["name"]
    card.delegated_validator = card.delegated_validator if validator is None else validator
    if (card.name, card.delegated_validator) != before:
        call.record(structure, f"structure {structure}")
    return f"structure {structure}"


def deactivate(call: Call, number: int | None) -> str:
    state, structure = call.state, call.require_card(number)
    call.require(structure)
    card = state.structures[structure]
    if card.status == ACTIVE:
        card.status = INACTIVE
        call.record(structure, f"structure {structure}", reason=call.given["reason"])
        for request in state.pending(structure=structure):
            state.cancel(request, "STRUCTURE_INACTIVE")
    return f"structure {structure}"


def reactivate(call: Call, number: int | None) -> str:
    state, structure = call.state, call.require_card(number)
    call.require(structure)
    card, primary = state.structures[structure], state.primary(structure)
    if card.status == INACTIVE:
        active = [one for one in succession(state, structure) if one.status == ACTIVE]
        gone = primary is not None and state.people[primary.person].status != ACTIVE
        refuse(CONFLICT=bool(active), USER_INACTIVE=gone)
        card.status = ACTIVE
        call.record(structure, f"structure {structure}", reason=call.given["reason"])
    return f"structure {structure}"


def successor(state: State, card: Structure) -> Structure | None:
    """Give the card that replaced another one."""
    after = [one for one in state.structures.values() if one.predecessor == card.number]
    return after[0] if after else None


def succession(state: State, number: int) -> list[Structure]:
    """Give the cards that replaced each other, and *number* among them, in their order."""
    first = number
    while (before := state.structures[first].predecessor) is not None:
        first = before
    found = [state.structures[first]]
    while after := successor(state, found[-1]):
        found.append(after)
    return found


ACTS: dict[str, Act] = {
    "createStructure": (None, create),
    "updateStructure": (None, update),
    "deactivateStructures": ("structures", deactivate),
    "reactivateStructures": ("structures", reactivate),
}
