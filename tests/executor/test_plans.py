"""Plans are kept for documents that are kept, within bounds."""

from typing import Any

import pytest

from graphql import build_schema, execute_sync, parse

from executor import BreadthFirstExecutor
from executor.memory import Memory, Statistics


SCHEMA = build_schema("type Query { a: Int self: Query }")


@pytest.fixture
def kind() -> Any:
    class Own(BreadthFirstExecutor):
        statistics = Statistics()
        memory = Memory(8, statistics)

    return Own


def ask(kind: Any, document: Any, **variables: Any) -> Any:
    root = {"a": 1, "self": {"a": 2}}
    return execute_sync(SCHEMA, document, root, variable_values=variables, executor_class=kind).data


def test_a_document_is_planned_once(kind: Any) -> None:
    document = parse("{ a self { ...Some } } fragment Some on Query { a }")
    for _ in range(3):
        assert ask(kind, document) == {"a": 1, "self": {"a": 2}}
    assert (kind.statistics.plans_made, kind.statistics.plans_found) == (1, 2)


def test_variables_that_steer_conditions_have_plans_of_their_own(kind: Any) -> None:
    document = parse("query ($yes: Boolean!, $n: Int) { a @skip(if: $yes) self { a } }")
    assert ask(kind, document, yes=True, n=1) == {"self": {"a": 2}}
    assert ask(kind, document, yes=False, n=1) == {"a": 1, "self": {"a": 2}}
    assert ask(kind, document, yes=True, n=2) == {"self": {"a": 2}}
    assert (kind.statistics.plans_made, kind.statistics.plans_found) == (2, 1)


def test_a_document_too_large_to_be_remembered_is_executed_all_the_same(kind: Any) -> None:
    document = parse("{ a b: a c: a d: a e: a f: a g: a h: a i: a }")
    assert ask(kind, document) == dict.fromkeys("abcdefghi", 1)
    assert len(kind.memory.plans) == 0


def test_memory_is_bounded(kind: Any) -> None:
    documents = [parse(f"{{ a{n}: a }}") for n in range(20)]
    for n, document in enumerate(documents):
        assert ask(kind, document) == {f"a{n}": 1}
    assert len(kind.memory.plans) == 8
    assert len(kind.memory.operations) == 8


def test_the_plan_used_last_is_kept(kind: Any) -> None:
    kept = parse("{ a }")
    for n in range(20):
        ask(kind, kept)
        ask(kind, parse(f"{{ a{n}: a }}"))
    assert kind.statistics.plans_found == 19


def test_two_schemas_do_not_share_plans(kind: Any) -> None:
    document = parse("{ a }")
    texts = build_schema("type Query { a: String }")
    assert ask(kind, document) == {"a": 1}
    assert execute_sync(texts, document, {"a": 1}, executor_class=kind).data == {"a": "1"}


def test_resolvers_passed_for_one_execution_are_used_for_it_only(kind: Any) -> None:
    document = parse("{ a }")
    other: Any = lambda *_: 7  # noqa: E731
    assert ask(kind, document) == {"a": 1}
    assert execute_sync(
        SCHEMA, document, {"a": 1}, field_resolver=other, executor_class=kind
    ).data == {"a": 7}
    assert ask(kind, document) == {"a": 1}
