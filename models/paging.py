"""Lists that are read page by page: one statement for all parents, by key and not by offset."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    bindparam,
    column,
    func,
    select,
    true,
    tuple_,
)

from models.base import Expression
from models.reading import Reading, any_of
from models.records import Chosen, Layout


@dataclass(frozen=True, slots=True)
class SortKey:
    """A column to sort by, never null, and where its value stands in a record."""

    expression: Expression
    of: Callable[[Any], Any]


Condition = Callable[[str], ColumnElement[bool]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Listing:
    """
    What can be listed: rows of *source*, those of one *parent* or all of them.

    *orders* maps the name of each order to its keys, the last of which is unique. *filters* maps
    the name of a filter, which is also that of its parameter, to the condition that it makes for
    a dialect. A listing is compared by identity, so make each one once; its cursors know it by
    its *name*.

    Where the same members are listed below many parents, *gathered* lists each of them once, with
    an array of all its parents as the first column (PostgreSQL). It serves the filters it has.
    """

    name: str
    layout: Layout
    source: FromClause
    orders: Mapping[Any, tuple[SortKey, ...]]
    parent: Expression | None = None
    always: tuple[Condition, ...] = ()
    filters: Mapping[str, Condition] = field(default_factory=dict)
    gathered: "Listing | None" = None

    def conditions(self, dialect_name: str, filters: tuple[str, ...]) -> list[ColumnElement[bool]]:
        """Give the conditions that hold always, then those of *filters*."""
        chosen = (*self.always, *(self.filters[name] for name in filters))
        return [make(dialect_name) for make in chosen]

    def gathering(self, filters: tuple[str, ...]) -> "Listing | None":
        """Give the listing that gathers the members under *filters*, if there is one."""
        gathered = self.gathered
        served = gathered is not None and set(filters) <= set(gathered.filters)
        return gathered if served else None


@dataclass(frozen=True, slots=True)
class PageShape:
    """What a page's statement depends on, apart from values."""

    filters: tuple[str, ...]
    order: str
    descending: bool
    backwards: bool
    after: bool
    before: bool
    columns: Chosen = ()


def page(dialect_name: str, listing: Listing, shape: PageShape) -> Reading:
    """
    Read one page for each of the parents.

    Parameters: `parents` (a list, unless the listing has none), `count` rows at most for each,
    `after_0`... and `before_0`... with the keys of the cursors, and the filters' own.
    """
    gathered = listing.gathering(shape.filters)
    listing = gathered or listing
    keys = listing.orders[shape.order]
    expressions = [key.expression for key in keys]
    falling = shape.descending != shape.backwards
    ordering = _ordering(expressions, falling=falling)
    conditions = listing.conditions(dialect_name, shape.filters)
    if shape.after:
        conditions.append(_beyond(keys, "after", falling=shape.descending))
    if shape.before:
        conditions.append(_beyond(keys, "before", falling=not shape.descending))
    layout = listing.layout.narrowed(shape.columns)
    limit = bindparam("count", type_=Integer)
    if gathered is not None:
        members = select(*_labelled(layout)).select_from(listing.source).where(*conditions)
        statement = _kept(members, expressions, limit, falling=falling)
        return Reading(statement, layout, 0, spread=True)
    parent = listing.parent
    if parent is None:
        whole = select(*layout.all_selected).select_from(listing.source).where(*conditions)
        return Reading(whole.order_by(*ordering).limit(limit), layout)
    key = _position(parent, layout)
    nest = _lateral if dialect_name == "postgresql" else _numbered
    statement = nest(listing, _labelled(layout), parent, conditions, ordering, limit)
    if key is None:
        return Reading(statement, layout)
    # The parent stands in the rows already.
    *entry, _ = statement.selected_columns
    return Reading(statement.with_only_columns(*entry, maintain_column_froms=True), layout, key)


def _beyond(keys: tuple[SortKey, ...], prefix: str, *, falling: bool) -> ColumnElement[bool]:
    here = tuple_(*(key.expression for key in keys))
    there = tuple_(
        *(
            bindparam(f"{prefix}_{position}", type_=key.expression.type)
            for position, key in enumerate(keys)
        )
    )
    return here < there if falling else here > there


