from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette

from models.accounts import (
    PlatformRole,
    SignInSession,
)
from models.database import Database
from resolvers.accounts import create_account
from resolvers.identity import Identity
from resolvers.secrets import Secrets
from settings import Settings
from transport.authentication import authentication_routes


SITE = "https://service.test"
FRONT_END = "https://front.test"
LOGIN = "manager@demo.test"
PASSWORD = "a long enough password"
SETTINGS = Settings(allowed_origins=(FRONT_END,))


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class Service:
    """The addresses under /auth over one database, and a browser."""

    def __init__(self, database: Database, settings: Settings = SETTINGS) -> None:
        self.database = database
        self.clock = Clock()
        self.identity = Identity.compose(settings, database, Secrets.generate(), clock=self.clock)
        self.application = Starlette(routes=authentication_routes(settings, self.identity))
        self.browser = self.client()

    def client(self, address: str = "192.0.2.1", **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.application, client=(address, 5000))
        return httpx.AsyncClient(transport=transport, base_url=SITE, headers=headers)

    async def add(self, login: str = LOGIN, **changes: Any) -> int:
        async def work(session: AsyncSession) -> int:
            user = await create_account(
                session,
                login=login,
                first_name="Maud",
                last_name="Manager",
                password=PASSWORD,
                platform_role=PlatformRole.NONE,
                now=self.clock(),
            )
            for name, value in changes.items():
                setattr(user, name, value)
            return user.id

        return await self.database.write(work)

    async def sign_in(self, client: httpx.AsyncClient | None = None, **more: str) -> httpx.Response:
        return await (client or self.browser).post(
            "/auth/token", json={"login": LOGIN, "password": PASSWORD, **more}
        )

    async def sign_in_for_body(self) -> str:
        token: str = (await self.sign_in(refresh="body")).json()["refresh_token"]
        return token

    async def refresh(self, token: str) -> httpx.Response:
        return await self.browser.post("/auth/refresh", json={"refresh_token": token})

    async def read(self, statement: Any) -> Any:
        async def work(session: AsyncSession) -> Any:
            return await session.scalar(statement)

        return await self.database.write(work)

    async def change(self, statement: Any) -> None:
        async def work(session: AsyncSession) -> None:
            await session.execute(statement)

        await self.database.write(work)

    async def session_of(self, answer: httpx.Response) -> SignInSession:
        principal = self.identity.tokens.verify(answer.json()["access_token"])
        found: SignInSession = await self.read(
            select(SignInSession).where(SignInSession.id == principal.session_id)
        )
        return found


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Service]:
    service = Service(database)
    yield service
    service.identity.close()


def code_of(answer: httpx.Response) -> str:
    code: str = answer.json()["errors"][0]["extensions"]["code"]
    return code


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
    assert {a.lower() for a in attributes} >= {
        "httponly",
        "secure",
        "samesite=strict",
        "path=/auth",
        "max-age=86400",
    }


async def test_the_login_is_taken_in_any_case_and_with_spaces_around(service: Service) -> None:
    await service.add()

    answer = await service.sign_in(login=f"  {LOGIN.upper()} ")

    assert answer.status_code == 200


async def test_a_refresh_gives_another_access_token_and_another_cookie(service: Service) -> None:
    await service.add()
    first = await service.sign_in()

    second = await service.browser.post("/auth/refresh")

    assert second.status_code == 200
    assert second.json()["access_token"] != first.json()["access_token"]
    assert second.headers["set-cookie"].split(";")[0] != first.headers["set-cookie"].split(";")[0]


async def test_signing_out_ends_the_session_and_clears_the_cookie(service: Service) -> None:
    await service.add()
    signed_in = await service.sign_in()

    answer = await service.browser.post("/auth/logout")

    assert answer.status_code == 204
    assert 'refresh_token=""' in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert not service.browser.cookies
    assert (await service.session_of(signed_in)).revoked_at == service.clock()
