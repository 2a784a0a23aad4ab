"""Bank accounts."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.bank_accounts import BankAccountStatus
from models.policy import Action
from resolvers import bank_accounts as resolve
from resolvers import structures
from resolvers.node_ids import NodeKind
from schema.fields import computed, guarded, object_type, owner, plain, reference
from schema.nodes import Node, global_id


if TYPE_CHECKING:
    from schema.structures import Structure
else:
    Structure = Annotated["Structure", strawberry.lazy("schema.structures")]


@object_type(row=Action.BANK_ACCOUNT_LIST, records=resolve.BankAccountRecord)
class BankAccount(Node):
    """
    Bank account details of a structure, its own or those of a factoring institution.

    The account communicated in the contract is the one that is paid. Details are never changed:
    close the account and add another one.
    """

    id: strawberry.ID = global_id(NodeKind.BANK_ACCOUNT)
    structure: Structure = owner(reference(structures.by_ids, "structure_id"), "The structure.")
    label: str = plain("Name shown in pick lists (nomCoordonneeBancaire).")
    masked_iban: str = plain("IBAN, first and last four characters only.")
    iban: str | None = guarded(None, "IBAN, without spaces.", allow=Action.BANK_ACCOUNT_READ)
    bic: str | None = guarded(None, "BIC of the bank.", allow=Action.BANK_ACCOUNT_READ)
    holder_name: str | None = guarded(
        None, "Holder of the account.", allow=Action.BANK_ACCOUNT_READ
    )
    factor: bool = plain("It belongs to a factoring institution (Affactureur).")
    factor_name: str | None = guarded(
        None, "Name of the factoring institution.", allow=Action.BANK_ACCOUNT_READ
    )
    factor_identifier: str | None = guarded(
        None, "Identifier of the factoring institution.", allow=Action.BANK_ACCOUNT_READ
    )
    is_default: bool = plain("Proposed first.", name="default")
    status: BankAccountStatus = plain("Active or closed.")
    notice: str = computed(
        resolve.notice, "Reminder that the account in the contract is the one that is paid."
    )
    version: int = plain("Grows with every change.")
    created_at: datetime = plain("When it was added.")
    closed_at: datetime | None = plain("When it was closed.")
