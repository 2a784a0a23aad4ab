"""The creation of structures."""

from typing import Any

from tests.reference.acts import Act, Call, refuse
from tests.reference.services import RESERVED
from tests.reference.state import INACTIVE, MODIFICATION, PRIMARY, PUBLIC, Service


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
    if public:
        card.services[RESERVED] = Service(RESERVED)
        card.openings |= {(area, None): MODIFICATION for area in OPENED_AT_FIRST}
    return f"structure {card.number}"


ACTS: dict[str, Act] = {"createStructure": (None, create)}
