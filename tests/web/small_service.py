"""A service with two accounts and one guarded field, to drive the page's sign-in against."""

import secrets
import threading

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import uvicorn

from graphql import GraphQLError, build_schema, graphql_sync
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from settings import Settings
from transport.graphiql import graphiql_routes


Act = Callable[[Request], Awaitable[Response]]

PASSWORD: Final = "a long enough password"
ACCOUNTS: Final = {
    "primary@demo.test": "Paula Primary",
    "user@demo.test": "Umberto User",
}
SCHEMA: Final = build_schema(
    """
    type Query { viewer: Viewer }
    type Viewer { login: String! displayName: String! structure: Structure! }
    type Structure { name: String! users: [String!] }
    """
)


@dataclass
class SmallService:
    """What the service remembers; a test may expire tokens and read what was asked."""

    port: int = 0
    lifetime: int = 600
    tokens: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    operations: list[tuple[str | None, str | None]] = field(default_factory=list)
    refreshes: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def forget(self) -> None:
        """Begin anew, at the same address."""
        self.lifetime = 600
        self.tokens.clear()
        self.sessions.clear()
        self.operations.clear()
        self.refreshes = 0

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/auth/token", self._from_here(self._sign_in), methods=["POST"]),
                Route("/auth/refresh", self._from_here(self._refresh), methods=["POST"]),
                Route("/auth/logout", self._from_here(self._sign_out), methods=["POST"]),
                Route("/graphql", self._graphql, methods=["POST"]),
                *graphiql_routes(Settings()),
            ]
        )

    def _from_here(self, act: Act) -> Act:
        async def answer(request: Request) -> Response:
            if request.headers.get("Origin") != self.address:
                return _refusal(403, "This origin may not call.")
            return await act(request)

        return answer

    async def _sign_in(self, request: Request) -> Response:
        body = await request.json()
        if body["login"] not in ACCOUNTS or body["password"] != PASSWORD:
            return _refusal(401, "The login or the password is wrong.")
        return self._issue(body["login"])

    async def _refresh(self, request: Request) -> Response:
        self.refreshes += 1
        login = self.sessions.pop(request.cookies.get("refresh", ""), None)
        if login is None:
            return _refusal(401, "The session has ended: sign in again.")
        return self._issue(login)

    async def _sign_out(self, request: Request) -> Response:
        self.sessions.pop(request.cookies.get("refresh", ""), None)
        return Response(status_code=204)

    def _issue(self, login: str) -> Response:
        token, session = secrets.token_hex(), secrets.token_hex()
        self.tokens[token] = login
        self.sessions[session] = login
        answer = JSONResponse(
            {"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime}
        )
        answer.set_cookie(
            "refresh", session, path="/auth", httponly=True, secure=True, samesite="strict"
        )
        return answer

    async def _graphql(self, request: Request) -> Response:
        body = await request.json()
        login = None
        header = request.headers.get("Authorization")
        if header is not None:
            login = self.tokens.get(header.removeprefix("Bearer "))
            if login is None:
                return _refusal(401, "The access token is wrong or has expired.")
        self.operations.append((body.get("operationName"), login))
        result = graphql_sync(SCHEMA, body["query"], _Root(login))
        return JSONResponse(result.formatted, media_type="application/graphql-response+json")


class _Root:
    def __init__(self, login: str | None) -> None:
        self._login = login

    def viewer(self, _info: Any) -> dict[str, Any] | None:
        if self._login is None:
            return None
        return {
            "login": self._login,
            "displayName": ACCOUNTS[self._login],
            "structure": {"name": "Bakery of the Square", "users": self._users},
        }

    def _users(self, _info: Any) -> list[str]:
        if self._login == "user@demo.test":
            raise GraphQLError(
                "You may not list these users.",
                extensions={
                    "code": "FORBIDDEN",
                    "action": "USER_LIST",
                    "roles": ["SECONDARY_MANAGER", "PRIMARY_MANAGER", "SUPPORT"],
                },
            )
        return list(ACCOUNTS.values())


def _refusal(status: int, message: str) -> Response:
    return JSONResponse({"errors": [{"message": message}]}, status)


class Serving:
    """A service that listens on a free port of the loopback, in a thread of its own."""

    def __init__(self, service: SmallService) -> None:
        self._service = service
        self._server = uvicorn.Server(
            uvicorn.Config(
                service.application(), port=0, log_level="error", lifespan="off", ws="none"
            )
        )
        self._thread = threading.Thread(target=self._server.run)

    def __enter__(self) -> SmallService:
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.01)
            assert self._thread.is_alive(), "the small service did not start"
        self._service.port = self._server.servers[0].sockets[0].getsockname()[1]
        return self._service

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
