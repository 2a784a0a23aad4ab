"""Which objects a person finds by their ids, however he came by them."""

from tests.reference import rights
from tests.reference.state import DELETED, State


def findable(state: State, person: str) -> set[str]:
    """Name the objects that *person* finds by their ids."""
    people = {name for name in state.people if rights.sees_user(state, person, name)}
    return people | _places(state, person) | _ties(state, person) | _requests(state, person)


def _places(state: State, person: str) -> set[str]:
    found = set()
    for card in state.structures.values():
        number = card.number
        if rights.lists_accounts(state, person, number):
            found |= {f"account {number} {label}" for label in card.accounts}
        for code in card.services:
            if rights.sees_service(state, person, number, code):
                found.add(f"service {number} {code}")
        if rights.reads(state, person, "mandate", number):
            found |= {f"mandate {one.number}" for one in card.mandates}
        if rights.reads(state, person, "opened areas", number):
            found |= {f"opening {number} {area} {code}" for area, code in card.openings}
    return found


def _ties(state: State, person: str) -> set[str]:
    found = set()
    for one in state.memberships:
        if rights.reads(state, person, "membership", one.structure, one.person):
            found.add(f"membership {one.number}")
            found |= {f"right {one.number} {area} {code}" for area, code in one.rights}
            if one.status != DELETED:
                codes = state.structures[one.structure].services
                found |= {f"user {one.number} {code}" for code in codes if one.reaches(code)}
    return found


def _requests(state: State, person: str) -> set[str]:
    return {
        f"request {one.number}"
        for one in state.requests
        if one.person == person or rights.reads(state, person, "requests", one.structure)
    }
