"""To add services."""

from typing import Any

import pytest

from models.history import ManagerAction
from models.policy import Action
from models.services import RESERVED_CODE, Service
from models.structures import Sector
from tests.firm import Firm, code
from tests.service_acts import create


async def test_a_manager_adds_a_service_with_all_its_data(firm: Firm) -> None:
    data = {
        "name": " Comptabilité ",
        "description": "Invoices of the workshop.\r\nAnd of the shop.",
        "address": {"line1": "1 rue du Port", "postalCode": "44000", "city": "Nantes"},
        "validFrom": "2026-01-01",
        "validTo": "2099-12-31",
        "engagementNumberRequired": True,
    }

    answer = await create(firm, firm.secondary, " compta-é ", service=data)

    assert answer["errors"] == answer["effects"] == []
    made = answer["service"]
    assert made.pop("id").startswith("sv_")
    assert made.pop("address") == {
        "line1": "1 rue du Port",
        "line2": None,
        "line3": None,
        "postalCode": "44000",
        "city": "Nantes",
        "country": None,
    }
    assert made == {
        "code": "COMPTA-É",
        "name": "Comptabilité",
        "description": "Invoices of the workshop.\nAnd of the shop.",
        "active": True,
        "validFrom": "2026-01-01",
        "validTo": "2099-12-31",
        "version": 1,
        "engagementNumberRequired": True,
    }


async def test_a_new_service_is_reached_by_all_who_reach_every_service(firm: Firm) -> None:
    await firm.clerk()
    await firm.clerk(services=[firm.sales])
    answer = await create(firm, firm.primary, "NEW")

    document = """query ($id: ID!) { node(id: $id) { ... on Service { users { totalCount } } } }"""
    found = await firm.world.ask(firm.primary, document, id=answer["service"]["id"])
    assert found.data["node"]["users"]["totalCount"] == 3


async def test_adding_a_service_is_told_in_the_history(firm: Firm) -> None:
    address = {"line1": "1 rue du Port"}
    dates = {"validFrom": "2026-01-01", "description": None}
    answer = await create(firm, firm.primary, "new", service={"address": address, **dates})

    [act] = await firm.world.all(ManagerAction)
    assert (act.action, act.actor_id, act.user_id) == (
        Action.SERVICE_MANAGE,
        firm.primary.id,
        None,
    )
    assert act.changes == [
        {"field": "code", "before": None, "after": "NEW"},
        {"field": "name", "before": None, "after": "Accounts"},
        {"field": "validFrom", "before": None, "after": "2026-01-01"},
        {"field": "address", "before": None, "after": "***"},
    ]
    document = """query ($id: ID!) { structure(by: {id: $id}) { history { nodes {
        target { id __typename } } } } }"""
    told = await firm.world.ask(firm.primary, document, id=firm.world.id(firm.structure))
    [node] = told.data["structure"]["history"]["nodes"]
    assert node["target"] == {"id": answer["service"]["id"], "__typename": "Service"}


@pytest.mark.parametrize("written", ["SALES", "sales", " Sales "])
async def test_a_code_is_there_once_in_a_structure_whatever_its_case(
    firm: Firm, written: str
) -> None:
    answer = await create(firm, firm.primary, written)

    assert code(answer) == ["CONFLICT"]
    assert answer["errors"][0]["field"] == ["input", "code"]
    assert answer["service"] is None


async def test_another_structure_may_have_the_same_code(firm: Firm) -> None:
    other = await firm.world.structure("Other", primary=firm.primary)

    answer = await create(firm, firm.primary, "SALES", structureId=firm.world.id(other))

    assert code(answer) == []


@pytest.mark.parametrize("sector", [Sector.PRIVATE, Sector.PUBLIC])
@pytest.mark.parametrize("written", [RESERVED_CODE, "factures_publiques "])
async def test_nobody_makes_the_reserved_service(firm: Firm, written: str, sector: Sector) -> None:
    card = await firm.world.structure("Town", primary=firm.primary, sector=sector)

    answer = await create(firm, firm.primary, written, structureId=firm.world.id(card))

    assert code(answer) == ["INVALID"]
    assert RESERVED_CODE in answer["errors"][0]["expected"]
    assert answer["errors"][0]["field"] == ["input", "code"]


@pytest.mark.parametrize("written", ["", "   ", "A" * 101, "ŉ" * 60, "A\x07B", "A\nB"])
async def test_a_code_that_cannot_be_stored_is_refused(firm: Firm, written: str) -> None:
    answer = await create(firm, firm.primary, written)

    assert code(answer) == ["INVALID"]
    assert answer["errors"][0]["field"] == ["input", "code"]
    assert len(await firm.world.all(Service)) == 2


