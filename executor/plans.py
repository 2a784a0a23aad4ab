"""
What a document asks, worked out once: fields by concrete type, and how each is resolved.

A plan belongs to one operation of one schema with one set of answers to its @skip and @include.
Selections of concrete types are added when a value of the type is first met.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
    is_leaf_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.executor import to_nodes

from executor.batching import Later
from executor.leaves import list_of_leaves
from executor.objects import Builder, Constant, GuardedLeaf, Leaf, compile_builder
from executor.places import Place, Step
from executor.shapes import Shape


# Returns one value for each source, now or later; an exception stands for the failure of one.
Resolution = Callable[[Executor[Any], "FieldPlan", list[Any], Place], list[Any] | Later]


class FieldPlan:
    """One response key of a selection."""

    __slots__ = (
        "arguments",
        "constant",
        "definition",
        "details",
        "key",
        "name",
        "nodes",
        "parent",
        "reads",
        "resolve",
        "selections",
        "serialize_all",
        "shape",
        "step",
    )

    def __init__(
        self, key: str, details: FieldDetailsList, parent: GraphQLObjectType, order: int
    ) -> None:
        self.key = key
        self.details = details
        self.nodes: list[FieldNode] = to_nodes(details)
        self.name = self.nodes[0].name.value
        self.parent = parent
        self.step = Step(order, key, parent.name, nullable=True)
        self.selections: dict[str, Selection] = {}
        self.constant = not any(map(_names_variables, self.nodes[0].arguments or ()))
        self.arguments: dict[str, Any] | None = None  # Once coerced, if they are always the same.
        self.definition: GraphQLField
        self.shape: Shape
        self.resolve: Resolution
        self.reads = False  # Whether it is an attribute of the object, and nothing more.
        self.serialize_all: Any = None

    def define(self, definition: GraphQLField, resolve: Resolution, *, propagates: bool) -> None:
        """Add what the schema says of the field, and how it resolves."""
        self.definition = definition
        self.resolve = resolve
        self.shape = Shape(definition.type, propagates=propagates)
        self.step = self.step._replace(nullable=self.shape.nullable)
        if is_leaf_type(self.shape.named):
            self.serialize_all = list_of_leaves(self.shape.named)


def _names_variables(argument: ArgumentNode) -> bool:
    waiting: list[ValueNode] = [argument.value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, VariableNode):
            return True
        if isinstance(value, ListValueNode):
            waiting.extend(value.values)
        elif isinstance(value, ObjectValueNode):
            waiting.extend(field.value for field in value.fields)
    return False


class Inlining(NamedTuple):
    """Which fields of a selection the generated function fills, and which are batches."""

    build: Builder
    inlined: list[FieldPlan]
    batched: list[FieldPlan]


class Selection:
    """The fields asked of one concrete type at one place of a document."""

    __slots__ = ("_guarded", "_inlinings", "_leaves", "accepted", "fields", "keys")

    def __init__(
        self,
        fields: list[FieldPlan],
        leaves: dict[str, Leaf | Constant],
        guarded: dict[str, GuardedLeaf],
    ) -> None:
        self.fields = fields
        self.keys = [field.key for field in fields]
        self.accepted: set[type] = set()  # Classes of values whose predicate goes by the class.
        self._leaves = leaves
        self._guarded = [(field, guarded[field.key]) for field in fields if field.key in guarded]
        self._inlinings: dict[tuple[str, ...], Inlining] = {(): self._inlining(())}

    def inlining(self, executor: Executor[Any], sources: list[Any], place: Place) -> Inlining:
        """Return how the objects of a batch are built: guarded leaves if all of them permit it."""
        if not self._guarded:
            return self._inlinings[()]
        permitted = tuple(
            field.key
            for field, guarded in self._guarded
            if guarded.permits(executor, field, sources, place)
        )
        found = self._inlinings.get(permitted)
        if found is None:
            found = self._inlinings[permitted] = self._inlining(permitted)
        return found

    def _inlining(self, permitted: tuple[str, ...]) -> Inlining:
        leaves = self._leaves | {
            field.key: guarded.leaf for field, guarded in self._guarded if field.key in permitted
        }
        return Inlining(
            compile_builder({key: leaves.get(key) for key in self.keys}),
            [field for field in self.fields if field.key in leaves],
            [field for field in self.fields if field.key not in leaves],
        )


class Plan:
    """What an operation asks, and what must live as long as that is remembered."""

    __slots__ = ("kept", "root", "wrapped")

    def __init__(self, root: Selection, kept: object, *, wrapped: bool) -> None:
        self.root = root
        self.kept = kept
        self.wrapped = wrapped
