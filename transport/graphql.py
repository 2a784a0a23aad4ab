"""GraphQL over HTTP: one request, one operation, one answer."""

import asyncio
import time

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from inspect import isawaitable
from typing import Any

from graphql import ExecutionResult
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from strawberry import Schema
from strawberry.http import GraphQLRequestData

from resolvers.operation import Operation
from settings import Settings
from transport.costs import cost_refusal
from transport.documents import Document, Documents, SelectedOperation
from transport.errors import Code, Refusal, RequestRefused
from transport.logs import Access, access_log
from transport.masking import failure, told
from transport.metrics import Metrics
from transport.negotiation import JSON, negotiated
from transport.origins import cross_origin
from transport.requests import read_posted, read_query
from transport.responses import answered, refused


Open = Callable[[Request], AbstractAsyncContextManager[Operation]]


def graphql_routes(
    settings: Settings,
    schema: Schema,
    documents: Documents,
    open_operation: Open,
    metrics: Metrics | None = None,
) -> list[Route]:
    """Give the route of /graphql; only listed origins may call it, and without cookies."""
    view = GraphQLView(settings, schema, documents, open_operation, metrics)
    return [Route("/graphql", view, middleware=[cross_origin(settings, "GET", "POST")])]


class GraphQLView:
    """Answers requests with operations of *schema*, each in a context of its own."""

    def __init__(
        self,
        settings: Settings,
        schema: Schema,
        documents: Documents,
        open_operation: Open,
        metrics: Metrics | None = None,
    ) -> None:
        """Serve *schema* and keep *documents*; *open_operation* makes the context of a request's operation."""
        self._settings = settings
        self._executor: Any = schema.execution_context_class
        self._open = open_operation
        self._documents = documents
        self._metrics = metrics
        if metrics is not None:
            metrics.watch(self._documents, self._executor)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request of any method; nothing that it says makes this fail."""
        request = Request(scope, receive)
        access = Access(request.method, scope["path"])
        started = time.perf_counter()
        if self._metrics is not None:
            self._metrics.follow(access)
        response = await self._respond(request, access)
        seconds = time.perf_counter() - started
        access_log(access, response.status_code, seconds)
        if self._metrics is not None:
            self._metrics.record(access, response.status_code, seconds)
        await response(scope, receive, send)

    async def _respond(self, request: Request, access: Access) -> Response:
        media = JSON
        try:
            media = negotiated(request.headers.get("accept"))
            data = await self._read(request)
            async with asyncio.timeout(self._settings.operation_seconds):
                body = await self._operate(request, data, access)
        except (RequestRefused, Refusal) as refusal:
            return refused(media, refusal)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        except Exception as error:  # noqa: BLE001 - the last one that could tell a caller too much
            return refused(media, failure(error))
        return answered(media, body)

    async def _read(self, request: Request) -> GraphQLRequestData:
        if request.method == "GET":
            return read_query(request.scope["query_string"], self._settings.maximum_body_bytes)
        if request.method == "POST":
            return await read_posted(request, self._settings.maximum_body_bytes)
        raise _method_refused("Use GET or POST.", "GET, POST")

    async def _operate(
        self, request: Request, data: GraphQLRequestData, access: Access
    ) -> dict[str, Any]:
        document = self._documents.read(data.query or "")
        if document.refusals:
            return {"errors": [refusal.formatted for refusal in document.refusals]}
        selected = document.choose(data.operation_name)
        access.operation, access.kind = selected.name, selected.kind
        if selected.kind != "query" and request.method == "GET":
            raise _method_refused("Mutations are sent by POST.", "POST")
        requested = self._cost(selected, data.variables)
        async with self._open(request) as operation:
            access.signed_in = operation.viewer is not None
            if selected.introspects and operation.viewer is None:
                self._require_open_introspection()
            await operation.select(selected.coordinates)
            result = await self._execute(document, selected, data.variables, operation)
            body = told(result, selected)
        if "data" in body:
            cost = {"requested": requested, "maximum": self._settings.maximum_nodes}
            body["extensions"] = {"cost": cost, **body.get("extensions", {})}
        return body

    def _cost(self, selected: SelectedOperation, variables: dict[str, Any] | None) -> int:
        found = selected.cost(variables)
        if found.total() > self._settings.maximum_nodes:
            raise cost_refusal(found, self._settings.maximum_nodes)
        return found.total()

    def _require_open_introspection(self) -> None:
        if not self._settings.anonymous_introspection:
            message = "Sign in to explore the schema."
            raise Refusal(Code.VALIDATION_FAILED, message)

    async def _execute(
        self,
        document: Document,
        selected: SelectedOperation,
        variables: dict[str, Any] | None,
        operation: Operation,
    ) -> ExecutionResult:
        if document.node is None:
            raise AssertionError
        executor = self._executor.build(
            self._documents.schema,
            document.node,
            context_value=operation,
            raw_variable_values=variables,
            operation_name=selected.name,
            hide_suggestions=True,
        )
        if isinstance(executor, list):
            return ExecutionResult(None, errors=executor)
        result: Any = executor.execute_operation()
        answer: ExecutionResult = await result if isawaitable(result) else result
        return answer


def _method_refused(message: str, allowed: str) -> RequestRefused:
    return RequestRefused(HTTPStatus.METHOD_NOT_ALLOWED, message, {"Allow": allowed})
