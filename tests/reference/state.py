"""What there is, in plain Python: written from the rules of the business, not from the code."""

import copy

from dataclasses import dataclass, field, replace
from typing import Any

from tests.reference.history import Entry, History


ACTIVE, INACTIVE, DELETED = "ACTIVE", "INACTIVE", "DELETED"
CLOSED, REVOKED = "CLOSED", "REVOKED"
PRIMARY, SECONDARY, SIMPLE = "PRIMARY_MANAGER", "SECONDARY_MANAGER", "SIMPLE_USER"
MANAGERS = {PRIMARY, SECONDARY}
PRIVATE, PUBLIC = "PRIVATE", "PUBLIC"
CONSULTATION, MODIFICATION = "CONSULTATION", "MODIFICATION"
CONNECTION, SUBSCRIPTION = "CONNECTION", "SUBSCRIPTION"
PENDING, VALIDATED, REFUSED, CANCELLED, EXPIRED = (
    "PENDING",
    "VALIDATED",
    "REFUSED",
    "CANCELLED",
    "EXPIRED",
)
DAY = 24 * 60 * 60
LIFETIME = 90 * DAY

TABS = (
    "HOME",
    "MANAGER_ACTIVITIES",
    "ICT_REFUNDS",
    "COMMITMENTS",
    "INVOICES_TO_VALIDATE",
    "WORK_INVOICES",
    "ISSUED_INVOICES",
    "RECEIVED_INVOICES",
    "JUSTICE_COSTS",
    "EDI_API_CONNECTIONS",
    "SENT_REQUESTS",
    "RECEIVED_REQUESTS",
    "DATA_FLOW_OVERVIEW",
    "MY_ACCOUNT",
)
DEFAULT_TABS = {"HOME", "MANAGER_ACTIVITIES", "SENT_REQUESTS", "MY_ACCOUNT"}
PUBLIC_TABS = {"RECEIVED_INVOICES", "RECEIVED_REQUESTS"}

Scope = tuple[str, str | None]
"""An area, and the code of a service or nothing for the whole structure."""


@dataclass(slots=True)
class Person:
    """An account; a structure's role belongs to a membership, never to the person."""

    name: str
    support: bool = False
    kind: str = "HUMAN"
    status: str = ACTIVE

    @property
    def may_manage(self) -> bool:
        """Only the active account of a person, and not of support, takes a role."""
        return self.kind == "HUMAN" and self.status == ACTIVE and not self.support


@dataclass(slots=True)
class Service:
    """A part of a structure."""

    code: str
    name: str = ""
    enabled: bool = True
    ended: bool = False

    @property
    def active(self) -> bool:
        """Whether it is switched on, and its last day is not over."""
        return self.enabled and not self.ended


@dataclass(slots=True)
class BankAccount:
    """An account of a structure, which is closed and never changed."""

    label: str
    iban: str
    default: bool = False
    status: str = ACTIVE


@dataclass(slots=True)
class Mandate:
    """An invoicing mandate; what was revoked stays."""

    number: int
    subscriber: str
    status: str = ACTIVE
    revoker: str | None = None


@dataclass(slots=True)
class Structure:
    """A card, with its services and the areas opened on it; *opened* tells since when some are."""

    number: int
    kind: str
    identifier: str
    name: str
    sector: str = PRIVATE
    status: str = ACTIVE
    predecessor: int | None = None
    local_authority: bool = False
    delegated_validator: bool = False
    agricultural_centre: bool = False
    justice_category: str | None = None
    farmer: bool = False
    paid: bool = False
    service_code_required: bool = False
    mandates: list[Mandate] = field(default_factory=list)
    accounts: dict[str, BankAccount] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    openings: dict[Scope, str] = field(default_factory=dict)
    opened: dict[Scope, int] = field(default_factory=dict)

    @property
    def published(self) -> bool:
        """Whether everyone who is signed in reads its general block and active services."""
        return self.sector == PUBLIC and self.status == ACTIVE


@dataclass(slots=True)
class Membership:
    """A person's connection to a structure; *listed* are services with their status on it."""

    number: int
    structure: int
    person: str
    role: str = SIMPLE
    status: str = ACTIVE
    everywhere: bool = True
    listed: dict[str, str] = field(default_factory=dict)
    rights: dict[Scope, str] = field(default_factory=dict)

    @property
    def places(self) -> dict[str, str]:
        """What it is listed on, which counts where it does not cover everything."""
        return {} if self.everywhere else {k: v for k, v in self.listed.items() if v != DELETED}

    def reach_everything(self) -> None:
        """Let it cover every service: what was listed has no meaning any more."""
        self.everywhere = True
        self.listed = dict.fromkeys(self.listed, DELETED)

    def reaches(self, code: str) -> bool:
        """Say whether it covers a service."""
        return self.everywhere or self.listed.get(code) == ACTIVE


