"""Records that make a repeated call count once."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import BigKey, Model


KEPT_FOR = timedelta(hours=24)


class IdempotencyRecord(Model):
    """
    The outcome of a call that carried a key: ids, codes and effects, never the objects.

    *input_hash* tells a repeated call from another one that uses the same key.
    """

    __tablename__ = "idempotency_record"

    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("user_account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    input_hash: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "created_at"),)
