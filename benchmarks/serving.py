"""The served dataset: a filled database, a server over it, and two people who are signed in."""

import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from benchmarks.dataset import Advance, add_support, fill
from benchmarks.http import ask, post
from models.accounts import Password, User
from models.database import Database, migrate
from models.memberships import Membership, Role
from models.revisions import Standing, standing_of
from models.structures import Structure
from resolvers.passwords import hash_password


ROOT = Path(__file__).resolve().parent.parent
SUPPORT = "benchmark-support@example.org"
ATTEMPTS = 600
PAUSE = 0.05
LAST_WORDS = 2_000


class UnusableError(RuntimeError):
    """The database or the server cannot be measured; the message says why."""


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs, and the access tokens of its viewers."""

    port: int
    process_id: int
    tokens: dict[str, str]


async def prepare(url: str, structures: int, advance: Advance) -> None:
    """
    Migrate and fill the database at *url*, unless both is done.

    Raises:
        UnusableError: it holds something else.
    """
    async with _opened(url) as database:
        current = await standing_of(database) == Standing.CURRENT
    if not current:
        await migrate(url)
    if not await _count(url, User):
        await fill(url, structures, advance)
    if not await _count(url, User, User.login == SUPPORT):
        await add_support(url, SUPPORT, secrets.token_urlsafe(16))
    found = await _count(url, Structure)
    if found != structures:
        raise UnusableError(f"The database holds {found} structures, not {structures}.")


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    # Closed again at once: SQLite is filled by one connection alone.
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


async def _count(url: str, entity: Any, *conditions: Any) -> int:
    statement = select(func.count()).select_from(entity).where(*conditions)
    async with _opened(url) as database, database.reader.connect() as connection:
        found: int = (await connection.execute(statement)).scalar_one()
        return found


async def viewers(url: str) -> dict[str, tuple[str, str]]:
    """Give login and new password of the support, and of the first structure's primary manager."""
    primary = select(Membership.user_id).where(
        Membership.structure_id == 1, Membership.role == Role.PRIMARY_MANAGER
    )
    found: dict[str, tuple[str, str]] = {}

    async def work(session: Any) -> None:
        for name, condition in (
            ("support", User.login == SUPPORT),
            ("manager", User.id.in_(primary)),
        ):
            user = await session.scalar(select(User).where(condition))
            if user is None:
                raise UnusableError(f"The database has no {name}: fill a fresh one.")
            password = secrets.token_urlsafe(16)
            kept = Password(
                user_id=user.id, hash=hash_password(password), changed_at=datetime.now(UTC)
            )
            await session.merge(kept)
            found[name] = (user.login, password)

    async with _opened(url) as database:
        await database.write(work)
    return found


@asynccontextmanager
async def served(url: str, folder: Path) -> AsyncIterator[Served]:
    """
    Serve the database at *url* from one process, which writes its log into *folder*.

    Raises:
        UnusableError: the server does not start, or does not let the viewers in.
    """
    people = await viewers(url)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "DATABASE_URL": url,
        "DATA_DIRECTORY": str(folder / "keys"),
        "ACCESS_TOKEN_SECONDS": "86400",
        "POOL_SIZE": "16",
        "OPERATION_SECONDS": "300",  # What is slow is measured, not cut off.
        "STATEMENT_SECONDS": "300",
    }
    server = _start(port, os.environ | environment, folder / "server.log")
    try:
        await _wait_until_ready(server, port, folder / "server.log")
        tokens = {name: await _token(port, *person) for name, person in people.items()}
        yield Served(port, server.pid, tokens)
    finally:
        server.terminate()
        await asyncio.to_thread(server.wait)


def _start(port: int, environment: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "server", "serve", "--port", str(port)]
    with log.open("wb") as file:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file)  # noqa: S603 - our own program


async def _wait_until_ready(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    request = b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    for _ in range(ATTEMPTS):
        if server.poll() is not None:
            break
        try:
            status, _body = await ask(port, request)
        except OSError:
            await asyncio.sleep(PAUSE)
            continue
        if status == 200:  # noqa: PLR2004 - HTTP's OK
            return
        await asyncio.sleep(PAUSE)
    written = await asyncio.to_thread(log.read_text, encoding="utf-8")
    raise UnusableError(f"The server did not start:\n{written[-LAST_WORDS:]}")


async def _token(port: int, login: str, password: str) -> str:
    status, body = await ask(port, post("/auth/token", {"login": login, "password": password}))
    if status != 200:  # noqa: PLR2004 - HTTP's OK
        raise UnusableError(f"{login} cannot sign in: {body.decode()}")
    token: str = json.loads(body)["access_token"]
    return token
