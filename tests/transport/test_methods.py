"""Methods, queries by GET, and calls from other origins."""

import json

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest

from tests.kept import Kept
from tests.world import World


FRONT_END = "https://front.test"
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, "
    "text/event-stream, multipart/mixed"
)
APOLLO = "application/graphql-response+json,application/json;q=0.9"


async def get(service: World, headers: dict[str, str], **parameters: str) -> httpx.Response:
    return await service.client.get("/graphql", params=parameters, headers=headers)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (URQL, "application/graphql-response+json"),
        (APOLLO, "application/graphql-response+json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/*;q=0.1, text/html", "application/json"),
    ],
)
async def test_a_query_by_get_is_answered_in_the_type_asked_for(
    service: World, caller: dict[str, str], accept: str, media_type: str
) -> None:
    answer = await get(
        service,
        {**caller, "Accept": accept},
        query="query Menu($id: ID!) { __typename node(id: $id) { id } }",
        operationName="Menu",
        variables=json.dumps({"id": "none"}),
        extensions="{}",
    )

    assert answer.json()["data"] == {"__typename": "Query", "node": None}
    assert answer.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize("empty", ["variables", "operationName", "extensions"])
async def test_an_empty_parameter_is_as_good_as_none(service: World, empty: str) -> None:
    answer = await get(service, {}, query="{ __typename }", **{empty: ""})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "",
        "query=",
        "query=%00",
        "query=%FF",
        "query={__typename}&query={__typename}",
        "query={__typename}&variables=[]",
        "query={__typename}&variables=1",
        "query={__typename}&variables=%7B",
        "query={__typename}&variables=" + quote('{"a": "\\u0000"}'),
        "query={__typename}&variables=" + "[" * 2_000,
        "query={__typename}&variables=" + "9" * 5_000,
        "query={__typename}&extensions=1",
        "query={__typename}&operationName=None",
        "query={__typename}" + "&a=" * 20,
        "query=query+A{__typename}query+B{__typename}",
    ],
)
async def test_a_query_string_that_is_no_request_is_a_bad_one(service: World, query: str) -> None:
    address = httpx.URL("http://testserver/graphql").copy_with(query=query.encode())
    answer = await service.client.get(address, headers={"Accept": URQL})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_mutation_by_get_is_refused(service: World, caller: dict[str, str]) -> None:
    answer = await get(service, caller, query="mutation { __typename }")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    "method", ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "UNKNOWN"]
)
async def test_another_method_is_not_allowed(
    service: World, caller: dict[str, str], method: str
) -> None:
    answer = await service.client.request(
        method, "/graphql", json={"query": "{ __typename }"}, headers=caller
    )

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, POST"
    if method != "HEAD":
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_an_unknown_address_answers_in_the_common_form(service: World) -> None:
    answer = await service.client.get("/nothing")

    assert answer.status_code == 404
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x", "Bearer a.b.c", "Basic YTpi", "\x01"])
async def test_a_wrong_token_is_never_anonymous(service: World, token: str) -> None:
    answer = await service.client.post(
        "/graphql", json={"query": "{ viewer { login } }"}, headers={"Authorization": token}
    )

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.fixture
async def shared(kept_sqlite_url: str, kept: Kept) -> AsyncIterator[World]:
    """A service that one front end on another origin may call, under one host name."""
    options: dict[str, Any] = {"allowed_origins": (FRONT_END,), "allowed_hosts": ("testserver",)}
    service = World(kept_sqlite_url, kept.folder, kept, **options)
    yield service
    await service.close()


def preflight(origin: str) -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }


async def test_a_listed_origin_passes_the_preflight_and_the_call(shared: World) -> None:
    asked = await shared.client.options("/graphql", headers=preflight(FRONT_END))
    token = await shared.token(await shared.user("Ada Listed"))
    headers = {"Origin": FRONT_END, "Authorization": f"Bearer {token}"}
    body = {"query": "{ viewer { displayName } }"}
    answer = await shared.client.post("/graphql", json=body, headers=headers)

    assert asked.status_code == 200
    allowed = asked.headers["Access-Control-Allow-Headers"].lower()
    assert {"authorization", "content-type"} <= set(allowed.split(", "))
    assert asked.headers["Access-Control-Max-Age"] == "600"
    assert answer.json()["data"] == {"viewer": {"displayName": "Ada Listed"}}
    for one in (asked, answer):
        assert one.headers["Access-Control-Allow-Origin"] == FRONT_END
        assert "Access-Control-Allow-Credentials" not in one.headers
        assert "Origin" in one.headers["Vary"]


async def test_a_refusal_can_be_read_by_a_listed_origin(shared: World) -> None:
    headers = {"Origin": FRONT_END, "Authorization": "Bearer x"}
    answer = await shared.client.post("/graphql", json={"query": "{ a }"}, headers=headers)

    assert answer.headers["Access-Control-Allow-Origin"] == FRONT_END


@pytest.mark.parametrize(
    "origin", ["https://evil.test", "null", f"{FRONT_END}.evil.test", "http://front.test"]
)
async def test_an_unlisted_origin_is_given_nothing(shared: World, origin: str) -> None:
    asked = await shared.client.options("/graphql", headers=preflight(origin))
    body = {"query": "{ __typename }"}
    answer = await shared.client.post("/graphql", json=body, headers={"Origin": origin})

    assert asked.status_code == 400
    for one in (asked, answer):
        assert "Access-Control-Allow-Origin" not in one.headers


async def test_no_origin_is_listed_by_default(service: World) -> None:
    asked = await service.client.options("/graphql", headers=preflight(FRONT_END))
    body = {"query": "{ __typename }"}
    answer = await service.client.post("/graphql", json=body, headers={"Origin": FRONT_END})

    for one in (asked, answer):
        assert "Access-Control-Allow-Origin" not in one.headers


@pytest.mark.parametrize("host", ["evil.test", "testserver.evil.test", "", "testserver@evil.test"])
async def test_an_unlisted_host_is_not_answered(shared: World, host: str) -> None:
    query = urlencode({"query": "{ __typename }"})
    answer = await shared.client.get(f"/graphql?{query}", headers={"Host": host})

    assert answer.status_code == 400
