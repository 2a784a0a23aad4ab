"""Changing the general information of a structure, its flags and its applications."""

from typing import Any

import pytest

from models.accounts import PlatformRole, User
from models.areas import AreaCode
from models.history import ManagerAction
from models.identifiers import IdentifierType
from models.policy import Action
from models.structures import Sector, Structure, StructureApplication
from tests.firm import Firm, code


UPDATE = """
    mutation ($input: UpdateStructureInput!) { done: updateStructure(input: $input) {
        structure { id name version applicationsUsed general { label email phone fax vatNumber
            serviceCodeRequired engagementNumberRequired serviceCodeOrEngagementNumberRequired
            reportsPayment contractingAuthority contractingAuthorityOnly localAuthority
            justiceSupplierCategory pacageNumber
            address { line1 line2 postalCode city country } } }
        errors { __typename code message field ... on InvalidError { expected }
            ... on StaleVersionError { currentVersion }
            ... on AreaUnavailableError { area { code } prerequisite }
            ... on StructureInactiveError { successor { id } } } } }
"""
EITHER = "serviceCodeOrEngagementNumberRequired"


async def update(firm: Firm, person: User, card: Structure | None = None, **given: Any) -> Any:
    card = card or firm.structure
    named = {"structureId": firm.world.id(card), "version": card.version}
    return (await firm.world.ask(person, UPDATE, input=named | given)).data["done"]


async def support_of(firm: Firm) -> User:
    return await firm.world.user("Simon Support", platform_role=PlatformRole.SUPPORT)


async def changes(firm: Firm) -> list[tuple[str, str | None, str | None]]:
    acts = await firm.world.all(ManagerAction, ManagerAction.action == Action.STRUCTURE_UPDATE)
    return [(one["field"], one["before"], one["after"]) for act in acts for one in act.changes]


async def test_a_secondary_manager_changes_name_and_contact(firm: Firm) -> None:
    address = {"line1": "2 quai Neuf", "postalCode": "44000", "city": "Nantes", "country": "FR"}
    general = {"label": "The firm", "email": "office@firm.example", "address": address}

    done = await update(firm, firm.secondary, name="Atelier du Quai", general=general)

    assert done["errors"] == []
    card = done["structure"]
    assert (card["name"], card["version"]) == ("Atelier du Quai", 2)
    assert card["general"]["address"] == address | {"line2": None}
    assert (card["general"]["label"], card["general"]["email"]) == (
        "The firm",
        "office@firm.example",
    )
    search = '{ structures(filter: {name: {equals: "atelier du quai"}}) { nodes { name } } }'
    found = (await firm.world.ask(firm.primary, search)).data["structures"]["nodes"]
    assert found == [{"name": "Atelier du Quai"}]


async def test_what_a_manager_leaves_out_stays_and_null_empties(firm: Firm) -> None:
    await update(firm, firm.primary, general={"label": "Label", "phone": "0102030405"})

    done = await update(firm, firm.primary, version=2, general={"label": None, "fax": ""})

    block = done["structure"]["general"]
    assert (block["label"], block["phone"], block["fax"]) == (None, "0102030405", None)


async def test_an_address_is_given_as_a_whole(firm: Firm) -> None:
    await update(firm, firm.primary, general={"address": {"line1": "1 rue", "city": "Lyon"}})

    done = await update(firm, firm.primary, version=2, general={"address": {"city": "Brest"}})
    gone = await update(firm, firm.primary, version=3, general={"address": None})

    assert done["structure"]["general"]["address"]["line1"] is None
    assert done["structure"]["general"]["address"]["city"] == "Brest"
    assert gone["structure"]["general"]["address"]["city"] is None


async def test_the_history_tells_what_changed_and_no_personal_value(firm: Firm) -> None:
    general = {
        "email": "me@firm.example",
        "contractingAuthority": True,
        "address": {"city": "Lyon"},
    }

    await update(firm, firm.secondary, name="New name", general=general)

    assert sorted(await changes(firm)) == [
        ("city", None, "***"),
        ("contractingAuthority", "false", "true"),
        ("email", None, "***"),
        ("name", firm.structure.name, "New name"),
    ]


