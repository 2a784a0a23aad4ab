"""Answers of a Strawberry schema compared with those of graphql-core's executor."""

import asyncio
import inspect

from collections import Counter
from random import Random
from typing import Any

import pytest

from graphql import ExecutionResult, execute, parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from executor import BreadthFirstExecutor
from tests.executor.generated_documents import drawn_document
from tests.executor.strawberry_world import StrawberryValues, schema
from tests.executor.test_against_graphql_core import RATES, cases, shown


FEWEST = 400
drawn_cases = {
    "seed": st.integers(0, 2**32),
    "budget": st.integers(10, 80),
    "rates": st.sampled_from(RATES),
}


def at_once(resolve: Any, source: Any, info: Any, **arguments: Any) -> Any:
    """Run the coroutines of resolvers that have nothing to wait for."""
    value = resolve(source, info, **arguments)
    if inspect.iscoroutine(value):
        try:
            value.send(None)
        except StopIteration as stop:
            return stop.value
    return value


PREDICATE: Any = optimized_is_awaitable


async def asked(
    kind: Any, text: str, values: StrawberryValues, middleware: Any = None
) -> ExecutionResult:
    answer: Any = execute(
        schema._schema,
        parse(text),
        None,
        values,
        {"yes": bool(Random(text).random() < 0.5), "colour": "BLUE"},
        executor_class=kind,
        is_awaitable=PREDICATE,
        middleware=middleware,
    )
    result: ExecutionResult = await answer if asyncio.iscoroutine(answer) else answer
    return result


@pytest.mark.fuzz
@pytest.mark.parametrize("awaits", [False, True], ids=["plain", "awaited"])
def test_answers_of_a_strawberry_schema_are_those_of_graphql_core(awaits: bool) -> None:
    seen: Counter[str] = Counter()

    async def both(case: dict[str, Any]) -> None:
        text = drawn_document(schema._schema, case["seed"], case["budget"])
        plain = StrawberryValues(schema._schema, case["seed"], case["rates"], awaits=False)
        values = StrawberryValues(schema._schema, case["seed"], case["rates"], awaits=awaits)
        expected = await asked(StrawberryGraphQLCoreExecutionContext, text, plain, [at_once])
        answer = await asked(BreadthFirstExecutor, text, values)
        seen["cases"] += 1
        seen["with errors"] += bool(expected.errors)
        if expected.data is None:
            assert answer.data is None
            assert answer.errors
        else:
            assert shown(answer).splitlines() == shown(expected).splitlines(), text

    @settings(max_examples=cases(FEWEST), deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=st.fixed_dictionaries(drawn_cases))
    def compare(case: dict[str, Any]) -> None:
        asyncio.run(both(case))

    compare()
    assert seen["with errors"] * 3 >= seen["cases"]
