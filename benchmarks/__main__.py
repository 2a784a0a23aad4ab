"""Time the four reference queries through HTTP, against one server process with rights on."""

import asyncio
import os
import tempfile

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
import uvloop

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.http import WrongAnswerError
from benchmarks.measuring import Cell, Rounds
from benchmarks.postgresql import Cluster
from benchmarks.processes import peak_memory
from benchmarks.questions import queries
from benchmarks.serving import UnusableError, prepare, served


FEWEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line asks for."""

    structures: int
    rounds: int
    seconds: float
    folder: Path
    url: str | None
    sqlite: bool
    fresh: bool


@asynccontextmanager
async def _database(wishes: Wishes) -> AsyncIterator[tuple[str, int | None]]:
    """Give the database's URL, and the process of its server if it is ours."""
    if wishes.url is not None:
        yield wishes.url, None
    elif wishes.sqlite:
        file = wishes.folder / f"structures-{wishes.structures}.sqlite"
        for kept in wishes.folder.glob(f"{file.name}*") if wishes.fresh else ():
            kept.unlink()
        yield f"sqlite:///{file}", None
    else:
        server_folder = wishes.folder / "postgresql"
        server_folder.mkdir(exist_ok=True)
        cluster = await asyncio.to_thread(Cluster.start, server_folder)
        try:
            name = f"structures_{wishes.structures}"
            await _create(cluster.url("postgres"), name, fresh=wishes.fresh)
            yield cluster.url(name), cluster.process_id
        finally:
            await asyncio.to_thread(cluster.stop)


async def _create(url: str, name: str, *, fresh: bool) -> None:
    connection = await asyncpg.connect(url)
    try:
        if fresh:
            await connection.execute(f"DROP DATABASE IF EXISTS {name}")
        known = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name)
        if known is None:
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    finally:
        await connection.close()


async def _measure(wishes: Wishes, progress: Progress) -> tuple[Rounds, int]:
    filling = progress.add_task("structures", total=wishes.structures)
    async with _database(wishes) as (url, process_id):
        await prepare(url, wishes.structures, lambda number: progress.advance(filling, number))
        progress.update(filling, completed=wishes.structures)
        async with served(url, wishes.folder) as serving:
            rounds = Rounds(serving, process_id, wishes.seconds)
            await rounds.prepare(queries(wishes.structures))
            measuring = progress.add_task("measures", total=wishes.rounds * len(rounds.cells))
            await rounds.run(wishes.rounds, lambda: progress.advance(measuring))
            return rounds, peak_memory(serving.process_id)


def _print(wishes: Wishes, rounds: Rounds, memory: int) -> None:
    counted = rounds.database_process is not None
    print(f"\n{wishes.structures} structures, {wishes.rounds} rounds of {wishes.seconds:g} s;")
    print("medians of the rounds; CPU: processor seconds per 1,000 requests.\n")
    print("| query | viewer | objects | connections | p50 ms | p99 ms | requests/s", end="")
    print(" | server CPU | PostgreSQL CPU |" if counted else " | server CPU |")
    print("|---|---|---|---|---|---|---|---|" + ("---|" if counted else ""))
    for cell in rounds.cells:
        figures = rounds.summary(cell)
        columns = [cell.query, cell.viewer, str(rounds.objects[cell.query]), str(cell.connections)]
        columns += [f"{figures.half:.2f}", f"{figures.slow:.2f}", f"{figures.rate:.1f}"]
        columns += [f"{figures.server:.2f}"] + [f"{figures.database:.2f}"] * counted
        print(f"| {' | '.join(columns)} |")
    print("\nProcessor time as the manager, by that of the support in the same round:")
    for cell in rounds.cells:
        if cell.viewer == "manager":
            support = Cell(cell.query, "support", cell.connections)
            ratio = rounds.ratio(cell, support)
            print(f"- {cell.query} over {cell.connections} connections: {ratio:.2f}")
    print(f"\nPeak memory of the server: {memory / 2**20:.0f} MiB")


def main(  # noqa: PLR0913 - each is an option of the command line
    structures: Annotated[int, typer.Option(min=FEWEST, help="How many structures.")] = 10_000,
    rounds: Annotated[int, typer.Option(min=1, help="How often everything is measured.")] = 3,
    seconds: Annotated[float, typer.Option(min=0.1, help="For each measure.")] = 2.0,
    database: Annotated[
        str | None, typer.Option(help="An empty or filled one instead of our own server's.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Where databases and keys are kept between runs.")
    ] = None,
    *,
    sqlite: Annotated[bool, typer.Option("--sqlite", help="Measure on SQLite.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Fill our own database anew.")] = False,
) -> None:
    """Time the four reference queries through HTTP, with rights on."""
    # Below the folder of temporary files, which the account that PostgreSQL runs as may enter.
    kept = folder or Path(tempfile.gettempdir()) / f"chorus-structures-benchmark-{os.getuid()}"
    kept.mkdir(parents=True, exist_ok=True)
    wishes = Wishes(
        structures=structures,
        rounds=rounds,
        seconds=seconds,
        folder=kept,
        url=database,
        sqlite=sqlite,
        fresh=fresh,
    )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    try:
        with Progress(*columns, TimeElapsedColumn()) as progress:
            measured, memory = uvloop.run(_measure(wishes, progress))
    except (UnusableError, WrongAnswerError) as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(1) from None
    _print(wishes, measured, memory)


if __name__ == "__main__":
    typer.run(main)
