"""Acts on the invoicing mandate of a structure: to subscribe to it, and to revoke it."""

from collections.abc import Iterable
from typing import Annotated, Any

import strawberry

from sqlalchemy import select
from typing_extensions import override

from models.history import TargetType
from models.mandates import InvoicingMandate, require_accepted, require_mandate
from models.outbox import NotificationKind
from models.policy import Action
from resolvers.acts import Act, perform
from resolvers.inputs import described_input, told
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Target
from resolvers.request_inputs import WHAT_TO_DO, dry_run, idempotency_key
from resolvers.telling import managers_of, tell_managers


@described_input()
class SubscribeMandateInput:
    """Acceptance of the mandate's terms."""

    structure_id: strawberry.ID = told("The structure.")
    accept_terms: bool = told("Must be true.")
    terms_version: str = told("Version of the terms that you read; `mandateTerms` tells it.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class RevokeMandateInput:
    """Which mandate to revoke."""

    structure_id: strawberry.ID = told("The structure.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


class MandateAct(Act):
    """An act on the mandate of one structure; *latest* is the last one that it had."""

    latest: InvoicingMandate | None
    managers: list[int]
    given: Any

    @override
    async def aim(self) -> Iterable[int]:
        self.structure_id = self.writing.number(self.given.structure_id, NodeKind.STRUCTURE)
        return [self.structure_id]

    @override
    async def prepare(self) -> None:
        mandates = (
            select(InvoicingMandate)
            .where(InvoicingMandate.structure_id == self.structure_id)
            .order_by(InvoicingMandate.id.desc())
            .limit(1)
        )
        self.latest = (await self.writing.session.scalars(mandates)).first()
        self.managers = await managers_of(self.writing, self.structure_id)

    @override
    def target(self, item: Any) -> Target | None:
        """Name the mandate that there is, to whom may read it."""
        readable = self.writing.viewer.passes(Action.MANDATE_READ, self.structure_id)
        latest = self.latest if readable else None
        return None if latest is None else Target(NodeKind.INVOICING_MANDATE, latest.id)

    def revoke(self, mandate: InvoicingMandate) -> None:
        """End *mandate*, inside a savepoint."""
        mandate.revoke(self.writing.now, self.writing.viewer.id)
        self.remember(mandate, {"field": "status", "before": "ACTIVE", "after": "REVOKED"})

    def remember(self, mandate: InvoicingMandate, *changes: dict[str, Any]) -> None:
        """Add an entry on *mandate* to the history."""
        target = (TargetType.INVOICING_MANDATE, mandate.id)
        self.writing.record(self.action, self.structure_id, target, changes=list(changes))

    def announce(self, message: NotificationKind, mandate: InvoicingMandate) -> None:
        """Tell the other managers."""
        tell_managers(
            self.writing, message, self.structure_id, self.managers, mandate_id=mandate.id
        )


class SubscribeMandate(MandateAct):
    """Subscribes to the mandate; under new terms a new one takes the place of the former."""

    action = Action.MANDATE_SUBSCRIBE
    given: SubscribeMandateInput

    @override
    async def apply(self, item: Any) -> Target | None:
        writing, given, latest = self.writing, self.given, self.latest
        self.writing.allowed_card(self.action, self.structure_id, "structureId")
        await writing.require_active(self.structure_id)
        current = writing.settings.mandate_terms_version
        require_accepted(given.terms_version, current, accepted=given.accept_terms)
        if latest is not None and latest.active and latest.terms_version == current:
            return self.target(item)
        mandate = InvoicingMandate(
            structure_id=self.structure_id,
            terms_version=current,
            subscribed_at=writing.now,
            subscribed_by_id=writing.viewer.id,
        )
        async with writing.saving():
            if latest is not None and latest.active:
                self.revoke(latest)
                # Both databases check at once that there is one active mandate.
                await writing.session.flush()
            writing.session.add(mandate)
            await writing.session.flush()
            self.remember(mandate, {"field": "termsVersion", "before": None, "after": current})
            self.announce(NotificationKind.MANDATE_SUBSCRIBED, mandate)
        return None if given.dry_run else Target(NodeKind.INVOICING_MANDATE, mandate.id)


class RevokeMandate(MandateAct):
    """Revokes the mandate: nobody enters invoices on line any more, what was begun stays."""

    action = Action.MANDATE_REVOKE
    given: RevokeMandateInput

    @override
    async def apply(self, item: Any) -> Target | None:
        self.writing.allowed_card(self.action, self.structure_id, "structureId")
        mandate = require_mandate(self.latest)
        if mandate.active:
            async with self.writing.saving():
                self.revoke(mandate)
                self.announce(NotificationKind.MANDATE_REVOKED, mandate)
        return self.target(item)


async def subscribe_mandate(
    info: Info,
    input: Annotated[SubscribeMandateInput, WHAT_TO_DO],
) -> Outcome:
    """Subscribe to the mandate."""
    return await perform(info, SubscribeMandate, input)


async def revoke_mandate(
    info: Info,
    input: Annotated[RevokeMandateInput, WHAT_TO_DO],
) -> Outcome:
    """Revoke the mandate."""
    return await perform(info, RevokeMandate, input)
