"""What is remembered of each act, and of what was refused to somebody."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any


ACTIONS: dict[str, str] = {
    "requestConnection": "CONNECTION_REQUEST_SUBMIT",
    "cancelRequests": "REQUEST_CANCEL",
    "validateConnectionRequests": "CONNECTION_REQUEST_DECIDE",
    "refuseConnectionRequests": "CONNECTION_REQUEST_DECIDE",
    "requestSubscription": "SUBSCRIPTION_REQUEST_SUBMIT",
    "validateSubscriptionRequests": "SUBSCRIPTION_REQUEST_DECIDE",
    "refuseSubscriptionRequests": "SUBSCRIPTION_REQUEST_DECIDE",
    "transferPrimaryManager": "PRIMARY_MANAGER_TRANSFER",
    "changeIdentifier": "IDENTIFIER_CHANGE",
    "openAreas": "OPENED_AREA_MANAGE",
    "closeAreas": "OPENED_AREA_MANAGE",
    "setSubscriptions": "SUBSCRIPTION_SET",
    "endSubscriptions": "SUBSCRIPTION_END",
    "addBankAccount": "BANK_ACCOUNT_MANAGE",
    "setDefaultBankAccount": "BANK_ACCOUNT_MANAGE",
    "closeBankAccount": "BANK_ACCOUNT_MANAGE",
    "subscribeMandate": "MANDATE_SUBSCRIBE",
    "revokeMandate": "MANDATE_REVOKE",
    "deactivateMemberships": "MEMBERSHIP_DEACTIVATE",
    "reactivateMemberships": "MEMBERSHIP_REACTIVATE",
    "deleteMemberships": "MEMBERSHIP_DELETE",
    "createStructure": "STRUCTURE_CREATE",
    "updateStructure": "STRUCTURE_UPDATE",
    "deactivateStructures": "STRUCTURE_DEACTIVATE",
    "reactivateStructures": "STRUCTURE_DEACTIVATE",
    "enableServiceUsers": "SERVICE_USER_MANAGE",
    "disableServiceUsers": "SERVICE_USER_MANAGE",
    "setMembershipScope": "SERVICE_USER_MANAGE",
    "leaveStructures": "MEMBERSHIP_LEAVE",
    "duplicateRights": "SUBSCRIPTION_DUPLICATE",
    "attachUsers": "USER_ATTACH",
    "appointSecondaryManager": "SECONDARY_MANAGER_APPOINT",
    "revokeSecondaryManager": "SECONDARY_MANAGER_APPOINT",
    "createService": "SERVICE_MANAGE",
    "updateService": "SERVICE_MANAGE",
    "deactivateService": "SERVICE_MANAGE",
    "reactivateService": "SERVICE_MANAGE",
}
"""The word for each mutation; two that undo each other share one."""

DECIDED = {
    "CONNECTION": "CONNECTION_REQUEST_DECIDE",
    "SUBSCRIPTION": "SUBSCRIPTION_REQUEST_DECIDE",
}
TELLING = {"FORBIDDEN", "SELF_DECISION", "CONTACT_SUPPORT"}
"""What is refused to whom he is; other refusals are about what he sent, and leave no trace."""

TOGETHER = 60 * 60
"""Equal refusals that follow within an hour are one further entry."""


@dataclass(frozen=True)
class Entry:
    """One act: who, what, where, whom and what it concerned, and why; or a refusal of it."""

    at: int
    structure: int | str | None
    action: str
    actor: str | None
    user: str | None = None
    target: str | None = None
    refusal: str | None = None
    count: int = 1
    reason: str | None = None


Kind = tuple[int, str, str, str, str | None]
"""What equal refusals have in common: structure, actor, action, code and target."""


@dataclass
class Tally:
    """Equal refusals that are not told yet, from when they may be, and the last of them."""

    due: int
    at: int = 0
    count: int = 0


@dataclass
class History:
    """All that is remembered, in the order in which it was written."""

    entries: list[Entry] = field(default_factory=list)
    tallies: dict[Kind, Tally] = field(default_factory=dict)

    def refuse(self, kind: Kind, now: int) -> None:
        """Count a refusal."""
        tally = self.tallies.setdefault(kind, Tally(due=now))
        tally.at, tally.count = now, tally.count + 1

    def tell_refusals(self, now: int, user_of: Callable[[str | None], str | None]) -> None:
        """Write down the refusals that are due, under the user whom the target is of."""
        for kind, tally in self.tallies.items():
            if tally.count and tally.due <= now:
                structure, actor, action, code, target = kind
                refused = Entry(tally.at, structure, action, actor, user_of(target), target)
                self.entries.append(replace(refused, refusal=code, count=tally.count))
                tally.due, tally.count = now + TOGETHER, 0


def told(newest_first: list[Entry]) -> Any:
    """
    Tell entries so that they can be compared.

    Those of one instant are of one act, in any order; refusals are told later than they happened.
    """
    done = [one for one in newest_first if one.refusal is None]
    instants = [sorted(group, key=str) for _, group in groupby(done, key=lambda one: one.at)]
    return instants, sorted((one for one in newest_first if one.refusal is not None), key=str)


Name = Callable[[Any], str]


def _of(kind: str, part: str) -> Name:
    return lambda given: f"{kind} {given[part]}"


def _service(given: Any) -> str:
    number, code = given["service"]
    return f"service {number} {code}"


def _account(given: Any) -> str:
    number, label = given["account"]
    return f"account {number} {label}"


NAMED: dict[str, Name] = {
    "cancelRequests": lambda item: f"request {item}",
    "validateConnectionRequests": _of("request", "request"),
    "refuseConnectionRequests": _of("request", "request"),
    "validateSubscriptionRequests": _of("request", "request"),
    "refuseSubscriptionRequests": _of("request", "request"),
    "transferPrimaryManager": lambda item: f"structure {item}",
    "deactivateStructures": lambda item: f"structure {item}",
    "reactivateStructures": lambda item: f"structure {item}",
    "leaveStructures": lambda item: f"structure {item}",
    "updateStructure": _of("structure", "structure"),
    "setDefaultBankAccount": _account,
    "closeBankAccount": _account,
    "deactivateMemberships": lambda item: f"membership {item}",
    "reactivateMemberships": lambda item: f"membership {item}",
    "deleteMemberships": lambda item: f"membership {item}",
    "duplicateRights": lambda item: f"membership {item}",
    "setSubscriptions": _of("membership", "membership"),
    "endSubscriptions": lambda item: f"membership {item[0]}",
    "setMembershipScope": _of("membership", "membership"),
    "appointSecondaryManager": _of("membership", "membership"),
    "revokeSecondaryManager": _of("membership", "membership"),
    "updateService": _service,
    "deactivateService": _service,
    "reactivateService": _service,
}
"""The object that an item of an act names, where a refusal of it tells one."""
