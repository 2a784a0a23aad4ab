"""The addresses under /auth over one database, and somebody who calls them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette

from models.accounts import Password, SignInSession, User
from models.base import Model
from models.database import Database
from resolvers.identity import Identity
from resolvers.passwords import hash_password
from resolvers.secrets import Secrets
from settings import Settings
from transport.authentication import authentication_routes


SITE = "https://service.test"
FRONT_END = "https://front.test"
LOGIN = "manager@demo.test"
PASSWORD = "a long enough password"
HASH = hash_password(PASSWORD)
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

    async def add(self, login: str = LOGIN, kept: str = HASH, **changes: Any) -> int:
        user = User(
            login=login,
            email=login,
            first_name="Maud",
            last_name="Manager",
            name_key="manager maud",
            created_at=self.clock(),
            updated_at=self.clock(),
            **changes,
        )

        async def work(session: AsyncSession) -> int:
            session.add(user)
            await session.flush()
            session.add(Password(user_id=user.id, hash=kept, changed_at=self.clock()))
            return user.id

        return await self.database.write(work)

    async def sign_in(self, client: httpx.AsyncClient | None = None, **more: str) -> httpx.Response:
        members = {"login": LOGIN, "password": PASSWORD, **more}
        return await (client or self.browser).post("/auth/token", json=members)

    async def sign_in_for_body(self) -> str:
        token: str = (await self.sign_in(refresh="body")).json()["refresh_token"]
        return token

    async def refresh(self, token: str) -> httpx.Response:
        return await self.browser.post("/auth/refresh", json={"refresh_token": token})

    async def read(self, statement: Any) -> Any:
        async def work(session: AsyncSession) -> Any:
            return await session.scalar(statement)

        return await self.database.write(work)

    async def all(self, statement: Any) -> list[Any]:
        async def work(session: AsyncSession) -> list[Any]:
            return list(await session.scalars(statement))

        return await self.database.write(work)

    async def count(self, entity: type[Model]) -> int:
        number: int = await self.read(select(func.count()).select_from(entity))
        return number

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


def code_of(answer: httpx.Response) -> str:
    code: str = answer.json()["errors"][0]["extensions"]["code"]
    return code
