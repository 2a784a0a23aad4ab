"""What a POST may carry, and what everything else is answered."""

import json

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.world import World


JSON = {"Content-Type": "application/json"}
NEWER = "application/graphql-response+json"


def body(query: Any = "{ __typename }", **members: Any) -> bytes:
    return json.dumps({"query": query, **members}).encode()


def variables(text: str, document: str = "query ($n: Int) { areas { code } }") -> bytes:
    return b'{"query": %s, "variables": %s}' % (json.dumps(document).encode(), text.encode())


BAD = (400, "BAD_REQUEST")
UNREADABLE: dict[str, bytes] = {
    "empty": b"",
    "blank": b"  \n",
    "half of JSON": b'{"query": "{ areas',
    "a number": b"1",
    "a number out of range": b"1e999",
    "not a number": b"NaN",
    "5,000 digits": b"1" * 5_000,
    "5,000 digits below the minus": b"-" + b"9" * 5_000,
    "a string": b'"{ __typename }"',
    "null": b"null",
    "true": b"true",
    "a list": b"[]",
    "a batch": b"[%s, %s]" % (body(), body()),
    "invalid UTF-8": b'{"query": "\xff\xfe"}',
    "half a character": b'{"query": "\xc3"}',
    "UTF-16": body().decode().encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + body(),
    "a lone surrogate": b'{"query": "{ areas }", "variables": {"a": "\\ud800"}}',
    "a raw surrogate": b'{"query": "\xed\xa0\x80"}',
    "30,000 brackets": b"[" * 30_000,
    "30,000 objects": b'{"a":' * 10_000,
    "closed brackets": b"[" * 30_000 + b"]" * 30_000,
    "a comment": b'/**/ {"query": "{ areas }"}',
    "two objects": body() + body(),
    "a form": b"query=%7B__typename%7D",
    "no query": b"{}",
    "query is null": body(None),
    "query is empty": body(""),
    "query is a number": body(1),
    "query is a list": body(["{ __typename }"]),
    "query is an object": body({"a": 1}),
    "query is true": body(query=True),
    "variables are a list": body(variables=[]),
    "variables are text": body(variables='{"a": 1}'),
    "variables are a number": body(variables=0),
    "variables are false": body(variables=False),
    "5,000 digits in variables": variables('{"n": %s}' % ("9" * 5_000)),
    "deep variables": variables("[" * 2_000 + "]" * 2_000),
    "deep objects as variables": variables('{"n":' * 2_000 + "1" + "}" * 2_000),
    "NUL in variables": variables('{"a": "\\u0000"}'),
    "NUL deep in variables": variables('{"a": [{"b": "x\\u0000"}]}'),
    "NUL in a key": variables('{"\\u0000": 1}'),
    "NUL in the query": b'{"query": "{ areas \\u0000 }"}',
    "NUL as a byte": b'{"query": "{ areas \x00 }"}',
    "the name is a number": body(operationName=1),
    "the name is a list": body(operationName=[]),
    "the name is false": body(operationName=False),
    "the name is NUL": b'{"query": "{ areas { code } }", "operationName": "\\u0000"}',
    "extensions are a list": body(extensions=[]),
    "extensions are text": body(extensions="x"),
    "no such operation": body(operationName="Nobody"),
    "several operations": body("query A { __typename } query B { __typename }"),
}
REFUSED: dict[str, tuple[bytes, str]] = {
    "blank query": (body(" \n\t, "), "PARSE_FAILED"),
    "only a comment": (body("# nothing"), "PARSE_FAILED"),
    "not GraphQL": (body("select * from users"), "PARSE_FAILED"),
    "unclosed": (body("{ areas {"), "PARSE_FAILED"),
    "a surrogate in a literal": (body('{ node(id: "\\ud800") { id } }'), "PARSE_FAILED"),
    "a surrogate in braces": (body('{ node(id: "\\u{D800}") { id } }'), "PARSE_FAILED"),
    "a byte order mark within": (body("{ areas \ufeff\u0001 }"), "PARSE_FAILED"),
    "a long name": (body("{ %s }" % ("a" * 60_000)), "VALIDATION_FAILED"),
    "a deep selection": (body("{ a " * 600 + "}" * 600), "LIMIT"),
    "a deep list": (body("{ node(id: %s) }" % ("[" * 900 + "]" * 900)), "LIMIT"),
    "a deep type": (body("query ($a: %s) { a }" % ("[" * 900 + "A" + "]" * 900)), "LIMIT"),
    "20,000 tokens": (body("{ " + "a " * 20_000 + "}"), "LIMIT"),
    "a subscription": (body("subscription { areas { code } }"), "VALIDATION_FAILED"),
    "a definition": (body("type Query { a: Int }"), "VALIDATION_FAILED"),
    "no operation": (body("fragment F on Query { __typename }"), "VALIDATION_FAILED"),
    "an operation twice": (body("{ __typename } { __typename }"), "VALIDATION_FAILED"),
    "huge number in a literal": (
        body("{ structures(first: %s) { nodes { id } } }" % ("9" * 5_000)),
        "VALIDATION_FAILED",
    ),
    "a number below zero with 5,000 digits": (
        body("{ structures(first: -%s) { nodes { id } } }" % ("9" * 5_000)),
        "VALIDATION_FAILED",
    ),
    "huge float in a literal": (
        body("{ structures(first: 1e%s) { nodes { id } } }" % ("9" * 30)),
        "VALIDATION_FAILED",
    ),
    "huge page in variables": (
        variables('{"n": 1e300}', "query ($n: Int) { structures(first: $n) { nodes { id } } }"),
        "COST_EXCEEDED",
    ),
    "text for a number": (
        variables('{"n": "5"}', "query ($n: Int) { structures(first: $n) { nodes { id } } }"),
        "VALIDATION_FAILED",
    ),
    "a missing variable": (
        body("query ($n: ID!) { node(id: $n) { id } }"),
        "VALIDATION_FAILED",
    ),
    "nested lists as ids": (
        variables(
            '{"n": %s}' % ("[" * 500 + "]" * 500), "query ($n: [ID!]!) { nodes(ids: $n) { id } }"
        ),
        "VALIDATION_FAILED",
    ),
}
ACCEPTED: dict[str, bytes] = {
    "the query alone": body(),
    "null for everything else": body(variables=None, operationName=None, extensions=None),
    "an empty name": body(operationName=""),
    "unknown members": body(id="1", persistedQuery={}),
    "unknown extensions": body(extensions={"client": {"name": "x"}}),
    "unknown variables": body(variables={"unused": [1, {"a": None}]}),
    "a member twice": b'{"query": "{", "query": "{ __typename }"}',
    "a long string": body(variables={"text": "x" * 60_000}),
    "every plane of Unicode": body("{ __typename } # \u00e9\u20ac\U0001f600"),
    "a named one of several": body(
        "query A { __typename } mutation B { __typename }", operationName="A"
    ),
}


