"""What each may do to what he sees, and why not, by hand from the matrix and the rules."""

from tests.reference import rights
from tests.reference.founding import succession, successor
from tests.reference.history import ACTIONS
from tests.reference.rights import DOES, SUPPORT, issues, standing
from tests.reference.state import (
    ACTIVE,
    CONSULTATION,
    DELETED,
    INACTIVE,
    MANAGERS,
    MODIFICATION,
    PRIMARY,
    SECONDARY,
    SIMPLE,
    Membership,
    State,
    Structure,
)


READINGS = {
    "GENERAL_READ": "general",
    "PRIMARY_MANAGER_READ": "primary manager",
    "SERVICE_LIST": "services",
    "OPENED_AREA_LIST": "opened areas",
    "USER_LIST": "users",
    "ADMINISTRATION_READ": "administration",
    "REQUEST_LIST": "requests",
    "HISTORY_READ": "history",
    "BANK_ACCOUNT_READ": "bank accounts",
    "MANDATE_READ": "mandate",
}
DOINGS = {word: act for act, word in ACTIONS.items()}

DONE_ON_STRUCTURES = (
    "CONNECTION_REQUEST_SUBMIT",
    "CONNECTION_REQUEST_DECIDE",
    "SUBSCRIPTION_REQUEST_SUBMIT",
    "SUBSCRIPTION_REQUEST_DECIDE",
    "STRUCTURE_UPDATE",
    "STRUCTURE_DEACTIVATE",
    "PRIMARY_MANAGER_TRANSFER",
    "IDENTIFIER_CHANGE",
    "SERVICE_MANAGE",
    "SERVICE_USER_MANAGE",
    "OPENED_AREA_MANAGE",
    "SUBSCRIPTION_SET",
    "USER_ATTACH",
    "SECONDARY_MANAGER_APPOINT",
    "MEMBERSHIP_DEACTIVATE",
    "MEMBERSHIP_REACTIVATE",
    "MEMBERSHIP_DELETE",
    "SUBSCRIPTION_DUPLICATE",
    "BANK_ACCOUNT_MANAGE",
    "MANDATE_SUBSCRIBE",
    "MANDATE_REVOKE",
)
ON_INACTIVE = {
    "STRUCTURE_DEACTIVATE",
    "SERVICE_USER_MANAGE",
    "SECONDARY_MANAGER_APPOINT",
    "MEMBERSHIP_DEACTIVATE",
    "MEMBERSHIP_REACTIVATE",
    "MEMBERSHIP_DELETE",
    "MANDATE_REVOKE",
}
"""What is done on an inactive structure too: what is there is limited and ended, never widened."""

BRINGS = {
    "MEMBERSHIP_DEACTIVATE": INACTIVE,
    "MEMBERSHIP_REACTIVATE": ACTIVE,
    "MEMBERSHIP_DELETE": DELETED,
}
TOUCHES = (
    "SERVICE_USER_MANAGE",
    "SUBSCRIPTION_DUPLICATE",
    "SUBSCRIPTION_SET",
    "SECONDARY_MANAGER_APPOINT",
    *BRINGS,
)
"""What is done to memberships of others, and of one's own by the same rules."""

Answers = dict[str, str | None]
"""Why each action is not allowed; nothing where it is."""


def on_structure(state: State, person: str, card: Structure) -> Answers:
    """Say what *person* may do on a structure whose card he may know of."""
    number = card.number
    towards, below = standing(state, person, number, None), _below(state, person, number)
    found: Answers = {"CARD_READ": None, "ACCESS_EXPLAIN": None}
    for word, what in READINGS.items():
        found[word] = None if rights.reads_as(towards, what, card) else below
    listing = rights.lists_accounts(state, person, number)
    found["BANK_ACCOUNT_LIST"] = None if listing else _without_right(state, person, card)
    for word in DONE_ON_STRUCTURES:
        allowed = rights.does_as(towards, DOINGS[word])
        found[word] = _against(state, card, word, towards) if allowed else below
    found["CONNECTION_REQUEST_SUBMIT"] = _asking(state, person, card)
    # What a user does to himself is asked of his own membership there.
    found["SUBSCRIPTION_END"] = None if towards & rights.MEMBERS else below
    found["MEMBERSHIP_LEAVE"] = _leaving(state, person, number)
    return found | _invoices(state, person, card)


def _below(state: State, person: str, number: int) -> str:
    held = state.membership(number, person)
    if held is None:
        return "NOT_A_MEMBER"
    return "MEMBERSHIP_INACTIVE" if held.status == INACTIVE else "ROLE_TOO_LOW"


def _against(state: State, card: Structure, word: str, towards: set[str]) -> str | None:
    by_support = SUPPORT in towards
    replaced = word == "PRIMARY_MANAGER_TRANSFER" and PRIMARY not in towards
    if card.status == INACTIVE and word not in ON_INACTIVE and not replaced:
        return "STRUCTURE_INACTIVE"
    if word == "IDENTIFIER_CHANGE" and card.local_authority and not by_support:
        return "CONTACT_SUPPORT"
    if word == "IDENTIFIER_CHANGE" and successor(state, card) is not None:
        return "STRUCTURE_REPLACED"
    if word == "STRUCTURE_DEACTIVATE" and card.status == INACTIVE:
        return _against_reactivation(state, card)
    return "MANDATE_REQUIRED" if word == "MANDATE_REVOKE" and not card.mandates else None


