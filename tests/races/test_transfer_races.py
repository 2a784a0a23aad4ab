import asyncio

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import PlatformRole, SignInSession, User
from models.areas import AreaCode, AreaMode, AreaSubscription, StructureArea
from models.database import Database
from models.history import ManagerAction
from models.identifiers import IdentifierType
from models.invariants import violations
from models.memberships import (
    Membership,
    MembershipOrigin,
    MembershipScope,
    MembershipStatus,
    Role,
)
from models.policy import Action
from models.structures import ApplicationCode, Structure, StructureApplication
from models.transfers import AfterTransfer
from resolvers.identifier_change import ChangeIdentifierInput, change_identifier
from resolvers.inputs import StructureIdentifierInput, UserLookup
from resolvers.node_ids import NodeIds, NodeKind
from resolvers.operation import Operation
from resolvers.outcomes import Outcome
from resolvers.transferring import TransferPrimaryManagerInput, transfer_primary_manager
from settings import Settings


pytestmark = pytest.mark.race

NOW = datetime.now(UTC)
STAMPS: dict[str, Any] = {"created_at": NOW, "updated_at": NOW}
PEOPLE = 6
SUPPORT = 6
IDENTIFIERS = [f"CH{number:05}" for number in range(500)]


class World:
    """One structure and six people, the last of them of the support."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.node_ids = NodeIds(b"a secret of sixteen bytes or more")
        self.users: list[int] = []
        self.sessions: dict[int, int] = {}
        self.structure_id = 0

    async def build(self, session: AsyncSession) -> None:
        structure = Structure(
            identifier_type=IdentifierType.NON_EU,
            identifier="CHSTART",
            name="Scierie du Val",
            name_key="scierie du val",
            **STAMPS,
        )
        people = [
            User(
                login=f"person{number}@val.test",
                email=f"person{number}@val.test",
                first_name="Alix",
                last_name=f"Roche {number}",
                name_key=f"roche {number} alix",
                platform_role=PlatformRole.SUPPORT if number == SUPPORT else PlatformRole.NONE,
                **STAMPS,
            )
            for number in range(1, PEOPLE + 1)
        ]
        session.add_all([structure, *people])
        await session.flush()
        self.structure_id, self.users = structure.id, [person.id for person in people]
        signed_in = [
            SignInSession(user_id=user_id, created_at=NOW, expires_at=NOW + timedelta(days=1))
            for user_id in self.users
        ]
        primary = Membership(
            structure_id=structure.id,
            user_id=self.users[0],
            role=Role.PRIMARY_MANAGER,
            scope=MembershipScope.ALL_SERVICES,
            origin=MembershipOrigin.CREATOR,
            **STAMPS,
        )
        opening = StructureArea(
            structure_id=structure.id,
            area=AreaCode.ISSUED_INVOICES,
            mode=AreaMode.MODIFICATION,
            opened_at=NOW,
            **STAMPS,
        )
        application = StructureApplication(
            structure_id=structure.id, code=ApplicationCode.PAYMENT_REQUEST, added_at=NOW
        )
        session.add_all([*signed_in, primary, opening, application])
        await session.flush()
        session.add(
            AreaSubscription(
                structure_id=structure.id,
                membership_id=primary.id,
                area=AreaCode.ISSUED_INVOICES,
                mode=AreaMode.MODIFICATION,
                **STAMPS,
            )
        )
        self.sessions = {one.user_id: one.id for one in signed_in}

    def acting(self, user_id: int) -> Any:
        """What a resolver is told of the operation of a user."""
        operation = Operation(
            database=self.database,
            settings=Settings(),
            node_ids=self.node_ids,
            principal=(user_id, self.sessions[user_id]),
        )
        return SimpleNamespace(context=operation)

    async def transfer(
        self, caller: int, successor: int, after: AfterTransfer = AfterTransfer.LEAVE
    ) -> Outcome:
        info = self.acting(caller)
        asked = TransferPrimaryManagerInput(
            structure_ids=[self.node_ids.encode(NodeKind.STRUCTURE, self.structure_id)],
            successor=UserLookup(user_id=self.node_ids.encode(NodeKind.USER, successor)),
            after_transfer=after,
            reason="The role passes on.",
        )
        try:
            return await transfer_primary_manager(info, asked)
        finally:
            await info.context.close()

    async def change(self, caller: int, version: int, identifier: str) -> Outcome:
        info = self.acting(caller)
        asked = ChangeIdentifierInput(
            structure_id=self.node_ids.encode(NodeKind.STRUCTURE, self.structure_id),
            version=version,
            identifier=StructureIdentifierInput(type=IdentifierType.NON_EU, value=identifier),
        )
        try:
            return await change_identifier(info, asked)
        finally:
            await info.context.close()

    async def primary_managers(self) -> list[int]:
        statement = select(Membership.user_id).where(
            Membership.structure_id == self.structure_id,
            Membership.role == Role.PRIMARY_MANAGER,
            Membership.status == MembershipStatus.ACTIVE,
        )
        async with self.database.reader.connect() as connection:
            return list(await connection.scalars(statement))

    async def count(self, statement: Any) -> int:
        async with self.database.reader.connect() as connection:
            return int((await connection.execute(statement)).scalar_one())


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    database = Database(database_url)
    built = World(database)
    await database.write(built.build)
    yield built
    assert await violations(database) == []
    await database.close()


async def test_of_four_concurrent_transfers_one_succeeds(world: World, rounds: int) -> None:
    choices = [AfterTransfer.LEAVE, AfterTransfer.SECONDARY_MANAGER, AfterTransfer.SIMPLE_USER]
    for number in range(rounds):
        [primary] = await world.primary_managers()
        others = [user for user in world.users if user not in {primary, world.users[-1]}]
        after = choices[number % len(choices)]

        outcomes = await asyncio.gather(
            *(world.transfer(primary, successor, after) for successor in others)
        )

        codes = sorted(
            str(one.results[0].problem and one.results[0].problem.code) for one in outcomes
        )
        assert codes == ["FORBIDDEN", "FORBIDDEN", "FORBIDDEN", "None"]
        [won] = [user for user, one in zip(others, outcomes, strict=True) if not one.all_problems]
        assert await world.primary_managers() == [won]
    transfers = select(func.count()).where(ManagerAction.action == Action.PRIMARY_MANAGER_TRANSFER)
    assert await world.count(transfers) == rounds


async def test_the_support_and_the_primary_manager_at_once_leave_one_primary_manager(
    world: World, rounds: int
) -> None:
    support = world.users[-1]
    for _ in range(rounds):
        [primary] = await world.primary_managers()
        others = [user for user in world.users if user not in {primary, support}]
        callers = [primary, support, primary, support]

        outcomes = await asyncio.gather(
            *(world.transfer(*pair) for pair in zip(callers, others, strict=True))
        )

        assert sum(not one.all_problems for one in outcomes) >= 2
        assert len(await world.primary_managers()) == 1


async def test_two_concurrent_changes_of_identifier_leave_one_successor(
    world: World, rounds: int
) -> None:
    [primary] = await world.primary_managers()
    for number in range(rounds):
        first, second = IDENTIFIERS[2 * number : 2 * number + 2]

        outcomes = await asyncio.gather(
            world.change(primary, 1, first), world.change(primary, 1, second)
        )

        [done] = [one for one in outcomes if not one.all_problems]
        [refused] = [one for one in outcomes if one.all_problems]
        [problem] = refused.all_problems
        assert problem.code == "STRUCTURE_INACTIVE"
        assert done.target is not None
        assert problem.details == {"successor_id": done.target.number}
        successors = select(func.count()).where(Structure.predecessor_id == world.structure_id)
        assert await world.count(successors) == 1
        world.structure_id = done.target.number


async def test_two_structures_cannot_take_one_identifier_at_once(world: World, rounds: int) -> None:
    [primary] = await world.primary_managers()
    twin = World(world.database)
    twin.users, twin.sessions = world.users, world.sessions
    for number in range(rounds):
        await world.database.write(_twin(twin, primary, number))

        outcomes = await asyncio.gather(
            world.change(primary, 1, IDENTIFIERS[number]),
            twin.change(primary, 1, IDENTIFIERS[number]),
        )

        [done] = [one for one in outcomes if not one.all_problems]
        [problem] = [problem for one in outcomes for problem in one.all_problems]
        assert done.target is not None
        assert problem.code == "STRUCTURE_EXISTS"
        assert problem.details == {"structure_id": done.target.number}
        world.structure_id = done.target.number


def _twin(twin: World, primary: int, number: int) -> Any:
    async def build(session: AsyncSession) -> None:
        structure = Structure(
            identifier_type=IdentifierType.NON_EU,
            identifier=f"FI{number:05}",
            name="Sahala",
            name_key="sahala",
            **STAMPS,
        )
        session.add(structure)
        await session.flush()
        twin.structure_id, twin.node_ids = structure.id, twin.node_ids
        session.add_all(
            [
                StructureApplication(
                    structure_id=structure.id, code=ApplicationCode.PAYMENT_REQUEST, added_at=NOW
                ),
                Membership(
                    structure_id=structure.id,
                    user_id=primary,
                    role=Role.PRIMARY_MANAGER,
                    scope=MembershipScope.ALL_SERVICES,
                    origin=MembershipOrigin.CREATOR,
                    **STAMPS,
                ),
            ]
        )

    return build
