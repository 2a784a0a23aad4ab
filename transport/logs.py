"""The log: one JSON object a line on standard error, of listed keys only."""

import json
import logging
import secrets
import sys

from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog

from typing_extensions import override

from settings import Settings


LOG = structlog.get_logger()

LONGEST_NAME = 64
LONGEST_EVENT = 120
MOST_FRAMES = 12

_KEYS = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "method",
        "path",
        "status",
        "milliseconds",
        "operation",
        "operation_kind",
        "request",
        "id",
        "kind",
        "frames",
        "network",
        "user_id",
        "session_id",
        "logger",
    }
)


@dataclass(slots=True)
class Access:
    """What may be told of one request: never its query string, document or values."""

    method: str
    path: str
    operation: str | None = None
    kind: str | None = None
    signed_in: bool = False
    statements: int = 0
    request: str = field(default_factory=lambda: secrets.token_hex(8))


def access_log(access: Access, status: int, seconds: float) -> None:
    """Write one line about a request that took *seconds*."""
    name = (access.operation or "")[:LONGEST_NAME]
    LOG.info(
        "request",
        method=access.method,
        path=access.path,
        status=int(status),
        milliseconds=round(seconds * 1000, 1),
        operation=name or None,
        operation_kind=access.kind,
        request=access.request,
    )


def frames_of(error: BaseException) -> list[str]:
    """Tell where *error* arose, from the outside in, without any value."""
    frames, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[-MOST_FRAMES:]


class LibraryHandler(logging.Handler):
    """Writes the logs of libraries in our form, without the values they would put in."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Write the unfilled text of *record*, and where its exception arose."""
        event = str(record.msg).partition("\n")[0][:LONGEST_EVENT]
        keys: dict[str, Any] = {"logger": record.name}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            keys |= {"kind": type(error).__qualname__, "frames": frames_of(error)}
        LOG.log(record.levelno, event, **keys)


def configure_logs(settings: Settings) -> None:
    """Send every log of the process to standard error as JSON."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _listed_keys,
            structlog.processors.JSONRenderer(_written),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[LibraryHandler()], force=True)


def _written(event: Any, default: Any = None, **_: Any) -> str:
    try:
        return orjson.dumps(event, default=default).decode()
    except (TypeError, ValueError):  # Such as half of a pair of surrogates.
        return json.dumps(event, default=default)


def _listed_keys(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return {key: value for key, value in event.items() if key in _KEYS}
