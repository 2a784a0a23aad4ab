"""Requests: to be connected, or for a right on an area; and their decisions."""

from typing import Any

from tests.reference import rights
from tests.reference.acts import Act, Call, Refused, refuse
from tests.reference.giving import connect, give, usable
from tests.reference.state import (
    ACTIVE,
    CANCELLED,
    CONNECTION,
    CONSULTATION,
    DAY,
    DEFAULT_TABS,
    INACTIVE,
    PENDING,
    PRIMARY,
    REFUSED,
    SECONDARY,
    SUBSCRIPTION,
    VALIDATED,
    Request,
    Scope,
    State,
    Structure,
    covers,
    within,
)


SHORTEST_REASON, LONGEST_REASON = 3, 500
PATIENCE, REFUSALS = 30 * DAY, 3


def _patience(call: Call, **matter: Any) -> dict[str, bool]:
    # After three refusals in 30 days one waits; a second request for the same waits as well.
    state = call.state
    same = [
        one
        for one in state.requests
        if one.person == call.actor
        and all(getattr(one, name) == value for name, value in matter.items())
    ]
    recent = [
        one
        for one in same
        if one.stored == REFUSED and one.decided is not None and one.decided > state.now - PATIENCE
    ]
    return {
        "CONFLICT": any(one.status(state.now) == PENDING for one in same),
        "TOO_MANY_REQUESTS": len(recent) >= REFUSALS,
    }


def request_connection(call: Call, given: dict[str, Any]) -> str:
    state, actor = call.state, call.actor
    structure = call.require_card(given["structure"])
    call.require(structure)
    card = state.structures[structure]
    named: set[str] = set()
    codes: set[str] = set()
    for name in given["services"] or ():
        unseen = name is not None and (
            name[0] != structure or not rights.sees_service(state, actor, structure, name[1])
        )
        try:
            named.add(usable(call, structure, name, hidden=unseen))
        except Refused as refused:
            codes |= refused.codes
    held = state.membership(structure, actor)
    reached = (
        held is not None
        and held.status == ACTIVE
        and (held.everywhere or all(held.reaches(code) for code in named))
    )
    if codes:
        refuse(**dict.fromkeys(codes, True), STRUCTURE_INACTIVE=card.status == INACTIVE)
    refuse(
        STRUCTURE_INACTIVE=card.status == INACTIVE,
        ALREADY_CONNECTED=reached,
        **_patience(call, kind=CONNECTION, structure=structure),
    )
    made = state.ask(CONNECTION, structure, actor, services=frozenset(named))
    call.record(structure, f"request {made.number}", actor)
    return f"request {made.number}"


def request_subscription(call: Call, given: dict[str, Any]) -> str:
    state, actor = call.state, call.actor
    structure = call.require_card(given["structure"])
    call.require(structure)
    card, held = state.structures[structure], state.membership(structure, actor)
    assert held is not None
    area, mode, name = given["area"], given["mode"], given["service"]
    code, codes = None, {"STRUCTURE_INACTIVE"} if card.status == INACTIVE else set()
    if area in DEFAULT_TABS:
        codes.add("AREA_IS_DEFAULT")
    if name != "whole":
        try:
            code = usable(call, structure, name)
        except Refused as refused:
            codes |= refused.codes
        else:
            codes |= set() if held.reaches(code) else {"INVALID"}
    scope = (area, code)
    opened = within(card.openings, scope, mode)
    if not codes or codes == {"STRUCTURE_INACTIVE"}:
        matter = _patience(call, kind=SUBSCRIPTION, structure=structure, scope=scope)
        refuse(
            **dict.fromkeys(codes, True),
            AREA_NOT_OPENED=not opened,
            ALREADY_SUBSCRIBED=within(held.rights, scope, mode),
            **matter,
        )
    elif codes:
        raise Refused(*codes, *(() if opened else ("AREA_NOT_OPENED",)))
    made = state.ask(SUBSCRIPTION, structure, actor, scope=scope, mode=mode)
    call.record(structure, f"request {made.number}", actor)
    if area == "ISSUED_INVOICES" and mode == CONSULTATION:
        # Everyone who is connected takes this right by himself.
        call.decide(made)
        give(held, scope, mode)
    return f"request {made.number}"


def _visible(call: Call, number: int | None, kind: str | None) -> Request:
    state = call.state
    for one in state.requests:
        own = one.person == call.actor
        mine = own or rights.reads(call.before, call.actor, "requests", one.structure)
        if mine and one.number == number and kind in {None, one.kind}:
            return one
    raise Refused("NOT_FOUND")


def cancel_request(call: Call, number: int | None) -> str:
    request = _visible(call, number, None)
    call.require(request.structure, request.person)
    if (request.stored, request.decider) == (CANCELLED, call.actor):
        return f"request {request.number}"
    refuse(REQUEST_ALREADY_DECIDED=request.status(call.state.now) != PENDING)
    request.end(CANCELLED, call.state.now, call.actor)
    call.record(request.structure, f"request {request.number}", request.person)
    return f"request {request.number}"


