"""Reads of what an act answers: objects as the caller may see them now."""

from datetime import datetime
from typing import Any, NamedTuple

from strawberry import Parent

from executor import batched
from models.areas import AreaCode
from models.catalogue import CATALOGUE, Area
from models.policy import AccessRole, Action
from models.requests import RequestStatus
from models.succession import FOLLOW_UPS, FollowUpKind
from resolvers import nodes, users
from resolvers.effects import Effect
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Problem, Result, Target


async def _visible(info: Info, kind: NodeKind, number: int | None) -> Any:
    return None if number is None else await nodes.visible(info.context, kind, (number,))


async def _seen(info: Info, target: Target | None) -> Any:
    if target is None:
        return None
    return await nodes.visible(info.context, target.kind, target.numbers)


def identity(root: Parent[Result], info: Info) -> str | None:
    """Write the id of an item's object."""
    target = root.target
    if target is None:
        return None
    return info.context.node_ids.encode(target.kind, *target.numbers)


async def item(root: Parent[Result], info: Info) -> Any:
    """Give an item's object, if the caller may see it now."""
    return await _seen(info, root.target)


async def single(root: Parent[Outcome], info: Info) -> Any:
    """Give the object of a call with a single item, if the caller may see it now."""
    return await _seen(info, root.target)


def error(root: Parent[Result]) -> Problem | None:
    """Tell why an item was not done."""
    return root.problem


class FollowUp(NamedTuple):
    """Something to redo, and the same in a sentence."""

    kind: FollowUpKind
    message: str


def follow_ups(root: Parent[Outcome]) -> list[FollowUp]:
    """Tell what the caller must do next."""
    return [FollowUp(kind, FOLLOW_UPS[kind]) for kind in root.follow_ups]


def call_problems(root: Parent[Outcome]) -> list[Problem]:
    """Tell what was wrong with a call as a whole."""
    return root.problems


def all_problems(root: Parent[Outcome]) -> list[Problem]:
    """Tell what was wrong with a call and its single item."""
    return root.all_problems


async def effect_user(root: Parent[Effect], info: Info) -> Any:
    """Give the user concerned, if the caller may see him."""
    return await _visible(info, NodeKind.USER, root.user_id)


async def effect_structure(root: Parent[Effect], info: Info) -> Any:
    """Give the structure concerned, if the caller may know of it."""
    return await _visible(info, NodeKind.STRUCTURE, root.structure_id)


async def effect_service(root: Parent[Effect], info: Info) -> Any:
    """Give the service concerned, if the caller may see it."""
    return await _visible(info, NodeKind.SERVICE, root.service_id)


def effect_area(root: Parent[Effect]) -> Area | None:
    """Give the area concerned."""
    return None if root.area is None else CATALOGUE[root.area]


def expected(root: Parent[Problem]) -> str | None:
    """Tell what would be accepted."""
    told: str | None = root.details["expected"]
    return told


def action(root: Parent[Problem]) -> Action:
    """Give the action that was refused."""
    return Action(root.details["action"])


def passing_roles(root: Parent[Problem]) -> list[AccessRole]:
    """Give the roles that would pass."""
    return [AccessRole(role) for role in root.details["passing_roles"]]


def current_version(root: Parent[Problem]) -> int:
    """Give the version now."""
    version: int = root.details["current_version"]
    return version


def decision(root: Parent[Problem]) -> RequestStatus:
    """Give the decision that was taken."""
    return RequestStatus(root.details["status"])


@batched
def decided_by(roots: Parent[list[Problem]], info: Info) -> Any:
    """Give who decided."""
    return users.by_ids(info.context, [root.details["decided_by_id"] for root in roots])


def decided_at(root: Parent[Problem]) -> datetime | None:
    """Give when it was decided."""
    at = root.details["decided_at"]
    return None if at is None else datetime.fromisoformat(at)


def argument(root: Parent[Problem]) -> str:
    """Name the input field to set to true."""
    name: str = root.details["argument"]
    return name


def affected_users(root: Parent[Problem]) -> int:
    """Give how many users are affected."""
    count: int = root.details["affected_users"]
    return count


def limit(root: Parent[Problem]) -> int:
    """Give how many are allowed."""
    count: int = root.details["limit"]
    return count


def retry_after(root: Parent[Problem]) -> int | None:
    """Give the seconds to wait."""
    seconds: int | None = root.details["retry_after"]
    return seconds


def unavailable_area(root: Parent[Problem]) -> Area:
    """Give the area whose condition is not met."""
    return CATALOGUE[AreaCode(root.details["area"])]


def prerequisite(root: Parent[Problem]) -> str:
    """Tell what is missing."""
    missing: str = root.details["prerequisite"]
    return missing


async def successor(root: Parent[Problem], info: Info) -> Any:
    """Give the card that replaced an inactive one."""
    return await _visible(info, NodeKind.STRUCTURE, root.details["successor_id"])


async def existing_structure(root: Parent[Problem], info: Info) -> Any:
    """Give the card that has an identifier already."""
    return await _visible(info, NodeKind.STRUCTURE, root.details["structure_id"])
