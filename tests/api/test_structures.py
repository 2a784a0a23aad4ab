"""Structures: found by what names them, and hidden where they must be."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models.accounts import PlatformRole
from models.history import ManagerAction
from models.identifiers import IdentifierType
from models.memberships import MembershipStatus
from models.policy import Action
from models.structures import Sector, Structure
from tests.world import Answer, World, siret


Ask = Callable[..., Awaitable[Answer]]

BY = "query ($by: StructureLookup!) { structure(by: $by) { id name } }"
MANY = """
    query ($identifiers: [StructureIdentifierInput!]!) {
        structuresByIdentifier(identifiers: $identifiers) {
            results { structure { id } reason } } }
"""
OTHER_IDENTIFIERS = {
    IdentifierType.EU_VAT: "BE0403019261",
    IdentifierType.NON_EU: "USACME",
    IdentifierType.RIDET: "1234567890",
    IdentifierType.TAHITI: "A12345678",
    IdentifierType.OTHER: "IN-REGISTRATION",
}


async def test_a_structure_is_found_by_its_id(world: World, ask: Ask) -> None:
    structure = await world.structure("Atelier")

    answer = await ask(await world.user(), BY, by={"id": world.id(structure)})

    assert answer.data["structure"] == {"id": world.id(structure), "name": "Atelier"}


@pytest.mark.parametrize("separator", [" ", "\u00a0", "\u202f", ".", "\t"])
async def test_a_siret_may_be_written_in_groups(world: World, ask: Ask, separator: str) -> None:
    structure = await world.structure()
    number = structure.identifier
    grouped = separator.join((number[:3], number[3:6], number[6:9], number[9:]))

    answer = await ask(await world.user(), BY, by={"siret": grouped})

    assert answer.data["structure"]["id"] == world.id(structure)


async def test_a_structure_is_found_by_its_identifier_of_any_type(world: World, ask: Ask) -> None:
    reader = await world.user()
    for kind, value in OTHER_IDENTIFIERS.items():
        structure = await world.structure(identifier_type=kind, identifier=value)
        asked = {"type": kind, "value": f" {value.lower()} "}
        answer = await ask(reader, BY, by={"identifier": asked})
        assert (kind, answer.data["structure"]["id"]) == (kind, world.id(structure))


async def test_an_identifier_of_one_type_finds_no_structure_of_another(
    world: World, ask: Ask
) -> None:
    await world.structure(identifier_type=IdentifierType.RIDET, identifier="A12345678")

    asked = {"type": "TAHITI", "value": "A12345678"}
    answer = await ask(await world.user(), BY, by={"identifier": asked})

    assert answer.data == {"structure": None}


@pytest.mark.parametrize(
    ("by", "field"),
    [
        ({"siret": "12345678901234"}, "siret"),
        ({"siret": ""}, "siret"),
        ({"siret": "9" * 10_000}, "siret"),
        ({"siret": "١٢٣٤٥٦٧٨٩٠١٢٣٤"}, "siret"),
        ({"identifier": {"value": "123"}}, "identifier"),
        ({"identifier": {"type": "EU_VAT", "value": "FR40303265045"}}, "identifier"),
        ({"identifier": {"type": "OTHER", "value": "é"}}, "identifier"),
    ],
)
async def test_a_malformed_identifier_is_refused_at_its_place(
    world: World, ask: Ask, by: dict[str, Any], field: str
) -> None:
    answer = await ask(await world.user(), BY, by=by)

    (error,) = answer.errors
    assert error["path"] == ["structure"]
    assert error["extensions"]["code"] == "INVALID"
    assert error["extensions"]["field"] == ["by", field]


async def test_a_lookup_names_exactly_one_thing(world: World, ask: Ask) -> None:
    reader = await world.user()
    for by in (
        {},
        {"siret": siret(1), "id": "x"},
        {"siret": None},
        {"id": None, "siret": siret(1)},
    ):
        answer = await ask(reader, BY, by=by)
        assert answer.codes
        assert "data" not in answer.body or answer.body["data"] is None


async def test_identifiers_are_answered_in_their_order_with_a_reason_for_each_miss(
    world: World, ask: Ask
) -> None:
    first, second = await world.structure(), await world.structure()
    asked = [
        {"value": second.identifier},
        {"value": siret(900)},
        {"value": "not a number"},
        {"value": first.identifier},
        {"value": f"{second.identifier[:9]} {second.identifier[9:]}"},
        {"type": "OTHER", "value": first.identifier},
    ]

    answer = await ask(await world.user(), MANY, identifiers=asked)

    assert [
        (one["structure"] and one["structure"]["id"], one["reason"])
        for one in answer.data["structuresByIdentifier"]["results"]
    ] == [
        (world.id(second), None),
        (None, "UNKNOWN"),
        (None, "MALFORMED"),
        (world.id(first), None),
        (world.id(second), None),
        (None, "UNKNOWN"),
    ]


@pytest.mark.parametrize("number", [0, 101])
async def test_none_or_too_many_identifiers_are_refused(
    world: World, ask: Ask, number: int
) -> None:
    asked = [{"value": siret(one)} for one in range(number)]

    answer = await ask(await world.user(), MANY, identifiers=asked)

    (error,) = answer.errors
    assert error["path"] == ["structuresByIdentifier"]
    assert error["extensions"]["code"] == "INVALID"
    assert error["extensions"]["field"] == ["identifiers"]


async def test_a_hundred_identifiers_are_answered(world: World, ask: Ask) -> None:
    asked = [{"value": siret(number)} for number in range(100)]

    answer = await ask(await world.user(), MANY, identifiers=asked)

    assert len(answer.data["structuresByIdentifier"]["results"]) == 100


async def test_the_same_identifier_given_a_hundred_times_is_found_each_time(
    world: World, ask: Ask
) -> None:
    structure = await world.structure()

    answer = await ask(
        await world.user(), MANY, identifiers=[{"value": structure.identifier}] * 100
    )

    found = answer.data["structuresByIdentifier"]["results"]
    assert {one["structure"]["id"] for one in found} == {world.id(structure)}


ROUTES = {
    "structure by id": "structure(by: {id: $id}) { id }",
    "structure by identifier": (
        'structure(by: {identifier: {type: INDIVIDUAL, value: "DOE"}}) { id }'
    ),
    "structuresByIdentifier": (
        'structuresByIdentifier(identifiers: [{type: INDIVIDUAL, value: "DOE"}])'
        " { results { structure { id } } }"
    ),
    "structures by name": (
        'structures(filter: {relation: ANY, name: {equals: "Jane Doe"}}) { nodes { id } }'
    ),
    "count of structures": (
        "structures(filter: {relation: ANY, identifierType: [INDIVIDUAL],"
        ' identifier: {startsWith: "DOE"}}) { totalCount nodes { id } }'
    ),
    "node": "node(id: $id) { id }",
    "nodes": "nodes(ids: [$id]) { id }",
}


def route(name: str) -> str:
    """Write the document of a route; one that needs no id takes it all the same."""
    return f"query ($id: ID!) {{ {ROUTES[name]} other: node(id: $id) {{ __typename }} }}"


async def individual(world: World) -> Structure:
    """Put in the card of a private person."""
    return await world.structure(
        "Jane Doe", identifier_type=IdentifierType.INDIVIDUAL, identifier="DOE"
    )


async def test_a_private_person_is_hidden_from_strangers_by_every_route(
    world: World, ask: Ask
) -> None:
    card, stranger = await individual(world), await world.user()

    for name in ROUTES:
        answer = await ask(stranger, route(name), id=world.id(card))
        assert (name, world.id(card) in str(answer.data)) == (name, False)
        assert "'totalCount': 1" not in str(answer.data)


@pytest.mark.parametrize("tie", ["member", "inactive", "left", "asked", "gave up", "support"])
async def test_a_private_person_is_seen_by_those_who_have_or_had_to_do_with_him(
    world: World, ask: Ask, tie: str
) -> None:
    card = await individual(world)
    support = tie == "support"
    reader = await world.user(platform_role=PlatformRole.SUPPORT if support else PlatformRole.NONE)
    if tie in {"member", "inactive", "left"}:
        statuses = {"inactive": MembershipStatus.INACTIVE, "left": MembershipStatus.DELETED}
        status = statuses.get(tie, MembershipStatus.ACTIVE)
        await world.member(card, reader, status=status)
    elif tie == "asked":
        await world.connection_request(card, reader)
    elif tie == "gave up":
        await world.connection_request(card, reader, status="CANCELLED", decided_at=world.now)

    for name in ROUTES:
        answer = await ask(reader, route(name), id=world.id(card))
        assert (name, world.id(card) in str(answer.data)) == (name, True)


async def test_a_private_person_is_hidden_behind_the_card_that_replaced_him(
    world: World, ask: Ask
) -> None:
    member = await world.user()
    before = await individual(world)
    await world.retire(before)
    after = await world.structure("Doe")
    await succeed(world, after, before)
    await world.member(after, member)
    document = "query ($id: ID!) { structure(by: {id: $id}) { predecessor { name } } }"

    answer = await ask(member, document, id=world.id(after))

    assert answer.data == {"structure": {"predecessor": None}}


async def test_a_private_person_is_hidden_behind_the_card_that_he_replaced(
    world: World, ask: Ask
) -> None:
    member = await world.user()
    before = await world.structure("Doe & Co")
    await world.member(before, member)
    await world.retire(before)
    after = await individual(world)
    await succeed(world, after, before)
    document = "query ($id: ID!) { structure(by: {id: $id}) { successor { name } } }"

    answer = await ask(member, document, id=world.id(before))

    assert answer.data == {"structure": {"successor": None}}


async def succeed(world: World, after: Structure, before: Structure) -> None:
    """Say that *after* replaced *before*."""

    async def work(session: Any) -> None:
        row = await session.get_one(Structure, after.id)
        row.predecessor_id = before.id
        session.add(
            ManagerAction(
                structure_id=after.id, at=world.now, action=Action.IDENTIFIER_CHANGE, changes=[]
            )
        )

    await world.database.write(work)


async def test_the_address_that_is_not_published_is_withheld_from_outsiders(
    world: World, ask: Ask
) -> None:
    member, outsider = await world.user(), await world.user()
    town = await world.structure("Town", sector=Sector.PUBLIC, address_withheld=True, city="Lyon")
    await world.member(town, member)
    document = "query ($id: ID!) { structure(by: {id: $id}) { general { address { city } } } }"

    inside = await ask(member, document, id=world.id(town))
    outside = await ask(outsider, document, id=world.id(town))

    assert inside.data["structure"]["general"] == {"address": {"city": "Lyon"}}
    assert outside.data["structure"]["general"] == {"address": None}


@pytest.mark.parametrize("wrong", [{}, {"id": None}, {"id": "x", "siret": "x"}])
async def test_a_choice_of_none_or_two_is_refused_by_a_document_that_succeeded_as_well(
    world: World, ask: Ask, wrong: dict[str, Any]
) -> None:
    person = await world.user()
    structure = await world.structure("Ateliers", primary=person)
    document = "query ($by: StructureLookup!) { structure(by: $by) { name } }"

    first = await ask(person, document, by=wrong)
    found = await ask(person, document, by={"id": world.id(structure)})
    again = await ask(person, document, by=wrong)

    assert found.data == {"structure": {"name": "Ateliers"}}
    assert first.codes == again.codes == ["VALIDATION_FAILED"]
