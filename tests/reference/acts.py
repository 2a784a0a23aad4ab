"""What an act answers, and the order of its questions: seen, allowed, then the rules."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.reference import rights
from tests.reference.state import State


class Refused(Exception):
    """An item is not done, for one of *codes*: which of several that hold is not promised."""

    def __init__(self, *codes: str) -> None:
        super().__init__(*codes)
        self.codes = set(codes)


@dataclass
class Done:
    """An item is done; *what* names the object that is answered."""

    what: str | None


@dataclass
class Outcome:
    """The outcome of a call: refused at the door, or one entry per item."""

    nowhere: bool = False
    items: list[Done | Refused] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)


@dataclass
class Call:
    """
    One call of an act by *actor*; *state* changes with each item that is done.

    What he may do in it is what he might do when it began, as *before* tells.
    """

    state: State
    before: State
    act: str
    actor: str
    given: dict[str, Any]

    def require(self, structure: int, owner: str | None = None) -> None:
        """Refuse what the actor may not do to a visible object."""
        if not rights.does(self.before, self.actor, self.act, structure, owner):
            raise Refused("FORBIDDEN")

    def require_card(self, structure: int | None) -> int:
        """Refuse what the actor may not know of."""
        if structure not in self.state.structures:
            raise Refused("NOT_FOUND")
        if not rights.sees_card(self.state, self.actor, structure):
            raise Refused("NOT_FOUND")
        return structure


Act = tuple[str | None, Callable[[Call, Any], str | None]]
"""The name of the list of an act's items, or nothing, and what one item does."""


def refuse(**held: Any) -> None:
    """Refuse with every code whose condition holds."""
    codes = [code for code, holds in held.items() if holds]
    if codes:
        raise Refused(*codes)


def perform(act: Act, state: State, name: str, actor: str, given: dict[str, Any]) -> Outcome:
    """Do the *act* of a *name* to *state*."""
    if not rights.does_somewhere(state, actor, name):
        return Outcome(nowhere=True)
    items, item = act
    call = Call(state, state.roles(), name, actor, given)
    outcome = Outcome()
    named = [given] if items is None else given[items]
    for position, one in enumerate(named):
        first = named.index(one)
        # What is named twice is done once, and answered in both places.
        outcome.items.append(_end(item, call, one) if first == position else outcome.items[first])
    return outcome


def _end(item: Callable[[Call, Any], str | None], call: Call, one: Any) -> Done | Refused:
    try:
        return Done(item(call, one))
    except Refused as refused:
        return refused
