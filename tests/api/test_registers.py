"""What the register behind SIRET_LOOKUP decides of a new identifier."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models.structures import Sector, Structure
from tests.firm import Firm, code
from tests.kept import Kept
from tests.world import World, siret


CHANGE = """mutation ($input: ChangeIdentifierInput!) { changeIdentifier(input: $input) {
    structure { id } errors { code field } } }"""
ADDRESS = "query ($id: ID!) { structure(by: {id: $id}) { general { address { city } } } }"


async def change(firm: Firm, **more: Any) -> Any:
    given = {
        "structureId": firm.world.id(firm.structure),
        "version": firm.structure.version,
        "identifier": {"value": siret(901)},
        "confirmDifferentSiren": True,
        **more,
    }
    return (await firm.world.ask(firm.primary, CHANGE, input=given)).data["changeIdentifier"]


@pytest.fixture
async def firm(kept_sqlite_url: str, kept: Kept, register: str) -> AsyncIterator[Firm]:
    """A firm whose service asks a register."""
    world = World(kept_sqlite_url, kept.folder, kept, siret_lookup=f"tests.registers:{register}")
    yield await Firm.found(world)
    await world.close()


@pytest.mark.parametrize(
    ("register", "expected"),
    [("of_closed", "INVALID"), ("empty", "INVALID"), ("broken", "CONFLICT")],
)
async def test_a_structure_takes_no_siret_that_the_register_does_not_hold_for_active(
    firm: Firm, expected: str
) -> None:
    done, foreseen = await change(firm), await change(firm, dryRun=True)

    assert code(done) == code(foreseen) == [expected]
    assert done["errors"][0]["field"] == ["input", "identifier", "value"]
    [card] = await firm.world.all(Structure)
    assert card.identifier == firm.structure.identifier


@pytest.mark.parametrize("register", ["of_closed"])
async def test_a_manager_of_others_is_not_told_what_the_register_says(firm: Firm) -> None:
    firm.primary = await firm.world.user()
    await firm.world.structure(primary=firm.primary)

    assert code(await change(firm)) == ["FORBIDDEN"]


@pytest.mark.parametrize("register", ["of_withheld"])
async def test_outsiders_do_not_read_the_address_that_the_register_withholds_of_a_successor(
    firm: Firm,
) -> None:
    firm.structure = await firm.world.structure(
        primary=firm.primary, sector=Sector.PUBLIC, city="Brest"
    )

    done = await change(firm)

    new = done["structure"]["id"]
    inside = await firm.world.ask(firm.primary, ADDRESS, id=new)
    outside = await firm.world.ask(firm.outsider, ADDRESS, id=new)
    assert inside.data["structure"]["general"]["address"] == {"city": "Brest"}
    assert outside.data["structure"]["general"]["address"] is None
