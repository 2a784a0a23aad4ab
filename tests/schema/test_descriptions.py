"""Everything in the contract says what it is."""

from collections.abc import Iterator
from itertools import chain

from graphql import (
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    build_schema,
    is_specified_directive,
    is_specified_scalar_type,
)

from models.policy import POLICY
from schema.coverage import written
from schema.root import schema
from tests.schema.contract import output_fields, requirements


Part = GraphQLEnumValue | GraphQLField | GraphQLInputField
CONTRACT = build_schema(written(schema))


def descriptions() -> Iterator[tuple[str, str | None]]:
    """Give the description of every part of the contract that has a name."""
    for name, type_ in CONTRACT.type_map.items():
        if not name.startswith("__") and not is_specified_scalar_type(type_):
            yield name, type_.description
            for word, part in _parts(type_):
                yield f"{name}.{word}", part.description
    for coordinate, field in output_fields(CONTRACT):
        for argument, taken in field.args.items():
            yield f"{coordinate}({argument}:)", taken.description
    for directive in CONTRACT.directives:
        if not is_specified_directive(directive):
            yield f"@{directive.name}", directive.description


def _parts(type_: GraphQLNamedType) -> Iterator[tuple[str, Part]]:
    if isinstance(type_, GraphQLEnumType):
        yield from type_.values.items()
    elif isinstance(type_, GraphQLInputObjectType | GraphQLInterfaceType | GraphQLObjectType):
        yield from type_.fields.items()


def test_everything_that_has_a_name_has_a_description() -> None:
    assert [name for name, description in descriptions() if not (description or "").strip()] == []


def test_a_description_is_a_sentence() -> None:
    assert [name for name, text in descriptions() if text and text.rstrip()[-1] not in ".)"] == []


def test_a_guarded_field_ends_with_what_it_requires() -> None:
    written_in_the_contract = requirements(CONTRACT)

    for action, coordinates in schema.coordinates.items():
        for coordinate in coordinates:
            assert written_in_the_contract[coordinate] == POLICY[action].requirement, coordinate


def test_no_other_field_says_that_it_requires_something() -> None:
    guarded = set(chain.from_iterable(schema.coordinates.values()))

    for coordinate, field in output_fields(CONTRACT):
        assert coordinate in guarded or "Requires `" not in (field.description or ""), coordinate
