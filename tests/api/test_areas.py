"""Areas: the catalogue, what is opened, who has which right, and the tabs of the menu."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from models.accounts import PlatformRole, User
from models.areas import AreaCode, AreaMode, AreaSubscription, StructureArea
from models.memberships import Membership, MembershipStatus
from models.structures import Sector, Structure
from tests.firm import Firm
from tests.world import Answer, World


Ask = Callable[..., Awaitable[Answer]]

TABS = """
    query ($structure: ID) { viewer { areaTabs(structureId: $structure) {
        area { code position } available mode missing } } }
"""
PRIVATE_MENU = [
    "HOME",
    "MANAGER_ACTIVITIES",
    "ICT_REFUNDS",
    "COMMITMENTS",
    "INVOICES_TO_VALIDATE",
    "WORK_INVOICES",
    "ISSUED_INVOICES",
    "JUSTICE_COSTS",
    "EDI_API_CONNECTIONS",
    "SENT_REQUESTS",
    "DATA_FLOW_OVERVIEW",
    "MY_ACCOUNT",
]
PUBLIC_MENU = [
    *PRIVATE_MENU[:7],
    "RECEIVED_INVOICES",
    *PRIVATE_MENU[7:10],
    "RECEIVED_REQUESTS",
    *PRIVATE_MENU[10:],
]
ALWAYS = {"HOME", "SENT_REQUESTS", "MY_ACCOUNT"}


async def tabs(
    ask: Ask, person: User, structure: str | None = None
) -> dict[str, tuple[str | None, str | None]]:
    """Give mode and what is missing by area, in the order of the answer."""
    answer = await ask(person, TABS, structure=structure)
    found = answer.data["viewer"]["areaTabs"]
    for tab in found:
        assert tab["available"] == (tab["missing"] is None)
    positions = [tab["area"]["position"] for tab in found]
    assert positions == sorted(positions)
    return {tab["area"]["code"]: (tab["mode"], tab["missing"]) for tab in found}


async def test_everybody_reads_the_catalogue_in_the_order_of_the_tabs(ask: Ask) -> None:
    answer = await ask(None, "{ areas { code position default label labelFrench } }")

    areas = answer.data["areas"]
    assert [area["code"] for area in areas] == PUBLIC_MENU
    assert [area["position"] for area in areas] == list(range(1, 15))
    assert {area["code"] for area in areas if area["default"]} == ALWAYS | {"MANAGER_ACTIVITIES"}
    assert all(area["label"] and area["labelFrench"] for area in areas)


async def test_everybody_reads_what_each_area_is_for_and_needs(ask: Ask) -> None:
    answer = await ask(None, "{ areas { code description prerequisites } }")

    told = {area["code"]: area for area in answer.data["areas"]}
    assert "subcontractors" in told["INVOICES_TO_VALIDATE"]["description"]
    assert told["RECEIVED_INVOICES"]["prerequisites"] == ["A public structure."]
    assert "reached payment" in told["COMMITMENTS"]["prerequisites"][0]
    assert told["JUSTICE_COSTS"]["prerequisites"][1] == "An active bank account of the structure."
    assert told["HOME"]["prerequisites"] == []


async def test_a_newcomer_has_no_membership_yet(world: World, ask: Ask) -> None:
    found = await tabs(ask, await world.user())

    assert list(found) == PRIVATE_MENU
    for area, (mode, missing) in found.items():
        assert mode is None
        assert missing == (None if area in ALWAYS else "NO_MEMBERSHIP")


async def test_a_tab_tells_what_is_missing_step_by_step(firm: Firm, ask: Ask) -> None:
    world, clerk = firm.world, await firm.clerk()
    membership = await firm.membership_of(clerk)

    async def issued() -> tuple[str | None, str | None]:
        return (await tabs(ask, clerk))["ISSUED_INVOICES"]

    assert await issued() == (None, "AREA_NOT_OPENED")
    await world.opening(firm.structure)
    assert await issued() == (None, "NOT_SUBSCRIBED")
    await world.subscription_request(membership)
    assert await issued() == (None, "REQUEST_PENDING")
    created, world.now = world.now, world.now + timedelta(days=90)
    world._tokens.clear()
    assert await issued() == (None, "NOT_SUBSCRIBED")
    world.now = created
    world._tokens.clear()
    await world.right(membership, mode=AreaMode.CONSULTATION)
    assert await issued() == ("CONSULTATION", None)


async def test_manager_activities_are_for_managers(firm: Firm, ask: Ask) -> None:
    clerk = await firm.clerk()

    assert (await tabs(ask, clerk))["MANAGER_ACTIVITIES"] == (None, "NO_MANAGER_ROLE")
    assert (await tabs(ask, firm.secondary))["MANAGER_ACTIVITIES"] == (None, None)
    assert (await tabs(ask, firm.primary))["MANAGER_ACTIVITIES"] == (None, None)


async def test_commitments_wait_for_a_first_payment(firm: Firm, ask: Ask) -> None:
    world = firm.world
    await world.opening(firm.structure, AreaCode.COMMITMENTS)
    assert (await tabs(ask, firm.primary))["COMMITMENTS"] == (None, "NOT_SUBSCRIBED")
    membership = await firm.membership_of(firm.primary)
    await world.right(membership, AreaCode.COMMITMENTS, AreaMode.MODIFICATION)
    assert (await tabs(ask, firm.primary))["COMMITMENTS"] == ("MODIFICATION", "NOT_YET_AVAILABLE")

    await pay(world, firm.structure)

    assert (await tabs(ask, firm.primary))["COMMITMENTS"] == ("MODIFICATION", None)


async def test_commitments_answer_a_code_until_a_first_payment(firm: Firm, ask: Ask) -> None:
    await firm.world.opening(firm.structure, AreaCode.COMMITMENTS)
    await firm.world.opening(firm.structure, AreaCode.WORK_INVOICES)
    document = """query($id: ID!) { structure(by: {id: $id}) { openedAreas {
        available unavailable { code message prerequisite area { code } } } } }"""
    given = {"id": firm.world.id(firm.structure)}

    answer = await ask(firm.primary, document, **given)

    waiting, open_ = answer.data["structure"]["openedAreas"]
    assert open_ == {"available": True, "unavailable": None}
    assert waiting == {
        "available": False,
        "unavailable": {
            "code": "AREA_NOT_YET_AVAILABLE",
            "message": "The area is opened, but its condition is not met yet.",
            "prerequisite": "Opened at any time; used once an invoice of the structure has reached payment.",
            "area": {"code": "COMMITMENTS"},
        },
    }

    await pay(firm.world, firm.structure)

    answer = await ask(firm.primary, document, **given)
    assert answer.data["structure"]["openedAreas"] == [open_, open_]


async def pay(world: World, structure: Structure) -> None:
    """Let a first invoice of *structure* reach payment."""

    async def work(session: Any) -> None:
        row = await session.get_one(Structure, structure.id)
        row.first_payment_at = world.now

    await world.database.write(work)


async def test_a_payment_to_another_structure_does_not_open_commitments(
    firm: Firm, ask: Ask
) -> None:
    world = firm.world
    other = await world.structure("Paid", primary=firm.primary)
    await pay(world, other)
    await world.opening(firm.structure, AreaCode.COMMITMENTS)
    (membership,) = await world.all(
        Membership,
        Membership.user_id == firm.primary.id,
        Membership.structure_id == firm.structure.id,
    )
    await world.right(membership, AreaCode.COMMITMENTS)

    assert (await tabs(ask, firm.primary))["COMMITMENTS"] == ("CONSULTATION", "NOT_YET_AVAILABLE")


async def test_received_tabs_are_shown_with_a_public_structure_only(world: World, ask: Ask) -> None:
    person = await world.user()
    town = await world.structure("Town", sector=Sector.PUBLIC)
    firm = await world.structure("Firm", primary=person)
    assert list(await tabs(ask, person)) == PRIVATE_MENU
    await world.member(town, person)

    assert list(await tabs(ask, person)) == PUBLIC_MENU
    assert list(await tabs(ask, person, world.id(town))) == PUBLIC_MENU
    assert list(await tabs(ask, person, world.id(firm))) == PRIVATE_MENU


async def test_tabs_of_one_structure_tell_nothing_of_the_others(world: World, ask: Ask) -> None:
    person = await world.user()
    managed = await world.structure("Managed", primary=person)
    other = await world.structure("Other")
    member = await world.member(other, person)
    await world.opening(other)
    await world.right(member, mode=AreaMode.MODIFICATION)

    assert (await tabs(ask, person))["ISSUED_INVOICES"] == ("MODIFICATION", None)
    here, there = [await tabs(ask, person, world.id(one)) for one in (managed, other)]
    assert here["ISSUED_INVOICES"] == (None, "AREA_NOT_OPENED")
    assert there["ISSUED_INVOICES"] == ("MODIFICATION", None)
    assert here["MANAGER_ACTIVITIES"] == (None, None)
    assert there["MANAGER_ACTIVITIES"] == (None, "NO_MANAGER_ROLE")


async def test_tabs_of_a_structure_that_is_not_ones_own_are_those_of_no_structure(
    world: World, ask: Ask
) -> None:
    person = await world.user()
    await world.structure("Mine", primary=person)
    town = await world.structure("Town", sector=Sector.PUBLIC)
    await world.opening(town)
    left = await world.structure("Left")
    await world.member(left, person, status=MembershipStatus.DELETED)
    nothing = await tabs(ask, await world.user())

    for text in (world.id(town), world.id(left), world.id(person), "nonsense", ""):
        assert (text, await tabs(ask, person, text)) == (text, nothing)


async def test_an_inactive_membership_opens_no_tab(firm: Firm, ask: Ask) -> None:
    world = firm.world
    clerk = await firm.clerk(status=MembershipStatus.INACTIVE)
    await world.opening(firm.structure)
    await world.right(await firm.membership_of(clerk))

    assert (await tabs(ask, clerk))["ISSUED_INVOICES"] == (None, "NO_MEMBERSHIP")


async def test_an_opening_on_one_service_is_enough_for_a_tab(firm: Firm, ask: Ask) -> None:
    await firm.world.opening(firm.structure, service=firm.sales)

    assert (await tabs(ask, firm.primary))["ISSUED_INVOICES"] == (None, "NOT_SUBSCRIBED")


OPENED = """
    query ($id: ID!) { structure(by: {id: $id}) {
        openedAreas { id scope mode available openedBy { id } area { code } service { code } }
        services { nodes { code openedAreas { id scope mode area { code } service { code } } } } } }
