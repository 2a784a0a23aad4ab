"""What an act answers, and the order of its questions: seen, allowed, then the rules."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.reference import rights
from tests.reference.history import ACTIONS, DECIDED, NAMED, TELLING, Entry
from tests.reference.state import VALIDATED, Request, State


class Refused(Exception):
    """An item is not done, for one of *codes*: which of several that hold is not promised."""

    def __init__(self, *codes: str) -> None:
        super().__init__(*codes)
        self.codes = set(codes)
        self.place: int | None = None
        self.target: str | None = None


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

    What he may do in it is what he might do when it began, as *before* tells. *place* is the
    structure of the present item, once it was asked whether he may act there: *named* in it is
    what a refusal was about.
    """

    state: State
    before: State
    act: str
    actor: str
    given: dict[str, Any]
    place: int | None = None
    named: str | None = None

    def require(self, structure: int, owner: str | None = None) -> None:
        """Refuse what the actor may not do to a visible object."""
        self.place = structure
        if not rights.does(self.before, self.actor, self.act, structure, owner):
            raise Refused("FORBIDDEN")

    def require_card(self, structure: int | None) -> int:
        """Refuse what the actor may not know of."""
        if structure not in self.state.structures:
            raise Refused("NOT_FOUND")
        if not rights.sees_card(self.state, self.actor, structure):
            raise Refused("NOT_FOUND")
        return structure

    def record(
        self,
        structure: int,
        target: str | None = None,
        user: str | None = None,
        action: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Remember that the actor did this act, or *action* by the way."""
        word = action or ACTIONS[self.act]
        entry = Entry(self.state.now, structure, word, self.actor, user, target, reason=reason)
        self.state.history.entries.append(entry)

    def record_changed(self, before: dict[int, Any]) -> None:
        """Remember under each user what became of his membership, which was as *before* tells."""
        if self.act in COPYING:
            return
        for number, held in self.state.holdings().items():
            if held != before.get(number):
                one = next(one for one in self.state.memberships if one.number == number)
                name, reason = f"membership {number}", self.given.get("reason")
                self.record(one.structure, name, one.person, reason=reason)

    def decide(self, request: Request, status: str = VALIDATED, reason: str | None = None) -> None:
        """End a request by the actor's decision, or by an act of his that fulfils it."""
        request.end(status, self.state.now, self.actor, reason)
        name, word = f"request {request.number}", DECIDED[request.kind]
        self.record(request.structure, name, request.person, word, reason)


COPYING = {"changeIdentifier"}
"""What leads everything to another card, and changes nobody's membership by it."""

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
    listed = [given] if items is None else given[items]
    for position, one in enumerate(listed):
        first = listed.index(one)
        # What is named twice is done once, and answered in both places.
        outcome.items.append(_end(item, call, one) if first == position else outcome.items[first])
    return outcome


def _end(item: Callable[[Call, Any], str | None], call: Call, one: Any) -> Done | Refused:
    call.place = call.named = None
    before = call.state.holdings()
    try:
        done = Done(item(call, one))
    except Refused as refused:
        refused.place = call.place
        if call.place is not None:
            refused.target = call.named or (NAMED[call.act](one) if call.act in NAMED else None)
        return refused
    call.record_changed(before)
    return done


def tell(state: State, name: str, actor: str, outcome: Outcome, codes: list[str | None]) -> None:
    """Count for the history what was refused, by the *codes* that were answered."""
    # An item that is named twice has one outcome.
    ends = {id(item): (item, code) for item, code in zip(outcome.items, codes, strict=False)}
    for item, code in ends.values():
        if isinstance(item, Refused) and item.place is not None and code in TELLING:
            kind = (item.place, actor, ACTIONS[name], code, item.target)
            state.history.refuse(kind, state.now)
