"""What hangs on structures and memberships, in every state that it can be in."""

from typing import Any

from models.accounts import UserStatus
from models.areas import AreaCode, AreaSubscription, StructureArea
from models.bank_accounts import BankAccount, BankAccountStatus
from models.errors import ErrorCode
from models.history import ManagerActionOutcome, TargetType
from models.mandates import InvoicingMandate
from models.memberships import Role
from models.policy import Action
from models.requests import LIFETIME, RequestStatus
from models.structures import Structure
from resolvers.node_ids import NodeKind
from tests.rights.expected import (
    INACTIVE,
    PRIMARY,
    PRIVATE,
    REQUESTER,
    RETIRED,
    SECONDARY,
    SIMPLE,
)
from tests.rights.states.scene import FORMER, StatesScene
from tests.world import World


async def scene_of(world: World) -> StatesScene:
    """Put every kind of person, structure and object in, in every state."""
    scene = await StatesScene.set_up(world)

    async def put_in() -> None:
        await _openings(scene)
        await _rights(scene)
        await _requests(scene)
        await _acts(scene)
        await _banking(scene)

    await world.together(put_in)
    return scene


async def _on_retired(scene: StatesScene, entity: Any) -> Any:
    here = entity.structure_id == scene.structures[RETIRED].id
    return (await scene.world.all(entity, here))[0]


async def _openings(scene: StatesScene) -> None:
    world, private, works = scene.world, scene.structures[PRIVATE], AreaCode.WORK_INVOICES
    closed = await world.opening(private, works)
    closed.closed_at = world.now
    scene.keep("opening", scene.ids["opening"])
    scene.keep("closed opening", closed)
    on_service = await world.opening(private, works, service=scene.off)
    scene.keep("opening on an inactive service", on_service)
    scene.keep("opening of an inactive structure", await _on_retired(scene, StructureArea))


async def _rights(scene: StatesScene) -> None:
    world, off = scene.world, scene.off
    ended = await world.right(scene.memberships[PRIVATE, SIMPLE])
    lost = await world.right(scene.memberships[PRIVATE, FORMER])
    ended.ended_at = lost.ended_at = world.now
    inactive = await world.right(scene.memberships[PRIVATE, INACTIVE])
    scene.keep("right", scene.ids["right of the simple user"])
    scene.keep("ended right", ended)
    scene.keep("right of a manager", scene.ids["right of the secondary manager"])
    scene.keep("right of an inactive user", inactive)
    scene.keep("right of a deleted user", lost)
    scene.keep("right of a deactivated account", await world.right(scene.of_gone))
    scene.keep("right on an inactive service", await world.right(scene.listed, service=off))
    scene.keep("right of an inactive structure", await _on_retired(scene, AreaSubscription))


async def _requests(scene: StatesScene) -> None:
    asker, simple = scene.person(REQUESTER).id, scene.person(SIMPLE).id
    manager, reason = scene.person(SECONDARY).id, {"refusal_reason": "Not one of ours."}
    scene.keep("pending connection request", scene.ids["request of the requester"])
    asked = scene.ids["subscription request of the simple user"]
    scene.keep("pending subscription request", asked)
    await _ended(scene, RequestStatus.VALIDATED, simple, manager, manager)
    await _ended(scene, RequestStatus.REFUSED, asker, manager, manager, **reason)
    await _ended(scene, RequestStatus.CANCELLED, asker, asker, simple)
    await _waiting(scene)
    world, retired = scene.world, scene.structures[RETIRED]
    ended: dict[str, Any] = {"status": RequestStatus.CANCELLED, "decided_at": world.now}
    connection = await world.connection_request(retired, scene.person(REQUESTER), **ended)
    member = scene.memberships[RETIRED, SIMPLE]
    subscription = await world.subscription_request(member, **ended)
    scene.keep("connection request of an inactive structure", connection)
    scene.keep("subscription request of an inactive structure", subscription)


