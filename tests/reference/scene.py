"""Where every run begins: the people, three structures, and who is what on them."""

from tests.reference.history import DECIDED, Entry
from tests.reference.state import (
    CONNECTION,
    CONSULTATION,
    DAY,
    INACTIVE,
    MODIFICATION,
    PRIMARY,
    PUBLIC,
    REFUSED,
    SECONDARY,
    SUBSCRIPTION,
    BankAccount,
    Person,
    Service,
    State,
)
from tests.world import iban, siret


VIEWERS = ("support", "primary", "secondary", "simple", "stranger")
"""Those whose readings are compared; support reads first, because it names what is new."""

PEOPLE = ("primary", "secondary", "simple", "stranger", "newcomer", "support")
"""Those who act."""

NOBODIES = ("robot", "gone")
"""Accounts that take no role."""


def scene() -> State:
    """Give the state at the start."""
    people = {name: Person(name, support=name == "support") for name in PEOPLE}
    people["robot"] = Person("robot", kind="TECHNICAL")
    people["gone"] = Person("gone", status="DEACTIVATED")
    state = State(people)
    _atelier(state)
    _town(state)
    _farmer(state)
    _asked(state)
    return state


def _asked(state: State) -> None:
    atelier, town, farmer = state.structures
    _refuse(state, atelier, "newcomer", by="primary")
    _refuse(state, farmer, "stranger", by="newcomer")
    state.ask(CONNECTION, town, "newcomer", services=frozenset({"DESK"}))
    state.ask(CONNECTION, atelier, "stranger", services=frozenset({"SALES", "STOCK"}))
    scope = ("ISSUED_INVOICES", None)
    for person in ("simple", "secondary", "gone"):
        state.ask(SUBSCRIPTION, atelier, person, scope=scope, mode=MODIFICATION)


def _refuse(state: State, structure: int, person: str, *, by: str) -> None:
    for days in (3, 2, 1):
        refused = state.ask(CONNECTION, structure, person)
        refused.made = -4 * DAY
        at, name, reason = -days * DAY, f"request {refused.number}", "We do not know you."
        refused.end(REFUSED, at, by, reason)
        decided = Entry(at, structure, DECIDED[CONNECTION], by, person, name, reason=reason)
        state.history.entries.append(decided)


def _atelier(state: State) -> None:
    card = state.structure("Atelier", kind="SIRET", identifier=siret(1))
    card.services |= {code: Service(code) for code in ("SALES", "STOCK")}
    card.services["OLD"] = Service("OLD", enabled=False)
    card.openings |= {
        ("ISSUED_INVOICES", None): MODIFICATION,
        ("COMMITMENTS", None): CONSULTATION,
        ("WORK_INVOICES", "SALES"): CONSULTATION,
    }
    first = state.connect(card.number, "primary", role=PRIMARY)
    first.rights["ISSUED_INVOICES", None] = MODIFICATION
    second = state.connect(card.number, "secondary", role=SECONDARY)
    second.rights["ISSUED_INVOICES", None] = CONSULTATION
    clerk = state.connect(card.number, "simple", everywhere=False, listed={"SALES": "ACTIVE"})
    clerk.rights["WORK_INVOICES", "SALES"] = CONSULTATION
    state.connect(card.number, "gone", everywhere=False, listed={"SALES": "ACTIVE"})


def _town(state: State) -> None:
    card = state.structure("Town", kind="SIRET", identifier=siret(2), sector=PUBLIC)
    card.services |= {code: Service(code) for code in ("FACTURES_PUBLIQUES", "DESK")}
    card.services["OLD"] = Service("OLD", enabled=False)
    card.agricultural_centre = card.service_code_required = card.local_authority = True
    card.justice_category = "EXPERT"
    card.openings["RECEIVED_INVOICES", None] = MODIFICATION
    state.connect(card.number, "stranger", role=PRIMARY)
    state.connect(card.number, "simple", rights={("RECEIVED_INVOICES", None): CONSULTATION})
    state.connect(
        card.number, "newcomer", status=INACTIVE, everywhere=False, listed={"DESK": "ACTIVE"}
    )


def _farmer(state: State) -> None:
    card = state.structure("Farmer", kind="INDIVIDUAL", identifier="MARTIN-LUCIE-19800101")
    card.paid = card.farmer = card.delegated_validator = True
    card.accounts["Farm"] = BankAccount("Farm", iban(1), default=True)
    card.services["FIELD"] = Service("FIELD")
    card.openings["COMMITMENTS", "FIELD"] = MODIFICATION
    state.connect(card.number, "newcomer", role=PRIMARY)
    state.connect(card.number, "secondary", everywhere=False, listed={"FIELD": "ACTIVE"})
