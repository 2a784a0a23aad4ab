"""The errors that a mutation's payload carries."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models.errors import ErrorCode
from models.policy import AccessRole, Action
from models.requests import RequestStatus
from resolvers import payloads as resolve
from resolvers.outcomes import Problem
from schema.areas import Area
from schema.fields import computed, object_type, open_field, owner, plain
from schema.users import User


if TYPE_CHECKING:
    from schema.structures import Structure
else:
    Structure = Annotated["Structure", strawberry.lazy("schema.structures")]


def _refusal(kind: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, Problem) and value.kind == kind


@object_type(row=None, records=Problem, interface=True)
class UserError:
    """Why a mutation, or one of its items, was not done; `__typename` tells the kind."""

    code: ErrorCode = plain("What kind of error.")
    message: str = plain("The same in a sentence.")
    field: list[str] | None = plain("Path of the input value concerned, if one is.")


PLAIN_REFUSALS = frozenset({"RuleRefused", "NotFound"})


@object_type(
    row=None,
    records=lambda value: isinstance(value, Problem) and value.kind in PLAIN_REFUSALS,
)
class RuleError(UserError):
    """A rule said no; the code says which."""


@object_type(row=None, records=_refusal("Invalid"))
class InvalidError(UserError):
    """A value was not accepted."""

    expected: str | None = computed(resolve.expected, "What would be accepted.")


@object_type(row=None, records=_refusal("Forbidden"))
class ForbiddenError(UserError):
    """You may not do this to this target."""

    action: Action = computed(resolve.action, "The action that was refused.")
    passing_roles: list[AccessRole] = computed(resolve.passing_roles, "Who may.")


@object_type(row=None, records=_refusal("StaleVersion"))
class StaleVersionError(UserError):
    """The object changed since you read it."""

    current_version: int = computed(resolve.current_version, "Its version now.")


@object_type(row=None, records=_refusal("AlreadyDecided"))
class AlreadyDecidedError(UserError):
    """Somebody else decided first."""

    status: RequestStatus = computed(resolve.decision, "The decision.")
    decided_by: User | None = owner(
        resolve.decided_by, "Who decided, or withdrew it; null if it expired."
    )
    decided_at: datetime | None = computed(resolve.decided_at, "When.")


@object_type(row=None, records=_refusal("ConfirmationRequired"))
class ConfirmationError(UserError):
    """The act has consequences that must be confirmed."""

    argument: str = computed(resolve.argument, "The input field to set to true.")
    affected_users: int = computed(resolve.affected_users, "How many users are affected.")


@object_type(row=None, records=_refusal("LimitReached"))
class LimitError(UserError):
    """Too many items, or tried too often."""

    limit: int = computed(resolve.limit, "How many are allowed.")
    retry_after: int | None = computed(resolve.retry_after, "Seconds to wait.")


@object_type(row=None, records=_refusal("AreaUnavailable"))
class AreaUnavailableError(UserError):
    """The area's restriction or condition is not met."""

    area: Area = computed(resolve.unavailable_area, "The area.")
    prerequisite: str = computed(resolve.prerequisite, "What is missing.")


@object_type(row=None, records=_refusal("StructureInactive"))
class StructureInactiveError(UserError):
    """The structure is inactive."""

    successor: Structure | None = open_field(
        resolve.successor, "The card that replaced it, if any."
    )


@object_type(row=None, records=_refusal("StructureExists"))
class StructureExistsError(UserError):
    """A structure with this identifier exists: request a connection to it."""

    structure: Structure | None = open_field(
        resolve.existing_structure, "Its card, if you may know of it."
    )


KINDS = (
    RuleError,
    InvalidError,
    ForbiddenError,
    StaleVersionError,
    AlreadyDecidedError,
    ConfirmationError,
    LimitError,
    AreaUnavailableError,
    StructureInactiveError,
    StructureExistsError,
)
"""Every kind of error; the schema names them, since fields lead to the interface only."""
