import gzip

from pathlib import Path

import httpx
import pytest

from starlette.applications import Starlette

from settings import Settings
from transport.graphiql import CONTENT_SECURITY_POLICY, graphiql_routes


SCRIPT = "console.log('a script that is worth compressing');\n" * 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a build leaves, in small, beside a file that is not for readers."""
    (tmp_path / "secret.js").write_text("never")
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>GraphiQL</title>")
    (folder / "assets" / "page-1a2b.js").write_text(SCRIPT)
    (folder / "assets" / "page-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (folder / "assets" / "font-3c4d.ttf").write_bytes(b"\0\1\0\0")
    return folder


def _client(folder: Path, settings: Settings | None = None) -> httpx.AsyncClient:
    application = Starlette(routes=graphiql_routes(settings or Settings(), folder))
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(application),
        base_url="http://service.test",
        headers={"Accept-Encoding": "identity"},
    )


async def test_the_page_is_answered_without_a_redirect(folder: Path) -> None:
    async with _client(folder) as client:
        answer = await client.get("/graphiql")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "GraphiQL" in answer.text


@pytest.mark.parametrize("path", ["/graphiql", "/graphiql/assets/page-1a2b.js"])
async def test_every_answer_carries_the_strict_headers(folder: Path, path: str) -> None:
    async with _client(folder) as client:
        headers = (await client.get(path)).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_the_policy_admits_this_origin_alone() -> None:
    policy = dict(rule.split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split("; "))
    assert policy.pop("style-src") == "'self' 'unsafe-inline'"
    for directive in ("font-src", "img-src"):
        assert policy.pop(directive) == "'self' data:"
    for directive in ("object-src", "base-uri", "frame-ancestors"):
        assert policy.pop(directive) == "'none'"
    assert policy.pop("default-src") == "'self'"
    assert set(policy.values()) == {"'self'"}


async def test_an_asset_may_be_kept_for_ever(folder: Path) -> None:
    async with _client(folder) as client:
        answer = await client.get("/graphiql/assets/page-1a2b.js")
    assert answer.text == SCRIPT
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "gzip"),
        ("br;q=1.0, GZIP;q=0.5", "gzip"),
        ("gzip;q=0, identity", None),
        ("br", None),
        ("", None),
    ],
)
async def test_an_asset_is_sent_compressed_to_those_who_take_it(
    folder: Path, accepted: str, encoding: str | None
) -> None:
    async with _client(folder) as client:
        answer = await client.get(
            "/graphiql/assets/page-1a2b.js", headers={"Accept-Encoding": accepted}
        )
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.text == SCRIPT


async def test_an_asset_without_a_compressed_twin_is_sent_as_it_is(folder: Path) -> None:
    async with _client(folder) as client:
        answer = await client.get(
            "/graphiql/assets/font-3c4d.ttf", headers={"Accept-Encoding": "gzip"}
        )
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Content-Type"] == "font/ttf"


@pytest.mark.parametrize(
    "name",
    ["none.js", "..%2F..%2Fsecret.js", "%2E%2E/%2E%2E/secret.js", "..%2Findex.html", ""],
)
async def test_nothing_outside_the_assets_is_answered(folder: Path, name: str) -> None:
    async with _client(folder) as client:
        answer = await client.get(f"/graphiql/assets/{name}")
    assert answer.status_code == 404


async def test_a_page_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    async with _client(tmp_path) as client:
        answer = await client.get("/graphiql")
    assert answer.status_code == 503
    assert answer.text == "The GraphiQL page is not built: run `python web/build.py`.\n"


async def test_a_page_that_is_switched_off_is_missing(folder: Path) -> None:
    async with _client(folder, Settings(graphiql=False)) as client:
        answer = await client.get("/graphiql")
    assert answer.status_code == 404
