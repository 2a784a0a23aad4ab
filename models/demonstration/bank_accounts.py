"""The invented bank accounts."""

from dataclasses import dataclass

from models.accounts import User
from models.bank_accounts import BankAccount
from models.base import sort_key
from models.demonstration.writing import Pen, Site
from models.history import TargetType
from models.policy import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """A bank account to make, added and perhaps closed some days ago, of a *factor* or its own."""

    label: str
    iban: str
    bic: str
    holder_name: str
    added: int
    closed: int | None = None
    factor: tuple[str, str] | None = None
    default: bool = False


WORKSHOP_ACCOUNTS = (
    Details(
        label="Compte courant",
        iban="FR7630006000011234567890189",
        bic="AGRIFRPP",
        holder_name="Ateliers Berthelin",
        added=290,
        default=True,
    ),
    Details(
        label="Affacturage Rhône-Saône",
        iban="FR7630004000031234567890143",
        bic="BNPAFRPP",
        holder_name="Rhône-Saône Factor",
        factor=("Rhône-Saône Factor", "52345678800018"),
        added=120,
    ),
    Details(
        label="Ancien compte",
        iban="FR1420041010050500013M02606",
        bic="PSSTFRPPPAR",
        holder_name="Ateliers Berthelin",
        added=298,
        closed=289,
    ),
)
JOINERY_ACCOUNTS = (
    Details(
        label="Compte professionnel",
        iban="FR1420041010050500013M02606",
        bic="PSSTFRPPLYO",
        holder_name="Menuiserie Coste & Filles",
        added=380,
        default=True,
    ),
)
PRINTER_ACCOUNTS = (
    Details(
        label="Zichtrekening",
        iban="BE68539007547034",
        bic="GKCCBEBB",
        holder_name="Drukkerij Van Hove",
        added=150,
    ),
)


async def keep_accounts(pen: Pen, site: Site, actor: User, accounts: tuple[Details, ...]) -> None:
    """Write *accounts* of a structure, which *actor* added, with their entries in the history."""
    for one in accounts:
        changed = one.added if one.closed is None else one.closed
        name, identifier = one.factor or (None, None)
        account = BankAccount(
            structure_id=site.id,
            label=one.label,
            label_key=sort_key(one.label),
            iban=one.iban,
            bic=one.bic,
            holder_name=one.holder_name,
            factor=one.factor is not None,
            factor_name=name,
            factor_identifier=identifier,
            is_default=one.default,
            created_at=pen.before(one.added),
            updated_at=pen.before(changed),
        )
        if one.closed is not None:
            account.close(pen.before(one.closed))
        pen.session.add(account)
        await pen.session.flush()
        await _remember(pen, actor, account, one)


async def _remember(pen: Pen, actor: User, account: BankAccount, one: Details) -> None:
    added = {"field": "iban", "before": None, "after": account.masked_iban}
    closed = {"field": "status", "before": "ACTIVE", "after": "CLOSED"}
    for days, change in ((one.added, added), (one.closed, closed)):
        if days is not None:
            await pen.acts(
                account.structure_id,
                actor,
                Action.BANK_ACCOUNT_MANAGE,
                days=days,
                target=(TargetType.BANK_ACCOUNT, account.id),
                changes=[change],
            )
