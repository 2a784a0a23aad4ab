from typing import Any

import pytest

from models.errors import ErrorCode, Invalid, RuleRefused
from models.general_block import (
    EITHER,
    general_values,
    require_author,
    require_sector,
    structure_name,
    told_changes,
)
from models.identifiers import IdentifierType
from models.structures import Sector, Structure


def card(**values: Any) -> Structure:
    return Structure(identifier_type=IdentifierType.SIRET, identifier="1", name="Val", **values)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ({"email": " Me@Firm.Example "}, {"email": "Me@firm.example"}),
        ({"email": ""}, {"email": None}),
        ({"phone": "+33 1.02-03/04 (05)"}, {"phone": "+33 1.02-03/04 (05)"}),
        ({"vat_number": "fr 40 303 265 045"}, {"vat_number": "FR40303265045"}),
        ({"vat_number": "che-123.456.788"}, {"vat_number": "CHE123456788"}),
        ({"vat_number": None}, {"vat_number": None}),
        ({"pacage_number": "012 345 678"}, {"pacage_number": "012345678"}),
        ({"label": "  "}, {"label": None}),
        ({EITHER: False}, {EITHER: False}),
    ],
)
def test_a_value_is_stored_as_it_is_meant(written: dict[str, Any], stored: dict[str, Any]) -> None:
    assert general_values(written) == stored


@pytest.mark.parametrize(
    "written",
    [
        {"email": "me"},
        {"email": "me@firm.example\nBcc: you@firm.example"},
        {"phone": "12"},
        {"phone": "1" * 41},
        {"phone": "०१२३४५६७"},
        {"vat_number": "FR00303265045"},
        {"vat_number": "12"},
        {"pacage_number": "१२३४५६७८९"},
        {"rcs_number": "a" * 81},
        {"label": "a\u0000b"},
        {"delegated_validator": None},
    ],
)
def test_a_wrong_value_is_named(written: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        general_values(written)

    assert refused.value.field == tuple(written)


def test_check_digits_of_vat_numbers_are_taken_where_none_count() -> None:
    assert general_values({"vat_number": "FR00303265045"}, checksum=False) == {
        "vat_number": "FR00303265045"
    }


@pytest.mark.parametrize(
    ("given", "implied"),
    [
        ({EITHER: True}, {"service_code_required": False, "engagement_number_required": False}),
        ({"service_code_required": True}, {EITHER: False}),
        ({"engagement_number_required": True}, {EITHER: False}),
        ({"service_code_required": False}, {}),
        ({"contracting_authority_only": True}, {"contracting_authority": True}),
        ({"contracting_authority": False}, {"contracting_authority_only": False}),
        ({"contracting_authority": True}, {}),
    ],
)
def test_a_flag_decides_those_that_are_not_given(
    given: dict[str, bool], implied: dict[str, bool]
) -> None:
    assert general_values(given) == given | implied


@pytest.mark.parametrize(
    "given",
    [
        {EITHER: True, "service_code_required": True},
        {EITHER: True, "engagement_number_required": True},
        {"contracting_authority_only": True, "contracting_authority": False},
    ],
)
def test_flags_that_contradict_each_other_are_refused(given: dict[str, bool]) -> None:
    with pytest.raises(Invalid):
        general_values(given)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("service_code_required", True),
        ("engagement_number_required", True),
        (EITHER, True),
        ("reports_payment", False),
    ],
)
def test_what_is_asked_of_invoices_is_for_public_structures(column: str, value: bool) -> None:
    require_sector(Sector.PUBLIC, {column: value})
    require_sector(Sector.PRIVATE, {column: not value})

    with pytest.raises(Invalid):
        require_sector(Sector.PRIVATE, {column: value})


def test_only_the_support_changes_who_is_a_local_authority() -> None:
    require_author(card(), {"local_authority": True}, by_support=True)
    require_author(card(local_authority=True), {"local_authority": True}, by_support=False)
    require_author(card(local_authority=True), {}, by_support=False)

    with pytest.raises(RuleRefused) as refused:
        require_author(card(local_authority=True), {"local_authority": False}, by_support=False)
    assert refused.value.code == ErrorCode.CONTACT_SUPPORT


@pytest.mark.parametrize("name", ["", " ", "a" * 100, "\ufdfa" * 20, "a\nb"])
def test_a_name_can_be_shown_and_sorted(name: str) -> None:
    with pytest.raises(Invalid):
        structure_name(name)


def test_the_history_keeps_no_personal_value() -> None:
    changed = {"email": (None, "me@firm.example"), "label": ("Val", None), "nameKey": ("a", "b")}

    assert told_changes(card(), changed) == [
        {"field": "email", "before": None, "after": "***"},
        {"field": "label", "before": "Val", "after": None},
    ]
    person = card()
    person.identifier_type = IdentifierType.INDIVIDUAL
    assert told_changes(person, {"label": ("Zoé", None)}) == [
        {"field": "label", "before": "***", "after": None}
    ]
