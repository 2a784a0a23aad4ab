"""Ids that a viewer may not know of, and every place of the schema that takes an id."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from graphql import (
    GraphQLType,
    get_named_type,
    is_input_object_type,
    is_interface_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from models.accounts import User, UserKind, UserStatus
from models.history import ManagerAction, TargetType
from models.identifiers import IdentifierType
from models.memberships import Membership, MembershipStatus
from models.policy import Action
from models.requests import RequestStatus
from models.structures import Structure
from resolvers.node_ids import NodeKind
from schema.root import schema
from tests.rights.scene import Scene


MISSING = 999_999_999
RESULTS = "results { id error { __typename code message field } }"
ERRORS = "errors { __typename code message field } effects { kind count }"


@dataclass(frozen=True)
class Place:
    """
    Where an id is given.

    *kinds* are those that it takes, *given* makes the variables of *document* from what is given
    there; *many* says that a list is.
    """

    kinds: tuple[NodeKind, ...]
    document: str
    given: Callable[[Any], dict[str, Any]]
    many: bool = False


def mutation(name: str, items: str = "") -> str:
    """Write the document of a mutation."""
    kind = name[0].upper() + name[1:]
    return f"mutation ($input: {kind}Input!) {{ {name}(input: $input) {{ {items} {ERRORS} }} }}"


def places_of_schema() -> dict[str, bool]:
    """Walk the schema: every place that takes an id, and whether it takes a list of them."""
    found: dict[str, bool] = {}
    for name, kind in schema._schema.type_map.items():
        if name.startswith("__") or not (is_object_type(kind) or is_interface_type(kind)):
            continue
        for field, definition in kind.fields.items():
            for argument, taken in definition.args.items():
                for path, many in _ids(taken.type, argument):
                    found[f"{name}.{field}({path})"] = many
    return found


def _ids(kind: GraphQLType, path: str) -> Iterator[tuple[str, bool]]:
    named: Any = get_named_type(kind)
    if named.name == "ID":
        yield path, is_list_type(kind.of_type if is_non_null_type(kind) else kind)
    elif is_input_object_type(named):
        for field, definition in named.fields.items():
            yield from _ids(definition.type, f"{path}.{field}")


class Foreign:
    """Objects of structures that nobody of the scene has to do with, by their kinds."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.manager = User()
        self.hidden: dict[NodeKind, dict[str, str]] = {kind: {} for kind in NodeKind}
        self.unusable: dict[str, str] = {}

    @classmethod
    async def set_up(cls, scene: Scene) -> Self:
        """Put everything in."""
        foreign = cls(scene)
        await foreign._individual()
        await foreign._private()
        await foreign._ended()
        await foreign._accounts()
        return foreign

    def _keep(self, entity: Any, what: str, kind: NodeKind | None = None) -> None:
        if kind is None:
            text = self.scene.world.id(entity)
            kind = next(one for one in NodeKind if text.startswith(f"{one.value}_"))
        self.hidden[kind][what] = self.encode(kind, entity.id)

    def encode(self, kind: NodeKind, *numbers: int) -> str:
        """Write an id."""
        return self.scene.world.parts.node_ids.encode(kind, *numbers)

    def missing(self, kind: NodeKind) -> str:
        """Write a well-formed id of an object of *kind* that does not exist."""
        numbers = (MISSING,) * (2 if kind == NodeKind.SERVICE_USER else 1)
        return self.encode(kind, *numbers)

    async def _individual(self) -> None:
        world = self.scene.world
        for name, retired in (("active", False), ("inactive", True)):
            person = await world.structure(
                f"Hidden {name}",
                identifier_type=IdentifierType.INDIVIDUAL,
                identifier=f"HIDDEN{name.upper()}1970",
            )
            if retired:
                await world.retire(person)
            self._keep(person, f"{name} private person")

    async def _private(self) -> None:
        world = self.scene.world
        self.manager = await world.user("Foreign Manager")
        for name, retired in (("active", False), ("inactive", True)):
            card = await world.structure(f"Foreign {name}", primary=self.manager)
            used = await world.service(card, "USED")
            member = await world.member(card, await world.user("Foreign Member"), services=[used])
            self._keep(used, f"service of an {name} structure")
            self._keep(await world.service(card, "IDLE", enabled=False), f"{name} idle service")
            self._keep(await world.opening(card), f"opening of an {name} structure")
            self._keep(member, f"membership of an {name} structure")
            right = await world.right(member, service=used)
            self._keep(right, f"right of an {name} structure")
            account = await world.bank_account(card, is_default=True)
            self._keep(account, f"bank account of an {name} structure")
            mandate = await world.mandate(card, self.manager)
            self._keep(mandate, f"mandate of an {name} structure")
            pair = self.encode(NodeKind.SERVICE_USER, member.id, used.id)
            self.hidden[NodeKind.SERVICE_USER][f"service user of an {name} structure"] = pair
            await self._requests(card, member, RequestStatus.CANCELLED)
            if not retired:
                await self._requests(card, member, RequestStatus.PENDING)
            await self._act(card.id, f"act on an {name} structure")
            if retired:
                await world.retire(card)

    async def _requests(self, card: Structure, member: Membership, status: RequestStatus) -> None:
        world = self.scene.world
        decided_at = None if status == RequestStatus.PENDING else world.now
        state: dict[str, Any] = {"status": status, "decided_at": decided_at}
        asker = await world.user("Foreign Asker")
        what = f"{status.value} request on {card.name}"
        self._keep(await world.connection_request(card, asker, **state), what)
        self._keep(await world.subscription_request(member, **state), what)

    async def _act(self, structure_id: int, what: str) -> None:
        act = ManagerAction(
            structure_id=structure_id,
            at=self.scene.world.now,
            action=Action.IDENTIFIER_CHANGE,
            target_type=TargetType.STRUCTURE,
            target_id=structure_id,
            changes=[],
        )
        await self.scene.world.add(act)
        self._keep(act, what, NodeKind.MANAGER_ACTION)

    async def _ended(self) -> None:
        world = self.scene.world
        card = await world.structure("Foreign past")
        gone = await world.user("Foreign Leaver")
        left = await world.member(card, gone, status=MembershipStatus.DELETED)
        self._keep(left, "deleted membership")

    async def _accounts(self) -> None:
        world = self.scene.world
        self._keep(await world.user("Foreign Person"), "person")
        for status in UserStatus:
            if status != UserStatus.ACTIVE:
                account = await world.user("Foreign Account", status=status)
                self.unusable[status.value] = world.id(account)
        program = await world.user("Foreign Program", kind=UserKind.TECHNICAL)
        self.unusable["program"] = world.id(program)
        self.hidden[NodeKind.USER] |= self.unusable


def malformed(text: str) -> dict[str, str]:
    """Give texts that are no ids, some of them made of *text*, which is one."""
    prefix, _, body = text.partition("_")
    flipped = "A" if body[0] != "A" else "B"
    return {
        "empty": "",
        "a number": "7",
        "another tag": f"{prefix}_{flipped}{body[1:]}",
        "another prefix": f"zz_{body}",
        "very long": f"{prefix}_{'A' * 4_000}",
        "padded": f"{text}==",
        "not ASCII": f"{prefix}_é",
    }
