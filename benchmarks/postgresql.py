"""A PostgreSQL server whose files are kept from one run to the next."""

import os
import shutil
import socket
import subprocess
import tempfile

from pathlib import Path
from typing import Any, Self

from tests.postgresql import (
    NOBODY,
    find_programs,
    initialise,
    make_reachable,
    wait_until_ready,
)


# The shell ends the server when its input ends, which happens however the benchmark ends.
KEEPER = """
"$1/postgres" -D "$2/data" -p "$3" -F -h 127.0.0.1 \
    -c unix_socket_directories= -c synchronous_commit=off -c full_page_writes=off \
    -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=4GB -c autovacuum=off \
    -c shared_buffers=1GB -c work_mem=16MB -c jit=off -c random_page_cost=1.1 \
    -c max_parallel_workers_per_gather=0 >"$2/log" 2>&1 &
read -r _
kill -INT $!
wait $!
"""


class Cluster:
    """A running server of our own, reached on a free port of the loopback without a password."""

    def __init__(self, keeper: "subprocess.Popen[bytes]", port: int, scratch: Path) -> None:
        """Hold the process that keeps the server; *scratch* is removed at the end."""
        self._keeper = keeper
        self._port = port
        self._scratch = scratch

    @classmethod
    def start(cls, folder: Path) -> Self:
        """
        Start the server of *folder*, making its files if they are missing.

        Raises:
            PostgreSQLError: there is none on the machine nor in a wheel, or it did not start.
        """
        identity: dict[str, Any] = {"cwd": folder}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root.
            os.chown(folder, NOBODY, NOBODY)
            identity |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        scratch = Path(tempfile.mkdtemp(prefix="programs-", dir=folder))
        if os.geteuid() == 0:
            os.chown(scratch, NOBODY, NOBODY)
        programs = make_reachable(find_programs(), scratch, identity)
        if not (folder / "data" / "PG_VERSION").exists():
            initialise(programs, folder, identity)
        (folder / "log").unlink(missing_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        keeper = subprocess.Popen(  # noqa: S603 - programs of the machine
            ["/bin/sh", "-c", KEEPER, "keeper", programs, folder, str(port)],
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C reaches the benchmark only, which then ends the input.
            **identity,
        )
        wait_until_ready(folder)
        return cls(keeper, port, scratch)

    @property
    def process_id(self) -> int:
        """The process whose children are the server."""
        return self._keeper.pid

    def url(self, database: str) -> str:
        """Tell the URL of *database* in this server."""
        return f"postgresql://postgres@127.0.0.1:{self._port}/{database}"

    def stop(self) -> None:
        """End the server; its files stay."""
        self._keeper.communicate()
        shutil.rmtree(self._scratch, ignore_errors=True)
