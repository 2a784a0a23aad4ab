"""
What a viewer may not see does not change a byte of what he reads.

Two databases differ only in what the viewer may not see. Generated queries, by every route,
must be answered with equal bytes.
"""

import json
import random

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.accounts import User
from models.areas import AreaCode, AreaMode
from models.memberships import MembershipStatus, Role
from models.structures import Sector, Structure
from tests.world import World


QUERIES = 300

CARD = "id identifierType identifier name sector status"
FRAGMENTS = (
    "general { label email phone address { city } serviceCodeRequired }",
    "predecessor { name }",
    "successor { name }",
    "version",
    "createdAt",
    "updatedAt",
    "primaryManager { displayName maskedLogin login }",
    "services%s { totalCount nodes { code name active } pageInfo { hasNextPage endCursor } }",
    "services%s { nodes { users { totalCount nodes { user { login } } } openedAreas { mode } } }",
    "openedAreas { area { code } mode openedBy { login } }",
    "users { totalCount nodes { role user { login displayName } } }",
    "applicationsUsed",
    "firstPaymentAt",
    "connectionRequests { totalCount nodes { comment requester { login } } }",
    "subscriptionRequests { totalCount }",
    "pendingCounts { connectionRequests subscriptionRequests }",
    "history { totalCount nodes { action changes { after } } }",
    "invoicingMandate { status subscribedAt termsVersion }",
    "bankAccounts { totalCount nodes { label maskedIban iban } }",
    "viewerRole",
    "viewerMembership { role scope services { totalCount } areas { nodes { mode } } }",
    "viewerCan { action allowed reason }",
)
SERVICE_ARGUMENTS = (
    "",
    "(first: 2)",
    "(last: 1)",
    '(filter: {code: {startsWith: "S"}})',
    "(filter: {active: false})",
    "(orderBy: {field: NAME, direction: DESC})",
)
SEARCHES = (
    '(filter: {relation: ANY, identifier: {startsWith: "100"}})',
    '(filter: {relation: ANY, identifier: {startsWith: "100"}}, orderBy: {field: CREATED_AT})',
    "(filter: {relation: ANY}, orderBy: {field: CREATED_AT, direction: DESC}, first: 2)",
    """(filter: {relation: ANY, identifier: {startsWith: "100"}},
      orderBy: {field: CREATED_AT, direction: DESC}, first: 2)""",
    '(filter: {relation: ANY, name: {equals: "Neighbour"}})',
    "",
    "(filter: {relation: MANAGED})",
)


class Twin:
    """One of the two worlds: what the viewer sees is the same in both."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ids: list[str] = []
        self.viewer = User()

    async def set_up(self, *, secret: bool) -> None:
        """Put in what both have; a *secret* differs in everything that is hidden."""
        world = self.world
        self.viewer = await world.user("The Viewer", login="viewer@example.test")
        hidden = await world.user("Hidden Manager", login="hidden@example.test")
        neighbour = await world.structure("Neighbour", primary=hidden, label="Hidden label")
        home = await world.structure("Home", primary=hidden)
        public = await world.structure("Town", primary=hidden, sector=Sector.PUBLIC)
        service = await world.service(home, "SALES")
        other = await world.service(neighbour, "STORE")
        idle = await world.service(public, "IDLE", enabled=False)
        await world.opening(home)
        await world.bank_account(home)
        member = await world.member(home, self.viewer, services=[service])
        await world.right(member, service=service)
        hiding = await world.member(neighbour, await world.user("Nobody Known"))
        request = await world.connection_request(neighbour, hidden, status="PENDING")
        entities = (neighbour, home, public, service, other, idle, hidden, hiding, request)
        self.ids = [world.id(entity) for entity in entities]
        if secret:
            await self._change(neighbour, home, public)

    async def _change(self, neighbour: Structure, home: Structure, public: Structure) -> None:
        world = self.world

        async def rewrite(session: object) -> None:
            row = await session.get_one(Structure, neighbour.id)  # type: ignore[attr-defined]
            row.label, row.email, row.city = "Another label", "secret@example.test", "Brest"
            row.version, row.created_at = 7, world.now.replace(year=2001)
            row.updated_at = row.first_payment_at = world.now.replace(year=2002)

        await world.database.write(rewrite)
        for number in range(3):
            person = await world.user(f"Secret {number}", phone="0600000000")
            await world.member(home, person)
            await world.member(neighbour, person, role=Role.SECONDARY_MANAGER)
            await world.member(public, person, status=MembershipStatus.INACTIVE)
            await world.service(neighbour, f"SECRET{number}")
            await world.bank_account(neighbour)
            await world.bank_account(public)
            await world.service(public, f"SECRET{number}", enabled=False)
            await world.connection_request(home, await world.user(f"Asking {number}"))
        await world.opening(neighbour, AreaCode.WORK_INVOICES, AreaMode.CONSULTATION)
        await world.opening(public, AreaCode.RECEIVED_INVOICES)
        for place in (neighbour, home, public):
            await world.mandate(place, person)


@pytest.fixture
async def twins(
    request: pytest.FixtureRequest, world: World, tmp_path: Path
) -> AsyncIterator[tuple[Twin, Twin]]:
    """Two worlds with one secret key, the second with other secrets in it."""
    engine = "sqlite" if world.database.dialect_name == "sqlite" else "postgresql"
    second = World(request.getfixturevalue(f"other_{engine}_url"), world.settings.data_directory)
    second.now = world.now
    pair = Twin(world), Twin(second)
    await pair[0].set_up(secret=False)
    await pair[1].set_up(secret=True)
    yield pair
    await second.close()


def generated(chance: random.Random, ids: list[str]) -> str:
    """Write a query over some route."""

    def fields() -> str:
        chosen = chance.sample(FRAGMENTS, chance.randint(1, 4))
        written = (one % chance.choice(SERVICE_ARGUMENTS) if "%s" in one else one for one in chosen)
        named = (f"f{position}: {one}" for position, one in enumerate(written))
        return f"{CARD} {' '.join(named)}"

    route = chance.randrange(5)
    if route == 0:
        return f'{{ structure(by: {{id: "{chance.choice(ids[:3])}"}}) {{ {fields()} }} }}'
    if route == 1:
        return f"{{ structures{chance.choice(SEARCHES)} {{ totalCount nodes {{ {fields()} }} pageInfo {{ endCursor hasNextPage }} }} }}"
    if route == 2:
        return f'{{ node(id: "{chance.choice(ids)}") {{ id __typename ... on Structure {{ {fields()} }} }} }}'
    if route == 3:
        return f"{{ viewer {{ memberships {{ nodes {{ role structure {{ {fields()} }} }} }} areaTabs {{ available missing mode }} pendingCounts {{ connectionRequests }} decisions {{ totalCount }} }} }}"
    listed = json.dumps(chance.sample(ids, 4))
    return f"{{ nodes(ids: {listed}) {{ id __typename ... on Service {{ code structure {{ {fields()} }} }} }} }}"


async def test_what_is_hidden_changes_no_byte(twins: tuple[Twin, Twin]) -> None:
    one, other = twins
    assert one.ids == other.ids
    chance = random.Random(20261122)
    for _ in range(QUERIES):
        document = generated(chance, one.ids)
        first = await one.world.ask(one.viewer, document)
        second = await other.world.ask(other.viewer, document)
        assert first.body == second.body, document
