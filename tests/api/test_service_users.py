"""Users of services: how they reach them, and what they may do there."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from models.accounts import User
from models.areas import AreaCode, AreaMode
from models.memberships import Membership, MembershipStatus, Role, ServiceMembership
from models.services import Service
from models.structures import Structure
from resolvers.node_ids import NodeKind
from tests.world import Answer, World


Ask = Callable[..., Awaitable[Answer]]

USERS = """
    query ($id: ID!, $filter: ServiceUserFilter) { node(id: $id) { ... on Service {
        users(filter: $filter) { totalCount nodes { id via status user { displayName } } } } } }
"""
AREAS = """
    query ($id: ID!) { node(id: $id) { ... on Service {
        users { nodes { user { displayName } areas { area { code } mode scope } } } } } }
"""


async def users(ask: Ask, person: User, service: str, **asked: Any) -> dict[str, tuple[str, str]]:
    """Tell how and in which status each user reaches a service."""
    answer = await ask(person, USERS, id=service, filter=asked)
    found = answer.data["node"]["users"]
    assert found["totalCount"] == len(found["nodes"])
    return {node["user"]["displayName"]: (node["via"], node["status"]) for node in found["nodes"]}


async def areas(ask: Ask, person: User, service: str) -> dict[str, int]:
    """Tell on how many areas each user of a service may do something there."""
    answer = await ask(person, AREAS, id=service)
    found = answer.data["node"]["users"]["nodes"]
    return {node["user"]["displayName"]: len(node["areas"]) for node in found}


class Office:
    """A structure with a service, and one user for each way to reach it or not."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.manager = User()
        self.structure = Structure()
        self.sales = Service()
        self.stock = Service()
        self.memberships: dict[str, Membership] = {}

    async def set_up(self) -> None:
        world = self.world
        self.manager = await world.user("Manager M")
        self.structure = await world.structure(primary=self.manager)
        self.sales = await world.service(self.structure, "SALES")
        self.stock = await world.service(self.structure, "STOCK")
        for name, status in (
            ("All active", MembershipStatus.ACTIVE),
            ("All inactive", MembershipStatus.INACTIVE),
            ("All deleted", MembershipStatus.DELETED),
        ):
            user = await world.user(name)
            self.memberships[name] = await world.member(self.structure, user, status=status)
        for membership in MembershipStatus:
            for listing in MembershipStatus:
                await self._listed(membership, listing)
        elsewhere = await world.user("Listed elsewhere")
        await world.member(self.structure, elsewhere, services=[self.stock])

    async def _listed(self, membership: MembershipStatus, listing: MembershipStatus) -> None:
        name = f"{membership.title()} {listing.lower()}"
        tie = await self.world.member(
            self.structure, await self.world.user(name), services=[], status=membership
        )
        self.memberships[name] = tie
        row = ServiceMembership(
            structure_id=self.structure.id,
            membership_id=tie.id,
            service_id=self.sales.id,
            status=listing,
            created_at=self.world.now,
            updated_at=self.world.now,
        )
        await self.world.add(row)


@pytest.fixture
async def office(world: World) -> Office:
    """A structure with a service, and one user for each way to reach it or not."""
    office = Office(world)
    await office.set_up()
    return office


async def test_a_service_lists_by_default_the_users_who_reach_it_now(
    office: Office, ask: Ask
) -> None:
    assert await users(ask, office.manager, office.world.id(office.sales)) == {
        "Active active": ("LISTED", "ACTIVE"),
        "All active": ("ALL_SERVICES", "ACTIVE"),
        "Manager M": ("ALL_SERVICES", "ACTIVE"),
    }


