"""Requests over kept connections, one after the other on each, as fast as they are answered."""

import asyncio
import json
import time

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self


SECONDS_TO_ANSWER = 60


class WrongAnswerError(RuntimeError):
    """The server answered, but not what it was asked for."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request, and the number of bytes that its answer has."""

    request: bytes
    size: int


@dataclass(slots=True)
class Load:
    """What came of asking for a while; times in seconds."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)

    def percentile(self, part: float) -> float:
        """Give the time within which *part* of the answers came, in seconds."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


class Line:
    """One kept connection to a server of this machine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold both directions."""
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 20))

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """Send *request*; give the status and the body of its answer."""
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        _, found, rest = head.partition(b"content-length:")
        if not found:
            raise WrongAnswerError(head.decode())
        length = int(rest.partition(b"\r\n")[0])
        return int(head[9:12]), await self._reader.readexactly(length)

    async def close(self) -> None:
        """Disconnect."""
        self._writer.close()
        await self._writer.wait_closed()


def post(path: str, content: dict[str, Any], token: str | None = None) -> bytes:
    """Write a request that posts *content* as JSON."""
    body = json.dumps(content).encode()
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        "Accept: application/graphql-response+json, application/json",
        f"Content-Length: {len(body)}",
    ]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join([*lines, "", ""]).encode() + body


async def ask(port: int, request: bytes) -> tuple[int, bytes]:
    """Send one *request* over a connection of its own; give its status and its body."""
    line = await Line.open(port)
    try:
        return await asyncio.wait_for(line.send(request), SECONDS_TO_ANSWER)
    finally:
        await line.close()


async def load(
    port: int, questions: Sequence[Question], *, connections: int, seconds: float
) -> Load:
    """
    Ask *questions* in turn over as many *connections*, for *seconds*.

    What was sent within that time is awaited, so that every request that cost something counts.

    Raises:
        WrongAnswerError: an answer was refused, or has another size than was found before.
    """
    found = Load()
    lines = [await Line.open(port) for _ in range(connections)]
    begun = time.perf_counter()
    try:
        await asyncio.gather(
            *(
                _repeat(
                    line, questions[place % len(questions) :], questions, begun + seconds, found
                )
                for place, line in enumerate(lines)
            )
        )
    finally:
        found.seconds = time.perf_counter() - begun
        for line in lines:
            await line.close()
    return found


async def _repeat(
    line: Line,
    first: Sequence[Question],
    questions: Sequence[Question],
    end: float,
    found: Load,
) -> None:
    turn = first
    while True:
        for question in turn:
            begun = time.perf_counter()
            if begun >= end:
                return
            status, body = await line.send(question.request)
            found.times.append(time.perf_counter() - begun)
            if status != 200 or len(body) != question.size:  # noqa: PLR2004 - HTTP's OK
                raise WrongAnswerError(f"{status}: {body[:300].decode()}")
        turn = questions
