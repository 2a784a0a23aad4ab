"""
Why the business says no.

* Refused
  + Invalid                a value is missing, malformed or too long
  + Forbidden              the target is visible, the act is not allowed
  + NotFound               no such object, or the caller may not know of it
  + StaleVersion           the object changed since it was read
  + AlreadyDecided         the request is no longer pending
  + ConfirmationRequired   the act has consequences that must be confirmed
  + LimitReached           too many items, or tried too often
  + AreaUnavailable        the area's restriction or condition is not met
  + StructureInactive      the structure is inactive
  + StructureExists        a structure with this identifier exists
  + RuleRefused            any other rule, told apart by its code
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from typing_extensions import override


class ErrorCode(StrEnum):
    """Codes of the errors that a mutation's payload can carry; more may be added."""

    INVALID = "INVALID"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    STALE_VERSION = "STALE_VERSION"
    IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"
    LIMIT = "LIMIT"
    TOO_MANY_REQUESTS = "TOO_MANY_REQUESTS"
    CONFIRMATION_REQUIRED = "CONFIRMATION_REQUIRED"
    CONTACT_SUPPORT = "CONTACT_SUPPORT"
    USER_NOT_ELIGIBLE = "USER_NOT_ELIGIBLE"
    USER_INACTIVE = "USER_INACTIVE"
    REQUESTER_INACTIVE = "REQUESTER_INACTIVE"
    REQUEST_ALREADY_DECIDED = "REQUEST_ALREADY_DECIDED"
    SELF_DECISION = "SELF_DECISION"
    ALREADY_CONNECTED = "ALREADY_CONNECTED"
    ALREADY_SUBSCRIBED = "ALREADY_SUBSCRIBED"
    PRIMARY_MUST_TRANSFER = "PRIMARY_MUST_TRANSFER"
    TRANSFER_TO_SELF = "TRANSFER_TO_SELF"
    STRUCTURE_EXISTS = "STRUCTURE_EXISTS"
    STRUCTURE_INACTIVE = "STRUCTURE_INACTIVE"
    SERVICE_INACTIVE = "SERVICE_INACTIVE"
    APPLICATION_LOCKED = "APPLICATION_LOCKED"
    LAST_REQUIRED_SERVICE = "LAST_REQUIRED_SERVICE"
    AREA_NOT_OPENED = "AREA_NOT_OPENED"
    AREA_NOT_AVAILABLE = "AREA_NOT_AVAILABLE"
    AREA_NOT_YET_AVAILABLE = "AREA_NOT_YET_AVAILABLE"
    AREA_IS_DEFAULT = "AREA_IS_DEFAULT"
    BANK_ACCOUNT_REQUIRED = "BANK_ACCOUNT_REQUIRED"
    MANDATE_REQUIRED = "MANDATE_REQUIRED"


class Refused(Exception):
    """A rule says no."""

    code: ErrorCode

    def __init__(self, message: str, *, field: tuple[str, ...] | None = None) -> None:
        """Say why in *message*; *field* is the path of the input value concerned."""
        super().__init__(message)
        self.message = message
        self.field = field

    @property
    def extensions(self) -> dict[str, Any]:
        """What the refusal tells a program, where it is not told as data."""
        field = {} if self.field is None else {"field": list(self.field)}
        return {"code": self.code.value, **field}

    def at(self, *field: str) -> "Refused":
        """Name the input value concerned by its path."""
        self.field = field
        return self


class Invalid(Refused):
    """A value is missing, too long, malformed or of the wrong kind."""

    code = ErrorCode.INVALID

    def __init__(
        self, message: str, *, expected: str | None = None, field: tuple[str, ...] | None = None
    ) -> None:
        """Say what would be accepted in *expected*."""
        super().__init__(message, field=field)
        self.expected = expected

    @property
    @override
    def extensions(self) -> dict[str, Any]:
        """Tell also what would be accepted."""
        expected = {} if self.expected is None else {"expected": self.expected}
        return {**super().extensions, **expected}


