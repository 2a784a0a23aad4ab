"""Default deny: every field of the schema is guarded, or the service does not start."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import build_schema, lexicographic_sort_schema, print_schema
from strawberry import Schema
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from models.policy import POLICY, Action
from schema.fields import INHERITED, OPEN, OWNER, action_of


class UnguardedCoordinate(Exception):
    """A field has no row in the policy table, or a row guards no field."""


def object_types(schema: Schema) -> Iterator[StrawberryObjectDefinition]:
    """Give the object and interface types of *schema*, by name."""
    for _, entry in sorted(schema.schema_converter.type_map.items()):
        definition = entry.definition
        if isinstance(definition, StrawberryObjectDefinition) and not definition.is_input:
            yield definition


def guarded_coordinates(schema: Schema) -> Mapping[Action, list[str]]:
    """
    Give the coordinates that each action guards.

    Raises:
        UnguardedCoordinate: a field without a guard, or an action that guards nothing.
    """
    found: dict[Action, list[str]] = {action: [] for action in POLICY}
    rows = set()
    for definition in object_types(schema):
        row = _row(definition)
        rows.add(row)
        for field in definition.fields:
            coordinate = f"{definition.name}.{schema.config.name_converter.from_field(field)}"
            action = action_of(field)
            if action is not None:
                found[action].append(coordinate)
            elif not {INHERITED, OWNER, OPEN} & field.metadata.keys() and not _is_id(field):
                raise UnguardedCoordinate(coordinate)
    idle = [
        action
        for action, guarded in found.items()
        if not guarded and action not in rows and POLICY[action].guards
    ]
    if idle:
        message = f"No field needs {', '.join(idle)}."
        raise UnguardedCoordinate(message)
    return found


def _row(definition: StrawberryObjectDefinition) -> Action | None:
    origin: Any = definition.origin
    if not hasattr(origin, "__policy_row__"):
        message = f"{definition.name} does not say which row of the policy guards it."
        raise UnguardedCoordinate(message)
    row: Action | None = origin.__policy_row__
    return row


def _is_id(field: StrawberryField) -> bool:
    # The interface's own declaration; each type that implements it declares its id again.
    return field.python_name == "id" and field.base_resolver is None


def written(schema: Schema) -> str:
    """Write the schema sorted, so that a change of the contract shows as a change of lines."""
    return print_schema(lexicographic_sort_schema(build_schema(schema.as_str()))) + "\n"
