"""The tabs of the portal's top menu, as they stand for the viewer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, NamedTuple

import strawberry

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from models.areas import AreaCode, AreaMode, AreaSubscription, StructureArea
from models.base import Expression
from models.catalogue import CATALOGUE, Area, awaited
from models.effective import in_effect
from models.memberships import (
    Membership,
    MembershipStatus,
)
from models.reading import Reading, any_of, value
from models.records import Layout
from models.requests import Request, RequestKind
from models.structures import Sector, Structure
from resolvers.inputs import about
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.requests import pending


class AreaTabReason(StrEnum):
    """Why a tab cannot be used yet."""

    NO_MEMBERSHIP = "NO_MEMBERSHIP"
    NO_MANAGER_ROLE = "NO_MANAGER_ROLE"
    AREA_NOT_OPENED = "AREA_NOT_OPENED"
    NOT_SUBSCRIBED = "NOT_SUBSCRIBED"
    REQUEST_PENDING = "REQUEST_PENDING"
    NOT_YET_AVAILABLE = "NOT_YET_AVAILABLE"


@dataclass(frozen=True, slots=True)
class AreaTab:
    """A tab of the top menu, as it stands for the viewer."""

    area: Area
    mode: AreaMode | None = None
    missing: AreaTabReason | None = None

    @property
    def available(self) -> bool:
        """Whether he can use it now."""
        return self.missing is None


class Fact(NamedTuple):
    """What one row tells of one area, or of the structures as a whole."""

    what: str
    area: AreaCode | None
    mode: AreaMode | None
    paid: int | None


def tab_facts(dialect_name: str) -> Reading:
    """Read what is opened, granted, asked for and public on the structures in `structures`."""

    def here(column: Expression) -> ColumnElement[bool]:
        return any_of(column, "structures", dialect_name)

    paid = func.max(cast(Structure.first_payment_at.is_not(None), Integer)).label("paid")
    word = cast(null(), String)
    opened = (
        select(literal("opened").label("what"), StructureArea.area, word.label("mode"), paid)
        .join_from(StructureArea, Structure, Structure.id == StructureArea.structure_id)
        .where(here(StructureArea.structure_id), StructureArea.closed_at.is_(None))
        .group_by(StructureArea.area)
    )
    granted = (
        select(literal("granted"), AreaSubscription.area, AreaSubscription.mode, paid)
        .join_from(AreaSubscription, Membership, Membership.id == AreaSubscription.membership_id)
        .join(Structure, Structure.id == Membership.structure_id)
        .where(
            Membership.user_id == value("viewer_id", Membership.user_id),
            Membership.status == MembershipStatus.ACTIVE,
            here(Membership.structure_id),
            AreaSubscription.ended_at.is_(None),
            in_effect(),
        )
        .group_by(AreaSubscription.area, AreaSubscription.mode)
    )
    asked = select(literal("asked"), Request.area, word, cast(null(), Integer)).where(
        Request.requester_id == value("viewer_id", Request.requester_id),
        Request.kind == RequestKind.SUBSCRIPTION,
        here(Request.structure_id),
        pending(),
    )
    public = select(literal("public"), word, word, cast(null(), Integer)).where(
        here(Structure.id), Structure.sector == Sector.PUBLIC
    )
    rows = union_all(opened, granted, asked, public).subquery("fact")
    selected = (
        rows.c.what,
        cast(rows.c.area, StructureArea.area.type),
        cast(rows.c.mode, StructureArea.mode.type),
        rows.c.paid,
    )
    return Reading(select(*selected), Layout(Fact, selected))


class _Facts:
    def __init__(self, facts: list[Fact]) -> None:
        self.opened = {fact.area for fact in facts if fact.what == "opened"}
        self.asked = {fact.area for fact in facts if fact.what == "asked"}
        self.public = any(fact.what == "public" for fact in facts)
        self.granted: dict[AreaCode, AreaMode] = {}
        self.paid: set[AreaCode] = set()
        for fact in facts:
            if fact.what != "granted" or fact.area is None or fact.mode is None:
                continue
            if fact.paid:
                self.paid.add(fact.area)
            if fact.mode.covers(self.granted.get(fact.area, AreaMode.CONSULTATION)):
                self.granted[fact.area] = fact.mode


async def area_tabs(
    info: Info,
    structure_id: Annotated[strawberry.ID | None, about("Only as seen on this structure.")] = None,
) -> list[AreaTab]:
    """Give the tabs in the portal's order, with what is missing for those that are closed."""
    operation = info.context
    viewer = operation.viewer
    if viewer is None:
        return []
    structures = viewer.active
    if structure_id is not None:
        number = operation.node_ids.number(structure_id, NodeKind.STRUCTURE)
        structures = [one for one in structures if one == number]
    facts = _Facts(await operation.fetch(tab_facts, structures=structures) if structures else [])
    manages = not set(structures).isdisjoint(viewer.managed)
    return [
        _tab(area, facts, member=bool(structures), manages=manages)
        for area in CATALOGUE.values()
        if facts.public or not area.public_only
    ]


def _tab(area: Area, facts: _Facts, *, member: bool, manages: bool) -> AreaTab:
    if area.code == AreaCode.MANAGER_ACTIVITIES:
        reason = AreaTabReason.NO_MANAGER_ROLE if member else AreaTabReason.NO_MEMBERSHIP
        return AreaTab(area, missing=None if manages else reason)
    if area.default:
        return AreaTab(area)
    if not member:
        return AreaTab(area, missing=AreaTabReason.NO_MEMBERSHIP)
    mode = facts.granted.get(area.code)
    if mode is not None:
        waits = awaited(area.code, paid=area.code in facts.paid)
        return AreaTab(area, mode, AreaTabReason.NOT_YET_AVAILABLE if waits else None)
    if area.code not in facts.opened:
        return AreaTab(area, missing=AreaTabReason.AREA_NOT_OPENED)
    asked = area.code in facts.asked
    return AreaTab(
        area, missing=AreaTabReason.REQUEST_PENDING if asked else AreaTabReason.NOT_SUBSCRIBED
    )
