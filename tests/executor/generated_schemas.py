"""Schemas drawn from a seed. Their resolvers ask the context for values, by path and arguments."""

from functools import lru_cache
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
)

from tests.executor.generated_values import kind_of


def serialize_even(value: Any) -> Any:
    if value == 1:
        raise ValueError("one is not even")
    return None if value == 3 else value


EVEN = GraphQLScalarType("Even", serialize=serialize_even)
COLOUR = GraphQLEnumType(
    "Colour",
    {"RED": GraphQLEnumValue("red"), "GREEN": GraphQLEnumValue(2), "BLUE": GraphQLEnumValue("b")},
)
FILTER = GraphQLInputObjectType(
    "Filter",
    {"a": GraphQLInputField(GraphQLInt, default_value=1), "b": GraphQLInputField(GraphQLString)},
)
LEAVES = [GraphQLInt, GraphQLFloat, GraphQLString, GraphQLBoolean, GraphQLID, EVEN, COLOUR]
ARGUMENTS = {
    "n": GraphQLArgument(GraphQLInt, default_value=2),
    "colour": GraphQLArgument(COLOUR),
    "numbers": GraphQLArgument(GraphQLList(GraphQLNonNull(GraphQLInt))),
    "filter": GraphQLArgument(FILTER),
    "needed": GraphQLArgument(GraphQLNonNull(GraphQLInt)),
}


def resolve(_source: Any, info: Any, **arguments: Any) -> Any:
    key = [*info.path.as_list(), *sorted((name, str(arguments[name])) for name in arguments)]
    return info.context.value(info.return_type, key)


def type_by_kind(value: Any, info: Any, _abstract: Any) -> Any:
    return info.context.said(kind_of(value), [*info.path.as_list(), "type"])


class Drawing:
    """Types that refer to each other, drawn one after the other."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.objects: list[GraphQLObjectType] = []
        self.abstract: list[Any] = []

    def type(self) -> Any:
        composite = self.random.random() < 0.45
        drawn: Any = self.random.choice(
            [*self.objects, *self.abstract, *self.abstract] if composite else LEAVES
        )
        for _ in range(self.random.choice([0, 0, 0, 1, 1, 2])):
            if self.random.random() < 0.35:
                drawn = GraphQLNonNull(drawn)
            drawn = GraphQLList(drawn)
        return GraphQLNonNull(drawn) if self.random.random() < 0.35 else drawn

    def field(self) -> GraphQLField:
        if self.random.random() < 0.4:
            return GraphQLField(self.type())
        names = self.random.sample(list(ARGUMENTS), self.random.choice([0, 0, 1, 2]))
        return GraphQLField(
            self.type(), args={name: ARGUMENTS[name] for name in names}, resolve=resolve
        )

    def fields(self, prefix: str, interfaces: list[Any]) -> dict[str, GraphQLField]:
        inherited = {name: field for one in interfaces for name, field in one.fields.items()}
        own = {f"{prefix}{n}": self.field() for n in range(self.random.randint(2, 5))}
        return {**own, **inherited}

    def interface(self, name: str) -> GraphQLInterfaceType:
        resolve_type = type_by_kind if self.random.random() < 0.6 else None
        return GraphQLInterfaceType(
            name, lambda: self.fields(name.lower(), []), resolve_type=resolve_type
        )

    def object(self, name: str, interfaces: list[Any]) -> GraphQLObjectType:
        def is_type_of(value: Any, info: Any) -> Any:
            return info.context.said(kind_of(value) == name, [*info.path.as_list(), "is", name])

        # Interfaces without a function of their own rely on the predicates of their types.
        needed = any(one.resolve_type is None for one in interfaces)
        predicate = is_type_of if needed or self.random.random() < 0.3 else None
        return GraphQLObjectType(
            name, lambda: self.fields("f", interfaces), interfaces=interfaces, is_type_of=predicate
        )


@lru_cache(maxsize=256)
def drawn_schema(seed: int) -> GraphQLSchema:
    drawing = Drawing(seed)
    interfaces = [drawing.interface(f"I{n}") for n in range(drawing.random.randint(0, 2))]
    for n in range(drawing.random.randint(1, 4)):
        mine = [one for one in interfaces if drawing.random.random() < 0.6]
        drawing.objects.append(drawing.object(f"T{n}", mine))
    used = [one for one in interfaces if any(one in each.interfaces for each in drawing.objects)]
    union = GraphQLUnionType("U0", drawing.objects[:2], resolve_type=type_by_kind)
    drawing.abstract = [*used, union]
    roots = [
        GraphQLObjectType(name, lambda: drawing.fields("f", [])) for name in ("Query", "Mutation")
    ]
    schema = GraphQLSchema(roots[0], roots[1], types=[*drawing.objects, union])
    for drawn in schema.type_map.values():  # Draw all fields now, in one order.
        _ = getattr(drawn, "fields", None)
    return schema
