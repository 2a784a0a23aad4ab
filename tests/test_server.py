import asyncio

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sqlalchemy import func, select, text
from typer.testing import CliRunner, Result

from models.accounts import PlatformRole, User
from models.database import Database, migrate
from models.demonstration.loading import load_demonstration
from models.history import ManagerAction
from models.invariants import violations
from models.structures import Structure
from server import commands


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command of `python -m server` with the database at a URL, or the embedded one."""
    monkeypatch.setenv("DATA_DIRECTORY", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def run(*words: str, url: str | None = None, typed: str | None = None) -> Result:
        if url is not None:
            monkeypatch.setenv("DATABASE_URL", url)
        return CliRunner().invoke(commands, words, input=typed)

    return run


async def _load(url: str) -> None:
    database = Database(url)
    await load_demonstration(database, datetime.now(UTC), "no password")
    await database.close()


async def _execute(url: str, statement: str) -> None:
    database = Database(url)
    async with database.writer.begin() as connection:
        await connection.execute(text(statement))
    await database.close()


async def _count(url: str, table: type) -> int:
    database = Database(url)
    async with database.reader.connect() as connection:
        count = await connection.scalar(select(func.count()).select_from(table))
    await database.close()
    return int(count or 0)


def test_migrating_makes_the_embedded_database(run: Run, tmp_path: Path) -> None:
    assert run("migrate").exit_code == 0

    assert (tmp_path / "data" / "chorus-structures.sqlite").is_file()
    assert run("check").exit_code == 0


def test_an_empty_database_is_refused(run: Run, empty_database_url: str) -> None:
    result = run("check", url=empty_database_url)

    assert result.exit_code == 1
    assert "python -m server migrate" in result.stderr


def test_a_database_of_a_newer_version_is_refused(run: Run, database_url: str) -> None:
    asyncio.run(_execute(database_url, "UPDATE alembic_version SET version_num = '9999'"))

    for words in (["check"], ["migrate"], ["serve"], ["serve", "--demo"]):
        result = run(*words, url=database_url)
        assert result.exit_code == 1
        assert "newer version" in result.stderr


def test_a_setting_that_cannot_be_read_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")

    result = run("check")

    assert result.exit_code == 1
    assert "PORT" in result.stderr


def test_a_support_account_is_created(run: Run, database_url: str) -> None:
    words = ["create-support", "--login", "Help@Example.org", "--first-name", "A"]

    result = run(*words, "--last-name", "B", url=database_url, typed="a long enough one\n")

    assert result.exit_code == 0, result.output
    assert asyncio.run(_read_roles(database_url)) == [("help@example.org", PlatformRole.SUPPORT)]


async def _read_roles(url: str) -> list[tuple[str, PlatformRole]]:
    database = Database(url)
    async with database.reader.connect() as connection:
        rows = await connection.execute(select(User.login, User.platform_role))
        found = [(login, role) for login, role in rows]
    await database.close()
    return found


def test_a_short_password_is_refused(run: Run, sqlite_url: str) -> None:
    words = ["create-support", "--login", "help@example.org", "--first-name", "A"]

    result = run(*words, "--last-name", "B", url=sqlite_url, typed="short\n")

    assert result.exit_code == 1
    assert "12 to 128 characters" in result.stderr
    assert asyncio.run(_count(sqlite_url, User)) == 0


def test_a_taken_login_is_refused(run: Run, sqlite_url: str) -> None:
    asyncio.run(_load(sqlite_url))
    words = ["create-support", "--login", "user@demo.test", "--first-name", "A"]

    result = run(*words, "--last-name", "B", url=sqlite_url, typed="a long enough one\n")

    assert result.exit_code == 1
    assert "exists" in result.stderr


def test_the_check_names_what_is_broken(run: Run, database_url: str) -> None:
    asyncio.run(_load(database_url))
    assert run("check", url=database_url).exit_code == 0
    asyncio.run(_execute(database_url, "UPDATE service SET enabled = false"))

    result = run("check")

    assert result.exit_code == 1
    assert result.stdout.startswith("public_invoices_service: ")


def test_a_normal_start_refuses_demonstration_accounts(run: Run, database_url: str) -> None:
    asyncio.run(_load(database_url))

    result = run("serve", url=database_url)

    assert result.exit_code == 1
    assert "python -m server remove-demonstration" in result.stderr


def test_the_demonstration_is_served_on_this_machine_only(run: Run, sqlite_url: str) -> None:
    result = run("serve", "--demo", "--host", "192.0.2.1", url=sqlite_url)

    assert result.exit_code == 1
    assert "this machine only" in result.stderr
    assert asyncio.run(_count(sqlite_url, User)) == 0


def test_the_demonstration_is_not_mixed_with_real_accounts(run: Run, sqlite_url: str) -> None:
    words = ["create-support", "--login", "help@example.org", "--first-name", "A"]
    run(*words, "--last-name", "B", url=sqlite_url, typed="a long enough one\n")

    result = run("serve", "--demo")

    assert result.exit_code == 1
    assert "real accounts" in result.stderr
    assert asyncio.run(_count(sqlite_url, User)) == 1


def test_several_processes_need_postgresql(run: Run) -> None:
    run("migrate")

    result = run("serve", "--workers", "2")

    assert result.exit_code == 1
    assert "PostgreSQL" in result.stderr


def test_the_demonstration_is_loaded_once(database_url: str) -> None:
    asyncio.run(_load(database_url))
    accounts = asyncio.run(_count(database_url, User))

    asyncio.run(_load(database_url))

    assert asyncio.run(_count(database_url, User)) == accounts


def test_the_demonstration_can_be_removed(run: Run, database_url: str) -> None:
    asyncio.run(_load(database_url))

    result = run("remove-demonstration", "--yes", url=database_url)

    assert result.exit_code == 0, result.output
    assert [
        asyncio.run(_count(database_url, table)) for table in (User, Structure, ManagerAction)
    ] == [0, 0, 0]
    assert asyncio.run(_violations(database_url)) == []


async def _violations(url: str) -> list[str]:
    database = Database(url)
    found = [violation.name for violation in await violations(database)]
    await database.close()
    return found


def test_a_demonstration_that_others_take_part_in_is_not_removed(
    run: Run, database_url: str
) -> None:
    asyncio.run(_load(database_url))
    accounts = asyncio.run(_count(database_url, User))
    asyncio.run(
        _execute(
            database_url,
            "UPDATE user_account SET demonstration = false WHERE login = 'user@demo.test'",
        )
    )

    result = run("remove-demonstration", "--yes", url=database_url)

    assert result.exit_code == 1
    assert "Nothing was removed" in result.stderr
    assert asyncio.run(_count(database_url, User)) == accounts
    assert asyncio.run(_violations(database_url)) == []


def test_a_database_can_be_migrated_down_to_nothing(run: Run, database_url: str) -> None:
    assert run("migrate", "--revision", "base", url=database_url).exit_code == 0

    assert run("check").exit_code == 1
    asyncio.run(migrate(database_url))
    assert run("check").exit_code == 0
