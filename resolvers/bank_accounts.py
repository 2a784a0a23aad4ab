"""Reads of bank accounts."""

from operator import attrgetter
from typing import Annotated

from sqlalchemy import case, select
from strawberry import Parent

from executor import batched
from models.bank_accounts import BankAccount, BankAccountStatus
from models.paging import Listing, SortKey
from models.reading import Reading, any_of
from models.records import Layout, columns, record
from models.structures import Structure
from resolvers.connections import Connection, connections
from resolvers.filters import Filters, listed
from resolvers.inputs import FILTER, After, BankAccountFilter, Before, First, Last
from resolvers.operation import Info, ids
from resolvers.pages import Span


BankAccountRecord = record(BankAccount)
ACCOUNT = Layout(BankAccountRecord, columns(BankAccount))

NOTICE = (
    "The account that was communicated in the contract is the one that is paid;"
    " to choose another one on an invoice does not change that."
)
FACTOR_NOTICE = (
    f"{NOTICE} This one belongs to a factor: the comment of the invoice says that payment to the"
    " factor alone settles it."
)

BANK_ACCOUNTS = Listing(
    name="bank accounts of a structure",
    layout=ACCOUNT,
    source=BankAccount.__table__,
    parent=BankAccount.structure_id,
    orders={
        "DEFAULT": (
            SortKey(
                case((BankAccount.is_default, 0), else_=1),
                lambda record: 0 if record.is_default else 1,
            ),
            SortKey(BankAccount.label_key, attrgetter("label_key")),
            SortKey(BankAccount.id, attrgetter("id")),
        )
    },
    filters={"status": listed(BankAccount.status, "status")},
)


def account_by_id(dialect_name: str) -> Reading:
    """Read bank accounts by their ids."""
    statement = select(*ACCOUNT.selected, BankAccount.id).where(
        any_of(BankAccount.id, "keys", dialect_name)
    )
    return Reading(statement, ACCOUNT)


@batched
def of_structure(
    roots: Parent[list[Structure]],
    info: Info,
    filter: Annotated[BankAccountFilter | None, FILTER] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> list[Connection]:
    """List the bank accounts of a structure, the default one first, then by label."""
    status = None if filter is None else filter.status
    filters = Filters()
    filters.words("status", [BankAccountStatus.ACTIVE] if status is None else status)
    span = Span(first, after, last, before)
    return connections(info.context, BANK_ACCOUNTS, span, "DEFAULT", filters, ids(roots))


@batched
def notice(roots: Parent[list[BankAccount]]) -> list[str]:
    """Remind which account is paid (sheet B), and of what a factor's one needs (S29)."""
    return [FACTOR_NOTICE if root.factor else NOTICE for root in roots]