class Forbidden(Refused):
    """The target is visible, but this act on it is not allowed."""

    code = ErrorCode.FORBIDDEN

    def __init__(self, message: str, *, action: Any, passing_roles: tuple[Any, ...]) -> None:
        """Name the refused *action* and the roles that would pass."""
        super().__init__(message)
        self.action = action
        self.passing_roles = passing_roles

    @property
    @override
    def extensions(self) -> dict[str, Any]:
        """Tell also what was refused, and who may do it."""
        roles = [role.value for role in self.passing_roles]
        return {**super().extensions, "action": self.action.value, "roles": roles}


class NotFound(Refused):
    """There is no such object, or the caller may not know of it."""

    code = ErrorCode.NOT_FOUND

    def __init__(self, *, field: tuple[str, ...] | None = None) -> None:
        """Say always the same."""
        super().__init__("There is no such object, or you may not know of it.", field=field)


class StaleVersion(Refused):
    """The object changed since it was read."""

    code = ErrorCode.STALE_VERSION

    def __init__(self, current: int) -> None:
        """Tell the *current* version."""
        super().__init__("The object changed since you read it.")
        self.current_version = current


class AlreadyDecided(Refused):
    """The request is no longer pending."""

    code = ErrorCode.REQUEST_ALREADY_DECIDED

    def __init__(self, status: Any, decided_by_id: int | None, decided_at: datetime | None) -> None:
        """Tell the decision, who took it and when."""
        super().__init__("The request is no longer pending.")
        self.status = status
        self.decided_by_id = decided_by_id
        self.decided_at = decided_at


class ConfirmationRequired(Refused):
    """The act has consequences that must be confirmed."""

    code = ErrorCode.CONFIRMATION_REQUIRED

    def __init__(self, message: str, *, argument: str, affected_users: int) -> None:
        """Name the *argument* to set to true, and how many users are affected."""
        super().__init__(message)
        self.argument = argument
        self.affected_users = affected_users


class LimitReached(Refused):
    """Too many items, or tried too often."""

    def __init__(self, message: str, *, limit: int, retry_after: int | None = None) -> None:
        """Tell the *limit*, and the seconds to wait where waiting helps."""
        super().__init__(message)
        self.code = ErrorCode.LIMIT if retry_after is None else ErrorCode.TOO_MANY_REQUESTS
        self.limit = limit
        self.retry_after = retry_after

    @property
    @override
    def extensions(self) -> dict[str, Any]:
        """Tell also how many are allowed, and how long to wait."""
        wait = {} if self.retry_after is None else {"retryAfter": self.retry_after}
        return {**super().extensions, "limit": self.limit, **wait}


class AreaUnavailable(Refused):
    """The area's restriction or condition is not met."""

    def __init__(self, message: str, *, area: Any, prerequisite: str, yet: bool = False) -> None:
        """Name the *area* and what is missing; *yet*: the condition may still be met."""
        super().__init__(message)
        self.code = ErrorCode.AREA_NOT_YET_AVAILABLE if yet else ErrorCode.AREA_NOT_AVAILABLE
        self.area = area
        self.prerequisite = prerequisite


class StructureInactive(Refused):
    """The structure is inactive."""

    code = ErrorCode.STRUCTURE_INACTIVE

    def __init__(self, successor_id: int | None = None) -> None:
        """Name the card that replaced it, if any."""
        super().__init__("The structure is inactive.")
        self.successor_id = successor_id


class StructureExists(Refused):
    """A structure with this identifier exists."""

    code = ErrorCode.STRUCTURE_EXISTS

    def __init__(self, structure_id: int) -> None:
        """Name the card that has the identifier."""
        super().__init__(
            "A structure with this identifier exists: request a connection to it instead."
        )
        self.structure_id = structure_id


class RuleRefused(Refused):
    """A rule that needs no more than its code and a sentence."""

    def __init__(
        self, code: ErrorCode, message: str, *, field: tuple[str, ...] | None = None
    ) -> None:
        """Refuse with *code*."""
        super().__init__(message, field=field)
        self.code = code
