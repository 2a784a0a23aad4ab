"""What a viewer reads of everything, told from the state alone."""

from dataclasses import replace
from typing import Any

from tests.reference import rights, tabs
from tests.reference.abilities import on_membership, on_structure
from tests.reference.finding import findable
from tests.reference.founding import successor
from tests.reference.history import Entry, told
from tests.reference.state import (
    ACTIVE,
    CONNECTION,
    MANAGERS,
    SUBSCRIPTION,
    Membership,
    Request,
    Scope,
    Service,
    State,
    Structure,
    covers,
)


FORBIDDEN = "FORBIDDEN"


def everything(state: State, person: str, since: int) -> dict[str, Any]:
    """Give what *person* reads, by the names of things, and of the history what is *since*."""
    acts = _acts(state, person, since)
    found: dict[str, Any] = {
        f"structure {card.number}": _structure(state, person, card, acts)
        for card in state.structures.values()
    }
    found["viewer"] = _viewer(state, person)
    found["viewer"]["history"] = told(
        [
            replace(one, structure=f"structure {one.structure}")
            for one in acts
            if one.actor == person
        ]
    )
    return found


def _acts(state: State, person: str, since: int) -> list[Entry]:
    found = findable(state, person) | {
        f"structure {number}"
        for number in state.structures
        if rights.sees_card(state, person, number)
    }
    return [
        replace(one, target=one.target if one.target in found else None)
        for one in reversed(state.history.entries)
        if one.at >= since
    ]


def _structure(state: State, person: str, card: Structure, acts: list[Entry]) -> Any:
    if not rights.sees_card(state, person, card.number):
        return None

    towards = rights.standing(state, person, card.number, None)

    def guarded(what: str, value: Any) -> Any:
        return value() if rights.reads_as(towards, what, card) else FORBIDDEN

    own = state.membership(card.number, person)
    return {
        "card": (card.kind, card.identifier, card.name, card.sector, card.status),
        "predecessor": guarded("general", lambda: _related(state, person, card.predecessor)),
        "successor": guarded(
            "general", lambda: _related(state, person, _number(successor(state, card)))
        ),
        "primaryManager": guarded("primary manager", lambda: _primary(state, card)),
        "services": guarded("services", lambda: _services(state, person, card)),
        "openedAreas": guarded("opened areas", lambda: _opened(card, None)),
        "users": guarded("users", lambda: _users(state, person, card)),
        "applicationsUsed": guarded("administration", lambda: ["PAYMENT_REQUEST"]),
        "connectionRequests": guarded("requests", lambda: _requests(state, card, CONNECTION)),
        "subscriptionRequests": guarded("requests", lambda: _requests(state, card, SUBSCRIPTION)),
        "pendingCounts": guarded("requests", lambda: _counts(state.pending(structure=card.number))),
        "bankAccounts": (
            _accounts(state, person, card)
            if rights.lists_accounts(state, person, card.number)
            else FORBIDDEN
        ),
        "invoicingMandate": guarded("mandate", lambda: _mandate(card)),
        "history": guarded("history", lambda: _history(acts, card)),
        "viewerCan": on_structure(state, person, card),
        "viewerRole": state.role(card.number, person),
        "viewerMembership": None if own is None else f"membership {own.number}",
    }


def _history(acts: list[Entry], card: Structure) -> Any:
    return told([replace(one, structure=None) for one in acts if one.structure == card.number])


def _related(state: State, person: str, number: int | None) -> str | None:
    seen = number is not None and rights.sees_card(state, person, number)
    return f"structure {number}" if seen else None


def _number(card: Structure | None) -> int | None:
    return None if card is None else card.number


def _primary(state: State, card: Structure) -> str | None:
    found = state.primary(card.number)
    return None if found is None else found.person


def _mandate(card: Structure) -> dict[str, Any] | None:
    if not card.mandates:
        return None
    latest = card.mandates[-1]
    return {
        "status": latest.status,
        "subscribedBy": latest.subscriber,
        "revokedBy": latest.revoker,
    }


def _accounts(state: State, person: str, card: Structure) -> dict[str, Any]:
    whole = rights.reads(state, person, "bank accounts", card.number)
    return {
        one.label: {
            "status": one.status,
            "default": one.default,
            "maskedIban": (one.iban[:4], one.iban[-4:]),
            "iban": one.iban if whole else FORBIDDEN,
        }
        for one in card.accounts.values()
    }


