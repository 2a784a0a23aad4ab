"""Acts on the bank accounts of a structure: to add one, to propose one first, to close one."""

from collections.abc import Iterable
from typing import Annotated, Any

from sqlalchemy import or_, select
from typing_extensions import override

from models.areas import StructureArea
from models.bank_accounts import (
    LONGEST_IDENTIFIER,
    LONGEST_TEXT,
    BankAccount,
    BankAccountStatus,
    needs_account,
    normalised_bic,
    normalised_iban,
    require_another,
    told_text,
)
from models.base import sort_key
from models.errors import ErrorCode, Invalid, NotFound, RuleRefused
from models.history import MASK, TargetType
from models.outbox import NotificationKind
from models.policy import Action
from resolvers.acts import Act, perform
from resolvers.bank_account_inputs import (
    AddBankAccountInput,
    CloseBankAccountInput,
    FactorInput,
    SetDefaultBankAccountInput,
)
from resolvers.changes import Change, change
from resolvers.effects import EffectKind
from resolvers.invoicing import inform_actor
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from resolvers.outcomes import Outcome, Target
from resolvers.request_inputs import WHAT_TO_DO
from resolvers.telling import managers_of, tell_managers


class BankAccountAct(Act):
    """An act on the bank accounts of one structure, of which *accounts* can be chosen now."""

    action = Action.BANK_ACCOUNT_MANAGE
    accounts: dict[int, BankAccount]
    managers: list[int]
    structure_id = 0
    number = 0

    @override
    async def prepare(self) -> None:
        session = self.writing.session
        concerned = select(BankAccount).where(
            BankAccount.structure_id == self.structure_id,
            or_(BankAccount.status == BankAccountStatus.ACTIVE, BankAccount.id == self.number),
        )
        self.accounts = {one.id: one for one in await session.scalars(concerned)}
        self.managers = await managers_of(self.writing, self.structure_id)

    @property
    def active(self) -> list[BankAccount]:
        """The accounts that can be chosen now."""
        return [one for one in self.accounts.values() if one.status == BankAccountStatus.ACTIVE]

    async def replace_default(self, label: str) -> None:
        """Propose the present default no longer first, but the account that *label* names."""
        former = next((one for one in self.active if one.is_default), None)
        if former is None:
            return
        former.propose(self.writing.now, first=False)
        # Both databases check at once that there is one default.
        await self.writing.session.flush()
        self.remember(former, change("default", "true", "false"))
        self.tell_default(former.label, label)

    def tell_default(self, before: str, after: str | None) -> None:
        """Tell which account was proposed first, and which one is."""
        self.writing.tell(
            EffectKind.DEFAULT_BANK_ACCOUNT_CHANGED,
            structure_id=self.structure_id,
            before=before,
            after=after,
        )

    def remember(self, account: BankAccount, *changes: Change) -> None:
        """Add an entry on *account* to the history."""
        target = (TargetType.BANK_ACCOUNT, account.id)
        self.writing.record(self.action, self.structure_id, target, changes=list(changes))

    def announce(self, message: NotificationKind, account: BankAccount) -> None:
        """Tell the other managers: who is paid is what frauds are after."""
        tell_managers(
            self.writing, message, self.structure_id, self.managers, bank_account_id=account.id
        )


class AddBankAccount(BankAccountAct):
    """Adds a bank account to a structure."""

    given: AddBankAccountInput

    @override
    async def aim(self) -> Iterable[int]:
        self.structure_id = self.writing.number(self.given.structure_id, NodeKind.STRUCTURE)
        return [self.structure_id]

    @override
    def target(self, item: Any) -> Target | None:
        return None

    @override
    async def apply(self, item: Any) -> Target | None:
        self.writing.allowed_card(self.action, self.structure_id, "structureId")
        await self.writing.require_active(self.structure_id)
        account = self._new_account()
        async with self.writing.saving():
            if account.is_default:
                await self.replace_default(account.label)
            self.writing.session.add(account)
            await self.writing.session.flush()
            self.remember(account, *self._added(account))
            self.announce(NotificationKind.BANK_ACCOUNT_ADDED, account)
        return None if self.given.dry_run else Target(NodeKind.BANK_ACCOUNT, account.id)

    def _new_account(self) -> BankAccount:
        given, now = self.given, self.writing.now
        iban = normalised_iban(given.iban)
        if any(one.iban == iban for one in self.active):
            message = "The structure has an active bank account with this IBAN already."
            raise RuleRefused(ErrorCode.CONFLICT, message, field=("iban",))
        label = _text(given.label, iban, "label")
        return BankAccount(
            structure_id=self.structure_id,
            label=label,
            label_key=sort_key(label),
            iban=iban,
            bic=normalised_bic(given.bic),
            holder_name=_text(given.holder_name, iban, "holderName"),
            is_default=given.default,
            created_at=now,
            updated_at=now,
            **_factor(given.factor, iban),
        )

    def _added(self, account: BankAccount) -> list[Change]:
        """
        Tell what a new account is, and mask who is paid.

        The support reads the history, but no bank details, and a label may tell some.
        """
        given = {
            "label": MASK,
            "iban": account.masked_iban,
            "bic": account.bic,
            "holderName": account.holder_name,
            "factorName": account.factor_name,
            "factorIdentifier": account.factor_identifier,
            "default": "true" if account.is_default else None,
        }
        return [change(name, None, value) for name, value in given.items() if value is not None]


