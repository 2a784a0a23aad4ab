"""A service over a fresh database, and plain ways to put people and structures into it."""

import itertools

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx

from sqlalchemy import select

from models.accounts import SignInSession, User
from models.areas import AreaCode, AreaMode, AreaSubscription, StructureArea
from models.bank_accounts import BankAccount
from models.base import Model, sort_key
from models.history import ManagerAction, TargetType
from models.identifiers import IdentifierType
from models.mandates import InvoicingMandate
from models.memberships import (
    MANAGERS,
    Membership,
    MembershipOrigin,
    MembershipScope,
    Role,
    ServiceMembership,
)
from models.policy import Action
from models.requests import Request, RequestedService, RequestKind
from models.services import RESERVED_CODE, Service
from models.structures import (
    ApplicationCode,
    Sector,
    Structure,
    StructureApplication,
    StructureStatus,
)
from resolvers.node_ids import NodeKind
from settings import Settings
from tests.kept import Kept
from transport.app import Service as Parts
from transport.app import create_app


Row = TypeVar("Row", bound=Model)
Written = TypeVar("Written")

_KINDS = {
    Structure: NodeKind.STRUCTURE,
    Service: NodeKind.SERVICE,
    Membership: NodeKind.MEMBERSHIP,
    User: NodeKind.USER,
    StructureArea: NodeKind.STRUCTURE_AREA,
    AreaSubscription: NodeKind.AREA_SUBSCRIPTION,
    BankAccount: NodeKind.BANK_ACCOUNT,
    InvoicingMandate: NodeKind.INVOICING_MANDATE,
}


