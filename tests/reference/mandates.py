"""The invoicing mandate: subscribed by a manager, revoked by the primary one."""

from typing import Any

from tests.reference.acts import Act, Call, Refused, refuse
from tests.reference.state import ACTIVE, INACTIVE, REVOKED, Mandate


def subscribe(call: Call, given: dict[str, Any]) -> str:
    structure = call.require_card(given["structure"])
    call.require(structure)
    card = call.state.structures[structure]
    refuse(
        STRUCTURE_INACTIVE=card.status == INACTIVE,
        CONFIRMATION_REQUIRED=not given["accepted"],
        INVALID=not given["current"],
    )
    if not card.mandates or card.mandates[-1].status == REVOKED:
        card.mandates.append(Mandate(call.state.number(), call.actor))
    return f"mandate {card.mandates[-1].number}"


def revoke(call: Call, given: dict[str, Any]) -> str:
    structure = call.require_card(given["structure"])
    call.require(structure)
    card = call.state.structures[structure]
    if not card.mandates:
        raise Refused("MANDATE_REQUIRED")
    mandate = card.mandates[-1]
    if mandate.status == ACTIVE:
        mandate.status, mandate.revoker = REVOKED, call.actor
    return f"mandate {mandate.number}"


ACTS: dict[str, Act] = {
    "subscribeMandate": (None, subscribe),
    "revokeMandate": (None, revoke),
}
