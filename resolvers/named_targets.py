"""What the targets of acts are called in a table, for those who may read them."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from models.history import ManagerAction, TargetType
from models.policy import POLICY, Action
from models.reading import Build
from resolvers import (
    areas,
    bank_accounts,
    mandates,
    memberships,
    requests,
    services,
    structures,
    users,
)
from resolvers.deciding import NODE_KINDS
from resolvers.history import TARGETS
from resolvers.invoicing import asks_right, inform_simple_user
from resolvers.node_ids import NodeKind
from resolvers.operation import Operation
from resolvers.rights import KNOWN_BY, allows, may_see


class Named(NamedTuple):
    """The type of an object, as the API calls it, and what people know it by."""

    kind: str | None = None
    name: str | None = None


_READ: Mapping[TargetType, Build] = MappingProxyType(
    {
        TargetType.STRUCTURE: structures.structure_by_id,
        TargetType.SERVICE: services.service_node,
        TargetType.MEMBERSHIP: memberships.membership_by_id,
        TargetType.REQUEST: requests.request_by_id,
        TargetType.STRUCTURE_AREA: areas.opening_by_id,
        TargetType.BANK_ACCOUNT: bank_accounts.account_by_id,
        TargetType.INVOICING_MANDATE: mandates.mandate_by_id,
    }
)
_OF_USERS = (TargetType.MEMBERSHIP, TargetType.REQUEST)


async def named_targets(operation: Operation, acts: Sequence[ManagerAction]) -> list[Named]:
    """
    Name the target of each of *acts*: nothing where there is none, or the viewer may not read it.

    They are read at once and not kept, one statement for each kind of object.
    """
    numbers: dict[TargetType, set[int]] = {}
    for act in acts:
        if act.target_type is not None and act.target_id is not None:
            numbers.setdefault(act.target_type, set()).add(act.target_id)
    found = {kind: await _visible(operation, kind, asked) for kind, asked in numbers.items()}
    owners = {one.owner_id for kind in _OF_USERS for one in found.get(kind, {}).values()}
    openings = found.get(TargetType.STRUCTURE_AREA, {}).values()
    on_services = {one.service_id for one in openings if one.service_id is not None}
    places = await _visible(operation, TargetType.SERVICE, on_services)
    names = await _user_names(operation, owners)
    codes = {number: service.code for number, service in places.items()}
    return [_named(act, found, names, codes) for act in acts]


async def _visible(operation: Operation, kind: TargetType, asked: Iterable[int]) -> dict[int, Any]:
    keys, viewer = list(asked), operation.viewer
    if not keys:
        return {}
    if viewer is not None and asks_right(KNOWN_BY[one] for one in TARGETS[kind]):
        await inform_simple_user(operation, viewer)
    key = (operation.discreet,) if kind == TargetType.STRUCTURE else ()
    found = await operation.grouped(_READ[kind], key, {"keys": keys})
    return {
        number: record
        for number, (record,) in found.items()
        if may_see(viewer, _node_kind(kind, record), record)
    }


def _node_kind(kind: TargetType, record: Any) -> NodeKind:
    return NODE_KINDS[record.kind] if kind == TargetType.REQUEST else TARGETS[kind][0]


async def _user_names(operation: Operation, numbers: set[int]) -> dict[int, str]:
    """Tell the logins of users, or their names to whom their logins are not for."""
    if not numbers:
        return {}
    contact = True
    found = await operation.grouped(users.user_by_id, (contact,), {"keys": list(numbers)})
    rule = POLICY[Action.USER_CONTACT_READ]
    return {
        number: user.login if allows(operation.viewer, rule, user) else user.display_name
        for number, (user,) in found.items()
    }


def _named(
    act: ManagerAction,
    found: Mapping[TargetType, Mapping[int, Any]],
    names: Mapping[int, str],
    codes: Mapping[int, str],
) -> Named:
    kind, number = act.target_type, act.target_id
    record = None if kind is None or number is None else found[kind].get(number)
    if kind is None or record is None:
        return Named()
    name: str | None
    if kind in _OF_USERS:
        name = names.get(record.owner_id)
    elif kind == TargetType.STRUCTURE_AREA:
        code = codes.get(record.service_id)
        name = record.area if code is None else f"{record.area} ({code})"
    else:
        name = getattr(record, _NAMED_BY[kind])
    return Named(_node_kind(kind, record).type_name, name)


_NAMED_BY: Mapping[TargetType, str] = MappingProxyType(
    {
        TargetType.STRUCTURE: "identifier",
        TargetType.SERVICE: "code",
        TargetType.BANK_ACCOUNT: "label",
        TargetType.INVOICING_MANDATE: "terms_version",
    }
)
