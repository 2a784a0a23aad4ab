"""Which media type a request is written in, and which one its answer must have."""

from collections.abc import Callable
from email.message import Message
from functools import lru_cache, wraps
from http import HTTPStatus
from typing import TypeVar

from transport.errors import RequestRefused


Answer = TypeVar("Answer")

RESPONSE = "application/graphql-response+json"
JSON = "application/json"

LONGEST_KNOWN = 500

# An exact name weighs more than a wildcard of its half, and that more than */*.
_RANGES = {
    RESPONSE: {RESPONSE: 3, "application/*": 2, "*/*": 1},
    JSON: {JSON: 3, "application/*": 2, "*/*": 1},
}


def _remembered(read: Callable[[str], Answer]) -> Callable[[str], Answer]:
    """Read short headers once: callers send the same few with every request."""
    known = lru_cache(maxsize=256)(read)

    @wraps(read)
    def answer(header: str) -> Answer:
        return known(header) if len(header) <= LONGEST_KNOWN else read(header)

    return answer


@_remembered
def media_type(header: str) -> tuple[str, str | None]:
    """Return the name and the charset of a Content-Type or of one range of Accept."""
    if not header.strip():
        return "", None
    message = Message()
    message["content-type"] = header
    parameters = message.get_params(failobj=[])
    name = parameters[0][0].strip().lower() if parameters else ""
    charset = next((value for key, value in parameters[1:] if key.lower() == "charset"), None)
    return name, charset.strip().lower() if charset is not None else None


def negotiated(accept: str | None) -> str:
    """
    Return the media type of the answer to a request with this Accept header.

    Raises:
        RequestRefused: none of the two media types is acceptable.
    """
    if accept is None or not accept.strip():
        return JSON
    return _negotiated(accept)


@_remembered
def _negotiated(accept: str) -> str:
    found = {ours: _quality(accept, ours) for ours in (RESPONSE, JSON)}
    (newer_quality, newer_weight), (older_quality, older_weight) = found[RESPONSE], found[JSON]
    if newer_quality <= 0 and older_quality <= 0:
        raise RequestRefused(
            HTTPStatus.NOT_ACCEPTABLE,
            f"The answer can be {RESPONSE} or {JSON}.",
            {"Vary": "Accept"},
        )
    if newer_quality == older_quality:
        # A caller that names neither gets the older one, which every client reads.
        exact = newer_weight == 3 or newer_weight > older_weight  # noqa: PLR2004
        return RESPONSE if exact else JSON
    return RESPONSE if newer_quality > older_quality else JSON


def _quality(accept: str, ours: str) -> tuple[float, int]:
    quality, weight = 0.0, 0
    for part in accept.split(","):
        name, charset = media_type(part)
        rank = _RANGES[ours].get(name, 0)
        if rank > weight and charset in (None, "utf-8"):
            weight, quality = rank, _parameter_q(part)
    return quality, weight


def _parameter_q(part: str) -> float:
    for parameter in part.split(";")[1:]:
        key, _, text = parameter.partition("=")
        if key.strip().lower() == "q":
            try:
                quality = float(text.strip())
            except ValueError:
                return 0.0
            return quality if 0 <= quality <= 1 else 0.0
    return 1.0
