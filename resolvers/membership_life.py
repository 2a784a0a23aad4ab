"""Acts on users' memberships: to deactivate, to reactivate and to delete them."""

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar

from sqlalchemy import select
from typing_extensions import override

from models.errors import ErrorCode, RuleRefused
from models.membership_life import require_reason, require_touchable
from models.memberships import Membership, MembershipStatus, Role
from models.outbox import NotificationKind
from models.policy import Action
from models.requests import RequestKind
from resolvers.acts import Act, perform
from resolvers.connected import deactivated_accounts, visible_membership
from resolvers.deciding import end_without_decision
from resolvers.effects import EffectKind
from resolvers.giving import fulfil_connections, requested_services, waiting_requests
from resolvers.granting import end_rights, listings, rights_of
from resolvers.membership_inputs import (
    DeactivateMembershipsInput,
    DeleteMembershipsInput,
    ReactivateMembershipsInput,
)
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Target
from resolvers.reasons import with_clean_reason
from resolvers.request_inputs import WHAT_TO_DO
from resolvers.writing import Writing


class MembershipAct(Act):
    """An act on memberships that exist."""

    memberships: dict[int, Membership]

    def number(self, item: Any) -> int:
        """Read the number of the membership that *item* names; 0 if it names none."""
        return self.writing.number(item, NodeKind.MEMBERSHIP)

    @property
    def numbers(self) -> set[int]:
        """The numbers of all memberships that the call names."""
        return {self.number(item) for item in self.items}

    @override
    async def aim(self) -> Iterable[int]:
        places = select(Membership.structure_id).where(
            self.writing.among(Membership.id, self.numbers)
        )
        return set(await self.writing.session.scalars(places))

    @override
    async def prepare(self) -> None:
        named = select(Membership).where(self.writing.among(Membership.id, self.numbers))
        self.memberships = {one.id: one for one in await self.writing.session.scalars(named)}

    @override
    def target(self, item: Any) -> Target:
        return Target(NodeKind.MEMBERSHIP, self.number(item))


class MembershipLife(MembershipAct):
    """Brings memberships into one status."""

    items_field = "membership_ids"
    status: ClassVar[MembershipStatus]
    message: ClassVar[NotificationKind]

    @classmethod
    @override
    def checked(cls, given: Any) -> Any:
        return with_clean_reason(given)

    @override
    async def prepare(self) -> None:
        await super().prepare()
        self._primary = await primary_managers(self.writing, self.writing.structures)

    @override
    async def apply(self, item: Any) -> Target:
        writing = self.writing
        membership = visible_membership(writing, self.memberships, self.number(item))
        writing.require(self.action, membership.structure_id)
        if membership.status == self.status:
            return self.target(item)
        standing = writing.viewer.standing(membership.structure_id)
        require_touchable(membership, self.action, standing)
        require_reason(standing, self.given.reason)
        async with writing.saving():
            before, role = membership.status, membership.role
            self.change(membership)
            tell_life(writing, membership, before, role)
            self.change_holdings(membership)
            self._notify(membership, role)
        return self.target(item)

    def change(self, membership: Membership) -> None:
        """
        Bring *membership* into the status.

        Raises:
            RuleRefused: its present status or its user's account does not allow it.
        """
        raise NotImplementedError

    def change_holdings(self, membership: Membership) -> None:
        """Change what hangs on *membership*."""

    def _notify(self, membership: Membership, role: Role) -> None:
        concerned = {membership.user_id}
        if role == Role.SECONDARY_MANAGER:
            concerned |= self._primary.get(membership.structure_id, set())
        tell_persons(self.writing, self.message, membership, concerned)


class DeactivateMemberships(MembershipLife):
    """Takes away what memberships grant, and keeps it for later."""

    action = Action.MEMBERSHIP_DEACTIVATE
    status = MembershipStatus.INACTIVE
    message = NotificationKind.MEMBERSHIP_DEACTIVATED

    @override
    async def prepare(self) -> None:
        await super().prepare()
        members = {membership.user_id for membership in self.memberships.values()}
        self._waiting = await waiting_requests(
            self.writing, self.writing.structures, members, tuple(RequestKind)
        )

    @override
    def change(self, membership: Membership) -> None:
        membership.deactivate(self.writing.now)

    @override
    def change_holdings(self, membership: Membership) -> None:
        for request in self._waiting.get((membership.structure_id, membership.user_id), ()):
            end_without_decision(self.writing, request)


