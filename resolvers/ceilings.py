"""Acts on the ceilings of users' rights, and what becomes of the rights and requests below."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from models.areas import AreaCode, AreaMode, AreaSubscription, StructureArea, ceiling
from models.history import TargetType
from models.memberships import Membership
from models.outbox import NotificationKind
from models.policy import Action
from models.requests import Request, RequestKind, RequestStatus
from models.services import Service
from resolvers.acts import Act
from resolvers.changes import right_changes
from resolvers.deciding import end_without_decision
from resolvers.effects import EffectKind
from resolvers.traces import Tie
from resolvers.writing import Writing


_TIE = (Membership.id, Membership.structure_id, Membership.user_id)


class OpeningAct(Act):
    """
    An act on openings of areas.

    *openings* are those of the structures concerned, *services* those that are named; *rights*
    and *requests*, by structure and area, are what an opening that closes or is lowered has below.
    """

    action = Action.OPENED_AREA_MANAGE
    openings: dict[int, list[StructureArea]]
    services: dict[int, Service]
    rights: dict[tuple[int, AreaCode], list[tuple[AreaSubscription, Membership | Tie]]]
    requests: dict[tuple[int, AreaCode], list[Request]]

    def live(self, structure_id: int) -> list[StructureArea]:
        """Give what is opened on a structure now."""
        opened = self.openings.get(structure_id, ())
        return [opening for opening in opened if opening.closed_at is None]

    async def read_rights(self, openings: Iterable[StructureArea]) -> None:
        """Read the live rights in the scopes of *openings*, each with whose it is."""
        held = select(AreaSubscription, *_TIE).join(
            Membership, Membership.id == AreaSubscription.membership_id
        )
        live = AreaSubscription.ended_at.is_(None)
        below = _below(self.writing, AreaSubscription, openings)
        found = await self.writing.session.execute(
            held.where(live, below).order_by(AreaSubscription.id)
        )
        self.rights = {}
        for right, *tie in found:
            place = right.structure_id, right.area
            self.rights.setdefault(place, []).append((right, Tie(*tie)))

    async def read_requests(self, openings: Iterable[StructureArea]) -> None:
        """Read the requests that wait for a right in the scopes of *openings*."""
        waiting = select(Request).where(
            Request.kind == RequestKind.SUBSCRIPTION,
            Request.status == RequestStatus.PENDING,
            _below(self.writing, Request, openings),
        )
        self.requests = {}
        for request in await self.writing.session.scalars(waiting.order_by(Request.id)):
            if request.area is not None and request.status_at(self.writing.now) == request.status:
                place = request.structure_id, request.area
                self.requests.setdefault(place, []).append(request)

    def lower_rights(self, opening: StructureArea) -> set[int]:
        """
        Lower or end the rights that are above what is opened now; inside a savepoint.

        Returns:
            Whose they are.
        """
        writing, concerned = self.writing, set()
        live = self.live(opening.structure_id)
        for right, holder in self.rights.get((opening.structure_id, opening.area), ()):
            before = right.mode
            most = ceiling(live, right.area, right.service_id)
            if right.ended_at is not None or not right.lower_to(most, writing.now):
                continue
            concerned.add(holder.user_id)
            kind = EffectKind.SUBSCRIPTION_CHANGED if most else EffectKind.SUBSCRIPTION_ENDED
            told = {"area": right.area, "service_id": right.service_id}
            writing.alter(holder, kind, before=before, after=most, **told)
        return concerned

    def cancel_requests(self, opening: StructureArea) -> set[int]:
        """
        Cancel the requests in a scope that nothing opened reaches now; inside a savepoint.

        Returns:
            Whose they are.
        """
        concerned = set()
        live = self.live(opening.structure_id)
        for request in self.requests.get((opening.structure_id, opening.area), ()):
            if request.status != RequestStatus.PENDING:
                continue
            if ceiling(live, opening.area, request.service_id) is None:
                end_without_decision(self.writing, request)
                concerned.add(request.requester_id)
        return concerned

    def write_down(
        self, opening: StructureArea, before: AreaMode | None, after: AreaMode | None
    ) -> None:
        """Tell what becomes of *opening* itself, and add it to the history."""
        kind = EffectKind.AREA_OPENED if after else EffectKind.AREA_CLOSED
        place = {"structure_id": opening.structure_id, "service_id": opening.service_id}
        self.writing.tell(kind, area=opening.area, before=before, after=after, **place)
        service = self.services.get(opening.service_id or 0)
        code = None if service is None else service.code
        self.writing.record(
            self.action,
            opening.structure_id,
            (TargetType.STRUCTURE_AREA, opening.id),
            changes=right_changes(opening.area, code, before, after),
        )

    def notify(
        self, kind: NotificationKind, opening: StructureArea, concerned: Iterable[int]
    ) -> None:
        """Leave a message for each of those *concerned* but the actor."""
        writing, number = self.writing, opening.structure_id
        others = sorted(set(concerned) - {writing.viewer.id})
        writing.announce(kind, number, others, area=opening.area, service_id=opening.service_id)


def _below(writing: Writing, entity: Any, openings: Iterable[StructureArea]) -> ColumnElement[bool]:
    reached = or_(StructureArea.service_id.is_(None), StructureArea.service_id == entity.service_id)
    above = exists().where(
        writing.among(StructureArea.id, [opening.id for opening in openings]),
        StructureArea.structure_id == entity.structure_id,
        StructureArea.area == entity.area,
        reached,
    )
    return writing.among(entity.structure_id, writing.structures) & above
