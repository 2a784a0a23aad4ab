"""The transfer of a structure's primary role: who may receive it, and what it changes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.accounts import User
from models.errors import ErrorCode, Invalid, RuleRefused
from models.memberships import (
    Membership,
    MembershipOrigin,
    MembershipScope,
    MembershipStatus,
    Role,
)


SHORTEST_REASON = 3
LONGEST_REASON = 500
REASON_EXPECTED = f"{SHORTEST_REASON} to {LONGEST_REASON} characters."
SUCCESSOR = ("input", "successor")


class AfterTransfer(StrEnum):
    """What becomes of the former primary manager."""

    LEAVE = "LEAVE"
    SECONDARY_MANAGER = "SECONDARY_MANAGER"
    SIMPLE_USER = "SIMPLE_USER"


@dataclass(slots=True, kw_only=True)
class Transfer:
    """
    The primary role of one structure on its way to a successor (domain.md 3.8).

    *former* is the primary manager's membership, absent on an orphaned structure; *held* the
    successor's live one, if he is connected. *by_support*: not the primary manager himself acts,
    but the support, which may replace the primary manager of an inactive structure too.
    """

    structure_id: int
    by_support: bool
    former: Membership | None
    successor: User | None
    held: Membership | None

    def check(self, caller_id: int, reason: str | None) -> User:
        """
        Say to whom the role passes.

        Raises:
            Invalid: the support gives no *reason*.
            RuleRefused: USER_NOT_ELIGIBLE, whatever is wrong with the account, so that nobody
                learns which logins exist; TRANSFER_TO_SELF.
        """
        if self.by_support and reason is None:
            message = "The support says why it replaces a primary manager."
            raise Invalid(message, expected=REASON_EXPECTED, field=("input", "reason"))
        if self.successor is None or not self.successor.may_manage:
            message = "No active account of a person has this login or id."
            raise RuleRefused(ErrorCode.USER_NOT_ELIGIBLE, message, field=SUCCESSOR)
        holder = None if self.former is None else self.former.user_id
        if self.successor.id in {caller_id, holder}:
            message = "The successor must be somebody else."
            raise RuleRefused(ErrorCode.TRANSFER_TO_SELF, message, field=SUCCESSOR)
        return self.successor

    def release(self, after: AfterTransfer, now: datetime) -> None:
        """Take the role from the former primary manager; save this before the accession."""
        if self.former is None:
            return
        if after == AfterTransfer.LEAVE:
            self.former.delete(now)
        else:
            self.former.promote(Role(after.value), now)

    def accede(self, successor: User, now: datetime) -> Membership:
        """Give the role to *successor*, whose membership is revived or made where needed."""
        if self.held is not None:
            self.held.promote(Role.PRIMARY_MANAGER, now)
            return self.held
        return Membership(
            structure_id=self.structure_id,
            user_id=successor.id,
            role=Role.PRIMARY_MANAGER,
            status=MembershipStatus.ACTIVE,
            scope=MembershipScope.ALL_SERVICES,
            origin=MembershipOrigin.TRANSFER,
            created_at=now,
            updated_at=now,
        )
