"""What a signed-in user reads of himself."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from models.accounts import SignInSession
from models.memberships import Membership, MembershipStatus, Role
from tests.world import Answer, World


Ask = Callable[..., Awaitable[Answer]]

CARD = """
query ($n: Int!) { viewer { memberships(first: 5) { nodes { role structure { id name identifier
  services(first: $n) { totalCount nodes { code name
    users(first: $n) { nodes { role user { login } areas { area { code } mode } } } } } } } } } }
"""


async def test_a_primary_manager_reads_structure_services_users_and_areas_at_once(
    world: World, ask: Ask
) -> None:
    manager = await world.user("Camille Fournier")
    structure = await world.structure("Atelier", primary=manager)
    sales = await world.service(structure, "SALES")
    await world.opening(structure)
    member = await world.member(structure, await world.user("Noa Petit"), services=[sales])
    await world.right(member, service=sales)

    answer = await ask(manager, CARD, n=50)

    (membership,) = answer.data["viewer"]["memberships"]["nodes"]
    assert membership["role"] == Role.PRIMARY_MANAGER
    services = membership["structure"]["services"]
    assert services["totalCount"] == 1
    first, second = services["nodes"][0]["users"]["nodes"]
    assert first["user"]["login"] == manager.login
    assert first["areas"] == []
    assert second["role"] == Role.SIMPLE_USER
    assert second["areas"] == [{"area": {"code": "ISSUED_INVOICES"}, "mode": "CONSULTATION"}]


async def test_nobody_has_no_viewer(ask: Ask) -> None:
    answer = await ask(None, "{ viewer { login } }")

    assert answer.data == {"viewer": None}


IDENTITY = "{ viewer { displayName login platformRole lastConnectionAt user { id login status } } }"


async def test_a_user_reads_who_he_is(world: World, ask: Ask) -> None:
    person = await world.user("Camille Fournier", login="camille@example.test")

    answer = await ask(person, IDENTITY)

    assert answer.data["viewer"] == {
        "displayName": "Camille Fournier",
        "login": "camille@example.test",
        "platformRole": "NONE",
        "lastConnectionAt": None,
        "user": {"id": world.id(person), "login": "camille@example.test", "status": "ACTIVE"},
    }


async def test_the_last_connection_is_the_one_before_this(world: World, ask: Ask) -> None:
    person = await world.user()
    before = world.now - timedelta(days=2)
    session = SignInSession(
        user_id=person.id,
        created_at=world.now,
        expires_at=world.now + timedelta(days=1),
        previous_connection_at=before,
    )
    await world.add(session)
    world._tokens[person.id] = world.parts.identity.tokens.issue(person.id, session.id)

    answer = await ask(person, "{ viewer { lastConnectionAt } }")

    assert answer.data["viewer"]["lastConnectionAt"] == before.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("status", ["PENDING_ACTIVATION", "DEACTIVATED"])
async def test_an_account_that_is_not_active_reads_nothing(
    world: World, ask: Ask, status: str
) -> None:
    person = await world.user(status=status)

    answer = await ask(person, "{ viewer { login } areas { code } }")

    assert answer.codes == ["UNAUTHENTICATED"]
    assert "data" not in answer.body


async def test_a_membership_given_meanwhile_shows_without_signing_in_again(
    world: World, ask: Ask
) -> None:
    person, structure = await world.user(), await world.structure()
    document = """query ($id: ID!) { structure(by: {id: $id}) {
        viewerRole viewerMembership { status } openedAreas { mode } } }"""

    before = await ask(person, document, id=world.id(structure))
    member = await world.member(structure, person)
    after = await ask(person, document, id=world.id(structure))

    async def leave(session: Any) -> None:
        (await session.get_one(Membership, member.id)).delete(world.now)

    await world.database.write(leave)
    at_last = await ask(person, document, id=world.id(structure))

    assert before.body["data"]["structure"] == {
        "viewerRole": None,
        "viewerMembership": None,
        "openedAreas": None,
    }
    assert after.data["structure"] == {
        "viewerRole": "SIMPLE_USER",
        "viewerMembership": {"status": "ACTIVE"},
        "openedAreas": [],
    }
    assert at_last.body["data"] == before.body["data"]


async def test_of_two_memberships_the_live_one_counts(world: World, ask: Ask) -> None:
    person, structure = await world.user(), await world.structure()
    for status in (MembershipStatus.DELETED, MembershipStatus.ACTIVE, MembershipStatus.DELETED):
        await world.member(structure, person, status=status)
    document = """query ($id: ID!) { structure(by: {id: $id}) { viewerRole
        viewerMembership { status } } viewer { memberships { totalCount } } }"""

    answer = await ask(person, document, id=world.id(structure))

    assert answer.data == {
        "structure": {"viewerRole": "SIMPLE_USER", "viewerMembership": {"status": "ACTIVE"}},
        "viewer": {"memberships": {"totalCount": 1}},
    }


async def test_an_inactive_membership_is_ones_own_but_gives_no_role(world: World, ask: Ask) -> None:
    person, structure = await world.user(), await world.structure()
    await world.member(structure, person, status=MembershipStatus.INACTIVE)
    document = """query ($id: ID!) { structure(by: {id: $id}) { name viewerRole
        viewerMembership { status role } } }"""

    answer = await ask(person, document, id=world.id(structure))

    assert answer.data["structure"] == {
        "name": "Atelier",
        "viewerRole": None,
        "viewerMembership": {"status": "INACTIVE", "role": "SIMPLE_USER"},
    }
