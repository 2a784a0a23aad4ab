"""Cases that generated ones led to, and behaviour that comparing answers does not show."""

import asyncio

from collections.abc import Iterator
from typing import Any

import pytest

from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    build_schema,
    execute,
    execute_sync,
    get_introspection_query,
    parse,
)

from executor import BreadthFirstExecutor


def answer(schema: GraphQLSchema, text: str, root: Any = None, **more: Any) -> Any:
    return execute(schema, parse(text), root, executor_class=BreadthFirstExecutor, **more)


def as_core(schema: GraphQLSchema, text: str, root: Any = None) -> ExecutionResult:
    """Return an answer that is the same as graphql-core's."""
    result: ExecutionResult = answer(schema, text, root)
    assert result == execute_sync(schema, parse(text), root, check_sync=False)
    return result


def test_a_method_is_called_although_its_scalar_takes_any_value() -> None:
    anything = GraphQLScalarType("Anything")
    schema = GraphQLSchema(GraphQLObjectType("Query", {"now": GraphQLField(anything)}))
    assert answer(schema, "{ now }", {"now": lambda _info: 5}).data == {"now": 5}


def test_an_exception_in_the_place_of_a_scalar_that_takes_any_value_is_an_error() -> None:
    anything = GraphQLScalarType("Anything")
    schema = GraphQLSchema(GraphQLObjectType("Query", {"now": GraphQLField(anything)}))
    result = as_core(schema, "{ now }", {"now": ValueError("not now")})
    assert result.formatted["errors"][0]["message"] == "not now"


def test_a_predicate_may_deny_that_a_value_is_an_asynchronous_iterable() -> None:
    class Both:
        def __iter__(self) -> Iterator[str]:
            return iter(["a", "b"])

        def __aiter__(self) -> None:
            raise AssertionError("asked")

    schema = build_schema("type Query { all: [String] }")
    never: Any = lambda _: False  # noqa: E731
    assert answer(schema, "{ all }", {"all": Both()}, is_async_iterable=never).data == {
        "all": ["a", "b"]
    }


async def test_an_error_inside_a_list_that_is_given_up_does_not_disturb_the_answer() -> None:
    async def waits() -> str:
        return "late"

    schema = build_schema("type Query { some: [String] other: String! }")

    def breaks() -> Iterator[Any]:
        yield waits()
        raise ValueError("broken off")

    result = answer(schema, "{ some other }", {"some": breaks(), "other": None})
    assert result.data is None
    assert [error.path for error in result.errors] == [["some"], ["other"]]


def test_items_before_an_iterator_breaks_off_keep_their_errors() -> None:
    schema = build_schema("type Query { all: [Int] }")

    def numbers() -> Iterator[Any]:
        yield "one"
        raise ValueError("broken off")

    def root() -> dict[str, Any]:
        return {"all": lambda _info: numbers()}

    result = as_core(schema, "{ all }", root())
    assert [error.path for error in result.errors or ()] == [["all", 0], ["all"]]


def test_errors_stand_in_the_order_of_the_document_not_of_levels() -> None:
    schema = build_schema("type Query { deep: Query flat: Int }")
    result = as_core(schema, "{ deep { flat } flat }", {"deep": {"flat": "x"}, "flat": "y"})
    assert [error.path for error in result.errors or ()] == [["deep", "flat"], ["flat"]]


