"""Loading the demonstration data, once."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import Password, User
from models.areas import AreaCode, AreaMode
from models.database import Database
from models.demonstration.bank_accounts import (
    JOINERY_ACCOUNTS,
    PRINTER_ACCOUNTS,
    WORKSHOP_ACCOUNTS,
    keep_accounts,
)
from models.demonstration.mandates import give_mandate
from models.demonstration.people import (
    ACCOUNTS,
    OUTSIDER,
    PRIMARY,
    SECONDARY,
    SIMPLE_USER,
    account_of,
    colleague,
)
from models.demonstration.places import FORMER_WORKSHOP, JOINERY, PRINTER, TOWN, WORKSHOP
from models.demonstration.writing import Pen, Site
from models.history import TargetType
from models.memberships import Membership, MembershipOrigin, MembershipStatus, Role
from models.policy import Action
from models.requests import RequestStatus
from models.structures import StructureStatus


STAFF = 57
"""Colleagues at the workshop besides its primary and secondary manager and its simple user."""

INACTIVE = frozenset({11, 31, 51})
"""Numbers of the colleagues whose membership is inactive."""

CONSULTATION, MODIFICATION = AreaMode.CONSULTATION, AreaMode.MODIFICATION


class RealAccountsError(RuntimeError):
    """The database holds accounts of real people, so no demonstration data may be mixed in."""


async def holds_demonstration(database: Database) -> bool:
    """Tell whether *database* holds demonstration accounts."""
    async with database.reader.connect() as connection:
        return bool(await connection.scalar(select(exists().where(User.demonstration))))


async def load_demonstration(database: Database, now: datetime, password_hash: str) -> bool:
    """
    Load the demonstration data; false where it stands already.

    Every account that can sign in gets *password_hash*.

    Raises:
        RealAccountsError: there are other accounts and no demonstration.
    """

    async def work(session: AsyncSession) -> bool:
        if await session.scalar(select(exists().where(User.demonstration))):
            return False
        if await session.scalar(select(exists().where(User.id.is_not(None)))):
            raise RealAccountsError
        await _tell(Pen(session, now), password_hash)
        return True

    return await database.write(work)


async def _tell(pen: Pen, password_hash: str) -> None:
    people = {account.login: account_of(account, pen.before(400)) for account in ACCOUNTS}
    pen.session.add_all(people.values())
    await pen.session.flush()
    pen.session.add_all(
        Password(user_id=user.id, hash=password_hash, changed_at=pen.now)
        for user in people.values()
    )
    primary, secondary = people[PRIMARY.login], people[SECONDARY.login]
    await _tell_of_workshop(pen, primary, secondary, people[SIMPLE_USER.login])
    await _tell_of_town(pen, secondary)
    await _tell_of_joinery(pen, people[OUTSIDER.login])
    await _tell_of_printer(pen, primary)


async def _staff(pen: Pen, numbers: range, domain: str) -> list[User]:
    people = [colleague(number, domain, pen.before(350)) for number in numbers]
    pen.session.add_all(people)
    await pen.session.flush()
    return people


async def _tell_of_workshop(pen: Pen, primary: User, secondary: User, user: User) -> None:
    site = await pen.site(WORKSHOP, first_payment_at=pen.before(200))
    staff = await _staff(pen, range(STAFF), "berthelin.test")
    founder, *newcomers = await _staff(pen, range(100, 105), "berthelin.test")
    await _replace_former_workshop(pen, site, founder)
    await _transfer(pen, site, founder, primary)
    held = await pen.member(site, primary, Role.PRIMARY_MANAGER, origin=MembershipOrigin.TRANSFER)
    pen.right(site, held, AreaCode.ISSUED_INVOICES, MODIFICATION)
    pen.right(site, held, AreaCode.COMMITMENTS, CONSULTATION)
    held = await pen.member(site, secondary, Role.SECONDARY_MANAGER)
    pen.right(site, held, AreaCode.ISSUED_INVOICES, CONSULTATION)
    held = await pen.member(site, user, services=("COMPTABILITE", "FACTURATION"))
    pen.right(site, held, AreaCode.ISSUED_INVOICES, MODIFICATION, "FACTURATION")
    pen.right(site, held, AreaCode.ISSUED_INVOICES, CONSULTATION, "COMPTABILITE")
    pen.right(site, held, AreaCode.DATA_FLOW_OVERVIEW, CONSULTATION)
    await keep_accounts(pen, site, primary, WORKSHOP_ACCOUNTS)
    await give_mandate(pen, site, primary, days=295, revoked=285)
    await give_mandate(pen, site, primary, days=280)
    for number, employee in enumerate(staff):
        await _employ(pen, site, number, employee)
    await _decide_workshop(pen, site, (primary, secondary), [*newcomers, *staff])
    await _ask_workshop(pen, site, newcomers, [user, *staff])


async def _replace_former_workshop(pen: Pen, site: Site, founder: User) -> None:
    """Tell of the card that the workshop had at its former address."""
    former = await pen.site(
        FORMER_WORKSHOP, status=StructureStatus.INACTIVE, deactivated_at=pen.before(320)
    )
    await pen.member(former, founder, Role.PRIMARY_MANAGER, origin=MembershipOrigin.CREATOR)
    site.structure.predecessor_id = former.id
    change = {
        "field": "identifier",
        "before": FORMER_WORKSHOP.identifier,
        "after": WORKSHOP.identifier,
    }
    for structure_id in (former.id, site.id):
        await pen.acts(
            structure_id,
            founder,
            Action.IDENTIFIER_CHANGE,
            days=320,
            target=(TargetType.STRUCTURE, structure_id),
            changes=[change],
        )


async def _transfer(pen: Pen, site: Site, founder: User, primary: User) -> None:
    """Tell how the founder left, giving the primary role to his successor."""
    left = await pen.member(
        site, founder, status=MembershipStatus.DELETED, origin=MembershipOrigin.IDENTIFIER_CHANGE
    )
    await pen.acts(
        site.id,
        founder,
        Action.PRIMARY_MANAGER_TRANSFER,
        days=300,
        target=(TargetType.MEMBERSHIP, left.id),
        user_id=primary.id,
        changes=[{"field": "role", "before": "PRIMARY_MANAGER", "after": "SIMPLE_USER"}],
    )


async def _employ(pen: Pen, site: Site, number: int, user: User) -> None:
    codes = list(site.services)
    mode = MODIFICATION if number % 2 else CONSULTATION
    if number == 0:
        await pen.member(site, user, Role.SECONDARY_MANAGER)
    elif number % 6 == 0:
        held = await pen.member(site, user, origin=MembershipOrigin.IDENTIFIER_CHANGE)
        pen.right(site, held, AreaCode.ISSUED_INVOICES, mode)
        pen.right(site, held, AreaCode.DATA_FLOW_OVERVIEW, CONSULTATION)
    else:
        services = {codes[number % len(codes)], codes[(number * 5 + 3) % len(codes)]}
        held = await pen.member(
            site,
            user,
            services=tuple(sorted(services)),
            status=MembershipStatus.INACTIVE if number in INACTIVE else MembershipStatus.ACTIVE,
            origin=MembershipOrigin.REQUEST if number == 1 else MembershipOrigin.MANAGER,
        )
        _enable(pen, site, held, services, mode)


def _enable(pen: Pen, site: Site, held: Membership, services: set[str], mode: AreaMode) -> None:
    for code in sorted(services):
        pen.right(site, held, AreaCode.ISSUED_INVOICES, mode, code)
    if "TRAVAUX" in services:
        pen.right(site, held, AreaCode.WORK_INVOICES, MODIFICATION, "TRAVAUX")
    if "CHANTIERS" in services:
        pen.right(site, held, AreaCode.WORK_INVOICES, CONSULTATION, "CHANTIERS")


async def _ask_workshop(pen: Pen, site: Site, newcomers: list[User], members: list[User]) -> None:
    await pen.asks_connection(
        site, newcomers[0], "Je rejoins la facturation lundi.", "FACTURATION", days=1
    )
    await pen.asks_connection(
        site, newcomers[1], "Remplacement de Mme Évrard.", "COMPTABILITE", "ACHATS", days=4
    )
    await pen.asks_connection(site, newcomers[2], "Conduite du chantier de Beaune.", days=6)
    # Nobody decided these in time: they are expired without a write.
    await pen.asks_connection(site, newcomers[3], "Stage de printemps.", days=120)
    await pen.asks_right(site, members[0], AreaCode.COMMITMENTS, CONSULTATION, days=2)
    await pen.asks_right(
        site, members[0], AreaCode.ISSUED_INVOICES, MODIFICATION, "COMPTABILITE", days=1
    )
    await pen.asks_right(site, members[6], AreaCode.DATA_FLOW_OVERVIEW, CONSULTATION, days=5)


async def _decide_workshop(
    pen: Pen, site: Site, managers: tuple[User, User], people: list[User]
) -> None:
    primary, secondary = managers
    refused = await pen.asks_connection(site, people[0], "Accès à la facturation.", days=40)
    await pen.decides(
        refused,
        secondary,
        RequestStatus.REFUSED,
        days=39,
        reason="Votre arrivée n'est pas encore confirmée : refaites la demande ensuite.",
    )
    validated = await pen.asks_connection(site, people[5], "Prise de poste.", days=301)
    await pen.decides(validated, primary, RequestStatus.VALIDATED, days=300)
    right = await pen.asks_right(site, people[10], AreaCode.ISSUED_INVOICES, CONSULTATION, days=255)
    await pen.decides(right, primary, RequestStatus.VALIDATED, days=250)


async def _tell_of_town(pen: Pen, secondary: User) -> None:
    site = await pen.site(TOWN, service_code_required=True, local_authority=True)
    mayor, clerk, roads, asker = await _staff(pen, range(120, 124), "saint-aubin.test")
    held = await pen.member(site, mayor, Role.PRIMARY_MANAGER, origin=MembershipOrigin.CREATOR)
    pen.right(site, held, AreaCode.RECEIVED_INVOICES, MODIFICATION)
    held = await pen.member(site, clerk, services=("FINANCES", "CULTURE"))
    pen.right(site, held, AreaCode.RECEIVED_INVOICES, MODIFICATION, "FINANCES")
    pen.right(site, held, AreaCode.COMMITMENTS, CONSULTATION, "FINANCES")
    held = await pen.member(site, roads, services=("VOIRIE",))
    pen.right(site, held, AreaCode.RECEIVED_INVOICES, CONSULTATION, "VOIRIE")
    held = await pen.member(site, secondary, services=("FINANCES",))
    pen.right(site, held, AreaCode.RECEIVED_REQUESTS, CONSULTATION, "FINANCES")
    await pen.asks_connection(site, asker, "Suivi des marchés de voirie.", "VOIRIE")
    await pen.asks_right(site, roads, AreaCode.RECEIVED_INVOICES, MODIFICATION, "VOIRIE")


async def _tell_of_joinery(pen: Pen, outsider: User) -> None:
    site = await pen.site(JOINERY)
    owner, fitter = await _staff(pen, range(140, 142), "menuiserie-coste.test")
    held = await pen.member(site, owner, Role.PRIMARY_MANAGER, origin=MembershipOrigin.CREATOR)
    pen.right(site, held, AreaCode.ISSUED_INVOICES, MODIFICATION)
    await pen.member(site, fitter, services=("POSE",))
    await keep_accounts(pen, site, owner, JOINERY_ACCOUNTS)
    asked = await pen.asks_connection(site, outsider, "Je suis votre comptable.", days=30)
    await pen.decides(
        asked,
        owner,
        RequestStatus.REFUSED,
        days=28,
        reason="Nous ne travaillons pas avec votre cabinet.",
    )


async def _tell_of_printer(pen: Pen, primary: User) -> None:
    site = await pen.site(PRINTER)
    held = await pen.member(site, primary, Role.PRIMARY_MANAGER, origin=MembershipOrigin.CREATOR)
    pen.right(site, held, AreaCode.ISSUED_INVOICES, CONSULTATION)
    await keep_accounts(pen, site, primary, PRINTER_ACCOUNTS)
