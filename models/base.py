"""The declarative base, and the column types that mean the same on both databases."""

import unicodedata

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnDefault,
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    Integer,
    MetaData,
    String,
    TextClause,
    TypeDecorator,
    inspect,
)
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, mapped_column
from typing_extensions import override

from models.errors import StaleVersion


class Instant(TypeDecorator[datetime]):
    """An instant in UTC; SQLite loses the zone, so it is taken off and put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Hand *value* to the driver in UTC."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give a stored *value* its zone back."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.replace(tzinfo=UTC)


BigKey = BigInteger().with_variant(Integer(), "sqlite")


def sort_text(length: int) -> Any:
    """Give a text type that both databases sort by code point."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def where(condition: TextClause) -> dict[str, Any]:
    """Give the arguments that make an index partial on both databases."""
    return {"postgresql_where": condition, "sqlite_where": condition}


Expression = ColumnElement[Any] | InstrumentedAttribute[Any]
"""A column, of a table or of a mapped class."""

Vocabulary = TypeVar("Vocabulary", bound=StrEnum)


def vocabulary(words: type[Vocabulary], *, growing: bool = False) -> Enum:
    """
    Give the column type of a set of *words*, kept as text with a check constraint.

    A *growing* set gets new words with most releases, so no constraint lists them.
    """
    name = "".join(f"_{c.lower()}" if c.isupper() else c for c in words.__name__).lstrip("_")
    return Enum(words, name=name, native_enum=False, create_constraint=not growing, length=40)


class Model(DeclarativeBase):
    """A row."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Instant()}

    def __init__(self, **values: Any) -> None:
        """Set *values*, and the defaults of the rest at once instead of at the insertion."""
        for column in inspect(type(self)).columns:
            if isinstance(column.default, ColumnDefault) and column.default.is_scalar:
                values.setdefault(column.key, column.default.arg)
        for name, value in values.items():
            setattr(self, name, value)


Key = Annotated[int, mapped_column(BigKey, primary_key=True)]


class Versioned:
    """A row that can be changed, with the version that an optimistic writer sends back."""

    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    def touch(self, now: datetime) -> None:
        """Count one more change, made at *now*."""
        self.version += 1
        self.updated_at = now

    def require_version(self, version: int) -> None:
        """
        Refuse to act on what changed since the caller read *version*.

        Raises:
            StaleVersion: with the present version.
        """
        if self.version != version:
            raise StaleVersion(self.version)

    def amend(self, values: Mapping[str, Any], now: datetime) -> dict[str, tuple[Any, Any]]:
        """
        Set the columns of *values*, as one change made at *now* if any differs.

        Returns:
            What each column that changed was before, and what it is now.
        """
        changed = {}
        for column, value in values.items():
            before = getattr(self, column)
            if before != value:
                changed[column] = before, value
                setattr(self, column, value)
        if changed:
            self.touch(now)
        return changed


def sort_key(text: str) -> str:
    """Write *text* without accents and case, so that it sorts and compares alike everywhere."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())
