"""Requests as bytes on a real socket, where a client may lie or go away."""

import socket

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from settings import Settings
from tests.serving import serving
from transport.app import create_app


QUERY = b'{"query": "{ __typename }"}'
POST = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture
def port(sqlite_url: str, tmp_path: Path) -> Iterator[int]:
    with serving(create_app(Settings(database_url=sqlite_url, data_directory=tmp_path))) as port:
        yield port


def exchange(port: int, *pieces: bytes, leave: bool = False) -> bytes:
    """Send *pieces*; give what comes back until the connection rests or is closed.

    A server that refuses a body answers and closes before it has read all of it.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            for piece in pieces:
                connection.sendall(piece)
        if leave:
            return b""
        received = b""
        with suppress(TimeoutError, ConnectionResetError):
            while piece := connection.recv(65_536):
                received += piece
        return received


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


CLOSING = b"Connection: close\r\n"


def test_a_chunked_body_is_read(port: int) -> None:
    answer = exchange(
        port,
        POST + CLOSING + b"Transfer-Encoding: chunked\r\n\r\n",
        b"%x\r\n%s\r\n" % (len(QUERY), QUERY),
        b"0\r\n\r\n",
    )

    assert status(answer) == 200
    assert b'"__typename":"Query"' in answer


def test_a_chunked_body_is_cut_at_the_limit(port: int) -> None:
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    answer = exchange(port, POST + CLOSING + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 8)

    assert status(answer) == 413
    assert b'"code":"BAD_REQUEST"' in answer


def test_an_announced_length_over_the_limit_is_refused_unread(port: int) -> None:
    answer = exchange(port, POST + CLOSING + b"Content-Length: 999999999\r\n\r\n")

    assert status(answer) == 413


def test_less_than_the_announced_length_is_no_request(port: int) -> None:
    exchange(port, POST + b"Content-Length: 1000\r\n\r\n", QUERY, leave=True)
    answer = exchange(port, POST + CLOSING + b"Content-Length: %d\r\n\r\n" % len(QUERY), QUERY)

    assert status(answer) == 200


@pytest.mark.parametrize("length", [b"-1", b"abc", b"1e3", b"+27", b"27, 28", b"9" * 5_000])
def test_a_length_that_is_no_number_is_refused(port: int, length: bytes) -> None:
    answer = exchange(port, POST + CLOSING + b"Content-Length: %s\r\n\r\n" % length, QUERY)

    assert status(answer) in {400, 413}


def test_more_than_the_announced_length_is_not_read(port: int) -> None:
    length = b"Content-Length: %d\r\n\r\n" % len(QUERY)
    answer = exchange(port, POST + CLOSING + length + QUERY + b" and more of it")

    assert status(answer) == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"query=%7B__typename%7D" + b"+" * 66_000, {400, 414}),
        (b"query=\xe9", {400}),
        (b"query=%7B__typename%7D&\xff\xfe", {400}),
    ],
)
def test_a_query_string_that_cannot_be_read_is_refused(
    port: int, query: bytes, expected: set[int]
) -> None:
    answer = exchange(port, b"GET /graphql?%s HTTP/1.1\r\nHost: x\r\n%s\r\n" % (query, CLOSING))

    assert status(answer) in expected


def test_the_answer_to_head_has_no_body(port: int) -> None:
    answer = exchange(port, b"HEAD /graphql HTTP/1.1\r\nHost: x\r\n%s\r\n" % CLOSING)

    assert status(answer) == 405
    assert answer.endswith(b"\r\n\r\n")
