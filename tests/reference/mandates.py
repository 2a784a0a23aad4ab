"""The invoicing mandate: subscribed by a manager, revoked by the primary one."""

from typing import Any

from tests.reference import rights
from tests.reference.acts import Act, Call, Refused, refuse
from tests.reference.state import ACTIVE, INACTIVE, REVOKED, Mandate, Structure


def _allowed(call: Call, given: dict[str, Any]) -> Structure:
    structure = call.require_card(given["structure"])
    card = call.state.structures[structure]
    if card.mandates and rights.reads(call.before, call.actor, "mandate", structure):
        call.named = f"mandate {card.mandates[-1].number}"
    call.require(structure)
    return card


def _record(call: Call, card: Structure) -> None:
    call.record(card.number, f"mandate {card.mandates[-1].number}")


def subscribe(call: Call, given: dict[str, Any]) -> str:
    card = _allowed(call, given)
    refuse(
        STRUCTURE_INACTIVE=card.status == INACTIVE,
        CONFIRMATION_REQUIRED=not given["accepted"],
        INVALID=not given["current"],
    )
    if not card.mandates or card.mandates[-1].status == REVOKED:
        card.mandates.append(Mandate(call.state.number(), call.actor))
        _record(call, card)
    return f"mandate {card.mandates[-1].number}"


def revoke(call: Call, given: dict[str, Any]) -> str:
    card = _allowed(call, given)
    if not card.mandates:
        raise Refused("MANDATE_REQUIRED")
    mandate = card.mandates[-1]
    if mandate.status == ACTIVE:
        mandate.status, mandate.revoker = REVOKED, call.actor
        _record(call, card)
    return f"mandate {mandate.number}"


ACTS: dict[str, Act] = {
    "subscribeMandate": (None, subscribe),
    "revokeMandate": (None, revoke),
}
