"""What a signed-in user reads of himself."""

from collections.abc import Awaitable, Callable

from models.memberships import Role
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
