"""Fields that are read from an object without calling a resolver."""

from collections.abc import Callable, Mapping
from keyword import iskeyword
from typing import Any, NamedTuple

from graphql import GraphQLField, default_field_resolver
from graphql.execution import Executor
from strawberry.types.field import StrawberryField

from executor.generated import generate
from executor.leaves import Names


class Reader(NamedTuple):
    """
    An expression that reads a field of the object `source`, with what it uses.

    A certain reader gives the very value that the resolver would; an uncertain one may give a
    function that the resolver would call.
    """

    expression: str
    names: Names
    certain: bool

    def compile(self) -> Callable[[list[Any]], list[Any]]:
        """Return a function that reads the field of many objects."""
        text = f"def read(sources):\n    return [{self.expression} for source in sources]\n"
        read: Callable[[list[Any]], list[Any]] = generate(text, "read", self.names)
        return read


def reader_of(
    executor: Executor[Any], definition: GraphQLField, name: str, variable: str
) -> Reader | None:
    """Return how a field without a resolver of its own is read; None if it has one."""
    field = strawberry_field(definition)
    if field is not None:
        return attribute_reader(field, variable) if field.is_basic_field else None
    if definition.resolve is None and executor.field_resolver is default_field_resolver:
        return _property(name, variable)
    return None


def strawberry_field(definition: GraphQLField) -> StrawberryField | None:
    """Return the Strawberry field whose own, unwrapped resolver a definition has."""
    field = definition.extensions.get("strawberry-definition")
    if not isinstance(field, StrawberryField):
        return None
    code = getattr(definition.resolve, "__code__", None)
    made_here = getattr(code, "co_qualname", "").startswith("GraphQLCoreConverter.from_resolver.")
    return field if made_here and type(field).get_result is StrawberryField.get_result else None


def attribute_reader(field: StrawberryField, variable: str) -> Reader:
    """Return how the attribute of a Strawberry field without a resolver is read."""
    name = field.python_name
    read = field.default_resolver
    if read is getattr and name.isidentifier() and not iskeyword(name):
        return Reader(f"source.{name}", {}, certain=True)
    return Reader(f"read_{variable}(source, {name!r})", {f"read_{variable}": read}, certain=True)


def _property(name: str, variable: str) -> Reader:
    def read(source: Any) -> Any:
        return source.get(name) if isinstance(source, Mapping) else getattr(source, name, None)

    expression = f"source.get({name!r}) if source.__class__ is dict else read_{variable}(source)"
    return Reader(expression, {f"read_{variable}": read}, certain=False)
