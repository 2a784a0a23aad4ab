"""Structures: found by what names them, listed, and hidden where they must be."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models.accounts import PlatformRole, User
from models.history import ManagerAction
from models.identifiers import IdentifierType
from models.memberships import MembershipStatus, Role
from models.policy import Action
from models.structures import Sector, Structure
from tests.world import Answer, World, siret


Ask = Callable[..., Awaitable[Answer]]

BY = "query ($by: StructureLookup!) { structure(by: $by) { id name } }"
SEARCH = """
    query ($filter: StructureFilter, $order: StructureOrder) {
        structures(filter: $filter, orderBy: $order) { totalCount nodes { id name } } }
"""
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


async def names(ask: Ask, person: User, **variables: Any) -> list[str]:
    """List the names of the structures that a search finds."""
    found = (await ask(person, SEARCH, **variables)).data["structures"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["name"] for node in found["nodes"]]


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
    assert error["extensions"] == {"code": "INVALID", "field": ["by", field]}


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
    assert error["extensions"] == {"code": "INVALID", "field": ["identifiers"]}


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


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"identifier": {"startsWith": "10"}},
        {"identifier": {"startsWith": " 1 0 "}},
        {"identifier": {"equals": ""}},
        {"name": {"startsWith": "Atelier"}},
        {"name": {"equals": ""}},
        {"name": {"equals": "   "}},
        {"sector": ["PRIVATE"]},
    ],
)
async def test_a_search_among_all_needs_three_characters_or_the_exact_name(
    world: World, ask: Ask, asked: dict[str, Any]
) -> None:
    answer = await ask(await world.user(), SEARCH, filter={"relation": "ANY", **asked})

    (error,) = answer.errors
    assert error["path"] == ["structures"]
    assert error["extensions"] == {"code": "INVALID", "field": ["filter"]}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"identifier": {"startsWith": "100"}}, ["Atelier Élan", "Atelier Zola"]),
        ({"name": {"equals": "ATELIER elan"}}, ["Atelier Élan"]),
        ({"name": {"equals": " Atelier\u00a0Élan "}}, ["Atelier Élan"]),
        ({"name": {"equals": "Atelier"}}, []),
        (
            {"identifier": {"startsWith": "100"}, "name": {"startsWith": "atelier z"}},
            ["Atelier Zola"],
        ),
    ],
)
async def test_a_stranger_finds_cards_by_number_or_exact_name(
    world: World, ask: Ask, asked: dict[str, Any], found: list[str]
) -> None:
    await world.structure("Atelier Élan")
    await world.structure("Atelier Zola")

    assert await names(ask, await world.user(), filter={"relation": "ANY", **asked}) == found


async def test_support_searches_among_all_without_a_word(world: World, ask: Ask) -> None:
    support = await world.user(platform_role=PlatformRole.SUPPORT)
    await world.structure("B")
    await world.structure("A")

    assert await names(ask, support) == ["A", "B"]
    assert await names(ask, support, filter={"relation": "MINE"}) == ["A", "B"]


async def test_a_user_finds_by_default_the_structures_that_he_is_connected_to(
    world: World, ask: Ask
) -> None:
    person = await world.user()
    statuses = {"Active": "ACTIVE", "Inactive": "INACTIVE", "Left": "DELETED"}
    for name, status in statuses.items():
        await world.member(await world.structure(name), person, status=MembershipStatus(status))
    await world.connection_request(await world.structure("Asked"), person)
    await world.structure("Managed", primary=person)

    assert await names(ask, person) == ["Active", "Inactive", "Managed"]
    assert await names(ask, person, filter={"relation": "MANAGED"}) == ["Managed"]
    roles = {"viewerRole": ["SIMPLE_USER"]}
    assert await names(ask, person, filter=roles) == ["Active"]
    assert await names(ask, person, filter={"viewerRole": []}) == []
    assert await names(ask, person, filter={"viewerRole": None}) == [
        "Active",
        "Inactive",
        "Managed",
    ]


async def test_filters_hold_together(world: World, ask: Ask) -> None:
    person = await world.user()
    await world.structure("Town", primary=person, sector=Sector.PUBLIC)
    firm = await world.structure("Firm", primary=person)
    old = await world.structure("Old firm", primary=person)
    await world.structure(
        "Abroad", primary=person, identifier_type=IdentifierType.NON_EU, identifier="USACME"
    )
    await world.retire(old)

    for asked, found in (
        ({"sector": ["PUBLIC"]}, ["Town"]),
        ({"status": ["INACTIVE"]}, ["Old firm"]),
        ({"identifierType": ["NON_EU", "OTHER"]}, ["Abroad"]),
        ({"identifier": {"equals": "us acme"}}, ["Abroad"]),
        ({"identifier": {"equals": firm.identifier}, "status": ["ACTIVE"]}, ["Firm"]),
        ({"identifier": {"equals": firm.identifier}, "status": ["INACTIVE"]}, []),
        ({"name": {"startsWith": "OLD"}}, ["Old firm"]),
        ({"sector": [], "status": ["ACTIVE"]}, []),
    ):
        assert (asked, await names(ask, person, filter=asked)) == (asked, found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("%", ["% off"]),
        ("_", ["_under"]),
        ("\\", ["\\back"]),
        ("'; DROP TABLE structure; --", []),
        ("שמש", ["שמש ים"]),
        ("\u200fשמש", []),
        ("مَدْرَسَة", ["مدرسة"]),
        ("STRASSE", ["Straße"]),
        ("œuvre", ["Œuvre"]),
        ("😀", ["😀 smile"]),
        ("fi", ["ﬁn"]),
        ("\U0010ffff", None),
        ("", 8),
        ("\u0301", 8),
        ("a" * 200, []),
        ("a" * 201, None),
        ("a" * 10_000, None),
        ("\x1b[31m", None),
    ],
)
async def test_a_search_takes_signs_as_they_are(
    world: World, ask: Ask, text: str, found: Any
) -> None:
    person = await world.user()
    texts = ("% off", "_under", "\\back", "שמש ים", "مدرسة", "Straße", "😀 smile", "ﬁn")
    for name in texts:
        await world.structure(name, primary=person)

    answer = await ask(person, SEARCH, filter={"name": {"startsWith": text}})

    if found is None:
        (error,) = answer.errors
        assert error["extensions"] == {"code": "INVALID", "field": ["filter", "name"]}
        return
    nodes = answer.data["structures"]["nodes"]
    if isinstance(found, int):
        assert len(nodes) == found
    else:
        assert [node["name"] for node in nodes] == [name for name in found if name in texts]


@pytest.mark.parametrize("text", [r"\u0000", r"\ud800", r"\udfff\ud800"])
@pytest.mark.parametrize("literal", [True, False])
async def test_half_a_character_is_refused_and_never_an_error_of_the_server(
    world: World, text: str, literal: bool
) -> None:
    token = await world.token(await world.user())
    if literal:
        quoted = text.replace("\\", "\\\\")
        body = (
            '{"query": "{ structures(filter: {name: {equals: \\"'
            + quoted
            + '\\"}}) { totalCount } }"}'
        )
    else:
        body = (
            '{"query": "query ($n: String!) { structures(filter: {name: {equals: $n}})'
            ' { totalCount } }", "variables": {"n": "' + text + '"}}'
        )
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    response = await world.client.post("/graphql", content=body, headers=headers)

    assert response.status_code in {200, 400}
    codes = {error["extensions"]["code"] for error in response.json()["errors"]}
    assert codes <= {"INVALID", "BAD_REQUEST", "PARSE_FAILED", "VALIDATION_FAILED"}


async def test_a_secondary_manager_has_the_structure_among_those_he_manages(
    world: World, ask: Ask
) -> None:
    person = await world.user()
    await world.member(await world.structure("Firm"), person, role=Role.SECONDARY_MANAGER)

    assert await names(ask, person, filter={"relation": "MANAGED"}) == ["Firm"]


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
