"""Acts on invoicing mandates: to subscribe to one, and to revoke it."""

from models.policy import Action
from resolvers import mandating
from resolvers import payloads as resolve
from schema.answers import SingleAnswer
from schema.fields import mutation, object_type, open_field
from schema.mandates import InvoicingMandate
from schema.request_mutations import SINGLE_OBJECT


@object_type(row=None)
class SubscribeMandatePayload(SingleAnswer):
    """Answer of subscribeMandate."""

    invoicing_mandate: InvoicingMandate | None = open_field(resolve.single, SINGLE_OBJECT)


@object_type(row=None)
class RevokeMandatePayload(SingleAnswer):
    """Answer of revokeMandate."""

    invoicing_mandate: InvoicingMandate | None = open_field(resolve.single, SINGLE_OBJECT)


@object_type(row=None)
class MandateMutations:
    """Acts on invoicing mandates."""

    subscribe_mandate: SubscribeMandatePayload | None = mutation(
        mandating.subscribe_mandate,
        "Subscribe to the invoicing mandate, so that users may enter invoices on line.",
        allow=Action.MANDATE_SUBSCRIBE,
    )
    revoke_mandate: RevokeMandatePayload | None = mutation(
        mandating.revoke_mandate,
        "Revoke the invoicing mandate: no more invoices are entered on line, drafts stay.",
        allow=Action.MANDATE_REVOKE,
    )
