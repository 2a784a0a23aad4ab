"""What of an execution's errors the caller is told, and what only the log is."""

import secrets

from collections import Counter
from collections.abc import Iterable
from typing import Any

import structlog

from graphql import ExecutionResult, GraphQLError

from models.outages import Outage, outage_of
from transport.documents import SelectedOperation
from transport.errors import Code, Refusal, cause_of, code_of
from transport.logs import frames_of
from transport.messages import value_refusal


LOG = structlog.get_logger()

KEPT_PER_COORDINATE = 20

# How graphql-core begins its complaints about what the caller wrote, once a document is valid.
_THEIRS = ("Argument '", "Variable '", "Variable values ", "Expected variable ", "Too many errors ")

_OUTAGES = {
    Outage.OVERLOADED: (Code.OVERLOADED, "Too much is asked at this moment: try again."),
    Outage.UNAVAILABLE: (Code.UNAVAILABLE, "The database does not answer: try again later."),
    Outage.TOO_SLOW: (Code.TIMEOUT, "The operation took too long."),
}


def told(result: ExecutionResult, selected: SelectedOperation) -> dict[str, Any]:
    """
    Write *result* for the caller: without `data` where the operation could not begin.

    The first 20 errors of each field are kept; of each field with more, `extensions.access`
    counts all. What nobody gave a code is masked, and logged with an id that the answer carries.

    Raises:
        Refusal: the database kept the operation from giving anything at all.
    """
    errors = result.errors or ()
    if not errors:
        return {"data": result.data}
    if not any((result.data or {}).values()):
        _raise_outage(errors)
    if result.data is None and not any(error.path for error in errors):
        return {"errors": [shown(error).formatted for error in errors]}
    return {**_kept(errors, selected), "data": result.data}


def _kept(errors: Iterable[GraphQLError], selected: SelectedOperation) -> dict[str, Any]:
    counted: Counter[str] = Counter()
    kept = []
    for error in errors:
        coordinate = selected.coordinate_of(error) or ""
        counted[coordinate] += 1
        if counted[coordinate] <= KEPT_PER_COORDINATE:
            kept.append(shown(error).formatted)
    more = {name: number for name, number in counted.items() if number > KEPT_PER_COORDINATE}
    access = {"extensions": {"access": {"refused": more}}} if more else {}
    return {"errors": kept, **access}


def shown(error: GraphQLError) -> GraphQLError:
    """Give *error* as the caller may see it."""
    if code_of(error) is not None:
        return error
    cause = cause_of(error)
    if not error.path or error.message.startswith(_THEIRS):
        return value_refusal(error)
    masked = failure(cause or error)
    return GraphQLError(masked.message, error.nodes, path=error.path, extensions=masked.extensions)


def failure(cause: BaseException) -> Refusal:
    """Log what nobody expected, without any value; give what the caller is told of it."""
    if (outage := outage_of(cause)) is not None:
        LOG.warning("outage", kind=outage.name)
        code, message = _OUTAGES[outage]
        return Refusal(code, message)
    number = secrets.token_hex(8)
    LOG.error("internal_error", id=number, kind=type(cause).__qualname__, frames=frames_of(cause))
    return Refusal(Code.INTERNAL, "Internal error.", id=number)


def _raise_outage(errors: Iterable[GraphQLError]) -> None:
    for error in errors:
        if (cause := cause_of(error)) is not None and outage_of(cause) is not None:
            raise failure(cause)
