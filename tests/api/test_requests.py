"""Requests as they are read: their state at the time, filters, and what waits for whom."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.accounts import PlatformRole, User
from models.areas import AreaCode
from models.memberships import Membership, MembershipStatus
from models.requests import Request
from models.structures import Structure
from tests.firm import Firm
from tests.world import Answer, World


Ask = Callable[..., Awaitable[Answer]]

OWN = """
    query ($filter: RequestFilter) { viewer { requests(filter: $filter) {
        totalCount nodes { id __typename status createdAt } } } }
"""
DECISIONS = """
    query ($filter: RequestFilter) { viewer {
        decisions(filter: $filter) { totalCount nodes { id } }
        pendingCounts { connectionRequests subscriptionRequests } } }
"""
OF_STRUCTURE = """
    query ($id: ID!, $filter: RequestFilter) { structure(by: {id: $id}) {
        connectionRequests(filter: $filter) { totalCount nodes { id status } }
        subscriptionRequests(filter: $filter) { totalCount nodes { id status } }
        pendingCounts { connectionRequests subscriptionRequests } } }
"""


class Desk:
    """A structure with requests of both kinds in every state."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        self.world = firm.world
        self.clerk = User()
        self.membership = Membership()
        self.requests: dict[str, Request] = {}

    async def set_up(self) -> None:
        world, structure = self.world, self.firm.structure
        self.clerk = await world.user("Carla Clerk")
        self.membership = await world.member(structure, self.clerk)
        await world.opening(structure)
        await world.opening(structure, AreaCode.WORK_INVOICES)
        for number, status in enumerate(("PENDING", "CANCELLED")):
            asking = await world.user(f"Asking {number}")
            self.requests[f"connection {status}"] = await world.connection_request(
                structure, asking, **self._end(status)
            )
            self.requests[f"subscription {status}"] = await world.subscription_request(
                self.membership, **self._end(status)
            )
        old = world.now - timedelta(days=91)
        self.requests["connection EXPIRED"] = await world.connection_request(
            structure, await world.user("Asked long ago"), created_at=old
        )
        self.requests["subscription EXPIRED"] = await world.subscription_request(
            self.membership, AreaCode.WORK_INVOICES, created_at=old
        )

    def _end(self, status: str) -> dict[str, Any]:
        return {} if status == "PENDING" else {"status": status, "decided_at": self.world.now}

    def names(self, nodes: list[dict[str, Any]]) -> set[str]:
        by_id = {self.world.id(request): name for name, request in self.requests.items()}
        return {by_id[node["id"]] for node in nodes}


@pytest.fixture
async def desk(firm: Firm) -> Desk:
    """A structure with requests of both kinds in every state."""
    desk = Desk(firm)
    await desk.set_up()
    return desk


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"status": ["PENDING"]}, {"connection PENDING", "subscription PENDING"}),
        ({"status": ["EXPIRED"]}, {"connection EXPIRED", "subscription EXPIRED"}),
        ({"status": ["CANCELLED"], "kind": ["CONNECTION"]}, {"connection CANCELLED"}),
        ({"status": []}, set()),
        ({"kind": ["SUBSCRIPTION"], "status": ["PENDING"]}, {"subscription PENDING"}),
        ({"area": ["WORK_INVOICES"]}, {"subscription EXPIRED"}),
        ({"area": []}, set()),
    ],
)
async def test_requests_of_a_structure_are_filtered(
    desk: Desk, ask: Ask, asked: dict[str, Any], found: set[str]
) -> None:
    answer = await ask(
        desk.firm.primary, OF_STRUCTURE, id=desk.world.id(desk.firm.structure), filter=asked
    )

    lists = [answer.data["structure"][f"{kind}Requests"] for kind in ("connection", "subscription")]
    assert desk.names(lists[0]["nodes"] + lists[1]["nodes"]) == found
    assert lists[0]["totalCount"] + lists[1]["totalCount"] == len(found)


