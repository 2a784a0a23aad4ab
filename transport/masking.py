"""What of an execution's errors the caller is told, and what only the log is."""

import secrets

from collections import Counter
from collections.abc import Iterable
from typing import Any

import structlog

from graphql import GraphQLError

from transport.documents import SelectedOperation
from transport.errors import Code, cause_of, code_of
from transport.messages import value_refusal


LOG = structlog.get_logger()

KEPT_PER_COORDINATE = 20

# graphql-core's own complaints about values that our resolvers returned, not about the caller's.
_OURS = ("Cannot return null", "Expected ", "Abstract type", "Runtime Object type", "Schema ")


def told(errors: Iterable[GraphQLError], selected: SelectedOperation) -> dict[str, Any]:
    """
    Write *errors* for the caller: `errors`, and `extensions.access` where some were left out.

    The first 20 of each field are kept; of each field with more, the access extension counts
    all. What nobody gave a code is masked, and logged with an id that the answer carries.
    """
    counted: Counter[str] = Counter()
    kept = []
    for error in errors:
        coordinate = selected.coordinate_of(error) or ""
        counted[coordinate] += 1
        if counted[coordinate] <= KEPT_PER_COORDINATE:
            kept.append(shown(error).formatted)
    more = {name: number for name, number in counted.items() if number > KEPT_PER_COORDINATE}
    body: dict[str, Any] = {"errors": kept}
    if more:
        body["extensions"] = {"access": {"refused": more}}
    return body


def shown(error: GraphQLError) -> GraphQLError:
    """Give *error* as the caller may see it."""
    if code_of(error) is not None:
        return error
    cause = cause_of(error)
    if cause is None and not error.message.startswith(_OURS):
        return value_refusal(error)
    number = mask(cause or error)
    extensions = {"code": Code.INTERNAL.value, "id": number}
    return GraphQLError("Internal error.", error.nodes, path=error.path, extensions=extensions)


def mask(cause: BaseException) -> str:
    """Log *cause* without any value, and give the id under which it is found."""
    number = secrets.token_hex(8)
    LOG.error("internal_error", id=number, kind=type(cause).__qualname__, frames=_frames(cause))
    return number


def _frames(cause: BaseException) -> list[str]:
    frames, trace = [], cause.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[-12:]
