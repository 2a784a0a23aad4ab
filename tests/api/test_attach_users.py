"""To connect users by their logins."""

from typing import Any

import pytest

from models.accounts import PlatformRole, UserKind, UserStatus
from models.areas import AreaCode
from models.history import ManagerAction
from models.memberships import Membership, MembershipStatus, Role
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.requests import RequestStatus
from resolvers.throttles import MOST_MISSES
from tests.firm import Firm, code
from tests.membership_acts import attach, effects, second_manager, state, to_attach
from tests.service_acts import deactivate, reactivate


INACTIVE = MembershipStatus.INACTIVE
TOLD = ("NOTIFICATION", None, None)


def listed(firm: Firm, *services: Any) -> dict[str, Any]:
    return {"scope": "LISTED", "serviceIds": [firm.world.id(service) for service in services]}


async def test_a_user_is_connected_by_his_login_and_told(firm: Firm) -> None:
    answer = await attach(firm, firm.secondary, f"  {firm.outsider.login.upper()} ")

    [result] = answer["results"]
    member = await firm.membership_of(firm.outsider)
    assert result["id"] == firm.world.id(member)
    assert {name: result["membership"][name] for name in ("role", "status", "scope", "origin")} == {
        "role": "SIMPLE_USER",
        "status": "ACTIVE",
        "scope": "ALL_SERVICES",
        "origin": "MANAGER",
    }
    assert effects(answer) == [("MEMBERSHIP_CREATED", None, "ALL_SERVICES"), TOLD]
    [message] = await firm.world.all(Notification)
    assert (message.kind, message.user_id) == (
        NotificationKind.MEMBERSHIP_CREATED,
        firm.outsider.id,
    )
    [act] = await firm.world.all(ManagerAction)
    assert (act.action, act.user_id, act.target_id) == (
        Action.USER_ATTACH,
        firm.outsider.id,
        member.id,
    )
    assert act.changes == [
        {"field": "status", "before": None, "after": "ACTIVE"},
        {"field": "scope", "before": None, "after": "ALL_SERVICES"},
    ]
    own = "query ($id: ID!) { structure(by: {id: $id}) { viewerRole } }"
    seen = await firm.world.ask(firm.outsider, own, id=firm.world.id(firm.structure))
    assert seen.data["structure"]["viewerRole"] == "SIMPLE_USER"


async def test_a_user_is_connected_to_listed_services_only(firm: Firm) -> None:
    item = to_attach(firm, firm.outsider, **listed(firm, firm.stock))

    answer = await attach(firm, firm.secondary, item)

    found = answer["results"][0]["membership"]
    assert (found["scope"], found["services"]["nodes"]) == ("LISTED", [{"code": "STOCK"}])


async def test_several_structures_are_done_in_one_call_each_by_its_own_rules(firm: Firm) -> None:
    world = firm.world
    second = await world.structure("Second", primary=firm.primary)
    foreign = await world.structure("Foreign")
    retired = await world.structure("Retired", primary=firm.primary)
    await world.retire(retired)
    here = [{"structureId": world.id(one)} for one in (second, foreign, retired)]

    answer = await attach(
        firm,
        firm.primary,
        firm.outsider,
        *(to_attach(firm, firm.outsider, **place) for place in here),
        to_attach(firm, firm.outsider, structureId="nonsense"),
    )

    assert code(answer) == [None, None, "FORBIDDEN", "STRUCTURE_INACTIVE", "NOT_FOUND"]
    members = await world.all(Membership, Membership.user_id == firm.outsider.id)
    assert {member.structure_id for member in members} == {firm.structure.id, second.id}


@pytest.mark.parametrize(
    "account",
    [
        {"status": UserStatus.PENDING_ACTIVATION},
        {"status": UserStatus.DEACTIVATED},
        {"kind": UserKind.TECHNICAL},
        {"platform_role": PlatformRole.SUPPORT},
        None,
    ],
)
async def test_whatever_is_wrong_with_an_account_the_answer_is_one(
    firm: Firm, account: dict[str, Any] | None
) -> None:
    login = "nobody@example.test"
    if account is not None:
        await firm.world.user("Some One", login=login, **account)
    await firm.world.token(firm.primary)
    firm.world.statements.clear()

    answer = await attach(firm, firm.primary, login)

    error = answer["results"][0]["error"]
    assert (error["code"], error["field"]) == (
        "USER_NOT_ELIGIBLE",
        ["input", "users", "0", "login"],
    )
    assert answer["results"][0]["id"] is None
    assert answer["effects"] == []
    assert not [text for text in firm.world.statements if text.startswith(("INSERT", "UPDATE"))]
    assert not await firm.world.all(Notification)


@pytest.mark.parametrize("login", ["", "\x07", "a" * 5_000, "no\nlogin@example.test"])
async def test_a_text_that_is_no_login_is_like_an_unknown_one(firm: Firm, login: str) -> None:
    assert code(await attach(firm, firm.primary, login)) == ["USER_NOT_ELIGIBLE"]


async def test_an_account_that_does_not_fit_takes_the_statements_of_one_that_is_not_there(
    firm: Firm,
) -> None:
    await firm.world.user("Some One", login="gone@example.test", status=UserStatus.DEACTIVATED)
    await firm.world.token(firm.primary)
    found = []
    for login in ("gone@example.test", "none@example.test"):
        firm.world.statements.clear()
        await attach(firm, firm.primary, login)
        found.append(list(firm.world.statements))
    assert found[0] == found[1]


async def test_who_guesses_logins_is_stopped_and_learns_nothing_more(firm: Firm) -> None:
    guesses = [f"guess{number}@example.test" for number in range(MOST_MISSES + 1)]

    answer = await attach(firm, firm.primary, *guesses, firm.outsider, dryRun=True)
    later = await attach(firm, firm.primary, firm.outsider)
    other = await attach(firm, firm.secondary, firm.outsider)

    assert code(answer) == ["USER_NOT_ELIGIBLE"] * MOST_MISSES + ["TOO_MANY_REQUESTS"] * 2
    assert [error["code"] for error in later["errors"]] == ["TOO_MANY_REQUESTS"]
    assert later["results"] == []
    assert code(other) == [None]


async def test_one_unknown_login_counts_once_in_a_call(firm: Firm) -> None:
    answer = await attach(firm, firm.primary, *["nobody@example.test"] * 50)

    assert set(code(answer)) == {"USER_NOT_ELIGIBLE"}
    assert code(await attach(firm, firm.primary, firm.outsider)) == [None]


async def test_who_is_connected_is_not_connected_again(firm: Firm) -> None:
    clerk = await firm.clerk()

    answer = await attach(
        firm, firm.secondary, clerk, firm.secondary, firm.primary, firm.outsider, firm.outsider
    )

    assert code(answer) == ["ALREADY_CONNECTED"] * 3 + [None, None]
    assert len(await firm.world.all(ManagerAction)) == 1


async def test_a_deleted_connection_is_followed_by_a_new_one(firm: Firm) -> None:
    clerk = await firm.clerk(status=MembershipStatus.DELETED)
    former = await firm.membership_of(clerk)

    assert code(await attach(firm, firm.secondary, clerk)) == [None]
    assert (await firm.membership_of(clerk)).id != former.id


async def test_an_inactive_user_comes_back_to_the_services_given_and_to_no_other(
    firm: Firm,
) -> None:
    world = firm.world
    clerk = await firm.clerk(services=[firm.sales], status=INACTIVE)
    member = await firm.membership_of(clerk)
    await world.opening(firm.structure)
    await world.opening(firm.structure, AreaCode.WORK_INVOICES)
    kept = await world.right(member, AreaCode.WORK_INVOICES)
    lost = await world.right(member, service=firm.sales)

    answer = await attach(firm, firm.secondary, to_attach(firm, clerk, **listed(firm, firm.stock)))

    found = answer["results"][0]
    assert found["id"] == world.id(member)
    assert found["membership"]["services"]["nodes"] == [{"code": "STOCK"}]
    assert ("MEMBERSHIP_CHANGED", "INACTIVE", "ACTIVE") in effects(answer)
    assert (await world.reload(kept)).ended_at is None
    assert (await world.reload(lost)).ended_at == world.now


async def test_a_service_that_an_inactive_user_lost_does_not_come_back_when_it_is_switched_on(
    firm: Firm,
) -> None:
    clerk = await firm.clerk(services=[firm.sales, firm.stock], status=INACTIVE)
    await attach(firm, firm.secondary, to_attach(firm, clerk, **listed(firm, firm.stock)))

    await deactivate(firm, firm.primary, firm.sales, force=True)
    await reactivate(firm, firm.primary, await firm.world.reload(firm.sales))

    own = """{ viewer { memberships { nodes { services { nodes { code } } } } } }"""
    [seen] = (await firm.world.ask(clerk, own)).data["viewer"]["memberships"]["nodes"]
    assert seen["services"]["nodes"] == [{"code": "STOCK"}]


async def test_an_inactive_user_comes_back_to_all_services_by_default(firm: Firm) -> None:
    clerk = await firm.clerk(services=[firm.sales], status=INACTIVE)

    answer = await attach(firm, firm.secondary, clerk)

    assert answer["results"][0]["membership"]["scope"] == "ALL_SERVICES"
    assert ("MEMBERSHIP_CHANGED", "LISTED", "ALL_SERVICES") in effects(answer)


async def test_an_inactive_secondary_manager_is_brought_back_by_the_primary_one_only(
    firm: Firm,
) -> None:
    held = await second_manager(firm, status=INACTIVE)
    [person] = await firm.world.all(type(firm.primary), type(firm.primary).id == held.user_id)

    refused = await attach(firm, firm.secondary, person)
    done = await attach(firm, firm.primary, person)

    assert (code(refused), code(done)) == (["FORBIDDEN"], [None])
    assert await state(firm, held) == (Role.SIMPLE_USER, MembershipStatus.ACTIVE)


async def test_a_request_that_waited_is_settled_by_the_manager_who_connects(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider, [firm.sales])

    answer = await attach(firm, firm.secondary, firm.outsider)

    assert ("REQUEST_DECIDED", "PENDING", "VALIDATED") in effects(answer)
    found = await firm.world.reload(request)
    assert (found.status, found.decided_by_id) == (RequestStatus.VALIDATED, firm.secondary.id)


async def test_a_request_that_expired_stays_expired(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)
    firm.later(days=90)

    assert code(await attach(firm, firm.secondary, firm.outsider)) == [None]
    assert (await firm.world.reload(request)).status == RequestStatus.PENDING


async def test_services_that_cannot_be_given_say_why(firm: Firm) -> None:
    world = firm.world
    idle = await world.service(firm.structure, "IDLE", enabled=False)
    foreign = await world.service(await world.structure("Else"), "FOREIGN")
    items: list[dict[str, Any]] = [
        listed(firm, idle),
        listed(firm, foreign),
        listed(firm),
        {"scope": "LISTED"},
        {"serviceIds": [world.id(firm.sales)]},
        listed(firm, *[firm.sales] * 101),
    ]

    answer = await attach(
        firm, firm.primary, *(to_attach(firm, firm.outsider, **item) for item in items)
    )

    assert code(answer) == ["SERVICE_INACTIVE", "NOT_FOUND"] + ["INVALID"] * 4
    fields = [result["error"]["field"] for result in answer["results"]]
    assert fields == [["input", "users", str(place), "serviceIds"] for place in range(6)]
    assert await world.all(Membership, Membership.user_id == firm.outsider.id) == []


async def test_a_dry_run_foresees_and_connects_nobody(firm: Firm) -> None:
    answer = await attach(firm, firm.secondary, firm.outsider, dryRun=True)

    assert answer["results"] == [{"id": None, "membership": None, "error": None}]
    assert effects(answer) == [("MEMBERSHIP_CREATED", None, "ALL_SERVICES"), TOLD]
    assert await firm.world.all(Membership, Membership.user_id == firm.outsider.id) == []
    assert not await firm.world.all(Notification)


async def test_a_repeated_call_with_a_key_connects_once(firm: Firm) -> None:
    first = await attach(firm, firm.secondary, firm.outsider, idempotencyKey="welcome")
    second = await attach(firm, firm.secondary, firm.outsider, idempotencyKey="welcome")

    assert first["results"] == second["results"]
    assert code(second) == [None]
    assert len(await firm.world.all(Membership, Membership.user_id == firm.outsider.id)) == 1


async def test_a_long_list_takes_as_many_readings_as_a_short_one(firm: Firm) -> None:
    people = [await firm.world.user() for _ in range(12)]
    await firm.world.token(firm.primary)

    async def readings(*chosen: Any) -> int:
        firm.world.statements.clear()
        assert set(code(await attach(firm, firm.primary, *chosen, dryRun=True))) == {None}
        return sum(text.lstrip().startswith("SELECT") for text in firm.world.statements)

    assert await readings(*people[:2]) == await readings(*people[2:])
