"""The addresses under /auth: sign in, stay signed in, sign out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from resolvers.attempts import TooManyAttempts, network_of
from resolvers.identity import Identity
from resolvers.passwords import Overloaded
from resolvers.sessions import Opened
from resolvers.tokens import Unauthenticated
from settings import Settings


COOKIE: Final = "refresh_token"
PATH: Final = "/auth"
PREFLIGHT_SECONDS: Final = 600
LONGEST_LOGIN: Final = 254
LONGEST_PASSWORD: Final = 128
UNCACHED: Final = {"Cache-Control": "no-store"}

Members = dict[str, Any]
Act = Callable[[Request, Members], Awaitable[Response]]


@dataclass(eq=False)
class _RefusedCall(Exception):
    status: int
    code: str
    message: str
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        error = {"message": self.message, "extensions": {"code": self.code}}
        headers = {**UNCACHED, **self.headers}
        return JSONResponse({"errors": [error]}, self.status, headers)


def authentication_routes(settings: Settings, identity: Identity) -> list[BaseRoute]:
    """Return the routes of sign-in, refresh and sign-out."""
    calls = _Calls(settings, identity)
    listed = [origin for origin in settings.allowed_origins if origin != "*"]
    # The only addresses that another origin may call with cookies, and only a listed one.
    cross_origin = Middleware(
        CORSMiddleware,
        allow_origins=listed,
        allow_methods=["POST"],
        allow_headers=["Authorization"],
        allow_credentials=True,
        expose_headers=["Retry-After"],
        max_age=PREFLIGHT_SECONDS,
    )
    acts = (
        ("/token", calls.sign_in, "The login or the password is wrong."),
        ("/refresh", calls.refresh, "The session has ended: sign in again."),
        ("/logout", calls.sign_out, "The access token is wrong or has expired."),
    )
    routes = [
        Route(path, calls.answering(act, stranger), methods=["POST"])
        for path, act, stranger in acts
    ]
    return [Mount(PATH, routes=routes, middleware=[cross_origin])]


@dataclass(frozen=True, slots=True)
class _Calls:
    settings: Settings
    identity: Identity

    def answering(self, act: Act, stranger: str) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                _check_origin(request, self.settings.allowed_origins)
                return await act(request, await self._members(request))
            except _RefusedCall as refused:
                return refused.response()
            except Unauthenticated:
                headers = {"WWW-Authenticate": "Bearer"}
                return _RefusedCall(401, "UNAUTHENTICATED", stranger, headers).response()
            except TooManyAttempts as refused:
                headers = {"Retry-After": str(refused.retry_after)}
                message = "Too many wrong passwords: wait before you try again."
                return _RefusedCall(429, "TOO_MANY_REQUESTS", message, headers).response()
            except Overloaded:
                message = "Too many people sign in at this moment: try again."
                return _RefusedCall(503, "OVERLOADED", message, {"Retry-After": "1"}).response()
            except ClientDisconnect:
                return Response(status_code=400)

        return answer

    async def sign_in(self, request: Request, members: Members) -> Response:
        login = _text(members, "login", LONGEST_LOGIN)
        password = _text(members, "password", LONGEST_PASSWORD)
        in_body = members.get("refresh", "cookie") == "body"
        if not in_body and members.get("refresh", "cookie") != "cookie":
            raise _invalid('"refresh" must be "cookie" or "body".')
        network = network_of(request.client.host if request.client else None)
        opened = await self.identity.sessions.sign_in(login, password, network)
        return self._answer(opened, in_body=in_body)

    async def refresh(self, request: Request, members: Members) -> Response:
        in_body = "refresh_token" in members
        token = self._refresh_token(request, members)
        if token is None:
            raise Unauthenticated
        return self._answer(await self.identity.sessions.refresh(token), in_body=in_body)

    async def sign_out(self, request: Request, members: Members) -> Response:
        token = self._refresh_token(request, members)
        scheme, _, access_token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            await self._end_session_of(access_token.strip(), required=token is None)
        if token is not None:
            await self.identity.sessions.sign_out(token)
        response = Response(status_code=204, headers=UNCACHED)
        self._set_cookie(response, "", 0)
        return response

    async def _end_session_of(self, access_token: str, *, required: bool) -> None:
        try:
            principal = self.identity.tokens.verify(access_token)
        except Unauthenticated:
            if required:
                raise
        else:
            await self.identity.sessions.end(principal.session_id)

    def _refresh_token(self, request: Request, members: Members) -> str | None:
        if "refresh_token" in members:
            return _text(members, "refresh_token", self.settings.maximum_body_bytes)
        return request.cookies.get(COOKIE)

    def _answer(self, opened: Opened, *, in_body: bool) -> Response:
        content: Members = {
            "access_token": opened.access_token,
            "token_type": "Bearer",
            "expires_in": opened.expires_in,
        }
        if in_body:
            content["refresh_token"] = opened.refresh_token
        response = JSONResponse(content, headers=UNCACHED)
        if not in_body:
            self._set_cookie(response, opened.refresh_token, opened.refresh_expires_in)
        return response

    def _set_cookie(self, response: Response, value: str, seconds: int) -> None:
        response.set_cookie(
            COOKIE,
            value,
            max_age=seconds,
            path=PATH,
            secure=self.settings.secure_cookie,
            httponly=True,
            samesite=self.settings.refresh_same_site,
        )

    async def _members(self, request: Request) -> Members:
        body = await _body(request, self.settings.maximum_body_bytes)
        if not body:
            return {}
        media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            message = "The body must be application/json."
            raise _RefusedCall(415, "UNSUPPORTED_MEDIA_TYPE", message)
        try:
            members = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise _invalid("The body is not JSON.") from None
        if not isinstance(members, dict):
            raise _invalid("The body must be a JSON object.")
        return members


async def _body(request: Request, most: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise _RefusedCall(413, "LIMIT", f"The body may have {most} bytes at the most.")
    return bytes(body)


def _check_origin(request: Request, allowed: tuple[str, ...]) -> None:
    # A browser says where a call comes from, in one of two ways; other programs say nothing.
    origin = request.headers.get("Origin")
    if origin is None:
        if request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin":
            return
    elif origin in allowed or _is_own(request, origin):
        return
    raise _RefusedCall(403, "FORBIDDEN", "This origin may not call.")


def _is_own(request: Request, origin: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    # Behind a proxy that ends TLS, the scheme that the service sees may be the plain one.
    same_scheme = parts.scheme in {request.scope["scheme"], "https"}
    return same_scheme and parts.netloc.lower() == request.headers.get("Host", "").lower()


def _text(members: Members, name: str, longest: int) -> str:
    text = members.get(name)
    if not isinstance(text, str) or not 1 <= len(text) <= longest:
        raise _invalid(f'"{name}" must be a text of 1 to {longest} characters.')
    return text


def _invalid(message: str) -> _RefusedCall:
    return _RefusedCall(400, "INVALID", message)
