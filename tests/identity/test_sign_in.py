from collections.abc import Callable
from typing import Any

import httpx
import pytest

from argon2 import PasswordHasher
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import Password, RefreshToken, SignInSession, User, UserKind, UserStatus
from models.database import Database
from settings import Settings
from tests.identity.service import LOGIN, PASSWORD, Service, code_of


@pytest.fixture
def hash_calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the hashing calls, as they are made."""
    calls: list[str] = []

    def counted(name: str) -> Callable[..., Any]:
        original = getattr(PasswordHasher, name)

        def call(*arguments: Any, **options: Any) -> Any:
            calls.append(name)
            return original(*arguments, **options)

        return call

    for name in ("hash", "verify"):
        monkeypatch.setattr(PasswordHasher, name, counted(name))
    return calls


async def test_a_right_password_gives_an_access_token(service: Service) -> None:
    user_id = await service.add()

    answer = await service.sign_in()

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json().keys() == {"access_token", "token_type", "expires_in"}
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == 600
    assert service.identity.tokens.verify(answer.json()["access_token"]).user_id == user_id


async def test_the_refresh_token_is_in_a_cookie_that_no_script_can_read(service: Service) -> None:
    await service.add()

    cookie = (await service.sign_in()).headers["set-cookie"]

    name_and_value, *attributes = cookie.split("; ")
    assert name_and_value.startswith("refresh_token=")
    assert {attribute.lower() for attribute in attributes} == {
        "httponly",
        "secure",
        "samesite=strict",
        "path=/auth",
        "max-age=86400",
    }


async def test_the_settings_adapt_the_cookie_to_another_site_and_to_plain_http(
    database: Database,
) -> None:
    service = Service(database, Settings(refresh_same_site="none", secure_cookie=False))
    await service.add()

    attributes = (await service.sign_in()).headers["set-cookie"].split("; ")

    assert "SameSite=none" in attributes
    assert "Secure" not in attributes


async def test_a_program_may_get_its_refresh_token_in_the_body(service: Service) -> None:
    await service.add()

    answer = await service.sign_in(refresh="body")

    assert "set-cookie" not in answer.headers
    assert (await service.refresh(answer.json()["refresh_token"])).status_code == 200


async def test_the_login_is_taken_in_any_case_and_with_spaces_around(service: Service) -> None:
    await service.add()

    answer = await service.sign_in(login=f"  {LOGIN.upper()} ")

    assert answer.status_code == 200


async def test_the_previous_connection_is_remembered(service: Service) -> None:
    await service.add()
    await service.sign_in()
    first_time = service.clock()
    service.clock.pass_by(hours=30)

    await service.sign_in()

    previous = select(SignInSession.previous_connection_at).order_by(SignInSession.id)
    assert await service.all(previous) == [None, first_time]
    assert await service.read(select(User.last_connection_at)) == service.clock()


async def test_signing_in_is_no_change_of_the_account(service: Service) -> None:
    await service.add()

    await service.sign_in()

    assert await service.read(select(User.version)) == 1


REFUSED: dict[str, dict[str, Any]] = {
    "unknown login": {"login": "nobody@demo.test"},
    "a login that no database takes": {"login": "manager\x00@demo.test"},
    "wrong password": {"password": "another long password"},
    "deactivated": {"status": UserStatus.DEACTIVATED},
    "not activated": {"status": UserStatus.PENDING_ACTIVATION},
    "technical account": {"kind": UserKind.TECHNICAL},
}


@pytest.mark.parametrize("reason", REFUSED)
async def test_a_refusal_says_not_why_and_costs_one_hash(
    service: Service, hash_calls: list[str], reason: str
) -> None:
    case = REFUSED[reason]
    await service.add(**{name: case[name] for name in case if name in {"status", "kind"}})
    hash_calls.clear()

    answer = await service.sign_in(**{k: case[k] for k in case if k in {"login", "password"}})

    assert answer.status_code == 401
    assert answer.json() == {
        "errors": [
            {
                "message": "The login or the password is wrong.",
                "extensions": {"code": "UNAUTHENTICATED"},
            }
        ]
    }
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "set-cookie" not in answer.headers
    assert hash_calls == ["verify"]


async def test_an_account_without_a_password_is_refused_at_the_cost_of_one_hash(
    service: Service, hash_calls: list[str]
) -> None:
    await service.add()
    await service.change(delete(Password))
    hash_calls.clear()

    assert (await service.sign_in()).status_code == 401
    assert hash_calls == ["verify"]


async def test_a_sign_in_costs_one_hash(service: Service, hash_calls: list[str]) -> None:
    await service.add()
    hash_calls.clear()

    assert (await service.sign_in()).status_code == 200
    assert hash_calls == ["verify"]


async def test_a_hash_with_weaker_parameters_is_renewed(service: Service) -> None:
    await service.add()
    weaker = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    await service.change(update(Password).values(hash=weaker))

    assert (await service.sign_in()).status_code == 200

    assert (await service.read(select(Password.hash))).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (await service.sign_in()).status_code == 200


async def test_composed_and_decomposed_letters_are_the_same_password(service: Service) -> None:
    await service.add(password="mot de passe étendu")

    assert (await service.sign_in(password="mot de passe e\u0301tendu")).status_code == 200


async def test_signing_in_removes_a_hundred_sessions_that_ended_long_ago(service: Service) -> None:
    user_id = await service.add()
    past = service.clock()
    service.clock.pass_by(days=15)

    async def leave_sessions(session: AsyncSession) -> None:
        rows = [{"user_id": user_id, "created_at": past, "expires_at": past} for _ in range(130)]
        ids = list(await session.scalars(insert(SignInSession).returning(SignInSession.id), rows))
        tokens = [
            {"digest": str(one), "session_id": one, "created_at": past, "expires_at": past}
            for one in ids
        ]
        await session.execute(insert(RefreshToken), tokens)

    await service.database.write(leave_sessions)

    assert (await service.sign_in()).status_code == 200

    assert await service.count(SignInSession) == 31
    assert await service.count(RefreshToken) == 31


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
async def test_a_malformed_body_is_refused_in_the_common_form(service: Service, body: str) -> None:
    content, status, code = MALFORMED[body]

    answer = await service.browser.post(
        "/auth/token", content=content, headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, code_of(answer)) == (status, code)


@pytest.mark.parametrize(
    "media_type",
    ["application/x-www-form-urlencoded", "text/plain", "application/jsonp", "text/json;json", ""],
)
async def test_only_json_is_taken(service: Service, media_type: str) -> None:
    answer = await service.browser.post(
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


async def test_secrets_are_neither_echoed_nor_logged(
    service: Service, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    await service.add()
    answers: list[httpx.Response] = [
        await service.sign_in(password="canary-of-a-password"),
        await service.sign_in(password="canary-of-a-password", refresh="canary"),
        await service.refresh("canary-of-a-token"),
    ]
    token = await service.sign_in_for_body()
    await service.refresh(token)
    service.clock.pass_by(minutes=1)
    answers.append(await service.refresh(token))

    said = "".join([*(answer.text for answer in answers), *capfd.readouterr(), caplog.text])

    assert "canary" not in said
    assert token not in said
    assert PASSWORD not in said
