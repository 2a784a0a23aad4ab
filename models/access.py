"""The words of the policy: who, what, why not; and the row of its table."""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any


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
    BANK_ACCOUNT_LIST = "BANK_ACCOUNT_LIST"
    BANK_ACCOUNT_READ = "BANK_ACCOUNT_READ"
    ACCESS_EXPLAIN = "ACCESS_EXPLAIN"
    MANDATE_READ = "MANDATE_READ"
    CONNECTION_REQUEST_SUBMIT = "CONNECTION_REQUEST_SUBMIT"
    REQUEST_CANCEL = "REQUEST_CANCEL"
    CONNECTION_REQUEST_DECIDE = "CONNECTION_REQUEST_DECIDE"
    SUBSCRIPTION_REQUEST_SUBMIT = "SUBSCRIPTION_REQUEST_SUBMIT"
    SUBSCRIPTION_REQUEST_DECIDE = "SUBSCRIPTION_REQUEST_DECIDE"
    STRUCTURE_CREATE = "STRUCTURE_CREATE"
    STRUCTURE_UPDATE = "STRUCTURE_UPDATE"
    STRUCTURE_DEACTIVATE = "STRUCTURE_DEACTIVATE"
    PRIMARY_MANAGER_TRANSFER = "PRIMARY_MANAGER_TRANSFER"
    IDENTIFIER_CHANGE = "IDENTIFIER_CHANGE"
    SERVICE_MANAGE = "SERVICE_MANAGE"
    SERVICE_USER_MANAGE = "SERVICE_USER_MANAGE"
    OPENED_AREA_MANAGE = "OPENED_AREA_MANAGE"
    SUBSCRIPTION_SET = "SUBSCRIPTION_SET"
    SUBSCRIPTION_END = "SUBSCRIPTION_END"
    USER_ATTACH = "USER_ATTACH"
    SECONDARY_MANAGER_APPOINT = "SECONDARY_MANAGER_APPOINT"
    MEMBERSHIP_DEACTIVATE = "MEMBERSHIP_DEACTIVATE"
    MEMBERSHIP_REACTIVATE = "MEMBERSHIP_REACTIVATE"
    MEMBERSHIP_DELETE = "MEMBERSHIP_DELETE"
    MEMBERSHIP_LEAVE = "MEMBERSHIP_LEAVE"
    SUBSCRIPTION_DUPLICATE = "SUBSCRIPTION_DUPLICATE"
    BANK_ACCOUNT_MANAGE = "BANK_ACCOUNT_MANAGE"
    MANDATE_SUBSCRIBE = "MANDATE_SUBSCRIBE"
    MANDATE_REVOKE = "MANDATE_REVOKE"
    INVOICE_INPUT = "INVOICE_INPUT"
    INVOICE_ISSUE = "INVOICE_ISSUE"

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
    SERVICE_RESERVED = "SERVICE_RESERVED"
    CONTACT_SUPPORT = "CONTACT_SUPPORT"
    AREA_NOT_GRANTED = "AREA_NOT_GRANTED"
    ACCOUNT_INACTIVE = "ACCOUNT_INACTIVE"
    MODIFICATION_REQUIRED = "MODIFICATION_REQUIRED"
    MANDATE_REQUIRED = "MANDATE_REQUIRED"
    TARGET_DOES_NOT_FIT = "TARGET_DOES_NOT_FIT"
    NOT_FOR_SUPPORT = "NOT_FOR_SUPPORT"
    USER_NOT_CONNECTED = "USER_NOT_CONNECTED"
    MEMBERSHIP_DELETED = "MEMBERSHIP_DELETED"
    USER_INACTIVE = "USER_INACTIVE"
    USER_NOT_ELIGIBLE = "USER_NOT_ELIGIBLE"
    REACHES_ALL_SERVICES = "REACHES_ALL_SERVICES"
    ALREADY_CONNECTED = "ALREADY_CONNECTED"
    REQUEST_PENDING = "REQUEST_PENDING"
    REQUEST_ALREADY_DECIDED = "REQUEST_ALREADY_DECIDED"
    SERVICE_INACTIVE = "SERVICE_INACTIVE"
    STRUCTURE_REPLACED = "STRUCTURE_REPLACED"
    SUCCESSION_ACTIVE = "SUCCESSION_ACTIVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    One row of the table.

    *roles* pass by themselves; *published_to* pass on public, active structures; *subscribed* pass
    with a right on the area of issued invoices, in modification if the row *modifies*; whoever is
    one of *barred* never passes. *acts* tells a doing from a reading. A row that *guards* nothing
    has no field in the schema yet, and can only be asked about. *who* and *condition* are the words
    of the documentation.
    """

    action: Action
    roles: frozenset[AccessRole]
    published_to: frozenset[AccessRole] = frozenset()
    subscribed: frozenset[AccessRole] = frozenset()
    modifies: bool = False
    barred: frozenset[AccessRole] = frozenset()
    acts: bool
    guards: bool = True
    who: str
    condition: str | None
    source: str

    @property
    def passing_roles(self) -> tuple[AccessRole, ...]:
        """Every role that may pass, in the order of the vocabulary."""
        passing = self.roles | self.published_to | self.subscribed
        return tuple(role for role in AccessRole if role in passing)

    @property
    def requirement(self) -> str:
        """What a description and a refusal say of it, in one line."""
        return f"Requires `{self.action.written}` ({self.who})."

    def passes(
        self,
        standing: frozenset[AccessRole],
        *,
        published: bool = False,
        subscribed: bool = False,
    ) -> bool:
        """
        Say whether one of the caller's roles in *standing* towards the object passes.

        *published*: the object is public. *subscribed*: he has the right that the row asks for.
        """
        if not self.barred.isdisjoint(standing):
            return False
        if not self.roles.isdisjoint(standing):
            return True
        if subscribed and not self.subscribed.isdisjoint(standing):
            return True
        return published and not self.published_to.isdisjoint(standing)


MANAGERS = frozenset({AccessRole.SECONDARY_MANAGER, AccessRole.PRIMARY_MANAGER})
MEMBERS = MANAGERS | {AccessRole.SIMPLE_USER}
ANYONE = frozenset({AccessRole.ANYONE})
SIGNED_IN = frozenset({AccessRole.SIGNED_IN})
SUPPORT = frozenset({AccessRole.SUPPORT})
SELF = frozenset({AccessRole.SELF})

ACTIVE = "membership ACTIVE"


def _row(
    action: Action,
    roles: frozenset[AccessRole],
    who: str,
    condition: str | None,
    source: str,
    *,
    acts: bool,
    **others: Any,
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


reading = partial(_row, acts=False)
doing = partial(_row, acts=True)
