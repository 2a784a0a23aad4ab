"""Connecting users by their logins, without a request (domain.md 3.4)."""

from collections.abc import Iterable
from typing import Annotated

from sqlalchemy import select
from typing_extensions import override

from models.accounts import User
from models.errors import ErrorCode, Invalid, LimitReached, NotFound, RuleRefused
from models.membership_life import require_touchable
from models.memberships import Membership, MembershipOrigin, MembershipScope, MembershipStatus
from models.outbox import NotificationKind
from models.policy import Action
from models.requests import RequestKind
from resolvers import granting
from resolvers.acts import MAXIMUM_ITEMS, Act, Undone, perform
from resolvers.deciding import fulfil
from resolvers.effects import EffectKind
from resolvers.giving import waiting_requests
from resolvers.membership_inputs import AttachUsersInput, UserAttachment
from resolvers.membership_life import tell_persons
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Problem, Target
from resolvers.places import take_places
from resolvers.request_inputs import WHAT_TO_DO


class AttachUsers(Act):
    """Connects users to structures as simple users."""

    action = Action.USER_ATTACH
    items_field = "users"
    given: AttachUsersInput

    def _structure(self, item: UserAttachment) -> int:
        return self.writing.number(item.structure_id, NodeKind.STRUCTURE)

    def _login(self, item: UserAttachment) -> str:
        return item.login.strip().lower() if item.login.isprintable() else ""

    def _numbers(self, item: UserAttachment) -> list[int]:
        found = {self.writing.number(text, NodeKind.SERVICE) for text in item.service_ids or ()}
        return sorted(found)

    @override
    async def aim(self) -> Iterable[int]:
        return {self._structure(item) for item in self.items}

    @override
    async def prepare(self) -> None:
        writing = self.writing
        self._missed = set[str]()
        try:
            writing.misses.refuse_exhausted(writing.viewer.id)
        except LimitReached as refused:
            raise Undone(Outcome(problems=[Problem.of(refused)])) from None
        self._users = await self._read_users()
        user_ids = [user.id for user in self._users.values()]
        self._held = await granting.live_memberships(writing, writing.structures, user_ids)
        numbers = [membership.id for membership in self._held.values()]
        self._listed = await granting.listings(writing, numbers)
        self._rights = await granting.rights_of(writing, numbers)
        named = {number for item in self.items for number in self._numbers(item)}
        self._services = await granting.services_of(writing, named)
        kinds = (RequestKind.CONNECTION,)
        self._asked = await waiting_requests(writing, writing.structures, user_ids, kinds)

    async def _read_users(self) -> dict[str, User]:
        # Held in one order by all, so that no account is deactivated meanwhile.
        statement = (
            select(User)
            .where(User.login.in_({self._login(item) for item in self.items}))
            .order_by(User.id)
            .with_for_update(read=True)
        )
        return {user.login: user for user in await self.writing.session.scalars(statement)}

    @override
    def target(self, item: UserAttachment) -> None:
        """Answer with nothing but the refusal: an item names a person, and no membership."""

    @override
    def subject(self, item: UserAttachment) -> Target | None:
        number = self._structure(item)
        held = self._membership(item)
        # Whoever manages nothing there would learn that the user is connected.
        known = self.writing.viewer.passes(self.action, number)
        return Target(NodeKind.MEMBERSHIP, held.id) if known and held is not None else None

    def _membership(self, item: UserAttachment) -> Membership | None:
        user = self._users.get(self._login(item))
        return None if user is None else self._held.get((self._structure(item), user.id))

    @override
    async def apply(self, item: UserAttachment) -> Target | None:
        writing, number = self.writing, self._structure(item)
        if not writing.sees_card(number):
            raise NotFound(field=("structureId",))
        writing.require(self.action, number)
        await writing.require_active(number)
        services = self._chosen(item, number)
        user = self._eligible(item, number)
        place = number, user.id
        known = place in self._held
        async with writing.saving():
            if known:
                self._confine(self._held[place], services)
            membership = await granting.connect(
                writing, place, self._held, services, self._listed, MembershipOrigin.MANAGER
            )
            self._leave_behind(membership)
        self._held[place] = membership
        foreseen = self.given.dry_run and not known
        return None if foreseen else Target(NodeKind.MEMBERSHIP, membership.id)

    def _chosen(self, item: UserAttachment, number: int) -> list[int] | None:
        field = ("serviceIds",)
        if item.scope == MembershipScope.ALL_SERVICES:
            if item.service_ids:
                message = "Name services only with the scope LISTED."
                raise Invalid(message, expected="No services.", field=field)
            return None
        if not item.service_ids or len(item.service_ids) > MAXIMUM_ITEMS:
            message = "Name the services that the user is to reach."
            raise Invalid(message, expected=f"1 to {MAXIMUM_ITEMS} services.", field=field)
        chosen = self._numbers(item)
        for service_id in chosen:
            service = self._services.get(service_id)
            granting.usable_service(self.writing, service, number, *field)
        return chosen

    def _eligible(self, item: UserAttachment, number: int) -> User:
        self.writing.misses.refuse_exhausted(self.writing.viewer.id)
        login = self._login(item)
        user = self._users.get(login)
        held = self._membership(item)
        if held is not None and held.status == MembershipStatus.ACTIVE:
            message = "This user is connected to the structure already."
            raise RuleRefused(ErrorCode.ALREADY_CONNECTED, message, field=("login",))
        if user is None or not user.may_manage:
            self._count_miss(login)
            message = "No active account of a person has this login."
            raise RuleRefused(ErrorCode.USER_NOT_ELIGIBLE, message, field=("login",))
        if held is not None:
            require_touchable(held, self.action, self.writing.viewer.standing(number))
        return user

    def _count_miss(self, login: str) -> None:
        if login not in self._missed:
            self.writing.misses.count(self.writing.viewer.id)
            self._missed.add(login)

    def _confine(self, membership: Membership, services: list[int] | None) -> None:
        """Let a membership that is revived reach what is given now, whatever it reached before."""
        writing, before = self.writing, membership.scope
        scope = MembershipScope.ALL_SERVICES if services is None else MembershipScope.LISTED
        kind = EffectKind.MEMBERSHIP_CHANGED
        if before != scope:
            membership.scope = scope
            writing.alter(membership, kind, before=before, after=scope)
        limited = before == MembershipScope.LISTED == scope
        take_places(writing, membership, self._listed, services or (), told=limited)
        if services is None:
            return
        beyond = [
            right
            for right in self._rights.get(membership.id, ())
            if right.service_id is not None and right.service_id not in services
        ]
        granting.end_rights(writing, membership, beyond)

    def _leave_behind(self, membership: Membership) -> None:
        writing, user_id = self.writing, membership.user_id
        # Whoever asked to be connected is connected now (domain.md 3.3).
        for request in self._asked.get((membership.structure_id, user_id), ()):
            fulfil(writing, request)
        tell_persons(writing, NotificationKind.MEMBERSHIP_CREATED, membership, {user_id})


async def attach_users(info: Info, input: Annotated[AttachUsersInput, WHAT_TO_DO]) -> Outcome:
    """Connect users by their logins."""
    return await perform(info, AttachUsers, input)
