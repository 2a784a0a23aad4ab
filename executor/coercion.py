"""
Variables coerced by functions that are made once per type.

Each function accepts what is plainly right and gives what graphql-core's coercion would; for
anything else it raises, and graphql-core coerces the variables again to say what is wrong.
"""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    Undefined,
    is_leaf_type,
)
from graphql.execution.get_variable_signature import (
    GraphQLVariableSignature,
    get_variable_signature,
)
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.type import is_required_input_field
from graphql.utilities.coerce_input_value import coerce_default_value


Coerce = Callable[[Any], Any]


_TEXTS = (GraphQLString, GraphQLID)


class NotPlainError(Exception):
    """A type or a value that graphql-core must look at."""


class VariableCoercion:
    """Coerces the variables of one operation."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        """
        Prepare for the variables that *operation* declares.

        Raises:
            NotPlainError: a declaration is not for this one to coerce.
        """
        types = _Types()
        self._known: list[tuple[GraphQLVariableSignature, Coerce, bool]] = []
        for declared in operation.variable_definitions or ():
            signature = get_variable_signature(schema, declared)
            if not isinstance(signature, GraphQLVariableSignature):
                raise NotPlainError
            required = isinstance(signature.type, GraphQLNonNull)
            coerce = types.coercion(signature.type)
            may_be_absent = not required and declared.default_value is None
            self._known.append((signature, coerce, may_be_absent))

    def __call__(self, inputs: Mapping[str, Any]) -> VariableValues:
        """
        Coerce what a request gives.

        Raises:
            NotPlainError: it is wrong, or takes a default.
        """
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for signature, coerce, may_be_absent in self._known:
            name = signature.name
            value = inputs.get(name, Undefined)
            if value is Undefined:
                if not may_be_absent:
                    raise NotPlainError
                sources[name] = VariableValueSource(signature)
                continue
            sources[name] = VariableValueSource(signature, value)
            coerced[name] = coerce(value)
        return VariableValues(sources, coerced)


def refuse_all(_inputs: Mapping[str, Any]) -> VariableValues:
    """Coerce the variables of an operation whose declarations are for graphql-core."""
    raise NotPlainError


class _Types:
    """Coercions of input types; those of types that hold themselves are not made."""

    def __init__(self) -> None:
        self._open: set[str] = set()

    def coercion(self, declared: Any) -> Coerce:
        if not isinstance(declared, GraphQLNonNull):
            coerce = self._of_present(declared)
            return lambda value: None if value is None else coerce(value)
        present = self._of_present(declared.of_type)
        if declared.of_type in _TEXTS:
            return present  # It refuses null by itself.

        def coerce_required(value: Any) -> Any:
            if value is None:
                raise NotPlainError
            return present(value)

        return coerce_required

    def _of_present(self, declared: Any) -> Coerce:
        if isinstance(declared, GraphQLList):
            return self._list(self.coercion(declared.of_type))
        if isinstance(declared, GraphQLInputObjectType):
            return self._object(declared)
        if not is_leaf_type(declared):
            raise NotPlainError
        leaf = declared.coerce_input_value
        if declared in _TEXTS:
            return lambda value: value if value.__class__ is str else _leaf(leaf, value)
        return lambda value: _leaf(leaf, value)

    def _list(self, item: Coerce) -> Coerce:
        def coerce(value: Any) -> list[Any]:
            if value.__class__ is not list:
                raise NotPlainError
            return [item(one) for one in value]

        return coerce

    def _fields(self, declared: GraphQLInputObjectType) -> dict[str, tuple[str, Coerce]]:
        if declared.name in self._open:
            raise NotPlainError
        self._open.add(declared.name)
        fields = {
            name: (field.out_name or name, self.coercion(field.type))
            for name, field in declared.fields.items()
        }
        self._open.remove(declared.name)
        return fields

    def _object(self, declared: GraphQLInputObjectType) -> Coerce:
        fields = self._fields(declared)
        required = {
            name for name, field in declared.fields.items() if is_required_input_field(field)
        }
        absent = _absent(declared)
        one_of = declared.is_one_of
        plain = declared.out_type is GraphQLInputObjectType.out_type
        finish = None if plain else declared.out_type

        def coerce(value: Any) -> Any:
            if value.__class__ is not dict or not required <= value.keys():
                raise NotPlainError
            coerced = absent.copy()
            for name, given in value.items():
                if name not in fields:
                    raise NotPlainError
                out_name, its_coercion = fields[name]
                coerced[out_name] = its_coercion(given)
            if one_of and (len(value) != 1 or None in coerced.values()):
                raise NotPlainError
            return coerced if finish is None else _tried(finish, coerced)

        return coerce


def _absent(declared: GraphQLInputObjectType) -> dict[str, Any]:
    """Return what stands for fields that are not given; graphql-core too makes each only once."""
    try:
        return {
            field.out_name or name: coerce_default_value(field)
            for name, field in declared.fields.items()
            if not is_required_input_field(field)
            and (field.default is not None or field.default_value is not Undefined)
        }
    except Exception:  # noqa: BLE001 - graphql-core tells what is wrong, where it is used
        raise NotPlainError from None


def _tried(coerce: Coerce, value: Any) -> Any:
    try:
        return coerce(value)
    except Exception:  # noqa: BLE001 - graphql-core tells what is wrong
        raise NotPlainError from None


def _leaf(coerce: Coerce, value: Any) -> Any:
    coerced = _tried(coerce, value)
    if coerced is Undefined:
        raise NotPlainError
    return coerced
