"""The command line, and the one place where everything is put together."""

import asyncio
import gc
import sys

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

from settings import SettingError, Settings


if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.applications import Starlette

    from models.database import Database

Answer = TypeVar("Answer")

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
EMBEDDED_DATABASE = "chorus-structures.sqlite"
CONTRACT = Path(__file__).resolve().parent / "schema.graphql"
PERMISSIONS = CONTRACT.parent / "docs" / "permissions.md"

commands = typer.Typer(
    name="python -m server",
    help="Structures, their services, their users and the rights between them, over GraphQL.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def application() -> "Starlette":
    """Make the application as the environment sets it; every worker process calls this."""
    return _application(_settings())


def _application(settings: Settings) -> "Starlette":
    from transport.app import create_app
    from transport.logs import configure_logs

    configure_logs(settings)
    made = create_app(settings)
    # What stands after the start stays: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    return made


@commands.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes; more than one needs PostgreSQL.")
    ] = None,
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="Load invented data, and listen on this machine only.")
    ] = False,
) -> None:
    """Serve until stopped."""
    settings = _settings()
    settings = replace(
        settings,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
        workers=settings.workers if workers is None else workers,
        demonstration=demo,
    )
    if settings.workers > 1 and settings.database_url.startswith("sqlite"):
        _refuse("SQLite serves from one process: --workers needs PostgreSQL (DATABASE_URL).")
    if demo:
        settings = _demonstrating(settings)
        asyncio.run(_prepare_demonstration(settings))
    else:
        asyncio.run(_require_ready(settings))
    from transport import listening

    if settings.workers > 1:
        listening.listen_with_workers(settings, "server:application")
    else:
        listening.listen(settings, _application(settings))


@commands.command()
def migrate(
    revision: Annotated[
        str, typer.Option(help="A revision, -1 for one step back, base for no tables.")
    ] = "head",
) -> None:
    """Bring the tables of the database to a revision, by default the newest."""
    settings = _settings()
    asyncio.run(_migrate(settings, revision))
    typer.echo(f"The database is at revision {revision}.")


@commands.command()
def create_support(
    login: Annotated[str, typer.Option(help="The e-mail address to sign in with.")],
    first_name: Annotated[str, typer.Option()],
    last_name: Annotated[str, typer.Option()],
) -> None:
    """Create an account of the platform's support; its password is asked for, or read."""
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    asyncio.run(_create_support(_settings(), login, first_name, last_name, password))
    typer.echo(f"{login} can sign in.")


@commands.command()
def check() -> None:
    """Verify what must be true of the stored data; the exit code tells whether it is."""
    from models.invariants import violations

    found = asyncio.run(_with_database(_settings(), violations))
    for violation in found:
        ids = ", ".join(str(number) for number in violation.ids)
        typer.echo(f"{violation.name}: {violation.meaning} Broken by: {ids}")
    if found:
        raise typer.Exit(1)
    typer.echo("Everything that must be true of the stored data is.")


@commands.command()
def remove_demonstration(
    *, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
) -> None:
    """Remove the invented accounts, and the structures that nobody else belongs to."""
    from models.demonstration import removal

    if not yes:
        typer.confirm("Remove all demonstration accounts and their structures?", abort=True)
    try:
        users, structures = asyncio.run(_with_database(_settings(), removal.remove_demonstration))
    except removal.DemonstrationInUseError:
        _refuse(
            "Demonstration accounts take part in structures that have other members. "
            "Nothing was removed: start again with a fresh database."
        )
    typer.echo(f"Removed {users} accounts and {structures} structures.")


@commands.command()
def export_schema(
    *,
    permissions: Annotated[
        bool, typer.Option("--permissions", help="Print docs/permissions.md instead.")
    ] = False,
    compare: Annotated[
        bool, typer.Option("--check", help="Compare the files of both instead of printing.")
    ] = False,
) -> None:
    """Print the contract, sorted, or the page that tells who may read and do what."""
    from schema import coverage, documentation
    from schema.root import schema

    written = {CONTRACT: coverage.written(schema), PERMISSIONS: documentation.permissions(schema)}
    if not compare:
        typer.echo(written[PERMISSIONS if permissions else CONTRACT], nl=False)
        return
    for path, text in written.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            _refuse(f"{path.name} is not what the code says: run `make schema`.")


