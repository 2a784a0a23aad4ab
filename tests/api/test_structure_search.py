"""Searches among structures."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models.accounts import PlatformRole, User
from models.identifiers import IdentifierType
from models.memberships import MembershipStatus, Role
from models.structures import Sector
from tests.world import Answer, World


Ask = Callable[..., Awaitable[Answer]]

SEARCH = """
    query ($filter: StructureFilter, $order: StructureOrder) {
        structures(filter: $filter, orderBy: $order) { totalCount nodes { id name } } }
"""


async def names(ask: Ask, person: User, **variables: Any) -> list[str]:
    """List the names of the structures that a search finds."""
    found = (await ask(person, SEARCH, **variables)).data["structures"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["name"] for node in found["nodes"]]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"identifier": {"startsWith": "10"}},
        {"identifier": {"startsWith": " 1 0 "}},
        {"identifier": {"startsWith": "10."}},
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
    assert error["extensions"]["code"] == "INVALID"
    assert error["extensions"]["field"] == ["filter"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"identifier": {"startsWith": "100"}}, ["Atelier Élan", "Atelier Zola"]),
        ({"identifier": {"startsWith": "100.0 0"}}, ["Atelier Élan", "Atelier Zola"]),
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
        assert error["extensions"]["code"] == "INVALID"
        assert error["extensions"]["field"] == ["filter", "name"]
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
