"""Why somebody may or may not do something: the rules, asked without doing it."""

from typing import Annotated, Any

import strawberry

from strawberry import Parent

from executor import batched
from models.accounts import UserStatus
from models.errors import Forbidden
from models.memberships import Membership
from models.policy import POLICY, AccessRole, Action, DenyReason
from models.structures import Structure
from resolvers import nodes
from resolvers.inputs import about
from resolvers.invoicing import asks_right, inform
from resolvers.node_ids import NodeKind
from resolvers.operation import Info, Operation
from resolvers.rights import (
    KNOWN_BY,
    Decision,
    decide,
    decide_anywhere,
    may_see,
    unknown,
)
from resolvers.subjects import ON_MEMBERSHIP, ON_STRUCTURE
from resolvers.surroundings import subjects
from resolvers.viewer import Viewer, read_other


async def can(
    root: Parent[Viewer],
    info: Info,
    action: Annotated[Action, about("The action.")],
    target: Annotated[
        strawberry.ID | None, about("The object; without it, whether it is allowed anywhere.")
    ] = None,
) -> Decision:
    """Tell whether the viewer may do *action*."""
    if asks_right([action]):
        await inform(info.context, root)
    if target is None:
        return decide_anywhere(root, action)
    found = await _found(info.context, target)
    if found is None:
        return unknown(action)
    (subject,) = await subjects(info.context, root, [action], *found)
    return decide(root, action, subject)


async def explain_access(
    info: Info,
    action: Annotated[Action, about("The action.")],
    target: Annotated[strawberry.ID, about("The object.")],
    user_id: Annotated[
        strawberry.ID | None,
        about("Another user of a structure that you manage; without it, yourself."),
    ] = None,
) -> Decision:
    """
    Tell whether the viewer, or another user of a structure that he manages, may do *action*.

    Raises:
        Forbidden: he sees the object, but does not manage its structure.
    """
    operation = info.context
    found = await _found(operation, target)
    if found is None:
        return unknown(action)
    viewer = operation.viewer
    if user_id is None or (
        viewer is not None and operation.node_ids.number(user_id, NodeKind.USER) == viewer.id
    ):
        if asks_right([action]):
            await inform(operation, viewer)
        (subject,) = await subjects(operation, viewer, [action], *found)
        return decide(viewer, action, subject)
    return await _of_other(operation, action, found, user_id)


async def _found(operation: Operation, text: str) -> tuple[NodeKind, list[Any]] | None:
    decoded = operation.node_ids.decode(text)
    found = None if decoded is None else await nodes.visible(operation, *decoded)
    return None if decoded is None or found is None else (decoded[0], [found])


async def _of_other(
    operation: Operation, action: Action, target: tuple[NodeKind, list[Any]], user_id: str
) -> Decision:
    kind, (found,) = target
    place = getattr(found, "structure_id", None)
    if operation.viewer is None or not operation.viewer.passes(Action.USER_LIST, place):
        rule = POLICY[Action.USER_LIST]
        raise Forbidden(rule.requirement, action=rule.action, passing_roles=rule.passing_roles)
    number = operation.node_ids.number(user_id, NodeKind.USER) or 0
    other = await read_other(operation.snapshot, number, place or 0, operation.now)
    if place is None or other is None or not _belongs(other, place):
        return unknown(action)
    if other.status != UserStatus.ACTIVE:
        return Decision(POLICY[action], DenyReason.ACCOUNT_INACTIVE, of_other=True)
    if asks_right([action, KNOWN_BY[kind]]):
        await inform(operation, other)
    (subject,) = await subjects(operation, other, [action], *target)
    decision = decide(other, action, subject, of_other=True)
    if decision.allowed and not may_see(other, kind, found):
        return Decision(POLICY[action], DenyReason.NOT_FOUND, of_other=True)
    return decision


def _belongs(user: Viewer, structure_id: int) -> bool:
    asks = AccessRole.PENDING_REQUESTER in user.standing(structure_id)
    return asks or user.membership(structure_id) is not None


@batched
async def of_memberships(
    roots: Parent[list[Membership]],
    info: Info,
    actions: Annotated[list[Action] | None, about("The actions to judge.")] = None,
) -> list[list[Decision]]:
    """Tell what the viewer may do to memberships."""
    operation = info.context
    asked = ON_MEMBERSHIP if actions is None else actions
    if asks_right(asked):
        await inform(operation, operation.viewer)
    found = await subjects(operation, operation.viewer, asked, NodeKind.MEMBERSHIP, list(roots))
    return [[decide(operation.viewer, action, one) for action in asked] for one in found]


@batched
async def of_structures(
    roots: Parent[list[Structure]],
    info: Info,
    actions: Annotated[list[Action] | None, about("The actions to judge.")] = None,
) -> list[list[Decision] | None]:
    """Tell what the viewer may do on structures; nothing without signing in."""
    operation = info.context
    viewer = operation.viewer
    if viewer is None:
        return [None] * len(roots)
    asked = ON_STRUCTURE if actions is None else actions
    if asks_right(asked):
        await inform(operation, viewer)
    found = await subjects(operation, viewer, asked, NodeKind.STRUCTURE, list(roots))
    return [[decide(viewer, action, one) for action in asked] for one in found]
