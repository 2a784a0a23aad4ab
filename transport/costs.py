"""
How many objects an operation may ask for, as a polynomial of its variables.

Each connection is one term: the product of the page sizes and list lengths on its way. The terms
are kept with the document; only the variables are new at each request.
"""

import math

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
)

from transport.errors import Code, Refusal


PAGE_ARGUMENTS = ("first", "last")
DEFAULT_PAGE = 25
DEAREST = 3
CEILING = 10**9
"""Where counting stops: more than any limit, and any Int of GraphQL, is no different."""

_DIGITS = 10


class Variables:
    """The variables of one request over the defaults of its operation."""

    def __init__(self, defaults: Mapping[str, ValueNode], given: Mapping[str, Any]) -> None:
        self._values: dict[str, Any] = {**defaults, **given}
        self._lengths: dict[str, int] = {}

    def number(self, value: object, default: int) -> int:
        """Return a page size as coercion would read it, at least 1."""
        if isinstance(value, VariableNode):
            value = self._values.get(value.name.value)
        if isinstance(value, IntValueNode):
            return _within(int(value.value)) if len(value.value) <= _DIGITS else CEILING
        if isinstance(value, bool) or not isinstance(value, int | float):
            return default
        return _within(int(value)) if math.isfinite(value) else CEILING

    def length(self, value: object) -> int:
        """Return the length of the longest list in an input, 1 where there is none."""
        longest, waiting = 1, [value]
        while waiting:
            value = waiting.pop()
            if isinstance(value, VariableNode):
                longest = max(longest, self._length_of(value.name.value))
            elif isinstance(value, ListValueNode):
                longest = max(longest, len(value.values))
            elif isinstance(value, ObjectValueNode):
                waiting.extend(member.value for member in value.fields)
            elif isinstance(value, list):
                longest = max(longest, len(value))
            elif isinstance(value, dict):
                waiting.extend(value.values())
        return longest

    def _length_of(self, name: str) -> int:
        # Once per variable: many fields may take the same large one.
        if name not in self._lengths:
            self._lengths[name] = self.length(self._values.get(name))
        return self._lengths[name]


@dataclass(frozen=True, slots=True, eq=False)
class PageSize:
    """A factor: the larger of `first` and `last`, or the default page."""

    values: tuple[ValueNode, ...]
    default: int

    def at(self, variables: Variables) -> int:
        """Return the page size with these variables."""
        sizes = [variables.number(value, self.default) for value in self.values]
        return max(sizes, default=self.default)


@dataclass(frozen=True, slots=True, eq=False)
class ListLength:
    """A factor: the longest list among the arguments of a field without pages."""

    values: tuple[ValueNode, ...]

    def at(self, variables: Variables) -> int:
        """Return the length with these variables."""
        return max(variables.length(value) for value in self.values)


Factor = PageSize | ListLength


@dataclass(slots=True)
class Cost:
    """The terms of one operation, each a coordinate with its factors."""

    terms: list[tuple[str, tuple[Factor, ...]]] = field(default_factory=list)

    def by_coordinate(self, variables: Variables) -> Counter[str]:
        """Return the number of objects that each connection may give."""
        found: Counter[str] = Counter()
        values: dict[Factor, int] = {}
        for coordinate, factors in self.terms:
            product = 1
            for factor in factors:
                if factor not in values:
                    values[factor] = factor.at(variables)
                product = min(product * values[factor], CEILING)
            found[coordinate] += product
        return found


def _within(size: int) -> int:
    return min(max(size, 1), CEILING)


def factor_of(definition: GraphQLField, node: FieldNode) -> Factor | None:
    """Return what a field multiplies everything below it by, None for one object."""
    arguments = {argument.name.value: argument.value for argument in node.arguments or ()}
    pages = [name for name in PAGE_ARGUMENTS if name in definition.args]
    if pages:
        default = definition.args[pages[0]].default_value
        return PageSize(
            tuple(arguments[name] for name in pages if name in arguments),
            default if isinstance(default, int) and default > 0 else DEFAULT_PAGE,
        )
    return ListLength(tuple(arguments.values())) if arguments else None


def cost_refusal(found: Counter[str], maximum: int) -> Refusal:
    """Return the refusal of an operation that asks for too much, with its dearest fields."""
    requested = found.total()
    dearest = [
        {"coordinate": coordinate, "nodes": nodes}
        for coordinate, nodes in sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))
    ][:DEAREST]
    named = ", ".join(f"{entry['coordinate']} ({entry['nodes']})" for entry in dearest)
    return Refusal(
        Code.COST_EXCEEDED,
        f"The operation may ask for {requested} objects, more than {maximum}: {named}.",
        requested=requested,
        maximum=maximum,
        dearest=dearest,
    )
