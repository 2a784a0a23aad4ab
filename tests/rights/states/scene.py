"""The scene with every object in every state that it can be in."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Self

from typing_extensions import override

from models.accounts import UserStatus
from models.history import ManagerAction, TargetType
from models.memberships import Membership, MembershipStatus, Role, ServiceMembership
from models.policy import Action
from models.services import RESERVED_CODE, Service
from models.structures import Sector, Structure
from resolvers.node_ids import NodeKind
from tests.rights.expected import (
    INACTIVE,
    PRIMARY,
    PRIVATE,
    PUBLIC,
    REQUESTER,
    RETIRED,
    SECONDARY,
    SIMPLE,
    STRANGER,
)
from tests.rights.foreign import MISSING
from tests.rights.scene import Scene
from tests.world import World


FORMER, NEWCOMER = "former", "newcomer"


class StatesScene(Scene):
    """
    The scene with what is inactive, ended or deleted besides.

    *states* holds the ids of each kind by the states of their objects. The former user was a
    member; the newcomer is connected nowhere, while the stranger manages a structure of his own.
    """

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.states: dict[NodeKind, dict[str, str]] = {kind: {} for kind in NodeKind}

    @classmethod
    @override
    async def set_up(cls, world: World) -> Self:
        scene = await super().set_up(world)
        await world.together(scene._put_states_in)
        return scene

    def missing(self, kind: NodeKind) -> str:
        """Write a well-formed id of an object of *kind* that does not exist."""
        numbers = (MISSING,) * (2 if kind == NodeKind.SERVICE_USER else 1)
        return self.world.parts.node_ids.encode(kind, *numbers)

    def examples(self, kinds: Iterable[NodeKind]) -> dict[str, str]:
        """Give the ids of all objects of *kinds*, by the states that they are in."""
        return {state: text for kind in kinds for state, text in self.states[kind].items()}

    def keep(self, what: str, entity: Any) -> None:
        """Remember the id of *entity*, or the id that it is, as an example of a state."""
        text = entity if isinstance(entity, str) else self.world.id(entity)
        kind = next(one for one in NodeKind if text.startswith(f"{one.value}_"))
        self.states[kind][what] = text

    async def act(
        self,
        structure: Structure,
        action: Action,
        actor: str | None,
        target: tuple[TargetType, int] | None = None,
        **values: Any,
    ) -> ManagerAction:
        """Put an act of *actor* on *structure* into the history."""
        kind, number = target or (TargetType.STRUCTURE, structure.id)
        act = ManagerAction(
            structure_id=structure.id,
            at=self.world.now,
            action=action,
            actor_id=None if actor is None else self.person(actor).id,
            target_type=kind,
            target_id=number,
            changes=[],
            **values,
        )
        await self.world.add(act)
        return act

    async def _put_states_in(self) -> None:
        world, ended = self.world, MembershipStatus.DELETED
        self.people[NEWCOMER] = await world.user("Newcomer Person")
        self.people[FORMER] = await world.user("Former Person")
        for place in (PRIVATE, PUBLIC, RETIRED):
            self.memberships[place, FORMER] = await world.member(
                self.structures[place], self.person(FORMER), status=ended
            )
        await self._structures()
        await self._services()
        await self._users()
        await self._memberships()
        await self._users_of_services()

    async def _structures(self) -> None:
        world, primary = self.world, self.person(PRIMARY)
        closed = await world.structure("Closed town", primary=primary, sector=Sector.PUBLIC)
        replaced = await world.structure("Replaced", primary=primary)
        for card in (closed, replaced):
            await world.member(card, self.person(SECONDARY), role=Role.SECONDARY_MANAGER)
            await world.member(card, self.person(SIMPLE))
            await world.retire(card)
        successor = await world.structure("Successor", predecessor_id=replaced.id)
        await self.act(successor, Action.IDENTIFIER_CHANGE, None)
        self.keep("structure", self.structures[PRIVATE])
        self.keep("inactive structure", self.structures[RETIRED])
        self.keep("inactive public structure", closed)
        self.keep("replaced structure", replaced)

    async def _services(self) -> None:
        world, private, today = self.world, self.structures[PRIVATE], self.world.now.date()
        self.off = await world.service(private, "OFF", enabled=False)
        over, soon = today - timedelta(days=1), today + timedelta(days=2)
        here = Service.structure_id == self.structures[PUBLIC].id
        [reserved] = await world.all(Service, here, Service.code == RESERVED_CODE)
        self.keep("service", self.services[PRIVATE])
        self.keep("inactive service", self.off)
        self.keep("ended service", await world.service(private, "OVER", valid_to=over))
        self.keep("coming service", await world.service(private, "SOON", valid_from=soon))
        self.keep("service of an inactive structure", self.services[RETIRED])
        self.keep("public service", self.services[PUBLIC])
        self.keep("inactive public service", self.ids["idle public service"])
        self.keep("reserved service", reserved)

    async def _users(self) -> None:
        world = self.world
        self.gone = await world.user("Gone Person", status=UserStatus.DEACTIVATED)
        early = await world.user("Early Person", status=UserStatus.PENDING_ACTIVATION)
        self.keep("user", self.person(SIMPLE))
        self.keep("manager", self.person(SECONDARY))
        self.keep("inactive user", self.person(INACTIVE))
        self.keep("former user", self.person(FORMER))
        self.keep("requester", self.person(REQUESTER))
        self.keep("user of another structure", self.person(STRANGER))
        self.keep("deactivated account", self.gone)
        self.keep("account that is not activated", early)

    async def _memberships(self) -> None:
        world, private, inactive = self.world, self.structures[PRIVATE], MembershipStatus.INACTIVE
        primary = Membership.role == Role.PRIMARY_MANAGER
        [first] = await world.all(Membership, Membership.structure_id == private.id, primary)
        away, role = await world.user("Away Person"), Role.SECONDARY_MANAGER
        resting = await world.member(private, away, role=role, status=inactive)
        self.of_gone = await world.member(private, self.gone)
        self.keep("membership", self.memberships[PRIVATE, SIMPLE])
        self.keep("inactive membership", self.memberships[PRIVATE, INACTIVE])
        self.keep("deleted membership", self.memberships[PRIVATE, FORMER])
        self.keep("membership of a manager", self.memberships[PRIVATE, SECONDARY])
        self.keep("inactive membership of a manager", resting)
        self.keep("membership of the primary manager", first)
        self.keep("membership of a deactivated account", self.of_gone)
        self.keep("membership of an inactive structure", self.memberships[RETIRED, SIMPLE])

    async def _users_of_services(self) -> None:
        world, private = self.world, self.structures[PRIVATE]
        left = await world.service(private, "LEFT")
        self.listed = await world.member(
            private, await world.user("Listed Person"), services=[self.off, left]
        )
        listed = ServiceMembership.membership_id == self.listed.id
        for place in await world.all(ServiceMembership, listed):
            off = place.service_id == self.off.id
            place.status = MembershipStatus.INACTIVE if off else MembershipStatus.DELETED
        used = self.services[PRIVATE]
        for what, membership, service in (
            ("user of a service", self.memberships[PRIVATE, SIMPLE], used),
            ("user of an inactive service", self.listed, self.off),
            ("user taken off a service", self.listed, left),
            ("inactive user of a service", self.memberships[PRIVATE, INACTIVE], used),
            ("deleted user of a service", self.memberships[PRIVATE, FORMER], used),
            (
                "user of a service of an inactive structure",
                self.memberships[RETIRED, SIMPLE],
                self.services[RETIRED],
            ),
        ):
            numbers = membership.id, service.id
            self.keep(what, world.parts.node_ids.encode(NodeKind.SERVICE_USER, *numbers))