def _ordering(expressions: Sequence[Expression], *, falling: bool) -> list[ColumnElement[Any]]:
    return [one.desc() if falling else one.asc() for one in expressions]


def _kept(
    members: Select[Any],
    keys: Sequence[Expression],
    limit: ColumnElement[Any],
    *,
    falling: bool,
) -> Select[Any]:
    """Keep of the parents of each of *members* those of whose first *limit* members it is one."""
    labels = [key.label(f"key{position}") for position, key in enumerate(keys)]
    member = members.add_columns(*labels).cte("member")
    parents, *rest = list(member.c)[: -len(keys)]
    *_, identity = ordered = list(member.c)[-len(keys) :]
    ordering = _ordering(ordered, falling=falling)
    each = func.unnest(parents).table_valued(column("key", BigInteger), name="parent")
    each = each.render_derived()
    number = func.row_number().over(partition_by=each.c.key, order_by=ordering)
    places = select(identity.label("member"), each.c.key, number.label("number"))
    pair = places.select_from(member.join(each, true())).subquery("pair")
    parents_of = select(pair.c.member, func.array_agg(pair.c.key).label("parents"))
    kept = parents_of.where(pair.c.number <= limit).group_by(pair.c.member).subquery("kept")
    # Nobody knows how many members there will be, and a full join is at least no nested loop.
    both = member.join(kept, kept.c.member == identity, full=True)
    found = select(kept.c.parents, *rest).select_from(both)
    return found.where(func.coalesce(kept.c.member, 0) != 0).order_by(*ordering)


def _lateral(
    listing: Listing,
    selected: list[ColumnElement[Any]],
    key: Expression,
    conditions: list[ColumnElement[bool]],
    ordering: Sequence[ColumnElement[Any]],
    limit: ColumnElement[Any],
) -> Select[Any]:
    parents = bindparam("parents", type_=ARRAY(BigInteger))
    parent = func.unnest(parents).table_valued(column("key", BigInteger), name="parent")
    parent = parent.render_derived()
    inner = (
        select(*selected)
        .select_from(listing.source)
        .where(parent.c.key == key, *conditions)
        .order_by(*ordering)
        .limit(limit)
        .lateral("entry")
    )
    return select(*inner.c, parent.c.key).select_from(parent.join(inner, true()))


def _numbered(
    listing: Listing,
    selected: list[ColumnElement[Any]],
    key: Expression,
    conditions: list[ColumnElement[bool]],
    ordering: Sequence[ColumnElement[Any]],
    limit: ColumnElement[Any],
) -> Select[Any]:
    number = func.row_number().over(partition_by=key, order_by=ordering)
    inner = (
        select(*selected, key.label("parent_key"), number.label("number"))
        .select_from(listing.source)
        .where(any_of(key, "parents", "sqlite"), *conditions)
        .subquery("entry")
    )
    *entry, parent, position = inner.c
    return select(*entry, parent).where(position <= limit).order_by(parent, position)


def _position(parent: Expression, layout: Layout) -> int | None:
    """Tell where *parent* stands in rows of *layout*, if it does."""
    column: Any = getattr(parent, "property", None)
    wanted = parent if column is None else column.columns[0]
    positions = enumerate(layout.all_selected)
    return next((position for position, element in positions if element is wanted), None)


def _labelled(layout: Layout) -> list[ColumnElement[Any]]:
    # Columns of two joined tables may share a name; a position is never shared.
    return [element.label(f"c{position}") for position, element in enumerate(layout.all_selected)]


def total(dialect_name: str, listing: Listing, filters: tuple[str, ...]) -> Reading:
    """Count the rows of each parent under *filters*; the last column is the parent."""
    conditions = listing.conditions(dialect_name, filters)
    counted = func.count().label("number")
    if listing.parent is None:
        statement = select(counted).select_from(listing.source).where(*conditions)
        return Reading(statement, _COUNT)
    statement = (
        select(counted, listing.parent.label("parent_key"))
        .select_from(listing.source)
        .where(any_of(listing.parent, "parents", dialect_name), *conditions)
        .group_by(listing.parent)
    )
    return Reading(statement, _COUNT)


_COUNT = Layout(int, (func.count(),))
