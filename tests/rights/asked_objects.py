"""The scene with objects in every state that decides what may be done to them."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

from models.accounts import UserKind, UserStatus
from models.areas import AreaCode, AreaSubscription, StructureArea
from models.bank_accounts import BankAccount, BankAccountStatus
from models.mandates import InvoicingMandate
from models.memberships import (
    Membership,
    MembershipScope,
    MembershipStatus,
    Role,
    ServiceMembership,
)
from models.requests import LIFETIME, Request
from models.services import Service
from models.structures import Structure
from resolvers.node_ids import NodeKind
from tests.rights.expected import (
    PRIMARY,
    PRIVATE,
    PUBLIC,
    RETIRED,
    SECONDARY,
    SIMPLE,
    SUPPORT,
)
from tests.rights.scene import Scene
from tests.rights.test_mutations import SINGLE
from tests.world import World, siret


PROGRAM, EVERYWHERE = "program", "everywhere"
"""A program that belongs to the structure, and a simple user who reaches all of it."""

NEWCOMER = "newcomer@example.test"
"""The login of somebody who can be connected and become a manager."""

REPLACED, SUCCESSOR = "replaced", "successor"
"""A card that was replaced before, without a mandate, and the one that replaced it for a while."""

LOCAL, ORPHANED = "local", "orphaned"
"""A local authority's card, and an inactive one whose primary manager's account is deactivated."""


TABLES: Any = (
    ServiceMembership,
    Membership,
    Service,
    StructureArea,
    AreaSubscription,
    BankAccount,
    InvoicingMandate,
    Request,
)


@dataclass(frozen=True, kw_only=True)
class Target:
    """An object by its id, with what an act on it names besides."""

    kind: NodeKind
    id: str
    structure: str
    version: int = 1
    user: int | None = None
    active: bool = True
    memberships: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    rights: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    secondary: list[str] = field(default_factory=list)


class States:
    """The people of the scene, and the targets by what they are."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.world: World = scene.world
        self.targets: dict[str, Target] = {}
        self._undecided: list[str] = []

    @classmethod
    async def set_up(cls, world: World) -> Self:
        """Put everything in."""
        states = cls(await Scene.set_up(world))
        await world.together(states._put_in)
        await states._act()
        await states._name()
        return states

    async def _put_in(self) -> None:
        world, scene = self.world, self.scene
        private = scene.structures[PRIVATE]
        await world.user("New Comer", login=NEWCOMER)
        for kind in (PRIVATE, PUBLIC, RETIRED):
            for area in (AreaCode.WORK_INVOICES, AreaCode.DATA_FLOW_OVERVIEW):
                await world.opening(scene.structures[kind], area)
        await world.service(private, "STOCK")
        await world.service(private, "OFF", enabled=False)
        scene.people[EVERYWHERE] = await world.user("Everywhere Person")
        scene.people[PROGRAM] = await world.user("Program Person", kind=UserKind.TECHNICAL)
        for name in (EVERYWHERE, PROGRAM):
            await world.member(private, scene.person(name))
        for status in (UserStatus.DEACTIVATED, UserStatus.PENDING_ACTIVATION):
            for life in (MembershipStatus.ACTIVE, MembershipStatus.INACTIVE):
                await world.member(private, await world.user(status=status), status=life)
        for life in (MembershipStatus.ACTIVE, MembershipStatus.INACTIVE):
            peer = await world.user("Other Second")
            await world.member(private, peer, role=Role.SECONDARY_MANAGER, status=life)
        await world.member(private, await world.user(), status=MembershipStatus.DELETED)
        away = [await world.service(private, "AWAY")]
        inactive = MembershipStatus.INACTIVE
        await world.member(private, await world.user(), services=away, status=inactive)
        places = [scene.structures[kind].id for kind in (PRIVATE, PUBLIC, RETIRED)]
        live = Membership.status != MembershipStatus.DELETED
        for member in await world.all(Membership, live, Membership.structure_id.in_(places)):
            await world.right(member)
            await world.right(member, AreaCode.WORK_INVOICES)
        await world.bank_account(
            private, "Closed", status=BankAccountStatus.CLOSED, closed_at=world.now
        )
        await self._requests()
        await self._cards()

    async def _requests(self) -> None:
        world, scene = self.world, self.scene
        private = scene.structures[PRIVATE]
        expired = world.now - LIFETIME - timedelta(days=1)
        await world.connection_request(private, await world.user(), created_at=expired)
        own = await world.all(Membership, Membership.structure_id == private.id)
        for name in (PRIMARY, SECONDARY):
            (member,) = (one for one in own if one.user_id == scene.person(name).id)
            await world.subscription_request(member, AreaCode.EDI_API_CONNECTIONS)
        for _ in range(2):
            asked = await world.connection_request(private, await world.user())
            self._undecided.append(world.id(asked))
        simple = scene.memberships[PRIVATE, SIMPLE]
        asked = await world.subscription_request(simple, AreaCode.WORK_INVOICES)
        self._undecided.append(world.id(asked))

    async def _act(self) -> None:
        """Do what leaves its traces: decide, withdraw, and take a change of identifier back."""
        validated, refused, withdrawn = self._undecided
        await self._done(SECONDARY, "validateConnectionRequests", requests=[{"id": validated}])
        refusal = {"id": refused, "reason": "Not one of ours."}
        await self._done(SECONDARY, "refuseConnectionRequests", requests=[refusal])
        await self._done(SIMPLE, "cancelRequests", requestIds=[withdrawn])
        card = self.world.id(self.scene.structures[REPLACED])
        new = {"identifier": {"value": siret(900)}, "confirmDifferentSiren": True}
        await self._done(SUPPORT, "changeIdentifier", structureId=card, version=1, **new)
        (successor,) = await self.world.all(Structure, Structure.predecessor_id.is_not(None))
        self.scene.structures[SUCCESSOR] = successor
        for name, one in (("deactivate", self.world.id(successor)), ("reactivate", card)):
            why = {"reason": "It was a mistake."}
            await self._done(SUPPORT, f"{name}Structures", structureIds=[one], **why)

    async def _done(self, who: str, name: str, **given: Any) -> None:
        items = "" if name in SINGLE else "results { error { code } }"
        document = (
            f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{"
            f" {name}(input: $input) {{ {items} errors {{ code }} }} }}"
        )
        payload = (await self.world.ask(self.scene.person(who), document, input=given)).data[name]
        assert not payload["errors"]
        assert all(one["error"] is None for one in payload.get("results", ()))

    async def _cards(self) -> None:
        world, people = self.world, self.scene
        for kind in (REPLACED, LOCAL):
            card = await world.structure(
                f"The {kind} one", primary=people.person(PRIMARY), local_authority=kind == LOCAL
            )
            await world.member(card, people.person(SECONDARY), role=Role.SECONDARY_MANAGER)
            await world.member(card, await world.user())
            for area in (AreaCode.ISSUED_INVOICES, AreaCode.DATA_FLOW_OVERVIEW):
                await world.opening(card, area)
            people.structures[kind] = card
        gone = await world.user(status=UserStatus.DEACTIVATED)
        people.structures[ORPHANED] = orphaned = await world.structure(primary=gone)
        for role in (Role.SECONDARY_MANAGER, Role.SIMPLE_USER):
            await world.member(orphaned, await world.user(), role=role)
        await world.retire(orphaned)

    async def _name(self) -> None:
        for kind in (PRIVATE, PUBLIC, RETIRED, REPLACED, LOCAL, SUCCESSOR, ORPHANED):
            card = await self.world.reload(self.scene.structures[kind])
            await self._name_all_of(kind, card)

    async def _name_all_of(self, place: str, structure: Structure) -> None:
        world = self.world
        held = {
            table: await world.all(table, table.structure_id == structure.id) for table in TABLES
        }
        texts = {table: list(map(world.id, held[table])) for table in TABLES[1:]}
        beside: dict[str, Any] = {
            "structure": world.id(structure),
            "services": texts[Service],
            "memberships": texts[Membership],
            "secondary": [
                world.id(one) for one in held[Membership] if one.role == Role.SECONDARY_MANAGER
            ],
        }
        everything = {"rights": texts[AreaSubscription], "requests": texts[Request]}
        self._add(f"{place} structure", structure, **beside, **everything)
        if place not in {PRIVATE, RETIRED}:
            return
        for one in [one for table in TABLES[2:] for one in held[table]]:
            words = (getattr(one, name, None) or "" for name in ("kind", "code", "status", "area"))
            # A user of each kind is enough for each service.
            some = {**beside, "memberships": texts[Membership][:4]}
            self._add(f"{place} {type(one).__name__} {one.id} {' '.join(words)}", one, **some)
        for member in held[Membership]:
            name = f"{place} membership {member.id} {member.status} {member.role} {member.scope}"
            rights = [one for one in held[AreaSubscription] if one.membership_id == member.id]
            self._add(name, member, **beside, rights=list(map(world.id, rights)))
            listed = [
                one.service_id for one in held[ServiceMembership] if one.membership_id == member.id
            ]
            if member.scope == MembershipScope.ALL_SERVICES:
                listed = [one.id for one in held[Service]]
            for number in listed[:1]:
                ids = (NodeKind.SERVICE_USER, member.id, number)
                self.targets[f"{name} on a service"] = Target(
                    kind=NodeKind.SERVICE_USER,
                    id=world.parts.node_ids.encode(*ids),
                    structure=world.id(structure),
                    services=[world.parts.node_ids.encode(NodeKind.SERVICE, number)],
                    memberships=[world.id(member)],
                )

    def _add(self, name: str, entity: Any, **named: Any) -> None:
        text = self.world.id(entity)
        kind = NodeKind(text.partition("_")[0])
        self.targets[name] = Target(
            kind=kind,
            id=text,
            version=getattr(entity, "version", 1),
            user=getattr(entity, "user_id", None),
            active=getattr(entity, "status", "ACTIVE") == "ACTIVE",
            **named,
        )