async def test_nothing_on_the_card_of_a_private_person_stands_in_the_history(firm: Firm) -> None:
    person = await firm.world.structure(
        "Roux Zoé", primary=firm.primary, identifier_type=IdentifierType.INDIVIDUAL, identifier="R"
    )

    await update(firm, firm.primary, person, name="Roux-Blanc Zoé", general={"label": "Zoé"})

    assert sorted(await changes(firm)) == [("label", None, "***"), ("name", "***", "***")]


async def test_a_manager_who_changes_nothing_leaves_no_trace(firm: Firm) -> None:
    done = await update(firm, firm.primary, name=firm.structure.name, general={"label": None})

    assert (done["errors"], done["structure"]["version"]) == ([], 1)
    assert await changes(firm) == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "a" * 100}, "name"),
        ({"general": {"email": "a@b@c"}}, "general.email"),
        ({"general": {"vatNumber": "DE123"}}, "general.vatNumber"),
        ({"general": {"pacageNumber": "1234567890"}}, "general.pacageNumber"),
        ({"general": {"justiceSupplierCategory": "a" * 81}}, "general.justiceSupplierCategory"),
        ({"general": {"address": {"country": "12"}}}, "general.address.country"),
        ({"general": {"reportsPayment": None}}, "general.reportsPayment"),
        ({"general": {EITHER: True}}, f"general.{EITHER}"),
    ],
)
async def test_a_manager_is_told_which_value_is_wrong(
    firm: Firm, given: dict[str, Any], field: str
) -> None:
    done = await update(firm, firm.primary, **given)

    [error] = done["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["input", *field.split(".")])
    assert (await firm.world.reload(firm.structure)).version == 1


async def test_the_flags_of_a_public_structure_exclude_each_other(firm: Firm) -> None:
    card = await firm.world.structure(primary=firm.primary, sector=Sector.PUBLIC)
    await firm.world.service(card, "SALES")

    async def flags(version: int, **general: bool) -> tuple[bool, bool, bool]:
        done = await update(firm, firm.primary, card, version=version, general=general)
        assert done["errors"] == []
        block = done["structure"]["general"]
        return block["serviceCodeRequired"], block["engagementNumberRequired"], block[EITHER]

    both = {"serviceCodeRequired": True, "engagementNumberRequired": True}
    assert await flags(1, **both) == (True, True, False)
    assert await flags(2, **{EITHER: True}) == (False, False, True)
    assert await flags(3, serviceCodeRequired=True) == (True, False, False)

    contradiction = {EITHER: True, "serviceCodeRequired": True}
    done = await update(firm, firm.primary, card, version=4, general=contradiction)
    assert (code(done), done["errors"][0]["field"]) == (
        ["INVALID"],
        ["input", "general", "serviceCodeRequired"],
    )


async def test_being_only_a_contracting_authority_implies_being_one(firm: Firm) -> None:
    only = await update(firm, firm.primary, general={"contractingAuthorityOnly": True})
    none = await update(firm, firm.primary, version=2, general={"contractingAuthority": False})

    assert only["structure"]["general"]["contractingAuthority"] is True
    assert none["structure"]["general"]["contractingAuthorityOnly"] is False


async def test_a_service_is_required_only_where_suppliers_can_name_one(firm: Firm) -> None:
    card = await firm.world.structure(primary=firm.primary, sector=Sector.PUBLIC)
    required = {"serviceCodeRequired": True}

    assert code(await update(firm, firm.primary, card, general=required)) == [
        "LAST_REQUIRED_SERVICE"
    ]
    await firm.world.service(card, "IDLE", enabled=False)
    assert code(await update(firm, firm.primary, card, general=required)) == [
        "LAST_REQUIRED_SERVICE"
    ]
    await firm.world.service(card, "SALES")
    assert code(await update(firm, firm.primary, card, general=required)) == []


@pytest.mark.parametrize(
    ("before", "area", "general"),
    [
        (
            {"delegated_validator": True},
            AreaCode.INVOICES_TO_VALIDATE,
            {"delegatedValidator": False},
        ),
        (
            {"justice_supplier_category": "EXPERT"},
            AreaCode.JUSTICE_COSTS,
            {"justiceSupplierCategory": None},
        ),
        ({}, AreaCode.ICT_REFUNDS, {"agriculturalManagementCentre": True}),
    ],
)
async def test_what_an_opened_area_needs_stays_on_the_card(
    firm: Firm, before: dict[str, Any], area: AreaCode, general: dict[str, Any]
) -> None:
    card = await firm.world.structure(primary=firm.primary, **before)
    await firm.world.bank_account(card)
    await firm.world.opening(card, area)

    done = await update(firm, firm.primary, card, name="Renamed", general=general)

    [error] = done["errors"]
    assert (error["code"], error["area"]) == ("AREA_NOT_AVAILABLE", {"code": area.value})
    assert error["prerequisite"]
    kept = await firm.world.reload(card)
    assert (kept.version, kept.name) == (1, card.name)
    # Something else may change.
    assert code(await update(firm, firm.primary, card, name="Renamed")) == []


async def test_only_the_support_says_who_is_a_local_authority(firm: Firm) -> None:
    support = await support_of(firm)
    local = {"localAuthority": True}

    refused = await update(firm, firm.primary, general=local)
    done = await update(firm, support, general=local)

    assert (code(refused), refused["errors"][0]["field"]) == (
        ["CONTACT_SUPPORT"],
        ["input", "general", "localAuthority"],
    )
    assert done["structure"]["general"]["localAuthority"] is True
    # Who says again what holds changes nothing.
    again = await update(firm, firm.primary, version=2, general=local | {"label": "Town"})
    assert code(again) == []
    back = await update(firm, firm.primary, version=3, general={"localAuthority": False})
    assert code(back) == ["CONTACT_SUPPORT"]


@pytest.mark.parametrize("wanted", [[], None])
async def test_a_manager_cannot_take_the_payment_requests_away(firm: Firm, wanted: Any) -> None:
    done = await update(firm, firm.primary, name="Renamed", applicationsUsed=wanted)

    assert (code(done), done["errors"][0]["field"]) == (
        ["APPLICATION_LOCKED"],
        ["input", "applicationsUsed"],
    )
    assert len(await firm.world.all(StructureApplication)) == 1
    assert (await firm.world.reload(firm.structure)).version == 1


async def test_a_manager_gives_the_whole_list_of_applications(firm: Firm) -> None:
    wanted = ["PAYMENT_REQUEST", "PAYMENT_REQUEST"]

    done = await update(firm, firm.primary, applicationsUsed=wanted)

    assert done["structure"]["applicationsUsed"] == ["PAYMENT_REQUEST"]
    assert done["structure"]["version"] == 1


async def test_a_manager_who_read_an_older_version_changes_nothing(firm: Firm) -> None:
    await update(firm, firm.secondary, name="First")

    done = await update(firm, firm.primary, version=1, name="Second")

    [error] = done["errors"]
    assert (error["code"], error["currentVersion"]) == ("STALE_VERSION", 2)
    assert (await firm.world.reload(firm.structure)).name == "First"


async def test_an_inactive_structure_is_not_changed(firm: Firm) -> None:
    await firm.world.retire(firm.structure)

    assert code(await update(firm, firm.primary, name="Renamed")) == ["STRUCTURE_INACTIVE"]


async def test_a_dry_run_changes_nothing(firm: Firm) -> None:
    done = await update(firm, firm.primary, name="Renamed", dryRun=True)

    assert done["errors"] == []
    assert (await firm.world.reload(firm.structure)).version == 1
    assert await changes(firm) == []


async def test_a_repeated_call_with_its_key_is_done_once(firm: Firm) -> None:
    first = await update(firm, firm.primary, name="Renamed", idempotencyKey="one")
    again = await update(firm, firm.primary, name="Renamed", idempotencyKey="one")
    other = await update(firm, firm.primary, name="Other", idempotencyKey="one")

    assert (first["errors"], again) == ([], first)
    assert code(other) == ["IDEMPOTENCY_MISMATCH"]
    assert len(await changes(firm)) == 1
