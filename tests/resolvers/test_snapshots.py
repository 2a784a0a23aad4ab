"""One operation sees one state of the database."""

import asyncio

from sqlalchemy import select

from models.memberships import Membership, Role
from tests.world import World


QUERIES = 300

BOTH_ROUTES = """
query ($id: ID!) { structure(by: {id: $id}) {
  primaryManager { login }
  users { nodes { role user { login } } }
  services { nodes { users { nodes { role user { login } } } } } } }
"""


async def test_no_query_is_torn_while_a_writer_swaps_roles(world: World) -> None:
    support = await world.user(platform_role="SUPPORT")
    first, second = await world.user("First Person"), await world.user("Second Person")
    structure = await world.structure(primary=first)
    await world.service(structure)
    await world.member(structure, second, role=Role.SECONDARY_MANAGER)
    await world.token(support)
    swaps = 0

    async def swap(session: object) -> None:
        rows = await session.scalars(  # type: ignore[attr-defined]
            select(Membership).where(Membership.structure_id == structure.id)
        )
        by_role = {row.role: row for row in rows}
        before, after = by_role[Role.PRIMARY_MANAGER], by_role[Role.SECONDARY_MANAGER]
        before.role = Role.SECONDARY_MANAGER
        await session.flush()  # type: ignore[attr-defined]
        after.role = Role.PRIMARY_MANAGER

    async def swapping() -> None:
        nonlocal swaps
        while True:
            await world.database.write(swap)
            swaps += 1

    writer = asyncio.create_task(swapping())
    torn = 0
    for _ in range(QUERIES):
        answer = await world.ask(support, BOTH_ROUTES, id=world.id(structure))
        card = answer.data["structure"]
        lists = [card["users"]["nodes"], card["services"]["nodes"][0]["users"]["nodes"]]
        primaries = [
            [one["user"]["login"] for one in users if one["role"] == Role.PRIMARY_MANAGER]
            for users in lists
        ]
        torn += primaries != [[card["primaryManager"]["login"]]] * 2
    writer.cancel()
    await asyncio.gather(writer, return_exceptions=True)

    assert swaps > 0
    assert torn == 0
