from typing import Any
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.extensions import SchemaExtension
from schema.root import build

def graphql_routes(settings, open_operation):
    class Per(SchemaExtension):
        async def on_operation(self):
            async with open_operation(self.execution_context.context["request"]) as op:
                self.execution_context.context = op
                yield
    view = GraphQL(build(extensions=[Per]), graphql_ide=None)
    return [Route("/graphql", view)]
