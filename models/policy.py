"""
Who may read and do what: the one table.

Two gates use it. A field's permission class asks whether one of the caller's roles towards the
object passes the field's row. A mutation's class asks whether he holds the action anywhere, unless
the call may repeat an earlier one; the act itself asks again, for each target, under the
structure's lock. What no row names is denied.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from types import MappingProxyType


class AccessRole(StrEnum):
    """Who may pass a rule."""

    ANYONE = "ANYONE"
    SIGNED_IN = "SIGNED_IN"
    SELF = "SELF"
    PENDING_REQUESTER = "PENDING_REQUESTER"
    SIMPLE_USER = "SIMPLE_USER"
    SECONDARY_MANAGER = "SECONDARY_MANAGER"
    PRIMARY_MANAGER = "PRIMARY_MANAGER"
    SUPPORT = "SUPPORT"


class Action(StrEnum):
    """Every act and every reading that has a rule of its own: `<resource>:<verb>`."""

    CARD_READ = "CARD_READ"
    STRUCTURE_SEARCH = "STRUCTURE_SEARCH"
    GENERAL_READ = "GENERAL_READ"
    PRIMARY_MANAGER_READ = "PRIMARY_MANAGER_READ"
    SERVICE_LIST = "SERVICE_LIST"
    OPENED_AREA_LIST = "OPENED_AREA_LIST"
    USER_LIST = "USER_LIST"
    USER_CONTACT_READ = "USER_CONTACT_READ"
    MEMBERSHIP_READ = "MEMBERSHIP_READ"
    SUBSCRIPTION_LIST = "SUBSCRIPTION_LIST"
    ADMINISTRATION_READ = "ADMINISTRATION_READ"
    REQUEST_LIST = "REQUEST_LIST"
    HISTORY_READ = "HISTORY_READ"
    CONNECTION_REQUEST_SUBMIT = "CONNECTION_REQUEST_SUBMIT"
    REQUEST_CANCEL = "REQUEST_CANCEL"
    CONNECTION_REQUEST_DECIDE = "CONNECTION_REQUEST_DECIDE"
    SUBSCRIPTION_REQUEST_SUBMIT = "SUBSCRIPTION_REQUEST_SUBMIT"
    SUBSCRIPTION_REQUEST_DECIDE = "SUBSCRIPTION_REQUEST_DECIDE"
    PRIMARY_MANAGER_TRANSFER = "PRIMARY_MANAGER_TRANSFER"
    IDENTIFIER_CHANGE = "IDENTIFIER_CHANGE"

    @property
    def written(self) -> str:
        """The action as descriptions write it, `resource:verb`."""
        resource, _, verb = self.value.rpartition("_")
        return f"{resource.lower().replace('_', '-')}:{verb.lower()}"


class DenyReason(StrEnum):
    """Why a rule says no."""

    NOT_AUTHENTICATED = "NOT_AUTHENTICATED"
    NOT_FOUND = "NOT_FOUND"
    NOT_A_MEMBER = "NOT_A_MEMBER"
    ROLE_TOO_LOW = "ROLE_TOO_LOW"
    MEMBERSHIP_INACTIVE = "MEMBERSHIP_INACTIVE"
    STRUCTURE_INACTIVE = "STRUCTURE_INACTIVE"
    SELF_ONLY = "SELF_ONLY"
    SELF_DECISION = "SELF_DECISION"
    TARGET_PROTECTED = "TARGET_PROTECTED"
    CONTACT_SUPPORT = "CONTACT_SUPPORT"
    AREA_NOT_GRANTED = "AREA_NOT_GRANTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    One row of the table.

    *roles* pass by themselves; *published_to* pass on public, active structures; whoever is one
    of *barred* never passes. *acts* tells a doing from a reading. *who* and *condition* are the
    words of the documentation.
    """

    action: Action
    roles: frozenset[AccessRole]
    published_to: frozenset[AccessRole] = frozenset()
    barred: frozenset[AccessRole] = frozenset()
    acts: bool
    who: str
    condition: str | None
    source: str

    @property
    def passing_roles(self) -> tuple[AccessRole, ...]:
        """Every role that may pass, in the order of the vocabulary."""
        return tuple(role for role in AccessRole if role in self.roles | self.published_to)

    @property
    def requirement(self) -> str:
        """What a description and a refusal say of it, in one line."""
        return f"Requires `{self.action.written}` ({self.who})."

    def passes(self, standing: frozenset[AccessRole], *, published: bool = False) -> bool:
        """Say whether one of the caller's roles in *standing* towards the object passes."""
        if not self.barred.isdisjoint(standing):
            return False
        if not self.roles.isdisjoint(standing):
            return True
        return published and not self.published_to.isdisjoint(standing)


_MANAGERS = frozenset({AccessRole.SECONDARY_MANAGER, AccessRole.PRIMARY_MANAGER})
_MEMBERS = _MANAGERS | {AccessRole.SIMPLE_USER}
_SIGNED_IN = frozenset({AccessRole.SIGNED_IN})
_SUPPORT = frozenset({AccessRole.SUPPORT})
_SELF = frozenset({AccessRole.SELF})

_ACTIVE = "membership ACTIVE"


def _row(
    action: Action,
    roles: frozenset[AccessRole],
    who: str,
    condition: str | None,
    source: str,
    *,
    acts: bool,
    **others: frozenset[AccessRole],
) -> Rule:
    return Rule(
        action=action,
        roles=roles,
        acts=acts,
        who=who,
        condition=condition,
        source=source,
        **others,
    )


