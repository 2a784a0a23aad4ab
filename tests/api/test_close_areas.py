"""To close areas, with what stands below."""

from datetime import timedelta
from typing import Any

from models.accounts import User
from models.areas import AreaCode, AreaMode, AreaSubscription
from models.history import ManagerAction
from models.memberships import Membership
from models.outbox import Notification, NotificationKind
from models.policy import Action
from models.requests import Request, RequestStatus
from models.structures import Structure
from tests.area_acts import close, effects, open_areas, tab, to_open
from tests.firm import Firm, code


CONSULTATION, MODIFICATION = AreaMode.CONSULTATION, AreaMode.MODIFICATION


async def _held(firm: Firm, **given: Any) -> tuple[Membership, AreaSubscription]:
    membership = await firm.membership_of(await firm.clerk())
    return membership, await firm.world.right(membership, **given)


async def test_closing_ends_rights_and_requests_and_tells_their_holders(firm: Firm) -> None:
    world = firm.world
    opening = await world.opening(firm.structure)
    membership, right = await _held(firm)
    part = await world.right(membership, service=firm.sales)
    asker = await world.user("Ann Asker")
    request = await world.subscription_request(await world.member(firm.structure, asker))
    other = await world.subscription_request(membership, AreaCode.WORK_INVOICES)

    answer = await close(firm, firm.secondary, opening)

    assert answer["results"] == [{"id": world.id(opening), "structureArea": None, "error": None}]
    assert effects(answer) == [
        ("AREA_CLOSED", "MODIFICATION", None),
        ("SUBSCRIPTION_ENDED", "CONSULTATION", None),
        ("SUBSCRIPTION_ENDED", "CONSULTATION", None),
        ("REQUEST_CANCELLED", None, None),
        ("NOTIFICATION", None, None),
        ("NOTIFICATION", None, None),
    ]
    assert (await world.reload(opening)).closed_at == world.now
    assert {(await world.reload(one)).ended_at for one in (right, part)} == {world.now}
    assert (await world.reload(request)).status == RequestStatus.CANCELLED
    assert (await world.reload(other)).status == RequestStatus.PENDING
    told = {(one.kind, one.user_id) for one in await world.all(Notification)}
    closed = NotificationKind.AREA_CLOSED
    assert told == {(closed, membership.user_id), (closed, asker.id)}
    closing, ending, cancelling = await world.all(ManagerAction)
    assert (closing.action, closing.actor_id, closing.user_id) == (
        Action.OPENED_AREA_MANAGE,
        firm.secondary.id,
        None,
    )
    assert (ending.action, ending.actor_id, ending.user_id, ending.target_id) == (
        Action.OPENED_AREA_MANAGE,
        firm.secondary.id,
        membership.user_id,
        membership.id,
    )
    assert [change["before"] for change in ending.changes] == [
        *("ISSUED_INVOICES", "STRUCTURE", "CONSULTATION"),
        *("ISSUED_INVOICES", "SERVICE", "SALES", "CONSULTATION"),
    ]
    assert {change["after"] for change in ending.changes} == {None}
    assert (cancelling.action, cancelling.actor_id, cancelling.user_id) == (
        Action.REQUEST_CANCEL,
        None,
        asker.id,
    )


async def test_closing_one_scope_leaves_what_another_opening_covers(firm: Firm) -> None:
    world = firm.world
    whole = await world.opening(firm.structure)
    await world.opening(firm.structure, mode=CONSULTATION, service=firm.sales)
    membership, ended = await _held(firm, mode=MODIFICATION)
    lowered = await world.right(membership, mode=MODIFICATION, service=firm.sales)
    gone = await world.right(membership, service=firm.stock)
    waits = await world.subscription_request(membership, service=firm.sales)

    answer = await close(firm, firm.primary, whole)

    assert ("SUBSCRIPTION_CHANGED", "MODIFICATION", "CONSULTATION") in effects(answer)
    assert {(await world.reload(one)).ended_at for one in (ended, gone)} == {world.now}
    left = await world.reload(lowered)
    assert (left.mode, left.ended_at) == (CONSULTATION, None)
    assert (await world.reload(waits)).status == RequestStatus.PENDING


async def test_closing_one_service_ends_nothing_that_the_structure_covers(firm: Firm) -> None:
    world = firm.world
    await world.opening(firm.structure)
    part = await world.opening(firm.structure, service=firm.sales)
    _, right = await _held(firm, mode=MODIFICATION, service=firm.sales)

    answer = await close(firm, firm.primary, part)

    assert effects(answer) == [("AREA_CLOSED", "MODIFICATION", None)]
    assert (await world.reload(right)).version == right.version


async def test_two_openings_closed_in_one_call_end_everything_below(firm: Firm) -> None:
    world = firm.world
    openings = [
        await world.opening(firm.structure),
        await world.opening(firm.structure, service=firm.sales),
    ]
    _, right = await _held(firm, mode=MODIFICATION, service=firm.sales)

    answer = await close(firm, firm.primary, *openings)

    assert code(answer) == [None, None]
    assert [kind for kind, *_ in effects(answer)].count("SUBSCRIPTION_ENDED") == 1
    assert (await world.reload(right)).ended_at == world.now


