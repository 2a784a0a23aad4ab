"""
Functions that turn coerced arguments into what Strawberry's resolvers take, made once per type.

They do what Strawberry's `convert_arguments` does for the types that they know; a field with any
other type of argument is left to it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING
from typing import Any

from strawberry import UNSET
from strawberry.relay.types import GlobalID
from strawberry.scalars import is_scalar
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.lazy_type import LazyType

from executor.arguments import Arguments


Convert = Callable[[Any], Any]
ConvertAll = Callable[[Arguments], Arguments]


class UnknownTypeError(Exception):
    """A type whose values only Strawberry itself converts."""


def compile_conversion(converter: Any, arguments: Iterable[StrawberryArgument]) -> ConvertAll:
    """
    Return a function that converts all arguments of a field.

    Raises:
        UnknownTypeError: an argument must be converted by Strawberry.
    """
    types = _Types(converter)
    name_of = converter.config.name_converter.from_argument
    known = [
        (name_of(argument), argument.python_name, types.conversion(argument.type))
        for argument in arguments
    ]

    def convert(coerced: Arguments) -> Arguments:
        return {
            python_name: coerced[name] if change is None else change(coerced[name])
            for name, python_name, change in known
            if name in coerced
        }

    return convert


class _Types:
    """Conversions of the types of one schema; None stands for values that stay as they are."""

    def __init__(self, converter: Any) -> None:
        self._config = converter.config
        self._scalars = converter.scalar_registry
        self._open: set[Any] = set()

    def conversion(self, declared: Any) -> Convert | None:
        if isinstance(declared, StrawberryMaybe):
            raise UnknownTypeError
        if isinstance(declared, StrawberryOptional):
            return self.conversion(declared.of_type)
        if isinstance(declared, LazyType):
            return self.conversion(declared.resolve_type())
        if isinstance(declared, StrawberryList):
            return self._list(declared.of_type)
        if declared is GlobalID:
            raise UnknownTypeError
        if self._is_leaf(declared):
            return None
        if has_object_definition(declared):
            return self._object(declared)
        raise UnknownTypeError

    def _is_leaf(self, declared: Any) -> bool:
        return (
            is_scalar(declared, self._scalars)
            or isinstance(declared, StrawberryEnumDefinition)
            or has_enum_definition(declared)
        )

    def _list(self, item: Any) -> Convert:
        change = self.conversion(item)

        def convert(value: Any) -> Any:
            if value is None or value is UNSET:
                return value
            # A default is the same object for everybody, so that plain items are copied too.
            return list(value) if change is None else [change(one) for one in value]

        return convert

    def _object(self, declared: Any) -> Convert:
        definition = declared.__strawberry_definition__
        # A type that holds itself would be made without end.
        if definition.from_input is not None or declared in self._open:
            raise UnknownTypeError
        self._open.add(declared)
        name_of = self._config.name_converter.from_field
        fields = {
            name_of(field): (
                field.python_name,
                self.conversion(field.resolve_type(type_definition=definition)),
            )
            for field in definition.fields
        }
        self._open.remove(declared)
        # Inputs may leave out what is nullable without a default of its own.
        absent = {
            field.python_name: None
            for field in definition.fields
            if definition.is_input
            and field.default_value is MISSING
            and field.default_factory is MISSING
        }

        def convert(value: Mapping[str, Any]) -> Any:
            if value is None or value is UNSET:
                return value
            given = absent.copy()
            for name, one in value.items():
                python_name, change = fields[name]
                given[python_name] = one if change is None else change(one)
            return declared(**given)

        return convert
