"""Inputs of the acts that create and change structures."""

from dataclasses import fields
from datetime import date
from typing import Any

import strawberry

from strawberry import UNSET

from models.errors import Invalid
from models.general_block import general_values, require_sector
from models.structures import ApplicationCode, Sector
from resolvers.addresses import AddressInput, address_columns
from resolvers.inputs import StructureIdentifierInput, UserLookup, described_input, told
from resolvers.outcomes import camel
from resolvers.request_inputs import dry_run, idempotency_key


@described_input()
class StructureGeneralInput:
    """General block; what is left out stays, null empties."""

    label: str | None = told("Free display name, at most 200 characters.", default=UNSET)
    email: str | None = told("Contact address.", default=UNSET)
    phone: str | None = told("Telephone number.", default=UNSET)
    fax: str | None = told("Fax number.", default=UNSET)
    address: AddressInput | None = told("Postal address, as a whole.", default=UNSET)
    vat_number: str | None = told("VAT number.", default=UNSET)
    rcs_number: str | None = told("Trade register number, at most 80 characters.", default=UNSET)
    service_code_required: bool | None = told(
        "Public only: invoices must name a service.", default=UNSET
    )
    engagement_number_required: bool | None = told(
        "Public only: invoices must carry an engagement number.", default=UNSET
    )
    service_code_or_engagement_number_required: bool | None = told(
        "Public only: one of the two is enough; the two other flags become false.", default=UNSET
    )
    reports_payment: bool | None = told(
        "It reports the status paid; only a public structure may not.", default=UNSET
    )
    contracting_authority: bool | None = told("It is a contracting authority.", default=UNSET)
    contracting_authority_only: bool | None = told(
        "It is nothing but a contracting authority, and so is one.", default=UNSET
    )
    delegated_validator: bool | None = told("It validates on behalf of others.", default=UNSET)
    local_authority: bool | None = told("It is a local authority; support only.", default=UNSET)
    agricultural_management_centre: bool | None = told(
        "It manages farmers' claims and has none of its own.", default=UNSET
    )
    justice_supplier_category: str | None = told(
        "Category of judicial service provider, at most 80 characters.", default=UNSET
    )
    pacage_number: str | None = told("Farmer's number of 9 digits.", default=UNSET)


@described_input()
class LegalEntityInput:
    """A legal entity."""

    identifier: StructureIdentifierInput = told("Its identifier, of any type but INDIVIDUAL.")
    name: str = told("Registered name, at most 99 characters.")


@described_input()
class IndividualInput:
    """A private person; the identifier is made from this."""

    last_name: str = told("Last name, at most 99 characters.")
    first_name: str = told("First name, at most 99 characters.")
    birth_date: date = told("Date of birth.")


@described_input(one_of=True)
class StructureIdentityInput:
    """A legal entity or a private person."""

    legal_entity: LegalEntityInput | None = told("A legal entity.", default=UNSET)
    individual: IndividualInput | None = told("A private person.", default=UNSET)


@described_input()
class CreateStructureInput:
    """The new structure."""

    identity: StructureIdentityInput = told("Who it is.")
    sector: Sector = told("Private, or public for support only.", default=Sector.PRIVATE)
    general: StructureGeneralInput | None = told("The rest of the general block.", default=None)
    primary_manager: UserLookup | None = told(
        "Who becomes the primary manager: told by the support, which manages nothing itself."
        " Everybody else becomes it himself.",
        default=None,
    )
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class UpdateStructureInput:
    """What to change; what is left out stays."""

    structure_id: strawberry.ID = told("The structure.")
    version: int = told("Version that you read.")
    name: str | None = told("Name, at most 99 characters.", default=UNSET)
    general: StructureGeneralInput | None = told("The rest of the general block.", default=None)
    applications_used: list[ApplicationCode] | None = told(
        "Applications used, the whole list; PAYMENT_REQUEST stays.", default=UNSET
    )
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class DeactivateStructuresInput:
    """Which structures to make inactive."""

    structure_ids: list[strawberry.ID] = told("1 to 100 structures.")
    reason: str = told("Why, in 3 to 500 characters, for the history.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class ReactivateStructuresInput:
    """Which structures to make active again."""

    structure_ids: list[strawberry.ID] = told("1 to 100 structures.")
    reason: str = told("Why, in 3 to 500 characters, for the history.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


def general_columns(
    given: StructureGeneralInput | None, sector: Sector, *, checksum: bool
) -> dict[str, Any]:
    """
    Give the columns of the general block *given* of a structure of *sector*, as they are stored.

    What was left out is none of them.

    Raises:
        Invalid: *field* is the path below the input of the act.
    """
    if given is None:
        return {}
    written = {one.name: getattr(given, one.name) for one in fields(given)}
    written = {name: value for name, value in written.items() if value is not UNSET}
    address = _address(written)
    try:
        values = general_values(written, checksum=checksum)
        require_sector(sector, values)
    except Invalid as refused:
        raise refused.at("general", camel(*(refused.field or ()))) from None
    return values | address


def _address(written: dict[str, Any]) -> dict[str, Any]:
    if "address" not in written:
        return {}
    try:
        return address_columns(written.pop("address"))
    except Invalid as refused:
        raise refused.at("general", "address", *(refused.field or ())) from None
