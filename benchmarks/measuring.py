"""Rounds of the reference queries, by each viewer, over one connection and over sixteen."""

import json

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from benchmarks.http import Question, ask, load, post
from benchmarks.processes import processor_seconds
from benchmarks.questions import Query, objects, occurrences
from benchmarks.serving import Served, UnusableError


CONNECTIONS = (1, 16)
VIEWERS = {"support": ("Q1", "Q2", "Q3", "Q4"), "manager": ("Q1", "Q2")}
WARM_SECONDS = 1.0
STEP = 5
"""How many cells further each round begins, so that a noisy moment hits others."""


class Cell(NamedTuple):
    """One query by one viewer over so many connections."""

    query: str
    viewer: str
    connections: int


class Figures(NamedTuple):
    """
    What one cell took in one round.

    Times in milliseconds, the rate in requests per second, the rest in processor seconds per 1,000
    requests, which are processor milliseconds per request.
    """

    half: float
    slow: float
    rate: float
    server: float
    database: float

    @property
    def processors(self) -> float:
        """Server and database together."""
        return self.server + self.database


@dataclass(slots=True)
class Rounds:
    """Everything that is measured of one server."""

    serving: Served
    database_process: int | None
    seconds: float
    asked: dict[tuple[str, str], list[Question]] = field(default_factory=dict)
    objects: dict[str, int] = field(default_factory=dict)
    found: dict[Cell, list[Figures]] = field(default_factory=dict)

    @property
    def cells(self) -> list[Cell]:
        """What each round measures, in order."""
        return [Cell(*key, connections) for key in self.asked for connections in CONNECTIONS]

    async def prepare(self, queries: list[Query]) -> None:
        """
        Ask everything once, check the answers, and warm the server up.

        Raises:
            UnusableError: an answer has errors, or not what is in the data.
        """
        for query in queries:
            for viewer, names in VIEWERS.items():
                if query.name in names:
                    questions = await self._questions(query, viewer)
                    self.asked[query.name, viewer] = questions
                    await load(
                        self.serving.port,
                        questions,
                        connections=CONNECTIONS[-1],
                        seconds=WARM_SECONDS,
                    )

    async def _questions(self, query: Query, viewer: str) -> list[Question]:
        found = []
        for variables in query.variables:
            content = {"query": query.text, "variables": variables}
            request = post("/graphql", content, self.serving.tokens[viewer])
            status, body = await ask(self.serving.port, request)
            answer = json.loads(body)
            if status != 200 or "errors" in answer:  # noqa: PLR2004 - HTTP's OK
                raise UnusableError(f"{query.name} as {viewer}: {status} {body[:600].decode()}")
            for name, number in query.expected.items():
                if occurrences(answer["data"], name) != number:
                    raise UnusableError(f"{query.name} as {viewer}: not {number} of {name}.")
            found.append(Question(request, len(body)))
            self.objects[query.name] = sum(1 for _ in objects(answer["data"])) - 1
        return found

    async def run(self, number: int, advance: Callable[[], None]) -> None:
        """Measure every cell *number* times, in turn; *advance* is called after each."""
        cells = self.cells
        for turn in range(number):
            begin = turn * STEP % len(cells)
            for cell in cells[begin:] + cells[:begin]:
                self.found.setdefault(cell, []).append(await self._measure(cell))
                advance()

    async def _measure(self, cell: Cell) -> Figures:
        questions = self.asked[cell.query, cell.viewer]
        before = self._processors()
        loaded = await load(
            self.serving.port, questions, connections=cell.connections, seconds=self.seconds
        )
        server, database = (
            (after - earlier) * 1000 / len(loaded.times)
            for after, earlier in zip(self._processors(), before, strict=True)
        )
        return Figures(
            half=loaded.percentile(0.5) * 1000,
            slow=loaded.percentile(0.99) * 1000,
            rate=len(loaded.times) / loaded.seconds,
            server=server,
            database=database,
        )

    def _processors(self) -> tuple[float, float]:
        database = self.database_process
        return (
            processor_seconds(self.serving.process_id),
            0.0 if database is None else processor_seconds(database),
        )

    def summary(self, cell: Cell) -> Figures:
        """Give the medians of *cell* over the rounds."""
        return Figures(*(median(values) for values in zip(*self.found[cell], strict=True)))

    def ratio(self, cell: Cell, other: Cell) -> float:
        """Give the median, over the rounds, of what *cell* costs for each unit of *other*."""
        pairs = zip(self.found[cell], self.found[other], strict=True)
        return median(one.processors / base.processors for one, base in pairs)
