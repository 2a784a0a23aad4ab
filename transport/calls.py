"""From an HTTP request to the context of its operation."""

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


class Opening:
    """
    The context of one operation, for as long as it lasts.

    A generator would do it, and costs as much as a statement: the loop keeps track of each.
    """

    __slots__ = ("_operation",)

    def __init__(self, operation: Operation) -> None:
        """Prepare; nothing is read yet."""
        self._operation = operation

    async def __aenter__(self) -> Operation:
        """
        Read who asks.

        Raises:
            Unauthenticated: his session has ended.
        """
        operation = self._operation
        try:
            known = await operation.open()
        except BaseException:
            await operation.close()
            raise
        if not known:
            await operation.close()
            raise Unauthenticated
        return operation

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self._operation.close()


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

    def open(self, request: Request) -> Opening:
        """
        Give the context of one operation of *request*, which is closed at the end.

        Raises:
            Unauthenticated: the token is wrong or expired.
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
        return Opening(operation)

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