async def test_a_right_on_a_service_out_of_its_dates_counts_only_for_who_reaches_all(
    office: Office, ask: Ask
) -> None:
    world, yesterday = office.world, office.world.now.date() - timedelta(days=1)
    over = await world.service(office.structure, "OVER", valid_to=yesterday)
    listed = await world.member(
        office.structure, await world.user("Lea Listed"), services=[over, office.sales]
    )
    for service in (over, office.sales):
        await world.opening(office.structure, service=service)
        for membership in (listed, office.memberships["All active"]):
            await world.right(membership, service=service)

    granted = [await areas(ask, office.manager, world.id(one)) for one in (over, office.sales)]

    assert granted[0] == {"All active": 1, "Lea Listed": 0, "Manager M": 0}
    assert (granted[1]["All active"], granted[1]["Lea Listed"]) == (1, 1)


async def test_the_status_of_a_user_of_a_service_is_the_weaker_of_both(
    office: Office, ask: Ask
) -> None:
    every = ["ACTIVE", "INACTIVE", "DELETED"]

    found = await users(ask, office.manager, office.world.id(office.sales), status=every)

    ranks = {status.title(): rank for rank, status in enumerate(every)}
    for name, (via, status) in found.items():
        if via == "LISTED":
            first, second = name.split()
            assert (name, status.title()) == (
                name,
                max(first, second.title(), key=ranks.__getitem__),
            )
    assert found["All inactive"] == ("ALL_SERVICES", "INACTIVE")
    assert found["All deleted"] == ("ALL_SERVICES", "DELETED")
    assert len(found) == 13


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"via": ["LISTED"]}, {"Active active"}),
        ({"via": ["ALL_SERVICES"], "role": ["SIMPLE_USER"]}, {"All active"}),
        ({"role": ["PRIMARY_MANAGER"]}, {"Manager M"}),
        ({"via": []}, set()),
        ({"status": ["INACTIVE"], "via": ["ALL_SERVICES"]}, {"All inactive"}),
        ({"area": ["ISSUED_INVOICES"]}, set()),
    ],
)
async def test_users_of_a_service_are_filtered(
    office: Office, ask: Ask, asked: dict[str, Any], found: set[str]
) -> None:
    assert set(await users(ask, office.manager, office.world.id(office.sales), **asked)) == found


async def test_users_of_a_structure_are_filtered_by_the_service_that_they_reach(
    office: Office, ask: Ask
) -> None:
    document = """query ($id: ID!, $service: ID!) { structure(by: {id: $id}) {
        users(filter: {serviceId: $service, status: [ACTIVE]}) {
            totalCount nodes { user { displayName } } } } }"""

    answer = await ask(
        office.manager,
        document,
        id=office.world.id(office.structure),
        service=office.world.id(office.sales),
    )

    nodes = answer.data["structure"]["users"]["nodes"]
    names = {node["user"]["displayName"] for node in nodes}
    assert names == set(await users(ask, office.manager, office.world.id(office.sales)))


async def test_the_id_of_a_user_of_a_service_leads_back_to_him(office: Office, ask: Ask) -> None:
    world = office.world
    answer = await ask(office.manager, USERS, id=world.id(office.sales), filter={})
    listed = answer.data["node"]["users"]["nodes"]
    document = """query ($ids: [ID!]!) { nodes(ids: $ids) {
        ... on ServiceUser { id via status user { displayName } } } }"""
    world.statements.clear()

    answer = await ask(office.manager, document, ids=[one["id"] for one in listed])

    assert answer.data["nodes"] == listed
    assert len(world.statements) == 3


async def test_no_id_makes_a_user_of_a_service_that_he_does_not_reach(
    office: Office, ask: Ask
) -> None:
    world = office.world
    other = await world.service(await world.structure(primary=office.manager), "OTHER")
    member = office.memberships["Active active"]
    ids = [
        world.parts.node_ids.encode(NodeKind.SERVICE_USER, *numbers)
        for numbers in (
            (member.id, office.stock.id),
            (member.id, other.id),
            (member.id, 999_999),
            (999_999, office.sales.id),
            (office.memberships["All active"].id, other.id),
            (2**63 - 1, 2**63 - 1),
        )
    ]

    answer = await ask(office.manager, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)

    assert answer.data["nodes"] == [None] * 6