async def _ended(
    scene: StatesScene, status: RequestStatus, asker: int, by: int, by_too: int, **values: Any
) -> None:
    """Put one request of each kind in, that *by* and *by_too* gave *status*."""
    world, private = scene.world, scene.structures[PRIVATE]
    values |= {"status": status, "decided_at": world.now}
    person = next(one for one in scene.people.values() if one is not None and one.id == asker)
    connection = await world.connection_request(private, person, decided_by_id=by, **values)
    subscription = await world.subscription_request(
        scene.memberships[PRIVATE, SIMPLE],
        service=scene.services[PRIVATE],
        decided_by_id=by_too,
        **values,
    )
    scene.keep(f"{status.lower()} connection request", connection)
    scene.keep(f"{status.lower()} subscription request", subscription)
    if status == RequestStatus.CANCELLED:
        return
    for request, action in (
        (connection, Action.CONNECTION_REQUEST_DECIDE),
        (subscription, Action.SUBSCRIPTION_REQUEST_DECIDE),
    ):
        target = (TargetType.REQUEST, request.id)
        await scene.act(private, action, SECONDARY, target, user_id=request.requester_id)


async def _waiting(scene: StatesScene) -> None:
    """Put in what waited too long, and what waits for who cannot be given it any more."""
    world, private = scene.world, scene.structures[PRIVATE]
    late: dict[str, Any] = {"created_at": world.now - LIFETIME}
    tardy = await world.user("Tardy Person")
    quitter = await world.user("Quitting Person", status=UserStatus.DEACTIVATED)
    simple, works = scene.memberships[PRIVATE, SIMPLE], AreaCode.WORK_INVOICES
    expired = await world.connection_request(private, tardy, **late)
    scene.keep("expired connection request", expired)
    expired = await world.subscription_request(simple, works, **late)
    scene.keep("expired subscription request", expired)
    orphan = await world.connection_request(private, quitter)
    scene.keep("connection request of a deactivated account", orphan)
    orphan = await world.subscription_request(scene.of_gone)
    scene.keep("subscription request of a deactivated account", orphan)


async def _acts(scene: StatesScene) -> None:
    private, retired = scene.structures[PRIVATE], scene.structures[RETIRED]
    refused = {"outcome": ManagerActionOutcome.REFUSED, "refusal": ErrorCode.FORBIDDEN}
    scene.keep("act", scene.ids["act of the secondary manager"])
    for user, action in (
        (scene.person(INACTIVE), Action.MEMBERSHIP_DEACTIVATE),
        (scene.person(FORMER), Action.MEMBERSHIP_DELETE),
        (scene.gone, Action.USER_ATTACH),
    ):
        await scene.act(private, action, SECONDARY, user_id=user.id)
    acts: tuple[tuple[str, Structure, str, dict[str, Any]], ...] = (
        ("act of a former user", private, FORMER, {}),
        ("act on an inactive structure", retired, SECONDARY, {}),
        ("refused act", private, SIMPLE, refused),
    )
    for what, place, actor, values in acts:
        act = await scene.act(place, Action.STRUCTURE_UPDATE, actor, **values)
        scene.keep(what, scene.world.parts.node_ids.encode(NodeKind.MANAGER_ACTION, act.id))


async def _banking(scene: StatesScene) -> None:
    world = scene.world
    primary = scene.person(PRIMARY)
    ended = {"status": BankAccountStatus.CLOSED, "closed_at": world.now}
    closed = await world.bank_account(scene.structures[PRIVATE], "Closed account", **ended)
    scene.keep("bank account", scene.ids["bank account"])
    scene.keep("closed bank account", closed)
    scene.keep("bank account of an inactive structure", await _on_retired(scene, BankAccount))
    without = await world.structure("Without a mandate", primary=primary)
    await world.member(without, scene.person(SECONDARY), role=Role.SECONDARY_MANAGER)
    await world.member(without, scene.person(SIMPLE))
    scene.keep("mandate", scene.ids["mandate"])
    scene.keep("revoked mandate", await world.mandate(without, primary, revoked=True))
    scene.keep("mandate of an inactive structure", await _on_retired(scene, InvoicingMandate))
    scene.ids["structure whose mandate is revoked"] = world.id(without)