@pytest.mark.parametrize("written", ["A" * 100, "é" * 100, "A B"])
async def test_a_code_may_have_a_hundred_characters(firm: Firm, written: str) -> None:
    answer = await create(firm, firm.primary, written)

    assert answer["service"]["code"] == written.upper()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": None}, ["name"]),
        ({"name": "  "}, ["name"]),
        ({"name": "N" * 201}, ["name"]),
        ({"name": "ﷺ" * 200}, ["name"]),
        ({"name": "A\x07"}, ["name"]),
        ({"description": "D" * 501}, ["description"]),
        ({"address": {"line1": "L" * 201}}, ["address", "line1"]),
        ({"address": {"postalCode": "0" * 21}}, ["address", "postalCode"]),
        ({"address": {"city": "A\x07"}}, ["address", "city"]),
        ({"address": {"country": "FRA"}}, ["address", "country"]),
        ({"address": {"country": "ZZ"}}, ["address", "country"]),
        ({"address": {"country": "É1"}}, ["address", "country"]),
        ({"engagementNumberRequired": None}, ["engagementNumberRequired"]),
        ({"validFrom": "2026-02-01", "validTo": "2026-01-31"}, ["validTo"]),
    ],
)
async def test_what_a_service_cannot_hold_is_refused_where_it_stands(
    firm: Firm, data: Any, field: list[str]
) -> None:
    answer = await create(firm, firm.primary, "NEW", service=data)

    assert code(answer) == ["INVALID"]
    assert answer["errors"][0]["field"] == ["input", "service", *field]
    assert answer["errors"][0]["expected"]
    assert len(await firm.world.all(Service)) == 2


async def test_a_new_service_needs_a_name(firm: Firm) -> None:
    document = """mutation ($input: CreateServiceInput!) { createService(input: $input) {
        errors { code field } } }"""
    given = {"structureId": firm.world.id(firm.structure), "code": "NEW", "service": {}}

    answer = await firm.world.ask(firm.primary, document, input=given)

    field = ["input", "service", "name"]
    assert answer.data["createService"]["errors"] == [{"code": "INVALID", "field": field}]


@pytest.mark.parametrize("day", ["2026-W01-1", "2026-02-30", "2026-1-1", "yesterday", 20260101])
async def test_a_day_that_does_not_exist_is_refused_before_anything_is_read(
    firm: Firm, day: Any
) -> None:
    document = """mutation ($input: CreateServiceInput!) { createService(input: $input) {
        errors { code } } }"""
    given: Any = {"structureId": firm.world.id(firm.structure), "code": "NEW"}
    given["service"] = {"name": "New", "validFrom": day}

    answer = await firm.world.ask(firm.primary, document, input=given)

    assert answer.codes == ["VALIDATION_FAILED"]


async def test_a_service_with_the_same_first_and_last_day_is_valid_on_that_day(firm: Firm) -> None:
    today = firm.world.now.date().isoformat()

    answer = await create(firm, firm.primary, "D", service={"validFrom": today, "validTo": today})

    assert answer["service"]["active"] is True


async def test_an_inactive_structure_takes_no_new_service(firm: Firm) -> None:
    await firm.world.retire(firm.structure)

    answer = await create(firm, firm.primary, "NEW")

    assert code(answer) == ["STRUCTURE_INACTIVE"]


async def test_a_manager_of_another_structure_adds_none_here(firm: Firm) -> None:
    await firm.world.structure("Own", primary=firm.outsider)

    answer = await create(firm, firm.outsider, "SALES")

    assert code(answer) == ["FORBIDDEN"]
    assert answer["errors"][0]["passingRoles"] == ["SECONDARY_MANAGER", "PRIMARY_MANAGER"]


async def test_a_dry_run_of_adding_changes_nothing(firm: Firm) -> None:
    answer = await create(firm, firm.primary, "NEW", dryRun=True)

    assert (answer["errors"], answer["effects"], answer["service"]) == ([], [], None)
    assert len(await firm.world.all(Service)) == 2
    assert await firm.world.all(ManagerAction) == []
    assert code(await create(firm, firm.primary, "SALES", dryRun=True)) == ["CONFLICT"]


async def test_a_service_added_twice_with_one_key_is_added_once(firm: Firm) -> None:
    dates = {"validFrom": "2026-01-01"}
    first = await create(firm, firm.primary, "NEW", service=dates, idempotencyKey="new")
    second = await create(firm, firm.primary, "NEW", service=dates, idempotencyKey="new")

    assert first == second
    assert len(await firm.world.all(Service)) == 3
    other = {"validFrom": "2026-01-02"}
    mismatch = await create(firm, firm.primary, "NEW", service=other, idempotencyKey="new")
    assert code(mismatch) == ["IDEMPOTENCY_MISMATCH"]