@dataclass
class Answer:
    """What came back from the service."""

    status: int
    body: dict[str, Any]

    @property
    def data(self) -> Any:
        """The data, of an answer without errors."""
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The errors."""
        found: list[dict[str, Any]] = self.body.get("errors", [])
        return found

    @property
    def codes(self) -> list[str]:
        """The codes of the errors."""
        return [error["extensions"]["code"] for error in self.errors]


class World:
    """
    A service and what stands in its database.

    Each way of putting something in commits at once and gives the entity. `ask` sends a document
    over HTTP as a person, or as nobody.
    """

    def __init__(
        self, database_url: str, folder: Path, kept: Kept | None = None, **options: Any
    ) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)
        # Refusals are written when a test says so, not in the middle of what it counts.
        options.setdefault("refusal_seconds", 3600.0)
        self.settings = Settings(database_url=database_url, data_directory=folder, **options)
        database = None if kept is None else kept.database(database_url)
        self.parts = Parts(self.settings, clock=lambda: self.now, database=database)
        if kept is not None:
            self.parts.documents = kept.documents
        self.database = self.parts.database
        self.statements: list[str] = []
        self.database.observers.append(self._observe)
        transport = httpx.ASGITransport(app=create_app(self.settings, self.parts))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
        self._session: Any = None
        self._numbers = itertools.count(1)
        self._tokens: dict[int, str] = {}

    def _observe(self, statement: str) -> None:
        self.statements.append(statement)

    async def close(self) -> None:
        """End it."""
        await self.client.aclose()
        await self.parts.close()
        self.database.observers.remove(self._observe)

    def forgive(self) -> None:
        """Count anew what callers may do only so often."""
        for throttle in vars(self.parts.calls.throttles).values():
            throttle._counter.storage.reset()

    async def ask(self, person: User | None, document: str, **variables: Any) -> Answer:
        """Send *document* as *person*."""
        headers = {}
        if person is not None:
            headers["Authorization"] = f"Bearer {await self.token(person)}"
        body = {"query": document, "variables": variables}
        response = await self.client.post("/graphql", json=body, headers=headers)
        return Answer(response.status_code, response.json())

    async def token(self, person: User) -> str:
        """Give an access token of *person*, minted without a password."""
        if person.id not in self._tokens:
            session = SignInSession(
                user_id=person.id, created_at=self.now, expires_at=self.now + timedelta(days=365)
            )
            await self.add(session)
            self._tokens[person.id] = self.parts.identity.tokens.issue(person.id, session.id)
        return self._tokens[person.id]

    def id(self, entity: Any) -> str:
        """Give the global id of *entity*."""
        if isinstance(entity, Request):
            connects = entity.kind == RequestKind.CONNECTION
            kind = NodeKind.CONNECTION_REQUEST if connects else NodeKind.SUBSCRIPTION_REQUEST
        else:
            kind = _KINDS[type(entity)]
        return self.parts.node_ids.encode(kind, entity.id)

    async def together(self, put_in: Callable[[], Awaitable[None]]) -> None:
        """Put everything in that *put_in* does, in one transaction, which is quicker."""

        async def work(session: Any) -> None:
            self._session = session
            try:
                await put_in()
            finally:
                self._session = None

        await self.database.write(work)

    async def _write(self, work: Callable[[Any], Awaitable[Written]]) -> Written:
        if self._session is None:
            return await self.database.write(work)
        written = await work(self._session)
        await self._session.flush()
        return written

    async def add(self, *entities: Model) -> None:
        """Put *entities* in."""

        async def work(session: Any) -> None:
            session.add_all(entities)

        await self._write(work)

    async def reload(self, entity: Row) -> Row:
        """Read *entity* again."""

        async def work(session: Any) -> Any:
            identity = type(entity).__mapper__.primary_key_from_instance(entity)
            return await session.get_one(type(entity), tuple(identity))

        found: Row = await self._write(work)
        return found

    async def all(self, entity: type[Row], *conditions: Any) -> Sequence[Row]:
        """Read every row of *entity* under *conditions*, by its key."""

        async def work(session: Any) -> Any:
            key = entity.__mapper__.primary_key
            return (await session.scalars(select(entity).where(*conditions).order_by(*key))).all()

        found: Sequence[Row] = await self._write(work)
        return found

    async def user(self, name: str = "Alex Martin", **values: Any) -> User:
        """Put a user in."""
        number = next(self._numbers)
        first, _, last = name.partition(" ")
        login = values.pop("login", f"user{number}@example.test")
        user = User(
            login=login,
            email=login,
            first_name=first,
            last_name=last,
            name_key=sort_key(name),
            created_at=self.now,
            updated_at=self.now,
            **values,
        )
        await self.add(user)
        return user

    async def structure(
        self, name: str = "Atelier", *, primary: User | None = None, **values: Any
    ) -> Structure:
        """Put a structure in, with its *primary* manager, a new person where none is given."""
        number = next(self._numbers)
        structure = Structure(
            identifier_type=values.pop("identifier_type", IdentifierType.SIRET),
            identifier=values.pop("identifier", siret(number)),
            name=name,
            name_key=sort_key(name),
            created_at=self.now,
            updated_at=self.now,
            **values,
        )
        await self.add(structure)
        application = StructureApplication(
            structure_id=structure.id, code=ApplicationCode.PAYMENT_REQUEST, added_at=self.now
        )
        await self.add(application)
        if structure.sector == Sector.PUBLIC:
            await self.service(structure, RESERVED_CODE)
        manager = primary or await self.user(f"Manager {number}")
        await self.member(structure, manager, role=Role.PRIMARY_MANAGER)
        return structure

    async def retire(self, structure: Structure) -> None:
        """Make *structure* inactive."""

        async def work(session: Any) -> None:
            row = await session.get_one(Structure, structure.id)
            row.status, row.deactivated_at = StructureStatus.INACTIVE, self.now

        await self._write(work)

    async def service(self, structure: Structure, code: str = "SALES", **values: Any) -> Service:
        """Put a service in."""
        name = values.pop("name", code.title())
        service = Service(
            structure_id=structure.id,
            code=code,
            name=name,
            name_key=sort_key(name),
            created_at=self.now,
            updated_at=self.now,
            **values,
        )
        await self.add(service)
        return service

    async def member(
        self,
        structure: Structure,
        user: User,
        *,
        role: Role = Role.SIMPLE_USER,
        services: Iterable[Service] | None = None,
        **values: Any,
    ) -> Membership:
        """Connect *user*, to every service, or to *services* only."""
        everything = services is None or role in MANAGERS
        membership = Membership(
            structure_id=structure.id,
            user_id=user.id,
            role=role,
            scope=MembershipScope.ALL_SERVICES if everything else MembershipScope.LISTED,
            origin=values.pop("origin", MembershipOrigin.REQUEST),
            created_at=self.now,
            updated_at=self.now,
            **values,
        )
        await self.add(membership)
        listed = [
            ServiceMembership(
                structure_id=structure.id,
                membership_id=membership.id,
                service_id=service.id,
                created_at=self.now,
                updated_at=self.now,
            )
            for service in services or ()
        ]
        await self.add(*listed)
        return membership

    async def opening(
        self,
        structure: Structure,
        area: AreaCode = AreaCode.ISSUED_INVOICES,
        mode: AreaMode = AreaMode.MODIFICATION,
        service: Service | None = None,
    ) -> StructureArea:
        """Open an area on a structure, or on one service."""
        opening = StructureArea(
            structure_id=structure.id,
            service_id=None if service is None else service.id,
            area=area,
            mode=mode,
            opened_at=self.now,
            created_at=self.now,
            updated_at=self.now,
        )
        await self.add(opening)
        return opening

    async def right(
        self,
        membership: Membership,
        area: AreaCode = AreaCode.ISSUED_INVOICES,
        mode: AreaMode = AreaMode.CONSULTATION,
        service: Service | None = None,
    ) -> AreaSubscription:
        """Give a right on an area."""
        right = AreaSubscription(
            structure_id=membership.structure_id,
            membership_id=membership.id,
            service_id=None if service is None else service.id,
            area=area,
            mode=mode,
            created_at=self.now,
            updated_at=self.now,
        )
        await self.add(right)
        return right

    async def bank_account(
        self, structure: Structure, label: str = "Main account", **values: Any
    ) -> BankAccount:
        """Put a bank account in."""
        account = BankAccount(
            structure_id=structure.id,
            label=label,
            label_key=sort_key(label),
            iban=values.pop("iban", None) or iban(next(self._numbers)),
            bic=values.pop("bic", "AGRIFRPP"),
            holder_name=values.pop("holder_name", structure.name),
            created_at=self.now,
            updated_at=self.now,
            **values,
        )
        await self.add(account)
        return account

    async def mandate(
        self, structure: Structure, manager: User, *, revoked: bool = False
    ) -> InvoicingMandate:
        """Put a mandate in that *manager* subscribed and perhaps *revoked*, with its history."""
        mandate = InvoicingMandate(
            structure_id=structure.id,
            terms_version=self.settings.mandate_terms_version,
            subscribed_at=self.now,
            subscribed_by_id=manager.id,
        )
        if revoked:
            mandate.revoke(self.now, manager.id)
        await self.add(mandate)
        acts = (Action.MANDATE_SUBSCRIBE, Action.MANDATE_REVOKE)
        await self.add(
            *(
                ManagerAction(
                    structure_id=structure.id,
                    at=self.now,
                    action=action,
                    actor_id=manager.id,
                    target_type=TargetType.INVOICING_MANDATE,
                    target_id=mandate.id,
                    changes=[],
                )
                for action in acts[: 1 + revoked]
            )
        )
        return mandate

    async def connection_request(
        self, structure: Structure, user: User, services: Iterable[Service] = (), **values: Any
    ) -> Request:
        """Ask to be connected."""
        request = Request(
            kind=RequestKind.CONNECTION,
            structure_id=structure.id,
            requester_id=user.id,
            created_at=values.pop("created_at", self.now),
            updated_at=self.now,
            **values,
        )
        await self.add(request)
        asked = [
            RequestedService(
                structure_id=structure.id, request_id=request.id, service_id=service.id
            )
            for service in services
        ]
        await self.add(*asked)
        return request

    async def subscription_request(
        self,
        membership: Membership,
        area: AreaCode = AreaCode.ISSUED_INVOICES,
        mode: AreaMode = AreaMode.MODIFICATION,
        service: Service | None = None,
        **values: Any,
    ) -> Request:
        """Ask for a right on an area."""
        request = Request(
            kind=RequestKind.SUBSCRIPTION,
            structure_id=membership.structure_id,
            requester_id=membership.user_id,
            area=area,
            mode=mode,
            service_id=None if service is None else service.id,
            created_at=values.pop("created_at", self.now),
            updated_at=self.now,
            **values,
        )
        await self.add(request)
        return request


def siret(number: int) -> str:
    """Make the SIRET of a structure from a small *number*."""
    siren = _with_check_digit(f"{number + 10_000_000:08d}")
    return _with_check_digit(f"{siren}0001")


def iban(number: int) -> str:
    """Make a French IBAN from a small *number*."""
    account = f"30006000{number:015d}"
    return f"FR{98 - int(f'{account}152700') % 97:02d}{account}"


def _with_check_digit(digits: str) -> str:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * 2 if position % 2 == 0 else int(digit)
        total += doubled - 9 if doubled > 9 else doubled
    return digits + str(-total % 10)
