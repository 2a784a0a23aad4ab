"""Answers of a Strawberry schema compared with those of graphql-core's executor."""

import asyncio
import inspect

from collections import Counter
from random import Random
from typing import Any

import pytest

from graphql import DocumentNode, ExecutionResult, execute, parse
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
    kind: Any, document: DocumentNode, values: StrawberryValues, yes: bool, middleware: Any = None
) -> ExecutionResult:
    answer: Any = execute(
        schema._schema,
        document,
        None,
        values,
        {"yes": yes, "colour": "BLUE"},
        executor_class=kind,
        is_awaitable=PREDICATE,
        middleware=middleware,
    )
    result: ExecutionResult = await answer if asyncio.iscoroutine(answer) else answer
    return result


def shares(data: Any) -> bool:
    """Tell whether one object of the answer stands in more than one place."""
    found: set[int] = set()
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if id(value) in found:
                return True
            found.add(id(value))
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return False


@pytest.mark.fuzz
@pytest.mark.parametrize("awaits", [False, True], ids=["plain", "awaited"])
def test_answers_of_a_strawberry_schema_are_those_of_graphql_core(awaits: bool) -> None:
    seen: Counter[str] = Counter()

    async def both(case: dict[str, Any]) -> None:
        text = drawn_document(schema._schema, case["seed"], case["budget"])
        document, yes = parse(text), bool(Random(text).random() < 0.5)
        plain = StrawberryValues(schema._schema, case["seed"], case["rates"], awaits=False)
        core = StrawberryGraphQLCoreExecutionContext
        expected = await asked(core, document, plain, yes, [at_once])
        seen["cases"] += 1
        seen["with errors"] += bool(expected.errors)
        # The second time what each type is asked for is known.
        for _ in range(2):
            values = StrawberryValues(schema._schema, case["seed"], case["rates"], awaits=awaits)
            answer = await asked(BreadthFirstExecutor, document, values, yes)
            if expected.data is None:
                assert answer.data is None
                assert answer.errors
            else:
                assert shown(answer).splitlines() == shown(expected).splitlines(), text
        seen["shared"] += shares(answer.data)

    @settings(max_examples=cases(FEWEST), deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=st.fixed_dictionaries(drawn_cases))
    def compare(case: dict[str, Any]) -> None:
        asyncio.run(both(case))

    compare()
    assert seen["with errors"] * 3 >= seen["cases"]
    assert seen["shared"]
