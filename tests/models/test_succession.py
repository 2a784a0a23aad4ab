from datetime import UTC, datetime
from typing import Any

import pytest

from models.errors import ConfirmationRequired, ErrorCode, Invalid, RuleRefused
from models.identifiers import IdentifierType
from models.structures import Sector, Structure, StructureStatus
from models.succession import IdentifierChange, succeed


THEN = datetime(2026, 1, 5, tzinfo=UTC)
NOW = datetime(2026, 3, 2, tzinfo=UTC)

OLD, NEXT, STRANGE = "73282932000074", "73282932000082", "55208131766522"


def card(**changed: Any) -> Structure:
    values = {
        "id": 10,
        "identifier_type": IdentifierType.SIRET,
        "identifier": OLD,
        "name": "Scierie du Val",
        "name_key": "scierie du val",
        "version": 4,
        "created_at": THEN,
        "updated_at": THEN,
    }
    return Structure(**values | changed)


def change(value: str, kind: IdentifierType = IdentifierType.SIRET) -> IdentifierChange:
    return IdentifierChange(kind=kind, value=value)


def identifier_for(asked: IdentifierChange, old: Structure, **changed: Any) -> str:
    return asked.identifier_for(old, **{"by_support": False, "checksum": True} | changed)


def test_the_new_identifier_is_stored_without_spaces() -> None:
    assert identifier_for(change("732 829 320 00082"), card()) == NEXT


def test_a_local_authority_asks_the_support() -> None:
    town = card(local_authority=True, sector=Sector.PUBLIC)

    with pytest.raises(RuleRefused) as refused:
        identifier_for(change(NEXT), town)

    assert refused.value.code == ErrorCode.CONTACT_SUPPORT
    assert identifier_for(change(NEXT), town, by_support=True) == NEXT


def test_the_type_of_the_identifier_stays() -> None:
    with pytest.raises(Invalid) as refused:
        identifier_for(change("BE0411905847", IdentifierType.EU_VAT), card())

    assert refused.value.expected == "SIRET"
    assert refused.value.field == ("identifier", "type")


def test_a_wrong_check_digit_counts_unless_the_operator_says_otherwise() -> None:
    with pytest.raises(Invalid) as refused:
        identifier_for(change("73282932000083"), card())

    assert refused.value.expected == "14 digits with a valid check digit"
    assert refused.value.field == ("identifier", "value")
    assert identifier_for(change("73282932000083"), card(), checksum=False) == "73282932000083"


def test_the_identifier_must_change() -> None:
    with pytest.raises(Invalid) as refused:
        identifier_for(change("732 829 320 00074"), card())

    assert refused.value.field == ("identifier", "value")


def test_an_establishment_of_la_poste_passes_by_its_digit_sum() -> None:
    post = card(identifier="35600000000048")

    assert identifier_for(change("35600000049837"), post) == "35600000049837"
    assert not change("35600000049837").needs_confirmation(post, "35600000049837")


def test_another_legal_entity_must_be_confirmed_with_the_number_of_users() -> None:
    with pytest.raises(ConfirmationRequired) as refused:
        change(STRANGE).require_confirmation(card(), STRANGE, affected_users=12)

    assert refused.value.argument == "confirmDifferentSiren"
    assert refused.value.affected_users == 12


def test_a_confirmed_move_to_another_legal_entity_passes() -> None:
    confirmed = IdentifierChange(kind=IdentifierType.SIRET, value=STRANGE, confirmed=True)

    confirmed.require_confirmation(card(), STRANGE, affected_users=12)


def test_only_a_siret_has_a_legal_entity_in_it() -> None:
    foreign = card(identifier_type=IdentifierType.NON_EU, identifier="CHBERTHOUD")

    assert not change("CHSEMPACH", IdentifierType.NON_EU).needs_confirmation(foreign, "CHSEMPACH")


def test_the_successor_takes_over_the_general_data_and_names_its_predecessor() -> None:
    old = card(
        email="office@val.test",
        city="Gap",
        service_code_required=True,
        justice_supplier_category="EXPERT",
        sector=Sector.PUBLIC,
    )

    new = succeed(old, NEXT, NOW)

    assert (new.identifier, new.predecessor_id) == (NEXT, 10)
    assert (new.name, new.email, new.city) == ("Scierie du Val", "office@val.test", "Gap")
    assert new.service_code_required
    assert (new.justice_supplier_category, new.sector) == ("EXPERT", Sector.PUBLIC)
    assert (new.status, new.version, new.created_at) == (StructureStatus.ACTIVE, 1, NOW)


def test_the_successor_has_no_pacage_number_and_no_payment_of_its_own_yet() -> None:
    new = succeed(card(pacage_number="012345678", first_payment_at=THEN), NEXT, NOW)

    assert new.pacage_number is None
    assert new.first_payment_at is None


def test_the_old_card_becomes_inactive() -> None:
    old = card()

    succeed(old, NEXT, NOW)

    assert (old.status, old.deactivated_at) == (StructureStatus.INACTIVE, NOW)
    assert (old.version, old.updated_at) == (5, NOW)
    assert old.identifier == OLD
