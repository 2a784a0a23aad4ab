"""Bank accounts of structures: added, chosen and closed, never changed."""

from typing import Any

from tests.reference import rights
from tests.reference.acts import Act, Call, Refused, refuse
from tests.reference.areas import PAYING
from tests.reference.state import ACTIVE, CLOSED, INACTIVE, BankAccount, Structure


def add(call: Call, given: dict[str, Any]) -> str:
    state = call.state
    structure = call.require_card(given["structure"])
    call.require(structure)
    card, iban = state.structures[structure], given["iban"]
    same = any(one.iban == iban and one.status == ACTIVE for one in card.accounts.values())
    refuse(
        STRUCTURE_INACTIVE=card.status == INACTIVE,
        INVALID=not given["valid"],
        CONFLICT=same,
    )
    if given["default"]:
        _nothing_first(call, card)
    card.accounts[given["label"]] = BankAccount(given["label"], iban, default=given["default"])
    return _record(call, card, given["label"])


def _record(call: Call, card: Structure, label: str) -> str:
    name = f"account {card.number} {label}"
    call.record(card.number, name)
    return name


def _nothing_first(call: Call, card: Structure) -> None:
    for one in card.accounts.values():
        if one.default:
            one.default = False
            _record(call, card, one.label)


def _known(call: Call, item: tuple[int, str] | None) -> tuple[Structure, BankAccount]:
    if item is None or not rights.lists_accounts(call.before, call.actor, item[0]):
        raise Refused("NOT_FOUND")
    call.require(item[0])
    card = call.state.structures[item[0]]
    return card, card.accounts[item[1]]


def choose(call: Call, given: dict[str, Any]) -> str:
    card, account = _known(call, given["account"])
    if not account.default:
        refuse(
            STRUCTURE_INACTIVE=card.status == INACTIVE,
            STALE_VERSION=given["stale"],
            CONFLICT=account.status == CLOSED,
        )
        _nothing_first(call, card)
        account.default = True
        _record(call, card, account.label)
    return f"account {card.number} {account.label}"


def close(call: Call, given: dict[str, Any]) -> str:
    card, account = _known(call, given["account"])
    if account.status == ACTIVE:
        active = [one for one in card.accounts.values() if one.status == ACTIVE]
        pays = any(area in PAYING for area, _ in card.openings)
        needed = card.justice_category is not None or card.farmer or pays
        refuse(
            STALE_VERSION=given["stale"],
            BANK_ACCOUNT_REQUIRED=needed and card.status == ACTIVE and len(active) == 1,
        )
        account.status, account.default = CLOSED, False
        _record(call, card, account.label)
    return f"account {card.number} {account.label}"


ACTS: dict[str, Act] = {
    "addBankAccount": (None, add),
    "setDefaultBankAccount": (None, choose),
    "closeBankAccount": (None, close),
}