@dataclass(slots=True)
class Request:
    """A request; *scope* and *mode* are a subscription's, *services* a connection's."""

    number: int
    kind: str
    structure: int
    person: str
    made: int
    services: frozenset[str] = frozenset()
    scope: Scope = ("", None)
    mode: str = ""
    stored: str = PENDING
    decided: int | None = None
    decider: str | None = None
    reason: str | None = None

    def status(self, now: int) -> str:
        """Give its state: what nobody decided within 90 days has expired."""
        late = self.stored == PENDING and now >= self.made + LIFETIME
        return EXPIRED if late else self.stored

    def end(self, status: str, now: int, decider: str | None, reason: str | None = None) -> None:
        """Make *status* final."""
        self.stored, self.decided, self.decider, self.reason = status, now, decider, reason


@dataclass
class State:
    """Everything at one moment; *now* counts seconds."""

    people: dict[str, Person]
    now: int = 0
    structures: dict[int, Structure] = field(default_factory=dict)
    memberships: list[Membership] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    history: History = field(default_factory=History)
    numbers: int = 0

    def roles(self) -> "State":
        """Give who is what now: it stays so, whatever becomes of this state."""
        memberships = [copy.copy(one) for one in self.memberships]
        return replace(self, memberships=memberships, requests=list(self.requests))

    def number(self) -> int:
        """Give a number that nothing has yet."""
        self.numbers += 1
        return self.numbers

    def structure(self, name: str, **values: Any) -> Structure:
        """Put a structure in."""
        made = Structure(number=self.number(), name=name, **values)
        self.structures[made.number] = made
        return made

    def connect(self, structure: int, person: str, **values: Any) -> Membership:
        """Put a membership in."""
        made = Membership(number=self.number(), structure=structure, person=person, **values)
        self.memberships.append(made)
        return made

    def ask(self, kind: str, structure: int, person: str, **values: Any) -> Request:
        """Put a request in."""
        made = Request(
            number=self.number(),
            kind=kind,
            structure=structure,
            person=person,
            made=self.now,
            **values,
        )
        self.requests.append(made)
        return made

    def membership(self, structure: int, person: str) -> Membership | None:
        """Give the one that is not deleted."""
        for one in self.memberships:
            if (one.structure, one.person) == (structure, person) and one.status != DELETED:
                return one
        return None

    def role(self, structure: int, person: str) -> str | None:
        """Give a person's role on a structure, if it grants anything."""
        found = self.membership(structure, person)
        return found.role if found is not None and found.status == ACTIVE else None

    def primary(self, structure: int) -> Membership | None:
        """Give the membership of the primary manager."""
        for one in self.memberships:
            if one.structure == structure and one.role == PRIMARY and one.status == ACTIVE:
                return one
        return None

    def holdings(self) -> dict[int, Any]:
        """Give by number what each membership is and holds."""
        return {
            one.number: (one.role, one.status, one.everywhere, one.places, dict(one.rights))
            for one in self.memberships
        }

    def user_of(self, target: str | None) -> str | None:
        """Name whose the membership or the request is that is called *target*."""
        owned = {f"membership {one.number}": one.person for one in self.memberships}
        owned |= {f"request {one.number}": one.person for one in self.requests}
        return None if target is None else owned.get(target)

    def cancel(self, request: Request, reason: str | None = None) -> None:
        """Cancel a request in the name of the service itself, as what it asks for is gone."""
        request.end(CANCELLED, self.now, None, reason)
        name, who = f"request {request.number}", request.person
        entry = Entry(self.now, request.structure, "REQUEST_CANCEL", None, who, name, reason=reason)
        self.history.entries.append(entry)

    def asks(self, structure: int, person: str) -> bool:
        """Say whether a person waits to be connected."""
        for one in self.requests:
            same = (one.person, one.structure, one.kind) == (person, structure, CONNECTION)
            if same and one.status(self.now) == PENDING:
                return True
        return False

    def pending(self, **facts: Any) -> list[Request]:
        """Give the requests that wait, with these *facts*."""
        return [
            one
            for one in self.requests
            if one.stored == PENDING
            and one.status(self.now) == PENDING
            and all(getattr(one, name) == value for name, value in facts.items())
        ]


def covers(held: str, wanted: str) -> bool:
    """Say whether a mode includes another: modification includes consultation."""
    return held == MODIFICATION or wanted == CONSULTATION


def within(ceilings: dict[Scope, str], scope: Scope, mode: str) -> bool:
    """Say whether one of *ceilings*, whole or on the same service, is above *scope* and *mode*."""
    area, code = scope
    above = [ceilings.get((area, None)), ceilings.get((area, code))]
    return any(found is not None and covers(found, mode) for found in above)
