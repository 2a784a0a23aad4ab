"""Access tokens: short-lived, signed, saying who asks and nothing about rights."""

import uuid

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jwt import JWTClaimsRegistry


HEADER: Final = {"alg": "ES256", "typ": "at+jwt"}
LEEWAY_SECONDS: Final = 30
LONGEST: Final = 1_024
LARGEST_ID: Final = 2**63


class Unauthenticated(Exception):
    """The caller is not who he must be; nothing says why."""


class Principal(NamedTuple):
    """Who asks, by which sign-in, and until when that was certified."""

    user_id: int
    session_id: int
    expires_at: datetime


def current_time() -> datetime:
    """Tell the time in UTC."""
    return datetime.now(UTC)


class AccessTokens:
    """
    Issues and verifies the access tokens of one installation.

    A verified token is remembered by its digest, so that it is verified once and not at every
    request; at most *remembered* of them.
    """

    def __init__(
        self,
        key: ECKey,
        *,
        issuer: str,
        seconds: int,
        clock: Callable[[], datetime] = current_time,
        remembered: int = 10_000,
    ) -> None:
        """Sign with *key*, in the name of *issuer*, tokens that live for *seconds*."""
        self.seconds = seconds
        self._key = key
        self._issuer = issuer
        self._clock = clock
        self._room = remembered
        self._known: OrderedDict[bytes, Principal] = OrderedDict()
        self._claims = JWTClaimsRegistry(
            now=lambda: int(clock().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": issuer},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            sid={"essential": True},
            jti={"essential": True},
        )

    def issue(self, user_id: int, session_id: int) -> str:
        """Write a token for the user in his session."""
        now = int(self._clock().timestamp())
        claims = {
            "iss": self._issuer,
            "aud": self._issuer,
            "iat": now,
            "exp": now + self.seconds,
            "sub": str(user_id),
            "sid": str(session_id),
            "jti": uuid.uuid4().hex,
        }
        return jwt.encode(HEADER, claims, self._key, algorithms=[HEADER["alg"]])

    def verify(self, token: str) -> Principal:
        """
        Tell whom *token* certifies.

        Whether his session still lives is not said here: it is read with his rights.

        Raises:
            Unauthenticated: the token is not one of ours, was changed, or has expired.
        """
        if len(token) > LONGEST or not token.isascii():
            raise Unauthenticated
        digest = sha256(token.encode()).digest()
        principal = self._known.get(digest) or self._decode(token)
        if principal.expires_at + timedelta(seconds=LEEWAY_SECONDS) <= self._clock():
            self._known.pop(digest, None)
            raise Unauthenticated
        self._known[digest] = principal
        self._known.move_to_end(digest)
        if len(self._known) > self._room:
            self._known.popitem(last=False)
        return principal

    def _decode(self, token: str) -> Principal:
        try:
            decoded = jwt.decode(token, self._key, algorithms=[HEADER["alg"]])
            # Equality leaves no room for other keys, critical extensions or types.
            if decoded.header != HEADER:
                raise Unauthenticated
            self._claims.validate(decoded.claims)
            return Principal(
                _number(decoded.claims["sub"]),
                _number(decoded.claims["sid"]),
                datetime.fromtimestamp(decoded.claims["exp"], UTC),
            )
        except (JoseError, ValueError, OverflowError, OSError, RecursionError):
            raise Unauthenticated from None


def _number(claim: object) -> int:
    if not isinstance(claim, str) or not claim.isdigit() or int(claim) >= LARGEST_ID:
        raise ValueError
    return int(claim)
