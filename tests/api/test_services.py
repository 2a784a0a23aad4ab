"""Services: active by their dates, and hidden from those whom they do not concern."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest

from models.accounts import PlatformRole, User
from models.memberships import MembershipStatus
from models.services import Service
from models.structures import Sector, Structure
from tests.world import Answer, World


Ask = Callable[..., Awaitable[Answer]]

SERVICES = """
    query ($id: ID!, $filter: ServiceFilter, $order: ServiceOrder) { structure(by: {id: $id}) {
        services(filter: $filter, orderBy: $order) { totalCount nodes { code active } } } }
"""


async def codes(ask: Ask, person: User, structure: str, **variables: Any) -> list[str]:
    """List the codes of a structure's services."""
    answer = await ask(person, SERVICES, id=structure, **variables)
    found = answer.data["structure"]["services"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["code"] for node in found["nodes"]]


@pytest.mark.parametrize(
    ("begins", "ends", "enabled", "active"),
    [
        (None, None, True, True),
        (None, None, False, False),
        (0, None, True, True),
        (1, None, True, False),
        (None, 0, True, True),
        (None, -1, True, False),
        (0, 0, True, True),
        (-2, -1, True, False),
        (1, 2, True, False),
        (-1, 1, False, False),
    ],
)
async def test_a_service_is_active_while_it_is_switched_on_within_its_dates(
    world: World, ask: Ask, begins: int | None, ends: int | None, *, enabled: bool, active: bool
) -> None:
    def day(distance: int | None) -> date | None:
        return None if distance is None else world.now.date() + timedelta(days=distance)

    manager = await world.user()
    structure = await world.structure(primary=manager)
    await world.service(structure, valid_from=day(begins), valid_to=day(ends), enabled=enabled)

    answer = await ask(manager, SERVICES, id=world.id(structure))
    assert [one["active"] for one in answer.data["structure"]["services"]["nodes"]] == [active]
    found = await codes(ask, manager, world.id(structure), filter={"active": active})
    others = await codes(ask, manager, world.id(structure), filter={"active": not active})
    assert (found, others) == (["SALES"], [])


async def test_services_are_found_by_code_and_name(world: World, ask: Ask) -> None:
    manager = await world.user()
    structure = await world.structure(primary=manager)
    for code, name in (("A%", "Été"), ("A_B", "ete 2"), ("AB", "Zoo")):
        await world.service(structure, code, name=name)

    for asked, found in (
        ({"code": {"startsWith": "a"}}, ["A%", "AB", "A_B"]),
        ({"code": {"startsWith": "a_"}}, ["A_B"]),
        ({"code": {"startsWith": "A%"}}, ["A%"]),
        ({"code": {"equals": "ab"}}, ["AB"]),
        ({"name": {"startsWith": "ÉTÉ"}}, ["A%", "A_B"]),
        ({"name": {"equals": "zoo"}, "active": True}, ["AB"]),
        ({"name": {"equals": "zoo"}, "active": False}, []),
    ):
        assert (asked, await codes(ask, manager, world.id(structure), filter=asked)) == (
            asked,
            found,
        )


