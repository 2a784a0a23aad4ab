from datetime import UTC, datetime
from typing import Any

import pytest

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import Password, PlatformRole, User, UserKind, UserStatus
from models.database import Database
from models.errors import ErrorCode, Invalid, RuleRefused
from resolvers.accounts import create_account
from resolvers.passwords import Verdict, check_password


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def create(database: Database, **changes: Any) -> User:
    values: dict[str, Any] = {
        "login": "maud@example.org",
        "first_name": "Maud",
        "last_name": "Lévêque",
        "password": "a long enough password",
        "platform_role": PlatformRole.NONE,
        **changes,
    }

    async def work(session: AsyncSession) -> User:
        return await create_account(session, now=NOW, **values)

    return await database.write(work)


async def test_an_account_is_active_and_a_persons(database: Database) -> None:
    user = await create(database, platform_role=PlatformRole.SUPPORT, demonstration=True)

    assert (user.status, user.kind) == (UserStatus.ACTIVE, UserKind.HUMAN)
    assert (user.platform_role, user.demonstration) == (PlatformRole.SUPPORT, True)
    assert (user.login, user.email) == ("maud@example.org", "maud@example.org")
    assert (user.created_at, user.last_connection_at) == (NOW, None)
    assert user.name_key == "leveque maud"


async def test_the_password_is_kept_as_a_hash(database: Database) -> None:
    user = await create(database)

    async def work(session: AsyncSession) -> str:
        statement = select(Password.hash).where(Password.user_id == user.id)
        return (await session.scalars(statement)).one()

    kept = await database.write(work)
    assert check_password(kept, "a long enough password") == Verdict.RIGHT


@pytest.mark.parametrize(
    ("typed", "login"),
    [
        (" Maud.L@Example.ORG ", "maud.l@example.org"),
        ("maud+chorus@example.org", "maud+chorus@example.org"),
        ("maud@demo.test", "maud@demo.test"),
    ],
)
async def test_a_login_is_written_in_one_way(database: Database, typed: str, login: str) -> None:
    assert (await create(database, login=typed)).login == login


@pytest.mark.parametrize(
    "login",
    ["", "maud", "maud@", "@example.org", "a b@example.org", "maud@localhost", "m\x00@b.fr"],
)
async def test_a_login_must_be_an_address(database: Database, login: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await create(database, login=login)

    assert refusal.value.field == ("login",)


async def test_a_login_is_taken_once_whatever_its_case(database: Database) -> None:
    await create(database)

    with pytest.raises(RuleRefused) as refusal:
        await create(database, login="MAUD@example.org")

    assert refusal.value.code == ErrorCode.CONFLICT


@pytest.mark.parametrize("name", ["", "   ", "a" * 81, "Maud\x00"])
async def test_a_name_has_1_to_80_characters(database: Database, name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await create(database, first_name=name)

    assert refusal.value.field == ("first_name",)


async def test_a_short_password_makes_no_account(database: Database) -> None:
    with pytest.raises(Invalid):
        await create(database, password="too short")

    async def work(session: AsyncSession) -> list[User]:
        return list(await session.scalars(select(User)))

    assert await database.write(work) == []
