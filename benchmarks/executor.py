"""
Compare the breadth-first executor with graphql-core's on lists of objects.

Run `python -m benchmarks.executor`. Both execute the same parsed documents over the same records; each
figure is the best of several interleaved rounds of processor time, and what counts is the ratio.
"""

import asyncio
import gc
import time

from types import GenericAlias
from typing import Any

import strawberry

from graphql import ExecutionResult, GraphQLSchema, execute, parse
from strawberry import Info, Parent
from strawberry.execution import optimized_is_awaitable
from strawberry.permission import BasePermission
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from typing_extensions import override

from executor import BreadthFirstExecutor


SIZES = (10, 1_000, 10_000)
PERMISSIONS = (0, 1, 5)
ROUNDS = 5
PREDICATE: Any = optimized_is_awaitable


class Record:
    """A row with four columns."""

    __slots__ = ("active", "code", "name", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.code = f"C{number}"
        self.name = f"Name {number}"
        self.active = number % 2 == 0


class Allowed(BasePermission):
    """Read something of the context, as permissions do."""

    @override
    def has_permission(self, source: Any, info: Info, **_: Any) -> bool:
        return bool(info.context["allowed"])


def later(root: Parent[Record], info: Info) -> Any:
    """Return a future, as a loader does; all are done in one turn of the loop."""
    future = asyncio.get_running_loop().create_future()
    waiting = info.context["waiting"]
    if not waiting:
        asyncio.get_running_loop().call_soon(_fulfil, waiting)
    waiting.append((future, root))
    return future


def _fulfil(waiting: list[Any]) -> None:
    for future, record in waiting:
        future.set_result(record)
    waiting.clear()


def itself(root: Parent[Record]) -> Any:
    """Return the record."""
    return root


def code(root: Parent[Record]) -> str:
    """Return a column."""
    return root.code


def records(info: Info) -> Any:
    """Return the records of the context."""
    return info.context["records"]


def schema_with(permissions: int) -> GraphQLSchema:
    """Return a schema whose fields with resolvers have so many permission classes."""
    kinds: list[type[BasePermission]] = [
        type(f"Allowed{number}", (Allowed,), {}) for number in range(permissions)
    ]
    leaves: dict[str, Any] = {"number": int, "code": str, "name": str, "active": bool}
    item = _type("Item", leaves)
    holder = _type(
        "Holder",
        {**leaves, "own": item, "loaded": item, "checked": str},
        own=strawberry.field(resolver=itself, permission_classes=kinds),
        loaded=strawberry.field(resolver=later, permission_classes=kinds),
        checked=strawberry.field(resolver=code, permission_classes=kinds),
    )
    query = _type(
        "Query", {"all": GenericAlias(list, holder)}, all=strawberry.field(resolver=records)
    )
    return strawberry.Schema(query)._schema  # noqa: SLF001 - executed without its extensions


def _type(name: str, annotations: dict[str, Any], **fields: Any) -> Any:
    return strawberry.type(type(name, (), {"__annotations__": annotations, **fields}))


DOCUMENTS = {
    "four leaves": "{ all { number code name active } }",
    "a leaf by resolver": "{ all { number checked } }",
    "an object by resolver": "{ all { number own { code name } } }",
    "an object by future": "{ all { number loaded { code name } } }",
}
KINDS: tuple[Any, Any] = (StrawberryGraphQLCoreExecutionContext, BreadthFirstExecutor)


async def answered(
    kind: Any, schema: GraphQLSchema, document: Any, rows: list[Record]
) -> ExecutionResult:
    """Execute a document once."""
    context = {"records": rows, "allowed": True, "waiting": []}
    answer: Any = execute(
        schema,
        document,
        context_value=context,
        executor_class=kind,
        is_awaitable=PREDICATE,
    )
    result: ExecutionResult = await answer if asyncio.iscoroutine(answer) else answer
    return result


async def measured(schema: GraphQLSchema, document: Any, size: int) -> list[float]:
    """Return the best processor time of an execution for each executor, in milliseconds."""
    rows = [Record(number) for number in range(size)]
    expected, given = [await answered(kind, schema, document, rows) for kind in KINDS]
    if given != expected or expected.errors:
        raise RuntimeError(given.errors or expected.errors or "The answers differ.")
    times = max(1, 2_000 // size)
    best = [float("inf")] * len(KINDS)
    for _ in range(ROUNDS):
        for number, kind in enumerate(KINDS):
            gc.collect()
            begun = time.process_time()
            for _ in range(times):
                await answered(kind, schema, document, rows)
            best[number] = min(best[number], (time.process_time() - begun) / times * 1e3)
    return best


async def compare() -> None:
    """Print a table of what is asked, by size and permissions."""
    print("| asked of each object | permissions | objects | graphql-core | breadth-first | ratio |")
    print("|---|---|---|---|---|---|")
    for permissions in PERMISSIONS:
        schema = schema_with(permissions)
        for asked, text in DOCUMENTS.items():
            if permissions and asked == "four leaves":
                continue
            for size in SIZES:
                core, ours = await measured(schema, parse(text), size)
                print(
                    f"| {asked} | {permissions} | {size:,} | {core:.3f} ms | {ours:.3f} ms"
                    f" | **{core / ours:.1f}** |",
                    flush=True,
                )


if __name__ == "__main__":
    asyncio.run(compare())
