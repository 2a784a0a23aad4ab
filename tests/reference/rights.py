"""Who may read and do what, by hand from the matrix of the rules."""

from tests.reference.state import (
    ACTIVE,
    CONNECTION,
    MANAGERS,
    SIMPLE,
    Membership,
    State,
    Structure,
)


EVERYBODY, SUPPORT, OWN, ASKING = "EVERYBODY", "SUPPORT", "OWN", "ASKING"
MEMBERS = MANAGERS | {SIMPLE}

READS: dict[str, set[str]] = {
    "general": MEMBERS | {SUPPORT},
    "primary manager": MEMBERS | {SUPPORT, ASKING},
    "services": MEMBERS | {SUPPORT},
    "opened areas": MEMBERS | {SUPPORT},
    "users": MANAGERS | {SUPPORT},
    "membership": MANAGERS | {SUPPORT, OWN},
    "history": MANAGERS | {SUPPORT},
    "administration": MANAGERS | {SUPPORT},
    "requests": MANAGERS | {SUPPORT},
    "bank accounts": MANAGERS,
    "mandate": MANAGERS | {SUPPORT},
}
PUBLISHED = {"general", "services"}
"""What everybody reads of an active public structure."""

DOES: dict[str, set[str]] = {
    "requestConnection": {EVERYBODY},
    "cancelRequests": {OWN},
    "validateConnectionRequests": MANAGERS,
    "refuseConnectionRequests": MANAGERS,
    "requestSubscription": MEMBERS,
    "validateSubscriptionRequests": MANAGERS,
    "refuseSubscriptionRequests": MANAGERS,
    "transferPrimaryManager": {"PRIMARY_MANAGER", SUPPORT},
    "changeIdentifier": MANAGERS | {SUPPORT},
    "openAreas": MANAGERS,
    "closeAreas": MANAGERS,
    "setSubscriptions": MANAGERS,
    "endSubscriptions": MANAGERS | {OWN},
    "addBankAccount": MANAGERS,
    "setDefaultBankAccount": MANAGERS,
    "closeBankAccount": MANAGERS,
    "subscribeMandate": MANAGERS,
    "revokeMandate": {"PRIMARY_MANAGER"},
    "deactivateMemberships": MANAGERS | {SUPPORT},
    "reactivateMemberships": MANAGERS | {SUPPORT},
    "deleteMemberships": MANAGERS | {SUPPORT},
    "createStructure": {EVERYBODY},
    "updateStructure": MANAGERS | {SUPPORT},
    "deactivateStructures": {SUPPORT},
    "reactivateStructures": {SUPPORT},
    "enableServiceUsers": MANAGERS,
    "disableServiceUsers": MANAGERS,
    "setMembershipScope": MANAGERS,
    "leaveStructures": {OWN},
    "duplicateRights": MANAGERS,
    "attachUsers": MANAGERS,
    "appointSecondaryManager": {"PRIMARY_MANAGER"},
    "revokeSecondaryManager": {"PRIMARY_MANAGER"},
    "createService": MANAGERS,
    "updateService": MANAGERS,
    "deactivateService": MANAGERS,
    "reactivateService": MANAGERS,
}
NOT_FOR_SUPPORT = {"requestConnection"}


def standing(state: State, person: str, structure: int | None, owner: str | None) -> set[str]:
    """Give what *person* is towards an object of *structure* that is about *owner*."""
    found = {EVERYBODY}
    if state.people[person].support:
        found.add(SUPPORT)
    if owner == person:
        found.add(OWN)
    if structure is not None:
        role = state.role(structure, person)
        if role is not None:
            found.add(role)
        if state.asks(structure, person):
            found.add(ASKING)
    return found


def reads(state: State, person: str, what: str, structure: int, owner: str | None = None) -> bool:
    """Say whether *person* may read *what* of a structure."""
    return reads_as(standing(state, person, structure, owner), what, state.structures[structure])


def reads_as(towards: set[str], what: str, card: Structure) -> bool:
    """Say whether somebody who is *towards* a structure may read *what* of it."""
    return (what in PUBLISHED and card.published) or bool(READS[what] & towards)


def does(state: State, person: str, act: str, structure: int, owner: str | None = None) -> bool:
    """Say whether *person* may do *act* on an object of a structure."""
    return does_as(standing(state, person, structure, owner), act)


def does_as(towards: set[str], act: str) -> bool:
    """Say whether somebody who is *towards* an object may do *act* on it."""
    return bool(DOES[act] & towards) and not (act in NOT_FOR_SUPPORT and SUPPORT in towards)


def does_somewhere(state: State, person: str, act: str) -> bool:
    """Say whether *person* may do *act* to anything at all."""
    if DOES[act] & {OWN}:
        return True
    return any(does(state, person, act, number) for number in state.structures)


def sees_card(state: State, person: str, structure: int) -> bool:
    """Say whether *person* may know of a card: a private person's is for those concerned."""
    if state.structures[structure].kind != "INDIVIDUAL" or state.people[person].support:
        return True
    tied = any(one.structure == structure and one.person == person for one in state.memberships)
    asked = any(
        one.structure == structure and one.person == person and one.kind == CONNECTION
        for one in state.requests
    )
    return tied or asked


def sees_service(state: State, person: str, structure: int, code: str) -> bool:
    """Say whether *person* may know of a service: outsiders see active ones of public cards."""
    if READS["services"] & standing(state, person, structure, None):
        return True
    card = state.structures[structure]
    return card.published and card.services[code].active


def lists_accounts(state: State, person: str, structure: int) -> bool:
    """Say whether *person* may choose among bank accounts: users who issue invoices do, too."""
    held = state.membership(structure, person)
    if held is None or held.status != ACTIVE:
        return False
    return held.role in MANAGERS or any(
        area == "ISSUED_INVOICES" and issues(state.structures[structure], held, code)
        for area, code in held.rights
    )


def usable(card: Structure, held: Membership, code: str | None) -> bool:
    """
    Say whether a right on a service has effect at present, or one on the whole structure.

    Who is listed on a service does nothing there while it is off; who reaches all still ends
    what was begun.
    """
    if code is None or held.everywhere:
        return True
    return held.listed.get(code) == ACTIVE and card.services[code].active


def issues(card: Structure, held: Membership, code: str | None) -> bool:
    """Say whether a right lets issue invoices at present: nobody does on an inactive service."""
    return usable(card, held, code) and (code is None or card.services[code].active)


def sees_user(state: State, person: str, other: str) -> bool:
    """Say whether *person* finds the account of *other* by its id and reads its contact data."""
    if person == other or state.people[person].support:
        return True
    places = {one.structure for one in state.memberships if one.person == other}
    places = {place for place in places if state.membership(place, other) is not None}
    places |= {one.structure for one in state.requests if one in state.pending(person=other)}
    return any(state.role(place, person) in MANAGERS for place in places)
