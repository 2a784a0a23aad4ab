"""What acts on areas foresee and tell is what a manager finds changed when he reads again."""

from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from models.accounts import User
from models.areas import AreaCode, AreaMode
from models.outbox import Notification
from tests.area_acts import CLOSE, END, OPEN, SET, TABS
from tests.firm import Firm
from tests.world import World


STEPS = 12
AREAS = (AreaCode.ISSUED_INVOICES, AreaCode.WORK_INVOICES)
PAGE = """
    query ($id: ID!) { structure(by: {id: $id}) {
        openedAreas { id mode area { code } }
        services { nodes { code openedAreas { id mode area { code } } } }
        users { nodes { id user { displayName } areas(first: 100) { nodes {
            id mode area { code } service { code } } } } }
        subscriptionRequests(first: 100, filter: {status: [PENDING, VALIDATED, CANCELLED]}) {
            nodes { id status requester { displayName } } } } }
"""
Place = tuple[str | None, str, str | None]
"""Whose (nobody's: an opening), which area, and which service, if one."""


@dataclass
class State:
    """What a manager reads: the modes of openings and rights, their ids, and requests."""

    modes: dict[Place, str]
    ids: dict[Place, str]
    requests: dict[str, tuple[str, str]]
    members: dict[str, str]


async def read(firm: Firm) -> State:
    answer = await firm.world.ask(firm.primary, PAGE, id=firm.world.id(firm.structure))
    found = answer.data["structure"]
    told = [(None, None, one) for one in found["openedAreas"]]
    for service in found["services"]["nodes"]:
        told += [(None, service["code"], one) for one in service["openedAreas"]]
    for member in found["users"]["nodes"]:
        for one in member["areas"]["nodes"]:
            code = one["service"] and one["service"]["code"]
            told.append((member["user"]["displayName"], code, one))
    placed = {(who, one["area"]["code"], service): one for who, service, one in told}
    assert len(placed) == len(told)
    return State(
        modes={place: one["mode"] for place, one in placed.items()},
        ids={place: one["id"] for place, one in placed.items()},
        requests={
            one["id"]: (one["requester"]["displayName"], one["status"])
            for one in found["subscriptionRequests"]["nodes"]
        },
        members={one["user"]["displayName"]: one["id"] for one in found["users"]["nodes"]},
    )


def changed(before: State, after: State) -> dict[Place, tuple[str | None, str | None]]:
    """Compare the openings and rights of two readings."""
    places = before.modes.keys() | after.modes.keys()
    modes = {place: (before.modes.get(place), after.modes.get(place)) for place in places}
    return {place: (old, new) for place, (old, new) in modes.items() if old != new}


def ended(before: State, after: State) -> Counter[tuple[str, str]]:
    """Compare the requests of two readings: whose ended, and how."""
    return Counter(
        after.requests[key] for key in after.requests.keys() - before.requests.keys()
    ) + (
        Counter(now for key, now in after.requests.items() if before.requests.get(key, now) != now)
    )


KINDS = {
    (True, False, True): "AREA_OPENED",
    (True, True, True): "AREA_OPENED",
    (True, True, False): "AREA_CLOSED",
    (False, False, True): "SUBSCRIPTION_ADDED",
    (False, True, True): "SUBSCRIPTION_CHANGED",
    (False, True, False): "SUBSCRIPTION_ENDED",
}
REQUESTS = {"REQUEST_CANCELLED": "CANCELLED", "REQUEST_DECIDED": "VALIDATED"}


def told(
    effects: list[dict[str, Any]],
) -> tuple[dict[Place, tuple[str | None, str | None]], Counter[tuple[str, str]], Counter[str]]:
    """Sum effects up: openings and rights from where to where, requests, messages by person."""
    modes: dict[Place, tuple[str | None, str | None]] = {}
    requests: Counter[tuple[str, str]] = Counter()
    messages: Counter[str] = Counter()
    for one in effects:
        person = one["user"] and one["user"]["displayName"]
        if one["kind"] == "NOTIFICATION":
            messages[person] += 1
        elif one["kind"] in REQUESTS:
            requests[person, REQUESTS[one["kind"]]] += 1
        else:
            old, new = one["before"], one["after"]
            place = (person, one["area"]["code"], one["service"] and one["service"]["code"])
            assert one["kind"] == KINDS[person is None, old is not None, new is not None]
            first, last = modes.get(place, (old, old))
            assert last == old
            modes[place] = (first, new)
    return {place: span for place, span in modes.items() if len(set(span)) == 2}, requests, messages


