"""What actions are asked of: which kinds of objects, and what counts beside an object."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from models.policy import Action
from models.structures import StructureStatus
from resolvers.node_ids import NodeKind


_STRUCTURE = frozenset({NodeKind.STRUCTURE})
_REQUESTS = frozenset({NodeKind.CONNECTION_REQUEST, NodeKind.SUBSCRIPTION_REQUEST})
_USER = frozenset({NodeKind.USER})
_NOTHING = frozenset[NodeKind]()

ASKED_OF: Mapping[Action, frozenset[NodeKind]] = MappingProxyType(
    {
        Action.CARD_READ: _STRUCTURE,
        Action.STRUCTURE_SEARCH: _NOTHING,
        Action.GENERAL_READ: _STRUCTURE,
        Action.PRIMARY_MANAGER_READ: _STRUCTURE,
        Action.SERVICE_LIST: _STRUCTURE | {NodeKind.SERVICE},
        Action.OPENED_AREA_LIST: _STRUCTURE | {NodeKind.SERVICE, NodeKind.STRUCTURE_AREA},
        Action.USER_LIST: _STRUCTURE | {NodeKind.SERVICE},
        Action.USER_CONTACT_READ: _USER,
        Action.MEMBERSHIP_READ: frozenset({NodeKind.MEMBERSHIP, NodeKind.SERVICE_USER}),
        Action.SUBSCRIPTION_LIST: frozenset(
            {NodeKind.MEMBERSHIP, NodeKind.SERVICE_USER, NodeKind.AREA_SUBSCRIPTION}
        ),
        Action.ADMINISTRATION_READ: _STRUCTURE,
        Action.REQUEST_LIST: _STRUCTURE | _REQUESTS,
        Action.HISTORY_READ: _STRUCTURE | {NodeKind.MANAGER_ACTION},
        Action.BANK_ACCOUNT_LIST: _STRUCTURE | {NodeKind.BANK_ACCOUNT},
        Action.BANK_ACCOUNT_READ: _STRUCTURE | {NodeKind.BANK_ACCOUNT},
        Action.ACCESS_EXPLAIN: frozenset(NodeKind),
        Action.MANDATE_READ: _STRUCTURE | {NodeKind.INVOICING_MANDATE},
        Action.CONNECTION_REQUEST_SUBMIT: _STRUCTURE,
        Action.REQUEST_CANCEL: _REQUESTS,
        Action.CONNECTION_REQUEST_DECIDE: _STRUCTURE | {NodeKind.CONNECTION_REQUEST},
        Action.SUBSCRIPTION_REQUEST_SUBMIT: _STRUCTURE,
        Action.SUBSCRIPTION_REQUEST_DECIDE: _STRUCTURE | {NodeKind.SUBSCRIPTION_REQUEST},
        Action.STRUCTURE_CREATE: _NOTHING,
        Action.STRUCTURE_UPDATE: _STRUCTURE,
        Action.STRUCTURE_DEACTIVATE: _STRUCTURE,
        Action.PRIMARY_MANAGER_TRANSFER: _STRUCTURE,
        Action.IDENTIFIER_CHANGE: _STRUCTURE,
        Action.SERVICE_MANAGE: _STRUCTURE | {NodeKind.SERVICE},
        Action.SERVICE_USER_MANAGE: _STRUCTURE
        | {NodeKind.SERVICE, NodeKind.SERVICE_USER, NodeKind.MEMBERSHIP},
        Action.OPENED_AREA_MANAGE: _STRUCTURE | {NodeKind.SERVICE, NodeKind.STRUCTURE_AREA},
        Action.SUBSCRIPTION_SET: _STRUCTURE | {NodeKind.MEMBERSHIP},
        Action.SUBSCRIPTION_END: _STRUCTURE | {NodeKind.MEMBERSHIP, NodeKind.AREA_SUBSCRIPTION},
        Action.USER_ATTACH: _STRUCTURE,
        Action.SECONDARY_MANAGER_APPOINT: _STRUCTURE | {NodeKind.MEMBERSHIP},
        Action.MEMBERSHIP_DEACTIVATE: _STRUCTURE | {NodeKind.MEMBERSHIP},
        Action.MEMBERSHIP_REACTIVATE: _STRUCTURE | {NodeKind.MEMBERSHIP},
        Action.MEMBERSHIP_DELETE: _STRUCTURE | {NodeKind.MEMBERSHIP},
        Action.MEMBERSHIP_LEAVE: _STRUCTURE | {NodeKind.MEMBERSHIP},
        Action.SUBSCRIPTION_DUPLICATE: _STRUCTURE | {NodeKind.MEMBERSHIP},
        Action.BANK_ACCOUNT_MANAGE: _STRUCTURE | {NodeKind.BANK_ACCOUNT},
        Action.MANDATE_SUBSCRIBE: _STRUCTURE,
        Action.MANDATE_REVOKE: _STRUCTURE | {NodeKind.INVOICING_MANDATE},
        Action.INVOICE_INPUT: _STRUCTURE | {NodeKind.SERVICE},
        Action.INVOICE_ISSUE: _STRUCTURE | {NodeKind.SERVICE},
    }
)
"""
Of which kinds of objects an action may be asked, of nothing else (domain.md 2.4).

A reading is asked of what it shows, an act of what it changes, and both of the structure that this
belongs to. What concerns no object that exists is asked without one.
"""


def asked_of(kind: NodeKind) -> tuple[Action, ...]:
    """Give every action that can be asked of objects of *kind*, in the order of the vocabulary."""
    return tuple(action for action in Action if kind in ASKED_OF[action])


ON_STRUCTURE = asked_of(NodeKind.STRUCTURE)
ON_MEMBERSHIP = asked_of(NodeKind.MEMBERSHIP)


class Past(NamedTuple):
    """
    What became of a structure, as far as it was read: by default nothing that keeps from an act.

    *replaced*: by another card, once. *mandated*: it has or had a mandate. *continued*: a card that
    it replaced, or that replaced it, is active. *managed*: its primary manager's account is active.
    """

    replaced: bool = False
    mandated: bool = True
    continued: bool = False
    managed: bool = True


UNEVENTFUL = Past()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """
    An object that an action is asked of, with what counts beside it.

    *structure* is the card that it belongs to, and if it is one, *past* what became of it;
    *membership* is the one that it is or hangs on, with its user. *self_service* says whether
    users give up rights of their own where no decision gave them.
    """

    kind: NodeKind
    record: Any
    now: datetime
    structure: Any = None
    membership: Any = None
    past: Past = UNEVENTFUL
    self_service: bool = True

    @property
    def structure_id(self) -> int | None:
        """The structure whose roles count."""
        found: int | None = getattr(self.record, "structure_id", None)
        return found

    @property
    def in_use(self) -> bool:
        """Whether its structure is active."""
        return bool(self.structure.status == StructureStatus.ACTIVE)
