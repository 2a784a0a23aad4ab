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
from models.structures import Structure


REASON_LENGTHS = range(3, 501)


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
    successor's live one, if he is connected.
    """

    structure: Structure
    former: Membership | None
    successor: User | None
    held: Membership | None

    def check(
        self, caller_id: int, *, reason: str | None, successor_structure_id: int | None = None
    ) -> User:
        """
        Say to whom the role may pass.

        Whoever is not the primary manager himself acts for the support, which gives a reason
        and may replace the primary manager of an inactive structure too.

        Raises:
            Invalid: the support gives no reason.
            RuleRefused: USER_NOT_ELIGIBLE, whatever is wrong with the account, so that nobody
                learns which logins exist; TRANSFER_TO_SELF.
            StructureInactive: naming *successor_structure_id*, the card that replaced it.
        """
        by_support = self.former is None or self.former.user_id != caller_id
        if by_support and reason is None:
            raise Invalid(
                "The support gives a reason.", expected=REASON_EXPECTED, field=("reason",)
            )
        if self.successor is None or not self.successor.eligible:
            raise RuleRefused(
                ErrorCode.USER_NOT_ELIGIBLE,
                "No user with an active personal account has this login or id.",
                field=("successor",),
            )
        if self.successor.id == caller_id or self._keeps_the_role(self.successor):
            raise RuleRefused(
                ErrorCode.TRANSFER_TO_SELF,
                "The successor must be somebody else.",
                field=("successor",),
            )
        if not by_support:
            self.structure.require_active(successor_structure_id)
        return self.successor

    def _keeps_the_role(self, successor: User) -> bool:
        return self.former is not None and self.former.user_id == successor.id

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
            structure_id=self.structure.id,
            user_id=successor.id,
            role=Role.PRIMARY_MANAGER,
            status=MembershipStatus.ACTIVE,
            scope=MembershipScope.ALL_SERVICES,
            origin=MembershipOrigin.TRANSFER,
            created_at=now,
            updated_at=now,
        )


REASON_EXPECTED = f"{REASON_LENGTHS.start} to {REASON_LENGTHS.stop - 1} characters"
