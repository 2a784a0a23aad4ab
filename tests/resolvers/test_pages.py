"""Pages compared with a sort in Python, on generated lists."""

import asyncio

from pathlib import Path
from typing import Any

import hypothesis
import pytest

from hypothesis import strategies as st
from sqlalchemy import delete

from models.base import sort_key
from models.errors import Invalid
from models.services import Service
from resolvers.connections import connections, pages_of, totals_of
from resolvers.inputs import OrderDirection, ServiceOrder, ServiceOrderField
from resolvers.node_ids import NodeIds
from resolvers.operation import Operation
from resolvers.pages import PageArguments, Span
from resolvers.services import SERVICES
from tests.world import World


NODE_IDS = NodeIds(b"a secret of the tests")
names = st.text(
    st.characters(categories=("L", "M", "N", "P", "S", "Zs")), min_size=1, max_size=6
).filter(sort_key)
# Few different names make many equal keys.
lists = st.lists(st.one_of(st.sampled_from(("été", "Ete", "ETE", "b")), names), max_size=14)
directions = st.sampled_from(OrderDirection)


class Shelf:
    """One structure whose services are put in anew for each example."""

    def __init__(self, world: World, structure_id: int) -> None:
        self.world = world
        self.structure_id = structure_id

    async def fill(self, found: list[str]) -> list[Service]:
        services = [
            Service(
                structure_id=self.structure_id,
                code=f"S{number}",
                name=name,
                name_key=sort_key(name),
                created_at=self.world.now,
                updated_at=self.world.now,
            )
            for number, name in enumerate(found)
        ]

        async def work(session: Any) -> None:
            await session.execute(delete(Service))
            session.add_all(services)

        await self.world.database.write(work)
        return services

    async def walk(self, direction: OrderDirection, size: int, *, backwards: bool) -> list[int]:
        """Read every id, page by page, in the order of the list."""
        operation = Operation(
            database=self.world.database,
            settings=self.world.settings,
            node_ids=NODE_IDS,
            principal=None,
        )
        order = ServiceOrder(field=ServiceOrderField.NAME, direction=direction)
        ids: list[int] = []
        cursor = None
        try:
            while True:
                span = Span(last=size, before=cursor) if backwards else Span(size, cursor)
                listed = connections(operation, SERVICES, span, order, {}, [self.structure_id])
                (page,) = await pages_of(listed)
                found = [record.id for record in page]
                ids = found + ids if backwards else ids + found
                more = page.has_previous_page if backwards else page.has_next_page
                if not more:
                    assert await totals_of(listed) == [len(ids)]
                    return ids
                assert len(found) == size
                cursor = page.start_cursor if backwards else page.end_cursor
        finally:
            await operation.close()


def test_pages_are_slices_of_the_sorted_list(database_url: str, tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        world = World(database_url, tmp_path)
        structure = runner.run(world.structure())
        shelf = Shelf(world, structure.id)

        @hypothesis.settings(max_examples=40)
        @hypothesis.given(lists, directions, st.integers(1, 5), st.booleans())
        def compare(
            found: list[str], direction: OrderDirection, size: int, backwards: bool
        ) -> None:
            services = runner.run(shelf.fill(found))
            expected = sorted(
                services,
                key=lambda service: (service.name_key, service.id),
                reverse=direction == OrderDirection.DESC,
            )
            walked = runner.run(shelf.walk(direction, size, backwards=backwards))
            assert walked == [service.id for service in expected]

        compare()
        runner.run(world.close())


def arguments(**values: Any) -> PageArguments:
    """Check arguments of a list of services."""
    filters = values.pop("filters", {})
    return PageArguments(SERVICES, NODE_IDS, Span(**values), ServiceOrderField.NAME, filters)


def test_equal_arguments_share_a_page() -> None:
    assert arguments(first=5) == arguments(first=5)
    assert hash(arguments(first=5)) == hash(arguments(first=5))
    assert arguments() == arguments(first=25)


@pytest.mark.parametrize(
    "values", [{"first": 6}, {"last": 5}, {"first": 5, "filters": {"name_equals": "a"}}]
)
def test_other_arguments_are_another_page(values: dict[str, Any]) -> None:
    assert arguments(first=5) != arguments(**values)


def test_the_size_does_not_change_what_is_counted() -> None:
    assert arguments(first=5).counted == arguments(last=7).counted
    assert arguments(first=5).counted != arguments(filters={"active": True}).counted


@pytest.mark.parametrize(
    ("span", "field"),
    [
        ({"first": 0}, "first"),
        ({"first": 101}, "first"),
        ({"last": -1}, "last"),
        ({"first": 1, "last": 1}, "last"),
        ({"after": "x"}, "after"),
        ({"before": NODE_IDS.seal("cursor:another list", b"[1]")}, "before"),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(span: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        arguments(**span)
    assert refusal.value.field == (field,)
