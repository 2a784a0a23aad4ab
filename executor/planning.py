"""How a selection is made: which leaves are inlined, how every other field resolves."""

from typing import Any

from graphql import GraphQLObjectType, is_leaf_type
from graphql.execution import Executor
from graphql.execution.collect_fields import GroupedFieldSet

from executor.objects import Constant, GuardedLeaf, Leaf
from executor.plans import FieldPlan, Selection
from executor.readers import attribute_reader, reader_of, strawberry_field
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
    guarded: dict[str, GuardedLeaf] = {}
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
        if isinstance(leaf, GuardedLeaf):
            guarded[key] = leaf
        elif leaf is not None:
            leaves[key] = leaf
    return Selection(fields, leaves, guarded)


def _inline(
    executor: Executor[Any], field: FieldPlan, variable: str
) -> Leaf | GuardedLeaf | Constant | None:
    """Return the field as a leaf of the generated function, or give it a better resolution."""
    if field.name == "__typename":
        return Constant(field.parent.name)
    has_arguments = field.definition.args or field.nodes[0].arguments
    reader = None if has_arguments else reader_of(executor, field.definition, field.name, variable)
    shape = field.shape
    if reader is not None and shape.leaf and is_leaf_type(shape.named):
        return Leaf(reader, shape.named, shape.required)
    if reader is not None and reader.certain:
        field.resolve, field.reads = resolve_by_reading(reader), True
    elif (own := strawberry_field(field.definition)) is not None:
        found = resolution_of(executor, own)
        field.resolve = found or resolve_each
        if found is not None and found.reads_permitted and is_leaf_type(shape.named) and shape.leaf:
            reader = attribute_reader(own, variable)
            return GuardedLeaf(Leaf(reader, shape.named, shape.required), found.permits)
    return None