async def test_an_expired_request_is_not_cancelled(firm: Firm) -> None:
    world = firm.world
    opening = await world.opening(firm.structure)
    membership = await firm.membership_of(await firm.clerk())
    late = world.now - timedelta(days=91)
    request = await world.subscription_request(membership, created_at=late)

    answer = await close(firm, firm.primary, opening)

    assert effects(answer) == [("AREA_CLOSED", "MODIFICATION", None)]
    assert (await world.reload(request)).status_at(world.now) == RequestStatus.EXPIRED


async def test_closing_twice_is_fine_and_done_once(firm: Firm) -> None:
    opening = await firm.world.opening(firm.structure)

    first = await close(firm, firm.primary, opening, opening)
    second = await close(firm, firm.secondary, opening)

    assert (code(first), code(second)) == ([None, None], [None])
    assert second["effects"] == []
    assert len(await firm.world.all(ManagerAction)) == 1


async def test_what_was_closed_can_be_opened_again_and_starts_from_nothing(firm: Firm) -> None:
    world = firm.world
    opening = await world.opening(firm.structure)
    membership, _ = await _held(firm)
    [clerk] = await world.all(User, User.id == membership.user_id)
    assert await tab(world, clerk) == ("CONSULTATION", None)
    await close(firm, firm.primary, opening)
    assert await tab(world, clerk) == (None, "AREA_NOT_OPENED")

    again = await open_areas(firm, firm.primary, to_open(firm))

    assert again["results"][0]["id"] != world.id(opening)
    assert await tab(world, clerk) == (None, "NOT_SUBSCRIBED")


async def test_an_opening_of_another_structure_is_missing(firm: Firm) -> None:
    foreign: Structure = await firm.world.structure("Else")
    opening = await firm.world.opening(foreign)

    answer = await close(firm, firm.primary, opening, "nonsense")

    assert code(answer) == ["NOT_FOUND", "NOT_FOUND"]
    assert [result["id"] for result in answer["results"]] == [None, None]
    assert (await firm.world.reload(opening)).closed_at is None


async def test_a_dry_run_of_closing_foresees_and_changes_nothing(firm: Firm) -> None:
    world = firm.world
    opening = await world.opening(firm.structure)
    membership, right = await _held(firm)
    request = await world.subscription_request(membership)

    foreseen = await close(firm, firm.primary, opening, dryRun=True)

    assert (await world.reload(opening)).closed_at is None
    assert (await world.reload(right)).ended_at is None
    assert [one.status for one in await world.all(Request)] == [request.status]
    assert await world.all(Notification) == []
    assert await world.all(ManagerAction) == []
    done = await close(firm, firm.primary, opening, idempotencyKey="close")
    again = await close(firm, firm.primary, opening, idempotencyKey="close")
    assert done["effects"] == again["effects"] == foreseen["effects"]


async def test_an_inactive_structure_opens_nothing_but_closes(firm: Firm) -> None:
    opening = await firm.world.opening(firm.structure)
    await firm.world.retire(firm.structure)

    refused = await open_areas(firm, firm.primary, to_open(firm, mode="CONSULTATION"))

    assert code(refused) == ["STRUCTURE_INACTIVE"]
    assert code(await close(firm, firm.primary, opening)) == [None]


async def test_what_can_be_closed_says_so_on_an_inactive_structure_too(firm: Firm) -> None:
    world = firm.world
    opening = await world.opening(firm.structure)
    account = await world.bank_account(firm.structure)
    await world.retire(firm.structure)
    document = """query ($action: Action!, $target: ID!) {
        explainAccess(action: $action, target: $target) { reason } }"""

    for action, target, reason in (
        ("OPENED_AREA_MANAGE", opening, None),
        ("OPENED_AREA_MANAGE", firm.structure, "STRUCTURE_INACTIVE"),
        ("OPENED_AREA_MANAGE", firm.sales, "STRUCTURE_INACTIVE"),
        ("BANK_ACCOUNT_MANAGE", account, None),
        ("BANK_ACCOUNT_MANAGE", firm.structure, "STRUCTURE_INACTIVE"),
    ):
        asked = {"action": action, "target": world.id(target)}
        told = (await world.ask(firm.primary, document, **asked)).data["explainAccess"]
        assert told == {"reason": reason}


async def test_closing_takes_as_many_statements_for_many_rights_as_for_one(firm: Firm) -> None:
    world, counts = firm.world, []
    await world.token(firm.primary)
    for users in (1, 40):
        opening = await world.opening(firm.structure)
        for _ in range(users):
            membership = await world.member(firm.structure, await world.user())
            await world.right(membership, mode=MODIFICATION)
            await world.subscription_request(membership, service=firm.sales)

        world.statements.clear()
        answer = await close(firm, firm.primary, opening)

        kinds = [kind for kind, *_ in effects(answer)]
        assert kinds.count("SUBSCRIPTION_ENDED") == kinds.count("REQUEST_CANCELLED") == users
        counts.append(len(world.statements))
    assert counts[0] == counts[1]
