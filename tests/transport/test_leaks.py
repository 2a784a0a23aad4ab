"""What a caller writes as a value comes back to nobody: not in answers, not in the log."""

import json
import logging

from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from graphql import get_named_type, is_input_object_type

from models.accounts import User
from schema.root import schema
from tests.world import Answer, World


CANARY = "hunter2-canary"
GRAPH = schema._schema
MUTATION: Any = GRAPH.type_map["Mutation"]


def paths(kind: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Give the path of each field of an input, and of the inputs in it."""
    for name, field in kind.fields.items():
        yield (*above, name)
        named = get_named_type(field.type)
        if is_input_object_type(named) and len(above) < 2:
            yield from paths(named, (*above, name))


WRONG: list[Any] = [
    [[{"text": CANARY}]],
    {"password": CANARY},
    {"id": "x", "pasword": CANARY},
]


def within(path: tuple[str, ...], value: Any) -> Any:
    for name in reversed(path):
        value = {name: value}
    return value


def literal(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {' '.join(f'{key}: {literal(one)}' for key, one in value.items())} }}"
    if isinstance(value, list):
        return f"[{' '.join(literal(one) for one in value)}]"
    return json.dumps(value)


async def ask(service: World, person: User | None, document: str, **variables: Any) -> Answer:
    """Ask, and see that nothing of it is repeated."""
    with structlog.testing.capture_logs() as entries:
        answer = await service.ask(person, document, **variables)
    assert CANARY not in json.dumps(answer.body)
    assert CANARY not in json.dumps(entries, default=repr)
    assert "Did you mean" not in json.dumps(answer.body)
    return answer


@pytest.mark.parametrize("mutation", list(MUTATION.fields))
async def test_a_wrong_input_is_not_repeated(
    service: World, caplog: pytest.LogCaptureFixture, mutation: str
) -> None:
    kind = MUTATION.fields[mutation].args["input"].type
    with_variable = f"mutation ($input: {kind}) {{ {mutation}(input: $input) {{ __typename }} }}"
    caplog.set_level(logging.DEBUG)
    person = await service.user()

    for path in paths(get_named_type(kind)):
        for wrong in WRONG:
            value = within(path, wrong)
            answers = [
                await ask(service, person, with_variable, input=value),
                await ask(
                    service,
                    person,
                    f"mutation {{ {mutation}(input: {literal(value)}) {{ __typename }} }}",
                ),
            ]
            assert {code for answer in answers for code in answer.codes} == {"VALIDATION_FAILED"}
    assert CANARY not in caplog.text


DOCUMENTS = {
    "an unknown argument": '{ node(id: "x", password: "%s") { id } }',
    "an argument of another type": '{ structures(first: "%s") { nodes { id } } }',
    "an enum value as text": '{ structures(filter: { sector: ["%s"] }) { nodes { id } } }',
    "a siret": '{ structure(by: { siret: "%s" }) { id } }',
    "both of one": '{ structure(by: { siret: "%s", id: "%s" }) { id } }',
    "an id": '{ structure(by: { id: "%s" }) { id } }',
    "ids": '{ nodes(ids: ["%s"]) { id } }',
    "a cursor": '{ structures(after: "%s") { nodes { id } } }',
    "a default": 'query ($n: Int = "%s") { structures(first: $n) { nodes { id } } }',
    "a default of an object": 'query ($by: StructureLookup = { siret: "%s" }) { areas { code } }',
    "a directive": '{ areas @include(if: "%s") { code } }',
    "an unknown directive": '{ areas @password(is: "%s") { code } }',
    "an unclosed text": '{ node(id: "%s) { id } }',
    "text in the wrong place": '{ areas "%s" { code } }',
    "text before the document": '"%s" { areas { code } }',
    "a block": '{ node(id: """%s""" password: ) { id } }',
    "a comment": "{ areas { code nothing } } # %s",
    "a bad escape": '{ node(id: "%s\\x") { id } }',
    "a variable's name": "{ node(id: $x) { id } } # %s",
}


@pytest.mark.parametrize("case", DOCUMENTS)
async def test_a_value_in_a_document_is_not_repeated(service: World, case: str) -> None:
    await ask(service, await service.user(), DOCUMENTS[case].replace("%s", CANARY))


VARIABLES: dict[str, tuple[str, Any]] = {
    "text for a number": ("query ($v: Int) { structures(first: $v) { nodes { id } } }", CANARY),
    "a list for a number": ("query ($v: Int) { structures(first: $v) { nodes { id } } }", [CANARY]),
    "an object for an id": ("query ($v: ID!) { node(id: $v) { id } }", {"secret": CANARY}),
    "a list for an id": ("query ($v: ID!) { node(id: $v) { id } }", [CANARY]),
    "an enum value": (
        "query ($v: Sector!) { structures(filter: { sector: [$v] }) { nodes { id } } }",
        CANARY,
    ),
    "a misspelt field": (
        "query ($v: StructureLookup!) { structure(by: $v) { id } }",
        {"sirett": CANARY},
    ),
    "two of one": (
        "query ($v: StructureLookup!) { structure(by: $v) { id } }",
        {"siret": CANARY, "id": CANARY},
    ),
    "a truth": ("query ($v: Boolean!) { areas @skip(if: $v) { code } }", CANARY),
    "a variable nobody knows": ("{ areas { code } }", CANARY),
}


@pytest.mark.parametrize("case", VARIABLES)
async def test_a_value_in_a_variable_is_not_repeated(service: World, case: str) -> None:
    document, value = VARIABLES[case]

    await ask(service, await service.user(), document, v=value)


@pytest.mark.parametrize(
    "document",
    [
        "{ area { code } }",
        "{ areas { cod } }",
        '{ structure(byy: { siret: "1" }) { id } }',
        '{ structure(by: { sirett: "1" }) { id } }',
        "{ structures(filter: { sector: [PRIVAT] }) { nodes { id } } }",
        "{ node(id: 1) { ... on Structur { id } } }",
        "query ($a: Structur) { areas { code } }",
        "{ areas @includ(if: true) { code } }",
        "{ ...Fragmen } fragment Fragment on Query { areas { code } }",
    ],
)
async def test_a_refusal_suggests_no_name(service: World, document: str) -> None:
    answer = await ask(service, None, document)

    assert answer.codes[0] == "VALIDATION_FAILED"
