"""Taking the demonstration data away again."""

from collections.abc import Sequence

from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import Password, RefreshToken, SignInSession, User
from models.areas import AreaSubscription, StructureArea
from models.bank_accounts import BankAccount
from models.database import Database
from models.history import ManagerAction
from models.idempotency import IdempotencyRecord
from models.mandates import InvoicingMandate
from models.memberships import Membership, ServiceMembership
from models.outbox import Notification
from models.requests import Request, RequestedService
from models.services import Service
from models.structures import Structure, StructureApplication


NO_DELETE = "manager_action_no_delete"


class DemonstrationInUseError(RuntimeError):
    """Accounts of the demonstration take part in structures that have other members too."""


async def remove_demonstration(database: Database) -> tuple[int, int]:
    """
    Remove the marked accounts and the structures that have no other members.

    Gives how many accounts and structures went. Their history goes with them.

    Raises:
        DemonstrationInUseError: such an account takes part elsewhere; nothing is removed.
    """

    async def work(session: AsyncSession) -> tuple[int, int]:
        users = (await session.scalars(select(User.id).where(User.demonstration))).all()
        structures = await _structures_of(session, users)
        await _remove_history(session, structures)
        await _remove_structures(session, structures)
        await _remove_accounts(session, users)
        return len(users), len(structures)

    try:
        return await database.write(work)
    except IntegrityError:
        raise DemonstrationInUseError from None


async def _structures_of(session: AsyncSession, users: Sequence[int]) -> Sequence[int]:
    others = select(Membership.structure_id).where(Membership.user_id.not_in(users))
    own = (
        select(Membership.structure_id)
        .where(Membership.user_id.in_(users), Membership.structure_id.not_in(others))
        .distinct()
    )
    return (await session.scalars(own)).all()


async def _remove_history(session: AsyncSession, structures: Sequence[int]) -> None:
    # What was never real is the one thing that may leave the append-only history.
    removal = delete(ManagerAction).where(ManagerAction.structure_id.in_(structures))
    if session.get_bind().dialect.name == "postgresql":
        trigger = "TRIGGER manager_action_append_only"
        await session.execute(text(f"ALTER TABLE manager_action DISABLE {trigger}"))
        await session.execute(removal)
        await session.execute(text(f"ALTER TABLE manager_action ENABLE {trigger}"))
        return
    definition = await session.scalar(
        text("SELECT sql FROM sqlite_schema WHERE name = :name"), {"name": NO_DELETE}
    )
    await session.execute(text(f"DROP TRIGGER {NO_DELETE}"))
    await session.execute(removal)
    await session.execute(text(str(definition)))


async def _remove_structures(session: AsyncSession, structures: Sequence[int]) -> None:
    for table in (
        Notification,
        RequestedService,
        Request,
        AreaSubscription,
        StructureArea,
        ServiceMembership,
        Membership,
        StructureApplication,
        BankAccount,
        InvoicingMandate,
        Service,
    ):
        await session.execute(delete(table).where(table.structure_id.in_(structures)))
    await session.execute(delete(Structure).where(Structure.id.in_(structures)))


async def _remove_accounts(session: AsyncSession, users: Sequence[int]) -> None:
    sessions = select(SignInSession.id).where(SignInSession.user_id.in_(users))
    await session.execute(delete(RefreshToken).where(RefreshToken.session_id.in_(sessions)))
    for table in (SignInSession, Password, IdempotencyRecord, Notification):
        await session.execute(delete(table).where(table.user_id.in_(users)))
    await session.execute(delete(User).where(User.id.in_(users)))
