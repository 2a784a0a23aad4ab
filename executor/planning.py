"""How a selection is made: which leaves are inlined, how every other field resolves."""

from typing import Any

from graphql import GraphQLObjectType, is_leaf_type
from graphql.execution import Executor
from graphql.execution.collect_fields import GroupedFieldSet

from executor.objects import Constant, Leaf
from executor.plans import FieldPlan, Selection
from executor.readers import reader_of, strawberry_field
from executor.resolving import resolve_by_reading, resolve_each
from executor.strawberry_fields import resolution_of


def select(
    executor: Executor[Any],
    parent: GraphQLObjectType,
    grouped_field_set: GroupedFieldSet,
    *,
    wrapped: bool,
) -> Selection:
    """
    Return the selection of the collected fields of one concrete type.

    With `wrapped` resolvers, as middleware makes them, each field calls its own.
    """
    fields: list[FieldPlan] = []
    leaves: dict[str, Leaf | Constant] = {}
    for order, (key, details) in enumerate(grouped_field_set.items()):
        field = FieldPlan(key, details, parent, order)
        definition = executor.schema.get_field(parent, field.name)
        if definition is None:
            continue
        field.define(definition, resolve_each, propagates=executor.error_propagation)
        fields.append(field)
        if wrapped:
            continue
        leaf = _inline(executor, field, f"value_{order}")
        if leaf is not None:
            leaves[key] = leaf
    return Selection(fields, leaves)


def _inline(executor: Executor[Any], field: FieldPlan, variable: str) -> Leaf | Constant | None:
    """Return the field as a leaf of the generated function, or give it a better resolution."""
    if field.name == "__typename":
        return Constant(field.parent.name)
    has_arguments = field.definition.args or field.nodes[0].arguments
    reader = None if has_arguments else reader_of(executor, field.definition, field.name, variable)
    shape = field.shape
    if reader is not None and shape.leaf and is_leaf_type(shape.named):
        return Leaf(reader, shape.named, shape.required)
    if reader is not None and reader.certain:
        field.resolve = resolve_by_reading(reader)
    elif (own := strawberry_field(field.definition)) is not None:
        field.resolve = resolution_of(executor, own) or resolve_each
    return None