def _decidable(
    call: Call, item: dict[str, Any], kind: str, status: str
) -> tuple[Request, set[str]]:
    """Give the request and the codes that stand against its decision; none if only repeated."""
    state, request = call.state, _visible(call, item["request"], kind)
    call.require(request.structure)
    if (request.stored, request.decider) == (status, call.actor):
        return request, {"repeated"}
    own = request.person == call.actor
    against = {
        "STRUCTURE_INACTIVE": state.structures[request.structure].status == INACTIVE,
        "REQUEST_ALREADY_DECIDED": request.status(state.now) != PENDING,
        "SELF_DECISION": own and call.before.role(request.structure, call.actor) != PRIMARY,
        "STALE_VERSION": item.get("stale", False),
    }
    return request, {code for code, holds in against.items() if holds}


def _refusal(call: Call, item: dict[str, Any], kind: str) -> str:
    request, codes = _decidable(call, item, kind, REFUSED)
    if codes != {"repeated"}:
        if not SHORTEST_REASON <= len(item["reason"]) <= LONGEST_REASON:
            codes.add("INVALID")
        refuse(**dict.fromkeys(codes, True))
        call.decide(request, REFUSED, item["reason"])
    return f"request {request.number}"


def refuse_connection(call: Call, item: dict[str, Any]) -> str:
    return _refusal(call, item, CONNECTION)


def refuse_subscription(call: Call, item: dict[str, Any]) -> str:
    return _refusal(call, item, SUBSCRIPTION)


def _require_requester(state: State, request: Request) -> None:
    if state.people[request.person].status != ACTIVE:
        state.cancel(request)
        raise Refused("REQUESTER_INACTIVE")


def validate_connection(call: Call, item: dict[str, Any]) -> str:
    state = call.state
    request, codes = _decidable(call, item, CONNECTION, VALIDATED)
    if codes == {"repeated"}:
        return f"request {request.number}"
    refuse(**dict.fromkeys(codes, True))
    held = state.membership(request.structure, request.person)
    # It would take his role, which is for the primary manager.
    peer = held is not None and (held.status, held.role) == (INACTIVE, SECONDARY)
    refuse(FORBIDDEN=peer and call.before.role(request.structure, call.actor) != PRIMARY)
    _require_requester(state, request)
    names = item["services"]
    if names == []:
        raise Refused("INVALID")
    if names is None:
        names = [(request.structure, code) for code in sorted(request.services)]
    wrong = set()
    for name in names:
        try:
            code = usable(call, request.structure, name)
        except Refused as refused:
            wrong |= refused.codes
        else:
            wrong |= {"INVALID"} if request.services and code not in request.services else set()
    refuse(**dict.fromkeys(wrong, True))
    granted = {name[1] for name in names}
    connect(state, request.structure, request.person, granted)
    call.decide(request)
    return f"request {request.number}"


def validate_subscription(call: Call, item: dict[str, Any]) -> str:
    state = call.state
    request, codes = _decidable(call, item, SUBSCRIPTION, VALIDATED)
    if codes == {"repeated"}:
        return f"request {request.number}"
    refuse(**dict.fromkeys(codes, True))
    _require_requester(state, request)
    held = state.membership(request.structure, request.person)
    if held is None or held.status != ACTIVE:
        raise Refused("CONFLICT")
    card = state.structures[request.structure]
    scope, mode = _granted(call, card, request, item)
    refuse(
        INVALID=scope[1] is not None and not held.reaches(scope[1]),
        AREA_NOT_OPENED=not within(card.openings, scope, mode),
    )
    give(held, scope, mode)
    call.decide(request)
    return f"request {request.number}"


def _granted(
    call: Call, card: Structure, request: Request, item: dict[str, Any]
) -> tuple[Scope, str]:
    area, code = request.scope
    mode, name = item["mode"] or request.mode, item["service"]
    codes = set() if covers(request.mode, mode) else {"INVALID"}
    asked = code
    if name != "as asked":
        name = name if name != "whole" else None
        code = None if name is None else name[1]
        if item["service"] is None:
            raise Refused("NOT_FOUND", *codes)
    if code is not None:
        try:
            usable(call, card.number, name if name != "as asked" else (card.number, code))
        except Refused as refused:
            codes |= refused.codes
    if asked not in {None, code}:
        codes.add("INVALID")
    refuse(**dict.fromkeys(codes, True))
    return (area, code), mode


ACTS: dict[str, Act] = {
    "requestConnection": (None, request_connection),
    "requestSubscription": (None, request_subscription),
    "cancelRequests": ("requests", cancel_request),
    "refuseConnectionRequests": ("requests", refuse_connection),
    "refuseSubscriptionRequests": ("requests", refuse_subscription),
    "validateConnectionRequests": ("requests", validate_connection),
    "validateSubscriptionRequests": ("requests", validate_subscription),
}