async def messages(firm: Firm, people: dict[int, str]) -> Counter[str]:
    return Counter(people[one.user_id] for one in await firm.world.all(Notification))


class Walk:
    """A walk of random acts on the areas of one structure."""

    def __init__(self, firm: Firm, chance: Random) -> None:
        self.firm = firm
        self.chance = chance

    def scope(self) -> dict[str, Any]:
        world, firm = self.firm.world, self.firm
        service = self.chance.choice([None, None, firm.sales, firm.stock])
        return {"wholeStructure": True} if service is None else {"serviceId": world.id(service)}

    def right(self) -> dict[str, Any]:
        return {
            "area": self.chance.choice(AREAS),
            "mode": self.chance.choice(list(AreaMode)),
            "scope": self.scope(),
        }

    def act(self, state: State) -> tuple[str, dict[str, Any]]:
        """Choose what to do to *state*: a document and its input."""
        chance, structure = self.chance, self.firm.world.id(self.firm.structure)
        openings = [key for place, key in state.ids.items() if place[0] is None]
        rights = [key for place, key in state.ids.items() if place[0] is not None]
        members = list(state.members.values())
        several = range(chance.randint(1, 4))
        opened = [
            self.right() | {"structureId": structure, "subscribeMe": chance.random() < 0.4}
            for _ in several
        ]
        given = [self.right() | {"membershipId": chance.choice(members)} for _ in several]
        acts: list[tuple[str, dict[str, Any]]] = [(OPEN, {"areas": opened})]
        if openings:
            acts += [(SET, {"subscriptions": given})] * 3
            chosen = chance.choices(openings, k=chance.randint(1, 2))
            acts.append((CLOSE, {"structureAreaIds": chosen}))
        if rights:
            chosen = chance.choices(rights, k=chance.randint(1, 3))
            acts.append((END, {"subscriptionIds": chosen}))
        return chance.choice(acts)


async def payload(world: World, person: User, document: str, given: dict[str, Any]) -> Any:
    (found,) = (await world.ask(person, document, input=given)).data.values()
    assert found["errors"] == []
    return found


async def people_of(world: World) -> dict[int, str]:
    return {one.id: f"{one.first_name} {one.last_name}" for one in await world.all(User)}


async def follow_tabs(firm: Firm, state: State) -> None:
    """Check that the tabs of everyone show the strongest of his rights, wherever it is."""
    for person in await firm.world.all(User):
        name = f"{person.first_name} {person.last_name}"
        if name not in state.members:
            continue
        tabs = (await firm.world.ask(person, TABS)).data["viewer"]["areaTabs"]
        shown = {one["area"]["code"]: one["mode"] for one in tabs if one["area"]["code"] in AREAS}
        held = {
            area: max(
                (mode for place, mode in state.modes.items() if place[:2] == (name, area)),
                default=None,
            )
            for area in AREAS
        }
        assert shown == held


@pytest.mark.parametrize("seed", range(6))
async def test_a_dry_run_foresees_exactly_what_a_manager_finds_changed_afterwards(
    firm: Firm, seed: int
) -> None:
    world, walk = firm.world, Walk(firm, Random(seed))
    for name in ("Ada Asks", "Ben Both", "Cleo Clerk"):
        member = await world.member(firm.structure, await world.user(name))
        await world.subscription_request(member, walk.chance.choice(AREAS), service=firm.sales)
    people = await people_of(world)
    for area in AREAS:
        await world.opening(firm.structure, area)
    done = 0

    for _ in range(STEPS):
        before, sent = await read(firm), await messages(firm, people)
        document, given = walk.act(before)
        foreseen = await payload(world, firm.secondary, document, given | {"dryRun": True})
        assert (await read(firm), await messages(firm, people)) == (before, sent)

        answer = await payload(world, firm.secondary, document, given)

        after = await read(firm)
        assert answer["effects"] == foreseen["effects"]
        found = changed(before, after), ended(before, after), await messages(firm, people) - sent
        assert told(answer["effects"]) == found
        await follow_tabs(firm, after)
        done += bool(answer["effects"])
    assert done > STEPS // 2
