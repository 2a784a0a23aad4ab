"""To change services."""

from datetime import timedelta
from typing import Any

import pytest

from models.history import ManagerAction
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.services import RESERVED_CODE, Service
from models.structures import Sector, Structure
from tests.firm import Firm, code
from tests.service_acts import effects, listings, update


async def _require_codes(firm: Firm, card: Structure) -> None:
    async def work(session: Any) -> None:
        (await session.get_one(Structure, card.id)).service_code_required = True

    await firm.world.database.write(work)


def _day(firm: Firm, distance: int) -> str:
    return (firm.world.now.date() + timedelta(days=distance)).isoformat()


async def test_what_is_left_out_stays_and_null_empties(firm: Firm) -> None:
    address = {"line1": "1 rue du Port", "city": "Nantes", "country": "fr"}
    data: dict[str, Any] = {
        "name": "Sales of Nantes",
        "description": "All sales.",
        "address": address,
    }
    first = await update(firm, firm.primary, firm.sales, data)
    assert first["service"]["address"]["country"] == "FR"

    service = await firm.world.reload(firm.sales)
    data = {"description": None, "address": {"line1": "2 rue du Port"}}
    second = await update(firm, firm.secondary, service, data)

    changed = second["service"]
    assert (changed["name"], changed["description"]) == ("Sales of Nantes", None)
    assert changed["address"]["line1"] == "2 rue du Port"
    assert changed["address"]["city"] is changed["address"]["country"] is None
    assert changed["version"] == 3
    service = await firm.world.reload(firm.sales)
    third = await update(firm, firm.secondary, service, {"address": None})
    assert third["service"]["address"]["line1"] is None


async def test_a_service_is_found_by_its_new_name(firm: Firm) -> None:
    await update(firm, firm.primary, firm.sales, {"name": "Élévation"})

    document = """query ($id: ID!) { structure(by: {id: $id}) {
        services(filter: {name: {equals: "ELEVATION"}}) { nodes { code } } } }"""
    found = await firm.world.ask(firm.primary, document, id=firm.world.id(firm.structure))
    assert found.data["structure"]["services"]["nodes"] == [{"code": "SALES"}]


async def test_the_history_tells_what_changed_and_nothing_else(firm: Firm) -> None:
    data = {"name": "Sales", "engagementNumberRequired": True, "validTo": _day(firm, 9)}
    await update(firm, firm.primary, firm.sales, data)

    [act] = await firm.world.all(ManagerAction)
    assert (act.action, act.target_id) == (Action.SERVICE_MANAGE, firm.sales.id)
    assert act.changes == [
        {"field": "engagementNumberRequired", "before": "false", "after": "true"},
        {"field": "validTo", "before": None, "after": _day(firm, 9)},
    ]


async def test_an_update_that_changes_nothing_leaves_no_trace(firm: Firm) -> None:
    answer = await update(firm, firm.primary, firm.sales, {"name": firm.sales.name})

    assert answer["errors"] == []
    assert answer["service"]["version"] == firm.sales.version
    assert await firm.world.all(ManagerAction) == []


async def test_a_service_that_changed_meanwhile_is_not_overwritten(firm: Firm) -> None:
    await update(firm, firm.primary, firm.sales, {"name": "First"})

    answer = await update(firm, firm.secondary, firm.sales, {"name": "Second"})

    assert code(answer) == ["STALE_VERSION"]
    assert answer["errors"][0]["currentVersion"] == 2
    assert answer["service"]["name"] == "First"


@pytest.mark.parametrize("data", [{"validTo": "2020-01-01", "validFrom": "2020-01-02"}])
async def test_a_validity_that_ends_before_it_begins_is_refused(firm: Firm, data: Any) -> None:
    answer = await update(firm, firm.primary, firm.sales, data)

    assert code(answer) == ["INVALID"]
    assert answer["errors"][0]["field"] == ["input", "service", "validTo"]
    assert answer["errors"][0]["expected"] == "2020-01-02 or later."
    unchanged = await firm.world.reload(firm.sales)
    assert (unchanged.valid_to, unchanged.version) == (None, 1)


async def test_a_date_is_checked_against_the_one_that_stays(firm: Firm) -> None:
    await update(firm, firm.primary, firm.sales, {"validFrom": _day(firm, -5)})
    service = await firm.world.reload(firm.sales)

    answer = await update(firm, firm.primary, service, {"validTo": _day(firm, -6)})

    assert code(answer) == ["INVALID"]


