"""Acts on bank accounts: to add one, to propose one first, to close one."""

from models.policy import Action
from resolvers import banking
from resolvers import payloads as resolve
from schema.answers import SingleAnswer
from schema.bank_accounts import BankAccount
from schema.fields import mutation, object_type, open_field
from schema.request_mutations import SINGLE_OBJECT


@object_type(row=None)
class AddBankAccountPayload(SingleAnswer):
    """Answer of addBankAccount."""

    bank_account: BankAccount | None = open_field(resolve.single, SINGLE_OBJECT)


@object_type(row=None)
class CloseBankAccountPayload(SingleAnswer):
    """Answer of closeBankAccount."""

    bank_account: BankAccount | None = open_field(resolve.single, SINGLE_OBJECT)


@object_type(row=None)
class SetDefaultBankAccountPayload(SingleAnswer):
    """Answer of setDefaultBankAccount."""

    bank_account: BankAccount | None = open_field(resolve.single, SINGLE_OBJECT)


@object_type(row=None)
class BankAccountMutations:
    """Acts on bank accounts."""

    add_bank_account: AddBankAccountPayload | None = mutation(
        banking.add_bank_account,
        "Add bank account details, one's own or those of a factoring institution.",
        allow=Action.BANK_ACCOUNT_MANAGE,
    )
    close_bank_account: CloseBankAccountPayload | None = mutation(
        banking.close_bank_account,
        "Close a bank account; if it was the default, no other one takes its place by itself.",
        allow=Action.BANK_ACCOUNT_MANAGE,
    )
    set_default_bank_account: SetDefaultBankAccountPayload | None = mutation(
        banking.set_default_bank_account,
        "Choose the bank account that is proposed first.",
        allow=Action.BANK_ACCOUNT_MANAGE,
    )
