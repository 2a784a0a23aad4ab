import os
import re
import socket
import subprocess
import sys
import time

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio.to_thread
import httpx
import pytest

from graphql import AbortController, execute, parse
from prometheus_client.parser import text_string_to_metric_families

from executor import BreadthFirstExecutor
from executor.memory import Memory, Statistics
from models.accounts import User
from schema.root import schema
from settings import Settings
from tests.serving import serving
from tests.world import World
from transport.app import create_app
from transport.documents import Documents
from transport.logs import Access


ROOT = Path(__file__).parent.parent.parent


def _free_ports(number: int = 1) -> int:
    """Give the first of this many neighbouring ports that are free."""
    # Workers, whose numbers are neighbours too, must not look for them in the same place.
    for first in range(20_000 + os.getpid() * 97 % 10_000, 60_000, number):
        sockets = [socket.socket() for _ in range(number)]
        try:
            for place, one in enumerate(sockets):
                one.bind(("127.0.0.1", first + place))
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()
        return first
    raise AssertionError


def _text(port: int) -> str:
    with httpx.Client(trust_env=False) as client:
        return client.get(f"http://127.0.0.1:{port}/metrics").raise_for_status().text


class Watched(World):
    """A service that is watched over HTTP."""

    async def scrape(self) -> str:
        return await anyio.to_thread.run_sync(_text, self.settings.metrics_port)

    async def read(self, name: str, **labels: str) -> float | None:
        """Read one sample, None where there is none of these labels."""
        for family in text_string_to_metric_families(await self.scrape()):
            for sample in family.samples:
                if sample.name == name and sample.labels == labels:
                    return sample.value
        return None

    async def operations(self) -> set[str]:
        """Read the names by which operations are counted."""
        return set(
            re.findall(r'chorus_operation_seconds_count{operation="(\w+)"}', await self.scrape())
        )


@pytest.fixture
async def watched(database_url: str, tmp_path: Path) -> AsyncIterator[Watched]:
    watched = Watched(database_url, tmp_path, metrics_port=_free_ports())
    assert watched.parts.metrics is not None
    with watched.parts.metrics.served(watched.settings):
        yield watched
    await watched.close()


@pytest.fixture
async def person(watched: Watched) -> User:
    return await watched.user("Marie Dupont", login="marie.dupont@example.test")


async def test_requests_are_counted_by_kind_and_status(watched: Watched, person: User) -> None:
    await watched.ask(person, "{ viewer { login } }")
    await watched.ask(person, "{ viewer { login } }")
    await watched.ask(
        person,
        "mutation { cancelRequests(input: { requestIds: [] }) { errors { code } } }",
    )

    assert await watched.read("chorus_requests_total", kind="query", status="200") == 2
    assert await watched.read("chorus_requests_total", kind="mutation", status="200") == 1


async def test_a_request_without_an_operation_is_counted_without_a_kind(watched: Watched) -> None:
    await watched.client.post("/graphql", content=b"{")
    await watched.client.put("/graphql")

    assert await watched.read("chorus_requests_total", kind="none", status="415") == 1
    assert await watched.read("chorus_requests_total", kind="none", status="405") == 1


async def test_durations_are_counted_by_the_name_of_the_operation(
    watched: Watched, person: User
) -> None:
    await watched.ask(person, "query Myself { viewer { login } }")
    await watched.ask(person, "{ viewer { login } }")

    assert await watched.read("chorus_operation_seconds_count", operation="Myself") == 1
    assert await watched.read("chorus_operation_seconds_count", operation="anonymous") == 1
    spent = await watched.read("chorus_operation_seconds_sum", operation="Myself")
    assert spent is not None
    assert 0 < spent < 10


async def test_statements_are_counted_for_the_operation_that_they_are_run_for(
    watched: Watched, person: User
) -> None:
    structure = await watched.structure()
    await watched.token(person)
    watched.statements.clear()
    await watched.ask(person, "query Mine { viewer { memberships { nodes { role } } } }")
    reads = len(watched.statements)
    await watched.ask(
        person,
        """mutation Connect($structure: ID!) {
          requestConnection(input: { structureId: $structure, comment: "I work there." }) {
            errors { code }
          }
        }""",
        structure=watched.id(structure),
    )

    assert await watched.read("chorus_operation_statements_sum", operation="Mine") == reads
    rest = len(watched.statements) - reads
    assert rest > reads > 0
    assert await watched.read("chorus_operation_statements_sum", operation="Connect") == rest


async def test_only_a_hundred_names_are_told(watched: Watched, person: User) -> None:
    for number in range(103):
        await watched.ask(person, f"query Name{number} {{ viewer {{ login }} }}")
    await watched.ask(person, "query Name7 { viewer { login } }")

    names = await watched.operations()
    assert len(names - {"anonymous", "other"}) == 100
    assert await watched.read("chorus_operation_seconds_count", operation="other") == 3
    assert await watched.read("chorus_operation_seconds_count", operation="Name7") == 2


async def test_a_long_name_is_not_told(watched: Watched, person: User) -> None:
    await watched.ask(person, f"query {'a' * 64} {{ viewer {{ login }} }}")
    await watched.ask(person, f"query {'b' * 65} {{ viewer {{ login }} }}")

    assert await watched.operations() == {"anonymous", "other", "a" * 64}


