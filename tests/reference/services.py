"""Services: added, changed, switched off and on by managers."""

from typing import Any

from tests.reference import rights
from tests.reference.acts import Act, Call, Refused, refuse
from tests.reference.state import (
    ACTIVE,
    DELETED,
    INACTIVE,
    Membership,
    Service,
    State,
    Structure,
)


RESERVED = "FACTURES_PUBLIQUES"


def create(call: Call, given: dict[str, Any]) -> str:
    structure = call.require_card(given["structure"])
    call.require(structure)
    card, code = call.state.structures[structure], given["code"].upper()
    refuse(
        STRUCTURE_INACTIVE=card.status == INACTIVE,
        INVALID=code == RESERVED or not given["name"],
        CONFLICT=code in card.services and code != RESERVED,
    )
    card.services[code] = Service(code, given["name"], ended=given["ended"])
    call.record(structure, f"service {structure} {code}")
    return f"service {structure} {code}"


def _changeable(call: Call, given: dict[str, Any]) -> tuple[Structure, Service]:
    name = given["service"]
    if name is None or not rights.sees_service(call.before, call.actor, *name):
        raise Refused("NOT_FOUND")
    call.require(name[0])
    card = call.state.structures[name[0]]
    refuse(FORBIDDEN=name[1] == RESERVED)
    refuse(STRUCTURE_INACTIVE=card.status == INACTIVE, STALE_VERSION=given["stale"])
    return card, card.services[name[1]]


def _listed(state: State, card: Structure, code: str) -> list[Membership]:
    return [
        one
        for one in state.memberships
        if one.structure == card.number
        and one.status != DELETED
        and not one.everywhere
        and one.listed.get(code) == ACTIVE
    ]


def _require_dispensable(call: Call, card: Structure, service: Service) -> None:
    others = [
        one.code
        for one in card.services.values()
        if one.active and one.code not in {RESERVED, service.code}
    ]
    alone = service.active and card.service_code_required and not others
    listed = bool(_listed(call.state, card, service.code))
    refuse(
        LAST_REQUIRED_SERVICE=alone,
        CONFIRMATION_REQUIRED=listed and not call.given["force"],
    )


def update(call: Call, given: dict[str, Any]) -> str:
    card, service = _changeable(call, given)
    if given["name"] == "":
        raise Refused("INVALID")
    if service.active and given["ended"]:
        _require_dispensable(call, card, service)
    before = (service.name, service.ended)
    service.name = given["name"] or service.name
    service.ended = service.ended if given["ended"] is None else given["ended"]
    if (service.name, service.ended) != before:
        call.record(card.number, f"service {card.number} {service.code}")
    return f"service {card.number} {service.code}"


def deactivate(call: Call, given: dict[str, Any]) -> str:
    card, service = _changeable(call, given)
    if service.enabled:
        _require_dispensable(call, card, service)
        service.enabled = False
        _switch(call, card, service.code, ACTIVE, INACTIVE)
    return f"service {card.number} {service.code}"


def reactivate(call: Call, given: dict[str, Any]) -> str:
    card, service = _changeable(call, given)
    if not service.enabled:
        refuse(CONFLICT=service.ended)
        service.enabled = True
        _switch(call, card, service.code, INACTIVE, ACTIVE)
    return f"service {card.number} {service.code}"


def _switch(call: Call, card: Structure, code: str, before: str, after: str) -> None:
    # Who is listed on it keeps his place, without effect while it is off.
    call.record(card.number, f"service {card.number} {code}")
    for one in call.state.memberships:
        if one.structure == card.number and one.listed.get(code) == before:
            one.listed[code] = after


ACTS: dict[str, Act] = {
    "createService": (None, create),
    "updateService": (None, update),
    "deactivateService": (None, deactivate),
    "reactivateService": (None, reactivate),
}
