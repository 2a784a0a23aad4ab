"""What a change of identifier leaves to be redone."""

from typing import Any

from models.areas import AreaCode
from models.structures import Structure
from tests.firm import Firm, code
from tests.world import siret


CHANGE = """
    mutation ($input: ChangeIdentifierInput!) { done: changeIdentifier(input: $input) {
        structure { id applicationsUsed } followUps { kind message } errors { code } } }
"""


async def change(firm: Firm, card: Structure, number: int = 700, **more: Any) -> Any:
    given = {
        "structureId": firm.world.id(card),
        "version": 1,
        "identifier": {"value": siret(number)},
        "confirmDifferentSiren": True,
    }
    return (await firm.world.ask(firm.primary, CHANGE, input=given | more)).data["done"]


def kinds(done: Any) -> list[str]:
    return [one["kind"] for one in done["followUps"]]


async def test_where_everything_follows_nothing_must_be_redone(firm: Firm) -> None:
    done = await change(firm, firm.structure)

    assert (done["errors"], done["followUps"]) == ([], [])
    assert done["structure"]["applicationsUsed"] == ["PAYMENT_REQUEST"]


async def test_a_farmer_enters_his_number_again(firm: Firm) -> None:
    farm = await firm.world.structure(primary=firm.primary, pacage_number="123456789")

    done = await change(firm, farm)

    assert kinds(done) == ["PACAGE_NUMBER"]
    assert "PACAGE" in done["followUps"][0]["message"]


async def test_technical_connections_are_made_again(firm: Firm) -> None:
    await firm.world.opening(firm.structure, AreaCode.EDI_API_CONNECTIONS)

    assert kinds(await change(firm, firm.structure)) == ["TECHNICAL_ACCOUNT", "EDI_DATA"]


async def test_a_dry_run_foresees_what_must_be_redone(firm: Firm) -> None:
    await firm.world.opening(firm.structure, AreaCode.EDI_API_CONNECTIONS)

    foreseen = await change(firm, firm.structure, dryRun=True)

    assert (foreseen["structure"], kinds(foreseen)) == (None, ["TECHNICAL_ACCOUNT", "EDI_DATA"])


async def test_a_repeated_call_with_its_key_tells_the_same_again(firm: Firm) -> None:
    farm = await firm.world.structure(primary=firm.primary, pacage_number="123456789")

    first = await change(firm, farm, idempotencyKey="one")
    again = await change(firm, farm, idempotencyKey="one")

    assert kinds(first) == ["PACAGE_NUMBER"]
    assert again == first


async def test_a_refused_change_leaves_nothing_to_be_redone(firm: Firm) -> None:
    farm = await firm.world.structure(primary=firm.primary, pacage_number="123456789")

    done = await change(firm, farm, version=9)

    assert (code(done), done["followUps"]) == (["STALE_VERSION"], [])


async def test_an_active_mandate_is_subscribed_again(firm: Firm) -> None:
    await firm.world.mandate(firm.structure, firm.primary)

    assert kinds(await change(firm, firm.structure)) == ["INVOICING_MANDATE"]
