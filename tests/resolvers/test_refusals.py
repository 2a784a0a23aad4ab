"""However much is tried, little of it is kept."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from models.database import Database
from models.errors import ErrorCode
from models.history import TargetType
from models.policy import Action
from resolvers.refusals import MOST, MOST_OF_ONE, Refusal, Refusals


def refusal(actor: int, target: int) -> Refusal:
    return Refusal(
        1, actor, Action.IDENTIFIER_CHANGE, ErrorCode.FORBIDDEN, (TargetType.STRUCTURE, target)
    )


@pytest.fixture
async def refusals(sqlite_url: str) -> AsyncIterator[Refusals]:
    """Refusals to actors that do not exist, so that nothing is written at the end."""
    database = Database(sqlite_url)
    refusals = Refusals(database, seconds=3600, clock=lambda: datetime.now(UTC))
    yield refusals
    await refusals.close()
    await database.close()


async def test_beyond_a_hundred_targets_of_an_actor_one_entry_stands_for_the_rest(
    refusals: Refusals,
) -> None:
    for target in range(5 * MOST_OF_ONE):
        refusals.count([refusal(1, target)])
    refusals.count([refusal(2, 1)])

    assert len(refusals._tallies) == MOST_OF_ONE + 2
    rest = refusals._tallies[refusal(1, 0)._replace(target=None)]
    assert rest.count == 4 * MOST_OF_ONE


async def test_of_one_actor_two_hundred_kinds_are_kept_at_the_most(refusals: Refusals) -> None:
    for place in range(1_000):
        refusals.count([refusal(1, place)._replace(structure_id=place)])

    assert len(refusals._tallies) == 2 * MOST_OF_ONE


async def test_of_all_actors_ten_thousand_kinds_are_kept_at_the_most(refusals: Refusals) -> None:
    refusals.count(refusal(actor, 1) for actor in range(MOST + 50))

    assert len(refusals._tallies) == MOST
