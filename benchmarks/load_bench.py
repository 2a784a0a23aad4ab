"""Load the rows of a bench of peers into this service's tables, and tell how to serve them."""

import asyncio
import secrets
import shlex
import sys

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer

from sqlalchemy import BigInteger, Boolean, Date, Integer, make_url, select

from benchmarks.dataset import add_support
from models.accounts import SignInSession, User
from models.areas import AreaSubscription, StructureArea
from models.base import Instant
from models.database import Database, migrate
from models.memberships import Membership, Role, ServiceMembership
from models.services import Service
from models.structures import Structure, StructureApplication
from resolvers.secrets import Secrets
from resolvers.tokens import AccessTokens
from settings import Settings


SUPPORT = "bench-support@example.org"
TOKEN_SECONDS = 30 * 86_400
CONNECTIONS = 16
PIECES = 64

KINDS: dict[type, str] = {
    Instant: "timestamptz",
    Date: "date",
    Boolean: "boolean",
    BigInteger: "bigint",
    Integer: "integer",
}
MADE = "'2024-01-15 08:00:00+00'"
DATES = {"created_at": MADE, "updated_at": MADE}


def _key(text: str) -> str:
    # What models.base.sort_key leaves of names like the bench's.
    return f"lower(regexp_replace(normalize({text}, NFKD), '[\\u0300-\\u036f]', '', 'g'))"


LISTED = """
    service_membership AS listed JOIN service ON service.id = listed.service_id
    JOIN membership USING (structure_id, user_id)
"""
SOURCES: tuple[tuple[Any, str, dict[str, str]], ...] = (
    (
        User,
        "app_user",
        {
            **DATES,
            "id": "id",
            "login": "login",
            "email": "email",
            "first_name": "first_name",
            "last_name": "last_name",
            "name_key": _key("last_name || ' ' || first_name"),
        },
    ),
    (
        Structure,
        "structure",
        {
            "id": "id",
            "identifier_type": "'SIRET'",
            "identifier": "siret",
            "name": "name",
            "name_key": _key("name"),
            "status": "status",
            "deactivated_at": "CASE status WHEN 'INACTIVE' THEN created_at END",
            "created_at": "created_at",
            "updated_at": "created_at",
        },
    ),
    (
        StructureApplication,
        "structure",
        {"structure_id": "id", "code": "'PAYMENT_REQUEST'", "added_at": "created_at"},
    ),
    (
        Service,
        "service",
        {
            **DATES,
            "id": "id",
            "structure_id": "structure_id",
            "code": "code",
            "name": "name",
            "name_key": _key("name"),
            "enabled": "active",
        },
    ),
    (
        Membership,
        "membership",
        {
            **DATES,
            "id": "id",
            "structure_id": "structure_id",
            "user_id": "user_id",
            "role": "upper(role::text)",
            "status": "CASE status WHEN 'active' THEN 'ACTIVE' ELSE 'INACTIVE' END",
            "scope": "CASE role WHEN 'simple_user' THEN 'LISTED' ELSE 'ALL_SERVICES' END",
            "origin": "'MANAGER'",
        },
    ),
    (
        ServiceMembership,
        LISTED,
        {
            **DATES,
            "structure_id": "structure_id",
            "membership_id": "membership.id",
            "service_id": "listed.service_id",
        },
    ),
    (
        StructureArea,
        "(SELECT structure_id, area_code FROM area_grant GROUP BY 1, 2) AS opened",
        {
            **DATES,
            "id": "row_number() OVER ()",
            "structure_id": "structure_id",
            "area": "area_code",
            "mode": "'MODIFICATION'",
            "opened_at": MADE,
        },
    ),
    (
        AreaSubscription,
        "area_grant JOIN membership USING (structure_id, user_id)",
        {
            **DATES,
            "id": "area_grant.id",
            "structure_id": "structure_id",
            "membership_id": "membership.id",
            "service_id": "service_id",
            "area": "area_code",
            "mode": '"right"',
        },
    ),
)
"""Each of our tables, where its rows are in the bench's, and how each column is made of them."""


def _reading(model: Any, source: str, expressions: dict[str, str]) -> str:
    selected = []
    for column in model.__table__.columns:
        default = column.default
        given = default.arg if default is not None and default.is_scalar else None
        literal = "NULL" if given is None else f"'{getattr(given, 'value', given)}'"
        kind = KINDS.get(type(column.type), "text")
        selected.append(f"({expressions.get(column.name, literal)})::{kind}")
    return f"SELECT {', '.join(selected)} FROM {source}"  # noqa: S608 - our own names


