"""The addresses under /exports: whole lists as CSV, under the same token and rules as the graph."""

import asyncio
import csv
import io
import time
import unicodedata

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final, NamedTuple

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from models.errors import Forbidden, Invalid, NotFound
from resolvers import exports
from resolvers.exports import Row, Table
from resolvers.operation import Operation
from settings import Settings
from transport.errors import (
    HEADERS,
    STATUSES,
    Code,
    Refusal,
    RequestRefused,
    Unauthenticated,
    code_of,
)
from transport.export_filters import history_filter, user_filter
from transport.graphql import Open
from transport.logs import Access, access_log
from transport.masking import failure
from transport.metrics import Metrics
from transport.negotiation import JSON
from transport.origins import cross_origin
from transport.responses import ALWAYS, refused


Find = Callable[[Operation, Request], Awaitable[Table]]

MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Tells spreadsheets that the text is UTF-8."""

SIGNS: Final = frozenset("=+-@\N{MINUS SIGN}")
"""What a cell begins with that a spreadsheet would work out instead of showing it."""

BREAKS: Final = frozenset("\t\r\n")
"""What a spreadsheet may take for the end of a cell, so that the formula comes after it."""

SKIPPED: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
"""Characters that a spreadsheet may trim: spaces, and what has no form of its own."""


def export_routes(
    settings: Settings, open_operation: Open, metrics: Metrics | None
) -> list[BaseRoute]:
    """Give the routes of the exports; only listed origins may call them, and without cookies."""
    places = Places(settings.exports_at_once)
    middleware = [cross_origin(settings, "GET")]
    return [
        Route(
            kind.path,
            Export(kind, settings, open_operation, places, metrics),
            middleware=middleware,
        )
        for kind in KINDS
    ]


async def _users(operation: Operation, request: Request) -> Table:
    asked = user_filter(request.query_params)
    return await exports.users_of(operation, request.path_params["structure"], asked)


async def _history(operation: Operation, request: Request) -> Table:
    asked = history_filter(request.query_params)
    return await exports.history_of(operation, request.path_params["structure"], asked)


async def _own_history(operation: Operation, request: Request) -> Table:
    return await exports.history_of(operation, None, history_filter(request.query_params))


class Kind(NamedTuple):
    """What is exported where; *name* and *path* tell of it in the log."""

    path: str
    name: str
    find: Find


KINDS = (
    Kind("/exports/structures/{structure}/users.csv", "exportUsers", _users),
    Kind("/exports/structures/{structure}/history.csv", "exportHistory", _history),
    Kind("/exports/history.csv", "exportHistory", _own_history),
)


class Places:
    """How many exports may run at once: each holds a connection while it is taken."""

    def __init__(self, number: int) -> None:
        """Offer *number* places."""
        self._free = number

    @contextmanager
    def taken(self) -> Iterator[None]:
        """
        Take a place.

        Raises:
            Refusal: OVERLOADED, all are taken.
        """
        if self._free < 1:
            raise Refusal(Code.OVERLOADED, "Too many exports run at this moment: try again.")
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


class Export:
    """Answers requests for one kind of export."""

    def __init__(
        self,
        kind: Kind,
        settings: Settings,
        open_operation: Open,
        places: Places,
        metrics: Metrics | None,
    ) -> None:
        """Send exports of *kind* while *places* are free."""
        self._kind = kind
        self._settings = settings
        self._open = open_operation
        self._places = places
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request of any method."""
        access = Access(scope["method"], self._kind.path, self._kind.name, "export")
        started = time.perf_counter()
        if self._metrics is not None:
            self._metrics.follow(access)
        status = await self._answer(access, scope, receive, send)
        seconds = time.perf_counter() - started
        access_log(access, status, seconds)
        if self._metrics is not None:
            self._metrics.record(access, status, seconds)

    async def _answer(self, access: Access, scope: Scope, receive: Receive, send: Send) -> int:
        """Send the answer; return its status."""
        sent = False

        async def sending(response: Response) -> int:
            nonlocal sent
            sent = True
            await response(scope, receive, send)
            return response.status_code

        try:
            async with asyncio.timeout(self._settings.export_seconds):
                return await self._export(Request(scope, receive), access, sending)
        except ClientDisconnect:
            return HTTPStatus.BAD_REQUEST
        except Exception as error:  # noqa: BLE001 - the last one that could tell a caller too much
            answer = _refused(error)
            # An answer that has begun is cut off: its end never comes, and the caller sees that.
            if not sent:
                await answer(scope, receive, send)
            return answer.status_code

    async def _export(
        self, request: Request, access: Access, sending: Callable[[Response], Awaitable[int]]
    ) -> int:
        if request.method != "GET":
            allowed = {"Allow": "GET"}
            raise RequestRefused(HTTPStatus.METHOD_NOT_ALLOWED, "Use GET.", allowed)
        with self._places.taken():
            async with self._open(request) as operation:
                if operation.viewer is None:
                    raise Unauthenticated("Sign in first.")
                access.signed_in = True
                table = await self._kind.find(operation, request)
                begun = await _begun(_written(table))
                day = operation.now.date().isoformat()
                kept = {"Content-Disposition": f'attachment; filename="{table.name}-{day}.csv"'}
                media = "text/csv; charset=utf-8"
                response = StreamingResponse(begun, headers=ALWAYS | kept, media_type=media)
                return await sending(response)


def _refused(error: Exception) -> Response:
    if isinstance(error, NotFound):
        message = "There is no such structure for you."
        error = RequestRefused(HTTPStatus.NOT_FOUND, message, code=Code.NOT_FOUND)
    elif isinstance(error, Forbidden):
        error = RequestRefused(HTTPStatus.FORBIDDEN, error.message, code=Code.FORBIDDEN)
    elif isinstance(error, Invalid):
        error = RequestRefused(HTTPStatus.BAD_REQUEST, error.message)
    elif not isinstance(error, RequestRefused):
        found = error if isinstance(error, Refusal) else failure(error)
        code = Code(code_of(found) or Code.INTERNAL)
        status = STATUSES.get(code, HTTPStatus.BAD_REQUEST)
        error = RequestRefused(status, found.message, HEADERS.get(code), code)
    return refused(JSON, error)


async def _begun(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Read the first piece at once: what fails then is still told with its own status."""
    first = await anext(pieces)

    async def all_of_them() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return all_of_them()


async def _written(table: Table) -> AsyncIterator[bytes]:
    """Write a table as CSV: semicolons and a byte order mark, as French spreadsheets expect."""
    heading = MARK.encode() + _lines([list(table.headings)])
    async for rows in table.pieces:
        yield heading + _lines(rows)
        heading = b""
    if heading:
        yield heading


def _lines(rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: str | None) -> str:
    """Write a value so that no spreadsheet takes it for a formula."""
    if value is None:
        return ""
    return f"'{value}" if _is_formula(value) else str(value)


def _is_formula(text: str) -> bool:
    """Say whether *text* is a formula once it is trimmed, and signs of another width are equal."""
    for character in text:
        if character.isalnum():
            return False
        if character in BREAKS:
            return True
        if unicodedata.category(character) not in SKIPPED:
            return unicodedata.normalize("NFKC", character)[0] in SIGNS
    return False
