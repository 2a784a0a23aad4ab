"""Records hold the columns that the fields of a document read, and no field misses one."""

from typing import Any

import pytest

from graphql import GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument

from models.areas import AreaCode
from resolvers import operation as operations
from resolvers.columns import chosen_by
from resolvers.services import SERVICE, ServiceRecord
from resolvers.structures import CARD, StructureRecord
from schema.root import schema
from tests.world import World


PLACES = {
    "Structure": "viewer { memberships { nodes { structure { %s } } } }",
    "GeneralInformation": "viewer { memberships { nodes { structure { general { %s } } } } }",
    "Membership": "viewer { memberships { nodes { structure { users { nodes { %s } } } } } }",
    "User": "viewer { memberships { nodes { structure { users { nodes { user { %s } } } } } } }",
    "Service": "viewer { memberships { nodes { structure { services { nodes { %s } } } } } }",
    "ServiceUser": "viewer { memberships { nodes { structure { services { nodes {"
    " users { nodes { %s } } } } } } } }",
}
CURSORS = {
    "services(orderBy: {field: %s})": ("CODE", "NAME"),
    "users(orderBy: {field: %s})": ("NAME", "ROLE", "CREATED_AT"),
    "services { nodes { users(orderBy: {field: %s}) { pageInfo { startCursor } } } }": (
        *("NAME", "ROLE", "CREATED_AT"),
    ),
}


def selections(type_name: str) -> list[str]:
    """Write a selection of each field of a type that can be asked without arguments."""
    declared = schema._schema.type_map[type_name]
    assert isinstance(declared, GraphQLObjectType)
    return [
        name + below(field.type)
        for name, field in declared.fields.items()
        if not any(map(is_required_argument, field.args.values()))
    ]


def below(declared: Any) -> str:
    named = get_named_type(declared)
    if is_leaf_type(named):
        return ""
    if "nodes" in named.fields:
        return f" {{ nodes{below(named.fields['nodes'].type)} pageInfo {{ endCursor }} }}"
    leaves = [
        name for name, field in named.fields.items() if is_leaf_type(get_named_type(field.type))
    ]
    return f" {{ {' '.join(leaves)} }}"


async def populate(world: World) -> Any:
    manager = await world.user("Camille Fournier")
    structure = await world.structure("Ateliers", primary=manager)
    service = await world.service(structure, "ACHATS")
    await world.opening(structure)
    await world.opening(structure, AreaCode.WORK_INVOICES, service=service)
    member = await world.member(structure, await world.user("Lou Petit"), services=[service])
    await world.right(member, AreaCode.WORK_INVOICES, service=service)
    await world.connection_request(structure, await world.user("Sacha Morel"))
    await world.bank_account(structure)
    await world.mandate(structure, manager)
    await world.token(manager)
    return manager


@pytest.mark.parametrize("type_name", PLACES)
async def test_each_field_alone_answers_as_it_does_from_whole_rows(
    world: World, type_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = await populate(world)
    documents = [f"{{ {PLACES[type_name] % one} }}" for one in selections(type_name)]
    assert len(documents) >= 7

    narrow = [await world.ask(manager, document) for document in documents]
    monkeypatch.setattr(operations, "chosen_by", lambda _coordinates: ())
    whole = [await world.ask(manager, document) for document in documents]

    for document, one, other in zip(documents, narrow, whole, strict=True):
        assert one.data == other.data, document
        assert one.codes == other.codes == [], document


@pytest.mark.parametrize(
    ("listed", "order"), [(listed, order) for listed, names in CURSORS.items() for order in names]
)
async def test_a_cursor_of_every_order_is_made_of_what_was_read(
    world: World, listed: str, order: str
) -> None:
    manager = await populate(world)
    fields = listed % order
    if not fields.endswith("}"):
        fields += " { edges { cursor } pageInfo { startCursor } }"

    answer = await world.ask(manager, f"{{ {PLACES['Structure'] % fields} }}")

    assert answer.codes == []


def test_only_what_fields_and_rules_need_is_read() -> None:
    chosen = dict(chosen_by(frozenset({"Structure.name", "Service.active", "User.displayName"})))

    assert chosen[StructureRecord] == {
        *("id", "identifier", "identifier_type", "name", "sector", "status")
    }
    assert chosen[ServiceRecord] == {*("enabled", "id", "structure_id", "valid_from", "valid_to")}


def test_a_field_of_which_nothing_is_known_reads_whole_rows() -> None:
    chosen = chosen_by(frozenset({"Structure.name", "Structure.viewerCan"}))

    assert StructureRecord not in dict(chosen)
    assert CARD.narrowed(chosen) == CARD


def test_a_column_that_was_not_read_is_no_silent_null() -> None:
    narrow: Any = SERVICE.narrowed(chosen_by(frozenset({"Service.code"}))).made_class
    record = narrow(1, 2, "ACHATS", None)

    assert isinstance(record, ServiceRecord)
    with pytest.raises(AttributeError):
        record.name  # noqa: B018 - reading it is what is tested
