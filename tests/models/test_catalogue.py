"""What the catalogue of areas says of each, and what a structure needs to open one."""

from typing import Any

import pytest

from models.areas import STORED_AREAS, AreaCode
from models.catalogue import CATALOGUE, require_available
from models.errors import AreaUnavailable, ErrorCode
from models.structures import Sector, Structure


def card(**values: Any) -> Structure:
    return Structure(name="Atelier", **values)


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
        require_available(area, card(**lacking))

    assert refused.value.code == ErrorCode.AREA_NOT_AVAILABLE
    assert refused.value.area == area
    assert refused.value.field == ("area",)
    assert refused.value.prerequisite == CATALOGUE[area].prerequisites[0]
    require_available(area, card(**meeting))


RESTRICTED = {
    AreaCode.RECEIVED_INVOICES,
    AreaCode.RECEIVED_REQUESTS,
    AreaCode.INVOICES_TO_VALIDATE,
    AreaCode.JUSTICE_COSTS,
    AreaCode.ICT_REFUNDS,
}


@pytest.mark.parametrize("area", [area for area in STORED_AREAS if area not in RESTRICTED])
def test_the_other_areas_are_for_every_structure(area: AreaCode) -> None:
    require_available(area, card())
    require_available(area, card(sector=Sector.PUBLIC, agricultural_management_centre=True))


def test_every_area_says_what_it_is_for() -> None:
    assert list(CATALOGUE) == list(AreaCode)
    described = [entry.description for entry in CATALOGUE.values()]
    assert len(set(described)) == len(AreaCode)
    assert all(text.endswith(".") for text in described)
