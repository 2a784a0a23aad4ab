"""Whose membership who may touch, written by hand from the sheets, and a firm to ask in."""

from typing import Any

from models.accounts import User
from models.areas import AreaSubscription
from models.memberships import Membership, MembershipStatus
from models.requests import Request
from tests import membership_acts as life
from tests.area_acts import end, put, to_set
from tests.firm import Firm, code
from tests.rights.expected import PRIMARY, SECONDARY, SIMPLE, SUPPORT
from tests.world import World


PEER, IDLE_SIMPLE, IDLE_PEER = "another secondary", "inactive simple", "inactive secondary"
REASON = {"reason": "He has left the firm."}
MANAGERS = {SECONDARY, PRIMARY}
OFFICE = MANAGERS | {SUPPORT}
OF_SECONDARY = {PRIMARY, SUPPORT}

MAY: dict[str, dict[str, set[str]]] = {
    # r13; who is inactive comes back by it, a secondary manager by the primary one alone (3.4).
    "USER_ATTACH": {SIMPLE: MANAGERS, PEER: {PRIMARY}},
    # 3.3: validating the request of an inactive secondary manager takes his role.
    "CONNECTION_REQUEST_DECIDE": {SIMPLE: MANAGERS, PEER: {PRIMARY}},
    # r16
    "SECONDARY_MANAGER_APPOINT": {SIMPLE: {PRIMARY}, PEER: {PRIMARY}, PRIMARY: set()},
    # r13, r14, r15
    "MEMBERSHIP_DEACTIVATE": {
        SIMPLE: OFFICE,
        PEER: OF_SECONDARY,
        SECONDARY: OF_SECONDARY,
        PRIMARY: set(),
    },
    "MEMBERSHIP_REACTIVATE": {SIMPLE: MANAGERS, PEER: OF_SECONDARY},
    "MEMBERSHIP_DELETE": {
        SIMPLE: MANAGERS,
        PEER: OF_SECONDARY,
        SECONDARY: OF_SECONDARY,
        PRIMARY: set(),
    },
    # r8; managers reach all services (1.4).
    "SERVICE_USER_MANAGE": {SIMPLE: MANAGERS, PEER: set(), SECONDARY: set(), PRIMARY: set()},
    # 3.7: another manager's are for the primary one; everybody gives up issued invoices himself.
    "SUBSCRIPTION_SET": {
        SIMPLE: MANAGERS,
        PEER: {PRIMARY},
        SECONDARY: MANAGERS,
        PRIMARY: {PRIMARY},
    },
    "SUBSCRIPTION_END": {
        SIMPLE: MANAGERS | {SIMPLE},
        PEER: {PRIMARY},
        SECONDARY: MANAGERS,
        PRIMARY: {PRIMARY},
    },
}
"""Who may do what to whose membership, written by hand from domain.md 2.2."""

ASKED: dict[str, tuple[str, ...]] = {
    "USER_ATTACH": (IDLE_SIMPLE, IDLE_PEER),
    "CONNECTION_REQUEST_DECIDE": (IDLE_SIMPLE, IDLE_PEER),
    "SECONDARY_MANAGER_APPOINT": (SIMPLE, PEER, PRIMARY),
    "MEMBERSHIP_DEACTIVATE": (SIMPLE, PEER, SECONDARY, PRIMARY),
    "MEMBERSHIP_REACTIVATE": (IDLE_SIMPLE, IDLE_PEER),
    "MEMBERSHIP_DELETE": (SIMPLE, PEER, SECONDARY, PRIMARY),
    "SERVICE_USER_MANAGE": (SIMPLE, PEER, SECONDARY, PRIMARY),
    "SUBSCRIPTION_SET": (SIMPLE, PEER, SECONDARY, PRIMARY),
    "SUBSCRIPTION_END": (SIMPLE, PEER, SECONDARY, PRIMARY),
}
"""Whose memberships are asked about, and put before the acts in one call."""

NOT_TOLD = {"USER_ATTACH", "CONNECTION_REQUEST_DECIDE"}
"""What a membership is not asked about beforehand: it is done to a login, or to a request."""

WHOSE = {IDLE_SIMPLE: SIMPLE, IDLE_PEER: PEER}
INSTEAD = {
    "USER_ATTACH": "FORBIDDEN",
    "CONNECTION_REQUEST_DECIDE": "FORBIDDEN",
    "SUBSCRIPTION_SET": "FORBIDDEN",
    "SUBSCRIPTION_END": "FORBIDDEN",
    "SERVICE_USER_MANAGE": "CONFLICT",
}
"""What an act says that may not be done; the primary manager's role is only handed over."""


