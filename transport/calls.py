"""From an HTTP request to the context of its operation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import Request

from models.database import Database
from resolvers.node_ids import NodeIds
from resolvers.operation import Clock, Operation
from resolvers.refusals import Refusals
from resolvers.throttles import Throttles
from resolvers.tokens import AccessTokens, current_time
from resolvers.tokens import Unauthenticated as WrongToken
from settings import Settings
from transport.errors import Unauthenticated


class Calls:
    """
    Opens the context of each operation.

    Who presents no token is anonymous; who presents a wrong one is refused, never anonymous.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        tokens: AccessTokens,
        node_ids: NodeIds,
        clock: Clock = current_time,
        refusals: Refusals | None = None,
    ) -> None:
        """Serve from *database* for the callers whom *tokens* tell."""
        self.settings = settings
        self.database = database
        self.tokens = tokens
        self.node_ids = node_ids
        self.clock = clock
        self.refusals = refusals
        self.throttles = Throttles(settings.searches_per_minute)

    @asynccontextmanager
    async def open(self, request: Request) -> AsyncIterator[Operation]:
        """
        Give the context of one operation of *request*, and close it.

        Raises:
            Unauthenticated: the token is wrong or expired, or its session has ended.
        """
        operation = Operation(
            database=self.database,
            settings=self.settings,
            node_ids=self.node_ids,
            principal=self._principal(request),
            clock=self.clock,
            refusals=self.refusals,
            throttles=self.throttles,
        )
        try:
            if not await operation.open():
                raise Unauthenticated
            yield operation
        finally:
            await operation.close()

    def _principal(self, request: Request) -> tuple[int, int] | None:
        header = request.headers.get("authorization")
        if header is None:
            return None
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated
        try:
            principal = self.tokens.verify(token.strip())
        except WrongToken:
            raise Unauthenticated from None
        return principal.user_id, principal.session_id
