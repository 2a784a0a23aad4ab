"""To end users' rights on areas, and one's own."""

from models.areas import AreaCode, AreaMode
from models.history import ManagerAction
from models.memberships import MembershipStatus
from models.outbox import Notification
from tests.area_acts import effects, end, tab
from tests.firm import Firm, code


CONSULTATION, MODIFICATION = AreaMode.CONSULTATION, AreaMode.MODIFICATION


async def test_ending_twice_is_fine_and_done_once(firm: Firm) -> None:
    await firm.world.opening(firm.structure)
    right = await firm.world.right(await firm.membership_of(await firm.clerk()))

    foreseen = await end(firm, firm.primary, right, dryRun=True)
    assert (await firm.world.reload(right)).ended_at is None
    first = await end(firm, firm.primary, right, right, idempotencyKey="end")
    repeated = await end(firm, firm.primary, right, right, idempotencyKey="end")
    second = await end(firm, firm.secondary, right)

    assert (code(first), code(second), second["effects"]) == ([None, None], [None], [])
    assert repeated == first
    assert first["effects"] == foreseen["effects"]
    assert len(await firm.world.all(ManagerAction)) == 1


async def test_a_user_drops_issued_invoices_himself_and_nothing_else(firm: Firm) -> None:
    world, clerk = firm.world, await firm.clerk()
    member = await firm.membership_of(clerk)
    issued = await world.right(member, mode=MODIFICATION)
    works = await world.right(member, AreaCode.WORK_INVOICES)
    for area in (AreaCode.ISSUED_INVOICES, AreaCode.WORK_INVOICES):
        await world.opening(firm.structure, area)

    answer = await end(firm, clerk, issued, works)

    assert code(answer) == [None, "FORBIDDEN"]
    assert effects(answer) == [("SUBSCRIPTION_ENDED", "MODIFICATION", None)]
    error = answer["results"][1]["error"]
    assert error["passingRoles"] == ["SECONDARY_MANAGER", "PRIMARY_MANAGER"]
    assert (await world.reload(works)).ended_at is None
    assert await world.all(Notification) == []
    assert await tab(firm.world, clerk) == (None, "NOT_SUBSCRIBED")


async def test_without_self_service_a_user_drops_nothing(firm: Firm) -> None:
    object.__setattr__(firm.world.settings, "issued_invoices_self_service", False)
    await firm.world.opening(firm.structure)
    clerk = await firm.clerk()
    right = await firm.world.right(await firm.membership_of(clerk))

    assert code(await end(firm, clerk, right)) == ["FORBIDDEN"]
    assert code(await end(firm, firm.secondary, right)) == [None]


async def test_an_inactive_member_drops_nothing(firm: Firm) -> None:
    await firm.world.opening(firm.structure)
    clerk = await firm.clerk(status=MembershipStatus.INACTIVE)
    right = await firm.world.right(await firm.membership_of(clerk))

    assert code(await end(firm, clerk, right)) == ["FORBIDDEN"]
    assert code(await end(firm, firm.primary, right)) == [None]
