"""
Python expressions that serialize leaves without a call where the value's exact class allows it.

Each expression does for the values it tests what the type's own serializer does, and leaves all
others to that serializer.
"""

from contextlib import suppress
from enum import Enum
from functools import lru_cache
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
)

from executor.generated import generate
from executor.shapes import serializer_of


Names = dict[str, Any]

_TEXT = "{v} if {v}.__class__ is str else "
# The built-in types by identity: a schema may have a type of its own under the same name.
_FAST = {
    id(GraphQLString): _TEXT,
    id(GraphQLID): _TEXT + "str({v}) if {v}.__class__ is int else ",
    id(GraphQLBoolean): "{v} if {v}.__class__ is bool else ",
    id(GraphQLInt): "{v} if {v}.__class__ is int and -2147483648 <= {v} <= 2147483647 else ",
    # Neither infinity nor not-a-number is its own neutral difference.
    id(GraphQLFloat): "{v} if {v}.__class__ is float and {v} - {v} == 0.0 else ",
}


def leaf_expression(
    leaf: GraphQLLeafType, variable: str, names: Names, *, required: bool, certain: bool = True
) -> str:
    """
    Return an expression that serializes the value of a variable, adding to `names` what it uses.

    The expression raises where the value needs the careful way.
    """
    serialize = f"serialize_{variable}"
    names[serialize] = serializer_of(leaf, certain=certain)
    if isinstance(leaf, GraphQLEnumType):
        fast = _enum_expression(leaf, variable, names)
    else:
        fast = _FAST.get(id(leaf), "").format(v=variable)
    null = "" if required else f"None if {variable} is None else "
    return f"({fast}{null}{serialize}({variable}))"


def _enum_expression(leaf: GraphQLEnumType, variable: str, names: Names) -> str:
    texts: dict[str, str] = {}
    members: dict[str, str] = {}
    classes: set[type] = set()
    for value in leaf.values.values():
        if type(value.value) is str:
            texts[value.value] = leaf.coerce_output_value(value.value)
    for member in _members(leaf):
        classes.add(type(member))
        with suppress(Exception):  # A member may be left out of the schema's type.
            members[member.name] = leaf.coerce_output_value(member)
    expression = ""
    if texts:
        names[f"texts_{variable}"] = texts
        expression += f"texts_{variable}[{variable}] if {variable}.__class__ is str else "
    if len(classes) == 1:
        names[f"members_{variable}"] = members
        names[f"class_{variable}"] = classes.pop()
        # The name is a plain attribute, while hashing a member runs Python code.
        expression += (
            f"members_{variable}[{variable}._name_] "
            f"if {variable}.__class__ is class_{variable} else "
        )
    return expression


def _members(leaf: GraphQLEnumType) -> list[Enum]:
    """Return the members of the Python class behind an enum, if there is one."""
    wrapped = getattr(leaf, "wrapped_cls", None)
    if isinstance(wrapped, type) and issubclass(wrapped, Enum):
        return list(wrapped)
    return [value.value for value in leaf.values.values() if isinstance(value.value, Enum)]


@lru_cache(maxsize=1024)
def list_of_leaves(leaf: GraphQLLeafType) -> Any:
    """
    Return a function that serializes a list of values, raising where one needs the careful way.

    Nulls are left as they are: who calls has looked for those that must not be.
    """
    names: Names = {}
    expression = leaf_expression(leaf, "value", names, required=False)
    source = f"def serialize_all(values):\n    return [{expression} for value in values]\n"
    return generate(source, "serialize_all", names)