async def test_errors_of_awaited_values_stand_in_the_order_of_the_document() -> None:
    async def fails(turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        raise ValueError(f"after {turns}")

    schema = build_schema("type Query { slow: Int quick: Int }")
    result = await answer(schema, "{ slow quick }", {"slow": fails(3), "quick": fails(0)})
    assert [error.message for error in result.errors] == ["after 3", "after 0"]


async def test_one_future_may_answer_many_fields() -> None:
    future = asyncio.get_running_loop().create_future()
    schema = build_schema("type Query { one: Int other: Int }")
    waiting = asyncio.ensure_future(
        answer(schema, "{ one other }", {"one": future, "other": future})
    )
    await asyncio.sleep(0)
    future.set_result(3)
    assert (await waiting).data == {"one": 3, "other": 3}


async def test_coroutines_in_a_list_run_together() -> None:
    met = asyncio.Barrier(3)

    async def meets(name: str) -> str:
        async with met:
            return name

    schema = build_schema("type Query { all: [String!]! }")
    result = await answer(schema, "{ all }", {"all": [meets("a"), meets("b"), meets("c")]})
    assert result.data == {"all": ["a", "b", "c"]}


async def test_futures_need_no_task() -> None:
    loop = asyncio.get_running_loop()

    def later(_info: Any) -> Any:
        future = loop.create_future()
        loop.call_soon(future.set_result, {"name": "x"})
        return future

    schema = build_schema("type Query { all: [Query] one: Query name: String }")
    mine = asyncio.all_tasks()
    made: list[Any] = []

    def make(loop: Any, work: Any, **_: Any) -> Any:
        made.append(work)
        return asyncio.Task(work, loop=loop)

    loop.set_task_factory(make)
    root = {"all": [{"one": later}] * 50, "one": later}
    result = await answer(schema, "{ all { one { name } } one { name } }", root)
    loop.set_task_factory(None)
    assert len(result.data["all"]) == 50
    assert made == []
    assert asyncio.all_tasks() == mine


MUTATION = build_schema(
    "type Query { a: Int } type Mutation { first: Int second: Int! third: Int }"
)


async def test_mutations_run_one_after_the_other() -> None:
    log: list[str] = []

    def act(name: str) -> Any:
        async def work(_info: Any) -> int:
            log.append(f"{name} begins")
            await asyncio.sleep(0)
            log.append(f"{name} ends")
            return 1

        return work

    root = {"first": act("first"), "second": act("second")}
    await answer(MUTATION, "mutation { second first }", root)
    assert log == ["second begins", "second ends", "first begins", "first ends"]


@pytest.mark.parametrize("awaited", [False, True])
async def test_no_mutation_begins_after_the_answer_is_null(awaited: bool) -> None:
    async def fails(_info: Any) -> None:
        raise ValueError("no")

    def must_not_run(_info: Any) -> None:
        raise AssertionError("ran")

    root = {"first": 1, "second": fails if awaited else None, "third": must_not_run}
    result = answer(MUTATION, "mutation { first second third }", root)
    result = await result if awaited else result
    assert result.data is None
    assert [error.path for error in result.errors] == [["second"]]


def test_each_resolver_gets_arguments_of_its_own() -> None:
    seen: list[list[int]] = []

    def resolve(_source: Any, _info: Any, numbers: list[int]) -> int:
        numbers.append(0)
        seen.append(numbers)
        return len(numbers)

    schema = build_schema("type Query { all: [Query] count(numbers: [Int]): Int }")
    schema.query_type.fields["count"].resolve = resolve  # type: ignore[union-attr]
    text = "{ all { count(numbers: [1, 2]) } }"
    assert answer(schema, text, {"all": [{}, {}]}).data == {"all": [{"count": 3}, {"count": 3}]}


def test_what_the_introspection_of_a_client_asks_is_served() -> None:
    schema = build_schema("type Query { a(b: Int = 1): Int } enum E { A B } union U = Query")
    before = BreadthFirstExecutor.statistics.fallbacks.total()
    result = as_core(schema, get_introspection_query(descriptions=True))
    assert result.errors is None
    assert BreadthFirstExecutor.statistics.fallbacks.total() == before


def test_what_is_not_served_is_left_to_graphql_core_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(BreadthFirstExecutor, "on_fallback", told.append)
    before = BreadthFirstExecutor.statistics.fallbacks["incremental_delivery"]
    schema = build_schema("type Query { a: Int }")
    assert answer(schema, "{ ... @defer(if: false) { a } }", {"a": 1}).data == {"a": 1}
    assert told == ["incremental_delivery"]
    assert BreadthFirstExecutor.statistics.fallbacks["incremental_delivery"] == before + 1


def test_middleware_wraps_every_resolver() -> None:
    def louder(resolve: Any, source: Any, info: Any, **arguments: Any) -> Any:
        value = resolve(source, info, **arguments)
        return value.upper() if isinstance(value, str) else value

    schema = build_schema("type Query { a: String self: Query }")
    text = "{ a __typename self { a } }"
    root = {"a": "x", "self": {"a": "y"}}
    assert answer(schema, text, root, middleware=[louder]).data == {
        "a": "X",
        "__typename": "QUERY",
        "self": {"a": "Y"},
    }
    assert answer(schema, text, root).data["a"] == "x"


def test_an_impossible_condition_fails_the_objects_below_it() -> None:
    schema = build_schema("type Query { all: [Query] a: Int }")
    text = "query ($yes: Boolean) { all { a @include(if: $yes) } }"
    result = as_core(schema, text, {"all": [{"a": 1}, None, {"a": 2}]})
    assert [error.path for error in result.errors or ()] == [["all", 0], ["all", 2]]


def test_disabled_error_propagation_leaves_nulls_where_they_are() -> None:
    schema = build_schema(
        "directive @experimental_disableErrorPropagation on QUERY type Query { all: [Query!] a: Int! }"
    )
    text = "query @experimental_disableErrorPropagation { all { a } }"
    result = as_core(schema, text, {"all": [{"a": None}, None, {"a": 1}]})
    assert result.data == {"all": [{"a": None}, None, {"a": 1}]}


def test_an_error_of_a_resolver_keeps_its_extensions_and_its_cause() -> None:
    cause = GraphQLError("refused", extensions={"code": "FORBIDDEN"})

    def refuse(_source: Any, _info: Any) -> None:
        raise cause

    fields = {"a": GraphQLField(GraphQLList(GraphQLNonNull(GraphQLString)), resolve=refuse)}
    (error,) = answer(GraphQLSchema(GraphQLObjectType("Query", fields)), "{ a }").errors
    assert error.extensions == {"code": "FORBIDDEN"}
    assert error.original_error is cause