class Town:
    """A public structure with one active service and three that are not, and people."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.structure = Structure()
        self.people: dict[str, User] = {}
        self.services: dict[str, Service] = {}

    async def set_up(self) -> None:
        world, today, day = self.world, self.world.now.date(), timedelta(days=1)
        for name in ("member", "inactive", "left", "stranger"):
            self.people[name] = await world.user(name.title())
        self.people["support"] = await world.user("S", platform_role=PlatformRole.SUPPORT)
        self.structure = await world.structure("Town", sector=Sector.PUBLIC)
        validity: dict[str, dict[str, Any]] = {
            "OPEN": {},
            "OFF": {"enabled": False},
            "LATER": {"valid_from": today + day},
            "OVER": {"valid_to": today - day},
        }
        for code, values in validity.items():
            self.services[code] = await world.service(self.structure, code, **values)
        self.services["RESERVED"] = (
            await world.all(Service, Service.code == "FACTURES_PUBLIQUES")
        )[0]
        for name, status in (("member", "ACTIVE"), ("inactive", "INACTIVE"), ("left", "DELETED")):
            await world.member(self.structure, self.people[name], status=MembershipStatus(status))


@pytest.fixture
async def town(world: World) -> Town:
    """A public structure."""
    town = Town(world)
    await town.set_up()
    return town


async def test_outsiders_of_a_public_structure_see_its_active_services_only(
    town: Town, ask: Ask
) -> None:
    structure = town.world.id(town.structure)
    every = ["FACTURES_PUBLIQUES", "LATER", "OFF", "OPEN", "OVER"]
    active = ["FACTURES_PUBLIQUES", "OPEN"]
    for name, person in town.people.items():
        inside = name in {"member", "support"}
        found = await codes(ask, person, structure)
        assert (name, found) == (name, every if inside else active)
        hidden = await codes(ask, person, structure, filter={"active": False})
        assert (name, hidden) == (name, ["LATER", "OFF", "OVER"] if inside else [])
        by_code = await codes(ask, person, structure, filter={"code": {"equals": "OFF"}})
        assert (name, by_code) == (name, ["OFF"] if inside else [])


async def test_a_service_that_is_not_active_is_no_node_for_outsiders(town: Town, ask: Ask) -> None:
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Service { code } } }"
    ids = [town.world.id(service) for service in town.services.values()]
    for name, person in town.people.items():
        answer = await ask(person, document, ids=ids)
        found = {node["code"] for node in answer.data["nodes"] if node}
        inside = name in {"member", "support"}
        assert (name, len(found)) == (name, 5 if inside else 2)


async def test_a_request_names_the_active_services_only_to_its_outsider(
    town: Town, world: World, ask: Ask
) -> None:
    stranger = town.people["stranger"]
    await world.connection_request(
        town.structure, stranger, [town.services["OPEN"], town.services["OFF"]]
    )
    document = """{ viewer { requests { nodes { ... on ConnectionRequest {
        services { totalCount nodes { code } } } } } } }"""

    answer = await ask(stranger, document)

    (request,) = answer.data["viewer"]["requests"]["nodes"]
    assert request["services"] == {"totalCount": 1, "nodes": [{"code": "OPEN"}]}


OWN = """
    query ($status: [MembershipStatus!]) { viewer { memberships(filter: {status: $status}) {
        nodes { services { totalCount nodes { code } } } } } }
"""


@pytest.mark.parametrize(
    ("status", "found"),
    [("ACTIVE", ["SALES", "STOCK"]), ("INACTIVE", []), ("DELETED", [])],
)
async def test_a_membership_that_is_not_active_tells_its_user_no_services_of_a_private_structure(
    world: World, ask: Ask, status: str, found: list[str]
) -> None:
    person, structure = await world.user(), await world.structure()
    for code in ("SALES", "STOCK"):
        await world.service(structure, code)
    await world.member(structure, person, status=MembershipStatus(status))

    answer = await ask(person, OWN, status=[status])

    (membership,) = answer.data["viewer"]["memberships"]["nodes"]
    assert membership["services"]["totalCount"] == len(found)
    assert [node["code"] for node in membership["services"]["nodes"]] == found


async def test_a_manager_reads_which_services_an_inactive_membership_would_reach(
    world: World, ask: Ask
) -> None:
    manager = await world.user()
    structure = await world.structure(primary=manager)
    sales = await world.service(structure, "SALES")
    await world.service(structure, "STOCK")
    member = await world.member(
        structure, await world.user(), services=[sales], status=MembershipStatus.INACTIVE
    )
    document = """query ($id: ID!) { node(id: $id) { ... on Membership {
        services { nodes { code } } } } }"""

    answer = await ask(manager, document, id=world.id(member))

    assert answer.data["node"]["services"]["nodes"] == [{"code": "SALES"}]
