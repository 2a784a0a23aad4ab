"""Inputs of the acts on services, and on who reaches them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import strawberry

from models.errors import Invalid
from models.memberships import MembershipScope
from models.services import LONGEST_DESCRIPTION, service_name
from models.texts import optional_text
from resolvers.addresses import AddressInput, address_columns
from resolvers.inputs import described_input, told
from resolvers.request_inputs import dry_run, idempotency_key


@described_input()
class ServiceInput:
    """A service's data; what is left out stays, null empties."""

    name: str | None = told(
        "Name, 1 to 200 characters; required for a new service.", default=strawberry.UNSET
    )
    description: str | None = told(
        "What the service is for, at most 500 characters.", default=strawberry.UNSET
    )
    address: AddressInput | None = told("Postal address, as a whole.", default=strawberry.UNSET)
    valid_from: date | None = told("First day of validity.", default=strawberry.UNSET)
    valid_to: date | None = told("Last day of validity.", default=strawberry.UNSET)
    engagement_number_required: bool | None = told(
        "Invoices must carry an engagement number.", default=strawberry.UNSET
    )


@described_input()
class CreateServiceInput:
    """The new service."""

    structure_id: strawberry.ID = told("The structure.")
    code: str = told("Code, unique in the structure whatever its case, 1 to 100 characters.")
    service: ServiceInput = told("The rest.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class UpdateServiceInput:
    """What to change; what is left out stays."""

    service_id: strawberry.ID = told("The service.")
    version: int = told("Version that you read.")
    service: ServiceInput = told("The new values.")
    force: bool = told(
        "Needed where the new dates make it inactive while users are listed on it.", default=False
    )
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class DeactivateServiceInput:
    """Which service to make inactive."""

    service_id: strawberry.ID = told("The service.")
    version: int = told("Version that you read.")
    force: bool = told("Needed while users are listed on it.", default=False)
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class ReactivateServiceInput:
    """Which service to make active again."""

    service_id: strawberry.ID = told("The service.")
    version: int = told("Version that you read.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class EnableServiceUsersInput:
    """Whom to list on a service."""

    service_id: strawberry.ID = told("The service.")
    membership_ids: list[strawberry.ID] = told("1 to 100 memberships of simple users.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class DisableServiceUsersInput:
    """Whom to take off a service."""

    service_id: strawberry.ID = told("The service.")
    membership_ids: list[strawberry.ID] = told("1 to 100 memberships of simple users.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class SetMembershipScopeInput:
    """Which services a membership shall reach."""

    membership_id: strawberry.ID = told("The membership of a simple user.")
    version: int = told("Version that you read.")
    scope: MembershipScope = told("All services or listed ones.")
    service_ids: list[strawberry.ID] | None = told(
        "The services, 1 to 100, with scope LISTED only; those left out are lost.", default=None
    )
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


def service_columns(given: ServiceInput) -> dict[str, Any]:
    """
    Give the columns that *given* sets, as they are stored.

    Raises:
        Invalid: *field* is the path below the input.
    """
    columns: dict[str, Any] = {}
    for (attribute, field), read in _READ.items():
        value = getattr(given, attribute)
        if value is strawberry.UNSET:
            continue
        try:
            columns |= read(value)
        except Invalid as refused:
            raise refused.at("service", field, *(refused.field or ())) from None
    days = {"valid_from": given.valid_from, "valid_to": given.valid_to}
    return columns | {name: day for name, day in days.items() if day is not strawberry.UNSET}


def _description(written: str | None) -> dict[str, Any]:
    return {"description": optional_text(written, maximum=LONGEST_DESCRIPTION, lines=True)}


def _flag(value: bool | None) -> dict[str, Any]:
    if value is None:
        raise Invalid("The flag is either set or not.", expected="true or false")
    return {"engagement_number_required": value}


_READ: dict[tuple[str, str], Callable[[Any], dict[str, Any]]] = {
    ("name", "name"): lambda written: {"name": service_name(written)},
    ("description", "description"): _description,
    ("address", "address"): address_columns,
    ("engagement_number_required", "engagementNumberRequired"): _flag,
}
"""How each field is read, by its attribute and its name in the API."""
