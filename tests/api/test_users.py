"""Users of a structure: listed, filtered, and the same person by every way that leads to him."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models.accounts import PlatformRole, User
from models.areas import AreaCode
from models.memberships import MembershipScope, MembershipStatus, Role
from tests.firm import Firm
from tests.world import Answer, World


Ask = Callable[..., Awaitable[Answer]]

USERS = """
    query ($id: ID!, $filter: UserFilter, $order: UserOrder) { structure(by: {id: $id}) {
        users(filter: $filter, orderBy: $order) { totalCount nodes { user { displayName } } } } }
"""


async def names(ask: Ask, person: User, firm: Firm, **variables: Any) -> list[str]:
    """List the users of the firm."""
    answer = await ask(person, USERS, id=firm.world.id(firm.structure), **variables)
    found = answer.data["structure"]["users"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["user"]["displayName"] for node in found["nodes"]]


@pytest.fixture
async def staffed(firm: Firm) -> Firm:
    """A firm with users in every status."""
    world = firm.world
    for name, status in (
        ("Élise Active", MembershipStatus.ACTIVE),
        ("Ian Inactive", MembershipStatus.INACTIVE),
        ("Dora Deleted", MembershipStatus.DELETED),
    ):
        person = await world.user(name, login=f"{name.split()[1].lower()}@example.test")
        member = await world.member(firm.structure, person, services=[firm.sales], status=status)
        if status == MembershipStatus.ACTIVE:
            await world.opening(firm.structure)
            await world.right(member)
    return firm


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (None, ["Élise Active", "Ian Inactive", "Paule Primary", "Serge Second"]),
        ({"status": None}, ["Élise Active", "Ian Inactive", "Paule Primary", "Serge Second"]),
        ({"status": ["DELETED"]}, ["Dora Deleted"]),
        ({"status": ["INACTIVE", "DELETED"]}, ["Dora Deleted", "Ian Inactive"]),
        ({"status": []}, []),
        ({"role": ["SECONDARY_MANAGER", "PRIMARY_MANAGER"]}, ["Paule Primary", "Serge Second"]),
        ({"name": {"startsWith": "ELISE"}}, ["Élise Active"]),
        ({"name": {"startsWith": "%"}}, []),
        ({"name": {"equals": "ian  INACTIVE"}}, ["Ian Inactive"]),
        ({"login": {"equals": "ACTIVE@example.test"}}, ["Élise Active"]),
        ({"login": {"startsWith": "in"}}, ["Ian Inactive"]),
        ({"area": ["ISSUED_INVOICES"]}, ["Élise Active"]),
        ({"area": ["WORK_INVOICES"]}, []),
        ({"area": ["ISSUED_INVOICES"], "role": ["PRIMARY_MANAGER"]}, []),
        ({"serviceId": "nonsense"}, []),
        ({"serviceId": ""}, []),
    ],
)
async def test_users_of_a_structure_are_filtered(
    staffed: Firm, ask: Ask, asked: Any, found: list[str]
) -> None:
    assert await names(ask, staffed.primary, staffed, filter=asked) == found


async def test_an_id_of_another_type_is_no_service_to_reach(staffed: Firm, ask: Ask) -> None:
    wrong = staffed.world.id(staffed.structure)

    assert await names(ask, staffed.primary, staffed, filter={"serviceId": wrong}) == []


async def test_a_login_that_may_not_be_read_cannot_be_guessed_by_a_filter(
    staffed: Firm, ask: Ask
) -> None:
    support = await staffed.world.user(platform_role=PlatformRole.SUPPORT)
    asked = {"status": ["DELETED"], "login": {"startsWith": "del"}}

    assert await names(ask, support, staffed, filter=asked) == ["Dora Deleted"]
    assert await names(ask, staffed.primary, staffed, filter=asked) == []


async def test_roles_sort_by_rank(staffed: Firm, ask: Ask) -> None:
    order = {"field": "ROLE"}

    assert await names(ask, staffed.primary, staffed, order=order) == [
        "Paule Primary",
        "Serge Second",
        "Élise Active",
        "Ian Inactive",
    ]


PERSON = "id displayName maskedLogin kind login email phone status lastConnectionAt"
STRUCTURE = "id name identifier version general { label } viewerRole updatedAt"
SERVICE = "id code name active validFrom engagementNumberRequired version"
MEMBERSHIP = "id role status scope origin version createdAt updatedAt"
ROUTES = f"""
query ($structure: ID!, $service: ID!, $member: ID!, $human: ID!, $request: ID!) {{
  viewer {{
    memberships(first: 6) {{ nodes {{ {MEMBERSHIP} user {{ {PERSON} }} structure {{ {STRUCTURE}
      primaryManager {{ {PERSON} }} viewerMembership {{ {MEMBERSHIP} user {{ {PERSON} }} }}
      users(first: 6) {{ nodes {{ {MEMBERSHIP} user {{ {PERSON} }} structure {{ {STRUCTURE} }}
        services(first: 6) {{ nodes {{ {SERVICE} structure {{ {STRUCTURE} }} }} }}
        areas(first: 6) {{ nodes {{ id service {{ {SERVICE} }} membership {{ {MEMBERSHIP}
          user {{ {PERSON} }} structure {{ {STRUCTURE} }} }} }} }} }} }}
      services(first: 6) {{ nodes {{ {SERVICE} structure {{ {STRUCTURE} }} users(first: 6) {{ nodes {{
        user {{ {PERSON} }} service {{ {SERVICE} }} membership {{ {MEMBERSHIP}
          user {{ {PERSON} }} structure {{ {STRUCTURE} }} }} }} }} }} }}
      openedAreas {{ openedBy {{ {PERSON} }} structure {{ {STRUCTURE} }} }}
      connectionRequests(first: 6) {{ nodes {{ requester {{ {PERSON} }} structure {{ {STRUCTURE} }}
        services(first: 6) {{ nodes {{ {SERVICE} }} }} }} }}
      history(first: 6) {{ nodes {{ actor {{ {PERSON} }} user {{ {PERSON} }} structure {{ {STRUCTURE} }}
        target {{ ... on Membership {{ {MEMBERSHIP} }} }} }} }} }} }} }}
    user {{ {PERSON} }}
    decisions(first: 6) {{ nodes {{ requester {{ {PERSON} }} structure {{ {STRUCTURE} }} }} }} }}
  structures(filter: {{relation: MANAGED}}, first: 6) {{ nodes {{ {STRUCTURE} }} }}
  structure(by: {{id: $structure}}) {{ {STRUCTURE} }}
  found: node(id: $structure) {{ ... on Structure {{ {STRUCTURE} }} }}
  service: node(id: $service) {{ ... on Service {{ {SERVICE} structure {{ {STRUCTURE} }} }} }}
  member: node(id: $member) {{ ... on Membership {{ {MEMBERSHIP} user {{ {PERSON} }} }} }}
  human: node(id: $human) {{ ... on User {{ {PERSON} }} }}
  request: node(id: $request) {{ ... on ConnectionRequest {{
    requester {{ {PERSON} }} structure {{ {STRUCTURE} }} }} }}
}}
"""


def gather(data: Any, found: dict[str, list[dict[str, Any]]]) -> None:
    """Collect the plain fields of every object with an id, by that id."""
    if isinstance(data, list):
        for one in data:
            gather(one, found)
    if isinstance(data, dict):
        plain = {name: value for name, value in data.items() if not isinstance(value, (dict, list))}
        if "id" in data and len(plain) > 1:
            found.setdefault(data["id"], []).append(plain)
        for value in data.values():
            gather(value, found)


@pytest.mark.parametrize("who", ["primary", "secondary", "clerk", "inactive", "support"])
async def test_an_object_reads_the_same_by_every_way_that_leads_to_it(
    firm: Firm, ask: Ask, who: str
) -> None:
    world = firm.world
    people = {
        "primary": firm.primary,
        "secondary": firm.secondary,
        "clerk": await firm.clerk(services=[firm.sales]),
        "inactive": await firm.clerk(status=MembershipStatus.INACTIVE),
        "support": await world.user("Support", platform_role=PlatformRole.SUPPORT),
    }
    await world.opening(firm.structure, AreaCode.ISSUED_INVOICES, service=firm.sales)
    member = await firm.membership_of(people["clerk"])
    await world.right(member, service=firm.sales)
    request = await world.connection_request(firm.structure, firm.outsider, [firm.stock])

    answer = await ask(
        people[who],
        ROUTES,
        structure=world.id(firm.structure),
        service=world.id(firm.sales),
        member=world.id(member),
        human=world.id(people["clerk"]),
        request=world.id(request),
    )

    assert set(answer.codes) <= {"FORBIDDEN"}
    found: dict[str, list[dict[str, Any]]] = {}
    gather(answer.body["data"], found)
    assert found
    for seen in found.values():
        values: dict[str, set[Any]] = {}
        for one in seen:
            for name, value in one.items():
                values.setdefault(name, set()).add(value)
        assert {name: each for name, each in values.items() if len(each) > 1} == {}


async def test_the_contact_data_of_a_person_depends_on_the_viewer_and_not_on_the_way(
    world: World, ask: Ask
) -> None:
    manager, colleague = await world.user("M M"), await world.user("C C")
    managed = await world.structure("Managed", primary=manager)
    other = await world.structure("Other", primary=colleague)
    await world.member(managed, colleague)
    await world.member(other, manager)
    document = """query ($other: ID!) {
        structure(by: {id: $other}) { primaryManager { login } }
        structures(filter: {relation: MANAGED}) { nodes { users { nodes { user { login } } } } } }
    """

    answer = await ask(manager, document, other=world.id(other))

    assert answer.data["structure"]["primaryManager"]["login"] == colleague.login
    (card,) = answer.data["structures"]["nodes"]
    logins = {node["user"]["login"] for node in card["users"]["nodes"]}
    assert logins == {manager.login, colleague.login}


async def test_a_membership_tells_its_role_scope_and_services(firm: Firm, ask: Ask) -> None:
    world = firm.world
    person = await firm.clerk(services=[firm.stock])
    document = """{ viewer { memberships { nodes { role scope status origin
        services { totalCount nodes { code } } areas { totalCount } structure { name } } } } }"""

    answer = await ask(person, document)
    assert answer.data["viewer"]["memberships"]["nodes"] == [
        {
            "role": Role.SIMPLE_USER,
            "scope": MembershipScope.LISTED,
            "status": MembershipStatus.ACTIVE,
            "origin": "REQUEST",
            "services": {"totalCount": 1, "nodes": [{"code": "STOCK"}]},
            "areas": {"totalCount": 0},
            "structure": {"name": "Atelier"},
        }
    ]
    answer = await ask(firm.primary, document)
    (membership,) = answer.data["viewer"]["memberships"]["nodes"]
    assert membership["scope"] == MembershipScope.ALL_SERVICES
    assert membership["services"]["totalCount"] == 2
    assert world.now


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (None, ["Active", "Inactive", "Managed"]),
        ({"status": ["DELETED"]}, ["Left"]),
        ({"role": ["PRIMARY_MANAGER"]}, ["Managed"]),
        ({"role": [], "status": ["ACTIVE"]}, []),
        ({"role": ["SIMPLE_USER"], "status": ["ACTIVE"]}, ["Active"]),
    ],
)
async def test_own_memberships_are_filtered(
    world: World, ask: Ask, asked: Any, found: list[str]
) -> None:
    person = await world.user()
    for name, status in (("Active", "ACTIVE"), ("Inactive", "INACTIVE"), ("Left", "DELETED")):
        structure = await world.structure(name)
        await world.member(structure, person, status=MembershipStatus(status))
    await world.structure("Managed", primary=person)
    document = """query ($filter: MembershipFilter) { viewer { memberships(filter: $filter) {
        totalCount nodes { structure { name } } } } }"""

    answer = await ask(person, document, filter=asked)

    memberships = answer.data["viewer"]["memberships"]
    assert [node["structure"]["name"] for node in memberships["nodes"]] == found
    assert memberships["totalCount"] == len(found)
