"""The invented invoicing mandates."""

from models.accounts import User
from models.demonstration.writing import Pen, Site
from models.history import TargetType
from models.mandates import InvoicingMandate
from models.policy import Action


async def give_mandate(
    pen: Pen, site: Site, manager: User, *, days: int, revoked: int | None = None
) -> None:
    """Write a mandate that *manager* subscribed *days* ago, and perhaps *revoked* later."""
    mandate = InvoicingMandate(
        structure_id=site.id,
        terms_version="1",
        subscribed_at=pen.before(days),
        subscribed_by_id=manager.id,
    )
    if revoked is not None:
        mandate.revoke(pen.before(revoked), manager.id)
    pen.session.add(mandate)
    await pen.session.flush()
    target = (TargetType.INVOICING_MANDATE, mandate.id)
    subscribed = {"field": "termsVersion", "before": None, "after": "1"}
    await pen.acts(
        site.id, manager, Action.MANDATE_SUBSCRIBE, days=days, target=target, changes=[subscribed]
    )
    if revoked is not None:
        ended = {"field": "status", "before": "ACTIVE", "after": "REVOKED"}
        await pen.acts(
            site.id, manager, Action.MANDATE_REVOKE, days=revoked, target=target, changes=[ended]
        )