async def _load(source_url: str, url: str) -> None:
    source, target = await asyncpg.connect(source_url), await asyncpg.connect(url)
    try:
        async with target.transaction():
            # The bench's rows refer to one another rightly.
            await target.execute("SET LOCAL session_replication_role = replica")
            for model, rows, expressions in SOURCES:
                print(f"Loading {model.__tablename__}.", file=sys.stderr)
                await _move(source, target, model.__table__, _reading(model, rows, expressions))
        await target.execute("VACUUM ANALYZE")
    finally:
        await source.close()
        await target.close()


async def _move(source: Any, target: Any, table: Any, statement: str) -> None:
    pieces: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=PIECES)

    async def read() -> None:
        await source.copy_from_query(statement, output=pieces.put, format="binary")
        await pieces.put(None)

    async def written() -> AsyncIterator[bytes]:
        while (piece := await pieces.get()) is not None:
            yield piece

    async with asyncio.TaskGroup() as group:
        group.create_task(read())
        columns = table.columns.keys()
        await target.copy_to_table(table.name, source=written(), columns=columns, format="binary")
    if "id" in table.columns:
        await target.execute(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id))"  # noqa: S608 - our own names
            f" FROM {table.name}"
        )


async def _create(url: str, *, fresh: bool) -> None:
    location = make_url(url)
    connection = await asyncpg.connect(
        location.set(database="postgres").render_as_string(hide_password=False)
    )
    try:
        if fresh:
            await connection.execute(f'DROP DATABASE IF EXISTS "{location.database}"')
        await connection.execute(f'CREATE DATABASE "{location.database}" TEMPLATE template0')
    finally:
        await connection.close()


async def _tokens(url: str, settings: Settings) -> dict[str, str]:
    """Sign the support in, and the primary manager of the first structure."""
    tokens = AccessTokens(
        Secrets.load(settings).signing_key, issuer=settings.token_issuer, seconds=TOKEN_SECONDS
    )
    primary = select(Membership.user_id).where(
        Membership.structure_id == 1, Membership.role == Role.PRIMARY_MANAGER
    )
    conditions = {
        "SUPPORT_TOKEN": User.login == SUPPORT,
        "MANAGER_TOKEN": User.id.in_(primary),
    }
    now = datetime.now(UTC)
    found: dict[str, str] = {}

    async def work(session: Any) -> None:
        for name, condition in conditions.items():
            user_id = await session.scalar(select(User.id).where(condition))
            signed_in = SignInSession(
                user_id=user_id, created_at=now, expires_at=now + timedelta(seconds=TOKEN_SECONDS)
            )
            session.add(signed_in)
            await session.flush()
            found[name] = tokens.issue(user_id, signed_in.id)

    database = Database(url)
    try:
        await database.write(work)
    finally:
        await database.close()
    return found


async def _all(source_url: str, url: str, keys: Path, *, fresh: bool) -> dict[str, str]:
    await _create(url, fresh=fresh)
    await migrate(url)
    await _load(source_url, url)
    await add_support(url, SUPPORT, secrets.token_urlsafe(16))
    settings = replace(Settings.from_environment(), data_directory=keys)
    return {
        "BENCH_SOURCE": source_url,
        "DATABASE_URL": url,
        "DATA_DIRECTORY": str(keys),
        "ACCESS_TOKEN_SECONDS": str(TOKEN_SECONDS),
        "POOL_SIZE": str(CONNECTIONS),
        **await _tokens(url, settings),
    }


def main(
    source: Annotated[str, typer.Option("--from", help="The bench's database.")],
    target: Annotated[str, typer.Option("--to", help="The database to make, beside it.")],
    keys: Annotated[Path, typer.Option(help="Where the service's keys are kept.")],
    *,
    fresh: Annotated[bool, typer.Option("--fresh", help="Replace the database to make.")] = False,
) -> None:
    """Load a bench's rows; print the environment that serves them, for the shell to evaluate."""
    try:
        environment = asyncio.run(_all(source, target, keys.resolve(), fresh=fresh))
    except asyncpg.DuplicateDatabaseError:
        typer.secho(f"{target} exists: --fresh replaces it.", err=True, fg="red")
        raise typer.Exit(1) from None
    for name, value in environment.items():
        print(f"export {name}={shlex.quote(value)}")


if __name__ == "__main__":
    typer.run(main)
