"""Statements that are sent to PostgreSQL together with the next one, which needs no answer of them."""

import asyncio
import struct

from functools import cache
from typing import Any, cast

from typing_extensions import override


_HEADER = struct.Struct("!cI")


class Pipeline(asyncio.Protocol):
    """
    Stands between a socket and asyncpg, and keeps from it the answers that it did not ask for.

    A statement of its own waits for its answer: a message each way, and a turn of the loop. What
    `send` sends is executed with the driver's next statement, and answered with it. If it fails,
    the server skips that one, and its error is the next one's.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        """Take the place of the protocol of *transport*."""
        self._transport = transport
        self._driver = cast("asyncio.Protocol", transport.get_protocol())
        self._prepared: set[str] = set()
        self._unasked = 0
        self._rest = b""
        transport.set_protocol(self)

    @property
    def unanswered(self) -> bool:
        """Whether something was sent ahead that no statement has followed yet."""
        return self._unasked > 0

    def send(self, *statements: str) -> None:
        """Send *statements* without parameters or rows ahead of the driver's next one."""
        messages = []
        for statement in statements:
            if statement not in self._prepared:
                messages.append(_prepare(statement))
                self._prepared.add(statement)
                self._unasked += 2  # CloseComplete and ParseComplete
            messages.append(_execute(statement))
            self._unasked += 2  # BindComplete and CommandComplete
        self._transport.write(b"".join(messages))

    @override
    def data_received(self, data: bytes) -> None:
        if self._unasked:
            data = self._asked(self._rest + data)
        if data:
            self._driver.data_received(data)

    def _asked(self, data: bytes) -> bytes:
        """Return what of *data* is for the driver."""
        start, passed = 0, b""
        while self._unasked and len(data) - start >= _HEADER.size:
            kind, size = _HEADER.unpack_from(data, start)
            end = start + 1 + size
            if len(data) < end:
                break
            if kind in b"123C":
                self._unasked -= 1
            else:
                # Notices and settings come at any time; after an error nothing else is answered.
                passed += data[start:end]
                if kind == b"E":
                    self._unasked = 0
                    self._prepared.clear()
            start = end
        if self._unasked:
            self._rest = data[start:]
            return passed
        self._rest = b""
        return passed + data[start:]

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._driver.connection_lost(exc)

    @override
    def eof_received(self) -> bool | None:
        return self._driver.eof_received()

    @override
    def pause_writing(self) -> None:
        self._driver.pause_writing()

    @override
    def resume_writing(self) -> None:
        self._driver.resume_writing()


@cache
def _prepare(statement: str) -> bytes:
    name = statement.encode() + b"\0"
    # After an error nobody knows whether it is there, and closing what is not is no error.
    return _message(b"C", b"S" + name) + _message(b"P", name + name + bytes(2))


@cache
def _execute(statement: str) -> bytes:
    name = statement.encode() + b"\0"
    return _message(b"B", b"\0" + name + bytes(6)) + _message(b"E", b"\0" + bytes(4))


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4) + body


def pipeline_of(driver: Any) -> Pipeline:
    """Return the pipeline of a connection of asyncpg's, which is put in now."""
    return Pipeline(driver._transport)  # noqa: SLF001 - asyncpg has no pipelines
