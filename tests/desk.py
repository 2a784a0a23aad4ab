"""A firm in which every act of a manager finds something to do to somebody."""

from collections.abc import Callable
from typing import Any

from graphql import get_named_type

from models.accounts import PlatformRole, User
from models.areas import AreaMode
from models.memberships import MembershipStatus, Role, ServiceMembership
from schema.root import schema
from tests.firm import Firm
from tests.world import siret


INACTIVE = MembershipStatus.INACTIVE
WHOLE = {"wholeStructure": True}
HISTORY = """
    query ($id: ID!, $user: ID!) { structure(by: {id: $id}) {
        history(filter: {userId: $user}) { nodes { changes { field before after } } } } }
"""
ACROSS = """errors { code } effects { kind before after user { id } structure { id identifier } area { code }
    service { code } }"""


def fields(name: str) -> Any:
    """Give the fields of the payload of a mutation."""
    offered = schema._schema.mutation_type
    assert offered is not None
    return get_named_type(offered.fields[name].type).fields


class Desk:
    """A firm in which every act of a manager finds something to do to somebody."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        self.world = firm.world

    async def set_up(self) -> None:
        firm, world = self.firm, self.world
        self.support = await world.user("Sam Support", platform_role=PlatformRole.SUPPORT)
        self.whole = await world.opening(firm.structure)
        self.part = await world.opening(firm.structure, service=firm.sales)
        self.clerk = await firm.clerk(services=[firm.sales, firm.stock])
        self.member = await firm.membership_of(self.clerk)
        self.right = await world.right(self.member, mode=AreaMode.MODIFICATION)
        await world.right(self.member, service=firm.sales)
        await world.subscription_request(self.member, service=firm.stock)
        self.junior = await world.user("June Junior")
        self.colleague = await world.member(firm.structure, self.junior, services=[firm.sales])
        self.asked = await world.subscription_request(self.colleague, service=None)
        self.former = await world.user("Fred Former")
        self.revived = await world.member(
            firm.structure, self.former, role=Role.SECONDARY_MANAGER, status=INACTIVE
        )
        await world.right(self.revived, service=firm.sales)
        self.returning = await world.connection_request(firm.structure, self.former, [firm.sales])
        self.asking = await world.connection_request(
            firm.structure, firm.outsider, [firm.sales, firm.stock]
        )
        self.off = await world.service(firm.structure, "OFF", enabled=False)
        waiting = ServiceMembership(
            structure_id=firm.structure.id,
            membership_id=self.colleague.id,
            service_id=self.off.id,
            status=INACTIVE,
            created_at=world.now,
            updated_at=world.now,
        )
        await world.add(waiting)
        self.primary = await firm.membership_of(firm.primary)
        await world.right(self.primary)
        await world.subscription_request(self.primary, service=firm.stock)
        self.second = await firm.membership_of(firm.secondary)
        await world.right(self.second)

    def id(self, entity: Any) -> str:
        return self.world.id(entity)

    def ids(self, *entities: Any) -> list[str]:
        return [self.id(entity) for entity in entities]

    async def tell(self, who: User, name: str, given: dict[str, Any]) -> list[dict[str, Any]]:
        """Do the act of *name*; give the effects on users, without the messages."""
        foreseen = await self._effects(who, name, given | {"dryRun": True})
        done = await self._effects(who, name, given)
        # Whom nobody sees any more afterwards, the dry run named.
        pairs = zip(foreseen, done, strict=True)
        whole = [later | {"user": later["user"] or before["user"]} for before, later in pairs]
        return [one for one in whole if one["user"] and one["kind"] != "NOTIFICATION"]

    async def _effects(self, who: User, name: str, given: dict[str, Any]) -> list[dict[str, Any]]:
        kind = name[0].upper() + name[1:]
        results = "results { error { code } }" if "results" in fields(name) else ""
        document = (
            f"mutation ($input: {kind}Input!) {{ done: {name}(input: $input)"
            f" {{ {ACROSS} {results} }} }}"
        )
        done = (await self.world.ask(who, document, input=given)).data["done"]
        errors = done["errors"] + [one for one in done.get("results", ()) if one["error"]]
        assert errors == []
        effects: list[dict[str, Any]] = done["effects"]
        return effects

    async def history(self, structure: str, user: str) -> list[list[dict[str, Any]]]:
        """Read what the history tells under *user*, as the support does."""
        answer = await self.world.ask(self.support, HISTORY, id=structure, user=user)
        return [node["changes"] for node in answer.data["structure"]["history"]["nodes"]]


def _attachment(desk: Desk, who: User) -> dict[str, Any]:
    firm = desk.firm
    listed = {"scope": "LISTED", "serviceIds": desk.ids(firm.stock)}
    return {"structureId": desk.id(firm.structure), "login": who.login} | listed


def _opening(desk: Desk, **given: Any) -> dict[str, Any]:
    place = {"structureId": desk.id(desk.firm.structure), "scope": WHOLE}
    return {"areas": [place | {"area": "ISSUED_INVOICES", "mode": "CONSULTATION"} | given]}


def _versioned(desk: Desk, entity: Any, field: str, **given: Any) -> dict[str, Any]:
    return {field: desk.id(entity), "version": entity.version} | given


def _setting(desk: Desk) -> dict[str, Any]:
    usual = {"membershipId": desk.id(desk.member), "area": "ISSUED_INVOICES"}
    scope = {"scope": {"serviceId": desk.id(desk.firm.stock)}}
    return {"subscriptions": [usual | scope | {"mode": "MODIFICATION"}]}


def _transfer(desk: Desk, after: str) -> dict[str, Any]:
    structures = {"structureIds": desk.ids(desk.firm.structure), "afterTransfer": after}
    return structures | {"successor": {"login": desk.clerk.login}}


Asked = Callable[[Desk], tuple[User, dict[str, Any]]]

ASKED: dict[str, Asked] = {
    "appointSecondaryManager": lambda d: (
        d.firm.primary,
        _versioned(d, d.member, "membershipId"),
    ),
    "attachUsers": lambda d: (
        d.firm.primary,
        {"users": [_attachment(d, d.former), _attachment(d, d.firm.outsider)]},
    ),
    "changeIdentifier": lambda d: (
        d.firm.primary,
        _versioned(
            d,
            d.firm.structure,
            "structureId",
            identifier={"value": siret(900)},
            confirmDifferentSiren=True,
        ),
    ),
    "closeAreas": lambda d: (
        d.firm.secondary,
        {"structureAreaIds": d.ids(d.whole, d.part)},
    ),
    "createStructure": lambda d: (
        d.firm.outsider,
        {"identity": {"legalEntity": {"identifier": {"value": siret(901)}, "name": "New"}}},
    ),
    "deactivateMemberships": lambda d: (
        d.firm.primary,
        {"membershipIds": d.ids(d.member, d.second)},
    ),
    "deactivateService": lambda d: (
        d.firm.primary,
        _versioned(d, d.firm.sales, "serviceId", force=True),
    ),
    "deactivateStructures": lambda d: (
        d.support,
        {"structureIds": d.ids(d.firm.structure), "reason": "They have closed."},
    ),
    "deleteMemberships": lambda d: (
        d.firm.primary,
        {"membershipIds": d.ids(d.member, d.second)},
    ),
    "disableServiceUsers": lambda d: (
        d.firm.secondary,
        {"serviceId": d.id(d.firm.sales), "membershipIds": d.ids(d.member)},
    ),
    "duplicateRights": lambda d: (
        d.firm.secondary,
        {"sourceMembershipId": d.id(d.member), "membershipIds": d.ids(d.colleague)},
    ),
    "enableServiceUsers": lambda d: (
        d.firm.secondary,
        {"serviceId": d.id(d.firm.stock), "membershipIds": d.ids(d.colleague)},
    ),
    "endSubscriptions": lambda d: (
        d.firm.secondary,
        {"subscriptionIds": d.ids(d.right)},
    ),
    "leaveStructures": lambda d: (
        d.clerk,
        {"structureIds": d.ids(d.firm.structure)},
    ),
    "openAreas": lambda d: (
        d.firm.secondary,
        _opening(d),
    ),
    "openAreas, and subscribe": lambda d: (
        d.firm.secondary,
        _opening(d, area="WORK_INVOICES", subscribeMe=True),
    ),
    "reactivateMemberships": lambda d: (
        d.firm.primary,
        {"membershipIds": d.ids(d.revived)},
    ),
    "reactivateService": lambda d: (
        d.firm.primary,
        _versioned(d, d.off, "serviceId"),
    ),
    "requestSubscription": lambda d: (
        d.junior,
        {
            "structureId": d.id(d.firm.structure),
            "area": "ISSUED_INVOICES",
            "mode": "CONSULTATION",
            "scope": {"serviceId": d.id(d.firm.sales)},
        },
    ),
    "revokeSecondaryManager": lambda d: (
        d.firm.primary,
        _versioned(d, d.second, "membershipId"),
    ),
    "setMembershipScope": lambda d: (
        d.firm.secondary,
        _versioned(d, d.member, "membershipId", scope="LISTED", serviceIds=d.ids(d.firm.stock)),
    ),
    "setMembershipScope, to all": lambda d: (
        d.firm.secondary,
        _versioned(d, d.member, "membershipId", scope="ALL_SERVICES"),
    ),
    "setSubscriptions": lambda d: (
        d.firm.secondary,
        _setting(d),
    ),
    "transferPrimaryManager": lambda d: (
        d.firm.primary,
        _transfer(d, "LEAVE"),
    ),
    "transferPrimaryManager, and stay": lambda d: (
        d.firm.primary,
        _transfer(d, "SECONDARY_MANAGER"),
    ),
    "validateConnectionRequests": lambda d: (
        d.firm.primary,
        {"requests": [{"id": one} for one in d.ids(d.asking, d.returning)]},
    ),
    "validateSubscriptionRequests": lambda d: (
        d.firm.secondary,
        {"requests": [{"id": d.id(d.asked)}]},
    ),
}
"""Who asks for what, by the name of the mutation."""
