"""Appointing secondary managers, and revoking them (domain.md 3.10)."""

from typing import Annotated, Any

from sqlalchemy import select
from typing_extensions import override

from models.accounts import User
from models.memberships import Membership, Role
from models.outbox import NotificationKind
from models.policy import Action
from models.requests import RequestKind
from resolvers.acts import perform
from resolvers.connected import visible_membership
from resolvers.deciding import fulfil
from resolvers.effects import EffectKind
from resolvers.giving import waiting_requests
from resolvers.granting import listings
from resolvers.membership_inputs import (
    AppointSecondaryManagerInput,
    RevokeSecondaryManagerInput,
)
from resolvers.membership_life import MembershipAct, tell_persons
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Target
from resolvers.places import take_places
from resolvers.request_inputs import WHAT_TO_DO


class RoleAct(MembershipAct):
    """Gives a membership another role, the primary manager's apart."""

    action = Action.SECONDARY_MANAGER_APPOINT
    role: Role

    @override
    def number(self, item: Any) -> int:
        return super().number(item.membership_id)

    @override
    async def apply(self, item: Any) -> Target:
        writing = self.writing
        membership = visible_membership(
            writing, self.memberships, self.number(item), "membershipId"
        )
        writing.require(self.action, membership.structure_id)
        if membership.role != self.role:
            # A repeated call is fine whatever version it was read with.
            if item.version is not None:
                membership.require_version(item.version)
            await self.give(membership)
        return self.target(item)

    async def give(self, membership: Membership) -> None:
        """Ask the rules, and write the role."""
        raise NotImplementedError

    def leave_behind(self, membership: Membership, before: Role) -> None:
        """Tell everybody concerned of the new role."""
        writing, change = self.writing, {"before": before, "after": membership.role}
        writing.alter(membership, EffectKind.ROLE_CHANGED, **change)
        tell_persons(writing, NotificationKind.ROLE_CHANGED, membership, {membership.user_id})


class AppointSecondaryManager(RoleAct):
    """Makes a simple user secondary manager."""

    role = Role.SECONDARY_MANAGER

    @override
    async def prepare(self) -> None:
        await super().prepare()
        writing = self.writing
        members = [membership.user_id for membership in self.memberships.values()]
        # Held, so that the account is not deactivated meanwhile.
        statement = select(User).where(writing.among(User.id, members)).with_for_update(read=True)
        self._users = {user.id: user for user in await writing.session.scalars(statement)}
        kinds = (RequestKind.CONNECTION,)
        self._asked = await waiting_requests(writing, writing.structures, members, kinds)
        self._listed = await listings(writing, self.memberships)

    @override
    async def give(self, membership: Membership) -> None:
        writing = self.writing
        await writing.require_active(membership.structure_id)
        async with writing.saving():
            before, scope = membership.role, membership.scope
            membership.appoint(self._users[membership.user_id], writing.now)
            self.leave_behind(membership, before)
            take_places(writing, membership, self._listed, told=False)
            if scope != membership.scope:
                change = {"before": scope, "after": membership.scope}
                writing.alter(membership, EffectKind.MEMBERSHIP_CHANGED, **change)
            # He reaches every service now, whichever he asked for.
            for request in self._asked.get((membership.structure_id, membership.user_id), ()):
                fulfil(writing, request)


class RevokeSecondaryManager(RoleAct):
    """Makes a secondary manager simple user again; what he reaches and may do there stays."""

    role = Role.SIMPLE_USER

    @override
    async def give(self, membership: Membership) -> None:
        async with self.writing.saving():
            before = membership.role
            membership.revoke(self.writing.now)
            self.leave_behind(membership, before)


async def appoint_secondary_manager(
    info: Info, input: Annotated[AppointSecondaryManagerInput, WHAT_TO_DO]
) -> Outcome:
    """Make a simple user secondary manager."""
    return await perform(info, AppointSecondaryManager, input)


async def revoke_secondary_manager(
    info: Info, input: Annotated[RevokeSecondaryManagerInput, WHAT_TO_DO]
) -> Outcome:
    """Make a secondary manager simple user again."""
    return await perform(info, RevokeSecondaryManager, input)
