"""What an operator may watch: counts and durations, at an address of their own."""

import re
import socket
import threading

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from socketserver import ThreadingMixIn
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    make_wsgi_app,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
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

_current: ContextVar[Access | None] = ContextVar("access", default=None)


def count_statement(_text: str) -> None:
    """Count one statement for the request that it is run for."""
    access = _current.get()
    if access is not None:
        access.statements += 1


class Metrics(Collector):
    """
    The counts of one process since it began.

    No label tells who asked, about what, or with which values. A label holds the name of an
    operation only if it is short and came from somebody signed in, and only the first hundred.
    """

    def __init__(self, database: Database) -> None:
        """Count from now on what is asked of *database*."""
        # When a count began is of no use, and would double the lines.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self._database = database
        self._documents: Documents | None = None
        self._executor: type[BreadthFirstExecutor] | None = None
        self._requests = Counter(
            "chorus_requests",
            "Requests at /graphql by kind of operation and HTTP status.",
            ["kind", "status"],
            registry=self.registry,
        )
        self._seconds = self._histogram(
            "chorus_operation_seconds", "Time from request to response, by operation.", SECONDS
        )
        self._statements = self._histogram(
            "chorus_operation_statements", "SQL statements of an operation.", STATEMENTS
        )
        self._answered: dict[tuple[str | None, int], Counter] = {}
        self._operations = {name: self._counted(name) for name in (ANONYMOUS, OTHER)}
        self._most_operations = MOST_NAMES + len(self._operations)
        self.registry.register(self)
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        database.observers.append(count_statement)

    def _histogram(self, name: str, meaning: str, bounds: tuple[float, ...]) -> Histogram:
        return Histogram(name, meaning, ["operation"], buckets=bounds, registry=self.registry)

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
        answered = self._answered.get((access.kind, status))
        if answered is None:
            answered = self._requests.labels(access.kind or REFUSED, int(status))
            self._answered[access.kind, status] = answered
        answered.inc()
        if access.kind is not None:
            durations, statements = self._operation(access)
            durations.observe(seconds)
            statements.observe(access.statements)

    def _operation(self, access: Access) -> tuple[Histogram, Histogram]:
        name = access.operation or ANONYMOUS
        found = self._operations.get(name)
        if found is not None:
            return found
        full = len(self._operations) == self._most_operations
        if full or not access.signed_in or NAME.fullmatch(name) is None:
            return self._operations[OTHER]
        counted = self._operations[name] = self._counted(name)
        return counted

    def _counted(self, name: str) -> tuple[Histogram, Histogram]:
        return self._seconds.labels(name), self._statements.labels(name)

    @override
    def collect(self) -> Iterator[Metric]:
        """Give what others have counted."""
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
        engines = {"reading": self._database.reader, "writing": self._database.writer}
        for name, engine in engines.items():
            if isinstance(engine.pool, QueuePool):
                used.add_metric([name], engine.pool.checkedout())
                most.add_metric([name], engine.pool.size())
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
        thread = threading.Thread(target=listener.serve_forever, name="metrics", daemon=True)
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
