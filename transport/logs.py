"""The log: one JSON object a line on standard error, of listed keys only."""

import logging
import re
import secrets
import sys

from dataclasses import dataclass, field
from typing import Any

import structlog

from settings import Settings


LOG = structlog.get_logger()

LONGEST_NAME = 64

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
    """What the log may tell of one request: never its query string, document or values."""

    method: str
    path: str
    operation: str | None = None
    kind: str | None = None
    request: str = field(default_factory=lambda: secrets.token_hex(8))


def access_log(access: Access, status: int, seconds: float) -> None:
    """Write one line about a request that took *seconds*."""
    name = re.sub(r"\W", "", access.operation or "")[:LONGEST_NAME]
    LOG.info(
        "request",
        method=access.method,
        path=access.path,
        status=status,
        milliseconds=round(seconds * 1000, 1),
        operation=name or None,
        operation_kind=access.kind,
        request=access.request,
    )


def configure_logs(settings: Settings) -> None:
    """Send every log of the process to standard error as JSON."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _listed_keys,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def _listed_keys(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return {key: value for key, value in event.items() if key in _KEYS}