@pytest.mark.parametrize(
    ("rights", "effective"),
    [
        ([], None),
        ([("CONSULTATION", None)], ("CONSULTATION", "STRUCTURE")),
        ([("CONSULTATION", "SALES")], ("CONSULTATION", "SERVICE")),
        ([("MODIFICATION", "STOCK")], None),
        ([("CONSULTATION", None), ("MODIFICATION", "SALES")], ("MODIFICATION", "SERVICE")),
        ([("MODIFICATION", "SALES"), ("CONSULTATION", None)], ("MODIFICATION", "SERVICE")),
        ([("MODIFICATION", None), ("CONSULTATION", "SALES")], ("MODIFICATION", "STRUCTURE")),
        ([("CONSULTATION", "SALES"), ("MODIFICATION", None)], ("MODIFICATION", "STRUCTURE")),
        ([("MODIFICATION", "SALES"), ("MODIFICATION", None)], ("MODIFICATION", "STRUCTURE")),
        ([("MODIFICATION", None), ("MODIFICATION", "SALES")], ("MODIFICATION", "STRUCTURE")),
        ([("CONSULTATION", None), ("MODIFICATION", "STOCK")], ("CONSULTATION", "STRUCTURE")),
    ],
)
async def test_the_stronger_mode_is_the_effective_right(
    office: Office, ask: Ask, rights: list[tuple[str, str | None]], effective: Any
) -> None:
    world, member = office.world, office.memberships["All active"]
    services = {None: None, "SALES": office.sales, "STOCK": office.stock}
    for service in services.values():
        await world.opening(office.structure, service=service)
    for mode, where in rights:
        await world.right(member, mode=AreaMode(mode), service=services[where])

    answer = await ask(office.manager, AREAS, id=world.id(office.sales))

    nodes = answer.data["node"]["users"]["nodes"]
    (areas,) = [one["areas"] for one in nodes if one["user"]["displayName"] == "All active"]
    expected = [
        {"area": {"code": AreaCode.ISSUED_INVOICES}, "mode": mode, "scope": scope}
        for mode, scope in ([effective] if effective else [])
    ]
    assert areas == expected


async def test_effective_rights_come_in_the_order_of_the_tabs(office: Office, ask: Ask) -> None:
    world, member = office.world, office.memberships["All active"]
    for area in (AreaCode.DATA_FLOW_OVERVIEW, AreaCode.COMMITMENTS, AreaCode.ISSUED_INVOICES):
        for service in (None, office.sales):
            await world.opening(office.structure, area, service=service)
        await world.right(member, area, service=office.sales)
    await world.right(member, AreaCode.DATA_FLOW_OVERVIEW)

    answer = await ask(office.manager, AREAS, id=world.id(office.sales))

    nodes = answer.data["node"]["users"]["nodes"]
    (areas,) = [one["areas"] for one in nodes if one["user"]["displayName"] == "All active"]
    assert [one["area"]["code"] for one in areas] == [
        "COMMITMENTS",
        "ISSUED_INVOICES",
        "DATA_FLOW_OVERVIEW",
    ]


async def test_users_of_a_service_are_filtered_by_the_area_that_they_may_use_there(
    office: Office, ask: Ask
) -> None:
    world = office.world
    for service in (None, office.sales, office.stock):
        await world.opening(office.structure, service=service)
    await world.right(office.memberships["All active"], service=office.stock)
    await world.right(office.memberships["Active active"], service=office.sales)

    area = ["ISSUED_INVOICES", "COMMITMENTS"]
    assert set(await users(ask, office.manager, world.id(office.sales), area=area)) == {
        "Active active"
    }


async def test_a_manager_is_listed_whatever_was_listed_on_him_before(
    office: Office, ask: Ask
) -> None:
    member = office.memberships["Active active"]

    async def promote(session: Any) -> None:
        row = await session.get_one(Membership, member.id)
        row.promote(Role.SECONDARY_MANAGER, office.world.now)

    await office.world.database.write(promote)

    found = await users(ask, office.manager, office.world.id(office.sales))
    assert found["Active active"] == ("ALL_SERVICES", "ACTIVE")
    assert len(found) == 3