async def test_a_stranger_cannot_use_up_the_names(watched: Watched) -> None:
    await watched.ask(None, "query Stranger { __typename }")

    assert await watched.operations() == {"anonymous", "other"}
    assert await watched.read("chorus_operation_seconds_count", operation="other") == 1


async def test_the_cache_of_documents_is_counted(watched: Watched, person: User) -> None:
    for _ in range(3):
        await watched.ask(person, "{ viewer { login } }")

    assert await watched.read("chorus_document_cache_hits_total") == 2
    assert await watched.read("chorus_document_cache_misses_total") == 1


async def test_what_the_executor_left_to_another_is_counted_by_reason(
    watched: Watched, person: User
) -> None:
    class Counted(BreadthFirstExecutor):
        statistics = Statistics()
        memory = Memory(100, statistics)

    metrics = watched.parts.metrics
    assert metrics is not None
    metrics.watch(Documents(schema._schema, watched.settings), Counted)
    document = parse("{ __typename }")
    execute(schema._schema, document, executor_class=Counted)
    execute(schema._schema, document, executor_class=Counted)
    execute(schema._schema, document, executor_class=Counted, abort_signal=AbortController().signal)

    name, reason = "chorus_executor_fallbacks_total", "abort_signal"
    assert await watched.read(name, reason=reason) == 1
    assert await watched.read("chorus_plan_cache_misses_total") == 1
    assert await watched.read("chorus_plan_cache_hits_total") == 1


async def test_every_value_is_counted_at_the_bounds_above_it(watched: Watched) -> None:
    metrics = watched.parts.metrics
    assert metrics is not None
    access = Access("POST", "/graphql", kind="query", statements=4)
    for seconds in (0.001, 0.3, 60):
        metrics.record(access, 200, seconds)

    async def at_most(bound: str) -> float | None:
        return await watched.read(
            "chorus_operation_seconds_bucket", operation="anonymous", le=bound
        )

    found = [await at_most(bound) for bound in ("0.001", "0.25", "0.5", "10.0", "+Inf")]
    assert found == [1, 1, 2, 2, 3]


async def test_open_snapshots_are_told(watched: Watched) -> None:
    async with watched.database.reader.connect():
        assert await watched.read("chorus_connections_in_use", pool="reading") == 1
    assert await watched.read("chorus_connections_in_use", pool="reading") == 0
    assert await watched.read("chorus_connections_in_use", pool="writing") == 0
    assert await watched.read("chorus_connections_maximum", pool="reading") == 10


async def test_the_process_is_told_of(watched: Watched) -> None:
    memory = await watched.read("process_resident_memory_bytes")

    assert memory is not None
    assert memory > 1_000_000


async def test_no_label_tells_whom_or_what_a_request_was_about(
    watched: Watched, person: User
) -> None:
    structure = await watched.structure("Boulangerie Perrin", primary=person)
    await watched.ask(
        person,
        'query Canary($id: ID!) { node(id: $id) { id } other: node(id: "canaryLiteral") { id } }',
        id=watched.id(structure),
    )
    await watched.ask(person, '{ viewer { login } canaryField(text: "canaryLiteral") }')

    text = await watched.scrape()
    for secret in ("marie", "Dupont", watched.id(structure), "Perrin", "canary", "viewer"):
        assert secret not in text


async def test_the_public_address_tells_nothing_of_it(watched: Watched) -> None:
    assert (await watched.client.get("/metrics")).status_code == 404


def test_a_service_that_is_not_to_be_watched_counts_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    with serving(create_app(Settings(database_url=sqlite_url, data_directory=tmp_path))) as port:
        answer = httpx.post(f"http://127.0.0.1:{port}/graphql", json={"query": "{ __typename }"})

    assert answer.json()["data"] == {"__typename": "Query"}


def test_the_service_serves_though_the_port_is_in_use(sqlite_url: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = Settings(
            database_url=sqlite_url,
            data_directory=tmp_path,
            metrics_port=taken.getsockname()[1],
        )
        with serving(create_app(settings)) as port:
            assert httpx.get(f"http://127.0.0.1:{port}/livez").status_code == 200


@pytest.fixture
def workers(postgresql_url: str, tmp_path: Path) -> Iterator[tuple[int, int]]:
    """Two processes: the port that they serve, and the first that they are watched at."""
    port, metrics_port = _free_ports(), _free_ports(3) + 1
    environment = {
        **os.environ,
        "DATA_DIRECTORY": str(tmp_path),
        "DATABASE_URL": postgresql_url,
        "METRICS_PORT": str(metrics_port),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "server", "serve", "--workers", "2", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    yield port, metrics_port
    process.terminate()
    process.communicate(timeout=30)


def test_each_of_several_workers_is_watched_at_a_port_of_its_own(workers: tuple[int, int]) -> None:
    port, first = workers
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            texts = [_text(first), _text(first + 1)]
            break
        except httpx.TransportError:
            time.sleep(0.2)
    for _ in range(20):
        httpx.post(f"http://127.0.0.1:{port}/graphql", json={"query": "{ __typename }"})
    texts = [_text(first), _text(first + 1)]

    counted = [
        re.findall(r"^chorus_requests_total{.+} (\S+)$", text, re.MULTILINE) for text in texts
    ]
    assert sum(float(number) for numbers in counted for number in numbers) == 20
    started = [
        re.findall(r"^process_start_time_seconds (.+)$", text, re.MULTILINE) for text in texts
    ]
    assert all(started)