class DeleteMemberships(DeactivateMemberships):
    """Ends memberships for good, with the rights on them."""

    action = Action.MEMBERSHIP_DELETE
    status = MembershipStatus.DELETED
    message = NotificationKind.MEMBERSHIP_DELETED

    @override
    async def prepare(self) -> None:
        await super().prepare()
        self._rights = await rights_of(self.writing, self.memberships)

    @override
    def change(self, membership: Membership) -> None:
        membership.delete(self.writing.now)

    @override
    def change_holdings(self, membership: Membership) -> None:
        end_rights(self.writing, membership, self._rights.get(membership.id, ()))
        super().change_holdings(membership)


class ReactivateMemberships(MembershipLife):
    """Lets memberships grant again what they kept."""

    action = Action.MEMBERSHIP_REACTIVATE
    status = MembershipStatus.ACTIVE
    message = NotificationKind.MEMBERSHIP_REACTIVATED

    @override
    async def prepare(self) -> None:
        await super().prepare()
        members = {membership.user_id for membership in self.memberships.values()}
        self._gone = await deactivated_accounts(self.writing, members)
        self._asked = await waiting_requests(
            self.writing, self.writing.structures, members, (RequestKind.CONNECTION,)
        )
        self._wanted = await requested_services(self.writing, self._asked)
        self._listed = await listings(self.writing, self.memberships)

    @override
    def change(self, membership: Membership) -> None:
        membership.reactivate(self.writing.now)
        if membership.user_id in self._gone:
            message = "The account of this user is deactivated."
            raise RuleRefused(ErrorCode.USER_INACTIVE, message)

    @override
    def change_holdings(self, membership: Membership) -> None:
        asked = self._asked.get((membership.structure_id, membership.user_id), ())
        fulfil_connections(self.writing, membership, self._listed, asked, self._wanted)


async def primary_managers(writing: Writing, structure_ids: Iterable[int]) -> dict[int, set[int]]:
    """Read who is primary manager, by structure."""
    statement = select(Membership.structure_id, Membership.user_id).where(
        writing.among(Membership.structure_id, structure_ids),
        Membership.role == Role.PRIMARY_MANAGER,
    )
    found = (await writing.session.execute(statement)).all()
    return {structure_id: {user_id} for structure_id, user_id in found}


def tell_life(
    writing: Writing, membership: Membership, before: MembershipStatus, role: Role
) -> None:
    """Tell the caller that the status of *membership*, and perhaps its role, is another now."""
    if role != membership.role:
        ended = membership.status == MembershipStatus.DELETED
        after = None if ended else membership.role
        writing.alter(membership, EffectKind.ROLE_CHANGED, before=role, after=after)
    kind = EffectKind.MEMBERSHIP_CHANGED
    writing.alter(membership, kind, before=before, after=membership.status)


def tell_persons(
    writing: Writing, kind: NotificationKind, membership: Membership, user_ids: Iterable[int]
) -> None:
    """Leave a message about *membership* for each of *user_ids* but the actor."""
    number = membership.structure_id
    concerned = sorted(set(user_ids) - {writing.viewer.id})
    about = {"membership_id": membership.id, "user_id": membership.user_id}
    writing.announce(kind, number, concerned, **about)


async def deactivate_memberships(
    info: Info, input: Annotated[DeactivateMembershipsInput, WHAT_TO_DO]
) -> Outcome:
    """Deactivate memberships."""
    return await perform(info, DeactivateMemberships, input)


async def reactivate_memberships(
    info: Info, input: Annotated[ReactivateMembershipsInput, WHAT_TO_DO]
) -> Outcome:
    """Reactivate memberships."""
    return await perform(info, ReactivateMemberships, input)


async def delete_memberships(
    info: Info, input: Annotated[DeleteMembershipsInput, WHAT_TO_DO]
) -> Outcome:
    """Delete memberships."""
    return await perform(info, DeleteMemberships, input)
