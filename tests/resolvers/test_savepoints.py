"""An item of an act that fails halfway is taken back alone."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import strawberry

from sqlalchemy import select
from typing_extensions import override

from models.accounts import SignInSession, User
from models.errors import Invalid
from models.history import ManagerAction, TargetType
from models.memberships import Membership, MembershipOrigin
from models.policy import Action
from models.structures import Structure
from resolvers.acts import Act, perform
from resolvers.effects import EffectKind
from resolvers.node_ids import NodeKind
from resolvers.operation import Operation
from resolvers.outcomes import Outcome, Target
from tests.world import World


@strawberry.input
class Renaming:
    """A user to connect, and what to add to the name meanwhile."""

    user_id: int
    name: str


class Rename(Act):
    """Renames a structure and connects a user to it, without asking any rule."""

    action = Action.CARD_READ
    items_field = "items"

    @override
    async def aim(self) -> Iterable[int]:
        return [self.given.structure_id]

    @override
    async def prepare(self) -> None:
        users = await self.writing.session.scalars(select(User))
        self.users = {user.id: user for user in users}

    @override
    def target(self, item: Any) -> Target | None:
        return Target(NodeKind.STRUCTURE, self.given.structure_id)

    @override
    async def apply(self, item: Any) -> Target | None:
        writing, structure = self.writing, self.writing.structures[self.given.structure_id]
        assert self.users[item.user_id].login
        async with writing.saving():
            structure.name = f"{structure.name} {item.name}"
            writing.tell(EffectKind.MEMBERSHIP_CREATED, user_id=item.user_id)
            if item.name == "never":
                await writing.session.flush()
                raise Invalid("Not this name.")
            writing.record(Action.CARD_READ, structure.id, (TargetType.STRUCTURE, structure.id))
            writing.session.add(
                Membership(
                    structure_id=structure.id,
                    user_id=item.user_id,
                    origin=MembershipOrigin.MANAGER,
                    created_at=writing.now,
                    updated_at=writing.now,
                )
            )
        return self.target(item)


async def _perform(world: World, structure: Structure, *items: Any) -> Outcome:
    actor = await world.user("Ada Actor")
    await world.token(actor)
    (session,) = await world.all(SignInSession, SignInSession.user_id == actor.id)
    operation = Operation(
        database=world.database,
        settings=world.settings,
        node_ids=world.parts.node_ids,
        principal=(actor.id, session.id),
        clock=lambda: world.now,
    )
    given = SimpleNamespace(
        structure_id=structure.id, items=items, dry_run=False, idempotency_key=None
    )
    info: Any = SimpleNamespace(context=operation)
    outcome = await perform(info, Rename, given)
    await operation.close()
    return outcome


async def test_an_item_that_fails_halfway_is_taken_back_alone(world: World) -> None:
    manager, first, second = [await world.user() for _ in range(3)]
    structure = await world.structure("Atelier", primary=manager)
    items = [
        Renaming(user_id=user.id, name=name)
        for user, name in (
            (first, "one"),
            (manager, "two"),
            (second, "never"),
            (second, "three"),
        )
    ]

    outcome = await _perform(world, structure, *items)

    assert [result.problem and result.problem.code for result in outcome.results] == [
        None,
        "CONFLICT",
        "INVALID",
        None,
    ]
    assert [effect.user_id for effect in outcome.effects] == [first.id, second.id]
    assert (await world.reload(structure)).name == "Atelier one three"
    assert len(await world.all(ManagerAction)) == 2


async def test_a_session_that_ended_meanwhile_writes_nothing(world: World) -> None:
    actor = await world.user()
    structure = await world.structure("Atelier", primary=actor)
    document = """
        mutation ($input: RequestConnectionInput!) { requestConnection(input: $input) {
            errors { code } } }
    """
    await world.token(actor)
    (session,) = await world.all(SignInSession, SignInSession.user_id == actor.id)
    ended = False

    # The session ends after the operation read it, and before its act begins.
    async def end() -> None:
        await world.parts.identity.sessions.end(session.id)

    reading = world.database.write

    async def write(work: Any) -> Any:
        nonlocal ended
        if not ended:
            ended = True
            await end()
        return await reading(work)

    world.database.write = write  # type: ignore[method-assign]
    answer = await world.ask(actor, document, input={"structureId": world.id(structure)})
    world.database.write = reading  # type: ignore[method-assign]

    assert answer.body["data"] == {"requestConnection": None}
    assert answer.codes == ["UNAUTHENTICATED"]
    assert await world.all(ManagerAction) == []