"""


async def test_openings_stand_with_the_structure_or_with_their_service(
    firm: Firm, ask: Ask
) -> None:
    world = firm.world
    for area in (AreaCode.DATA_FLOW_OVERVIEW, AreaCode.COMMITMENTS, AreaCode.ISSUED_INVOICES):
        await world.opening(firm.structure, area)
    await world.opening(
        firm.structure, AreaCode.WORK_INVOICES, AreaMode.CONSULTATION, service=firm.stock
    )

    answer = await ask(firm.primary, OPENED, id=world.id(firm.structure))

    card = answer.data["structure"]
    assert [(one["area"]["code"], one["available"]) for one in card["openedAreas"]] == [
        ("COMMITMENTS", False),
        ("ISSUED_INVOICES", True),
        ("DATA_FLOW_OVERVIEW", True),
    ]
    assert {one["scope"] for one in card["openedAreas"]} == {"STRUCTURE"}
    sales, stock = card["services"]["nodes"]
    assert sales["openedAreas"] == []
    (opening,) = stock["openedAreas"]
    assert (opening["scope"], opening["mode"]) == ("SERVICE", "CONSULTATION")
    assert opening["service"] == {"code": "STOCK"}


async def test_what_was_closed_or_ended_is_gone_by_every_way(firm: Firm, ask: Ask) -> None:
    world, clerk = firm.world, await firm.clerk()
    membership = await firm.membership_of(clerk)
    opening = await world.opening(firm.structure)
    right = await world.right(membership)

    async def end(session: Any) -> None:
        (await session.get_one(StructureArea, opening.id)).closed_at = world.now
        (await session.get_one(AreaSubscription, right.id)).ended_at = world.now

    await world.database.write(end)
    document = """query ($structure: ID!, $opening: ID!, $right: ID!, $member: ID!) {
        structure(by: {id: $structure}) { openedAreas { id } }
        opening: node(id: $opening) { id } right: node(id: $right) { id }
        member: node(id: $member) { ... on Membership { areas { totalCount nodes { id } } } } }"""

    answer = await ask(
        firm.primary,
        document,
        structure=world.id(firm.structure),
        opening=world.id(opening),
        right=world.id(right),
        member=world.id(membership),
    )

    assert answer.data == {
        "structure": {"openedAreas": []},
        "opening": None,
        "right": None,
        "member": {"areas": {"totalCount": 0, "nodes": []}},
    }


RIGHTS = """
    query ($id: ID!, $filter: SubscriptionFilter) { node(id: $id) { ... on Membership {
        areas(filter: $filter) { totalCount nodes { area { code } mode scope service { code } } }
    } } }
