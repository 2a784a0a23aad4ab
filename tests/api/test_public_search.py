"""What everybody reads of public structures without signing in, and how often others search."""

from pathlib import Path
from typing import Any

import pytest

from models.accounts import PlatformRole
from models.identifiers import IdentifierType
from models.structures import Sector
from tests.firm import Firm
from tests.world import World, siret


SEARCH = """
    query ($filter: StructureFilter) { structures(filter: $filter) {
        totalCount nodes { name sector status } } }
"""
CARD = """
    query ($siret: String!) { structure(by: {siret: $siret}) { id identifier name sector status
        general { label serviceCodeRequired engagementNumberRequired address { city } }
        services { totalCount nodes { code active engagementNumberRequired } } } }
"""


async def town(world: World, name: str = "Town", **values: Any) -> Any:
    return await world.structure(name, sector=Sector.PUBLIC, **values)


async def names(world: World, person: Any = None, **filter_: Any) -> list[str]:
    answer = await world.ask(person, SEARCH, filter=filter_)
    found = answer.data["structures"]
    assert found["totalCount"] == len(found["nodes"])
    return [one["name"] for one in found["nodes"]]


async def test_nobody_needs_an_account_to_read_a_public_structure(world: World) -> None:
    card = await town(world, label="Town hall", city="Brest", engagement_number_required=True)
    await world.service(card, "SALES", engagement_number_required=True)
    await world.service(card, "IDLE", enabled=False)

    found = (await world.ask(None, CARD, siret=card.identifier)).data["structure"]

    assert found == {
        "id": world.id(card),
        "identifier": card.identifier,
        "name": "Town",
        "sector": "PUBLIC",
        "status": "ACTIVE",
        "general": {
            "label": "Town hall",
            "serviceCodeRequired": False,
            "engagementNumberRequired": True,
            "address": {"city": "Brest"},
        },
        "services": {
            "totalCount": 2,
            "nodes": [
                {"code": "FACTURES_PUBLIQUES", "active": True, "engagementNumberRequired": False},
                {"code": "SALES", "active": True, "engagementNumberRequired": True},
            ],
        },
    }


async def test_nobody_without_an_account_learns_of_what_is_not_public(world: World) -> None:
    private, gone = await world.structure("Private"), await town(world, "Gone")
    await world.retire(gone)
    person = await world.structure(
        "Person", identifier_type=IdentifierType.INDIVIDUAL, identifier="PERSON-1970"
    )
    missing = await world.ask(None, CARD, siret=siret(999))
    expected = world.statements[-1]
    lookup = """
        query ($given: [StructureIdentifierInput!]!) {
            structuresByIdentifier(identifiers: $given) { results { reason structure { id } } } }
    """

    for card in (private, gone):
        answer = await world.ask(None, CARD, siret=card.identifier)
        assert (answer.body, world.statements[-1]) == (missing.body, expected)
    for card in (private, gone, person):
        by_id = "query ($id: ID!) { node(id: $id) { id } structure(by: {id: $id}) { id } }"
        found = await world.ask(None, by_id, id=world.id(card))
        assert found.data == {"node": None, "structure": None}
        given = [{"type": card.identifier_type.value, "value": card.identifier}]
        answer = await world.ask(None, lookup, given=given)
        assert answer.data["structuresByIdentifier"]["results"] == [
            {"reason": "UNKNOWN", "structure": None}
        ]


async def test_nobody_without_an_account_lists_others_than_public_structures(world: World) -> None:
    await town(world, "B Town")
    await town(world, "A Town")
    await world.retire(await town(world, "Gone"))
    await world.structure("Private")

    assert await names(world) == ["A Town", "B Town"]
    assert await names(world, relation="ANY") == ["A Town", "B Town"]
    assert await names(world, name={"startsWith": "b"}) == ["B Town"]
    assert await names(world, sector=["PRIVATE"]) == []
    assert await names(world, status=["INACTIVE"]) == []
    assert await names(world, relation="MANAGED") == []
    assert await names(world, viewerRole=["PRIMARY_MANAGER"]) == []


@pytest.mark.parametrize(
    "field",
    [
        *("primaryManager { displayName }", "openedAreas { mode }", "users { totalCount }"),
        *("applicationsUsed", "history { totalCount }", "connectionRequests { totalCount }"),
        *("bankAccounts { totalCount }", "services { nodes { users { totalCount } } }"),
    ],
)
async def test_nobody_without_an_account_reads_the_inside_of_a_public_structure(
    world: World, field: str
) -> None:
    card = await town(world)
    document = f"query ($id: ID!) {{ structure(by: {{id: $id}}) {{ name {field} }} }}"

    answer = await world.ask(None, document, id=world.id(card))

    assert answer.body["data"]["structure"]["name"] == "Town"
    assert answer.codes == ["FORBIDDEN"]


async def test_an_address_that_is_withheld_stays_so_without_an_account(world: World) -> None:
    card = await town(world, city="Brest", address_withheld=True)

    found = (await world.ask(None, CARD, siret=card.identifier)).data["structure"]

    assert found["general"]["address"] is None


async def test_a_public_structure_leads_to_no_other_that_is_hidden(world: World) -> None:
    firm = Firm()
    firm.world, firm.primary = world, await world.user("Paule Primary")
    old = await town(world, "Old", primary=firm.primary)
    change = """
        mutation ($input: ChangeIdentifierInput!) { changeIdentifier(input: $input) {
            structure { id } errors { code } } }
    """
    given = {
        "structureId": world.id(old),
        "version": 1,
        "identifier": {"value": siret(901)},
        "confirmDifferentSiren": True,
    }
    changed = (await world.ask(firm.primary, change, input=given)).data["changeIdentifier"]
    document = "query ($id: ID!) { structure(by: {id: $id}) { predecessor { id } } }"

    number = changed["structure"]["id"]
    inside = await world.ask(firm.primary, document, id=number)
    outside = await world.ask(None, document, id=number)

    assert inside.data["structure"]["predecessor"] == {"id": world.id(old)}
    assert outside.data["structure"]["predecessor"] is None


async def test_nobody_without_an_account_changes_anything(world: World) -> None:
    card = await town(world)
    document = """
        mutation ($id: ID!) { updateStructure(input: {structureId: $id, version: 1}) {
            errors { code } } }
    """

    answer = await world.ask(None, document, id=world.id(card))

    assert (answer.codes, answer.body["data"]) == (["FORBIDDEN"], {"updateStructure": None})


async def test_a_search_among_the_structures_of_others_is_limited_per_user(
    sqlite_url: str, tmp_path: Path
) -> None:
    world = World(sqlite_url, tmp_path, searches_per_minute=2)
    await world.structure("Atelier")
    eager, other = await world.user(), await world.user()
    support = await world.user(platform_role=PlatformRole.SUPPORT)
    asked = {"filter": {"relation": "ANY", "name": {"equals": "Atelier"}}}

    answers = [await world.ask(eager, SEARCH, **asked) for _ in range(3)]
    spared = [await world.ask(person, SEARCH, **asked) for person in (other, *[support] * 3)]
    own = await world.ask(eager, SEARCH)
    await world.close()

    assert [one.codes for one in answers] == [[], [], ["TOO_MANY_REQUESTS"]]
    told = answers[-1].errors[0]["extensions"]
    assert told["limit"] == 2
    assert 1 <= told["retryAfter"] <= 60
    assert [one.codes for one in [*spared, own]] == [[]] * 5
