"""Answers of /graphql: their media type, their status and what their headers say."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson

from starlette.responses import Response

from transport.errors import HEADERS, STATUSES, Code, Refusal, RequestRefused, code_of
from transport.negotiation import RESPONSE


ALWAYS = {"Vary": "Accept", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def answered(media: str, body: Mapping[str, Any]) -> Response:
    """Answer an operation that was executed, or refused with nothing but `errors`."""
    if "data" in body:
        return _response(media, body, HTTPStatus.OK)
    return _refused(media, body, body["errors"][0]["extensions"]["code"])


def refused(media: str, refusal: Refusal | RequestRefused) -> Response:
    """Answer a refusal of the request, or of its whole operation."""
    if isinstance(refusal, RequestRefused):
        return _response(media, refusal.body, refusal.status, refusal.headers)
    return _refused(media, {"errors": [refusal.formatted]}, code_of(refusal))


def _refused(media: str, body: Mapping[str, Any], code: str | None) -> Response:
    known = Code(code) if code in set(Code) else Code.BAD_REQUEST
    # Clients that take the older media type only may read no body of any other status.
    callers = HTTPStatus.BAD_REQUEST if media == RESPONSE else HTTPStatus.OK
    return _response(media, body, STATUSES.get(known, callers), HEADERS.get(known))


def _response(
    media: str,
    body: Mapping[str, Any],
    status: HTTPStatus,
    headers: Mapping[str, str] | None = None,
) -> Response:
    found = {**ALWAYS, **(headers or {})}
    return Response(orjson.dumps(body), status, found, media_type=f"{media}; charset=utf-8")
