"""The parts that know who a caller is, composed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from models.database import Database
from resolvers.attempts import Attempts
from resolvers.passwords import Passwords
from resolvers.secrets import Secrets
from resolvers.sessions import Lifetimes, Sessions
from resolvers.tokens import AccessTokens, current_time
from settings import Settings


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a caller is: *tokens* tell at every request, *sessions* when he signs in or out."""

    tokens: AccessTokens
    sessions: Sessions
    passwords: Passwords

    @classmethod
    def compose(
        cls,
        settings: Settings,
        database: Database,
        secrets: Secrets,
        *,
        clock: Callable[[], datetime] = current_time,
    ) -> Self:
        """Make the parts as *settings* say; *clock* tells the time in UTC."""
        tokens = AccessTokens(
            secrets.signing_key,
            issuer=settings.token_issuer,
            seconds=settings.access_token_seconds,
            clock=clock,
        )
        passwords = Passwords()
        sessions = Sessions(
            database,
            passwords=passwords,
            attempts=Attempts(
                limit=settings.login_attempts, window_seconds=settings.login_window_seconds
            ),
            tokens=tokens,
            lifetimes=Lifetimes(
                timedelta(seconds=settings.refresh_idle_seconds),
                timedelta(seconds=settings.session_seconds),
            ),
            successor_key=secrets.derive("refresh token successor"),
            clock=clock,
        )
        return cls(tokens, sessions, passwords)

    def close(self) -> None:
        """End the threads that check passwords."""
        self.passwords.close()
