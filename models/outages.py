"""Failures of the database itself, told apart from mistakes of a statement."""

import sqlite3

from enum import Enum

import asyncpg

from sqlalchemy import exc


class Outage(Enum):
    """What keeps the database from answering."""

    OVERLOADED = "every connection is in use"
    UNAVAILABLE = "it cannot be reached, or cannot read or write"
    TOO_SLOW = "a statement took longer than it may"


# SQLSTATE by its class, or whole.
_STATES = {
    "08": Outage.UNAVAILABLE,  # connection exceptions
    "57P01": Outage.UNAVAILABLE,  # shut down by an administrator
    "57P02": Outage.UNAVAILABLE,  # crashed
    "57P03": Outage.UNAVAILABLE,  # still starting, or already stopping
    "53": Outage.UNAVAILABLE,  # no room on the disk or in memory
    "53300": Outage.OVERLOADED,  # too many connections
    "57014": Outage.TOO_SLOW,  # the statement's time is over
    "55P03": Outage.OVERLOADED,  # a lock was not given in time
}
_SQLITE = {
    sqlite3.SQLITE_BUSY: Outage.OVERLOADED,
    sqlite3.SQLITE_INTERRUPT: Outage.TOO_SLOW,
    sqlite3.SQLITE_CANTOPEN: Outage.UNAVAILABLE,
    sqlite3.SQLITE_FULL: Outage.UNAVAILABLE,
    sqlite3.SQLITE_IOERR: Outage.UNAVAILABLE,
    sqlite3.SQLITE_READONLY: Outage.UNAVAILABLE,
    sqlite3.SQLITE_NOTADB: Outage.UNAVAILABLE,
}
_PRIMARY_CODE = 0xFF


def outage_of(error: BaseException | None) -> Outage | None:
    """Return the outage that *error*, or what it wraps, tells of; None for any other failure."""
    while error is not None:
        if (found := _outage(error)) is not None:
            return found
        error = getattr(error, "orig", None) or error.__cause__
    return None


def _outage(error: BaseException) -> Outage | None:
    if isinstance(error, exc.TimeoutError):
        return Outage.OVERLOADED
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return _STATES.get(state) or _STATES.get(state[:2])
    if isinstance(error, sqlite3.Error):
        return _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE)
    if isinstance(error, TimeoutError):
        return Outage.TOO_SLOW
    # The driver refuses to use a closed connection, with a class that means misuse as well.
    if isinstance(error, asyncpg.InterfaceError) and "closed" in str(error):
        return Outage.UNAVAILABLE
    return Outage.UNAVAILABLE if isinstance(error, ConnectionError | OSError) else None
