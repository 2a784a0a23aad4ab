"""The port to a register of establishments, which says whether a SIRET is one of its own."""

import asyncio

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from typing import Any

import structlog

from models.errors import ErrorCode, Invalid, RuleRefused
from models.identifiers import IdentifierType, normalise_identifier
from settings import SettingError, Settings


ACCEPT = "accept"
SECONDS = 3.0


class SiretState(StrEnum):
    """What a register says of a SIRET."""

    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"
    UNKNOWN = "UNKNOWN"
    UNANSWERED = "UNANSWERED"


@dataclass(frozen=True, slots=True)
class SiretRecord:
    """An establishment as a register has it; *withheld* says that its address is not published."""

    state: SiretState
    withheld: bool = False


SiretLookup = Callable[[str], Awaitable[SiretRecord]]
"""Takes a SIRET of 14 digits."""


async def accept(_siret: str) -> SiretRecord:
    """Take every SIRET for an active one: what the service does without a register."""
    return SiretRecord(SiretState.ACTIVE)


@lru_cache
def siret_lookup(setting: str) -> SiretLookup:
    """
    Give the lookup that *setting* names: `accept`, or a coroutine function as `module:function`.

    Raises:
        SettingError: there is no such function.
    """
    if setting == ACCEPT:
        return accept
    module, _, name = setting.partition(":")
    try:
        found: Any = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        found = None
    if not callable(found):
        message = f"SIRET_LOOKUP must be {ACCEPT} or module:function."
        raise SettingError(message)
    lookup: SiretLookup = found
    return lookup


async def look_up(setting: str, siret: str) -> SiretRecord:
    """Ask the register of *setting*; one that fails or takes too long leaves it unanswered."""
    try:
        return await asyncio.wait_for(siret_lookup(setting)(siret), SECONDS)
    except Exception as failure:  # noqa: BLE001 - a plug-in may raise anything
        structlog.get_logger().warning("siret_lookup_failed", error=type(failure).__name__)
        return SiretRecord(SiretState.UNANSWERED)


async def consult_register(
    settings: Settings, kind: IdentifierType | None, value: str
) -> SiretRecord | None:
    """Ask the register of *settings* about an identifier as it was given, if it is a SIRET."""
    if kind != IdentifierType.SIRET:
        return None
    try:
        siret = normalise_identifier(kind, value, checksum=settings.checks_siret)
    except Invalid:
        # The act refuses it in its turn.
        return None
    return await look_up(settings.siret_lookup, siret)


def require_registered(record: SiretRecord | None, *field: str) -> None:
    """
    Refuse the SIRET at *field* that its register does not hold for active (domain.md 1.2).

    Raises:
        Invalid: it is unknown, or its establishment is closed.
        RuleRefused: CONFLICT, the register did not answer.
    """
    if record is None or record.state == SiretState.ACTIVE:
        return
    if record.state == SiretState.UNANSWERED:
        message = "The register of establishments does not answer: try again later."
        raise RuleRefused(ErrorCode.CONFLICT, message, field=field)
    closed = record.state == SiretState.CLOSED
    message = "This establishment is closed." if closed else "No establishment has this SIRET."
    raise Invalid(message, expected="the SIRET of an active establishment", field=field)
