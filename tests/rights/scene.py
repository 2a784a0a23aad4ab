"""One scene with every kind of person, structure and object."""

from typing import Any, Self

from models.accounts import PlatformRole, User
from models.areas import AreaMode
from models.history import ManagerAction, TargetType
from models.memberships import Membership, MembershipStatus, Role
from models.policy import Action
from models.services import Service
from models.structures import Sector, Structure
from resolvers.node_ids import NodeKind
from tests.rights.expected import (
    ANONYMOUS,
    CONSULTING,
    INACTIVE,
    INVOICING,
    KINDS,
    PRIMARY,
    PRIVATE,
    PUBLIC,
    REQUESTER,
    RETIRED,
    SECONDARY,
    SIMPLE,
    STRANGER,
    SUPPORT,
    WITHOUT_RIGHT,
)
from tests.world import World


class Scene:
    """The people, their structures, and the ids of objects by what they are."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people: dict[str, User | None] = {ANONYMOUS: None}
        self.structures: dict[str, Structure] = {}
        self.services: dict[str, Service] = {}
        self.memberships: dict[tuple[str, str], Membership] = {}
        self.requests: dict[str, Any] = {}
        self.ids: dict[str, str] = {}

    @classmethod
    async def set_up(cls, world: World) -> Self:
        """Put everything in."""
        scene = cls(world)
        await world.together(scene._put_in)
        return scene

    async def _put_in(self) -> None:
        world = self.world
        for name in (STRANGER, REQUESTER, INACTIVE, SIMPLE, SECONDARY, PRIMARY):
            self.people[name] = await world.user(f"{name.title()} Person", phone="0102030405")
        self.people[SUPPORT] = await world.user(
            "Support Person", platform_role=PlatformRole.SUPPORT
        )
        await world.structure("Elsewhere", primary=self.person(STRANGER))
        for kind in KINDS:
            await self._structure(kind)
        for place in INVOICING:
            await self._invoicing(place)
        await self._objects()

    def person(self, name: str) -> User:
        """Give somebody who has an account."""
        user = self.people[name]
        assert user is not None
        return user

    async def _invoicing(self, place: str) -> None:
        world, primary = self.world, self.person(PRIMARY)
        sector = Sector.PUBLIC if place == WITHOUT_RIGHT else Sector.PRIVATE
        structure = await world.structure(f"The one {place}", primary=primary, sector=sector)
        self.structures[place] = structure
        await world.opening(structure)
        await world.mandate(structure, primary)
        [held] = await world.all(Membership, Membership.structure_id == structure.id)
        inactive = MembershipStatus.INACTIVE
        members = [
            held,
            await world.member(structure, self.person(SECONDARY), role=Role.SECONDARY_MANAGER),
            await world.member(structure, self.person(SIMPLE)),
            await world.member(structure, self.person(INACTIVE), status=inactive),
        ]
        await world.connection_request(structure, self.person(REQUESTER))
        if place != WITHOUT_RIGHT:
            mode = AreaMode.CONSULTATION if place == CONSULTING else AreaMode.MODIFICATION
            for member in members:
                await world.right(member, mode=mode)

    async def _structure(self, kind: str) -> None:
        world = self.world
        structure = await world.structure(
            f"The {kind} one",
            primary=self.person(PRIMARY),
            sector=Sector.PUBLIC if kind == PUBLIC else Sector.PRIVATE,
        )
        self.structures[kind] = structure
        self.services[kind] = service = await world.service(structure, "SALES")
        secondary = await world.member(
            structure, self.person(SECONDARY), role=Role.SECONDARY_MANAGER
        )
        simple = await world.member(structure, self.person(SIMPLE), services=[service])
        self.memberships[kind, SECONDARY] = secondary
        self.memberships[kind, SIMPLE] = simple
        self.memberships[kind, INACTIVE] = await world.member(
            structure, self.person(INACTIVE), status=MembershipStatus.INACTIVE
        )
        opening = await world.opening(structure)
        right = await world.right(simple, service=service)
        managers_right = await world.right(secondary, service=service)
        account = await world.bank_account(structure)
        mandate = await world.mandate(structure, self.person(PRIMARY))
        if kind != RETIRED:
            request = await world.connection_request(structure, self.person(REQUESTER))
            asked = await world.subscription_request(simple, service=service)
            self.requests[kind] = request
            self.requests[f"{kind} subscription"] = asked
        else:
            await world.retire(structure)
        if kind == PRIVATE:
            self.ids |= {
                "structure": world.id(structure),
                "service": world.id(service),
                "opening": world.id(opening),
                "membership of another user": world.id(secondary),
                "membership of the simple user": world.id(simple),
                "service user of the simple user": world.parts.node_ids.encode(
                    NodeKind.SERVICE_USER, simple.id, service.id
                ),
                "right of the simple user": world.id(right),
                "right of the secondary manager": world.id(managers_right),
                "bank account": world.id(account),
                "mandate": world.id(mandate),
                "request of the requester": world.id(request),
                "subscription request of the simple user": world.id(asked),
            }

    async def _objects(self) -> None:
        world, public = self.world, self.structures[PUBLIC]
        idle = await world.service(public, "IDLE", enabled=False)
        act = ManagerAction(
            structure_id=self.structures[PRIVATE].id,
            at=world.now,
            action=Action.CONNECTION_REQUEST_DECIDE,
            actor_id=self.person(SECONDARY).id,
            target_type=TargetType.STRUCTURE,
            target_id=self.structures[PRIVATE].id,
            changes=[],
        )
        await world.add(act)
        self.ids |= {
            "public structure": world.id(public),
            "public service": world.id(self.services[PUBLIC]),
            "idle public service": world.id(idle),
            "simple user": world.id(self.person(SIMPLE)),
            "requester": world.id(self.person(REQUESTER)),
            "stranger": world.id(self.person(STRANGER)),
            "act of the secondary manager": world.parts.node_ids.encode(
                NodeKind.MANAGER_ACTION, act.id
            ),
        }