async def test_what_nobody_decides_within_90_days_is_expired_everywhere_at_once(
    firm: Firm, ask: Ask
) -> None:
    world, structure = firm.world, firm.world.id(firm.structure)
    request = await world.connection_request(firm.structure, firm.outsider)
    await world.token(firm.primary)
    await world.token(firm.outsider)

    async def seen() -> list[Any]:
        office = await ask(firm.primary, OF_STRUCTURE, id=structure)
        waiting = await ask(firm.primary, DECISIONS)
        own = await ask(firm.outsider, OWN)
        card = await ask(
            firm.outsider,
            "query ($id: ID!) { structure(by: {id: $id}) { primaryManager { displayName } } }",
            id=structure,
        )
        return [
            office.data["structure"]["connectionRequests"]["nodes"][0]["status"],
            office.data["structure"]["pendingCounts"]["connectionRequests"],
            waiting.data["viewer"]["decisions"]["totalCount"],
            waiting.data["viewer"]["pendingCounts"]["connectionRequests"],
            own.data["viewer"]["requests"]["nodes"][0]["status"],
            "errors" not in card.body,
        ]

    created = request.created_at
    world.now = created + timedelta(days=90) - timedelta(microseconds=1)
    before = await seen_again(world, seen)
    world.now = created + timedelta(days=90)
    after = await seen_again(world, seen)

    assert before == ["PENDING", 1, 1, 1, "PENDING", True]
    assert after == ["EXPIRED", 0, 0, 0, "EXPIRED", False]


async def test_an_expired_request_was_decided_at_its_deadline_before_and_after_it_is_closed(
    firm: Firm, ask: Ask
) -> None:
    world = firm.world
    late = await world.connection_request(
        firm.structure, firm.outsider, created_at=world.now - timedelta(days=97)
    )
    query = "query ($id: ID!) { node(id: $id) { ... on Request { status decidedAt decidedBy { login } } } }"

    seen = await ask(firm.outsider, query, id=world.id(late))
    [error] = (await firm.validate(firm.primary, late))["results"]
    await firm.request(firm.outsider)
    closed = await ask(firm.outsider, query, id=world.id(late))

    deadline = (world.now - timedelta(days=7)).isoformat().replace("+00:00", "Z")
    assert seen.data["node"] == {"status": "EXPIRED", "decidedAt": deadline, "decidedBy": None}
    assert error["error"]["code"] == "REQUEST_ALREADY_DECIDED"
    assert (await world.reload(late)).decided_at == late.expires_at
    assert closed.data == seen.data


async def seen_again(world: World, seen: Callable[[], Awaitable[list[Any]]]) -> list[Any]:
    """Look with tokens that are of the time."""
    world._tokens.clear()
    return await seen()


async def test_own_requests_come_newest_first_with_both_kinds_together(
    firm: Firm, ask: Ask
) -> None:
    world, clerk = firm.world, await firm.clerk()
    membership = await firm.membership_of(clerk)
    await world.opening(firm.structure)
    made = []
    for number in range(3):
        other = await world.structure(f"Other {number}")
        world.now += timedelta(seconds=1)
        made.append(await world.connection_request(other, clerk))
    world.now += timedelta(seconds=1)
    made.insert(0, await world.subscription_request(membership))
    world.now -= timedelta(days=1)
    made.append(await world.connection_request(firm.structure, clerk))
    world.now += timedelta(days=1)

    answer = await ask(clerk, OWN)

    nodes = answer.data["viewer"]["requests"]["nodes"]
    moments = [node["createdAt"] for node in nodes]
    assert moments == sorted(moments, reverse=True)
    assert nodes[0]["__typename"] == "SubscriptionRequest"
    assert {node["id"] for node in nodes} == {world.id(request) for request in made}


@pytest.mark.parametrize("wrong", ["nonsense", "", "st_AAAA", "user"])
async def test_an_id_that_is_none_of_a_structure_finds_no_request(
    desk: Desk, ask: Ask, wrong: str
) -> None:
    text = desk.world.id(desk.clerk) if wrong == "user" else wrong

    own = await ask(desk.clerk, OWN, filter={"structureId": text})
    waiting = await ask(desk.firm.primary, DECISIONS, filter={"structureId": text})

    assert own.data["viewer"]["requests"] == {"totalCount": 0, "nodes": []}
    assert waiting.data["viewer"]["decisions"] == {"totalCount": 0, "nodes": []}


async def test_requests_are_filtered_by_the_time_they_were_made(desk: Desk, ask: Ask) -> None:
    created = desk.requests["subscription PENDING"].created_at
    second = timedelta(seconds=1)
    for since, until, found in (
        (created, created, set()),
        (created, created + second, {"subscription PENDING", "subscription CANCELLED"}),
        (None, created, {"subscription EXPIRED"}),
        (created + second, None, set()),
        (datetime(1, 1, 1, tzinfo=UTC), created, {"subscription EXPIRED"}),
    ):
        span = {
            name: None if at is None else at.isoformat().replace("+00:00", "Z")
            for name, at in (("from", since), ("to", until))
        }
        answer = await ask(desk.clerk, OWN, filter={"createdAt": span})
        assert desk.names(answer.data["viewer"]["requests"]["nodes"]) == found


