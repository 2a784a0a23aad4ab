"""A front end on another origin, once the operator has named it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import World


FRONT_END = "https://app.example.org"
DOCUMENT = {"query": "{ areas { code } }"}


@pytest.fixture
async def named(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A service whose operator named one front end."""
    world = World(sqlite_url, tmp_path, allowed_origins=(FRONT_END,))
    yield world
    await world.close()


async def test_a_page_on_a_named_origin_may_send_a_token_but_no_cookies(named: World) -> None:
    asked = {
        "Origin": FRONT_END,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }

    preflight = await named.client.options("/graphql", headers=asked)
    answer = await named.client.post("/graphql", json=DOCUMENT, headers={"Origin": FRONT_END})

    assert preflight.status_code == 200
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    for response in (preflight, answer):
        assert response.headers["access-control-allow-origin"] == FRONT_END
        assert "access-control-allow-credentials" not in response.headers


async def test_a_page_on_a_named_origin_reads_why_it_was_refused(named: World) -> None:
    headers = {"Origin": FRONT_END, "Authorization": "Bearer stale"}

    answer = await named.client.post("/graphql", json=DOCUMENT, headers=headers)

    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == FRONT_END


async def test_a_page_on_any_other_origin_gets_no_leave_to_read(named: World) -> None:
    asked = {"Origin": "https://other.test", "Access-Control-Request-Method": "POST"}

    preflight = await named.client.options("/graphql", headers=asked)

    assert preflight.status_code == 400
    assert "access-control-allow-origin" not in preflight.headers


async def test_a_request_for_options_alone_is_refused(named: World) -> None:
    answer = await named.client.options("/graphql")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"
