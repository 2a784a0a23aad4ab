"""Inputs of the acts on memberships."""

import strawberry

from models.memberships import MembershipScope
from resolvers.inputs import described_input, told
from resolvers.request_inputs import dry_run, idempotency_key


def membership_ids() -> list[strawberry.ID]:
    """Declare the field that lists memberships."""
    field: list[strawberry.ID] = told("1 to 100 memberships.")
    return field


def reason() -> str | None:
    """Declare the field that tells why."""
    field: str | None = told(
        "Why, in 3 to 500 characters, for the history; the support must say it.", default=None
    )
    return field


@described_input()
class UserAttachment:
    """One user to connect to one structure."""

    structure_id: strawberry.ID = told("The structure.")
    login: str = told("The user's login ID.")
    scope: MembershipScope = told(
        "All services or listed ones.", default=MembershipScope.ALL_SERVICES
    )
    service_ids: list[strawberry.ID] | None = told(
        "The services, with scope LISTED: 1 to 100.", default=None
    )


@described_input()
class AttachUsersInput:
    """Whom to connect."""

    users: list[UserAttachment] = told("1 to 100 users.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class DeactivateMembershipsInput:
    """Whose authorisations to deactivate."""

    membership_ids: list[strawberry.ID] = membership_ids()
    reason: str | None = reason()
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class ReactivateMembershipsInput:
    """Whose authorisations to reactivate."""

    membership_ids: list[strawberry.ID] = membership_ids()
    reason: str | None = reason()
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class DeleteMembershipsInput:
    """Whose authorisations to delete."""

    membership_ids: list[strawberry.ID] = membership_ids()
    reason: str | None = reason()
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class AppointSecondaryManagerInput:
    """Whom to appoint."""

    membership_id: strawberry.ID = told("The membership of a simple user.")
    version: int | None = told("Version that you read; checked if given.", default=None)
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class RevokeSecondaryManagerInput:
    """Whom to revoke."""

    membership_id: strawberry.ID = told("The membership of a secondary manager.")
    version: int | None = told("Version that you read; checked if given.", default=None)
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class LeaveStructuresInput:
    """Which structures to leave."""

    structure_ids: list[strawberry.ID] = told("1 to 100 structures.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class DuplicateRightsInput:
    """Whose rights, and to whom."""

    source_membership_id: strawberry.ID = told("The membership to copy from.")
    membership_ids: list[strawberry.ID] = told(
        "1 to 100 memberships of simple users of the same structure."
    )
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()
