"""Reading a long history: each filter finds its acts by an index, and targets by one table."""

from typing import Any

import pytest

from sqlalchemy import insert, text

from models.history import MASK, ManagerAction, TargetType, masked
from models.paging import page
from models.policy import Action
from models.reading import compiled
from resolvers.history import HISTORY, NEWEST_FIRST, TARGETS
from resolvers.named_targets import _READ
from resolvers.node_ids import NodeIds
from resolvers.pages import PageArguments, Span
from resolvers.rights import KNOWN_BY
from tests.firm import Firm
from tests.world import World


LONG = 400
NEIGHBOURS = 30


def test_every_kind_of_target_has_its_row() -> None:
    assert set(TARGETS) == set(_READ) == set(TargetType)
    for kinds in TARGETS.values():
        assert kinds
        assert set(kinds) <= set(KNOWN_BY)


def test_no_object_is_the_target_of_two_kinds() -> None:
    named = [kind for kinds in TARGETS.values() for kind in kinds]

    assert len(named) == len(set(named))


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (
            {"field": "role", "before": "SIMPLE_USER", "after": None},
            {"field": "role", "before": "SIMPLE_USER", "after": None},
        ),
        (
            {"field": "iban", "before": None, "after": "FR76 3000 6000 0112 3456 7890 189"},
            {"field": "iban", "before": None, "after": MASK},
        ),
        (
            {"field": "iban", "before": "FR76...0189", "after": None},
            {"field": "iban", "before": "FR76...0189", "after": None},
        ),
        (
            {"field": "holderName", "before": "Dupont & Cie", "after": "Durand S.A."},
            {"field": "holderName", "before": MASK, "after": MASK},
        ),
        (
            {"field": "factor_identifier", "after": "12"},
            {"field": "factor_identifier", "after": MASK},
        ),
        (
            {"field": "bic", "before": "AGRIFRPP", "after": ""},
            {"field": "bic", "before": MASK, "after": MASK},
        ),
    ],
)
def test_the_history_tells_that_a_secret_changed_but_not_into_what(
    change: dict[str, Any], kept: dict[str, Any]
) -> None:
    assert masked(change) == kept


async def fill(firm: Firm) -> None:
    """Put in a long history, in which few acts are like the one that is looked for."""
    world, clerk = firm.world, await firm.clerk()
    others = [await world.structure(f"Neighbour {number}") for number in range(NEIGHBOURS)]
    usual = {"count": 1, "changes": [], "actor_id": firm.primary.id, "user_id": None}
    rows = [
        {
            **usual,
            "structure_id": structure.id,
            "at": world.now.replace(year=2000 + position % 20),
            "action": Action.CONNECTION_REQUEST_DECIDE,
            "user_id": firm.primary.id,
        }
        for position in range(LONG)
        for structure in (firm.structure, *others)
    ]
    rare = {"action": Action.IDENTIFIER_CHANGE, "actor_id": firm.secondary.id, "user_id": clerk.id}
    rows.append({**usual, "structure_id": firm.structure.id, "at": world.now, **rare})

    async def work(session: Any) -> None:
        await session.execute(insert(ManagerAction), rows)
        await session.execute(text("ANALYZE"))

    await world.database.write(work)


async def plan(world: World, parent: int, filters: dict[str, Any]) -> str:
    """Tell how the database reads the first page."""
    arguments = PageArguments(
        HISTORY, NodeIds(b"0" * 16), Span(), NEWEST_FIRST.field, filters, descending=True
    )
    reading = compiled(page, world.database.dialect_name, (HISTORY, arguments.shape))
    given = tuple(reading.arguments(arguments.parameters | {"parents": [parent]}))
    explain = "EXPLAIN QUERY PLAN" if world.database.dialect_name == "sqlite" else "EXPLAIN"
    async with world.database.reader.connect() as connection:
        rows = await connection.exec_driver_sql(f"{explain} {reading.text}", given)
        return "\n".join(str(row) for row in rows)


async def test_each_filter_finds_its_acts_by_an_index(world: World, firm: Firm) -> None:
    await fill(firm)
    clerk = (await world.all(ManagerAction))[-1].user_id
    filters: dict[str, dict[str, Any]] = {
        "structure_id_action_id": {"action": [Action.IDENTIFIER_CHANGE.value]},
        "structure_id_actor_id_id": {"actor_id": firm.secondary.id},
        "structure_id_user_id_id": {"user_id": clerk},
        "structure_id_at": {"at_from": world.now.replace(year=2021)},
    }

    for index, asked in filters.items():
        found = await plan(world, firm.structure.id, asked)
        assert f"ix_manager_action_{index} " in found.replace("(", " "), (asked, found)
