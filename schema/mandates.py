"""Invoicing mandates."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.mandates import MandateStatus
from models.policy import Action
from resolvers import mandates as resolve
from resolvers import structures, users
from resolvers.node_ids import NodeKind
from schema.fields import object_type, owner, plain, reference
from schema.nodes import Node, global_id
from schema.users import User


if TYPE_CHECKING:
    from schema.structures import Structure
else:
    Structure = Annotated["Structure", strawberry.lazy("schema.structures")]


@object_type(row=Action.MANDATE_READ, records=resolve.InvoicingMandateRecord)
class InvoicingMandate(Node):
    """The mandate that the Input invoice mode needs; for managers and support."""

    id: strawberry.ID = global_id(NodeKind.INVOICING_MANDATE)
    structure: Structure = owner(reference(structures.by_ids, "structure_id"), "The structure.")
    status: MandateStatus = plain("Active or revoked.")
    terms_version: str = plain("Version of the terms that were accepted.")
    subscribed_at: datetime = plain("When it was subscribed.")
    subscribed_by: User = owner(reference(users.by_ids, "subscribed_by_id"), "Who subscribed it.")
    revoked_at: datetime | None = plain("When it was revoked.")
    revoked_by: User | None = owner(reference(users.by_ids, "revoked_by_id"), "Who revoked it.")


@object_type(row=None)
class MandateTerms:
    """The present terms of the invoicing mandate, to be accepted by `subscribeMandate`."""

    version: str = plain("Their version; a mandate under earlier ones stays active.")
    url: str | None = plain("Where they can be read, if the operator has said so.")
