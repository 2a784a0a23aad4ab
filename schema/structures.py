"""Structures: the cards of legal entities."""

from datetime import datetime

import strawberry

from models.identifiers import IdentifierType
from models.memberships import Role
from models.policy import Action
from models.structures import ApplicationCode, Sector, StructureStatus
from resolvers import (
    areas,
    bank_accounts,
    explaining,
    history,
    mandates,
    memberships,
    pending_counts,
    requests,
    services,
    users,
)
from resolvers import structures as resolve
from resolvers.inputs import LookupReason
from resolvers.node_ids import NodeKind
from schema.addresses import Address
from schema.areas import StructureArea
from schema.bank_accounts import BankAccount
from schema.fields import computed, guarded, object_type, open_field, owner, plain
from schema.history import ManagerAction
from schema.mandates import InvoicingMandate
from schema.memberships import Membership
from schema.nodes import Node, global_id
from schema.pages import Connection
from schema.requests import ConnectionRequest, SubscriptionRequest
from schema.rights import Decision
from schema.services import Service
from schema.users import User


@object_type(row=Action.GENERAL_READ)
class GeneralInformation:
    """General information block of a structure (sheet B)."""

    label: str | None = plain("Free display name (libelleStructure).")
    email: str | None = plain("Contact address.")
    phone: str | None = plain("Telephone number.")
    fax: str | None = plain("Fax number.")
    address: Address | None = computed(
        resolve.address,
        "Postal address; withheld from outsiders where INSEE does not publish it.",
    )
    vat_number: str | None = plain("VAT number (numeroTVA).")
    rcs_number: str | None = plain("Trade register number (numeroRcsStructure).")
    service_code_required: bool | None = plain(
        "Invoices sent to it must name a service (codeServiceDoitEtreRenseigne)."
    )
    engagement_number_required: bool | None = plain(
        "Invoices sent to it must carry an engagement number (numeroEJDoitEtreRenseigne)."
    )
    service_code_or_engagement_number_required: bool | None = plain(
        "One of the two is enough; the two other flags are then false"
        " (gestionNumeroEJOuCodeService)."
    )
    reports_payment: bool | None = plain(
        "It reports the status paid; the opposite of statutMiseEnPaiementNestPasRemonte."
    )
    contracting_authority: bool | None = plain("It is a contracting authority (estMOA).")
    contracting_authority_only: bool | None = plain(
        "It is nothing but a contracting authority (estMOAUniquement)."
    )
    delegated_validator: bool | None = plain(
        "It validates on behalf of others (estValideurDelegue)."
    )
    local_authority: bool | None = plain(
        "It is a local authority: its identifier is changed by the support only."
    )
    agricultural_management_centre: bool | None = plain(
        "It manages farmers' claims and has no claims of its own (estCentreGestionAgricole)."
    )
    justice_supplier_category: str | None = plain(
        "Category of judicial service provider, if it is one."
    )
    pacage_number: str | None = plain("Farmer's number of 9 digits.")


@object_type(row=None)
class PendingCounts:
    """Numbers of requests that wait for a decision."""

    connection_requests: int = plain("Pending connection requests.")
    subscription_requests: int = plain("Pending subscription requests.")


