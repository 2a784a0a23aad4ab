"""Acts of managers on services: to make one, to change one, and what acts on one share."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from sqlalchemy import exists, select
from typing_extensions import override

from models.addresses import ADDRESS_COLUMNS
from models.base import sort_key
from models.errors import (
    ConfirmationRequired,
    ErrorCode,
    Forbidden,
    Invalid,
    NotFound,
    RuleRefused,
)
from models.history import MASK, TargetType
from models.policy import Action
from models.services import RESERVED_CODE, Service, active_today, require_reachable, service_code
from resolvers.acts import Act, perform
from resolvers.effects import EffectKind
from resolvers.listed_users import ListedUser, listed_on, notify_users
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Target
from resolvers.request_inputs import WHAT_TO_DO
from resolvers.service_inputs import CreateServiceInput, UpdateServiceInput, service_columns
from resolvers.writing import Writing


FIELDS = {
    "code": "code",
    "name": "name",
    "description": "description",
    "valid_from": "validFrom",
    "valid_to": "validTo",
    "engagement_number_required": "engagementNumberRequired",
    "enabled": "active",
}
"""The columns whose values the history tells, by their names in the API."""

Changed = Mapping[str, tuple[Any, Any]]


class CreateService(Act):
    """Adds a service to a structure."""

    action = Action.SERVICE_MANAGE
    given: CreateServiceInput

    @override
    async def aim(self) -> Iterable[int]:
        self._number = self.writing.number(self.given.structure_id, NodeKind.STRUCTURE)
        return [self._number]

    @override
    async def prepare(self) -> None:
        """Read nothing more: who may not act here learns of no service by the time it takes."""

    @override
    def target(self, item: Any) -> None:
        """Answer with nothing but the refusal: the object would be the new service."""

    @override
    async def apply(self, item: Any) -> Target | None:
        writing = self.writing
        writing.allowed_card(self.action, self._number, "structureId")
        await writing.require_active(self._number)
        columns = await self._columns()
        service = Service(
            structure_id=self._number,
            name_key=sort_key(columns["name"]),
            created_at=writing.now,
            updated_at=writing.now,
            **columns,
        )
        service.require_dates()
        async with writing.saving():
            writing.session.add(service)
            await writing.session.flush()
            made = {name: (None, value) for name, value in columns.items()}
            record_service(writing, service, made)
        return None if self.given.dry_run else Target(NodeKind.SERVICE, service.id)

    async def _columns(self) -> dict[str, Any]:
        try:
            code = service_code(self.given.code)
        except Invalid as refused:
            raise refused.at("code") from None
        columns = service_columns(self.given.service)
        if "name" not in columns:
            raise Invalid("A service has a name.", expected="A name.", field=("service", "name"))
        taken = exists().where(Service.structure_id == self._number, Service.code == code)
        if await self.writing.session.scalar(select(taken)):
            message = "A service of the structure has this code."
            raise RuleRefused(ErrorCode.CONFLICT, message, field=("code",))
        return {"code": code, **columns}


class ServiceAct(Act):
    """An act on one service that exists."""

    action = Action.SERVICE_MANAGE
    given: Any

    @override
    async def aim(self) -> Iterable[int]:
        self.number = self.writing.number(self.given.service_id, NodeKind.SERVICE)
        place = select(Service.structure_id).where(Service.id == self.number)
        return set(await self.writing.session.scalars(place))

    @override
    async def prepare(self) -> None:
        named = select(Service).where(Service.id == self.number)
        self._found = (await self.writing.session.scalars(named)).one_or_none()

    @override
    def target(self, item: Any) -> Target:
        return Target(NodeKind.SERVICE, self.number)

    @property
    def today(self) -> date:
        """The day of the act."""
        return self.writing.now.date()

    def visible_service(self) -> Service:
        """
        Give the service, if the actor may see it and act on services here.

        Raises:
            NotFound: there is none, or he may not know of it.
            Forbidden: he may not act here.
        """
        writing, service = self.writing, self._found
        if service is None:
            raise NotFound(field=("serviceId",))
        card = writing.structures[service.structure_id]
        published = card.published and service.active_on(self.today)
        if not writing.viewer.passes(Action.SERVICE_LIST, card.id, published=published):
            raise NotFound(field=("serviceId",))
        writing.require(self.action, card.id)
        return service

    async def changeable_service(self) -> Service:
        """
        Give the service, if it may be changed at all.

        Raises:
            NotFound: as `visible_service`.
            Forbidden: he may not act here, or nobody may change this one.
            StructureInactive: naming the card that replaced it.
            StaleVersion: it changed since it was read.
        """
        service = self.visible_service()
        if service.reserved:
            message = f"{RESERVED_CODE} is the platform's own service: nobody changes it."
            raise Forbidden(message, action=self.action, passing_roles=())
        await self.writing.require_active(service.structure_id)
        service.require_version(self.given.version)
        return service

    async def require_dispensable(self, service: Service) -> list[ListedUser]:
        """
        Refuse to make an active service inactive where it is needed; say who is listed on it.

        Raises:
            RuleRefused: LAST_REQUIRED_SERVICE.
        """
        card = self.writing.structures[service.structure_id]
        other = exists().where(
            Service.structure_id == card.id,
            Service.id != service.id,
            Service.code != RESERVED_CODE,
            active_today(),
        )
        found = await self.writing.session.scalar(select(other), {"today": self.today})
        require_reachable(card, other_active=bool(found))
        return await self.confirmed_users(service)

    async def confirmed_users(self, service: Service) -> list[ListedUser]:
        """
        Say who is listed on a service that is made inactive.

        Raises:
            ConfirmationRequired: somebody is, and the caller did not say `force`.
        """
        listed = await listed_on(self.writing, service)
        if listed and not self.given.force:
            message = "Users are listed on this service: they would no longer reach it."
            raise ConfirmationRequired(message, argument="force", affected_users=len(listed))
        return listed

    def tell_inactive(self, service: Service) -> None:
        """Tell that *service* becomes inactive."""
        place = {"structure_id": service.structure_id, "service_id": service.id}
        self.writing.tell(EffectKind.SERVICE_DEACTIVATED, **place)


class UpdateService(ServiceAct):
    """Changes a service's data."""

    given: UpdateServiceInput

    @override
    async def apply(self, item: Any) -> Target | None:
        service = await self.changeable_service()
        columns = service_columns(self.given.service)
        was_active = service.active_on(self.today)
        async with self.writing.saving():
            changed = service.amend(columns, self.writing.now)
            if was_active and not service.active_on(self.today):
                listed = await self.require_dispensable(service)
                self.tell_inactive(service)
                users = [one.user_id for one in listed if one.active]
                notify_users(self.writing, service.structure_id, users, service)
            if changed:
                record_service(self.writing, service, changed)
        return self.target(item)


def record_service(writing: Writing, service: Service, changed: Changed, **facts: Any) -> None:
    """Add what *changed* on *service*, column by column, to the history of its structure."""
    changes = [
        {"field": FIELDS[name], "before": _written(before), "after": _written(after)}
        for name, (before, after) in changed.items()
        if name in FIELDS and before != after
    ]
    lines = [changed[name] for name in ADDRESS_COLUMNS if name in changed]
    if any(before != after for before, after in lines):
        # The service of a private person may have his home address.
        before, after = (any(line[part] for line in lines) for part in (0, 1))
        hidden = {True: MASK, False: None}
        changes.append({"field": "address", "before": hidden[before], "after": hidden[after]})
    target = (TargetType.SERVICE, service.id)
    writing.record(Action.SERVICE_MANAGE, service.structure_id, target, changes=changes, **facts)


def _written(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else value


async def create_service(info: Info, input: Annotated[CreateServiceInput, WHAT_TO_DO]) -> Outcome:
    """Add a service."""
    return await perform(info, CreateService, input)


async def update_service(info: Info, input: Annotated[UpdateServiceInput, WHAT_TO_DO]) -> Outcome:
    """Change a service."""
    return await perform(info, UpdateService, input)
