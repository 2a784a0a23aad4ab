"""What a caller is told of failures, tried on a schema that fails on purpose."""

import asyncio

from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx
import pytest
import strawberry
import structlog

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.applications import Starlette
from starlette.requests import Request

from models.errors import Forbidden, Invalid, NotFound
from models.memberships import Role
from models.policy import Action
from settings import Settings
from transport.documents import Documents
from transport.graphql import graphql_routes


SECRET = "hunter2-canary"
NEWER = {"Accept": "application/graphql-response+json"}
Entries = list[MutableMapping[str, Any]]

FAILURES: dict[str, BaseException] = {
    "mistake": KeyError(SECRET),
    "overloaded": NoConnection(SECRET),
    "gone": ConnectionRefusedError(SECRET),
    "closed": asyncpg.InterfaceError("connection is closed"),
    "starting": asyncpg.CannotConnectNowError(SECRET),
    "slow": asyncpg.QueryCanceledError(SECRET),
    "wrapped": DBAPIError(f"select '{SECRET}'", {}, asyncpg.AdminShutdownError(SECRET)),
    "wrong statement": DBAPIError(f"select '{SECRET}'", {}, asyncpg.UndefinedColumnError(SECRET)),
    "invalid": Invalid("It is too long.", expected="1 to 100", field=("first",)),
    "forbidden": Forbidden(
        "Managers only.", action=Action.STRUCTURE_SEARCH, passing_roles=(Role.PRIMARY_MANAGER,)
    ),
    "missing": NotFound(),
}


def fail(of: str) -> int:
    raise FAILURES[of]


@strawberry.type
class Item:
    @strawberry.field
    def value(self, of: str = "mistake") -> int | None:
        return fail(of)

    @strawberry.field
    def other(self, of: str = "mistake") -> int | None:
        return fail(of)


@strawberry.type
class Query:
    @strawberry.field
    def fine(self) -> int:
        return 1

    @strawberry.field
    def value(self, of: str) -> int | None:
        return fail(of)

    @strawberry.field
    async def later(self, of: str) -> int | None:
        await asyncio.sleep(0)
        return fail(of)

    @strawberry.field
    def needed(self, of: str) -> int:
        return fail(of)

    @strawberry.field
    def mistyped(self) -> int | None:
        return SECRET  # type: ignore[return-value]

    @strawberry.field
    def unfilled(self) -> int:
        return None  # type: ignore[return-value]

    @strawberry.field
    def items(self, count: int) -> list[Item]:
        return [Item() for _ in range(count)]

    @strawberry.field
    async def slow(self) -> int:
        await asyncio.sleep(60)
        return 1


class Service:
    """A view over that schema; *broken* is raised when an operation begins."""

    def __init__(self) -> None:
        self.broken: BaseException | None = None
        self.opened = 0
        settings = Settings(operation_seconds=0.2)
        schema = strawberry.Schema(Query)
        documents = Documents(schema._schema, settings)
        routes = graphql_routes(settings, schema, documents, self.open)
        transport = httpx.ASGITransport(Starlette(routes=routes))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://x", headers=NEWER)

    @asynccontextmanager
    async def open(self, _request: Request) -> AsyncIterator[Any]:
        if self.broken is not None:
            raise self.broken
        self.opened += 1
        try:
            yield SimpleNamespace(viewer=None, select=self._select)
        finally:
            self.opened -= 1

    async def _select(self, _coordinates: frozenset[str] | None) -> None:
        """Read nothing beforehand."""

    async def ask(self, document: str) -> httpx.Response:
        return await self.client.post("/graphql", json={"query": document})


@pytest.fixture
async def failing() -> AsyncIterator[Service]:
    service = Service()
    yield service
    await service.client.aclose()


@pytest.fixture
def entries() -> Any:
    with structlog.testing.capture_logs() as entries:
        yield entries


def extensions(answer: httpx.Response) -> dict[str, Any]:
    (error,) = answer.json()["errors"]
    found: dict[str, Any] = error["extensions"]
    return found


