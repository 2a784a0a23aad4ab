"""What an operator may watch: counts and durations, at an address of their own."""

import re
import socket
import threading

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import accumulate
from socketserver import ThreadingMixIn
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector, make_wsgi_app
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from sqlalchemy.pool import QueuePool
from typing_extensions import override

from executor import BreadthFirstExecutor
from models.database import Database
from settings import Settings
from transport.documents import Documents
from transport.logs import LOG, Access


MOST_NAMES: Final = 100
ANONYMOUS: Final = "anonymous"
OTHER: Final = "other"
REFUSED: Final = "none"
NAME: Final = re.compile(r"[A-Za-z0-9_]{1,64}")

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
STATEMENTS: Final = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100)
PATIENCE_SECONDS: Final = 10
STOP_SECONDS: Final = 0.1
"""How long a service that ends may wait for the thread that tells its metrics."""

_current: ContextVar[Access | None] = ContextVar("access", default=None)


def count_statement(_text: str) -> None:
    """Count one statement for the request that it is run for."""
    access = _current.get()
    if access is not None:
        access.statements += 1


class Spread:
    """
    How often values fell between bounds.

    One thread adds and takes no lock, in a fraction of the time of a histogram of the library.
    """

    __slots__ = ("_bounds", "_numbers", "_sum")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._numbers = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def add(self, value: float) -> None:
        """Count one value."""
        self._numbers[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def cumulated(self) -> tuple[list[tuple[str, float]], float]:
        """Give how many values are at most each bound, and the sum of all."""
        total = self._sum
        names = [*(str(float(bound)) for bound in self._bounds), "+Inf"]
        return list(zip(names, accumulate(self._numbers.copy()), strict=True)), total


class Counts:
    """What is counted of one operation."""

    __slots__ = ("seconds", "statements")

    def __init__(self) -> None:
        self.seconds = Spread(SECONDS)
        self.statements = Spread(STATEMENTS)


class Metrics(Collector):
    """
    The counts of one process since it began.

    No label tells who asked, about what, or with which values. A label holds the name of an
    operation only if it is short and came from somebody signed in, and only the first hundred.
    """

    def __init__(self, database: Database) -> None:
        """Count from now on what is asked of *database*."""
        self.registry = CollectorRegistry()
        self._database = database
        self._documents: Documents | None = None
        self._executor: type[BreadthFirstExecutor] | None = None
        self._requests: Counter[tuple[str, int]] = Counter()
        self._operations = {ANONYMOUS: Counts(), OTHER: Counts()}
        self._most_operations = MOST_NAMES + len(self._operations)
        self.registry.register(self)
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        database.observers.append(count_statement)

    def watch(self, documents: Documents, executor: type[Any] | None) -> None:
        """Tell also of the cache of *documents*, and of *executor* if it counts."""
        self._documents = documents
        if executor is not None and issubclass(executor, BreadthFirstExecutor):
            self._executor = executor

    def follow(self, access: Access) -> None:
        """Count the statements that this task and its children run for *access*."""
        _current.set(access)

    def record(self, access: Access, status: int, seconds: float) -> None:
        """Count a request that was answered with *status* after *seconds*."""
        self._requests[access.kind or REFUSED, status] += 1
        if access.kind is not None:
            counts = self._operations.get(access.operation or ANONYMOUS)
            if counts is None:
                counts = self._learn(access)
            counts.seconds.add(seconds)
            counts.statements.add(access.statements)

    def _learn(self, access: Access) -> Counts:
        name = access.operation or ANONYMOUS
        full = len(self._operations) == self._most_operations
        if full or not access.signed_in or NAME.fullmatch(name) is None:
            return self._operations[OTHER]
        counts = self._operations[name] = Counts()
        return counts

    @override
    def collect(self) -> Iterator[Metric]:
        """Give everything in the form of the library."""
        yield from self._counted()
        yield from self._connections()
        if self._documents is not None:
            yield from _cache("document", self._documents.hits, self._documents.misses)
        if self._executor is not None:
            counted = self._executor.statistics
            yield from _cache("plan", counted.plans_found, counted.plans_made)
            fallbacks = CounterMetricFamily(
                "chorus_executor_fallbacks",
                "Operations that graphql-core executed, by the reason for it.",
                labels=["reason"],
            )
            for reason, number in counted.fallbacks.copy().items():
                fallbacks.add_metric([reason], number)
            yield fallbacks

    def _counted(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "chorus_requests",
            "Requests at /graphql by kind of operation and HTTP status.",
            labels=["kind", "status"],
        )
        for (kind, status), number in self._requests.copy().items():
            requests.add_metric([kind, str(int(status))], number)
        durations = HistogramMetricFamily(
            "chorus_operation_seconds",
            "Time from request to response, by operation.",
            labels=["operation"],
        )
        statements = HistogramMetricFamily(
            "chorus_operation_statements", "SQL statements of an operation.", labels=["operation"]
        )
        for name, counts in self._operations.copy().items():
            durations.add_metric([name], *counts.seconds.cumulated())
            statements.add_metric([name], *counts.statements.cumulated())
        yield from (requests, durations, statements)

    def _connections(self) -> Iterator[Metric]:
        used = GaugeMetricFamily(
            "chorus_connections_in_use",
            "Database connections in use; each reading one is an open snapshot.",
            labels=["pool"],
        )
        most = GaugeMetricFamily(
            "chorus_connections_maximum",
            "Database connections that may be in use at once.",
            labels=["pool"],
        )
        reading = self._database.reader
        used.add_metric(["reading"], reading.in_use)
        most.add_metric(["reading"], reading.size)
        pool = self._database.writer.pool
        if isinstance(pool, QueuePool):
            used.add_metric(["writing"], pool.checkedout())
            most.add_metric(["writing"], pool.size())
        yield from (used, most)

    @contextmanager
    def served(self, settings: Settings) -> Iterator[None]:
        """
        Answer from a thread while the context lasts, so that a busy event loop is seen too.

        Each worker takes the first free port from the set one on, as many as there are workers.
        """
        listener = _listener(settings)
        if listener is None:
            LOG.error("metrics_ports_in_use")
            yield
            return
        listener.set_app(make_wsgi_app(self.registry))
        thread = threading.Thread(
            target=listener.serve_forever, args=(STOP_SECONDS,), name="metrics", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            listener.shutdown()
            listener.server_close()
            thread.join()


def _cache(name: str, hits: int, misses: int) -> Iterator[Metric]:
    yield CounterMetricFamily(
        f"chorus_{name}_cache_hits", f"Operations whose {name} was known.", hits
    )
    yield CounterMetricFamily(
        f"chorus_{name}_cache_misses", f"Operations whose {name} was made anew.", misses
    )


class _Handler(WSGIRequestHandler):
    """Answers one scrape without a line in the log, and waits for nobody for long."""

    timeout = PATIENCE_SECONDS

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing."""


class _Listener(ThreadingMixIn, WSGIServer):
    """A server that shares its port with no other process."""

    daemon_threads = True
    allow_reuse_port = False

    @override
    def server_bind(self) -> None:
        """Bind without asking the resolver for this machine's name."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()


class _ListenerOfSix(_Listener):
    address_family = socket.AF_INET6


def _listener(settings: Settings) -> _Listener | None:
    """Listen on the first free port of this machine's workers, None if there is none."""
    kind = _ListenerOfSix if ":" in settings.metrics_host else _Listener
    for port in range(settings.metrics_port, settings.metrics_port + settings.workers):
        try:
            return kind((settings.metrics_host, port), _Handler)
        except OSError:
            continue
    return None
