import asyncio
import threading

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from argon2 import PasswordHasher
from sqlalchemy import Update, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import Password, RefreshToken, SignInSession, User, UserKind, UserStatus
from models.database import Database
from resolvers.passwords import hash_password
from settings import Settings
from tests.identity.service import LOGIN, PASSWORD, Service


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
async def test_a_refusal_says_not_why_and_costs_one_hash_and_no_writing(
    service: Service, hash_calls: list[str], reason: str
) -> None:
    case = REFUSED[reason]
    await service.add(**{name: case[name] for name in case if name in {"status", "kind"}})
    hash_calls.clear()
    statements: list[str] = []
    service.database.observers.append(statements.append)

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
    assert statements == ([] if reason == "a login that no database takes" else ["candidate"])


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


@pytest.mark.parametrize(
    "change",
    [update(User).values(status=UserStatus.DEACTIVATED), update(Password).values(hash="another")],
    ids=["deactivated", "new password"],
)
async def test_what_changes_while_the_password_is_checked_counts(
    service: Service, change: Update
) -> None:
    await service.add()
    go_on = threading.Event()
    passwords = service.identity.passwords
    busy = [asyncio.ensure_future(passwords._run(go_on.wait)) for _ in range(2)]
    signing_in = asyncio.create_task(service.sign_in())
    while passwords._taken < 3:  # noqa: ASYNC110 - nothing tells when a password waits
        await asyncio.sleep(0.001)

    await service.change(change)
    go_on.set()

    assert (await signing_in).status_code == 401
    await asyncio.gather(*busy)


async def test_a_hash_with_weaker_parameters_is_renewed(service: Service) -> None:
    await service.add()
    weaker = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    await service.change(update(Password).values(hash=weaker))

    assert (await service.sign_in()).status_code == 200

    assert (await service.read(select(Password.hash))).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (await service.sign_in()).status_code == 200


async def test_composed_and_decomposed_letters_are_the_same_password(service: Service) -> None:
    await service.add(kept=hash_password("mot de passe étendu"))

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
