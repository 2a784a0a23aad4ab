"""Records: what a row becomes, generated from the mapped tables."""

from collections.abc import Callable
from typing import Any

import pytest

from sqlalchemy import Boolean, inspect, literal, select

from models.accounts import User
from models.memberships import Membership
from models.reading import DIALECTS, Compiled, Reading
from models.records import Layout, columns, concrete, grouper, maker, record
from models.requests import Request, RequestKind, RequestStatus
from models.services import Service
from models.structures import Sector, Structure
from tests.world import World


ENTITIES = (User, Structure, Service, Membership, Request)
Make = Callable[..., Any]


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_record_has_the_columns_of_its_table_and_its_facts(entity: Any) -> None:
    made: Any = record(entity, "fact")
    values = range(len(columns(entity)))

    one: Any = concrete(made, made.read_columns)(*values, None)

    assert [getattr(one, column.key) for column in columns(entity)] == list(values)
    assert one.fact is None
    assert not hasattr(one, "__dict__")


def test_a_record_says_what_its_entity_says() -> None:
    made: Any = record(Structure)
    names = [column.key for column in columns(Structure)]
    values = dict.fromkeys(names) | {"id": 7, "sector": Sector.PUBLIC, "status": "ACTIVE"}

    one = concrete(made, made.read_columns)(*values.values())

    assert one.structure_id == 7
    assert one.published is True


def test_a_record_cannot_be_saved() -> None:
    assert not issubclass(record(User), User)
    assert not hasattr(record(User), "touch")


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_nested_records_take_the_columns_that_follow(dialect: str) -> None:
    user = Layout(record(User), columns(User))
    layout = Layout(record(Membership, "user", "fact"), columns(Membership), (("user", user),))
    names = [column.key for column in columns(Membership)]
    row: list[Any] = [None] * len(layout.all_selected)
    row[names.index("id")] = 5
    row[len(names)] = 7

    (one,) = maker(layout, DIALECTS[dialect])([(*row, "the key")])

    assert (one.id, one.user.id, one.fact) == (5, 7, None)
    assert one.role is None


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_what_two_records_have_is_read_once_and_groups_them(dialect: str) -> None:
    tie, person = inspect(Membership).local_table.c, inspect(User).local_table.c
    user = Layout(record(User), (tie.user_id, *columns(User)[1:]))
    layout = Layout(record(Membership, "user"), columns(Membership), (("user", user),))
    position = layout.all_selected.index(tie.user_id)
    rows: list[list[Any]] = [[None] * len(layout.all_selected) for _ in range(3)]
    for row, number in zip(rows, (1, 2, 1), strict=True):
        row[position] = number

    grouped = grouper(layout, DIALECTS[dialect], position)(rows)

    assert person.id not in set(layout.all_selected)
    assert {key: [one.user.id for one in ones] for key, ones in grouped.items()} == {
        1: [1, 1],
        2: [2],
    }


async def test_a_reading_gives_words_moments_and_numbers_as_the_entity_has_them(
    world: World,
) -> None:
    structure = await world.structure(sector=Sector.PUBLIC)
    request = await world.connection_request(structure, await world.user())
    layout = Layout(record(Request, "fact"), (*columns(Request), literal(True, Boolean)))

    def requests(_dialect_name: str) -> Reading:
        return Reading(select(*layout.selected, Request.structure_id), layout)

    async with world.database.snapshot() as snapshot:
        (one,) = await snapshot.fetch(requests)

    for column in columns(Request):
        assert getattr(one, column.key) == getattr(request, column.key)
    assert one.kind is RequestKind.CONNECTION
    assert one.status is RequestStatus.PENDING
    assert one.fact == True  # noqa: E712 - SQLite says 1
    assert one.owner_id == request.requester_id
    assert one.expires_at == request.expires_at


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_reading_has_its_arguments_in_the_order_of_the_driver(dialect: str) -> None:
    layout = Layout(int, (literal(1),))
    reading = Reading(
        select(literal(1)).where(Structure.name_key == "fixed", Structure.sector == Sector.PUBLIC),
        layout,
    )

    compiled = Compiled("any", reading, DIALECTS[dialect])

    assert sorted(map(str, compiled.arguments({}))) == ["1", "PUBLIC", "fixed"]
