"""Inputs of the acts on bank accounts."""

import strawberry

from resolvers.inputs import described_input, told
from resolvers.request_inputs import dry_run, idempotency_key


@described_input()
class FactorInput:
    """The factoring institution that holds the account (Affactureur)."""

    name: str = told("Its name, at most 200 characters.")
    identifier: str = told("Its identifier, such as a SIRET, at most 80 characters.")


@described_input()
class AddBankAccountInput:
    """The new bank account."""

    structure_id: strawberry.ID = told("The structure.")
    label: str = told("Name shown in pick lists, at most 200 characters, without the IBAN.")
    iban: str = told("IBAN, spaces allowed.")
    bic: str = told("BIC of the bank, 8 or 11 characters.")
    holder_name: str = told("Holder of the account, at most 200 characters.")
    factor: FactorInput | None = told(
        "The factoring institution, if it is its account.", default=None
    )
    default: bool = told("Propose it first, instead of the present default.", default=False)
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class CloseBankAccountInput:
    """Which bank account to close."""

    bank_account_id: strawberry.ID = told("The bank account.")
    version: int = told("Version that you read.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()


@described_input()
class SetDefaultBankAccountInput:
    """Which bank account to propose first."""

    bank_account_id: strawberry.ID = told("The bank account.")
    version: int = told("Version that you read.")
    dry_run: bool = dry_run()
    idempotency_key: str | None = idempotency_key()
