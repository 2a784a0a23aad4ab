"""How many statements an operation costs, whatever the number of rows."""

import pytest

from models.accounts import User
from models.areas import AreaCode
from models.history import ManagerAction, TargetType
from models.memberships import Membership
from models.policy import Action
from models.requests import Request
from models.structures import Structure
from tests.world import World


CARD = """
query ($n: Int!) { viewer { memberships(first: 5) { nodes { role structure { id name identifier
  services(first: $n) { totalCount nodes { code name
    users(first: $n) { nodes { role user { login } areas { area { code } mode } } } } } } } } } }
"""


FIELDS = {
    "name general { label address { city } } version viewerRole": 0,
    "viewerCan { allowed reason }": 2,
    "viewerCan(actions: [SERVICE_MANAGE, USER_ATTACH]) { allowed reason }": 0,
    "services { nodes { code } }": 1,
    "services { edges { cursor node { code } } pageInfo { endCursor } nodes { name } }": 1,
    "services { totalCount }": 1,
    "services { totalCount nodes { code } }": 2,
    "users { nodes { role user { login email } } }": 1,
    "users { nodes { viewerCan { allowed reason } } }": 2,
    "users { nodes { user { login } structure { name } viewerCan { allowed } } }": 3,
    "users { nodes { services { nodes { code } } areas { nodes { mode } } } }": 3,
    "services { nodes { users { nodes { user { login } membership { role } } } } }": 2,
    "services { nodes { openedAreas { mode area { code } } structure { name } } }": 3,
    "primaryManager { displayName login }": 1,
    "openedAreas { mode area { code } openedBy { login } }": 1,
    "connectionRequests { nodes { requester { login } structure { name } } }": 3,
    "connectionRequests { nodes { services { nodes { code } } } }": 2,
    "pendingCounts { connectionRequests }": 1,
    "applicationsUsed": 1,
    "history { nodes { action actor { login } } }": 2,
    "history(filter: {outcome: [DONE]}) { totalCount nodes { changes { field after } } }": 2,
    "invoicingMandate { status subscribedBy { displayName } revokedBy { login } }": 2,
    "bankAccounts { totalCount nodes { label iban notice structure { name } } }": 3,
    "predecessor { name } successor { name }": 1,
    "viewerMembership { role }": 1,
}
"""Statements that a field of structures costs, besides the viewer and the page of structures."""


async def populate(world: World, size: int) -> User:
    """Put in a manager of *size* structures, each with *size* services and users."""
    manager = await world.user("Camille Fournier")
    for number in range(size):
        structure = await world.structure(f"Structure {number}", primary=manager)
        await world.opening(structure)
        await world.bank_account(structure)
        services = [await world.service(structure, f"S{position}") for position in range(size)]
        for position in range(size):
            user = await world.user(f"User {position}")
            member = await world.member(structure, user, services=services[: position + 1])
            await world.right(member)
            await world.right(member, AreaCode.WORK_INVOICES, service=services[0])
            await world.opening(structure, AreaCode.WORK_INVOICES, service=services[position])
            await world.connection_request(structure, await world.user(f"Asking {position}"))
    await world.token(manager)
    return manager


async def count(world: World, person: User, document: str, **variables: object) -> int:
    """Count the statements of *document*; BEGIN and COMMIT are not among them."""
    world.statements.clear()
    answer = await world.ask(person, document, **variables)
    assert answer.data
    return len(world.statements)


@pytest.mark.parametrize("size", [1, 4])
async def test_the_card_of_structures_costs_six_statements(world: World, size: int) -> None:
    manager = await populate(world, size)

    # Viewer, memberships with structures, services, their total, users with accounts, rights.
    assert await count(world, manager, CARD, n=50) == 6


@pytest.mark.parametrize("size", [1, 4])
async def test_a_field_costs_its_statements_once_for_all_structures(
    world: World, size: int
) -> None:
    manager = await populate(world, size)
    for structure in await world.all(Structure):
        await world.mandate(structure, manager, revoked=True)
    found = {
        fields: await count(world, manager, f"{{ structures {{ nodes {{ {fields} }} }} }}") - 2
        for fields in FIELDS
    }

    assert found == FIELDS


@pytest.mark.parametrize("size", [1, 4])
async def test_a_history_costs_one_statement_for_each_kind_of_object_in_it(
    world: World, size: int
) -> None:
    manager = await populate(world, size)
    for structure in await world.all(Structure):
        targets = {
            TargetType.STRUCTURE: structure.id,
            TargetType.MEMBERSHIP: (await world.all(Membership))[0].id,
            TargetType.REQUEST: (await world.all(Request))[0].id,
        }
        for kind, number in targets.items():
            act = ManagerAction(
                structure_id=structure.id,
                at=world.now,
                action=Action.IDENTIFIER_CHANGE,
                actor_id=manager.id,
                user_id=manager.id,
                target_type=kind,
                target_id=number,
                changes=[],
            )
            await world.add(act)
    acts = "nodes { action actor { login } structure { name } target { id } }"

    # Viewer, structures, acts; actors, and structures, memberships and requests as targets.
    of_structures = f"{{ structures {{ nodes {{ history {{ {acts} }} }} }} }}"
    assert await count(world, manager, of_structures) == 3 + 5
    # Viewer, acts, and the same without the page of structures.
    assert await count(world, manager, f"{{ viewer {{ history {{ {acts} }} }} }}") == 2 + 5


async def test_a_structure_by_its_siret_costs_two_statements(world: World) -> None:
    manager = await world.user()
    structure = await world.structure(primary=manager)
    await world.token(manager)
    document = "query ($siret: String!) { structure(by: {siret: $siret}) { name } }"

    assert await count(world, manager, document, siret=structure.identifier) == 2


async def test_a_hundred_identifiers_cost_two_statements(world: World) -> None:
    manager = await populate(world, 4)
    identifiers = ", ".join(f'{{value: "{number:014d}"}}' for number in range(100))
    document = (
        f"{{ structuresByIdentifier(identifiers: [{identifiers}]) {{ results {{ reason }} }} }}"
    )

    assert await count(world, manager, document) <= 2


async def test_a_hundred_nodes_of_one_type_cost_two_statements(world: World) -> None:
    manager = await populate(world, 4)
    ids = [world.id(user) for user in await world.all(User)]
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"

    assert await count(world, manager, document, ids=ids) == 2


async def test_the_tabs_cost_one_statement_for_all_structures(world: World) -> None:
    manager = await populate(world, 4)

    assert await count(world, manager, "{ viewer { areaTabs { available } } }") == 2
