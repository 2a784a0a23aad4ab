"""The arguments of a field, coerced once per batch where the objects can share them."""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from itertools import repeat
from typing import Any
from uuid import UUID

from graphql import Undefined, get_argument_values
from graphql.execution import Executor
from strawberry import UNSET

from executor.plans import FieldPlan


Arguments = dict[str, Any]

_UNCHANGEABLE = frozenset(
    {
        *(bool, int, float, str, bytes, date, datetime, time, Decimal, UUID),
        *(type(None), type(Undefined), type(UNSET)),
    }
)


def coerced_arguments(executor: Executor[Any], field: FieldPlan) -> Arguments:
    """
    Return the arguments of a field as its definition has them.

    Those without variables are the same in every execution, and kept if nobody can change them:
    whoever converts them copies lists and objects.
    """
    if field.arguments is not None:
        return field.arguments
    arguments = _coerced(executor, field)
    if field.constant and _is_unchangeable(arguments):
        field.arguments = arguments
    return arguments


def _coerced(executor: Executor[Any], field: FieldPlan) -> Arguments:
    if not (field.definition.args or field.nodes[0].arguments):
        return {}
    return get_argument_values(
        field.definition,
        field.nodes[0],
        executor.variable_values,
        field.details[0].fragment_variable_values,
        executor.hide_suggestions,
    )


def _is_unchangeable(value: Any) -> bool:
    if value.__class__ is dict:
        return all(map(_is_unchangeable, value.values()))
    if value.__class__ is list:
        return all(map(_is_unchangeable, value))
    return _is_single(value)


def _is_single(value: Any) -> bool:
    return type(value) in _UNCHANGEABLE or isinstance(value, Enum)


def can_be_shared(arguments: Arguments) -> bool:
    """Tell whether no resolver can change a value that the next one gets."""
    return all(map(_is_single, arguments.values()))


def arguments_of_each(executor: Executor[Any], field: FieldPlan, count: int) -> Iterable[Arguments]:
    """Return the arguments for each object of a batch: the same ones, or fresh ones."""
    first = _coerced(executor, field)
    if count == 1 or can_be_shared(first):
        return repeat(first, count)
    return [first, *(_coerced(executor, field) for _ in range(count - 1))]
