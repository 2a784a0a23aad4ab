"""Acts on the bank accounts of one structure at the same moment: one default, one IBAN."""

import asyncio

from typing import Any

import pytest

from models.accounts import User
from models.bank_accounts import BankAccount, BankAccountStatus
from models.structures import Structure
from tests.firm import Firm, code
from tests.world import iban


pytestmark = pytest.mark.race

ADD = """
    mutation ($input: AddBankAccountInput!) { done: addBankAccount(input: $input) {
        errors { code } } }
"""
CLOSE = """
    mutation ($input: CloseBankAccountInput!) { done: closeBankAccount(input: $input) {
        errors { code } } }
"""
DEFAULT = """
    mutation ($input: SetDefaultBankAccountInput!) { done: setDefaultBankAccount(input: $input) {
        errors { code } } }
"""


async def add(firm: Firm, person: User, structure: Structure, number: int, **given: Any) -> Any:
    details = {
        "structureId": firm.world.id(structure),
        "label": f"Account {number}",
        "iban": iban(number),
        "bic": "AGRIFRPP",
        "holderName": "Atelier",
    }
    return code((await firm.world.ask(person, ADD, input=details | given)).data["done"])


async def act(firm: Firm, person: User, document: str, account: BankAccount) -> Any:
    given = {"bankAccountId": firm.world.id(account), "version": account.version}
    return code((await firm.world.ask(person, document, input=given)).data["done"])


async def active(firm: Firm, structure: Structure) -> list[BankAccount]:
    return list(
        await firm.world.all(
            BankAccount,
            BankAccount.structure_id == structure.id,
            BankAccount.status == BankAccountStatus.ACTIVE,
        )
    )


async def test_two_accounts_added_as_default_leave_one_default(firm: Firm, rounds: int) -> None:
    for _ in range(rounds):
        structure = await firm.world.structure(primary=firm.primary)

        answers = await asyncio.gather(
            *(add(firm, firm.primary, structure, number, default=True) for number in (1, 2, 3))
        )

        assert answers == [[], [], []]
        kept = await active(firm, structure)
        assert [one.is_default for one in kept].count(True) == 1
        assert len(kept) == 3


async def test_one_iban_added_twice_is_added_once(firm: Firm, rounds: int) -> None:
    for number in range(1, rounds + 1):
        answers = await asyncio.gather(
            add(firm, firm.primary, firm.structure, number),
            add(firm, firm.secondary, firm.structure, number),
        )

        assert sorted(answers) == [[], ["CONFLICT"]]
    assert len(await active(firm, firm.structure)) == rounds


async def test_the_default_closed_while_another_is_added_leaves_one_default(
    firm: Firm, rounds: int
) -> None:
    for number in range(rounds):
        structure = await firm.world.structure(primary=firm.primary)
        account = await firm.world.bank_account(structure, is_default=True)

        closed, added = await asyncio.gather(
            act(firm, firm.primary, CLOSE, account),
            add(firm, firm.primary, structure, 100 + number, default=True),
        )

        # Whoever came second saw what the first one did: the version had grown.
        assert added == []
        assert closed in ([], ["STALE_VERSION"])
        kept = await active(firm, structure)
        assert [one.is_default for one in kept].count(True) == 1
        assert len(kept) == (1 if closed == [] else 2)


async def test_an_account_closed_while_it_is_made_the_default_is_not_proposed(
    firm: Firm, rounds: int
) -> None:
    for _ in range(rounds):
        structure = await firm.world.structure(primary=firm.primary)
        account = await firm.world.bank_account(structure)

        closed, chosen = await asyncio.gather(
            act(firm, firm.primary, CLOSE, account), act(firm, firm.primary, DEFAULT, account)
        )

        assert (closed, chosen) in (([], ["STALE_VERSION"]), (["STALE_VERSION"], []))
        account = await firm.world.reload(account)
        assert account.is_default == (account.status == BankAccountStatus.ACTIVE)


async def test_the_last_two_accounts_of_a_supplier_of_the_courts_are_not_both_closed(
    firm: Firm, rounds: int
) -> None:
    for _ in range(rounds):
        structure = await firm.world.structure(
            primary=firm.primary, justice_supplier_category="EXPERT"
        )
        both = [await firm.world.bank_account(structure) for _ in range(2)]

        answers = await asyncio.gather(*(act(firm, firm.primary, CLOSE, one) for one in both))

        assert sorted(answers) == [[], ["BANK_ACCOUNT_REQUIRED"]]
        assert len(await active(firm, structure)) == 1