_reading = partial(_row, acts=False)
_doing = partial(_row, acts=True)

_ROWS = (
    _reading(
        Action.CARD_READ,
        _SIGNED_IN | _SUPPORT,
        "any signed-in user",
        "INDIVIDUAL: a membership of any status, an own request, or support",
        "domain 2.2 r2",
    ),
    _reading(
        Action.STRUCTURE_SEARCH,
        _SIGNED_IN | _SUPPORT,
        "any signed-in user",
        "relation ANY: 3 characters of the identifier, or the exact name; support: anything",
        "domain 2.2 r1-r2; S29",
    ),
    _reading(
        Action.GENERAL_READ,
        _MEMBERS | _SUPPORT,
        "simple user or manager of the structure, support; anyone signed in for public structures",
        "members: membership ACTIVE; others: sector PUBLIC and status ACTIVE",
        "domain 2.2 r1 r3; S11",
        published_to=_SIGNED_IN,
    ),
    _reading(
        Action.PRIMARY_MANAGER_READ,
        _MEMBERS | _SUPPORT | {AccessRole.PENDING_REQUESTER},
        "member, pending requester or support",
        "members: membership ACTIVE; requester: connection request PENDING",
        "domain 2.3",
    ),
    _reading(
        Action.SERVICE_LIST,
        _MEMBERS | _SUPPORT,
        "member of the structure, support; anyone signed in for public structures",
        "members: membership ACTIVE; others: sector PUBLIC, status ACTIVE, active services only",
        "domain 2.2 r1; sheet B",
        published_to=_SIGNED_IN,
    ),
    _reading(
        Action.OPENED_AREA_LIST,
        _MEMBERS | _SUPPORT,
        "member of the structure or support",
        _ACTIVE,
        "sheet B; domain 3.7",
    ),
    _reading(
        Action.USER_LIST,
        _MANAGERS | _SUPPORT,
        "primary or secondary manager, support",
        _ACTIVE,
        "domain 2.2 r11; sheet B",
    ),
    _reading(
        Action.USER_CONTACT_READ,
        _MANAGERS | _SUPPORT | _SELF,
        "the user himself, a manager of a structure where he is or asks to be, support",
        "managers: the user has a live membership or a PENDING request on a managed structure",
        "domain 2.3; S30",
    ),
    _reading(
        Action.MEMBERSHIP_READ,
        _MANAGERS | _SUPPORT | _SELF,
        "the user himself, primary or secondary manager, support",
        "managers: membership ACTIVE",
        "domain 2.3",
    ),
    _reading(
        Action.SUBSCRIPTION_LIST,
        _MANAGERS | _SUPPORT | _SELF,
        "the user himself, primary or secondary manager, support",
        "managers: membership ACTIVE",
        "domain 2.2 r11; sheet B",
    ),
    _reading(
        Action.ADMINISTRATION_READ,
        _MANAGERS | _SUPPORT,
        "primary or secondary manager, support",
        _ACTIVE,
        "sheet A; domain 2.1",
    ),
    _reading(
        Action.REQUEST_LIST,
        _MANAGERS | _SUPPORT,
        "primary or secondary manager, support",
        "membership ACTIVE; a request is also readable by its requester",
        "domain 2.2 r12; sheets D, E",
    ),
    _reading(
        Action.HISTORY_READ,
        _MANAGERS | _SUPPORT,
        "primary or secondary manager, support",
        "membership ACTIVE; an act is also readable by its actor",
        "domain 2.2 r20; 3.19",
    ),
    _doing(
        Action.CONNECTION_REQUEST_SUBMIT,
        _SIGNED_IN,
        "any signed-in user but support",
        "account HUMAN and ACTIVE; structure ACTIVE; not yet connected in that scope",
        "domain 2.2 r21, 3.3; sheet D",
        barred=_SUPPORT,
    ),
    _doing(
        Action.REQUEST_CANCEL,
        _SELF,
        "the requester",
        "request PENDING",
        "domain 2.2 r21, 3.3, 3.7",
    ),
    _doing(
        Action.CONNECTION_REQUEST_DECIDE,
        _MANAGERS,
        "primary or secondary manager",
        "membership ACTIVE; not an own request, unless primary manager",
        "domain 2.2 r12, 3.3; sheet D",
    ),
    _doing(
        Action.SUBSCRIPTION_REQUEST_SUBMIT,
        _MEMBERS,
        "member of the structure",
        "membership ACTIVE; area opened in that scope and mode",
        "domain 2.2 r21, 3.7; sheet E",
    ),
    _doing(
        Action.SUBSCRIPTION_REQUEST_DECIDE,
        _MANAGERS,
        "primary or secondary manager",
        "membership ACTIVE; not an own request, unless primary manager",
        "domain 2.2 r12, 3.7; sheet E",
    ),
    _doing(
        Action.PRIMARY_MANAGER_TRANSFER,
        frozenset({AccessRole.PRIMARY_MANAGER}) | _SUPPORT,
        "primary manager, support",
        "structure ACTIVE, or support; support gives a reason",
        "domain 2.2 r17, 3.8; sheet F",
    ),
    _doing(
        Action.IDENTIFIER_CHANGE,
        _MANAGERS | _SUPPORT,
        "primary or secondary manager, support",
        "structure ACTIVE; local authority: support only",
        "domain 2.2 r18, 3.11; S5; sheet G",
    ),
)

POLICY: Mapping[Action, Rule] = MappingProxyType({row.action: row for row in _ROWS})
