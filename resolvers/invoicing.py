"""Reads of what users may do with the invoices that structures issue."""

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, String, cast, null, select, union_all

from models.areas import AreaCode, AreaSubscription
from models.database import TransactionReader
from models.effective import lets_issue
from models.invoicing import Invoicing, InvoicingFact
from models.mandates import InvoicingMandate, MandateStatus
from models.memberships import Membership, MembershipStatus
from models.policy import POLICY, Action
from models.reading import Reading, any_of
from models.records import Layout
from resolvers.viewer import Viewer


if TYPE_CHECKING:
    from collections.abc import Iterable

    from resolvers.operation import Operation
    from resolvers.writing import Writing

GUARDED = frozenset({"Structure.bankAccounts"})
"""Fields whose rule asks for a right on the area: it is read before they are."""


def invoicing_facts(dialect_name: str) -> Reading:
    """Read where users may see to new invoices by a right on the area, and where mandates are active."""
    active = (
        any_of(Membership.user_id, "keys", dialect_name),
        Membership.status == MembershipStatus.ACTIVE,
    )
    rights = (
        select(
            Membership.structure_id,
            AreaSubscription.service_id,
            AreaSubscription.mode,
            Membership.user_id,
        )
        .join_from(Membership, AreaSubscription, AreaSubscription.membership_id == Membership.id)
        .where(
            *active,
            AreaSubscription.area == AreaCode.ISSUED_INVOICES,
            AreaSubscription.ended_at.is_(None),
            lets_issue(),
        )
    )
    mandates = (
        select(
            Membership.structure_id,
            cast(null(), BigInteger),
            cast(null(), String),
            Membership.user_id,
        )
        .join_from(
            Membership, InvoicingMandate, InvoicingMandate.structure_id == Membership.structure_id
        )
        .where(*active, InvoicingMandate.status == MandateStatus.ACTIVE)
    )
    fact = union_all(rights, mandates).subquery("fact")
    selected = (
        fact.c.structure_id,
        fact.c.service_id,
        cast(fact.c.mode, AreaSubscription.mode.type),
    )
    return Reading(select(*selected, fact.c.user_id), Layout(InvoicingFact, selected))


def asks_right(actions: "Iterable[Action]") -> bool:
    """Say whether the rule of one of *actions* asks for a right on the area."""
    return any(POLICY[action].subscribed for action in actions)


async def inform(operation: "Operation", viewer: Viewer | None) -> None:
    """Read the rights of *viewer*, the caller or another user, once for the whole operation."""
    if viewer is not None and viewer.active:
        (facts,) = await operation.each_many(invoicing_facts, [viewer.id])
        viewer.invoicing = Invoicing(facts)


async def inform_simple_user(operation: "Operation", viewer: Viewer) -> None:
    """Read the rights of *viewer* where they let him read: managers read without."""
    if len(viewer.managed) < len(viewer.active):
        await inform(operation, viewer)


async def inform_actor(writing: "Writing") -> None:
    """Read the rights of the actor under the locks."""
    reader = TransactionReader(writing.session)
    facts = await reader.fetch(invoicing_facts, keys=[writing.viewer.id], today=writing.now.date())
    writing.viewer.invoicing = Invoicing(facts)
