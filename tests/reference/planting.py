"""A state put into a database: people, structures, what hangs on them, and requests."""

from datetime import datetime, timedelta
from typing import Any

from models.accounts import PlatformRole, SignInSession, User, UserKind, UserStatus
from models.areas import AreaCode, AreaMode
from models.history import ManagerAction, TargetType
from models.identifiers import IdentifierType
from models.memberships import Membership, MembershipStatus, Role
from models.policy import Action
from models.requests import RequestStatus
from models.services import Service
from models.structures import Sector, Structure
from tests.reference.reading import Names
from tests.reference.state import CONNECTION, Request, State
from tests.world import World


LONG = 20 * 365 * 24 * 60 * 60


class Planting:
    """Puts a state into *world*; *names* learn its ids, *tokens* whom each signs in as."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.names = Names()
        self.tokens: dict[str, bytes] = {}
        self._start = world.now
        self._numbers: dict[int, int] = {}
        self._places: dict[int, Structure] = {}

    async def plant(self, state: State) -> None:
        """Put a *state* in."""
        world, people = self.world, {}
        for person in state.people.values():
            people[person.name] = user = await world.user(
                f"{person.name.title()} Person",
                login=f"{person.name}@example.test",
                kind=UserKind(person.kind),
                status=UserStatus(person.status),
                platform_role=PlatformRole.SUPPORT if person.support else PlatformRole.NONE,
            )
            self.names.enter(person.name, world.id(user))
            session = SignInSession(
                user_id=user.id,
                created_at=world.now,
                expires_at=world.now + timedelta(seconds=LONG),
            )
            await world.add(session)
            token = world.parts.identity.tokens.issue(user.id, session.id)
            self.tokens[person.name] = f"Bearer {token}".encode()
        for number in state.structures:
            await self._plant_structure(state, number, people)
        for request in state.requests:
            await self._plant_request(request, people)

    async def _plant_structure(self, state: State, number: int, people: dict[str, User]) -> None:
        world, card = self.world, state.structures[number]
        primary = state.primary(number)
        assert primary is not None
        structure: Structure = await world.structure(
            card.name,
            primary=people[primary.person],
            identifier_type=IdentifierType(card.kind),
            identifier=card.identifier,
            sector=Sector(card.sector),
            local_authority=card.local_authority,
            first_payment_at=world.now if card.paid else None,
            delegated_validator=card.delegated_validator,
            agricultural_management_centre=card.agricultural_centre,
            justice_supplier_category=card.justice_category,
            service_code_required=card.service_code_required,
            pacage_number="123456789" if card.farmer else None,
        )
        self.names.enter(f"structure {number}", world.id(structure))
        self._numbers[structure.id] = number
        self._places[number] = structure
        for account in card.accounts.values():
            await world.bank_account(
                structure, account.label, iban=account.iban, is_default=account.default
            )
        services = {}
        for service in card.services.values():
            if service.code != "FACTURES_PUBLIQUES":
                services[service.code] = await world.service(
                    structure, service.code, enabled=service.enabled
                )
        for (area, code), mode in card.openings.items():
            place = None if code is None else services[code]
            await world.opening(structure, AreaCode(area), AreaMode(mode), place)
        await self._plant_memberships(state, structure, services, people)

    async def _plant_memberships(
        self,
        state: State,
        structure: Structure,
        services: dict[str, Service],
        people: dict[str, User],
    ) -> None:
        world, number = self.world, self._numbers[structure.id]
        primary = state.primary(number)
        for one in state.memberships:
            if one.structure != number:
                continue
            person = people[one.person]
            if one is primary:
                [membership] = await world.all(
                    Membership,
                    Membership.structure_id == structure.id,
                    Membership.user_id == person.id,
                )
            else:
                membership = await world.member(
                    structure,
                    person,
                    role=Role(one.role),
                    status=MembershipStatus(one.status),
                    services=None if one.everywhere else [services[code] for code in one.listed],
                )
            for (area, code), mode in one.rights.items():
                place = None if code is None else services[code]
                await world.right(membership, AreaCode(area), AreaMode(mode), place)

    async def _plant_request(self, one: Request, people: dict[str, User]) -> None:
        world, place = self.world, self._places[one.structure]
        decider = None if one.decider is None else people[one.decider].id
        known: dict[str, Any] = {
            "status": RequestStatus(one.stored),
            "created_at": self._at(one.made),
            "decided_at": None if one.decided is None else self._at(one.decided),
            "decided_by_id": decider,
            "refusal_reason": one.reason,
        }
        services = await world.all(Service, Service.structure_id == place.id)
        asked = [service for service in services if service.code in one.services]
        person = people[one.person]
        if one.kind == CONNECTION:
            made = await world.connection_request(place, person, asked, **known)
        else:
            [held] = await world.all(
                Membership, Membership.structure_id == place.id, Membership.user_id == person.id
            )
            area, mode = AreaCode(one.scope[0]), AreaMode(one.mode)
            made = await world.subscription_request(held, area, mode, **known)
        self.names.enter(f"request {one.number}", world.id(made))
        if decider is not None:
            decided = ManagerAction(
                structure_id=place.id,
                at=known["decided_at"],
                action=Action.CONNECTION_REQUEST_DECIDE,
                actor_id=decider,
                user_id=person.id,
                target_type=TargetType.REQUEST,
                target_id=made.id,
                reason=one.reason,
                changes=[{"field": "status", "before": "PENDING", "after": one.stored}],
            )
            await world.add(decided)

    def _at(self, seconds: int) -> datetime:
        return self._start + timedelta(seconds=seconds)