async def test_nobody_changes_the_reserved_service(firm: Firm) -> None:
    town = await firm.world.structure("Town", primary=firm.primary, sector=Sector.PUBLIC)
    [reserved] = await firm.world.all(Service, Service.structure_id == town.id)

    answer = await update(firm, firm.primary, reserved, {"name": "Ours"})

    assert code(answer) == ["FORBIDDEN"]
    assert RESERVED_CODE in answer["errors"][0]["message"]
    assert answer["errors"][0]["passingRoles"] == []
    assert (await firm.world.reload(reserved)).name == reserved.name


async def test_dates_that_make_it_inactive_need_a_confirmation_while_users_are_listed(
    firm: Firm,
) -> None:
    clerk = await firm.clerk(services=[firm.sales])
    over = {"validTo": _day(firm, -1)}

    refused = await update(firm, firm.primary, firm.sales, over)
    assert code(refused) == ["CONFIRMATION_REQUIRED"]
    assert (refused["errors"][0]["argument"], refused["errors"][0]["affectedUsers"]) == ("force", 1)
    assert (await firm.world.reload(firm.sales)).valid_to is None

    answer = await update(firm, firm.primary, firm.sales, over, force=True)
    assert answer["service"]["active"] is False
    assert effects(answer) == [
        ("SERVICE_DEACTIVATED", None, None, None),
        ("NOTIFICATION", "Carla Clerk", None, None),
    ]
    [message] = await firm.world.all(Notification)
    assert (message.kind, message.user_id, message.payload) == (
        NotificationKind.SERVICES_CHANGED,
        clerk.id,
        {"service_id": firm.sales.id},
    )
    assert await listings(firm, await firm.membership_of(clerk)) == {"SALES": "ACTIVE"}


async def test_dates_that_leave_it_active_need_no_confirmation(firm: Firm) -> None:
    await firm.clerk(services=[firm.sales])
    dates = {"validFrom": _day(firm, 0), "validTo": _day(firm, 0)}

    answer = await update(firm, firm.primary, firm.sales, dates)

    assert (code(answer), answer["effects"]) == ([], [])


async def test_the_last_active_service_is_not_dated_away_where_invoices_must_name_one(
    firm: Firm,
) -> None:
    await _require_codes(firm, firm.structure)
    over = {"validTo": _day(firm, -1)}
    assert code(await update(firm, firm.primary, firm.sales, over)) == []

    answer = await update(firm, firm.primary, firm.stock, over)

    assert code(answer) == ["LAST_REQUIRED_SERVICE"]
    later = await update(firm, firm.primary, firm.stock, {"validFrom": _day(firm, 1)})
    assert code(later) == ["LAST_REQUIRED_SERVICE"]
    assert (await firm.world.reload(firm.stock)).valid_from is None


async def test_an_inactive_structure_keeps_its_services_as_they_are(firm: Firm) -> None:
    await firm.world.retire(firm.structure)

    answer = await update(firm, firm.primary, firm.sales, {"name": "New"})

    assert code(answer) == ["STRUCTURE_INACTIVE"]


async def test_a_simple_user_and_an_outsider_change_none(firm: Firm) -> None:
    clerk = await firm.clerk()
    for person, told in ((clerk, "FORBIDDEN"), (firm.outsider, "NOT_FOUND")):
        await firm.world.structure("Own", primary=person)
        answer = await update(firm, person, firm.sales, {"name": "New"})
        assert code(answer) == [told]


async def test_outsiders_learn_of_the_active_services_of_a_public_structure_only(
    firm: Firm,
) -> None:
    town = await firm.world.structure("Town", sector=Sector.PUBLIC)
    active = await firm.world.service(town, "OPEN")
    over = await firm.world.service(
        town, "OVER", valid_to=firm.world.now.date() - timedelta(days=1)
    )

    for service, told in ((active, "FORBIDDEN"), (over, "NOT_FOUND")):
        answer = await update(firm, firm.primary, service, {"name": "New"})
        assert code(answer) == [told]


async def test_a_dry_run_of_an_update_foresees_and_changes_nothing(firm: Firm) -> None:
    await firm.clerk(services=[firm.sales])
    given: Any = {"data": {"validTo": _day(firm, -1)}, "force": True}

    foreseen = await update(firm, firm.primary, firm.sales, dryRun=True, **given)

    assert (await firm.world.reload(firm.sales)).version == 1
    for entity in (ManagerAction, Notification):
        assert await firm.world.all(entity) == []
    done = await update(firm, firm.primary, firm.sales, **given)
    assert done["effects"] == foreseen["effects"] != []


async def test_a_repeated_update_with_its_key_is_done_once(firm: Firm) -> None:
    given: Any = {"data": {"name": "New"}, "idempotencyKey": "update"}
    first = await update(firm, firm.primary, firm.sales, **given)
    second = await update(firm, firm.primary, firm.sales, **given)

    assert first == second
    assert first["service"]["version"] == 2
    assert len(await firm.world.all(ManagerAction)) == 1