def _opened(card: Structure, code: str | None) -> dict[str, str]:
    return {area: mode for (area, at), mode in card.openings.items() if at == code}


def _services(state: State, person: str, card: Structure) -> dict[str, Any]:
    opened = rights.reads(state, person, "opened areas", card.number)
    users = rights.reads(state, person, "users", card.number)
    return {
        code: {
            "active": service.active,
            "openedAreas": _opened(card, code) if opened else FORBIDDEN,
            "users": _service_users(state, card, code) if users else FORBIDDEN,
        }
        for code, service in card.services.items()
        if rights.sees_service(state, person, card.number, code)
    }


def _service_users(state: State, card: Structure, code: str) -> dict[str, Any]:
    return {
        one.person: (
            one.role,
            "ALL_SERVICES" if one.everywhere else "LISTED",
            effective(one, card.services[code]),
        )
        for one in state.memberships
        if one.structure == card.number and one.status == ACTIVE and one.reaches(code)
    }


def effective(held: Membership, service: Service) -> dict[str, tuple[str, str]]:
    """Give the stronger right for each area on a service, and where it comes from."""
    found: dict[str, tuple[str, str]] = {}
    if not held.everywhere and not service.active:
        return found
    for (area, at), mode in held.rights.items():
        if at not in {None, service.code}:
            continue
        before = found.get(area)
        whole = at is None
        stronger = before is None or not covers(before[0], mode)
        if stronger or (before is not None and before[0] == mode and whole):
            found[area] = (mode, "STRUCTURE" if whole else "SERVICE")
    return found


def _users(state: State, person: str, card: Structure) -> dict[str, Any]:
    return {
        f"membership {one.number}": _tie(state, person, one)
        for one in state.memberships
        if one.structure == card.number
    }


def _tie(state: State, person: str, one: Membership) -> dict[str, Any]:
    # Whoever is not connected any more still sees that he was, but not the services.
    known = [
        code
        for code in state.structures[one.structure].services
        if rights.sees_service(state, person, one.structure, code)
    ]
    return {
        "person": one.person,
        "role": one.role,
        "status": one.status,
        "scope": "ALL_SERVICES" if one.everywhere else "LISTED",
        "services": sorted(code for code in known if one.reaches(code)),
        "areas": _rights(one.rights),
        "viewerCan": on_membership(state, person, one),
    }


def _rights(held: dict[Scope, str]) -> list[tuple[str, str | None, str]]:
    found = [(area, code, mode) for (area, code), mode in held.items()]
    return sorted(found, key=str)


def _requests(state: State, card: Structure, kind: str) -> list[Any]:
    mine = [one for one in state.requests if (one.structure, one.kind) == (card.number, kind)]
    return [_request(state, one) for one in sorted(mine, key=_age)]


def _age(request: Request) -> tuple[int, int]:
    return request.made, request.number


def _request(state: State, one: Request) -> dict[str, Any]:
    asked: dict[str, Any] = {"services": sorted(one.services)}
    if one.kind == SUBSCRIPTION:
        asked = {"area": one.scope[0], "service": one.scope[1], "mode": one.mode}
    return {
        "name": f"request {one.number}",
        "person": one.person,
        "structure": f"structure {one.structure}",
        "status": one.status(state.now),
        "decidedBy": one.decider,
        "reason": one.reason,
        **asked,
    }


def _counts(pending: list[Request]) -> tuple[int, int]:
    kinds = [one.kind for one in pending]
    return kinds.count(CONNECTION), kinds.count(SUBSCRIPTION)


def _viewer(state: State, person: str) -> dict[str, Any]:
    own = [one for one in state.memberships if one.person == person]
    asked = [one for one in state.requests if one.person == person]
    decisions = [
        one
        for one in state.pending()
        if state.role(one.structure, person) in MANAGERS and one.person != person
    ]
    return {
        "memberships": {f"membership {one.number}": _tie(state, person, one) for one in own},
        "requests": [
            (f"request {one.number}", one.status(state.now))
            for one in sorted(asked, key=_age, reverse=True)
        ],
        "decisions": [f"request {one.number}" for one in sorted(decisions, key=_age)],
        "pendingCounts": _counts(decisions),
        "areaTabs": tabs.tabs(state, person),
    }
