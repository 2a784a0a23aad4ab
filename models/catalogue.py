"""The catalogue of areas: what each tab is for, and what a structure needs for it (domain.md 4)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case

from models.areas import DEFAULT_AREAS, PUBLIC_AREAS, AreaCode
from models.base import Expression
from models.errors import AreaUnavailable
from models.structures import Sector, Structure


@dataclass(frozen=True, slots=True)
class Candidate:
    """A structure that would open an area: its card, and whether it has an active bank account."""

    card: Structure
    has_account: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Prerequisite:
    """
    What a structure needs, in a sentence.

    *met* asks a candidate, where the area cannot be opened without; the rest only matters in use.
    """

    text: str
    met: Callable[[Candidate], bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One area of the catalogue."""

    code: AreaCode
    label: str
    label_french: str
    position: int
    description: str
    needs: tuple[Prerequisite, ...]

    @property
    def default(self) -> bool:
        """Whether it is always there by itself."""
        return self.code in DEFAULT_AREAS

    @property
    def public_only(self) -> bool:
        """Whether only public structures have it."""
        return self.code in PUBLIC_AREAS

    @property
    def prerequisites(self) -> list[str]:
        """What a structure needs for it, in sentences."""
        return [need.text for need in self.needs]


_MANAGER = Prerequisite(text="The role of primary or secondary manager of a structure.")
_PUBLIC = Prerequisite(text="A public structure.", met=lambda one: one.card.sector == Sector.PUBLIC)
_BANK_ACCOUNT = Prerequisite(
    text="An active bank account of the structure.", met=lambda one: one.has_account
)
_FARM = Prerequisite(
    text="Not an agricultural management centre: its users connect to the structure of their"
    " client, which has the area.",
    met=lambda one: not one.card.agricultural_management_centre,
)
_PAID = Prerequisite(
    text="Opened at any time; used once an invoice of the structure has reached payment."
)
_VALIDATOR = Prerequisite(
    text="A structure that represents a consortium, or holds a contract with subcontractors"
    " admitted to direct payment: its card marks it as a delegated validator.",
    met=lambda one: one.card.delegated_validator,
)
_WORKS = Prerequisite(
    text="Contracts under the general conditions for public works (CCAG Travaux)."
)
_ISSUING = Prerequisite(text="To issue or submit invoices: the right in modification.")
_MANDATE = Prerequisite(text="To enter invoices on line: an invoicing mandate of the structure.")
_JUSTICE = Prerequisite(
    text="A structure that works for the courts: its card names its category of justice supplier.",
    met=lambda one: one.card.justice_supplier_category is not None,
)
_PROGRAM = Prerequisite(text="To connect through the API: a technical account.")
_DIRECT = Prerequisite(text="Flows that the structure sent itself, not through an operator.")