@pytest.mark.parametrize(
    "moment",
    [
        "2026-01-01",
        "2026-01-01T00:00:00",
        "yesterday",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2026-13-01T00:00:00Z",
        "",
        1,
    ],
)
async def test_a_time_that_is_none_is_refused_before_anything_is_read(
    desk: Desk, ask: Ask, moment: Any
) -> None:
    answer = await ask(desk.clerk, OWN, filter={"createdAt": {"from": moment}})

    assert answer.codes
    assert set(answer.codes) <= {"VALIDATION_FAILED", "BAD_REQUEST", "INVALID"}


async def test_decisions_hold_what_others_ask_on_structures_that_one_manages(
    desk: Desk, ask: Ask
) -> None:
    world, firm = desk.world, desk.firm
    elsewhere = await world.structure("Elsewhere")
    await world.connection_request(elsewhere, await world.user())
    await world.member(elsewhere, firm.secondary)
    membership = await firm.membership_of(firm.primary)
    await world.subscription_request(membership, AreaCode.WORK_INVOICES)
    pending = {"connection PENDING", "subscription PENDING"}

    answer = await ask(firm.primary, DECISIONS)
    found = answer.data["viewer"]
    assert desk.names(found["decisions"]["nodes"]) == pending
    assert found["pendingCounts"] == {"connectionRequests": 1, "subscriptionRequests": 1}

    answer = await ask(firm.secondary, DECISIONS)
    found = answer.data["viewer"]
    assert found["decisions"]["totalCount"] == 3
    assert found["pendingCounts"] == {"connectionRequests": 1, "subscriptionRequests": 2}

    answer = await ask(firm.primary, OF_STRUCTURE, id=world.id(firm.structure))
    assert answer.data["structure"]["pendingCounts"] == {
        "connectionRequests": 1,
        "subscriptionRequests": 2,
    }


@pytest.mark.parametrize("who", ["clerk", "stranger", "support", "former manager"])
async def test_nobody_but_managers_has_decisions(desk: Desk, ask: Ask, who: str) -> None:
    world = desk.world
    person = (
        desk.clerk
        if who == "clerk"
        else await world.user(
            platform_role=PlatformRole.SUPPORT if who == "support" else PlatformRole.NONE
        )
    )
    if who == "former manager":
        await world.member(desk.firm.structure, person, status=MembershipStatus.DELETED)

    answer = await ask(person, DECISIONS)

    assert answer.data["viewer"] == {
        "decisions": {"totalCount": 0, "nodes": []},
        "pendingCounts": {"connectionRequests": 0, "subscriptionRequests": 0},
    }


async def test_decisions_come_oldest_first_over_all_structures(world: World, ask: Ask) -> None:
    manager = await world.user()
    structures: list[Structure] = [
        await world.structure(f"Structure {number}", primary=manager) for number in range(2)
    ]
    made = []
    for number in range(4):
        world.now += timedelta(minutes=1)
        made.append(await world.connection_request(structures[number % 2], await world.user()))

    answer = await ask(manager, DECISIONS)
    assert [node["id"] for node in answer.data["viewer"]["decisions"]["nodes"]] == [
        world.id(request) for request in made
    ]
    answer = await ask(manager, DECISIONS, filter={"structureId": world.id(structures[1])})
    assert [node["id"] for node in answer.data["viewer"]["decisions"]["nodes"]] == [
        world.id(made[1]),
        world.id(made[3]),
    ]


async def test_a_request_tells_what_was_asked_for(firm: Firm, ask: Ask) -> None:
    world, clerk = firm.world, await firm.clerk()
    await world.opening(firm.structure, service=firm.sales)
    asked = await world.subscription_request(
        await firm.membership_of(clerk), service=firm.sales, comment="Please."
    )
    document = """query ($id: ID!) { node(id: $id) { ... on SubscriptionRequest {
        status version expiresAt decidedAt comment mode scope area { code } service { code }
        requester { id } structure { id } membership { role } decidedBy { id } } } }"""

    for person in (clerk, firm.primary):
        answer = await ask(person, document, id=world.id(asked))
        expires = (world.now + timedelta(days=90)).isoformat().replace("+00:00", "Z")
        assert answer.data["node"] == {
            "status": "PENDING",
            "version": 1,
            "expiresAt": expires,
            "decidedAt": None,
            "comment": "Please.",
            "mode": "MODIFICATION",
            "scope": "SERVICE",
            "area": {"code": "ISSUED_INVOICES"},
            "service": {"code": "SALES"},
            "requester": {"id": world.id(clerk)},
            "structure": {"id": world.id(firm.structure)},
            "membership": {"role": "SIMPLE_USER"},
            "decidedBy": None,
        }
