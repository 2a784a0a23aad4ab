"""Acts on the openings of areas: to open them, to change their mode and to close them."""

from collections.abc import Iterable
from typing import Annotated

import strawberry

from sqlalchemy import select
from typing_extensions import override

from models.areas import (
    AreaCode,
    AreaMode,
    AreaSubscription,
    StructureArea,
    require_requestable,
)
from models.bank_accounts import BankAccount, BankAccountStatus
from models.catalogue import Candidate, require_available
from models.errors import NotFound
from models.outbox import NotificationKind
from models.policy import Action
from resolvers import granting
from resolvers.acts import perform
from resolvers.ceilings import OpeningAct
from resolvers.giving import give, waiting_requests
from resolvers.inputs import AreaScopeInput, described_input, told
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Target
from resolvers.request_inputs import WHAT_TO_DO, dry_run, idempotency_key
from resolvers.writing import Writing


@described_input()
class AreaOpening:
    """One area to open."""

    structure_id: strawberry.ID = told("The structure.")
    scope: AreaScopeInput = told("Whole structure or one service.")
    area: AreaCode = told("The area.")
    mode: AreaMode = told("The most that users can be given.")
    subscribe_me: bool = told("Also give yourself the right, in the same mode.", default=False)


@described_input()
class OpenAreasInput:
    """Which areas to open; one that is opened in the same scope changes its mode."""

    areas: list[AreaOpening] = told("1 to 100 openings.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class CloseAreasInput:
    """Which areas to close."""

    structure_area_ids: list[strawberry.ID] = told("1 to 100 openings.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


class OpenAreas(OpeningAct):
    """Opens areas on structures or services, or changes the mode of those that are opened."""

    items_field = "areas"
    given: OpenAreasInput

    def _structure(self, item: AreaOpening) -> int:
        return self.writing.number(item.structure_id, NodeKind.STRUCTURE)

    def _service(self, item: AreaOpening) -> int | None:
        text = item.scope.service_id
        return self.writing.number(text, NodeKind.SERVICE) if isinstance(text, str) else None

    def _opened(self, item: AreaOpening) -> StructureArea | None:
        service_id = self._service(item)
        for opening in self.live(self._structure(item)):
            if opening.area == item.area and opening.service_id == service_id:
                return opening
        return None

    @override
    async def aim(self) -> Iterable[int]:
        return {self._structure(item) for item in self.items}

    @override
    async def prepare(self) -> None:
        writing, viewer = self.writing, self.writing.viewer
        self._made: set[int] = set()
        self.openings = await granting.openings_of(writing, writing.structures)
        named = {self._service(item) or 0 for item in self.items}
        self.services = await granting.services_of(writing, named)
        self._own = await granting.live_memberships(writing, writing.structures, [viewer.id])
        numbers = [membership.id for membership in self._own.values()]
        self._held = await granting.rights_of(writing, numbers)
        self._asked = await waiting_requests(writing, writing.structures, [viewer.id])
        self._banked = await _with_account(writing)
        opened = [(self._opened(item), item.mode) for item in self.items]
        await self.read_rights(
            one
            for one, mode in opened
            if one is not None
            and not mode.covers(one.mode)
            and viewer.passes(self.action, one.structure_id)
        )

    @override
    def target(self, item: AreaOpening) -> None:
        """Answer with nothing but the refusal: an item names a place, and no object."""

    @override
    async def apply(self, item: AreaOpening) -> Target | None:
        number = self._structure(item)
        self.writing.allowed_card(self.action, number, "structureId")
        await self.writing.require_active(number)
        require_requestable(item.area)
        service_id = granting.scope_number(self.writing, item.scope)
        if service_id is not None:
            service = self.services.get(service_id)
            granting.usable_service(self.writing, service, number, "scope", "serviceId")
        opening = self._opened(item)
        if opening is None or not opening.mode.covers(item.mode):
            card = self.writing.structures[number]
            require_available(item.area, Candidate(card, number in self._banked))
        async with self.writing.saving():
            opened = await self._open(item) if opening is None else opening
            self._change_mode(opened, item.mode)
            right = await self._subscribe(opened) if item.subscribe_me else None
        self._remember(opened, right)
        foreseen = self.given.dry_run and opened.id in self._made
        return None if foreseen else Target(NodeKind.STRUCTURE_AREA, opened.id)

    async def _open(self, item: AreaOpening) -> StructureArea:
        writing = self.writing
        opening = StructureArea(
            structure_id=self._structure(item),
            service_id=self._service(item),
            area=item.area,
            mode=item.mode,
            opened_at=writing.now,
            opened_by_id=writing.viewer.id,
            created_at=writing.now,
            updated_at=writing.now,
        )
        writing.session.add(opening)
        await writing.session.flush()
        self.write_down(opening, None, opening.mode)
        return opening

    def _change_mode(self, opening: StructureArea, mode: AreaMode) -> None:
        before = opening.mode
        if before == mode:
            return
        opening.change_mode(mode, self.writing.now)
        self.write_down(opening, before, mode)
        concerned = self.lower_rights(opening)
        self.notify(NotificationKind.SUBSCRIPTION_CHANGED, opening, concerned)

    async def _subscribe(self, opening: StructureArea) -> AreaSubscription | None:
        place = opening.structure_id, self.writing.viewer.id
        membership = self._own[place]
        held = self._held.get(membership.id, [])
        wanted = (opening.area, opening.mode, opening.service_id)
        if granting.covered(wanted, held):
            return None
        asked = self._asked.get(place, [])
        return await give(self.writing, membership, wanted, held, asked)

    def _remember(self, opening: StructureArea, right: AreaSubscription | None) -> None:
        # Later items of the call meet what this one made.
        number = opening.structure_id
        if opening not in self.live(number):
            self._made.add(opening.id)
            self.openings.setdefault(number, []).append(opening)
        if right is None:
            return
        held = self._held.setdefault(right.membership_id, [])
        if right not in held:
            held.append(right)
            below = self.rights.setdefault((number, right.area), [])
            below.append((right, self._own[number, self.writing.viewer.id]))


class CloseAreas(OpeningAct):
    """Closes areas: the rights and the pending requests below end."""

    items_field = "structure_area_ids"
    given: CloseAreasInput

    def _number(self, item: str) -> int:
        return self.writing.number(item, NodeKind.STRUCTURE_AREA)

    @property
    def _numbers(self) -> set[int]:
        return {self._number(item) for item in self.items}

    @override
    async def aim(self) -> Iterable[int]:
        places = select(StructureArea.structure_id).where(
            self.writing.among(StructureArea.id, self._numbers)
        )
        return set(await self.writing.session.scalars(places))

    @override
    async def prepare(self) -> None:
        writing = self.writing
        named = select(StructureArea).where(writing.among(StructureArea.id, self._numbers))
        self._named = {one.id: one for one in await writing.session.scalars(named)}
        self.openings = await granting.openings_of(writing, writing.structures)
        numbers = {one.service_id or 0 for one in self._named.values()}
        self.services = await granting.services_of(writing, numbers)
        closed = [
            one
            for one in self._named.values()
            if one.closed_at is None and writing.viewer.passes(self.action, one.structure_id)
        ]
        await self.read_rights(closed)
        await self.read_requests(closed)

    @override
    def target(self, item: str) -> Target:
        return Target(NodeKind.STRUCTURE_AREA, self._number(item))

    @override
    async def apply(self, item: str) -> Target:
        writing, opening = self.writing, self._named.get(self._number(item))
        if opening is None or not writing.viewer.passes(
            Action.OPENED_AREA_LIST, opening.structure_id
        ):
            raise NotFound
        writing.require(self.action, opening.structure_id)
        if opening.closed_at is None:
            async with writing.saving():
                self._close(opening)
        return self.target(item)

    def _close(self, opening: StructureArea) -> None:
        opening.close(self.writing.now)
        self.write_down(opening, opening.mode, None)
        concerned = self.lower_rights(opening) | self.cancel_requests(opening)
        self.notify(NotificationKind.AREA_CLOSED, opening, concerned)


async def _with_account(writing: Writing) -> set[int]:
    active = select(BankAccount.structure_id).where(
        writing.among(BankAccount.structure_id, writing.structures),
        BankAccount.status == BankAccountStatus.ACTIVE,
    )
    return set(await writing.session.scalars(active.distinct()))


async def open_areas(info: Info, input: Annotated[OpenAreasInput, WHAT_TO_DO]) -> Outcome:
    """Open areas, or change the mode of opened ones."""
    return await perform(info, OpenAreas, input)


async def close_areas(info: Info, input: Annotated[CloseAreasInput, WHAT_TO_DO]) -> Outcome:
    """Close areas."""
    return await perform(info, CloseAreas, input)
