"""Pages of the users of services: gathered once for all services, or read below each of them."""

from itertools import product
from typing import Any

import pytest

from models.memberships import MembershipScope, MembershipStatus, Role, ServiceMembership
from models.paging import Listing, page
from models.structures import Structure
from resolvers.inputs import UserOrderField
from resolvers.memberships import EVERY_WAY
from resolvers.node_ids import NodeIds
from resolvers.pages import PageArguments, Span
from resolvers.service_users import APART, SERVICE_USERS
from tests.world import World


SEALS = NodeIds(b"0" * 16)
WAYS = [EVERY_WAY, *(frozenset({scope}) for scope in MembershipScope)]
ROLES = [Role.SIMPLE_USER.value, Role.SECONDARY_MANAGER.value]


async def populate(world: World) -> list[int]:
    """Put in three services that share some users of each role, way and status; give their ids."""
    structure = await world.structure("Shared", primary=await world.user("Ines Primary"))
    services = [await world.service(structure, code) for code in ("A", "B", "C")]
    for number, status in enumerate([MembershipStatus.ACTIVE] * 9 + list(MembershipStatus)):
        # Some share a name, and the order of their ids is not that of their names.
        person = await world.user(f"{'Zoé' if number % 3 else 'Anna'} Shared")
        await world.member(structure, person, services=services[: number % 4], status=status)
        role = Role.SECONDARY_MANAGER if status != MembershipStatus.DELETED else Role.SIMPLE_USER
        everywhere = await world.user(f"Max {number % 2}")
        await world.member(structure, everywhere, role=role, status=status)
    await forget_some(world, structure)
    other = await world.structure("Other", primary=await world.user("Olga Primary"))
    service = await world.service(other, "D")
    await world.member(other, await world.user("Dora Only"), services=[service])
    return [service.id for service in [*services, service]] + [0]


async def forget_some(world: World, structure: Structure) -> None:
    """End some places, and leave one to somebody who reaches all services by now."""
    places = await world.all(ServiceMembership, ServiceMembership.structure_id == structure.id)
    everywhere = await world.member(
        structure, await world.user("Everywhere By Now"), role=Role.SECONDARY_MANAGER
    )
    for place in places[::5]:
        place.status = MembershipStatus.DELETED
    stale = ServiceMembership(
        structure_id=structure.id,
        membership_id=everywhere.id,
        service_id=places[0].service_id,
        created_at=world.now,
        updated_at=world.now,
    )
    await world.add(stale, *places[::5])


async def told(world: World, asked: PageArguments, listing: Listing, parents: list[int]) -> Any:
    """Read pages, and give their records as plain tuples."""
    viewer = {"managed": [1], "viewer_id": 1, "expired_before": world.now}
    given = viewer | asked.parameters | {"parents": parents}
    async with world.database.snapshot() as snapshot:
        reading, rows = await snapshot.rows(page, (listing, asked.shape), given)
    found = reading.group(rows)
    pages = asked.cut([found.get(parent, []) for parent in parents])
    cursors = [one.cursor(one[0]) if len(one) > 1 else None for one in pages]
    return [([tuple(one) for one in each], each.has_next_page) for each in pages], cursors


SPANS = {
    "first": [Span(2), Span(100)],
    "last": [Span(None, None, 2), Span(None, None, 100)],
}


@pytest.mark.parametrize("side", SPANS)
@pytest.mark.parametrize("contact", [False, True])
@pytest.mark.parametrize("via", WAYS, ids=lambda via: "_".join(sorted(via)))
async def test_gathered_users_are_those_read_below_each_service(
    world: World, via: frozenset[MembershipScope], contact: bool, side: str
) -> None:
    parents = await populate(world)
    gathered = SERVICE_USERS[world.database.dialect_name, contact, via]
    apart = APART[world.database.dialect_name, contact, via]
    filters: list[dict[str, Any]] = [{"active": True}, {"active": True, "role": ROLES}]
    lengths: set[int] = set()
    for order, filter, descending in product(UserOrderField, filters, (False, True)):
        spans = list(SPANS[side])
        for span in spans:
            asked = PageArguments(gathered, SEALS, span, order, filter, descending=descending)
            found, cursors = await told(world, asked, gathered, parents)

            assert (found, cursors) == await told(world, asked, apart, parents)
            lengths |= {len(records) for records, _ in found}
            if len(spans) == len(SPANS[side]):
                cursor = cursors[1]
                spans.append(Span(1, cursor) if side == "first" else Span(None, None, 1, cursor))
    assert {0, 2} <= lengths
    assert max(lengths) > 2
