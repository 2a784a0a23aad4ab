"""Values drawn from a seed and a path: the same whoever asks, in whatever order."""

import asyncio

from collections.abc import AsyncIterator, Iterator
from random import Random
from typing import Any, NamedTuple

from graphql import (
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
)


DEEPEST = 6
SHALLOW = 5
RIGHT: dict[str, list[Any]] = {
    "Int": [0, 7, True, 2.0, -3],
    "Float": [0.5, 3, -1.25],
    "String": ["a", "", 5, 1.5],
    "Boolean": [True, False, 1],
    "ID": ["x", 12, 0],
    "Even": [2, "even", [1, 2], 1, 3],
    "Colour": ["red", 2, "b"],
}
UNSAID: list[Any] = [ValueError("unsaid"), None, "Query", "Nowhere", 5]
WRONG: list[Any] = [object, 2**40, float("nan"), [[1]], {"a": 1}, "no", 1.5]


class Rates(NamedTuple):
    """How often a value fails, is null, is of another type, must be awaited."""

    error: float
    null: float
    wrong: float
    awaited: float


class Thing:
    """An object that is no mapping; its fields are attributes."""

    def __init__(self, kind: Any, fields: dict[str, Any]) -> None:
        self.kind = kind
        self.__dict__.update(fields)


def kind_of(value: Any) -> Any:
    return value["__typename"] if isinstance(value, dict) else value.kind


class Awaited:
    """An awaitable that is neither a coroutine nor a future, and need not be awaited."""

    def __init__(self, value: Any, turns: int) -> None:
        self.value = value
        self.turns = turns

    def __await__(self) -> Any:
        return _later(self.value, self.turns).__await__()


class Several:
    """An iterable that may break off; each time anew, as two keys may ask for one attribute."""

    def __init__(self, items: list[Any], error: Exception | None) -> None:
        self.items = items
        self.error = error

    def __iter__(self) -> Iterator[Any]:
        yield from self.items
        if self.error is not None:
            raise self.error


class Stream(Several):
    """The same for `async for`."""

    __iter__ = None  # type: ignore[assignment]

    async def __aiter__(self) -> AsyncIterator[Any]:
        for item in self.items:
            yield item
        if self.error is not None:
            raise self.error


class Values:
    """The values of one case; with `awaits` some of them must be awaited, else none."""

    repeated = 0.0
    """How often a list holds the same few items many times."""

    def __init__(self, schema: GraphQLSchema, seed: int, rates: Rates, *, awaits: bool) -> None:
        self.schema = schema
        self.seed = seed
        self.rates = rates
        self.awaits = awaits

    def value(self, declared: Any, key: list[Any]) -> Any:
        """Return what a resolver returns, or raise what it raises."""
        random = Random(repr((self.seed, key)))
        return self._given(random, self._drawn(random, declared, key, len(key)), may_raise=True)

    def said(self, answer: Any, key: list[Any]) -> Any:
        """Return the answer of a type's function, sometimes a wrong one."""
        random = Random(repr((self.seed, key)))
        if random.random() < self.rates.error / 3:
            answer = random.choice(UNSAID)
        if isinstance(answer, Exception) and not self.awaits:
            raise answer
        return self._given(random, answer, may_raise=True)

    def _drawn(self, random: Random, declared: Any, key: list[Any], depth: int) -> Any:
        if isinstance(declared, GraphQLNonNull):
            declared = declared.of_type
        drawn = random.random()
        rates = self.rates
        if drawn < rates.error:
            return _error(random, key)
        if drawn < rates.error + rates.null or depth > DEEPEST + 4:
            return random.choice([None, None, Undefined])
        if drawn < rates.error + rates.null + rates.wrong:
            wrong = random.choice(WRONG)
            return Thing("T0", {}) if wrong is object else wrong
        if isinstance(declared, GraphQLList):
            return self._items(random, declared.of_type, key, depth)
        named = RIGHT.get(declared.name)
        return random.choice(named) if named else self._object(random, declared, key, depth)

    def _items(self, random: Random, item: Any, key: list[Any], depth: int) -> Any:
        items = []
        for n in range(random.choice([0, 1, 2, 3])):
            mine = Random(repr((self.seed, key, n)))
            drawn = self._drawn(mine, item, [*key, n], depth + 1)
            items.append(self._given(mine, drawn, may_raise=False))
        if items and depth < SHALLOW and random.random() < self.repeated:
            items = random.choices(items, k=40)
        form = random.choice(["list", "list", "list", "tuple", "iterator", "stream", "broken"])
        if form == "tuple":
            return tuple(items)
        if form == "list" or (form == "broken" and self.rates.error == 0):
            return items
        error = ValueError("broken off") if form == "broken" else None
        streams = self.awaits and (form == "stream" or random.random() < 0.5)
        return (Stream if streams else Several)(items, error)

    def _object(self, random: Random, declared: Any, key: list[Any], depth: int) -> Any:
        possible = [declared]
        if isinstance(declared, (GraphQLInterfaceType, GraphQLUnionType)):
            possible = list(self.schema.get_possible_types(declared))
        kind = random.choice(possible)
        fields = {}
        if isinstance(kind, GraphQLObjectType):
            for name, field in kind.fields.items():
                if field.resolve is None:
                    mine = Random(repr((self.seed, key, name)))
                    drawn = self._drawn(mine, field.type, [*key, name], depth + 3)
                    given = self._given(mine, drawn, may_raise=False)
                    fields[name] = _callable(given) if mine.random() < 0.1 else given
        if random.random() < 0.5:
            return {**fields, "__typename": kind.name}
        return Thing(kind.name, fields)

    def _given(self, random: Random, value: Any, *, may_raise: bool) -> Any:
        awaited = random.random() < self.rates.awaited
        form = random.choice(["coroutine", "slow", "future", "object"])
        if not (awaited and self.awaits):
            if may_raise and isinstance(value, Exception) and random.random() < 0.7:
                raise value
            return value
        if form == "future" and may_raise:
            future = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(_fulfil, future, value)
            return future
        turns = 2 if form == "slow" else 0
        # What a resolver returns is awaited; an attribute may never be asked for.
        if form == "object" or not may_raise:
            return Awaited(value, turns)
        return _later(value, turns)


def _error(random: Random, key: list[Any]) -> Exception:
    if random.random() < 0.3:
        return GraphQLError(f"refused {key}", extensions={"code": "FORBIDDEN"})
    return ValueError(f"failed {key}")


def _callable(value: Any) -> Any:
    return lambda _info, **_arguments: value


def _fulfil(future: "asyncio.Future[Any]", value: Any) -> None:
    if isinstance(value, Exception):
        future.set_exception(value)
    else:
        future.set_result(value)


async def _later(value: Any, turns: int) -> Any:
    for _ in range(turns):
        await asyncio.sleep(0)
    if isinstance(value, Exception):
        raise value
    return value