@pytest.mark.parametrize("field", ["value", "later"])
@pytest.mark.parametrize("of", ["mistake", "wrong statement"])
async def test_what_nobody_expected_is_masked_and_logged_once(
    failing: Service, entries: Entries, field: str, of: str
) -> None:
    answer = await failing.ask(f'{{ fine {field}(of: "{of}") }}')

    told = extensions(answer)
    (entry,) = (entry for entry in entries if entry["log_level"] == "error")
    assert answer.status_code == 200
    assert answer.json()["data"] == {"fine": 1, field: None}
    assert answer.json()["errors"][0]["message"] == "Internal error."
    assert answer.json()["errors"][0]["path"] == [field]
    assert told == {"code": "INTERNAL", "id": entry["id"]}
    assert entry["kind"] == type(FAILURES[of]).__name__
    assert any("fail" in frame for frame in entry["frames"])
    assert SECRET not in answer.text
    assert SECRET not in repr(entries)


@pytest.mark.parametrize("field", ["mistyped", "unfilled"])
async def test_a_value_that_does_not_fit_the_schema_is_our_own_mistake(
    failing: Service, entries: Entries, field: str
) -> None:
    answer = await failing.ask(f"{{ fine {field} }}")

    assert extensions(answer)["code"] == "INTERNAL"
    assert SECRET not in answer.text
    assert SECRET not in repr(entries)


async def test_an_error_that_leaves_nothing_is_still_an_answer(failing: Service) -> None:
    answer = await failing.ask('{ fine needed(of: "mistake") }')

    assert answer.status_code == 200
    assert answer.json()["data"] is None


async def test_a_failure_before_the_operation_is_masked(failing: Service, entries: Entries) -> None:
    failing.broken = RuntimeError(SECRET)

    answer = await failing.ask("{ fine }")

    assert answer.status_code == 500
    assert extensions(answer)["code"] == "INTERNAL"
    assert extensions(answer)["id"] in repr(entries)
    assert SECRET not in answer.text + repr(entries)


@pytest.mark.parametrize(
    ("of", "code", "wait"),
    [
        ("overloaded", "OVERLOADED", "1"),
        ("gone", "UNAVAILABLE", "5"),
        ("closed", "UNAVAILABLE", "5"),
        ("starting", "UNAVAILABLE", "5"),
        ("wrapped", "UNAVAILABLE", "5"),
        ("slow", "TIMEOUT", None),
    ],
)
async def test_an_outage_asks_to_come_back(
    failing: Service, entries: Entries, of: str, code: str, wait: str | None
) -> None:
    within = await failing.ask(f'{{ value(of: "{of}") }}')
    failing.broken = FAILURES[of]
    before = await failing.ask("{ fine }")

    for answer in (within, before):
        assert answer.status_code == 503
        assert "data" not in answer.json()
        assert extensions(answer) == {"code": code}
        assert answer.headers.get("Retry-After") == wait
        assert SECRET not in answer.text
    assert SECRET not in repr(entries)


async def test_what_was_read_before_an_outage_is_told(failing: Service) -> None:
    answer = await failing.ask('{ fine value(of: "gone") }')

    assert answer.status_code == 200
    assert answer.json()["data"] == {"fine": 1, "value": None}
    assert extensions(answer) == {"code": "UNAVAILABLE"}


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        ("invalid", {"code": "INVALID", "field": ["first"], "expected": "1 to 100"}),
        (
            "forbidden",
            {"code": "FORBIDDEN", "action": "STRUCTURE_SEARCH", "roles": ["PRIMARY_MANAGER"]},
        ),
        ("missing", {"code": "NOT_FOUND"}),
    ],
)
async def test_a_refusal_keeps_its_code_and_what_it_tells(
    failing: Service, entries: Entries, of: str, expected: dict[str, Any]
) -> None:
    answer = await failing.ask(f'{{ fine value(of: "{of}") }}')

    assert extensions(answer) == expected
    assert answer.json()["errors"][0]["message"] == str(FAILURES[of])
    assert [entry["event"] for entry in entries] == ["request"]


async def test_twenty_errors_of_a_field_are_told_and_all_are_counted(failing: Service) -> None:
    answer = await failing.ask(
        """{ items(count: 2000) { value(of: "invalid") }
             few: items(count: 20) { other(of: "invalid") } }"""
    )

    body = answer.json()
    assert len(body["errors"]) == 40
    assert body["extensions"]["access"] == {"refused": {"Item.value": 2000}}
    assert body["extensions"]["cost"]["requested"] == 0
    assert body["errors"][0]["path"] == ["items", 0, "value"]


async def test_an_operation_over_its_time_is_ended(failing: Service) -> None:
    before = asyncio.all_tasks()

    answer = await failing.ask("{ slow }")

    assert answer.status_code == 503
    assert extensions(answer) == {"code": "TIMEOUT"}
    assert failing.opened == 0
    assert asyncio.all_tasks() == before
