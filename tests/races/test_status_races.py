"""A structure made inactive or active again while something else happens to it."""

import asyncio

from typing import Any

import pytest

from models.accounts import PlatformRole
from models.requests import Request
from models.structures import Structure, StructureStatus
from tests.firm import Firm, code
from tests.world import World


pytestmark = pytest.mark.race

REASON = "As the register says."
DEACTIVATE = """
    mutation ($input: DeactivateStructuresInput!) { done: deactivateStructures(input: $input) {
        results { error { code } } } }
"""
REACTIVATE = """
    mutation ($input: ReactivateStructuresInput!) { done: reactivateStructures(input: $input) {
        results { error { code } } } }
"""
UPDATE = """
    mutation ($input: UpdateStructureInput!) { done: updateStructure(input: $input) {
        errors { code } } }
"""


async def act(world: World, who: Any, document: str, *cards: Structure) -> Any:
    given = {"structureIds": [world.id(card) for card in cards], "reason": REASON}
    return code((await world.ask(who, document, input=given)).data["done"])


async def test_a_request_made_while_its_structure_closes_does_not_wait_there(
    firm: Firm, rounds: int
) -> None:
    support = await firm.world.user(platform_role=PlatformRole.SUPPORT)
    for _ in range(rounds):
        structure = firm.structure = await firm.world.structure(primary=firm.primary)

        closed, asked = await asyncio.gather(
            act(firm.world, support, DEACTIVATE, structure), firm.request(firm.outsider)
        )

        assert (closed, code(asked) in ([], ["STRUCTURE_INACTIVE"])) == ([None], True)
        requests = await firm.world.all(Request, Request.structure_id == structure.id)
        assert [one.status.value for one in requests] == ["CANCELLED"] * (code(asked) == [])


async def test_two_cards_of_one_succession_activated_at_once_are_not_both_active(
    firm: Firm, rounds: int
) -> None:
    support = await firm.world.user(platform_role=PlatformRole.SUPPORT)
    change = """
        mutation ($input: ChangeIdentifierInput!) { changeIdentifier(input: $input) {
            structure { id } errors { code } } }
    """
    for _ in range(rounds):
        old = await firm.world.structure(primary=firm.primary)
        given = {
            "structureId": firm.world.id(old),
            "version": 1,
            "identifier": {"value": _next_siret(old.identifier)},
        }
        answer = await firm.world.ask(firm.primary, change, input=given)
        assert answer.data["changeIdentifier"]["errors"] == []
        new = (await firm.world.all(Structure))[-1]
        await act(firm.world, support, DEACTIVATE, new)

        answers = await asyncio.gather(
            act(firm.world, support, REACTIVATE, old), act(firm.world, support, REACTIVATE, new)
        )

        assert sorted(answers, key=str) == [["CONFLICT"], [None]]
        cards = [await firm.world.reload(card) for card in (old, new)]
        assert [card.status for card in cards].count(StructureStatus.ACTIVE) == 1


async def test_of_two_changes_of_one_version_one_is_stale(firm: Firm, rounds: int) -> None:
    for _ in range(rounds):
        structure = await firm.world.structure(primary=firm.primary)
        given = {"structureId": firm.world.id(structure), "version": 1}

        answers = await asyncio.gather(
            *(
                firm.world.ask(firm.primary, UPDATE, input=given | {"name": name})
                for name in ("First", "Second")
            )
        )

        assert sorted(code(one.data["done"]) for one in answers) == [[], ["STALE_VERSION"]]


def _next_siret(identifier: str) -> str:
    """Give another establishment of the same legal entity."""
    for number in range(2, 100):
        value = f"{identifier[:9]}{number:05d}"
        digits = [
            sum(divmod(2 * int(digit), 10)) if place % 2 == 0 else int(digit)
            for place, digit in enumerate(value)
        ]
        if sum(digits) % 10 == 0 and value != identifier:
            return value
    raise AssertionError
