"""Acts of managers on users' rights on areas: to give, to change and to end them."""

from collections.abc import Iterable
from typing import Annotated

import strawberry

from sqlalchemy import select
from typing_extensions import override

from models.areas import (
    AreaCode,
    AreaMode,
    AreaSubscription,
    dropped_without_decision,
    require_opened,
    require_requestable,
)
from models.errors import Forbidden, NotFound
from models.memberships import MANAGERS, Membership
from models.outbox import NotificationKind
from models.policy import AccessRole, Action
from resolvers import granting
from resolvers.acts import Act, perform
from resolvers.connected import deactivated_accounts, require_connected, visible_membership
from resolvers.giving import give, tell_holder, waiting_requests
from resolvers.inputs import AreaScopeInput, described_input, told
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Target
from resolvers.request_inputs import WHAT_TO_DO, dry_run, idempotency_key


@described_input()
class SubscriptionSetting:
    """One right to give or change."""

    membership_id: strawberry.ID = told("Whose.")
    area: AreaCode = told("The area.")
    mode: AreaMode = told("The mode.")
    scope: AreaScopeInput = told("The scope.")


@described_input()
class SetSubscriptionsInput:
    """Which rights to give or change."""

    subscriptions: list[SubscriptionSetting] = told("1 to 100 rights.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class EndSubscriptionsInput:
    """Which rights to end."""

    subscription_ids: list[strawberry.ID] = told("1 to 100 rights.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


class SubscriptionAct(Act):
    """An act on users' rights."""

    def require_touchable(self, membership: Membership) -> None:
        """
        Refuse that a secondary manager touches the rights of another manager (domain.md 2.2).

        Raises:
            Forbidden: only the primary manager may.
        """
        viewer = self.writing.viewer
        if not membership.is_touchable_by(viewer.id, viewer.role(membership.structure_id)):
            message = "Only the primary manager changes the rights of another manager."
            passing = (AccessRole.PRIMARY_MANAGER,)
            raise Forbidden(message, action=self.action, passing_roles=passing)


class SetSubscriptions(SubscriptionAct):
    """Gives, raises or lowers rights of users."""

    action = Action.SUBSCRIPTION_SET
    items_field = "subscriptions"
    given: SetSubscriptionsInput

    def _number(self, item: SubscriptionSetting) -> int:
        return self.writing.number(item.membership_id, NodeKind.MEMBERSHIP)

    @property
    def _numbers(self) -> set[int]:
        return {self._number(item) for item in self.items}

    def _service(self, item: SubscriptionSetting) -> int | None:
        text = item.scope.service_id
        return self.writing.number(text, NodeKind.SERVICE) if isinstance(text, str) else None

    @override
    async def aim(self) -> Iterable[int]:
        places = select(Membership.structure_id).where(
            self.writing.among(Membership.id, self._numbers)
        )
        return set(await self.writing.session.scalars(places))

    @override
    async def prepare(self) -> None:
        writing = self.writing
        named = select(Membership).where(writing.among(Membership.id, self._numbers))
        self._named = {one.id: one for one in await writing.session.scalars(named)}
        self._made: set[int] = set()
        user_ids = {membership.user_id for membership in self._named.values()}
        self._gone = await deactivated_accounts(writing, user_ids)
        services = {self._service(item) or 0 for item in self.items}
        self._services = await granting.services_of(writing, services)
        self._openings = await granting.openings_of(writing, writing.structures)
        self._listings = await granting.listings(writing, self._named)
        self._rights = await granting.rights_of(writing, self._named)
        self._asked = await waiting_requests(writing, writing.structures, user_ids)

    @override
    def target(self, item: SubscriptionSetting) -> None:
        """Answer with nothing but the refusal: an item names a place, and no object."""

    @override
    def subject(self, item: SubscriptionSetting) -> Target:
        return Target(NodeKind.MEMBERSHIP, self._number(item))

    @override
    async def apply(self, item: SubscriptionSetting) -> Target | None:
        writing = self.writing
        membership = visible_membership(writing, self._named, self._number(item), "membershipId")
        writing.require(self.action, membership.structure_id)
        self.require_touchable(membership)
        await writing.require_active(membership.structure_id)
        require_connected(membership, self._gone, "membershipId")
        service_id = self._allowed(item, membership)
        held = self._rights.setdefault(membership.id, [])
        asked = self._asked.get((membership.structure_id, membership.user_id), [])
        wanted = (item.area, item.mode, service_id)
        async with writing.saving():
            right = await give(writing, membership, wanted, held, asked)
        if right not in held:
            self._made.add(right.id)
            held.append(right)
        foreseen = self.given.dry_run and right.id in self._made
        return None if foreseen else Target(NodeKind.AREA_SUBSCRIPTION, right.id)

    def _allowed(self, item: SubscriptionSetting, membership: Membership) -> int | None:
        require_requestable(item.area)
        service_id = granting.scope_number(self.writing, item.scope)
        if service_id is not None:
            field = ("scope", "serviceId")
            found, place = self._services.get(service_id), membership.structure_id
            granting.usable_service(self.writing, found, place, *field)
            granting.require_reach(membership, service_id, self._listings, *field)
        openings = self._openings.get(membership.structure_id, [])
        require_opened(openings, item.area, service_id, item.mode)
        return service_id


class EndSubscriptions(SubscriptionAct):
    """Ends rights of users, or a right of one's own that takes no decision."""

    action = Action.SUBSCRIPTION_END
    items_field = "subscription_ids"
    given: EndSubscriptionsInput

    def _number(self, item: str) -> int:
        return self.writing.number(item, NodeKind.AREA_SUBSCRIPTION)

    @property
    def _numbers(self) -> set[int]:
        return {self._number(item) for item in self.items}

    @override
    async def aim(self) -> Iterable[int]:
        places = select(AreaSubscription.structure_id).where(
            self.writing.among(AreaSubscription.id, self._numbers)
        )
        return set(await self.writing.session.scalars(places))

    @override
    async def prepare(self) -> None:
        writing = self.writing
        named = (
            select(AreaSubscription, Membership)
            .join(Membership, Membership.id == AreaSubscription.membership_id)
            .where(writing.among(AreaSubscription.id, self._numbers))
        )
        found = (await writing.session.execute(named)).all()
        self._named = {right.id: (right, membership) for right, membership in found}

    @override
    def target(self, item: str) -> Target:
        return Target(NodeKind.AREA_SUBSCRIPTION, self._number(item))

    @override
    def subject(self, item: str) -> Target | None:
        found = self._named.get(self._number(item))
        return None if found is None else Target(NodeKind.MEMBERSHIP, found[1].id)

    @override
    async def apply(self, item: str) -> Target:
        right, membership = self._visible(item)
        self.writing.require(self.action, right.structure_id, membership.user_id)
        self._require_ending(right, membership)
        if right.ended_at is None:
            async with self.writing.saving():
                self._end(right, membership)
        return self.target(item)

    def _visible(self, item: str) -> tuple[AreaSubscription, Membership]:
        found = self._named.get(self._number(item))
        if found is None or not self.writing.viewer.passes(
            Action.SUBSCRIPTION_LIST, found[0].structure_id, found[1].user_id
        ):
            raise NotFound
        return found

    def _require_ending(self, right: AreaSubscription, membership: Membership) -> None:
        viewer = self.writing.viewer
        role = viewer.role(right.structure_id)
        if membership.user_id != viewer.id or role in MANAGERS:
            self.require_touchable(membership)
            return
        self_service = self.writing.settings.issued_invoices_self_service
        if role is None or not self_service or not dropped_without_decision(right.area):
            message = "A manager ends this right."
            passing = (AccessRole.SECONDARY_MANAGER, AccessRole.PRIMARY_MANAGER)
            raise Forbidden(message, action=self.action, passing_roles=passing)

    def _end(self, right: AreaSubscription, membership: Membership) -> None:
        writing = self.writing
        granting.end_rights(writing, membership, [right])
        tell_holder(writing, NotificationKind.SUBSCRIPTION_ENDED, membership, right)


async def set_subscriptions(
    info: Info,
    input: Annotated[SetSubscriptionsInput, WHAT_TO_DO],
) -> Outcome:
    """Give, raise or lower rights."""
    return await perform(info, SetSubscriptions, input)


async def end_subscriptions(
    info: Info,
    input: Annotated[EndSubscriptionsInput, WHAT_TO_DO],
) -> Outcome:
    """End rights."""
    return await perform(info, EndSubscriptions, input)
