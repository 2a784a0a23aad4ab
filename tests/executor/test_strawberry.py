"""Fields of Strawberry: permissions, extensions, handlers, resolvers of every kind."""

import asyncio

from collections.abc import AsyncIterator
from typing import Any

import pytest
import strawberry

from aiodataloader import DataLoader
from strawberry import Info
from strawberry.extensions import FieldExtension, SchemaExtension
from strawberry.permission import BasePermission, PermissionExtension
from typing_extensions import override

from executor import BreadthFirstExecutor


class Record:
    """A row, as a loader gives it."""

    def __init__(self, number: int) -> None:
        self.number = number


class Context:
    """What an operation needs: its loader, the asked permissions, the batches loaded."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.batches: list[list[int]] = []
        self.numbers: DataLoader[int, list[Record]] = DataLoader(self._load)

    async def _load(self, keys: list[int]) -> list[list[Record]]:
        self.batches.append(keys)
        return [[Record(10 * key + n) for n in range(2)] for key in keys]


class Even(BasePermission):
    message = "odd"

    @override
    def has_permission(self, source: Any, info: Info, **arguments: Any) -> bool:
        info.context.asked.append(f"even {source.number} {sorted(arguments)}")
        return bool(source.number % 2 == 0)


class Small(BasePermission):
    message = "large"

    @override
    def has_permission(self, source: Any, info: Info, **arguments: Any) -> bool:
        info.context.asked.append(f"small {source.number}")
        return bool(source.number < 11)


class Vague(BasePermission):
    @override
    def has_permission(self, source: Any, info: Info, **arguments: Any) -> Any:
        return "yes"


class Promising(BasePermission):
    @override
    def has_permission(self, source: Any, info: Info, **arguments: Any) -> Any:
        async def say() -> bool:
            return True

        return say()


class Slow(BasePermission):
    message = "slowly refused"

    @override
    async def has_permission(self, source: Any, info: Info, **arguments: Any) -> bool:
        await asyncio.sleep(0)
        return bool(source.number % 2 == 0)


class Doubling(FieldExtension):
    @override
    def resolve(self, next_: Any, source: Any, info: Info, **arguments: Any) -> Any:
        return 2 * next_(source, info, **arguments)


def records(root: strawberry.Parent[Record], info: Info) -> Any:
    return info.context.numbers.load(root.number)


def number_of(root: strawberry.Parent[Record]) -> int:
    return root.number


async def number_later(root: strawberry.Parent[Record], plus: int = 0) -> int:
    await asyncio.sleep(0)
    return root.number + plus


@strawberry.type
class Item:
    number: int
    items: list["Item"] | None = strawberry.field(resolver=records)
    even: int | None = strawberry.field(resolver=number_of, permission_classes=[Even, Small])
    later: int | None = strawberry.field(resolver=number_later, permission_classes=[Even])
    vague: int | None = strawberry.field(resolver=number_of, permission_classes=[Vague])
    promising: int | None = strawberry.field(resolver=number_of, permission_classes=[Promising])
    slow: int | None = strawberry.field(resolver=number_of, permission_classes=[Slow])
    silent: int | None = strawberry.field(
        resolver=number_of, extensions=[PermissionExtension([Even()], fail_silently=True)]
    )
    twice: int | None = strawberry.field(
        resolver=number_of,
        extensions=[PermissionExtension([Even()]), PermissionExtension([Small()])],
    )
    doubled: int = strawberry.field(resolver=number_of, extensions=[Doubling()])

    @strawberry.field
    def method(self, times: int = 1) -> str:
        return f"{self.number}" * times

    @strawberry.field
    @staticmethod
    def static(root: Any) -> int:
        return int(root.number)


@strawberry.type
class Query:
    @strawberry.field
    def items(self) -> list[Item]:
        return [Record(0), Record(1)]  # type: ignore[list-item]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def item(self) -> AsyncIterator[Item]:
        yield Record(1)  # type: ignore[misc]


class OwnContext(SchemaExtension):
    """Replace the context for each operation."""

    @override
    def on_operation(self) -> Any:
        self.execution_context.context = Context()
        yield


schema = strawberry.Schema(
    Query, subscription=Subscription, execution_context_class=BreadthFirstExecutor
)


async def ask(text: str, context: Any = None) -> Any:
    return await schema.execute(text, context_value=context or Context())


async def test_a_loader_gets_all_keys_of_a_level_at_once() -> None:
    context = Context()
    result = await ask("{ items { items { items { number } } } }", context)
    assert result.errors is None
    assert context.batches == [[0, 1], [10, 11]]


async def test_permissions_are_asked_in_turn_until_one_refuses() -> None:
    context = Context()
    result = await ask("{ items { even } }", context)
    assert result.data == {"items": [{"even": 0}, {"even": None}]}
    assert [(error.message, error.path) for error in result.errors] == [
        ("odd", ["items", 1, "even"])
    ]
    assert context.asked == ["even 0 ['root']", "small 0", "even 1 ['root']"]


async def test_the_permissions_of_the_last_extension_are_asked_first() -> None:
    context = Context()
    result = await ask("{ items { twice } }", context)
    assert result.data == {"items": [{"twice": 0}, {"twice": None}]}
    assert context.asked == ["small 0", "even 0 ['root']", "small 1", "even 1 ['root']"]


async def test_a_permission_guards_an_async_resolver() -> None:
    result = await ask("{ items { later(plus: 4) } }")
    assert result.data == {"items": [{"later": 4}, {"later": None}]}


async def test_an_async_permission_is_awaited() -> None:
    result = await ask("{ items { slow } }")
    assert result.data == {"items": [{"slow": 0}, {"slow": None}]}
    assert result.errors[0].message == "slowly refused"


@pytest.mark.parametrize("name", ["vague", "promising"])
async def test_a_permission_that_answers_no_bool_refuses(name: str) -> None:
    result = await ask(f"{{ items {{ {name} }} }}")
    assert result.data == {"items": [{name: None}, {name: None}]}
    assert len(result.errors) == 2


def test_a_predicate_that_goes_by_the_class_is_asked_once_for_each() -> None:
    asked: list[Any] = []

    def is_item(value: Any, _info: Any) -> bool:
        asked.append(value)
        return isinstance(value, Record)

    own = strawberry.Schema(Query, execution_context_class=BreadthFirstExecutor)
    own._schema.type_map["Item"].is_type_of = is_item  # type: ignore[attr-defined]
    assert own.execute_sync("{ items { number } }").data is not None
    assert len(asked) == 2
    is_item.by_class = True  # type: ignore[attr-defined]
    assert own.execute_sync("{ items { number } }").data is not None
    assert len(asked) == 3


async def test_a_silent_permission_leaves_null() -> None:
    result = await ask("{ items { silent } }")
    assert result.data == {"items": [{"silent": 0}, {"silent": None}]}
    assert result.errors is None


async def test_other_field_extensions_are_honoured() -> None:
    result = await ask("{ items { doubled method(times: 2) static } }")
    assert (
        result.data
        == {
            "items": [
                {"doubled": 0, "method": "00", "static": 0},
                {"doubled": 2, "method": "11", "static": 1},
            ]
        }
        or result.errors
    )


async def test_events_of_a_subscription_are_executed_breadth_first() -> None:
    before = BreadthFirstExecutor.statistics.executions
    events: Any = await schema.subscribe(
        "subscription { item { number items { number } } }", context_value=Context()
    )
    (event,) = [event async for event in events]
    assert event.data == {"item": {"number": 1, "items": [{"number": 10}, {"number": 11}]}}
    assert BreadthFirstExecutor.statistics.executions == before + 1


async def test_the_context_may_be_replaced_for_an_operation() -> None:
    own = strawberry.Schema(
        Query, extensions=[OwnContext], execution_context_class=BreadthFirstExecutor
    )
    result = await own.execute("{ items { items { number } } }")
    assert result.errors is None


def test_a_schema_without_anything_to_await_runs_without_a_loop() -> None:
    result = schema.execute_sync("{ items { number __typename } }")
    assert result.data == {
        "items": [{"number": 0, "__typename": "Item"}, {"number": 1, "__typename": "Item"}]
    }
