from datetime import UTC, date, datetime
from typing import Any

import pytest

from models.areas import AreaCode
from models.errors import ErrorCode, Invalid, RuleRefused
from models.founding import Founding, Identity, individual, legal_entity
from models.identifiers import IdentifierType
from models.memberships import MembershipOrigin, MembershipScope, Role
from models.services import RESERVED_CODE, Service
from models.structures import Sector, StructureApplication, StructureStatus


NOW = datetime(2026, 3, 2, tzinfo=UTC)
TODAY = NOW.date()
SIRET = "73282932000074"


def founding(**changed: Any) -> Founding:
    values: dict[str, Any] = {
        "identity": Identity(IdentifierType.SIRET, SIRET, "Scierie du Val"),
        "sector": Sector.PRIVATE,
        "general": {},
        "manager_id": 7,
        "origin": MembershipOrigin.CREATOR,
    }
    return Founding(**values | changed)


def test_a_legal_entity_is_named_by_the_identifier_as_it_is_stored() -> None:
    found = legal_entity(IdentifierType.SIRET, "732 829 320 00074", " Val ", checksum=True)

    assert found == Identity(IdentifierType.SIRET, SIRET, "Val")


def test_a_wrong_check_digit_is_taken_where_none_counts() -> None:
    with pytest.raises(Invalid):
        legal_entity(IdentifierType.SIRET, "73282932000075", "Val", checksum=True)

    found = legal_entity(IdentifierType.SIRET, "73282932000075", "Val", checksum=False)
    assert found.identifier == "73282932000075"


@pytest.mark.parametrize(
    ("last", "first", "identifier"),
    [
        ("Martin", "Alex", "MARTIN-ALEX-19900131"),
        ("d'Été", "Jean-Noël", "DETE-JEANNOEL-19900131"),
        ("A" * 99, "B" * 99, f"{'A' * 40}-{'B' * 30}-19900131"),
    ],
)
def test_a_private_person_is_named_by_letters_and_the_day_of_birth(
    last: str, first: str, identifier: str
) -> None:
    found = individual(last, first, date(1990, 1, 31), TODAY)

    assert (found.identifier, found.name) == (identifier, f"{last} {first}")
    assert len(found.identifier) <= 80


def test_the_two_names_of_a_person_are_not_taken_for_each_other() -> None:
    born = date(1990, 1, 31)

    assert individual("Jean", "Paul", born, TODAY) != individual("Jeanpa", "Ul", born, TODAY)


@pytest.mark.parametrize("born", [date(1900, 1, 1), TODAY])
def test_a_newborn_and_a_very_old_person_have_an_identity(born: date) -> None:
    assert individual("Martin", "Alex", born, TODAY).identifier.endswith(f"{born:%Y%m%d}")


@pytest.mark.parametrize("born", [date(1899, 12, 31), date(2026, 3, 3)])
def test_nobody_is_born_long_ago_or_tomorrow(born: date) -> None:
    with pytest.raises(Invalid) as refused:
        individual("Martin", "Alex", born, TODAY)

    assert refused.value.field == ("birthDate",)


@pytest.mark.parametrize(
    "asked", [{"sector": Sector.PUBLIC}, {"general": {"local_authority": True}}]
)
def test_only_the_support_creates_what_is_public(asked: dict[str, Any]) -> None:
    founding(**asked).check(by_support=True)

    with pytest.raises(RuleRefused) as refused:
        founding(**asked).check(by_support=False)
    assert refused.value.code == ErrorCode.CONTACT_SUPPORT


def test_a_private_structure_begins_with_the_payment_requests_alone() -> None:
    card = founding(general={"label": "Val"}).card(NOW)

    assert (card.status, card.label, card.name_key) == (
        StructureStatus.ACTIVE,
        "Val",
        "scierie du val",
    )
    assert [type(one) for one in founding().belongings(1, NOW)] == [StructureApplication]
    assert founding().opened == []


def test_a_public_structure_begins_with_its_service_and_the_areas_for_invoices() -> None:
    public = founding(sector=Sector.PUBLIC)

    [service] = [one for one in public.belongings(1, NOW) if isinstance(one, Service)]
    assert (service.code, service.enabled) == (RESERVED_CODE, True)
    assert {area for area, _ in public.opened} == {
        AreaCode.ISSUED_INVOICES,
        AreaCode.RECEIVED_INVOICES,
        AreaCode.RECEIVED_REQUESTS,
    }


def test_the_primary_manager_reaches_all_services() -> None:
    membership = founding().membership(1, NOW)

    assert (membership.role, membership.scope) == (
        Role.PRIMARY_MANAGER,
        MembershipScope.ALL_SERVICES,
    )
