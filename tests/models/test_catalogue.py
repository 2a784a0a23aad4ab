"""What the catalogue of areas says of each, and what a structure needs to open one."""

from typing import Any

import pytest

from models.areas import STORED_AREAS, AreaCode
from models.catalogue import ACCOUNT_AREAS, CATALOGUE, Candidate, require_available
from models.errors import AreaUnavailable, ErrorCode
from models.structures import Sector, Structure


def candidate(*, has_account: bool = True, **values: Any) -> Candidate:
    return Candidate(Structure(name="Atelier", **values), has_account)


@pytest.mark.parametrize(
    ("area", "lacking", "meeting"),
    [
        (AreaCode.RECEIVED_INVOICES, {}, {"sector": Sector.PUBLIC}),
        (AreaCode.RECEIVED_REQUESTS, {}, {"sector": Sector.PUBLIC}),
        (AreaCode.INVOICES_TO_VALIDATE, {}, {"delegated_validator": True}),
        (AreaCode.JUSTICE_COSTS, {}, {"justice_supplier_category": "TRANSLATOR"}),
        (AreaCode.ICT_REFUNDS, {"agricultural_management_centre": True}, {}),
    ],
)
def test_a_restricted_area_is_refused_with_what_is_missing(
    area: AreaCode, lacking: dict[str, Any], meeting: dict[str, Any]
) -> None:
    with pytest.raises(AreaUnavailable) as refused:
        require_available(area, candidate(**lacking))

    assert refused.value.code == ErrorCode.AREA_NOT_AVAILABLE
    assert refused.value.area == area
    assert refused.value.field == ("area",)
    assert refused.value.prerequisite == CATALOGUE[area].prerequisites[0]
    require_available(area, candidate(**meeting))


@pytest.mark.parametrize("area", [AreaCode.JUSTICE_COSTS, AreaCode.ICT_REFUNDS])
def test_an_area_that_ends_in_a_payment_needs_a_bank_account(area: AreaCode) -> None:
    meeting: dict[str, Any] = {"justice_supplier_category": "TRANSLATOR"}
    with pytest.raises(AreaUnavailable) as refused:
        require_available(area, candidate(has_account=False, **meeting))

    assert refused.value.code == ErrorCode.AREA_NOT_AVAILABLE
    assert refused.value.prerequisite == "An active bank account of the structure."
    require_available(area, candidate(**meeting))


def test_no_other_area_needs_a_bank_account() -> None:
    assert {AreaCode.JUSTICE_COSTS, AreaCode.ICT_REFUNDS} == ACCOUNT_AREAS


RESTRICTED = {
    AreaCode.RECEIVED_INVOICES,
    AreaCode.RECEIVED_REQUESTS,
    AreaCode.INVOICES_TO_VALIDATE,
    AreaCode.JUSTICE_COSTS,
    AreaCode.ICT_REFUNDS,
}


@pytest.mark.parametrize("area", [area for area in STORED_AREAS if area not in RESTRICTED])
def test_the_other_areas_are_for_every_structure(area: AreaCode) -> None:
    require_available(area, candidate(has_account=False))
    centre = candidate(sector=Sector.PUBLIC, agricultural_management_centre=True)
    require_available(area, centre)


def test_every_area_says_what_it_is_for() -> None:
    assert list(CATALOGUE) == list(AreaCode)
    described = [entry.description for entry in CATALOGUE.values()]
    assert len(set(described)) == len(AreaCode)
    assert all(text.endswith(".") for text in described)
