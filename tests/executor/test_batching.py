"""Batched resolvers, and permissions that answer for a whole batch."""

from typing import Any

import pytest
import strawberry

from graphql import parse
from strawberry import Info, Parent
from strawberry.permission import BasePermission
from typing_extensions import override

from executor import BreadthFirstExecutor, batched


BROKEN_AT = 50
calls: list[list[int]] = []
asked: list[int] = []


class Number:
    """A record."""

    def __init__(self, value: int) -> None:
        self.value = value
        self.seen: Any = "unseen" if value == BROKEN_AT else value


class Small(BasePermission):
    message = "large"

    @override
    def has_permission(self, source: Any, info: Info, **arguments: Any) -> bool:
        asked.append(source.value)
        return bool(source.value < 2)

    def permits_all(self, sources: list[Any], _info: Info) -> bool:
        return all(source.value < 2 for source in sources)


@batched
def doubled_values(roots: Parent[list[Number]], times: int = 2) -> list[int]:
    calls.append([root.value for root in roots])
    return [root.value * times for root in roots]


@batched
async def values_later(roots: Parent[list[Number]]) -> Any:
    return [ValueError("odd") if root.value % 2 else root.value for root in roots]


@batched
def too_few(roots: Parent[list[Number]]) -> list[int]:
    return [root.value for root in roots][:1]


ONE, BROKEN = Number(7), Number("seven")  # type: ignore[arg-type]


@batched
def same(roots: Parent[list[Number]]) -> Any:
    return [ONE] * len(roots)


@batched
def same_but_few(roots: Parent[list[Number]]) -> Any:
    return [BROKEN if root.value == 35 else ONE for root in roots]


@strawberry.type
class Item:
    value: int
    seen: int | None = strawberry.field(permission_classes=[Small])
    doubled: int | None = strawberry.field(resolver=doubled_values)
    guarded: int | None = strawberry.field(resolver=doubled_values, permission_classes=[Small])
    small: int | None = strawberry.field(resolver=values_later, permission_classes=[Small])
    later: int | None = strawberry.field(resolver=values_later)
    short: int | None = strawberry.field(resolver=too_few)
    same: "Item" = strawberry.field(resolver=same)
    few: "Item | None" = strawberry.field(resolver=same_but_few)


@strawberry.type
class Query:
    @strawberry.field
    def items(self, count: int = 3) -> list[Item]:
        return [Number(value) for value in range(count)]  # type: ignore[misc]

    @strawberry.field
    def broken(self) -> list[Item]:
        number = Number(BROKEN_AT)
        number.value = 1
        return [Number(0), number]  # type: ignore[list-item]


stock = strawberry.Schema(Query)
schema = strawberry.Schema(Query, execution_context_class=BreadthFirstExecutor)


@pytest.fixture(autouse=True)
def _forget() -> None:
    calls.clear()
    asked.clear()


async def test_a_batched_resolver_is_called_once_for_a_level() -> None:
    result = await schema.execute("{ items { doubled(times: 5) } }")
    assert result.data == {"items": [{"doubled": 0}, {"doubled": 5}, {"doubled": 10}]}
    assert calls == [[0, 1, 2]]


async def test_other_executors_call_it_for_each_object() -> None:
    result = await stock.execute("{ items { doubled later } }")
    assert [item["doubled"] for item in (result.data or {})["items"]] == [0, 2, 4]
    assert calls == [[0], [1], [2]]
    assert [error.message for error in result.errors or ()] == ["odd"]


async def test_only_objects_that_are_permitted_reach_it() -> None:
    result = await schema.execute("{ items { guarded(times: 3) } }")
    assert result.data == {"items": [{"guarded": 0}, {"guarded": 3}, {"guarded": None}]}
    assert [error.path for error in result.errors or ()] == [["items", 2, "guarded"]]
    assert calls == [[0, 1]]


async def test_a_permission_that_permits_all_is_not_asked_about_each() -> None:
    result = await schema.execute("{ items(count: 2) { guarded } }")
    assert result.data == {"items": [{"guarded": 0}, {"guarded": 2}]}
    assert asked == []


async def test_a_guarded_attribute_is_asked_about_for_all_or_for_each() -> None:
    document = "query ($count: Int!) { items(count: $count) { seen value } }"
    for count in (2, 3, 2):
        asked.clear()
        result = await schema.execute(document, variable_values={"count": count})
        seen = [0, 1, None][:count]
        values = zip(seen, range(count), strict=True)
        assert result.data == {"items": [{"seen": one, "value": value} for one, value in values]}
        assert [error.path for error in result.errors or ()] == [["items", 2, "seen"]][: count - 2]
        assert asked == ([] if count == 2 else [0, 1, 2])


async def test_a_guarded_attribute_of_the_wrong_type_fails_by_itself() -> None:
    document = "{ broken { value seen } }"
    expected, result = await stock.execute(document), await schema.execute(document)
    assert (
        result.data
        == expected.data
        == {"broken": [{"value": 0, "seen": 0}, {"value": 1, "seen": None}]}
    )
    told = [(error.message, error.path) for error in expected.errors or ()]
    assert [(error.message, error.path) for error in result.errors or ()] == told


async def test_an_exception_in_the_list_fails_its_object_only() -> None:
    result = await schema.execute("{ items { later small } }")
    assert result.data == {
        "items": [
            {"later": 0, "small": 0},
            {"later": None, "small": None},
            {"later": 2, "small": None},
        ]
    }
    paths = [error.path for error in result.errors or ()]
    assert paths == [["items", 1, "later"], ["items", 1, "small"], ["items", 2, "small"]]


async def test_a_list_of_another_length_fails_all_objects() -> None:
    result = await schema.execute("{ items { short } }")
    assert result.data == {"items": [{"short": None}] * 3}
    assert len(result.errors or ()) == 3


async def test_an_object_that_comes_up_often_is_the_same_everywhere() -> None:
    for _ in range(2):
        result = await schema.execute("{ items(count: 40) { value same { value } } }")
        expected = [{"value": value, "same": {"value": 7}} for value in range(40)]
        assert result.data == {"items": expected}


async def test_an_object_that_fails_among_others_fails_where_it_stands() -> None:
    document = "{ items(count: 40) { few { value } } }"
    expected = await stock.execute(document)
    for _ in range(2):
        result = await schema.execute(document)
        assert result.data == expected.data
        assert [error.path for error in result.errors or ()] == [["items", 35, "few", "value"]]


@pytest.mark.parametrize("count", ["many", None, 3.5, True, [1]])
def test_variables_that_are_not_plain_are_refused_as_graphql_core_does(count: Any) -> None:
    document = parse("query ($count: Int!) { items(count: $count) { value } }")
    for _ in range(2):
        good = BreadthFirstExecutor.build(
            schema._schema, document, raw_variable_values={"count": 1}
        )
        assert not isinstance(good, list)
    mine = BreadthFirstExecutor.build(
        schema._schema, document, raw_variable_values={"count": count}
    )
    theirs = BreadthFirstExecutor.build(
        schema._schema,
        parse("query ($count: Int!) { items(count: $count) { value } }"),
        raw_variable_values={"count": count},
    )
    assert isinstance(mine, list)
    assert isinstance(theirs, list)
    assert [error.message for error in mine] == [error.message for error in theirs]


def test_a_function_without_objects_cannot_be_batched() -> None:
    with pytest.raises(TypeError):
        batched(lambda info: info)