"""


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (None, ["WORK_INVOICES", "ISSUED_INVOICES", "ISSUED_INVOICES"]),
        ({"area": ["WORK_INVOICES", "COMMITMENTS"]}, ["WORK_INVOICES"]),
        ({"mode": ["MODIFICATION"]}, ["ISSUED_INVOICES"]),
        ({"scope": ["SERVICE"]}, ["ISSUED_INVOICES"]),
        ({"scope": ["STRUCTURE"], "area": ["ISSUED_INVOICES"]}, ["ISSUED_INVOICES"]),
        ({"scope": []}, []),
        ({"serviceId": "$sales"}, ["ISSUED_INVOICES"]),
        ({"serviceId": "$stock"}, []),
        ({"serviceId": "nonsense"}, []),
        ({"serviceId": "$structure"}, []),
    ],
)
async def test_rights_of_a_user_are_filtered(
    firm: Firm, ask: Ask, asked: Any, found: list[str]
) -> None:
    world, clerk = firm.world, await firm.clerk()
    membership = await firm.membership_of(clerk)
    for area, service in (
        (AreaCode.ISSUED_INVOICES, None),
        (AreaCode.ISSUED_INVOICES, firm.sales),
        (AreaCode.WORK_INVOICES, None),
    ):
        await world.opening(firm.structure, area, service=service)
        mode = AreaMode.MODIFICATION if service else AreaMode.CONSULTATION
        await world.right(membership, area, mode, service=service)
    if asked and str(asked.get("serviceId", "")).startswith("$"):
        asked = {"serviceId": world.id(getattr(firm, asked["serviceId"][1:]))}

    for person in (clerk, firm.primary):
        answer = await ask(person, RIGHTS, id=world.id(membership), filter=asked)
        areas = answer.data["node"]["areas"]
        assert [node["area"]["code"] for node in areas["nodes"]] == found
        assert areas["totalCount"] == len(found)


async def test_support_belongs_to_no_structure(world: World, ask: Ask) -> None:
    await world.structure(sector=Sector.PUBLIC)
    support = await world.user(platform_role=PlatformRole.SUPPORT)

    found = await tabs(ask, support)

    assert found["MANAGER_ACTIVITIES"] == (None, "NO_MEMBERSHIP")
