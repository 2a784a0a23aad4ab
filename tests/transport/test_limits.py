"""Every limit of a document: what lies at it passes, one more is refused with its code."""

from collections.abc import Callable
from typing import Any

import pytest

from graphql import get_introspection_query

from tests.world import Answer, World


STRUCTURE = 'structure(by: { siret: "73282932000074" })'


def chain(field: str, last: str, levels: int) -> str:
    return f"{field} {{ " * (levels - 1) + last + " }" * (levels - 1)


def depth(levels: int) -> str:
    return f"{{ {STRUCTURE} {{ {chain('predecessor', 'id', levels - 1)} }} }}"


def deep_introspection(levels: int) -> str:
    return f'{{ __type(name: "Structure") {{ {chain("ofType", "name", levels - 1)} }} }}'


def deep_fragment(levels: int) -> str:
    return f"""{{ {STRUCTURE} {{ ...Chain }} }}
        fragment Chain on Structure {{ {chain("predecessor", "id", levels - 1)} }}"""


def aliases(number: int) -> str:
    return "{ " + " ".join(f"a{index}: areas {{ code }}" for index in range(number)) + " }"


def spread_aliases(number: int) -> str:
    # Ten in the fragment, spread as often as needed, and the rest beside.
    spreads = " ".join(f"b{index}: areas {{ ...Ten }}" for index in range(number // 11))
    rest = " ".join(
        f"c{index}: __typename x{index}: areas {{ code }}" for index in range(number % 11)
    )
    ten = " ".join(f"a{index}: code" for index in range(10))
    return f"{{ {spreads} {rest} }} fragment Ten on Area {{ {ten} }}"


def directives(number: int) -> str:
    fields = " ".join("code @include(if: true)" for _ in range(number % 20))
    blocks = " ".join(
        f"a{block}: areas {{ {' '.join('code @skip(if: false)' for _ in range(20))} }}"
        for block in range(number // 20)
    )
    return f"{{ areas {{ code {fields} }} {blocks} }}"


def repeats(number: int) -> str:
    return "{ " + "areas { code } " * number + "}"


def spread_repeats(number: int) -> str:
    half, rest = number // 2, number - number // 2
    return (
        f"{{ areas {{ {'code ' * half} ...Rest }} }} fragment Rest on Area {{ {'code ' * rest} }}"
    )


def mutation_fields(number: int) -> str:
    act = "cancelRequests(input: { requestIds: [] }) { errors { code } }"
    return "mutation { " + " ".join(f"a{index}: {act}" for index in range(number)) + " }"


LIMITS: dict[str, tuple[Callable[[int], str], int, str]] = {
    "depth": (depth, 15, "depth"),
    "depth with a fragment": (deep_fragment, 15, "depth"),
    "depth of introspection": (deep_introspection, 20, "introspection depth"),
    "aliases": (aliases, 30, "aliases"),
    "aliases of a fragment": (spread_aliases, 30, "aliases"),
    "directives": (directives, 50, "directives"),
    "repeats": (repeats, 25, "repeats of one response name"),
    "repeats with a fragment": (spread_repeats, 25, "repeats of one response name"),
    "fields of a mutation": (mutation_fields, 10, "fields of a mutation"),
}


@pytest.mark.parametrize("case", LIMITS)
async def test_a_document_at_a_limit_passes_and_one_over_it_does_not(
    service: World, case: str
) -> None:
    write, maximum, limit = LIMITS[case]
    person = await service.user()

    at = await service.ask(person, write(maximum))
    over = await service.ask(person, write(maximum + 1))

    assert at.codes == []
    assert "data" not in over.body
    assert over.codes == ["LIMIT"]
    assert over.errors[0]["extensions"] == {"code": "LIMIT", "limit": limit, "maximum": maximum}


async def test_two_thousand_tokens_pass_and_one_more_does_not(service: World) -> None:
    # Names that do not repeat, or another limit would speak first.
    document = "{ areas { " + " ".join(f"n{index}" for index in range(1_995)) + " } }"

    at = await service.ask(None, document)
    over = await service.ask(None, document.replace("{ areas {", "{ areas { one"))

    assert set(at.codes) == {"VALIDATION_FAILED"}
    assert over.codes == ["LIMIT"]
    assert "2000 tokens" in over.errors[0]["message"]


async def test_type_names_need_no_alias_of_their_own(service: World) -> None:
    document = "{ " + " ".join(f"a{index}: __typename" for index in range(100)) + " }"

    assert (await service.ask(None, document)).status == 200


async def test_what_fragments_hold_counts_where_they_are_spread(service: World) -> None:
    fan = "{ ...F0 } " + " ".join(
        f"fragment F{index} on Query {{ ...F{index + 1} ...F{index + 1} }}" for index in range(11)
    )
    document = fan + " fragment F11 on Query { a: __typename b: __typename }"

    answer = await service.ask(None, document)

    assert answer.errors[0]["extensions"]["limit"] == "fields"


NESTED = """query ($a: Int, $b: Int! = 10) { viewer { memberships(first: $a) { nodes { structure {
    services(first: $b) { totalCount nodes { users(first: 10) { nodes { role } } } } } } } } }"""


@pytest.mark.parametrize(
    ("variables", "requested"),
    [
        ({}, 25 + 25 * 10 + 25 * 10 * 10),
        ({"a": None}, 25 + 25 * 10 + 25 * 10 * 10),
        ({"a": 1, "b": 2}, 1 + 2 + 20),
        ({"a": 50, "b": 100}, 50 + 5_000 + 50_000),
        ({"a": 0}, 1 + 10 + 100),
        ({"a": -5}, 1 + 10 + 100),
    ],
)
async def test_connections_multiply_with_the_variables(
    service: World, variables: dict[str, Any], requested: int
) -> None:
    answer = await service.ask(await service.user(), NESTED, **variables)

    told = (answer.body.get("extensions") or answer.errors[0]["extensions"]).get("cost")
    if requested > 50_000:
        assert answer.codes == ["COST_EXCEEDED"]
        assert answer.errors[0]["extensions"]["requested"] == requested
    else:
        assert told == {"requested": requested, "maximum": 50_000}


async def test_fifty_thousand_objects_pass_and_one_more_does_not(service: World) -> None:
    # 5 + 5 * 99 + 5 * 99 * 99 objects of the viewer, 4 * 99 and 99 structures beside.
    beside = " ".join(f"a{index}: structures(first: 99) {{ nodes {{ id }} }}" for index in range(4))
    document = f"""query ($n: Int!) {{ viewer {{ memberships(first: 5) {{ nodes {{ structure {{
        services(first: 99) {{ nodes {{ users(first: 99) {{ nodes {{ role }} }} }} }} }} }} }} }}
        {beside} structures(first: $n) {{ nodes {{ id }} }} }}"""
    person = await service.user()

    at = await service.ask(person, document, n=99)
    over = await service.ask(person, document, n=100)

    assert at.body["extensions"]["cost"] == {"requested": 50_000, "maximum": 50_000}
    assert at.codes == []
    assert over.codes == ["COST_EXCEEDED"]
    assert over.errors[0]["extensions"]["requested"] == 50_001


async def test_a_refusal_for_its_cost_names_the_three_dearest_fields(service: World) -> None:
    answer = await service.ask(await service.user(), NESTED, a=100, b=100)

    assert "data" not in answer.body
    assert answer.errors[0]["extensions"] == {
        "code": "COST_EXCEEDED",
        "requested": 110_100,
        "maximum": 50_000,
        "dearest": [
            {"coordinate": "Service.users", "nodes": 100_000},
            {"coordinate": "Structure.services", "nodes": 10_000},
            {"coordinate": "Viewer.memberships", "nodes": 100},
        ],
    }


@pytest.mark.parametrize("literal", [True, False])
async def test_lists_without_pages_multiply_what_is_below_them(
    service: World, literal: bool
) -> None:
    ids = ["x"] * 7
    below = "{ ... on Structure { services(first: 3) { nodes { id } } } }"
    document = f"query ($ids: [ID!]! = []) {{ nodes(ids: $ids) {below} }}"
    if literal:
        document = f'{{ nodes(ids: ["x", "x", "x", "x", "x", "x", "x"]) {below} }}'

    answer = await service.ask(None, document, **({} if literal else {"ids": ids}))

    assert answer.body["extensions"]["cost"] == {"requested": 21, "maximum": 50_000}


async def test_an_operation_without_lists_costs_nothing(service: World) -> None:
    answer = await service.ask(None, "{ __typename }")

    assert answer.body["extensions"]["cost"] == {"requested": 0, "maximum": 50_000}


INTROSPECTIONS = {
    "plain": get_introspection_query(),
    "of GraphiQL": get_introspection_query(
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
        one_of=True,
    ),
    "of old clients": get_introspection_query(descriptions=False),
}


@pytest.mark.parametrize("query", INTROSPECTIONS)
async def test_common_introspection_passes_for_everyone_where_it_is_open(
    service: World, query: str
) -> None:
    person = await service.user()

    for caller in (None, person):
        answer = await service.ask(caller, INTROSPECTIONS[query])
        assert answer.data["__schema"]["queryType"]["name"] == "Query"


@pytest.mark.parametrize(
    "document",
    [
        get_introspection_query(),
        '{ __type(name: "Structure") { name } }',
        '{ a: __type(name: "Structure") { name } }',
        "{ ...F } fragment F on Query { ... { __schema { description } } }",
    ],
)
async def test_introspection_may_be_kept_for_those_who_signed_in(
    world: World, document: str
) -> None:
    refused: Answer = await world.ask(None, document)
    answered = await world.ask(await world.user(), document)

    assert refused.codes == ["VALIDATION_FAILED"]
    assert "data" not in refused.body
    assert answered.codes == []


async def test_type_names_are_told_to_everyone(world: World) -> None:
    assert (await world.ask(None, "{ __typename }")).data == {"__typename": "Query"}
