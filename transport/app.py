"""The application: every address of the service, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from models.database import Database
from resolvers.identity import Identity
from resolvers.node_ids import NodeIds
from resolvers.operation import Clock
from resolvers.refusals import Refusals
from resolvers.secrets import Secrets
from resolvers.siret_lookup import siret_lookup
from resolvers.tokens import current_time
from schema.root import schema
from settings import Settings
from transport.authentication import authentication_routes
from transport.calls import Calls
from transport.documents import Documents
from transport.exports import export_routes
from transport.graphiql import graphiql_routes
from transport.graphql import graphql_routes
from transport.health import Health
from transport.metrics import Metrics


class Service:
    """The parts that answer requests, made once for a process."""

    def __init__(
        self, settings: Settings, clock: Clock = current_time, database: Database | None = None
    ) -> None:
        """
        Put the parts together as *settings* say; *clock* tells the time in UTC.

        A *database* may be brought by who closes it himself.
        """
        siret_lookup(settings.siret_lookup)
        secrets = Secrets.load(settings)
        self.settings = settings
        self.database = database or Database(
            settings.database_url,
            pool_size=settings.pool_size,
            statement_seconds=settings.statement_seconds,
        )
        self._owns_database = database is None
        graph = schema._schema  # noqa: SLF001 - Strawberry has no public name for it
        self.documents = Documents(graph, settings)
        self.metrics = Metrics(self.database) if settings.metrics_port else None
        self.identity = Identity.compose(settings, self.database, secrets, clock=clock)
        self.node_ids = NodeIds(secrets.derive("node ids"))
        self.refusals = Refusals(self.database, seconds=settings.refusal_seconds, clock=clock)
        self.calls = Calls(
            settings=settings,
            database=self.database,
            tokens=self.identity.tokens,
            node_ids=self.node_ids,
            clock=clock,
            refusals=self.refusals,
        )

    async def close(self) -> None:
        """Write what waits to be written, and end threads and connections."""
        await self.refusals.close()
        self.identity.close()
        if self._owns_database:
            await self.database.close()


def create_app(settings: Settings, service: Service | None = None) -> Starlette:
    """Make the application of *settings*; *service* may be brought by who closes it himself."""
    parts = service or Service(settings)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        with parts.metrics.served(settings) if parts.metrics else nullcontext():
            yield
        await parts.close()

    routes = [
        *graphql_routes(settings, schema, parts.documents, parts.calls.open, parts.metrics),
        *export_routes(settings, parts.calls.open, parts.metrics),
        *authentication_routes(settings, parts.identity),
        *graphiql_routes(settings),
        *Health(parts.database).routes(),
    ]
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=list(settings.allowed_hosts))
    handlers = {HTTPException: _refused}
    return Starlette(
        routes=routes, middleware=[hosts], exception_handlers=handlers, lifespan=lifespan
    )


async def _refused(_request: Request, error: Exception) -> Response:
    """Answer an unknown address or method in the form of every other refusal."""
    status = HTTPStatus(getattr(error, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR))
    refusal = {"message": f"{status.phrase}.", "extensions": {"code": status.name}}
    headers = getattr(error, "headers", None)
    return JSONResponse({"errors": [refusal]}, status, headers)
