"""Structures created at the same moment: one identifier is one card."""

import asyncio

from typing import Any

import pytest

from models.accounts import User
from models.memberships import Membership
from models.structures import Structure, StructureApplication
from tests.firm import Firm, code
from tests.world import World, siret


pytestmark = pytest.mark.race

CREATE = """
    mutation ($input: CreateStructureInput!) { done: createStructure(input: $input) {
        structure { id }
        errors { code field ... on StructureExistsError { structure { id } } } } }
"""
CHANGE = """
    mutation ($input: ChangeIdentifierInput!) { done: changeIdentifier(input: $input) {
        errors { code } } }
"""


async def create(world: World, who: User, identifier: str) -> Any:
    entity = {"identifier": {"value": identifier}, "name": "Twin"}
    given = {"identity": {"legalEntity": entity}}
    return (await world.ask(who, CREATE, input=given)).data["done"]


async def test_of_structures_created_at_once_with_one_identifier_exactly_one_is_made(
    world: World, rounds: int
) -> None:
    people = [await world.user() for _ in range(3)]
    for number in range(rounds):
        identifier = siret(500 + number)

        answers = await asyncio.gather(*(create(world, who, identifier) for who in people))

        assert sorted(map(code, answers)) == [[], ["STRUCTURE_EXISTS"], ["STRUCTURE_EXISTS"]]
        made = next(one["structure"] for one in answers if one["structure"])
        refused = [one["errors"][0] for one in answers if one["errors"]]
        assert [one["structure"] for one in refused] == [made, made]
    assert len(await world.all(Structure)) == rounds
    assert len(await world.all(Membership)) == rounds
    assert len(await world.all(StructureApplication)) == rounds


async def test_an_identifier_created_and_changed_to_at_once_is_one_card(
    firm: Firm, rounds: int
) -> None:
    for number in range(rounds):
        structure, identifier = (
            await firm.world.structure(primary=firm.primary),
            siret(600 + number),
        )
        given = {
            "structureId": firm.world.id(structure),
            "version": 1,
            "identifier": {"value": identifier},
            "confirmDifferentSiren": True,
        }

        created, changed = await asyncio.gather(
            create(firm.world, firm.outsider, identifier),
            firm.world.ask(firm.primary, CHANGE, input=given),
        )

        answers = sorted([code(created), code(changed.data["done"])])
        assert answers == [[], ["STRUCTURE_EXISTS"]]
