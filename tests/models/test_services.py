from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.errors import ErrorCode, Invalid, RuleRefused, StaleVersion
from models.services import Service, require_reachable, service_code, service_name
from models.structures import Structure


NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def service(**values: Any) -> Service:
    made = {"created_at": NOW, "updated_at": NOW, "code": "SALES", "name": "Sales"} | values
    return Service(id=1, structure_id=1, name_key="sales", **made)


@pytest.mark.parametrize(
    ("written", "stored"), [(" ab ", "AB"), ("straße", "STRASSE"), ("e\u0301", "\u00c9")]
)
def test_codes_that_differ_in_case_only_are_stored_alike(written: str, stored: str) -> None:
    assert service_code(written) == service_code(stored) == stored


@pytest.mark.parametrize(
    "written", ["", " ", "ß" * 51, "Factures_Publiques", "FACTURES_PUBLIQUES\u200b"]
)
def test_a_code_says_what_it_takes(written: str) -> None:
    with pytest.raises(Invalid) as refused:
        service_code(written)

    assert refused.value.expected == "1 to 100 characters, and not FACTURES_PUBLIQUES."


@pytest.mark.parametrize("written", [None, "", "\n", "N" * 201, "\ufdfa" * 30])
def test_a_name_fits_its_columns(written: str | None) -> None:
    with pytest.raises(Invalid):
        service_name(written)


def test_an_amendment_tells_what_changed() -> None:
    changed = service()
    values = {"name": "Été", "description": None, "valid_to": date(2027, 1, 1)}

    assert changed.amend(values, NOW) == {
        "name": ("Sales", "Été"),
        "valid_to": (None, date(2027, 1, 1)),
    }
    assert (changed.name_key, changed.version) == ("ete", 2)
    assert changed.amend(values, NOW) == {}
    assert changed.version == 2


def test_a_validity_of_one_day_is_one() -> None:
    day = date(2026, 11, 25)
    valid = service(valid_from=day)
    valid.amend({"valid_to": day}, NOW)

    assert valid.active_on(day)
    with pytest.raises(Invalid, match="before the first"):
        valid.amend({"valid_to": date(2026, 11, 24)}, NOW)


def test_a_service_that_changed_tells_its_version() -> None:
    with pytest.raises(StaleVersion) as refused:
        service(version=3).require_version(2)

    assert refused.value.current_version == 3


def test_only_a_structure_that_requires_a_code_keeps_its_last_service() -> None:
    with pytest.raises(RuleRefused) as refused:
        require_reachable(Structure(service_code_required=True), other_active=False)

    assert refused.value.code == ErrorCode.LAST_REQUIRED_SERVICE
    require_reachable(Structure(service_code_required=True), other_active=True)
    require_reachable(Structure(service_code_required=False), other_active=False)
