"""What a caller is told when something is refused or fails, and under which code."""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from graphql import GraphQLError


class Code(StrEnum):
    """Codes of `extensions.code` that come from the transport."""

    BAD_REQUEST = "BAD_REQUEST"
    PARSE_FAILED = "PARSE_FAILED"
    VALIDATION_FAILED = "VALIDATION_FAILED"
    COST_EXCEEDED = "COST_EXCEEDED"
    LIMIT = "LIMIT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    TIMEOUT = "TIMEOUT"
    OVERLOADED = "OVERLOADED"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"


# Every other refusal is the caller's to mend: 400, or 200 under application/json.
STATUSES = {
    Code.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    Code.TIMEOUT: HTTPStatus.SERVICE_UNAVAILABLE,
    Code.OVERLOADED: HTTPStatus.SERVICE_UNAVAILABLE,
    Code.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Code.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
}

# What a status tells beside its number.
HEADERS = {
    Code.UNAUTHENTICATED: {"WWW-Authenticate": "Bearer"},
    Code.OVERLOADED: {"Retry-After": "1"},
    Code.UNAVAILABLE: {"Retry-After": "5"},
}


class Refusal(GraphQLError):
    """A whole operation is refused, so the answer has errors and no data."""

    def __init__(self, code: Code, message: str, **details: Any) -> None:
        super().__init__(message, extensions={"code": code.value, **details})


class Unauthenticated(Refusal):
    """The credentials of the request are wrong, expired or missing: HTTP 401."""

    def __init__(self, message: str = "Sign in again.") -> None:
        super().__init__(Code.UNAUTHENTICATED, message)


class RequestRefused(Exception):
    """The HTTP request itself is refused, before any document is read."""

    def __init__(
        self,
        status: HTTPStatus,
        message: str,
        headers: Mapping[str, str] | None = None,
        code: Code = Code.BAD_REQUEST,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    @property
    def body(self) -> dict[str, Any]:
        """The refusal in the form of a GraphQL response."""
        return {"errors": [{"message": self.message, "extensions": {"code": self.code.value}}]}


def code_of(error: GraphQLError) -> str | None:
    """Return the error's own code, None where nobody gave it one."""
    code = (error.extensions or {}).get("code")
    return code if isinstance(code, str) else None


def cause_of(error: GraphQLError) -> BaseException | None:
    """Return the exception beneath an error, None where GraphQL itself refused."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause
