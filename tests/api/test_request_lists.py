"""Lists of requests: who sees and decides what, item by item."""

import pytest

from models.accounts import PlatformRole
from models.outbox import Notification
from models.requests import Request, RequestStatus
from tests.firm import VALIDATE, Firm, code


async def test_one_bad_item_never_rolls_back_the_others(firm: Firm) -> None:
    other = await firm.world.user("Otto Other")
    first = await firm.world.connection_request(firm.structure, firm.outsider)
    second = await firm.world.connection_request(firm.structure, other)
    stale = {"id": firm.world.id(first), "version": 9}

    answer = await firm.validate(firm.primary, stale, {"id": "nonsense"}, second)

    assert code(answer) == ["STALE_VERSION", "NOT_FOUND", None]
    assert [result["id"] for result in answer["results"]] == [
        firm.world.id(first),
        None,
        firm.world.id(second),
    ]


async def test_a_hidden_request_looks_like_a_missing_one(firm: Firm) -> None:
    stranger = await firm.world.user("Stella Stranger")
    await firm.world.structure("Elsewhere", primary=stranger)
    hidden = await firm.world.connection_request(firm.structure, firm.outsider)
    missing = Request(id=hidden.id + 1000, kind=hidden.kind)

    await firm.world.token(stranger)

    firm.world.statements.clear()
    one = await firm.validate(stranger, hidden)
    first, firm.world.statements[:] = list(firm.world.statements), []
    two = await firm.validate(stranger, missing)

    assert one == two
    assert code(one) == ["NOT_FOUND"]
    assert first == firm.world.statements


async def test_a_simple_user_decides_nowhere(firm: Firm) -> None:
    clerk = await firm.world.user("Carla Clerk")
    await firm.world.member(firm.structure, clerk)
    request = await firm.world.connection_request(firm.structure, firm.outsider)
    given = {"requests": [{"id": firm.world.id(request)}]}

    answer = await firm.world.ask(clerk, VALIDATE, input=given)

    assert answer.body["data"] == {"validateConnectionRequests": None}
    assert answer.codes == ["FORBIDDEN"]


async def test_a_requester_who_manages_elsewhere_sees_but_does_not_decide(firm: Firm) -> None:
    await firm.world.structure("Elsewhere", primary=firm.outsider)
    request = await firm.world.connection_request(firm.structure, firm.outsider)

    error = (await firm.validate(firm.outsider, request))["results"][0]["error"]

    assert error["__typename"] == "ForbiddenError"
    assert error["action"] == "CONNECTION_REQUEST_DECIDE"
    assert error["passingRoles"] == ["SECONDARY_MANAGER", "PRIMARY_MANAGER"]


async def test_support_decides_nothing(firm: Firm) -> None:
    helper = await firm.world.user("Hugo Helper", platform_role=PlatformRole.SUPPORT)
    request = await firm.world.connection_request(firm.structure, firm.outsider)
    given = {"requests": [{"id": firm.world.id(request)}]}

    answer = await firm.world.ask(helper, VALIDATE, input=given)

    assert answer.codes == ["FORBIDDEN"]
    assert (await firm.world.reload(request)).status == RequestStatus.PENDING


@pytest.mark.parametrize("count", [0, 101])
async def test_a_list_holds_one_to_a_hundred_items(firm: Firm, count: int) -> None:
    answer = await firm.validate(firm.primary, *({"id": "x"} for _ in range(count)))

    assert answer["results"] == []
    assert answer["errors"] == [
        {
            "__typename": "LimitError",
            "code": "LIMIT",
            "field": ["input", "requests"],
            "limit": 100,
        }
    ]


async def test_statements_do_not_grow_with_the_items_read(firm: Firm) -> None:
    async def reads(count: int) -> int:
        requests = [
            await firm.world.connection_request(firm.structure, await firm.world.user())
            for _ in range(count)
        ]
        firm.world.statements.clear()
        await firm.validate(firm.primary, *requests, dryRun=True)
        return sum(one.lstrip().upper().startswith("SELECT") for one in firm.world.statements)

    assert await reads(1) == await reads(5)


async def test_a_requester_withdraws_his_request(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)

    answer = await firm.cancel(firm.outsider, request)

    assert answer["results"][0]["request"] == {
        "__typename": "ConnectionRequest",
        "status": "CANCELLED",
    }
    assert await firm.world.all(Notification) == []
    assert code(await firm.cancel(firm.outsider, request)) == [None]


async def test_a_manager_does_not_withdraw_for_others(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)

    error = (await firm.cancel(firm.primary, request))["results"][0]["error"]

    assert (error["action"], error["passingRoles"]) == ("REQUEST_CANCEL", ["SELF"])


async def test_a_decided_request_is_not_withdrawn(firm: Firm) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)
    await firm.validate(firm.primary, request)

    assert code(await firm.cancel(firm.outsider, request)) == ["REQUEST_ALREADY_DECIDED"]


async def test_a_strangers_request_cannot_be_withdrawn_nor_seen(firm: Firm) -> None:
    stranger = await firm.world.user("Stella Stranger")
    request = await firm.world.connection_request(firm.structure, firm.outsider)

    assert (await firm.cancel(stranger, request))["results"] == [
        {"id": None, "request": None, "error": {"__typename": "RuleError", "code": "NOT_FOUND"}}
    ]
