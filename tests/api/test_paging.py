"""Every connection, read page by page in both directions."""

import itertools

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from models.accounts import User
from models.areas import AreaMode
from models.base import sort_key
from models.catalogue import CATALOGUE
from models.history import ManagerAction
from models.memberships import Membership, Role
from models.policy import Action
from models.requests import Request
from models.services import Service
from models.structures import Structure
from tests.walking import Route
from tests.world import Answer, World


Ask = Callable[..., Awaitable[Answer]]

NAMES = (
    "École Zola",
    "ecole zola",
    "ÉCOLE ZOLA",
    "Zola École",
    "Straße",
    "STRASSE",
    "Œuvre",
    "Ærø",
    "% Discount_",
    "_ Underscore",
    "Ça va",
    "ca va",
    "Αθήνα",
    "Москва",
    "مدرسة",
)
ROLES = tuple(Role)[1:]


class Many:
    """A structure with many entries in each of its lists, among them equal ones."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.manager = User()
        self.structure = Structure()
        self.sales = Service()
        self.clerk = Membership()
        self.request = Request()

    async def set_up(self) -> None:
        world = self.world
        self.manager = await world.user("Camille Fournier")
        self.structure = await world.structure("École Zola", primary=self.manager)
        for name in NAMES[:7]:
            await world.structure(name, primary=self.manager)
        services = [
            await world.service(self.structure, f"S{number}", name=name)
            for number, name in enumerate(NAMES)
        ]
        self.sales = services[0]
        people = [await world.user(name) for name in NAMES]
        for number, person in enumerate(people):
            world.now += timedelta(hours=number % 3 == 0)
            await world.member(
                self.structure,
                person,
                role=ROLES[number % 2],
                services=services if number % 3 else services[:1],
            )
        self.clerk = await world.member(
            self.structure, await world.user("Noa Petit"), services=services
        )
        await self._areas(services)
        await self._requests(services)
        await self._history()

    async def _areas(self, services: list[Service]) -> None:
        for area in (entry.code for entry in CATALOGUE.values() if not entry.default):
            if CATALOGUE[area].public_only:
                continue
            for where in (None, *services[:2]):
                await self.world.opening(self.structure, area, service=where)
                mode = AreaMode.CONSULTATION if where is None else AreaMode.MODIFICATION
                await self.world.right(self.clerk, area, mode, service=where)

    async def _requests(self, services: list[Service]) -> None:
        world = self.world
        for number in range(12):
            world.now += timedelta(hours=number % 3 == 0)
            asking = await world.user(f"Asking {number}")
            self.request = await world.connection_request(self.structure, asking, services)
        simple = [
            member
            for member in await world.all(Membership, Membership.role == Role.SIMPLE_USER)
            if member.structure_id == self.structure.id
        ]
        for number, member in enumerate(simple):
            world.now += timedelta(hours=number % 3 == 0)
            await world.subscription_request(member)
        # The manager's own requests are elsewhere.
        for number in range(7):
            world.now += timedelta(hours=number % 3 == 0)
            await world.connection_request(await world.structure(f"Other {number}"), self.manager)

    async def _history(self) -> None:
        acts = [
            ManagerAction(
                structure_id=self.structure.id,
                at=self.world.now,
                action=Action.CONNECTION_REQUEST_DECIDE,
                actor_id=self.manager.id,
                changes=[],
            )
            for _ in range(11)
        ]
        await self.world.add(*acts)

    def route(self, name: str, fixed: str) -> Route:
        text, field = ROUTES[name]
        for mark in ("structure", "sales", "clerk", "request"):
            text = text.replace(f"${mark}", f'"{self.world.id(getattr(self, mark))}"')
        return Route(text, field, fixed)


ROUTES = {
    "structures": ("@", "structures"),
    "services": ("structure(by: {id: $structure}) { @ }", "services"),
    "services of a membership": ("node(id: $clerk) { ... on Membership { @ } }", "services"),
    "services of a request": ("node(id: $request) { ... on ConnectionRequest { @ } }", "services"),
    "users": ("structure(by: {id: $structure}) { @ }", "users"),
    "service users": ("node(id: $sales) { ... on Service { @ } }", "users"),
    "rights": ("node(id: $clerk) { ... on Membership { @ } }", "areas"),
    "connection requests": ("structure(by: {id: $structure}) { @ }", "connectionRequests"),
    "subscription requests": ("structure(by: {id: $structure}) { @ }", "subscriptionRequests"),
    "history": ("structure(by: {id: $structure}) { @ }", "history"),
    "memberships": ("viewer { @ }", "memberships"),
    "own requests": ("viewer { @ }", "requests"),
    "decisions": ("viewer { @ }", "decisions"),
}
ORDERS: dict[str, tuple[str, ...]] = {
    "structures": ("NAME", "IDENTIFIER", "CREATED_AT"),
    "services": ("CODE", "NAME"),
    "services of a membership": ("CODE", "NAME"),
    "users": ("NAME", "ROLE", "CREATED_AT", "LAST_CONNECTION_AT"),
    "service users": ("NAME", "ROLE", "CREATED_AT", "LAST_CONNECTION_AT"),
    "connection requests": ("CREATED_AT",),
    "subscription requests": ("CREATED_AT",),
    "decisions": ("CREATED_AT",),
}


@pytest.fixture
async def many(world: World) -> Many:
    """A structure with many entries in each of its lists."""
    found = Many(world)
    await found.set_up()
    return found


def orders(name: str) -> list[str]:
    """Give every order of the list *name*, as arguments, and that of no argument."""
    return [
        "",
        *(
            f"orderBy: {{field: {field}, direction: {direction}}}"
            for field in ORDERS.get(name, ())
            for direction in ("ASC", "DESC")
        ),
    ]


async def test_a_walk_in_either_direction_meets_every_entry_once(many: Many, ask: Ask) -> None:
    for name in ROUTES:
        for fixed in orders(name):
            route = many.route(name, fixed)
            whole = await route.page(ask, many.manager, first=100)
            ids = [node["id"] for node in whole["nodes"]]
            assert len(set(ids)) == len(ids) == whole["totalCount"] > 5, name
            for walk in (route.forwards, route.backwards):
                entries = await walk(ask, many.manager, 5)
                assert (name, fixed, [one["id"] for one in entries]) == (name, fixed, ids)


async def test_the_falling_order_is_the_rising_one_turned_round(many: Many, ask: Ask) -> None:
    for name, fields in ORDERS.items():
        for field in fields:
            ids = {}
            for direction in ("ASC", "DESC"):
                route = many.route(name, f"orderBy: {{field: {field}, direction: {direction}}}")
                page = await route.page(ask, many.manager, first=100)
                ids[direction] = [node["id"] for node in page["nodes"]]
            assert (name, ids["DESC"][::-1]) == (name, ids["ASC"])


async def test_names_sort_without_accents_and_case_by_code_point(many: Many, ask: Ask) -> None:
    text = f'structure(by: {{id: "{many.world.id(many.structure)}"}}) {{ @ }}'
    route = Route(text, "services", "orderBy: {field: NAME}", "id name")

    names = [node["name"] for node in await route.forwards(ask, many.manager, 4)]

    assert names == sorted(NAMES, key=lambda name: (sort_key(name), NAMES.index(name)))


async def test_a_part_between_two_cursors_is_read_from_both_ends(many: Many, ask: Ask) -> None:
    for name in ROUTES:
        route = many.route(name, "")
        whole = await route.page(ask, many.manager, first=100)
        cursors = [edge["cursor"] for edge in whole["edges"]]
        ids = [node["id"] for node in whole["nodes"]]
        span = {"after": cursors[0], "before": cursors[5]}
        first = await route.page(ask, many.manager, first=2, **span)
        last = await route.page(ask, many.manager, last=2, **span)
        every = await route.page(ask, many.manager, **span)
        pages = [[node["id"] for node in page["nodes"]] for page in (first, last, every)]
        assert (name, pages) == (name, [ids[1:3], ids[3:5], ids[1:5]])
        assert first["pageInfo"]["hasNextPage"]
        assert last["pageInfo"]["hasPreviousPage"]


@pytest.mark.parametrize(
    ("span", "argument"),
    [
        ({"first": 0}, "first"),
        ({"first": -1}, "first"),
        ({"first": 101}, "first"),
        ({"last": 0}, "last"),
        ({"last": 101}, "last"),
        ({"first": 1, "last": 1}, "last"),
        ({"after": ""}, "after"),
        ({"after": "not a cursor"}, "after"),
        ({"before": "é" * 20}, "before"),
        ({"before": "A" * 10_000}, "before"),
    ],
)
async def test_a_span_that_makes_no_sense_is_refused_at_the_field(
    world: World, ask: Ask, span: dict[str, Any], argument: str
) -> None:
    answer = await ask(await world.user(), Route("@", "structures").document, **span)

    (error,) = answer.errors
    assert error["path"] == ["structures"]
    assert error["extensions"]["code"] == "INVALID"
    assert error["extensions"]["field"] == [argument]


async def test_a_cursor_serves_no_other_list(many: Many, ask: Ask) -> None:
    routes = {name: many.route(name, "") for name in ROUTES}
    cursors = {}
    for name, route in routes.items():
        page = await route.page(ask, many.manager, first=1)
        cursors[name] = page["pageInfo"]["endCursor"]
    for (name, route), (other, cursor) in itertools.product(routes.items(), cursors.items()):
        if name == other:
            continue
        answer = await ask(many.manager, route.document, after=cursor)
        assert (name, other, answer.codes) == (name, other, ["INVALID"])


async def test_a_cursor_serves_no_other_order(many: Many, ask: Ask) -> None:
    for name in ORDERS:
        routes = {fixed: many.route(name, fixed) for fixed in orders(name)[1:]}
        for fixed, other in itertools.permutations(routes, 2):
            page = await routes[fixed].page(ask, many.manager, first=1)
            cursor = page["pageInfo"]["endCursor"]
            answer = await ask(many.manager, routes[other].document, before=cursor)
            assert (name, fixed, other, answer.codes) == (name, fixed, other, ["INVALID"])


async def test_a_cursor_that_was_changed_anywhere_is_refused(many: Many, ask: Ask) -> None:
    route = many.route("structures", "")
    cursor = (await route.page(ask, many.manager, first=1))["pageInfo"]["endCursor"]
    changed = [
        cursor[:place] + ("A" if letter != "A" else "B") + cursor[place + 1 :]
        for place, letter in enumerate(cursor)
    ]
    for wrong in (*changed, cursor[:-1], cursor + "A", cursor + "=", f" {cursor}"):
        answer = await ask(many.manager, route.document, after=wrong)
        assert (wrong, answer.codes) == (wrong, ["INVALID"])


async def test_nested_lists_have_cursors_of_their_own(world: World, ask: Ask) -> None:
    manager = await world.user()
    for number in range(3):
        structure = await world.structure(f"Structure {number}", primary=manager)
        for letter in "ABCD":
            await world.service(structure, f"{letter}{number}")
    document = """
        query ($after: String) { structures { nodes { services(first: 2, after: $after) {
            totalCount pageInfo { endCursor hasNextPage } nodes { code } } } } }
    """

    answer = await ask(manager, document)
    lists = [one["services"] for one in answer.data["structures"]["nodes"]]
    assert [[node["code"] for node in one["nodes"]] for one in lists] == [
        ["A0", "B0"],
        ["A1", "B1"],
        ["A2", "B2"],
    ]
    answer = await ask(manager, document, after=lists[1]["pageInfo"]["endCursor"])
    middle = answer.data["structures"]["nodes"][1]["services"]
    assert [node["code"] for node in middle["nodes"]] == ["C1", "D1"]
    assert not middle["pageInfo"]["hasNextPage"]
    assert middle["totalCount"] == 4


async def test_nothing_is_lost_or_doubled_while_entries_come_and_go(world: World, ask: Ask) -> None:
    manager = await world.user()
    structure = await world.structure(primary=manager)
    for number in range(0, 40, 2):
        await world.service(structure, f"S{number:02d}")
    route = Route(
        f'structure(by: {{id: "{world.id(structure)}"}}) {{ @ }}', "services", fields="id code"
    )
    seen: list[str] = []
    after = None
    number = 1
    while True:
        page = await route.page(ask, manager, first=3, after=after)
        seen += [node["code"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
        # One before the cursor, which the walk is past, and one behind it.
        await world.service(structure, f"S{seen[-1][1:]}0" if number % 2 else f"S00{number}")
        number += 1
    assert len(set(seen)) == len(seen)
    assert {f"S{number:02d}" for number in range(0, 40, 2)} <= set(seen)
    assert seen == sorted(seen)


@pytest.mark.parametrize("letter", ["Ω", "é", "漢", "😀", "\u0301"])
async def test_the_longest_names_have_cursors_that_are_accepted(
    world: World, ask: Ask, letter: str
) -> None:
    manager = await world.user()
    name = ("a" + letter * 198)[:199]
    for number in range(3):
        await world.structure(f"{name}{number}", primary=manager)
    route = Route("@", "structures")

    assert len(await route.forwards(ask, manager, 1)) == 3
    assert len(await route.backwards(ask, manager, 1)) == 3
