"""The types of fields, unwrapped once per plan."""

from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLLeafType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLOutputType,
    Undefined,
    is_abstract_type,
    is_leaf_type,
)

from executor.kinds import KINDS, PLAIN


Serializer = Callable[[Any], Any]


class Shape:
    """
    A type as the completion of values needs it.

    `concrete` is a single object of one type. `required` forbids null; `nullable` tells whether a null may stay at this place, which without
    error propagation is everywhere. `item` is the shape of a list's items, `named` the innermost
    type.
    """

    __slots__ = ("abstract", "concrete", "item", "leaf", "named", "nullable", "required")

    def __init__(self, declared: GraphQLOutputType, *, propagates: bool) -> None:
        self.required = isinstance(declared, GraphQLNonNull)
        self.nullable = not (self.required and propagates)
        inner = declared.of_type if isinstance(declared, GraphQLNonNull) else declared
        self.item: Shape | None = None
        if isinstance(inner, GraphQLList):
            self.item = Shape(inner.of_type, propagates=propagates)
            self.named: GraphQLNamedType = self.item.named
        else:
            self.named = inner
        self.leaf = self.item is None and is_leaf_type(self.named)
        self.abstract = self.item is None and is_abstract_type(self.named)
        self.concrete = self.item is None and not (self.leaf or self.abstract)


def serializer_of(leaf: GraphQLLeafType, *, certain: bool = True) -> Serializer:
    """
    Return the serializer of a leaf type for the values that no fast check takes.

    It raises for whatever is not a plain value with a serialized form: nulls, exceptions,
    awaitables, and, where the reader is not certain, functions that the resolver would call. Who
    calls it then completes the value the careful way.
    """
    coerce = leaf.coerce_output_value

    def serialize(value: Any) -> Any:
        if KINDS[type(value)] != PLAIN or (not certain and callable(value)):
            raise TypeError
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise TypeError
        return coerced

    return serialize