def _against_reactivation(state: State, card: Structure) -> str | None:
    if any(one.status == ACTIVE for one in succession(state, card.number)):
        return "SUCCESSION_ACTIVE"
    primary = state.primary(card.number)
    gone = primary is not None and state.people[primary.person].status != ACTIVE
    return "USER_INACTIVE" if gone else None


def _asking(state: State, person: str, card: Structure) -> str | None:
    if state.people[person].support:
        return "NOT_FOR_SUPPORT"
    if card.status == INACTIVE:
        return "STRUCTURE_INACTIVE"
    held = state.membership(card.number, person)
    if held is not None and held.status == ACTIVE and held.everywhere:
        return "ALREADY_CONNECTED"
    return "REQUEST_PENDING" if state.asks(card.number, person) else None


def _leaving(state: State, person: str, number: int) -> str | None:
    mine = [one for one in state.memberships if (one.structure, one.person) == (number, person)]
    if not mine:
        return "NOT_A_MEMBER"
    return "TARGET_PROTECTED" if any(one.role == PRIMARY for one in mine) else None


def _right(state: State, person: str, card: Structure) -> str | None:
    held = state.membership(card.number, person)
    modes = [
        mode
        for (area, code), mode in ({} if held is None else held.rights).items()
        if area == "ISSUED_INVOICES" and held is not None and issues(card, held, code)
    ]
    return max(modes, key=[CONSULTATION, MODIFICATION].index, default=None)


def _without_right(state: State, person: str, card: Structure) -> str | None:
    below = _below(state, person, card.number)
    if below != "ROLE_TOO_LOW":
        return below
    held = _right(state, person, card)
    return {None: "AREA_NOT_GRANTED", CONSULTATION: "MODIFICATION_REQUIRED"}.get(held)


def _invoices(state: State, person: str, card: Structure) -> Answers:
    against = _without_right(state, person, card)
    if against is None and card.status == INACTIVE:
        against = "STRUCTURE_INACTIVE"
    mandated = any(one.status == ACTIVE for one in card.mandates)
    entering = against or (None if mandated else "MANDATE_REQUIRED")
    return {"INVOICE_ISSUE": against, "INVOICE_INPUT": entering}


def on_membership(state: State, person: str, held: Membership) -> Answers:
    """Say what *person* may do to a membership that he may read."""
    towards = standing(state, person, held.structure, None)
    below, own = _below(state, person, held.structure), held.person == person
    found: Answers = dict.fromkeys(["MEMBERSHIP_READ", "SUBSCRIPTION_LIST", "ACCESS_EXPLAIN"])
    for word in TOUCHES:
        able = DOES[DOINGS[word]] & towards
        found[word] = _touching(state, held, word, towards, own=own) if able else below
    found["SUBSCRIPTION_END"] = None if own and towards & rights.MEMBERS else below
    if towards & MANAGERS:
        found["SUBSCRIPTION_END"] = _protection(held, towards, own=own)
    found["MEMBERSHIP_LEAVE"] = _leaving(state, person, held.structure) if own else "SELF_ONLY"
    return found


def _protection(held: Membership, towards: set[str], *, own: bool) -> str | None:
    """Tell of another manager's rights, which are the primary manager's to touch."""
    return None if own or held.role == SIMPLE or PRIMARY in towards else "TARGET_PROTECTED"


def _touching(
    state: State, held: Membership, word: str, towards: set[str], *, own: bool
) -> str | None:
    if word in BRINGS:
        return _changing(state, held, word, towards)
    if word == "SERVICE_USER_MANAGE" and held.status == DELETED:
        return "MEMBERSHIP_DELETED"
    if word == "SECONDARY_MANAGER_APPOINT" and held.role != SIMPLE:
        return None if held.role == SECONDARY else "TARGET_PROTECTED"
    if word in {"SERVICE_USER_MANAGE", "SUBSCRIPTION_DUPLICATE"} and held.role != SIMPLE:
        return "TARGET_PROTECTED"
    protected = word == "SUBSCRIPTION_SET" and _protection(held, towards, own=own)
    if protected or word == "SERVICE_USER_MANAGE":
        return protected or None
    return _against_growth(state, held, word)


def _changing(state: State, held: Membership, word: str, towards: set[str]) -> str | None:
    if held.status == BRINGS[word]:
        return None
    able = {PRIMARY, SUPPORT} if held.role == SECONDARY else set()
    if held.role == SIMPLE:
        able = MANAGERS | ({SUPPORT} if word == "MEMBERSHIP_DEACTIVATE" else set())
    if not able & towards:
        return "TARGET_PROTECTED"
    if held.status == DELETED:
        return "MEMBERSHIP_DELETED"
    gone = state.people[held.person].status == "DEACTIVATED"
    return "USER_INACTIVE" if gone and word == "MEMBERSHIP_REACTIVATE" else None


def _against_growth(state: State, held: Membership, word: str) -> str | None:
    person = state.people[held.person]
    if state.structures[held.structure].status == INACTIVE:
        return "STRUCTURE_INACTIVE"
    if held.status != ACTIVE:
        return "MEMBERSHIP_DELETED" if held.status == DELETED else "USER_NOT_CONNECTED"
    if word == "SECONDARY_MANAGER_APPOINT":
        return None if person.may_manage else "USER_NOT_ELIGIBLE"
    return "USER_INACTIVE" if person.status == "DEACTIVATED" else None
