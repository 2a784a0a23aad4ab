"""Signing in, staying signed in and signing out."""

import base64
import hmac
import secrets

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

import structlog

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import Password, RefreshToken, SignInSession, User
from models.database import Database
from models.reading import Reading, value
from models.records import Layout
from resolvers.accounts import Candidate, candidate, normal_login
from resolvers.attempts import Attempts
from resolvers.passwords import Passwords, Verdict
from resolvers.tokens import AccessTokens, Unauthenticated


GRACE: Final = timedelta(seconds=10)
"""How long a refresh token may be sent again because its answer was lost."""

CLEANED_AT_ONCE: Final = 100
LOG: Final = structlog.get_logger()


class Lifetimes(NamedTuple):
    """How long an unused session lives, and any session."""

    idle: timedelta
    absolute: timedelta


class Holder(NamedTuple):
    """The session that a refresh token belongs to."""

    session_id: int


def holder(_dialect_name: str) -> Reading:
    """Read whose refresh token a digest is."""
    selected = (RefreshToken.session_id,)
    of_digest = RefreshToken.digest == value("digest", RefreshToken.digest)
    return Reading(select(*selected).where(of_digest), Layout(Holder, selected))


class Opened(NamedTuple):
    """What a caller gets to call with, and to come back with."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_in: int


class Sessions:
    """Opens, continues and ends the sessions of users."""

    def __init__(
        self,
        database: Database,
        *,
        passwords: Passwords,
        attempts: Attempts,
        tokens: AccessTokens,
        lifetimes: Lifetimes,
        successor_key: bytes,
        clock: Callable[[], datetime],
    ) -> None:
        """Work on *database*; *successor_key* leads from a refresh token to the next."""
        self._database = database
        self._passwords = passwords
        self._attempts = attempts
        self._tokens = tokens
        self._lifetimes = lifetimes
        self._successor_key = successor_key
        self._clock = clock

    async def sign_in(self, login: str, password: str, network: str) -> Opened:
        """
        Open a session for the person of *login*.

        Raises:
            Unauthenticated: unknown login, wrong password or closed account; nothing says which.
            TooManyAttempts: *network* was wrong too often about this login.
            Overloaded: too many passwords wait to be checked.
        """
        login = normal_login(login)
        async with self._attempts.turn(login, network):
            found = await self._candidate(login)
            kept = found.hash if found else None
            verdict = await self._passwords.check(kept, password)
            opened = None
            if found and kept and found.may_sign_in and verdict != Verdict.WRONG:
                renewed = verdict == Verdict.OUTDATED and await self._passwords.renew(password)
                opened = await self._open(found, renewed or kept)
            if opened is None:
                self._attempts.failed(login, network)
                LOG.info("sign_in_refused", network=network, user_id=found and found.user_id)
                raise Unauthenticated
            self._attempts.succeeded(login, network)
            return opened

    async def refresh(self, token: str) -> Opened:
        """
        Exchange a refresh token for a new access token and the next refresh token.

        A token is good for one exchange, and for the same answer again within ten seconds. Sent
        later it was copied: the session ends for whoever holds it.

        Raises:
            Unauthenticated: the token is unknown, expired or used, or its session has ended.
        """

        async def work(session: AsyncSession) -> Opened | None:
            return await self._exchange(session, token, self._clock())

        # Whoever has no token of ours gets no turn among the writers.
        opened = await self._database.write(work) if await self._holder(token) else None
        if opened is None:
            raise Unauthenticated
        return opened

    async def sign_out(self, token: str) -> None:
        """End the session of a refresh token, used or not; an unknown one is no error."""
        found = await self._holder(token)
        if found is not None:
            await self.end(found.session_id)

    async def end(self, session_id: int) -> None:
        """End a session, if it has not ended yet."""
        live = SignInSession.id == session_id, SignInSession.revoked_at.is_(None)
        now = self._clock()

        async def work(session: AsyncSession) -> None:
            await session.execute(
                update(SignInSession)
                .where(*live)
                .values(revoked_at=now)
                .execution_options(synchronize_session=False)
            )

        await self._database.write(work)

    async def _candidate(self, login: str) -> Candidate | None:
        if not login.isprintable():
            return None
        async with self._database.snapshot() as snapshot:
            found: list[Candidate] = await snapshot.fetch(candidate, login=login)
        return found[0] if found else None

    async def _holder(self, token: str) -> Holder | None:
        async with self._database.snapshot() as snapshot:
            found: list[Holder] = await snapshot.fetch(holder, digest=_digest(token))
        return found[0] if found else None

    async def _open(self, found: Candidate, renewed_hash: str) -> Opened | None:
        first = _text(secrets.token_bytes(32))
        now = self._clock()

        async def work(session: AsyncSession) -> Opened | None:
            user = await session.get_one(User, found.user_id, with_for_update={"key_share": True})
            password = await session.get_one(Password, found.user_id)
            # Either may have changed while the password was being checked.
            if not user.eligible or password.hash != found.hash:
                return None
            signed_in = SignInSession(
                user_id=user.id,
                created_at=now,
                expires_at=now + self._lifetimes.absolute,
                previous_connection_at=user.last_connection_at,
            )
            user.last_connection_at = now
            password.hash = renewed_hash
            session.add(signed_in)
            await session.flush()
            await _forget_expired_sessions(session, now)
            return self._add_token(session, signed_in, first, now)

        return await self._database.write(work)

    async def _exchange(self, session: AsyncSession, token: str, now: datetime) -> Opened | None:
        held = (
            select(RefreshToken, SignInSession, User)
            .join(SignInSession, SignInSession.id == RefreshToken.session_id)
            .join(User, User.id == SignInSession.user_id)
            .where(RefreshToken.digest == _digest(token))
            .with_for_update(of=(RefreshToken, SignInSession), key_share=True)
        )
        row = (await session.execute(held)).one_or_none()
        if row is None:
            return None
        sent, signed_in, user = row
        ended = signed_in.revoked_at is not None or signed_in.expires_at <= now
        if ended or sent.expires_at <= now or not user.eligible:
            return None
        successor = self._successor(token)
        if sent.used_at is None:
            sent.used_at = now
            await _forget_expired_tokens(session, signed_in.id, now)
            return self._add_token(session, signed_in, successor, now)
        following = await session.get(RefreshToken, _digest(successor))
        if sent.used_at + GRACE >= now and following is not None and following.used_at is None:
            return self._opened(signed_in, successor, following.expires_at, now)
        signed_in.revoked_at = now
        LOG.warning("refresh_token_reused", session_id=signed_in.id, user_id=user.id)
        return None

    def _add_token(
        self, session: AsyncSession, signed_in: SignInSession, token: str, now: datetime
    ) -> Opened:
        expires_at = min(now + self._lifetimes.idle, signed_in.expires_at)
        session.add(
            RefreshToken(
                digest=_digest(token),
                session_id=signed_in.id,
                created_at=now,
                expires_at=expires_at,
            )
        )
        return self._opened(signed_in, token, expires_at, now)

    def _opened(
        self, signed_in: SignInSession, token: str, expires_at: datetime, now: datetime
    ) -> Opened:
        return Opened(
            self._tokens.issue(signed_in.user_id, signed_in.id),
            self._tokens.seconds,
            token,
            int((expires_at - now).total_seconds()),
        )

    def _successor(self, token: str) -> str:
        # Derived, so that the same answer can be given twice although none is stored.
        return _text(hmac.digest(self._successor_key, token.encode(), "sha256"))


async def _forget_expired_sessions(session: AsyncSession, now: datetime) -> None:
    expired = (
        select(SignInSession.id)
        .where(SignInSession.expires_at <= now)
        .order_by(SignInSession.expires_at)
        .limit(CLEANED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ids = list(await session.scalars(expired))
    if ids:
        for column in (RefreshToken.session_id, SignInSession.id):
            await session.execute(
                delete(column.class_)
                .where(column.in_(ids))
                .execution_options(synchronize_session=False)
            )


async def _forget_expired_tokens(session: AsyncSession, session_id: int, now: datetime) -> None:
    await session.execute(
        delete(RefreshToken)
        .where(RefreshToken.session_id == session_id, RefreshToken.expires_at <= now)
        .execution_options(synchronize_session=False)
    )


def _digest(token: str) -> str:
    return sha256(token.encode(errors="replace")).hexdigest()


def _text(token: bytes) -> str:
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()