async def post(
    service: World, content: Any, headers: dict[str, str], accept: str = NEWER
) -> httpx.Response:
    sent = {**JSON, "Accept": accept, **headers}
    return await service.client.post("/graphql", content=content, headers=sent)


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["errors"][0]["extensions"]["code"]
    return found


@pytest.mark.parametrize("case", UNREADABLE)
async def test_what_is_no_request_is_a_bad_one(
    service: World, caller: dict[str, str], case: str
) -> None:
    answer = await post(service, UNREADABLE[case], caller)

    assert (answer.status_code, code(answer)) == BAD
    assert "data" not in answer.json()


@pytest.mark.parametrize("case", REFUSED)
async def test_a_refused_document_is_answered_with_its_code(
    service: World, caller: dict[str, str], case: str
) -> None:
    content, expected = REFUSED[case]

    answer = await post(service, content, caller)
    older = await post(service, content, caller, accept="application/json")

    assert (answer.status_code, code(answer)) == (400, expected)
    assert (older.status_code, code(older)) == (200, expected)
    assert "data" not in answer.json()


@pytest.mark.parametrize("case", ACCEPTED)
async def test_a_request_may_bring_more_than_is_asked(
    service: World, caller: dict[str, str], case: str
) -> None:
    answer = await post(service, ACCEPTED[case], caller)

    assert (answer.status_code, answer.json()["data"]) == (200, {"__typename": "Query"})


@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "text/plain",
        "text/json",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain, application/json",
        "text/plain; application/json",
        "application/json, text/plain",
        "application/jsonp",
        "application/json; charset=latin-1",
        "application/json; charset=utf-16",
        "application/graphql-response+json",
        "application/*",
        ";",
    ],
)
async def test_another_media_type_is_not_supported(
    service: World, caller: dict[str, str], media_type: str
) -> None:
    answer = await post(service, body(), {**caller, "Content-Type": media_type})

    assert (answer.status_code, code(answer)) == (415, "BAD_REQUEST")


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        'application/json; charset="UTF-8"',
        "application/json ; a=b",
    ],
)
async def test_json_in_utf_8_is_taken(service: World, media_type: str) -> None:
    assert (await post(service, body(), {"Content-Type": media_type})).status_code == 200


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, identity", "x"])
async def test_a_compressed_body_is_not_unpacked(service: World, coding: str) -> None:
    answer = await post(service, body(), {"Content-Encoding": coding})

    assert (answer.status_code, code(answer)) == (415, "BAD_REQUEST")


async def test_a_body_over_the_limit_is_not_read(service: World, caller: dict[str, str]) -> None:
    answer = await post(service, b"[" * 100_000, caller)

    assert (answer.status_code, code(answer)) == (413, "BAD_REQUEST")


async def test_a_body_in_pieces_is_cut_at_the_limit(service: World, caller: dict[str, str]) -> None:
    async def pieces() -> Any:
        for _ in range(100):
            yield b" " * 1_000

    answer = await post(service, pieces(), caller)

    assert (answer.status_code, code(answer)) == (413, "BAD_REQUEST")


async def test_a_body_as_large_as_the_limit_is_read(service: World) -> None:
    content = body()

    assert (await post(service, content.ljust(65_536), {})).status_code == 200
    assert (await post(service, content.ljust(65_537), {})).status_code == 413


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "application/json;q=0"])
async def test_an_answer_that_nobody_accepts_is_not_made(service: World, accept: str) -> None:
    answer = await post(service, body(), {}, accept)

    assert (answer.status_code, code(answer)) == (406, "BAD_REQUEST")


def members() -> Iterator[tuple[str, st.SearchStrategy[Any]]]:
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
    documents = st.text('{}()[]:!$@."\\#,=|& \nabnq_1-\ud7ff\0', max_size=40)
    yield "query", st.just("{ __typename }") | documents | anything
    yield "variables", anything
    yield "operationName", anything
    yield "extensions", anything


BODIES = st.one_of(
    st.binary(max_size=200),
    st.builds(json.dumps, st.fixed_dictionaries({}, optional=dict(members()))).map(str.encode),
)


@pytest.mark.fuzz
@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=BODIES)
async def test_no_body_makes_the_service_fail(service: World, content: bytes) -> None:
    answer = await post(service, content, {})

    assert answer.status_code in {200, 400}
    if "errors" in answer.json():
        assert code(answer) in {"BAD_REQUEST", "PARSE_FAILED", "VALIDATION_FAILED", "LIMIT"}
