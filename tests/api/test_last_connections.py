"""When users connected for the last time: who is found and sorted by it, and who may not be."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from models.accounts import PlatformRole, User
from models.memberships import MembershipStatus
from tests.firm import Firm
from tests.world import Answer


Ask = Callable[..., Awaitable[Answer]]

USERS = """
    query ($id: ID!, $filter: UserFilter, $order: UserOrder) { structure(by: {id: $id}) {
        users(filter: $filter, orderBy: $order) { totalCount nodes { user { displayName } } } } }
"""


async def names(ask: Ask, person: User, firm: Firm, **variables: Any) -> list[str]:
    """List the users of the firm."""
    answer = await ask(person, USERS, id=firm.world.id(firm.structure), **variables)
    found = answer.data["structure"]["users"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["user"]["displayName"] for node in found["nodes"]]


async def seen(firm: Firm, person: User, days_ago: int | None) -> User:
    """Say how many days ago somebody connected for the last time."""
    at = None if days_ago is None else firm.world.now - timedelta(days=days_ago)

    async def work(session: Any) -> None:
        row = await session.get_one(User, person.id)
        row.last_connection_at = at

    await firm.world.database.write(work)
    return person


async def test_who_did_not_connect_for_long_is_found_for_tidying_up(firm: Firm, ask: Ask) -> None:
    await seen(firm, firm.primary, 0)
    await seen(firm, firm.secondary, 30)
    for name, days_ago in (("Rita Recent", 29), ("Nina Never", None), ("Olga Old", 400)):
        await firm.world.member(
            firm.structure, await seen(firm, await firm.world.user(name), days_ago)
        )

    async def not_seen(days: int, **more: Any) -> list[str]:
        since = (firm.world.now - timedelta(days=days)).isoformat()
        return await names(ask, firm.secondary, firm, filter={"notSeenSince": since} | more)

    assert await not_seen(400) == ["Nina Never"]
    assert await not_seen(30) == ["Nina Never", "Olga Old"]
    assert await not_seen(29) == ["Nina Never", "Olga Old", "Serge Second"]
    assert await not_seen(29, role=["SIMPLE_USER"]) == ["Nina Never", "Olga Old"]
    assert len(await not_seen(-1)) == 5


async def test_the_filter_by_last_connection_costs_no_further_statement(
    firm: Firm, ask: Ask
) -> None:
    await firm.world.token(firm.primary)
    counts = []
    for asked in ({}, {"notSeenSince": firm.world.now.isoformat()}):
        firm.world.statements.clear()
        await names(ask, firm.primary, firm, filter=asked)
        counts.append(len(firm.world.statements))
    assert counts[0] == counts[1]


async def test_a_last_connection_that_may_not_be_read_cannot_be_guessed_by_a_filter(
    firm: Firm, ask: Ask
) -> None:
    support = await firm.world.user(platform_role=PlatformRole.SUPPORT)
    gone = await firm.world.user("Dora Deleted")
    await firm.world.member(firm.structure, gone, status=MembershipStatus.DELETED)
    asked = {"status": ["DELETED"], "notSeenSince": firm.world.now.isoformat()}

    assert await names(ask, support, firm, filter=asked) == ["Dora Deleted"]
    assert await names(ask, firm.primary, firm, filter=asked) == []


BY_CONNECTION = {"field": "LAST_CONNECTION_AT", "direction": "ASC"}


async def test_who_has_not_connected_for_longest_comes_first(firm: Firm, ask: Ask) -> None:
    await seen(firm, firm.primary, 3)
    await seen(firm, firm.secondary, 30)
    never = await firm.world.user("Nina Never")
    await firm.world.member(firm.structure, never)

    assert await names(ask, firm.primary, firm, order=BY_CONNECTION) == [
        "Nina Never",
        "Serge Second",
        "Paule Primary",
    ]
    falling = BY_CONNECTION | {"direction": "DESC"}
    assert (await names(ask, firm.primary, firm, order=falling))[0] == "Paule Primary"


async def test_the_order_does_not_tell_when_those_connected_who_have_left(
    firm: Firm, ask: Ask
) -> None:
    for name, days_ago in (("Rita Recent", 1), ("Olga Old", 400), ("Mia Middle", 30)):
        person = await seen(firm, await firm.world.user(name), days_ago)
        await firm.world.member(firm.structure, person, status=MembershipStatus.DELETED)

    found = await names(
        ask, firm.primary, firm, filter={"status": ["DELETED"]}, order=BY_CONNECTION
    )

    assert found == ["Rita Recent", "Olga Old", "Mia Middle"]
