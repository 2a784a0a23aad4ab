"""What managers did: entries are added, never changed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BigKey, Key, Model, vocabulary
from models.errors import ErrorCode
from models.policy import Action


class ManagerActionOutcome(StrEnum):
    """How an act in the history ended."""

    DONE = "DONE"
    REFUSED = "REFUSED"


class TargetType(StrEnum):
    """The kinds of objects that an act can concern."""

    STRUCTURE = "STRUCTURE"
    SERVICE = "SERVICE"
    MEMBERSHIP = "MEMBERSHIP"
    REQUEST = "REQUEST"
    STRUCTURE_AREA = "STRUCTURE_AREA"
    BANK_ACCOUNT = "BANK_ACCOUNT"
    INVOICING_MANDATE = "INVOICING_MANDATE"


SECRETS = frozenset({"password", "iban", "bic", "holdername", "factorname", "factoridentifier"})
"""Names of values that the history tells masked, without case and underscores."""

MASK = "***"


def masked(change: dict[str, Any]) -> dict[str, Any]:
    """Give *change* as the history may keep it for ever: that a secret changed, not into what."""
    name = change["field"].replace("_", "").lower()
    if name not in SECRETS:
        return change
    return {
        part: value if part == "field" else _hidden(name, value) for part, value in change.items()
    }


def _hidden(name: str, value: Any) -> Any:
    # An IBAN with other signs than letters and digits was masked already, but for its ends.
    shortened = name == "iban" and not str(value).replace(" ", "").isalnum()
    return value if value is None or shortened else MASK


class ManagerAction(Model):
    """
    One act in the history of a structure (domain.md 3.19).

    *changes* is a list of {"field", "before", "after"}, secrets masked; a personal value never
    stands in it. An entry of what a rule refused tells which one in *refusal*, and stands for as
    many equal refusals as *count* says, the last of them *at*. The table refuses updates and
    deletions by a trigger.
    """

    __tablename__ = "manager_action"

    id: Mapped[Key]
    structure_id: Mapped[int] = mapped_column(BigKey, ForeignKey("structure.id"))
    at: Mapped[datetime]
    action: Mapped[Action] = mapped_column(vocabulary(Action, growing=True))
    outcome: Mapped[ManagerActionOutcome] = mapped_column(
        vocabulary(ManagerActionOutcome), default=ManagerActionOutcome.DONE
    )
    refusal: Mapped[ErrorCode | None] = mapped_column(vocabulary(ErrorCode, growing=True))
    count: Mapped[int] = mapped_column(default=1)
    actor_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("user_account.id"))
    user_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("user_account.id"))
    target_type: Mapped[TargetType | None] = mapped_column(vocabulary(TargetType, growing=True))
    target_id: Mapped[int | None] = mapped_column(BigKey)
    reason: Mapped[str | None] = mapped_column(String(500))
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

    __table_args__ = (
        Index(None, "structure_id", "id"),
        Index(None, "structure_id", "action", "id"),
        Index(None, "structure_id", "actor_id", "id"),
        Index(None, "structure_id", "user_id", "id"),
        Index(None, "structure_id", "at"),
        Index(None, "actor_id", "id"),
        CheckConstraint("outcome = 'REFUSED' OR refusal IS NULL", name="refused_by_a_rule"),
    )
