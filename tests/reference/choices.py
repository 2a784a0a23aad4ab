"""Picks of what exists in a state, from numbers that hypothesis draws and shrinks."""

from collections.abc import Sequence
from typing import Any, TypeVar

from tests.reference.scene import PEOPLE
from tests.reference.state import (
    ACTIVE,
    MANAGERS,
    PENDING,
    TABS,
    Membership,
    Request,
    Scope,
    State,
)


Thing = TypeVar("Thing")

NONE = 30
"""A number that picks what does not exist."""


def pick(things: Sequence[Thing], number: int) -> Thing:
    """Give the thing of a number, counted around."""
    return things[number % len(things)]


def structure(state: State, number: int) -> int | None:
    """Pick a structure, the active ones more often."""
    if number == NONE:
        return None
    active = [card.number for card in state.structures.values() if card.status == ACTIVE]
    return pick([*active, *active, *active, *state.structures], number)


def service(state: State, place: int | None, number: int) -> tuple[int, str] | None:
    """Pick a service, nearly always of *place*."""
    own = [(place, code) for code in state.structures[place].services] if place else []
    others = [(card.number, code) for card in state.structures.values() for code in card.services]
    if number == NONE or not others:
        return None
    return pick(own or others, number) if number < NONE - 3 else pick(others, number)


def services(
    state: State, place: int | None, numbers: list[int] | None
) -> list[tuple[int, str] | None] | None:
    """Pick services, or none in particular."""
    return None if numbers is None else [service(state, place, number) for number in numbers]


def request(state: State, kind: str | None, number: int) -> Request | None:
    """Pick a request of a kind, those that wait more often."""
    mine = [one for one in state.requests if kind in {None, one.kind}]
    waiting = [one for one in mine if one.status(state.now) == PENDING]
    if number == NONE or not mine:
        return None
    return pick([*waiting, *waiting, *waiting, *reversed(mine)], number)


def actor(number: int, apt: list[str]) -> str:
    """Pick who acts, more often one of those who may."""
    able = [one for one in apt if one in PEOPLE]
    return pick(able, number) if able and number >= len(PEOPLE) else pick(PEOPLE, number)


def managers(state: State, place: int | None) -> list[str]:
    """Name the managers of a structure."""
    return [name for name in PEOPLE if place and state.role(place, name) in MANAGERS]


def members(state: State, place: int | None) -> list[str]:
    """Name who is connected to a structure."""
    return [name for name in PEOPLE if place and state.role(place, name) is not None]


def area(state: State, place: int | None, number: int) -> str:
    """Pick an area, those opened on the structure more often."""
    opened: list[Any] = sorted(
        {one for one, _ in state.structures[place].openings} if place else ()
    )
    return str(pick([*opened, *opened, *opened, "ISSUED_INVOICES", "ICT_REFUNDS", "HOME"], number))


def any_area(state: State, place: int | None, number: int) -> str:
    """Pick an area, opened or not."""
    return area(state, place, number) if number % 3 == 0 else pick(TABS, number)


def scope(state: State, place: int | None, number: int | None) -> Any:
    """Pick a service, or the whole structure."""
    return "whole" if number is None else service(state, place, number)


def opening(state: State, number: int) -> tuple[int, Scope] | None:
    """Pick an opened area."""
    opened = [(card.number, one) for card in state.structures.values() for one in card.openings]
    return None if number == NONE or not opened else pick(opened, number)


def membership(state: State, number: int) -> Membership | None:
    """Pick a membership, the live ones more often."""
    if number == NONE:
        return None
    live = [one for one in state.memberships if one.status == ACTIVE]
    return pick([*live, *live, *state.memberships], number)


def numbered(state: State, number: int) -> Membership:
    """Give the membership of a number."""
    return next(one for one in state.memberships if one.number == number)


def right(state: State, number: int) -> tuple[int, Scope] | None:
    """Pick a right of somebody."""
    held = [(one.number, scope) for one in state.memberships for scope in one.rights]
    return None if number == NONE or not held else pick(held, number)


def account(state: State, number: int) -> tuple[int, str] | None:
    """Pick a bank account."""
    known = [(card.number, label) for card in state.structures.values() for label in card.accounts]
    return None if number == NONE or not known else pick(known, number)