class Staff:
    """A firm with one of each, and what they ask."""

    def __init__(self, firm: Firm, support: User) -> None:
        self.firm = firm
        self.people = {SECONDARY: firm.secondary, PRIMARY: firm.primary, SUPPORT: support}
        self.held: dict[str, Membership] = {}
        self.rights: dict[str, AreaSubscription] = {}
        self.requests: dict[str, Request] = {}

    @classmethod
    async def gather(cls, world: World) -> "Staff":
        firm = await Firm.found(world)
        staff = cls(firm, await life.support_of(firm))
        staff.people[SIMPLE] = clerk = await firm.clerk()
        inactive = MembershipStatus.INACTIVE
        await world.opening(firm.structure)
        staff.held = {
            SIMPLE: await firm.membership_of(clerk),
            SECONDARY: await firm.membership_of(firm.secondary),
            PRIMARY: await firm.membership_of(firm.primary),
            PEER: await life.second_manager(firm),
            IDLE_SIMPLE: await firm.membership_of(await firm.clerk(status=inactive)),
            IDLE_PEER: await life.second_manager(firm, status=inactive),
        }
        for whose in (SIMPLE, PEER, SECONDARY, PRIMARY):
            staff.rights[whose] = await world.right(staff.held[whose])
        users = {user.id: user for user in await world.all(User)}
        for whose in (IDLE_SIMPLE, IDLE_PEER):
            asker = users[staff.held[whose].user_id]
            staff.requests[whose] = await world.connection_request(firm.structure, asker)
        return staff

    async def is_told(self, who: str, action: str) -> bool:
        """Check what *who* is told of *action* on each of the memberships."""
        document = """
            query ($ids: [ID!]!, $action: Action!) { nodes(ids: $ids) { ... on Membership {
                viewerCan(actions: [$action]) { allowed } } } }
        """
        asked = ASKED[action]
        ids = [self.firm.world.id(self.held[one]) for one in asked]
        answer = await self.firm.world.ask(self.people[who], document, ids=ids, action=action)
        # Of others' memberships a simple user is told nothing.
        told = [
            node is not None and node["viewerCan"][0]["allowed"] for node in answer.data["nodes"]
        ]
        return told == [who in MAY[action][WHOSE.get(one, one)] for one in asked]

    async def acts(self, who: str, action: str) -> bool:
        """Check what becomes of the act on each of the memberships, without doing it."""
        asked = ASKED[action]
        expected = [
            None if who in MAY[action][WHOSE.get(one, one)] else self._refusal(action, one)
            for one in asked
        ]
        found: list[str | None] = await self._codes(self.people[who], action, asked)
        return found == expected

    def _refusal(self, action: str, whose: str) -> str:
        usual = "PRIMARY_MUST_TRANSFER" if whose == PRIMARY else "FORBIDDEN"
        return INSTEAD.get(action, usual)

    async def _codes(self, person: User, action: str, asked: tuple[str, ...]) -> Any:
        held = [self.held[one] for one in asked]
        if action == "SERVICE_USER_MANAGE":
            return [await self._scope(person, one) for one in held]
        if action == "SECONDARY_MANAGER_APPOINT":
            acts = [life.revoke if one == PEER else life.appoint for one in asked]
            given = [
                await act(self.firm, person, one, dryRun=True)
                for act, one in zip(acts, held, strict=True)
            ]
            return [next(iter(code(one)), None) for one in given]
        return code(await self._listed(person, action, asked, held))

    async def _listed(
        self, person: User, action: str, asked: tuple[str, ...], held: list[Membership]
    ) -> Any:
        """Do an act that takes a list."""
        firm = self.firm
        if action == "USER_ATTACH":
            users = {user.id: user for user in await firm.world.all(User)}
            named = [users[one.user_id] for one in held]
            return await life.attach(firm, person, *named, dryRun=True)
        if action == "CONNECTION_REQUEST_DECIDE":
            requests = [self.requests[one] for one in asked]
            return await firm.validate(person, *requests, dryRun=True)
        if action == "SUBSCRIPTION_SET":
            items = [to_set(firm, one, "MODIFICATION") for one in held]
            return await put(firm, person, *items, dryRun=True)
        if action == "SUBSCRIPTION_END":
            return await end(firm, person, *(self.rights[one] for one in asked), dryRun=True)
        name = action.removeprefix("MEMBERSHIP_").lower()
        return await getattr(life, name)(firm, person, *held, dryRun=True, **REASON)

    async def _scope(self, person: User, membership: Membership) -> str | None:
        document = """mutation ($input: SetMembershipScopeInput!) {
            setMembershipScope(input: $input) { errors { code } } }"""
        given: dict[str, Any] = {"membershipId": self.firm.world.id(membership)}
        given |= {"version": membership.version, "scope": "ALL_SERVICES", "dryRun": True}
        answer = await self.firm.world.ask(person, document, input=given)
        return next(iter(code(answer.data["setMembershipScope"])), None)
