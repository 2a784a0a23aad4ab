"""Reading one GraphQL request out of an HTTP request, refusing whatever is not one."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

import orjson

from starlette.requests import ClientDisconnect, Request
from strawberry.http import GraphQLRequestData

from transport.errors import RequestRefused
from transport.negotiation import JSON, media_type


MOST_PARAMETERS = 10


async def read_body(request: Request, maximum: int) -> bytes:
    """
    Return the request's body of at most *maximum* bytes.

    Raises:
        RequestRefused: it is longer, or says so.
        ClientDisconnect: the rest of it will not come.
    """
    refusal = RequestRefused(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A request has at most {maximum} bytes."
    )
    announced = request.headers.get("content-length", "0")
    if not announced.isascii() or not announced.isdecimal() or int(announced[:18]) > maximum:
        raise refusal
    chunks, size, more = [], 0, True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(chunk)
        if size > maximum:
            raise refusal
        chunks.append(chunk)
    return b"".join(chunks)


async def read_posted(request: Request, maximum: int) -> GraphQLRequestData:
    """Return the GraphQL request that a POST carries as JSON."""
    name, charset = media_type(request.headers.get("content-type", ""))
    coding = request.headers.get("content-encoding", "identity")
    if name != JSON or charset not in (None, "utf-8") or coding.lower() != "identity":
        raise RequestRefused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send {JSON} in UTF-8, without compression."
        )
    body = await read_body(request, maximum)
    members = _json(body, "The body")
    if not isinstance(members, dict):
        raise _refused("The body must be one JSON object.")
    if b"\\u0000" in body:
        _refuse_nul(members)
    return _request(members)


def read_query(query: bytes, maximum: int) -> GraphQLRequestData:
    """Return the GraphQL request that a GET carries in its query string of *maximum* bytes."""
    if len(query) > maximum:
        raise RequestRefused(
            HTTPStatus.REQUEST_URI_TOO_LONG, f"A query string has at most {maximum} bytes."
        )
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError:
        raise _refused("The query string is not readable.") from None
    members: dict[str, Any] = dict(pairs)
    if len(members) != len(pairs):
        raise _refused("A parameter may stand once in the query string.")
    if any("\0" in text for text in members.values()):
        raise _refused("Text may not hold the character NUL.")
    for name in ("variables", "extensions"):
        if name in members:
            members[name] = _json(members[name], f"`{name}`") if members[name] else None
    _refuse_nul({"variables": members.get("variables")})
    return _request(members)


def _request(members: Mapping[str, Any]) -> GraphQLRequestData:
    query, name = members.get("query"), members.get("operationName")
    if not isinstance(query, str) or not query:
        raise _refused("`query` must be a GraphQL document.")
    if name is not None and not isinstance(name, str):
        raise _refused("`operationName` must be text or null.")
    for member in ("variables", "extensions"):
        if not isinstance(members.get(member), dict | None):
            raise _refused(f"`{member}` must be an object or null.")
    return GraphQLRequestData(
        query=query,
        variables=members.get("variables"),
        operation_name=name or None,
        extensions=members.get("extensions"),
    )


def _json(text: str | bytes, place: str) -> object:
    try:
        value: object = orjson.loads(text)
    except ValueError:
        raise _refused(f"{place} must be JSON in UTF-8.") from None
    return value


def _refuse_nul(value: object) -> None:
    # Without recursion: JSON may be nested deeper than the interpreter's stack.
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str) and "\0" in value:
            raise _refused("Text may not hold the character NUL.")


def _refused(message: str) -> RequestRefused:
    return RequestRefused(HTTPStatus.BAD_REQUEST, message)
