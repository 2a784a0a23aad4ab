import runpy

from pathlib import Path

import pytest

from graphql import parse, validate

from benchmarks.dataset import fill
from benchmarks.questions import LOOKUPS, TEXTS, Query, occurrences, queries
from models.accounts import PlatformRole
from schema.root import schema
from tests.world import World


@pytest.mark.parametrize("query", queries(100), ids=lambda query: query.name)
def test_the_reference_queries_are_valid(query: Query) -> None:
    assert validate(schema._schema, parse(query.text)) == []


async def test_the_reference_queries_find_what_the_dataset_holds(
    database_url: str, tmp_path: Path
) -> None:
    await fill(database_url, 100)
    world = World(database_url, tmp_path)
    try:
        support = await world.user(platform_role=PlatformRole.SUPPORT)
        for query in queries(100):
            answer = await world.ask(support, query.text, **query.variables[0])
            found = {name: occurrences(answer.data, name) for name in query.expected}
            assert found == query.expected
    finally:
        await world.close()


def test_the_bench_asks_for_identifiers_as_this_service_takes_them() -> None:
    variables = runpy.run_path(str(TEXTS / "normalise.py"))["variables"]

    assert variables("Q4", {"sirets": ["1"] * LOOKUPS}) == {
        "identifiers": [{"value": "1"}] * LOOKUPS
    }
    assert variables("Q1", {"siret": "1"}) == {"siret": "1"}