class KnownAccountAct(BankAccountAct):
    """An act on a bank account that exists."""

    @override
    async def aim(self) -> Iterable[int]:
        self.number = self.writing.number(self.given.bank_account_id, NodeKind.BANK_ACCOUNT)
        place = select(BankAccount.structure_id).where(BankAccount.id == self.number)
        self.structure_id = await self.writing.session.scalar(place) or 0
        return [self.structure_id]

    @override
    async def prepare(self) -> None:
        await super().prepare()
        # Simple users may see an account; that they change none is told to them alone.
        await inform_actor(self.writing)

    @override
    def target(self, item: Any) -> Target | None:
        return Target(NodeKind.BANK_ACCOUNT, self.number)

    def allowed_account(self) -> BankAccount:
        """
        Give the account that the call names.

        Raises:
            NotFound: there is none, or it is not for the actor to see.
            Forbidden: he sees it, but manages nothing here.
        """
        account = self.accounts.get(self.number)
        viewer = self.writing.viewer
        if account is None or not viewer.passes(Action.BANK_ACCOUNT_LIST, self.structure_id):
            raise NotFound
        self.writing.require(self.action, self.structure_id)
        return account


class SetDefaultBankAccount(KnownAccountAct):
    """Chooses the bank account that is proposed first."""

    given: SetDefaultBankAccountInput

    @override
    async def apply(self, item: Any) -> Target | None:
        account = self.allowed_account()
        if account.is_default:
            return self.target(item)
        await self.writing.require_active(self.structure_id)
        account.require_version(self.given.version)
        account.require_open()
        async with self.writing.saving():
            await self.replace_default(account.label)
            account.propose(self.writing.now, first=True)
            self.remember(account, change("default", "false", "true"))
            self.announce(NotificationKind.DEFAULT_BANK_ACCOUNT_CHANGED, account)
        return self.target(item)


class CloseBankAccount(KnownAccountAct):
    """Closes a bank account; no other one takes its place as the default by itself."""

    given: CloseBankAccountInput

    @override
    async def prepare(self) -> None:
        await super().prepare()
        opened = select(StructureArea.area).where(
            StructureArea.structure_id == self.structure_id, StructureArea.closed_at.is_(None)
        )
        self.opened = list(await self.writing.session.scalars(opened))

    @override
    async def apply(self, item: Any) -> Target | None:
        account = self.allowed_account()
        if account.status == BankAccountStatus.CLOSED:
            return self.target(item)
        account.require_version(self.given.version)
        card = self.writing.structures[self.structure_id]
        if card.deactivated_at is None and needs_account(card, self.opened):
            require_another(len(self.active) - 1)
        async with self.writing.saving():
            closed = [change("status", "ACTIVE", "CLOSED")]
            if account.is_default:
                self.tell_default(account.label, None)
                closed.append(change("default", "true", "false"))
            account.close(self.writing.now)
            self.remember(account, *closed)
            self.announce(NotificationKind.BANK_ACCOUNT_CLOSED, account)
        return self.target(item)


def _text(given: str, iban: str, *field: str, maximum: int = LONGEST_TEXT) -> str:
    try:
        return told_text(given, iban, maximum=maximum)
    except Invalid as refused:
        raise refused.at(*field) from None


def _factor(given: FactorInput | None, iban: str) -> dict[str, Any]:
    if given is None:
        return {"factor": False}
    name = _text(given.name, iban, "factor", "name")
    field = ("factor", "identifier")
    identifier = _text(given.identifier, iban, *field, maximum=LONGEST_IDENTIFIER)
    return {"factor": True, "factor_name": name, "factor_identifier": identifier}


async def add_bank_account(
    info: Info,
    input: Annotated[AddBankAccountInput, WHAT_TO_DO],
) -> Outcome:
    """Add a bank account."""
    return await perform(info, AddBankAccount, input)


async def close_bank_account(
    info: Info,
    input: Annotated[CloseBankAccountInput, WHAT_TO_DO],
) -> Outcome:
    """Close a bank account."""
    return await perform(info, CloseBankAccount, input)


async def set_default_bank_account(
    info: Info,
    input: Annotated[SetDefaultBankAccountInput, WHAT_TO_DO],
) -> Outcome:
    """Choose the bank account that is proposed first."""
    return await perform(info, SetDefaultBankAccount, input)