_ENTRIES: tuple[tuple[AreaCode, str, str, str, tuple[Prerequisite, ...]], ...] = (
    (
        AreaCode.HOME,
        "Logged-in homepage",
        "Accueil connecté",
        "Where everyone arrives after signing in, with messages and counters.",
        (),
    ),
    (
        AreaCode.MANAGER_ACTIVITIES,
        "Manager activities",
        "Activités du gestionnaire",
        "Organise the structure: create services, add areas, enable users and set their roles.",
        (_MANAGER,),
    ),
    (
        AreaCode.ICT_REFUNDS,
        "ICT refunds request",
        "Demande de remboursement TIC",
        "Claim refunds of the domestic consumption tax on fuels and gas.",
        (_FARM, _BANK_ACCOUNT),
    ),
    (
        AreaCode.COMMITMENTS,
        "Commitments",
        "Engagements",
        "Look up the structure's legal commitments with the State: contracts, purchase orders.",
        (_PAID,),
    ),
    (
        AreaCode.INVOICES_TO_VALIDATE,
        "Invoices to validate",
        "Factures à valider",
        "View and validate the payment requests of subcontractors and co-contractors.",
        (_VALIDATOR,),
    ),
    (
        AreaCode.WORK_INVOICES,
        "Work invoices",
        "Factures de travaux",
        "Exchange the documents that lead to the invoicing of works contracts.",
        (_WORKS,),
    ),
    (
        AreaCode.ISSUED_INVOICES,
        "Issued invoices",
        "Factures émises",
        "Deposit and enter simple invoices, find archived ones and follow their processing.",
        (_ISSUING, _MANDATE),
    ),
    (
        AreaCode.RECEIVED_INVOICES,
        "Received invoices",
        "Factures reçues",
        "Receive and process the invoices of suppliers.",
        (_PUBLIC,),
    ),
    (
        AreaCode.JUSTICE_COSTS,
        "Justice costs invoice",
        "Mémoires de frais de justice",
        "Ask to be paid for services ordered by the judicial authority or on its behalf.",
        (_JUSTICE, _BANK_ACCOUNT),
    ),
    (
        AreaCode.EDI_API_CONNECTIONS,
        "EDI and API connections",
        "Raccordements EDI et API",
        "Ask for a technical connection of one's own tools, to issue invoices in mass.",
        (_PROGRAM,),
    ),
    (
        AreaCode.SENT_REQUESTS,
        "Sent requests",
        "Sollicitations émises",
        "Ask support for help, or a public client how an issued invoice is getting on.",
        (),
    ),
    (
        AreaCode.RECEIVED_REQUESTS,
        "Received requests",
        "Sollicitations reçues",
        "Answer the requests of suppliers.",
        (_PUBLIC,),
    ),
    (
        AreaCode.DATA_FLOW_OVERVIEW,
        "Data flow overview",
        "Suivi des flux",
        "Follow the flows of invoices that the structure sent through EDI.",
        (_DIRECT,),
    ),
    (
        AreaCode.MY_ACCOUNT,
        "My account",
        "Mon compte",
        "Keep one's own data up to date; ask to be connected to a structure, or for an area.",
        (),
    ),
)

CATALOGUE: Mapping[AreaCode, Area] = {
    code: Area(
        code=code,
        label=label,
        label_french=french,
        position=position,
        description=description,
        needs=needs,
    )
    for position, (code, label, french, description, needs) in enumerate(_ENTRIES, start=1)
}

ACCOUNT_AREAS = frozenset(code for code, entry in CATALOGUE.items() if _BANK_ACCOUNT in entry.needs)
"""Areas that end in a payment to the structure, and so need a bank account of it."""

POSITIONS = {code: entry.position for code, entry in CATALOGUE.items()}
"""Places of the areas among the tabs."""


def area_position(area: Expression) -> ColumnElement[int]:
    """Sort by the order of the tabs."""
    return case({code.value: position for code, position in POSITIONS.items()}, value=area)


def require_available(area: AreaCode, candidate: Candidate) -> None:
    """
    Refuse to open *area* on a *candidate* that does not meet its restriction.

    Raises:
        AreaUnavailable: AREA_NOT_AVAILABLE, with what is missing.
    """
    for need in CATALOGUE[area].needs:
        if need.met is not None and not need.met(candidate):
            message = "The structure does not meet the area's restriction."
            raise AreaUnavailable(message, area=area, prerequisite=need.text).at("area")


def awaited(area: AreaCode, *, paid: bool) -> AreaUnavailable | None:
    """
    Tell what an opened *area* answers while its condition is not met, AREA_NOT_YET_AVAILABLE.

    Only Commitments have one: an invoice of the structure was *paid* (domain.md 4).
    """
    if paid or area != AreaCode.COMMITMENTS:
        return None
    message = "The area is opened, but its condition is not met yet."
    return AreaUnavailable(message, area=area, prerequisite=_PAID.text, yet=True)


def unmet_needs(card: Structure, areas: Iterable[AreaCode]) -> set[tuple[AreaCode, str]]:
    """Give what *card* itself lacks for *areas*, each with the sentence that says what."""
    candidate = Candidate(card, has_account=True)
    return {
        (area, need.text)
        for area in areas
        for need in CATALOGUE[area].needs
        if need.met is not None and not need.met(candidate)
    }


def require_kept(lost: Iterable[tuple[AreaCode, str]]) -> None:
    """
    Refuse to take from a card what an opened area needs; *lost* is from `unmet_needs`.

    Raises:
        AreaUnavailable: AREA_NOT_AVAILABLE, with the area to close first.
    """
    for area, text in sorted(lost):
        message = "An opened area needs what the card would no longer say: close it first."
        raise AreaUnavailable(message, area=area, prerequisite=text)
