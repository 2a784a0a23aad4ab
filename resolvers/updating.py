"""Changing the general information of a structure, its flags and its applications."""

from collections.abc import Iterable
from typing import Annotated, Any

from sqlalchemy import delete, select
from strawberry import UNSET
from typing_extensions import override

from models.areas import AreaCode, StructureArea
from models.base import sort_key
from models.catalogue import require_kept, unmet_needs
from models.errors import Invalid, Refused
from models.general_block import require_author, structure_name, told_changes
from models.history import TargetType
from models.policy import Action
from models.services import RESERVED_CODE, Service, require_reachable
from models.structures import (
    ApplicationCode,
    Structure,
    StructureApplication,
    require_applications,
)
from resolvers.acts import Act, perform
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Target, camel
from resolvers.request_inputs import WHAT_TO_DO
from resolvers.structure_inputs import UpdateStructureInput, general_columns


async def update_structure(
    info: Info,
    input: Annotated[UpdateStructureInput, WHAT_TO_DO],
) -> Outcome:
    """Change a structure."""
    return await perform(info, UpdateStructure, input)


class UpdateStructure(Act):
    """The change of one structure's general information, flags and applications."""

    action = Action.STRUCTURE_UPDATE
    given: UpdateStructureInput

    @override
    async def aim(self) -> Iterable[int]:
        self._number = self.writing.number(self.given.structure_id, NodeKind.STRUCTURE)
        return [self._number]

    @override
    async def prepare(self) -> None:
        session, number = self.writing.session, self._number
        used = select(StructureApplication.code).where(StructureApplication.structure_id == number)
        self._used = set(await session.scalars(used))
        opened = select(StructureArea.area).where(
            StructureArea.structure_id == number, StructureArea.closed_at.is_(None)
        )
        self._opened: set[AreaCode] = set(await session.scalars(opened))
        services = select(Service).where(
            Service.structure_id == number, Service.enabled, Service.code != RESERVED_CODE
        )
        today = self.writing.now.date()
        self._reachable = any(
            service.active_on(today) for service in await session.scalars(services)
        )

    @override
    def target(self, item: Any) -> Target:
        return Target(NodeKind.STRUCTURE, self._number)

    @override
    async def apply(self, item: Any) -> Target:
        writing, number = self.writing, self._number
        card = writing.allowed_card(self.action, number, "structureId")
        await writing.require_active(number)
        card.require_version(self.given.version)
        values = self._values(card)
        applications = self._applications()
        async with writing.saving():
            changes = self._amend(card, values)
            changes += await self._use(card, applications, counted=bool(changes))
            if changes:
                target = (TargetType.STRUCTURE, number)
                writing.record(self.action, number, target, changes=changes)
        return self.target(item)

    def _values(self, card: Structure) -> dict[str, Any]:
        strict = self.writing.settings.checks_siret
        values = general_columns(self.given.general, card.sector, checksum=strict)
        try:
            require_author(card, values, by_support=self.writing.viewer.is_support)
        except Refused as refused:
            raise refused.at("general", "localAuthority") from None
        if self.given.name is not UNSET:
            try:
                values["name"] = structure_name(self.given.name)
            except Invalid as refused:
                raise refused.at("name") from None
            values["name_key"] = sort_key(values["name"])
        return values

    def _applications(self) -> set[ApplicationCode]:
        if self.given.applications_used is UNSET:
            return self._used
        wanted = set(self.given.applications_used or ())
        try:
            require_applications(wanted)
        except Refused as refused:
            raise refused.at("applicationsUsed") from None
        return wanted

    def _amend(self, card: Structure, values: dict[str, Any]) -> list[dict[str, Any]]:
        before = unmet_needs(card, self._opened)
        changed = card.amend(values, self.writing.now)
        try:
            require_kept(unmet_needs(card, self._opened) - before)
            if changed.get("service_code_required", (None, False))[1]:
                require_reachable(card, other_active=self._reachable)
        except Refused as refused:
            raise refused.at("general") from None
        return told_changes(card, {camel(name): pair for name, pair in changed.items()})

    async def _use(
        self, card: Structure, wanted: set[ApplicationCode], *, counted: bool
    ) -> list[dict[str, Any]]:
        if wanted == self._used:
            return []
        session, now = self.writing.session, self.writing.now
        session.add_all(
            StructureApplication(structure_id=card.id, code=code, added_at=now)
            for code in wanted - self._used
        )
        gone = self._used - wanted
        if gone:
            rows = delete(StructureApplication).where(
                StructureApplication.structure_id == card.id, StructureApplication.code.in_(gone)
            )
            await session.execute(rows)
        if not counted:
            card.touch(now)
        before, after = (", ".join(sorted(codes)) for codes in (self._used, wanted))
        return [{"field": "applicationsUsed", "before": before, "after": after}]