@object_type(row=Action.CARD_READ, records=resolve.StructureRecord)
class Structure(Node):
    """
    A legal entity's card.

    Six fields are for every signed-in user; the others answer null with an error to those who
    may not read them.
    """

    id: strawberry.ID = global_id(NodeKind.STRUCTURE)
    identifier_type: IdentifierType = plain("Kind of the identifier (typeIdentifiantStructure).")
    identifier: str = plain("The identifier itself, normalised (identifiantStructure).")
    name: str = plain(
        "Registered name, or last and first name of a private person (designationStructure)."
    )
    sector: Sector = plain("Private or public.")
    status: StructureStatus = plain("Active or inactive.")
    general: GeneralInformation | None = guarded(
        resolve.general,
        "General information block: contact, address, flags.",
        allow=Action.GENERAL_READ,
    )
    predecessor: "Structure | None" = guarded(
        resolve.predecessor,
        "The card that this one replaced when the identifier changed.",
        allow=Action.GENERAL_READ,
    )
    successor: "Structure | None" = guarded(
        resolve.successor,
        "The card that replaced this one when the identifier changed.",
        allow=Action.GENERAL_READ,
    )
    version: int | None = guarded(
        None,
        "Grows with every change; send it back when you change the structure.",
        allow=Action.GENERAL_READ,
    )
    created_at: datetime | None = guarded(
        None, "When the card was created.", allow=Action.GENERAL_READ
    )
    updated_at: datetime | None = guarded(
        None, "When the card last changed.", allow=Action.GENERAL_READ
    )
    deactivated_at: datetime | None = guarded(
        None, "When the card became inactive.", allow=Action.GENERAL_READ
    )
    primary_manager: User | None = guarded(
        users.primary_manager,
        "Whom to ask: name and masked login for members and requesters.",
        allow=Action.PRIMARY_MANAGER_READ,
    )
    services: Connection[Service] | None = guarded(
        services.of_structure,
        "Subsets of the legal entity that limit users' rights;"
        " outsiders see the active ones of public structures.",
        allow=Action.SERVICE_LIST,
    )
    opened_areas: list[StructureArea] | None = guarded(
        areas.opened_on_structure,
        "Areas opened on the structure as a whole, in the order of the tabs.",
        allow=Action.OPENED_AREA_LIST,
    )
    users: Connection[Membership] | None = guarded(
        memberships.of_structure,
        "Users attached to the structure; without a filter on status, active and inactive ones.",
        allow=Action.USER_LIST,
    )
    applications_used: list[ApplicationCode] | None = guarded(
        resolve.applications_used, "Applications used.", allow=Action.ADMINISTRATION_READ
    )
    first_payment_at: datetime | None = guarded(
        None,
        "When one of its invoices first reached payment; opens the Commitments area.",
        allow=Action.ADMINISTRATION_READ,
    )
    connection_requests: Connection[ConnectionRequest] | None = guarded(
        requests.connection_requests,
        "Requests of users to be connected, oldest first.",
        allow=Action.REQUEST_LIST,
    )
    subscription_requests: Connection[SubscriptionRequest] | None = guarded(
        requests.subscription_requests,
        "Requests of users for a right on an area, oldest first.",
        allow=Action.REQUEST_LIST,
    )
    pending_counts: PendingCounts | None = guarded(
        pending_counts.of_structure,
        "How many requests wait here for a decision.",
        allow=Action.REQUEST_LIST,
    )
    history: Connection[ManagerAction] | None = guarded(
        history.of_structure, "What managers did here, newest first.", allow=Action.HISTORY_READ
    )
    bank_accounts: Connection[BankAccount] | None = guarded(
        bank_accounts.of_structure,
        "Bank accounts, the default one first; the account communicated in the contract is the one"
        " that is paid.",
        allow=Action.BANK_ACCOUNT_LIST,
    )
    invoicing_mandate: InvoicingMandate | None = guarded(
        mandates.of_structure,
        "The latest invoicing mandate, active or revoked, if there ever was one.",
        allow=Action.MANDATE_READ,
    )
    viewer_role: Role | None = computed(
        memberships.viewer_role, "Your own role here; null without an active membership."
    )
    viewer_membership: Membership | None = owner(
        memberships.viewer_membership, "Your own membership here, active or inactive."
    )
    viewer_can: list[Decision] | None = open_field(
        explaining.of_structures,
        "What you may do here; without a list, every action on a structure."
        " Null without signing in.",
    )


@object_type(row=Action.STRUCTURE_SEARCH)
class StructureByIdentifier:
    """One identifier and what it found."""

    structure: Structure | None = owner(None, "The structure found.")
    reason: LookupReason | None = plain("Why none was found.")


@object_type(row=Action.STRUCTURE_SEARCH)
class StructuresByIdentifier:
    """Answer to a lookup of many identifiers."""

    results: list[StructureByIdentifier] = plain("One entry per identifier, in the order asked.")
