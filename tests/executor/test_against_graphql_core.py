"""
Answers compared with graphql-core's executor, over generated schemas, data and documents.

`FUZZ_CASES`, or the profile `fuzz`, says how many cases each test draws. Where values must be awaited, graphql-core is asked
about the same values with nothing to await: its errors are then in the order of the document, the
order that this executor promises whatever is awaited.
"""

import asyncio
import json
import os
import re

from collections import Counter
from typing import Any

import pytest

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, execute, parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from executor import BreadthFirstExecutor
from tests.executor.generated_documents import drawn_document
from tests.executor.generated_schemas import drawn_schema
from tests.executor.generated_values import Rates, Values


FEWEST = 600
RATES = [
    Rates(0, 0, 0, 0.3),
    Rates(0, 0.1, 0, 0.3),
    Rates(0.02, 0.02, 0.02, 0.5),
    Rates(0.05, 0.05, 0.02, 0.1),
    Rates(0.05, 0.1, 0.02, 0.6),
    Rates(0.1, 0.1, 0.05, 0.3),
]
# Cases are drawn alike in each run: other seeds make the two tests differ.
SEEDS = {False: (0, 2**32), True: (2**32, 2**33)}
drawn_cases = {
    "schema_seed": st.integers(0, 199),
    "budget": st.integers(15, 80),
    "rates": st.sampled_from(RATES),
    "yes": st.booleans(),
}


def cases(fewest: int) -> int:
    """Return how many cases to draw."""
    return int(os.environ.get("FUZZ_CASES", max(fewest, settings().max_examples)))


async def asked(
    schema: GraphQLSchema, text: str, values: Values, *, yes: bool, **kind: Any
) -> ExecutionResult:
    answer: Any = execute(schema, parse(text), None, values, {"yes": yes, "colour": "BLUE"}, **kind)
    result: ExecutionResult = await answer if asyncio.iscoroutine(answer) else answer
    return result


def shown(result: ExecutionResult) -> str:
    text = json.dumps(result.formatted, indent=1, default=repr)
    # Objects are shown in messages with what they hold: awaitables in one case, values in the other.
    return re.sub('(with value|but got:) [^"]*| at 0x[0-9a-f]+', "", text)


def carried(error: GraphQLError, data: Any) -> bool:
    """Tell whether the null of an error stands at an ancestor of the value that failed."""
    path = list(error.path or ())
    while path and data is not None:
        data = data[path.pop(0)]
    return bool(path)


def compared(case: dict[str, Any], seen: Counter[str], *, awaits: bool) -> None:
    schema = drawn_schema(case["schema_seed"])
    seed, rates, yes = case["seed"], case["rates"], case["yes"]
    text = drawn_document(schema, seed, case["budget"])

    async def both() -> tuple[ExecutionResult, ExecutionResult]:
        plain = Values(schema, seed, rates, awaits=False)
        expected = await asked(schema, text, plain, yes=yes)
        values = Values(schema, seed, rates, awaits=awaits)
        kind = {"executor_class": BreadthFirstExecutor}
        return expected, await asked(schema, text, values, yes=yes, **kind)

    expected, answer = asyncio.run(both())
    if awaits and expected.data is None:
        # Nothing more is waited for once the answer is null, so other errors may be unknown.
        assert answer.data is None
        assert answer.errors
    else:
        assert shown(answer) == shown(expected), text
    seen["cases"] += 1
    seen["with errors"] += bool(expected.errors)
    seen["carried nulls"] += any(carried(error, expected.data) for error in expected.errors or ())
    seen["keys"] += len(shown(expected).splitlines())


@pytest.mark.fuzz
@pytest.mark.parametrize("awaits", [False, True], ids=["plain", "awaited"])
def test_answers_are_those_of_graphql_core(awaits: bool) -> None:
    seen: Counter[str] = Counter()
    fallbacks = BreadthFirstExecutor.statistics.fallbacks.total()

    @settings(max_examples=cases(FEWEST), deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=st.fixed_dictionaries({**drawn_cases, "seed": st.integers(*SEEDS[awaits])}))
    def compare(case: dict[str, Any]) -> None:
        compared(case, seen, awaits=awaits)

    compare()
    assert seen["with errors"] * 3 >= seen["cases"]
    assert seen["carried nulls"] * 6 >= seen["cases"]
    assert BreadthFirstExecutor.statistics.fallbacks.total() == fallbacks
