"""A structure with its people, and the acts on its requests over HTTP."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from models.accounts import User, UserStatus
from models.memberships import Membership, MembershipStatus, Role
from models.requests import Request
from models.services import Service
from models.structures import Structure
from tests.world import World


REQUEST = """
    mutation ($input: RequestConnectionInput!) { requestConnection(input: $input) {
        request { id status comment structure { id } }
        effects { kind count user { displayName } structure { id } }
        errors { __typename code field message
            ... on LimitError { limit retryAfter }
            ... on StructureInactiveError { successor { id } } } } }
"""
VALIDATE = """
    mutation ($input: ValidateConnectionRequestsInput!) { validateConnectionRequests(input: $input) {
        results { id request { status version decidedBy { displayName } } error { ...Error } }
        effects { kind count before after user { displayName } service { code } }
        errors { ...Error } } }
    fragment Error on UserError { __typename code field
        ... on InvalidError { expected }
        ... on ForbiddenError { action passingRoles }
        ... on StaleVersionError { currentVersion }
        ... on LimitError { limit }
        ... on AlreadyDecidedError { status decidedBy { displayName } decidedAt }
        ... on StructureInactiveError { successor { id } } }
"""
REFUSE = """
    mutation ($input: RefuseConnectionRequestsInput!) { refuseConnectionRequests(input: $input) {
        results { id request { status refusalReason } error { __typename code field
            ... on AlreadyDecidedError { status } ... on InvalidError { expected } } }
        effects { kind user { displayName } } errors { code } } }
"""
CANCEL = """
    mutation ($input: CancelRequestsInput!) { cancelRequests(input: $input) {
        results { id request { __typename status } error { __typename code
            ... on ForbiddenError { action passingRoles } } }
        effects { kind } errors { code } } }
"""


class Firm:
    """A private structure with two managers and two services, and someone outside."""

    world: World
    structure: Structure
    primary: User
    secondary: User
    outsider: User
    sales: Service
    stock: Service

    @classmethod
    async def found(cls, world: World) -> "Firm":
        firm = cls()
        firm.world = world
        await world.together(firm._put_in)
        return firm

    async def _put_in(self) -> None:
        world = self.world
        self.primary = await world.user("Paule Primary")
        self.secondary = await world.user("Serge Second")
        self.outsider = await world.user("Olga Outside")
        self.structure = await world.structure(primary=self.primary)
        await world.member(self.structure, self.secondary, role=Role.SECONDARY_MANAGER)
        self.sales = await world.service(self.structure, "SALES")
        self.stock = await world.service(self.structure, "STOCK")

    async def request(self, person: User, **given: Any) -> Any:
        given = {"structureId": self.world.id(self.structure)} | given
        return (await self.world.ask(person, REQUEST, input=given)).data["requestConnection"]

    async def validate(self, person: User, *requests: Any, **given: Any) -> Any:
        given = {"requests": [self.item(one) for one in requests]} | given
        answer = await self.world.ask(person, VALIDATE, input=given)
        return answer.data["validateConnectionRequests"]

    async def refuse(self, person: User, *requests: Any, **given: Any) -> Any:
        items = [{"reason": "Not one of us."} | self.item(one) for one in requests]
        answer = await self.world.ask(person, REFUSE, input={"requests": items} | given)
        return answer.data["refuseConnectionRequests"]

    async def cancel(self, person: User, *requests: Request) -> Any:
        ids = [self.world.id(request) for request in requests]
        answer = await self.world.ask(person, CANCEL, input={"requestIds": ids})
        return answer.data["cancelRequests"]

    async def clerk(
        self,
        *,
        services: Iterable[Service] | None = None,
        status: MembershipStatus = MembershipStatus.ACTIVE,
        account: UserStatus = UserStatus.ACTIVE,
    ) -> User:
        clerk = await self.world.user("Carla Clerk", status=account)
        await self.world.member(self.structure, clerk, services=services, status=status)
        return clerk

    def item(self, one: Any) -> dict[str, Any]:
        return one if isinstance(one, dict) else {"id": self.world.id(one)}

    def later(self, days: int) -> None:
        self.world.now += timedelta(days=days)
        self.world._tokens.clear()

    async def membership_of(self, person: User) -> Membership:
        return (await self.world.all(Membership, Membership.user_id == person.id))[-1]


def code(payload: Any) -> Any:
    if "results" in payload:
        return [result["error"] and result["error"]["code"] for result in payload["results"]]
    return [error["code"] for error in payload["errors"]]
