import pytest

from tests.identity.service import LOGIN, PASSWORD, Service, code_of


MALFORMED: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 400, "INVALID"),
    "not JSON": (b"login=me", 400, "INVALID"),
    "half of JSON": (b'{"login": ', 400, "INVALID"),
    "bad UTF-8": (b'{"login": "\xff\xfe", "password": "x"}', 400, "INVALID"),
    "lone surrogate": (b'{"login": "\\ud800", "password": "x"}', 400, "INVALID"),
    "deeply nested": (b"[" * 30_000, 400, "INVALID"),
    "array": (b"[]", 400, "INVALID"),
    "null": (b"null", 400, "INVALID"),
    "number": (b"1e999", 400, "INVALID"),
    "no password": (b'{"login": "a@b.test"}', 400, "INVALID"),
    "login is a number": (b'{"login": 1, "password": "x"}', 400, "INVALID"),
    "login is an object": (b'{"login": {"$ne": ""}, "password": "x"}', 400, "INVALID"),
    "password is empty": (b'{"login": "a@b.test", "password": ""}', 400, "INVALID"),
    "long login": (b'{"login": "%s", "password": "x"}' % (b"a" * 255), 400, "INVALID"),
    "long password": (b'{"login": "a@b", "password": "%s"}' % (b"a" * 129), 400, "INVALID"),
    "refresh elsewhere": (
        b'{"login": "a@b.test", "password": "x", "refresh": "url"}',
        400,
        "INVALID",
    ),
    "refresh is a list": (b'{"login": "a@b.test", "password": "x", "refresh": []}', 400, "INVALID"),
    "too large": (b'{"login": "%s"}' % (b"a" * 65_536), 413, "LIMIT"),
}


@pytest.mark.parametrize("body", MALFORMED)
async def test_a_malformed_body_is_refused_in_the_common_form(door: Service, body: str) -> None:
    content, status, code = MALFORMED[body]

    answer = await door.browser.post(
        "/auth/token", content=content, headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, code_of(answer)) == (status, code)


@pytest.mark.parametrize(
    "media_type",
    ["application/x-www-form-urlencoded", "text/plain", "application/jsonp", "text/json;json", ""],
)
async def test_only_json_is_taken(door: Service, media_type: str) -> None:
    answer = await door.browser.post(
        "/auth/token", content=b'{"login": "a"}', headers={"Content-Type": media_type}
    )

    assert (answer.status_code, code_of(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_the_media_type_may_name_its_encoding(service: Service) -> None:
    await service.add()
    content = f'{{"login": "{LOGIN}", "password": "{PASSWORD}"}}'

    answer = await service.browser.post(
        "/auth/token",
        content=content,
        headers={"Content-Type": "Application/JSON; charset=utf-8"},
    )

    assert answer.status_code == 200
