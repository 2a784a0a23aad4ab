"""The info that resolvers get is right for each object, also after the resolver has returned."""

import asyncio

from typing import Any

import strawberry

from graphql import GraphQLResolveInfo, build_schema, execute, parse
from strawberry import Info
from typing_extensions import override

from executor import BreadthFirstExecutor


TEXT = "query Which($n: Int) { all { inner { here(n: $n) } } }"


def test_the_path_is_that_of_the_object() -> None:
    infos: list[Any] = []
    schema = build_schema("type Query { all: [Query] inner: Query here(n: Int): String }")
    schema.query_type.fields["here"].resolve = lambda _source, info, **_: infos.append(info)  # type: ignore[union-attr]
    root: dict[str, Any] = {"all": [None, {"inner": {}}, {"inner": None}, {"inner": {}}]}
    execute(schema, parse(TEXT), root, "context", executor_class=BreadthFirstExecutor)
    assert [info.path.as_list() for info in infos] == [
        ["all", 1, "inner", "here"],
        ["all", 3, "inner", "here"],
    ]
    assert infos[0].path.typename == "Query"
    assert infos[0].context == "context"
    assert infos[0].field_name == "here"


def test_an_info_is_graphql_cores_own_tuple_in_every_respect() -> None:
    infos: list[Any] = []
    schema = build_schema("type Query { here: String }")
    schema.query_type.fields["here"].resolve = lambda _source, info: infos.append(info)  # type: ignore[union-attr]
    execute(schema, parse("{ here }"), executor_class=BreadthFirstExecutor)
    execute(schema, parse("{ here }"))
    mine, theirs = infos
    assert isinstance(mine, GraphQLResolveInfo)
    assert mine[4] == mine.path == theirs.path
    assert list(mine)[:5] == list(theirs)[:5]
    assert mine._asdict()["path"] == theirs.path
    assert mine._replace(context=1).path == theirs.path
    assert mine == mine._replace()


def later(root: strawberry.Parent[Any], info: Info, n: int = 0) -> Any:
    del root

    async def wait() -> str:
        await asyncio.sleep(0)
        return f"{info.path.as_list()} {n} {info.context} {info.variable_values} {info.python_name}"

    return wait()


def another() -> Any:
    return Here()


def some() -> Any:
    return [Here(), Here()]


@strawberry.type
class Here:
    here: str = strawberry.field(resolver=later)
    inner: "Here" = strawberry.field(resolver=another)


@strawberry.type
class Query:
    all: list[Here] = strawberry.field(resolver=some)


async def test_a_strawberry_info_stays_right_while_its_resolver_waits() -> None:
    schema = strawberry.Schema(Query, execution_context_class=BreadthFirstExecutor)
    result = await schema.execute(TEXT, {"n": 3}, context_value="context")
    assert result.data == {
        "all": [
            {"inner": {"here": f"['all', {n}, 'inner', 'here'] 3 context {{'n': 3}} here"}}
            for n in range(2)
        ]
    }


class Short(Info[Any, Any]):
    """An info of an application's own."""

    @property
    @override
    def context(self) -> Any:
        return f"short {super().context}"


def told(info: Info) -> str:
    return f"{info.context} {isinstance(info, Short)}"


@strawberry.type
class Teller:
    told: str = strawberry.field(resolver=told)


def test_an_info_class_of_the_application_is_used() -> None:
    schema = strawberry.Schema(
        Teller,
        execution_context_class=BreadthFirstExecutor,
        config=strawberry.schema.config.StrawberryConfig(info_class=Short),
    )
    assert schema.execute_sync("{ told }", context_value="me").data == {"told": "short me True"}
