"""The application: every address of the service, put together."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override

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


class Application(Starlette):
    """
    Starlette, with a short way to some addresses.

    Nearly all requests are for one of them: the layers and routes that they pass by took 3 % of the
    time of a point query.
    """

    def __init__(self, short: Mapping[str, ASGIApp], **options: Any) -> None:
        """Lead requests to the applications in *short* by their path, all others as Starlette."""
        super().__init__(**options)
        self._short = short

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        short = self._short.get(scope["path"]) if scope["type"] == "http" else None
        if short is None:
            await super().__call__(scope, receive, send)
        else:
            await short(scope, receive, send)


def create_app(settings: Settings, service: Service | None = None) -> Starlette:
    """Make the application of *settings*; *service* may be brought by who closes it himself."""
    parts = service or Service(settings)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        with parts.metrics.served(settings) if parts.metrics else nullcontext():
            yield
        await parts.close()

    graphql = graphql_routes(settings, schema, parts.documents, parts.calls.open, parts.metrics)
    routes = [
        *graphql,
        *export_routes(settings, parts.calls.open, parts.metrics),
        *authentication_routes(settings, parts.identity),
        *graphiql_routes(settings),
        *Health(parts.database).routes(),
    ]
    allowed = list(settings.allowed_hosts)
    return Application(
        {route.path: TrustedHostMiddleware(route.app, allowed) for route in graphql},
        routes=routes,
        middleware=[Middleware(TrustedHostMiddleware, allowed)],
        exception_handlers={HTTPException: _refused},
        lifespan=lifespan,
    )


async def _refused(_request: Request, error: Exception) -> Response:
    """Answer an unknown address or method in the form of every other refusal."""
    status = HTTPStatus(getattr(error, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR))
    refusal = {"message": f"{status.phrase}.", "extensions": {"code": status.name}}
    headers = getattr(error, "headers", None)
    return JSONResponse({"errors": [refusal]}, status, headers)
