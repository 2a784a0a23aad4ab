"""Inputs of the acts on requests."""

import strawberry

from models.areas import AreaCode, AreaMode
from resolvers.inputs import AreaScopeInput, about, described_input, told


WHAT_TO_DO = about("What to do.")


def dry_run() -> bool:
    """Declare the field that every act has."""
    field: bool = told("Do nothing, only foresee the effects.", default=False)
    return field


def idempotency_key() -> str | None:
    """Declare the field that every act has."""
    field: str | None = told(
        "A key of your own; a repeated call with it is done once.", default=None
    )
    return field


@described_input()
class RequestConnectionInput:
    """What to ask for."""

    structure_id: strawberry.ID = told("The structure.")
    service_ids: list[strawberry.ID] | None = told(
        "Services, where you can see them, at most 100; the manager may grant fewer. None means"
        " all for a new connection; a member who is limited to some names those he wants besides.",
        default=None,
    )
    comment: str | None = told("A word to the managers, at most 500 characters.", default=None)
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class CancelRequestsInput:
    """Which requests to withdraw."""

    request_ids: list[strawberry.ID] = told("1 to 100 requests of either kind.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class ConnectionRequestDecision:
    """One connection request to validate."""

    id: strawberry.ID = told("The request.")
    version: int | None = told("Version that you read; checked if given.", default=None)
    service_ids: list[strawberry.ID] | None = told(
        "Services to grant, at most those asked; without it, as asked.", default=None
    )


@described_input()
class ValidateConnectionRequestsInput:
    """Which requests to validate."""

    requests: list[ConnectionRequestDecision] = told("1 to 100 requests.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class RequestRefusal:
    """One request to refuse."""

    id: strawberry.ID = told("The request.")
    version: int | None = told("Version that you read; checked if given.", default=None)
    reason: str = told("Why, 3 to 500 characters; the requester reads it.")


@described_input()
class RefuseConnectionRequestsInput:
    """Which requests to refuse."""

    requests: list[RequestRefusal] = told("1 to 100 requests.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class RequestSubscriptionInput:
    """What to ask for."""

    structure_id: strawberry.ID = told("The structure.")
    area: AreaCode = told("The area.")
    mode: AreaMode = told("The mode.")
    scope: AreaScopeInput = told("The scope.")
    comment: str | None = told("A word to the managers, at most 500 characters.", default=None)
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class SubscriptionRequestDecision:
    """One subscription request to validate."""

    id: strawberry.ID = told("The request.")
    version: int | None = told("Version that you read; checked if given.", default=None)
    mode: AreaMode | None = told(
        "Mode to grant, at most the one asked; without it, as asked.", default=None
    )
    scope: AreaScopeInput | None = told(
        "Scope to grant, at most the one asked; without it, as asked.", default=None
    )


@described_input()
class ValidateSubscriptionRequestsInput:
    """Which requests to validate."""

    requests: list[SubscriptionRequestDecision] = told("1 to 100 requests.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class RefuseSubscriptionRequestsInput:
    """Which requests to refuse."""

    requests: list[RequestRefusal] = told("1 to 100 requests.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()