def _settings() -> Settings:
    from resolvers.siret_lookup import siret_lookup

    try:
        settings = Settings.from_environment()
        siret_lookup(settings.siret_lookup)
    except SettingError as error:
        _refuse(str(error))
    if settings.database_url:
        return settings
    settings.data_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = settings.data_directory.resolve() / EMBEDDED_DATABASE
    return replace(settings, database_url=f"sqlite:///{path}")


def _refuse(message: str) -> NoReturn:
    typer.secho(message, err=True, fg=typer.colors.RED)
    raise typer.Exit(1)


async def _with_database(
    settings: Settings, work: Callable[["Database"], Awaitable[Answer]]
) -> Answer:
    """Run *work* with a database whose tables are those of this version."""
    from models.database import Database

    database = Database(settings.database_url)
    try:
        await _require_tables(database)
        return await work(database)
    finally:
        await database.close()


async def _require_tables(database: "Database") -> None:
    from models.revisions import Standing, standing_of

    standing = await standing_of(database)
    if standing in {Standing.EMPTY, Standing.BEHIND}:
        _refuse("The database is not migrated: run `python -m server migrate`.")
    if standing == Standing.UNKNOWN:
        _refuse("The database was migrated by a newer version: run that one.")


async def _require_ready(settings: Settings) -> None:
    from models.demonstration.loading import holds_demonstration

    if await _with_database(settings, holds_demonstration):
        _refuse(
            "The database holds demonstration accounts, whose password everybody knows. "
            "Remove them with `python -m server remove-demonstration`, "
            "or serve them on this machine only with `--demo`."
        )


async def _migrate(settings: Settings, revision: str) -> None:
    from models.database import Database, migrate
    from models.revisions import Standing, standing_of

    database = Database(settings.database_url)
    try:
        standing = await standing_of(database)
    finally:
        await database.close()
    if standing == Standing.UNKNOWN:
        _refuse("The database was migrated by a newer version: run that one.")
    await migrate(settings.database_url, revision)


def _demonstrating(settings: Settings) -> Settings:
    if settings.host not in LOOPBACK:
        _refuse("Demonstration data is served on this machine only: --demo takes no other --host.")
    if settings.workers > 1:
        _refuse("The demonstration is served from one process.")
    # A browser keeps no secure cookie that came over plain HTTP.
    return replace(settings, secure_cookie=False, anonymous_introspection=True)


async def _prepare_demonstration(settings: Settings) -> None:
    from models.demonstration.loading import RealAccountsError, load_demonstration
    from models.demonstration.people import PASSWORD
    from resolvers.passwords import hash_password

    await _migrate(settings, "head")
    now, password_hash = datetime.now(UTC), hash_password(PASSWORD)
    try:
        await _with_database(
            settings, lambda database: load_demonstration(database, now, password_hash)
        )
    except RealAccountsError:
        _refuse("The database holds real accounts: no demonstration data is mixed in.")


async def _create_support(
    settings: Settings, login: str, first_name: str, last_name: str, password: str
) -> None:
    from models.accounts import PlatformRole
    from models.errors import Refused
    from resolvers.accounts import create_account

    async def work(session: "AsyncSession") -> None:
        await create_account(
            session,
            login=login,
            first_name=first_name,
            last_name=last_name,
            password=password,
            platform_role=PlatformRole.SUPPORT,
            now=datetime.now(UTC),
        )

    try:
        await _with_database(settings, lambda database: database.write(work))
    except Refused as refused:
        expected = getattr(refused, "expected", None)
        _refuse(f"{refused.message} Expected: {expected}." if expected else refused.message)


if __name__ == "__main__":
    commands()
