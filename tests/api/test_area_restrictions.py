"""What a structure needs to open an area, and which areas are never opened."""

from typing import Any

import pytest

from models.areas import AreaCode, StructureArea
from models.bank_accounts import BankAccountStatus
from models.structures import Sector
from tests.area_acts import open_areas, tab, to_open
from tests.firm import Firm, code
from tests.world import World


async def _set(world: World, entity: Any, **values: Any) -> None:
    async def work(session: Any) -> None:
        row = await session.get_one(type(entity), entity.id)
        for name, value in values.items():
            setattr(row, name, value)

    await world.database.write(work)


@pytest.mark.parametrize("area", ["HOME", "MANAGER_ACTIVITIES", "SENT_REQUESTS", "MY_ACCOUNT"])
async def test_the_default_areas_are_never_opened(firm: Firm, area: str) -> None:
    answer = await open_areas(firm, firm.primary, to_open(firm, area))

    assert code(answer) == ["AREA_IS_DEFAULT"]
    assert answer["results"][0]["error"]["field"] == ["input", "areas", "0", "area"]


@pytest.mark.parametrize(
    ("area", "lacking", "meeting", "reason"),
    [
        ("INVOICES_TO_VALIDATE", {}, {"delegated_validator": True}, "delegated validator"),
        ("JUSTICE_COSTS", {}, {"justice_supplier_category": "EXPERT"}, "courts"),
        ("ICT_REFUNDS", {"agricultural_management_centre": True}, {}, "management centre"),
        ("RECEIVED_INVOICES", {}, None, "public structure"),
        ("RECEIVED_REQUESTS", {}, None, "public structure"),
    ],
)
async def test_a_restriction_that_is_not_met_is_told_with_its_reason(
    firm: Firm, area: str, lacking: Any, meeting: Any, reason: str
) -> None:
    world = firm.world
    await _set(world, firm.structure, **lacking)
    refused = await open_areas(firm, firm.primary, to_open(firm, area))

    [error] = [result["error"] for result in refused["results"]]
    assert (error["__typename"], error["code"]) == ("AreaUnavailableError", "AREA_NOT_AVAILABLE")
    assert error["area"] == {"code": area}
    assert error["field"] == ["input", "areas", "0", "area"]
    assert reason in error["prerequisite"]
    assert await world.all(StructureArea) == []
    card = firm.structure
    await world.bank_account(card)
    if meeting is None:
        card = await world.structure("Town", primary=firm.primary, sector=Sector.PUBLIC)
    else:
        await _set(world, card, **dict.fromkeys(lacking, False), **meeting)
    given = to_open(firm, area, structureId=world.id(card))
    assert code(await open_areas(firm, firm.primary, given)) == [None]


@pytest.mark.parametrize("area", ["JUSTICE_COSTS", "ICT_REFUNDS"])
async def test_an_area_that_ends_in_a_payment_opens_once_there_is_an_active_bank_account(
    firm: Firm, area: str
) -> None:
    world = firm.world
    await _set(world, firm.structure, justice_supplier_category="EXPERT")
    await world.bank_account(await world.structure("Own", primary=firm.primary))
    await world.bank_account(firm.structure, status=BankAccountStatus.CLOSED, closed_at=world.now)

    refused = await open_areas(firm, firm.primary, to_open(firm, area))

    [error] = [result["error"] for result in refused["results"]]
    assert (error["code"], error["area"]) == ("AREA_NOT_AVAILABLE", {"code": area})
    assert error["prerequisite"] == "An active bank account of the structure."
    assert await world.all(StructureArea) == []
    await world.bank_account(firm.structure)
    opened = await open_areas(firm, firm.primary, to_open(firm, area))
    assert code(opened) == [None]


async def test_an_area_whose_restriction_is_no_longer_met_may_still_be_lowered(firm: Firm) -> None:
    await firm.world.opening(firm.structure, AreaCode.INVOICES_TO_VALIDATE)
    lower = to_open(firm, "INVOICES_TO_VALIDATE", mode="CONSULTATION")
    raised = to_open(firm, "INVOICES_TO_VALIDATE")

    assert code(await open_areas(firm, firm.primary, lower)) == [None]
    assert code(await open_areas(firm, firm.primary, raised)) == ["AREA_NOT_AVAILABLE"]


async def test_commitments_are_prepared_before_the_first_payment(firm: Firm) -> None:
    given = to_open(firm, "COMMITMENTS", subscribeMe=True)
    answer = await open_areas(firm, firm.primary, given)

    assert code(answer) == [None]
    assert answer["results"][0]["structureArea"]["available"] is False
    assert await tab(firm.world, firm.primary, "COMMITMENTS") == (
        "MODIFICATION",
        "NOT_YET_AVAILABLE",
    )
    await _set(firm.world, firm.structure, first_payment_at=firm.world.now)
    assert await tab(firm.world, firm.primary, "COMMITMENTS") == ("MODIFICATION", None)
