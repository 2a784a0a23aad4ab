import asyncio

from typing import Any

import pytest

from sqlalchemy import Select, func, select
from stdnum.fr import siret as standard
from typer import Typer
from typer.testing import CliRunner

from benchmarks.dataset import NotEmptyError, fill, main
from benchmarks.invention import siret
from models.accounts import PlatformRole, User
from models.areas import AreaSubscription
from models.base import sort_key
from models.database import Database
from models.invariants import violations
from models.memberships import Membership, ServiceMembership
from models.services import Service
from models.structures import Structure


async def _read(url: str, statement: Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    database = Database(url)
    async with database.reader.connect() as connection:
        rows = [tuple(row) for row in await connection.execute(statement)]
    await database.close()
    return rows


async def _violations(url: str) -> list[str]:
    database = Database(url)
    found = [violation.name for violation in await violations(database)]
    await database.close()
    return found


def test_sirets_are_valid_and_distinct() -> None:
    numbers = [siret(number) for number in range(1, 20_001)]

    assert len(set(numbers)) == len(numbers)
    assert all(standard.is_valid(number) for number in numbers)


async def test_a_filled_database_breaks_no_invariant(database_url: str) -> None:
    await fill(database_url, 60)

    assert await _violations(database_url) == []


async def test_the_dataset_has_the_size_that_is_asked_for(database_url: str) -> None:
    written: list[int] = []

    await fill(database_url, 300, written.append)

    counts = [
        (await _read(database_url, select(func.count()).select_from(table)))[0][0]
        for table in (Structure, User, Service, Membership, AreaSubscription)
    ]
    assert counts[:2] == [300, 6_000]
    assert 1_200 < counts[2] < 1_800
    assert 8_000 < counts[3] < 10_000
    assert 30_000 < counts[4] < 42_000
    assert sum(written) == 300


async def test_the_first_hundredth_has_forty_services_of_ten_users(database_url: str) -> None:
    await fill(database_url, 200)

    listed = (
        select(func.count())
        .select_from(ServiceMembership)
        .where(ServiceMembership.structure_id <= 2)
        .group_by(ServiceMembership.service_id)
    )
    assert await _read(database_url, listed) == [(10,)] * 80


async def test_two_databases_are_filled_alike(sqlite_url: str, postgresql_url: str) -> None:
    rights = select(
        AreaSubscription.id,
        AreaSubscription.membership_id,
        AreaSubscription.service_id,
        AreaSubscription.area,
        AreaSubscription.mode,
        AreaSubscription.created_at,
    ).order_by(AreaSubscription.id)
    for url in (sqlite_url, postgresql_url):
        await fill(url, 20)

    assert await _read(sqlite_url, rights) == await _read(postgresql_url, rights)


async def test_rows_can_be_added_afterwards(database_url: str) -> None:
    await fill(database_url, 10)
    database = Database(database_url)
    ((made,),) = await _read(database_url, select(func.min(User.created_at)))

    user = User(
        login="next@example.org",
        first_name="Next",
        last_name="One",
        name_key=sort_key("One Next"),
        email="next@example.org",
        created_at=made,
        updated_at=made,
    )
    await database.write(lambda session: _add(session, user))

    assert user.id == 201
    await database.close()


async def _add(session: Any, user: User) -> None:
    session.add(user)


async def test_a_database_that_holds_rows_is_not_filled(database_url: str) -> None:
    await fill(database_url, 1)

    with pytest.raises(NotEmptyError):
        await fill(database_url, 1)


async def test_a_database_without_tables_is_not_filled(empty_database_url: str) -> None:
    with pytest.raises(NotEmptyError):
        await fill(empty_database_url, 1)


def test_the_command_creates_a_reader(sqlite_url: str) -> None:
    command = Typer()
    command.command()(main)
    words = ["--structures", "3", "--database", sqlite_url, "--support", "reader@example.org"]

    result = CliRunner().invoke(command, words)

    assert result.exit_code == 0, result.output
    assert "reader@example.org signs in with the password " in result.output
    supports = select(User.login).where(User.platform_role == PlatformRole.SUPPORT)
    assert asyncio.run(_read(sqlite_url, supports)) == [("reader@example.org",)]
    assert CliRunner().invoke(command, words).exit_code == 1
