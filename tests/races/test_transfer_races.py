"""Acts on one structure at the same moment: one primary manager, one successor, no more, no less."""

import asyncio

from itertools import cycle
from typing import Any

import pytest

from models.accounts import PlatformRole, User
from models.history import ManagerAction
from models.identifiers import IdentifierType
from models.memberships import Membership, MembershipStatus, Role
from models.policy import Action
from models.structures import Structure
from tests.world import World


pytestmark = pytest.mark.race

TRANSFER = """
mutation ($input: TransferPrimaryManagerInput!) {
  transferPrimaryManager(input: $input) { results { error { code } } errors { code } }
}
"""
CHANGE = """
mutation ($input: ChangeIdentifierInput!) {
  changeIdentifier(input: $input) {
    structure { id }
    errors {
      code
      ... on StructureInactiveError { successor { id } }
      ... on StructureExistsError { structure { id } }
    }
  }
}
"""


async def transfer(
    world: World, structure: Structure, caller: User, successor: User, after: str = "LEAVE"
) -> str | None:
    """Hand the role over; give the code of the error."""
    asked = {
        "structureIds": [world.id(structure)],
        "successor": {"userId": world.id(successor)},
        "afterTransfer": after,
        "reason": "The role passes on.",
    }
    answer = await world.ask(caller, TRANSFER, input=asked)
    told = answer.data["transferPrimaryManager"]
    assert told["errors"] == []
    [result] = told["results"]
    return None if result["error"] is None else str(result["error"]["code"])


async def change(world: World, structure: Structure, caller: User, value: str) -> Any:
    """Change the identifier; give the answer."""
    asked = {
        "structureId": world.id(structure),
        "version": 1,
        "identifier": {"type": "NON_EU", "value": value},
    }
    return (await world.ask(caller, CHANGE, input=asked)).data["changeIdentifier"]


async def primary_managers(world: World, structure: Structure) -> list[int]:
    """Give the users who hold the role."""
    members = await world.all(
        Membership,
        Membership.structure_id == structure.id,
        Membership.role == Role.PRIMARY_MANAGER,
        Membership.status == MembershipStatus.ACTIVE,
    )
    return [member.user_id for member in members]


async def people(world: World, number: int) -> dict[int, User]:
    """Make users who have tokens; each manages a structure, so that he holds the action."""
    made = [await world.user(f"Alix Roche{one}") for one in range(number)]
    for user in made:
        await world.structure("Comptoir", primary=user)
        await world.token(user)
    return {user.id: user for user in made}


async def test_of_four_concurrent_transfers_one_succeeds(world: World, rounds: int) -> None:
    users = await people(world, 5)
    structure = await world.structure("Scierie", primary=next(iter(users.values())))
    afterwards = cycle(["LEAVE", "SECONDARY_MANAGER", "SIMPLE_USER"])
    for _ in range(rounds):
        [holder] = await primary_managers(world, structure)
        others = [user for user in users.values() if user.id != holder]
        after = next(afterwards)

        codes = await asyncio.gather(
            *(transfer(world, structure, users[holder], user, after) for user in others)
        )

        won = [user.id for user, code in zip(others, codes, strict=True) if code is None]
        assert sorted(map(str, codes)) == ["FORBIDDEN", "FORBIDDEN", "FORBIDDEN", "None"]
        assert await primary_managers(world, structure) == won
    done = ManagerAction.action == Action.PRIMARY_MANAGER_TRANSFER
    # One of the role that is lost, and one of that which is got.
    assert len(await world.all(ManagerAction, done)) == 2 * rounds


async def test_the_support_and_the_primary_manager_at_once_leave_one_primary_manager(
    world: World, rounds: int
) -> None:
    users = await people(world, 5)
    support = await world.user("Agnès Delmas", platform_role=PlatformRole.SUPPORT)
    structure = await world.structure("Scierie", primary=next(iter(users.values())))
    await world.token(support)
    for _ in range(rounds):
        [holder] = await primary_managers(world, structure)
        others = [user for user in users.values() if user.id != holder]
        callers = [users[holder], support, users[holder], support]

        codes = await asyncio.gather(
            *(
                transfer(world, structure, caller, successor)
                for caller, successor in zip(callers, others, strict=True)
            )
        )

        assert set(codes) <= {None, "FORBIDDEN"}
        assert [code for code, caller in zip(codes, callers, strict=True) if caller is support] == [
            None,
            None,
        ]
        assert len(await primary_managers(world, structure)) == 1


async def test_two_concurrent_changes_of_identifier_leave_one_successor(
    world: World, rounds: int
) -> None:
    manager = await world.user("Camille Fournier")
    structure = await world.structure(
        primary=manager, identifier_type=IdentifierType.NON_EU, identifier="CHSTART"
    )
    await world.token(manager)
    for number in range(rounds):
        answers = await asyncio.gather(
            *(change(world, structure, manager, f"CH{number:05}{one}") for one in "AB")
        )

        [done] = [answer for answer in answers if not answer["errors"]]
        [refused] = [error for answer in answers for error in answer["errors"]]
        [successor] = await world.all(Structure, Structure.predecessor_id == structure.id)
        assert done["structure"] == {"id": world.id(successor)}
        assert refused == {"code": "STRUCTURE_INACTIVE", "successor": done["structure"]}
        structure = successor


async def test_two_structures_cannot_take_one_identifier_at_once(world: World, rounds: int) -> None:
    manager = await world.user("Camille Fournier")
    await world.token(manager)
    for number in range(rounds):
        twins = [
            await world.structure(
                primary=manager,
                identifier_type=IdentifierType.NON_EU,
                identifier=f"{country}{number:05}",
            )
            for country in ("CH", "NO")
        ]

        answers = await asyncio.gather(
            *(change(world, twin, manager, f"IS{number:05}") for twin in twins)
        )

        [done] = [answer for answer in answers if not answer["errors"]]
        [refused] = [error for answer in answers for error in answer["errors"]]
        assert refused == {"code": "STRUCTURE_EXISTS", "structure": done["structure"]}
